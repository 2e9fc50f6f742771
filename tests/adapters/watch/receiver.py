"""Where traces are sent to: an OTLP/HTTP receiver on a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Got:
    """One span as it arrived; ids are hexadecimal, `parent` is empty for none."""

    name: str
    trace: str
    id: str
    parent: str
    facts: dict[str, str]
    error: str
    nanoseconds: int


@dataclass
class Receiver:
    spans: list[Got] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    services: set[str] = field(default_factory=set)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.bodies.append(body)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        for of in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.services |= {one.value.string_value for one in of.resource.attributes if one.key == "service.name"}
            for span in (span for scope in of.scope_spans for span in scope.spans):
                facts = {one.key: one.value.string_value for one in span.attributes}
                self.spans.append(
                    Got(
                        span.name, span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), facts,
                        span.status.message, span.end_time_unix_nano - span.start_time_unix_nano,
                    )
                )  # fmt: skip
        return web.Response(body=b"", content_type="application/x-protobuf")


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver, app = Receiver(), web.Application(client_max_size=64_000_000)
    app.router.add_post("/v1/traces", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield receiver
    finally:
        await runner.cleanup()
