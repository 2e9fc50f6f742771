"""A trace a job. What is no part of a job's way is not traced."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, StatusCode, Tracer

from adapters.watch.otel.ids import Ids, whole
from adapters.watch.otel.sending import SECONDS, exporter
from bot.domain.job import Job, State
from bot.domain.standing import Standing
from bot.ports.watch import Step, Unnoted

SERVICE = "clapper"
VERSION = "0.1.0"
EVERY_MILLISECONDS = 2000
UNTRACED = frozenset({"database"})
"""There are several in each step, and none tells more than the step does."""


class Traces:
    """Answers `bot.ports.watch.Watch`. Spans have what the steps are told with: states, providers, kinds of errors; never words of people."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._ids = Ids()
        resource = Resource.create({SERVICE_NAME: settings.get("service") or SERVICE, SERVICE_VERSION: VERSION})
        self._provider = TracerProvider(resource=resource, id_generator=self._ids, shutdown_on_exit=False)
        self._sending = exporter(settings["endpoint"], settings.get("headers", ""))
        self._provider.add_span_processor(BatchSpanProcessor(self._sending, schedule_delay_millis=EVERY_MILLISECONDS))
        self._tracer = self._provider.get_tracer(SERVICE)

    def step(self, name: str, *, of: str = "", **labels: str) -> AbstractContextManager[Step]:
        if name in UNTRACED:
            return nullcontext(_UNNOTED)
        if of:
            return _Spanned(self._tracer, name, labels, trace.set_span_in_context(whole(of), Context()))
        if trace.get_current_span().is_recording():
            return _Spanned(self._tracer, name, labels, None)
        return nullcontext(_UNNOTED)

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Numbers are somebody else's."""

    def took(self, name: str, seconds: float, **labels: str) -> None:
        """As above."""

    def moved(self, job: Job) -> None:
        """The span of the whole job, once it is over; that of a call lies within its batch's."""
        if not job.ended:
            return
        facts = {"clapper.job": job.id, "clapper.state": job.state.value, "clapper.platform": job.conversation.platform}
        if job.choice is not None:
            facts |= {"clapper.provider": job.choice.provider, "clapper.model": job.choice.model}
        inside = trace.set_span_in_context(whole(job.batch), Context()) if job.batch else Context()
        self._ids.given = job.id
        try:
            span = self._tracer.start_span("job", inside, attributes=facts, start_time=_nanoseconds(job.made_at))
        finally:
            self._ids.given = ""
        if job.state in {State.error, State.expired}:
            span.set_status(StatusCode.ERROR, job.state.value)
        span.end(_nanoseconds(job.changed_at))

    async def page(self, standing: Standing | None, problems: Mapping[str, str]) -> None:
        """Nothing is kept here."""

    def flush(self, seconds: float = SECONDS) -> None:
        """Sends what waits, in the caller's thread."""
        self._provider.force_flush(int(1000 * seconds))

    async def aclose(self) -> None:
        """A collector that is away is not waited for."""
        if not self._sending.away:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.to_thread(self.flush), SECONDS)
        self._sending.give_up()
        await asyncio.to_thread(self._provider.shutdown)


class _Spanned:
    """A span from entering to leaving, in which further steps lie."""

    __slots__ = ("_labels", "_name", "_span", "_token", "_tracer", "_within")

    def __init__(self, tracer: Tracer, name: str, labels: Mapping[str, str], within: Context | None) -> None:
        self._tracer, self._name, self._labels, self._within = tracer, name, labels, within

    def note(self, **labels: str) -> None:
        self._span.set_attributes(_attributes(labels))

    def __enter__(self) -> Self:
        named = " ".join(filter(None, (self._name, self._labels.get("state") or self._labels.get("call"))))
        self._span: Span = self._tracer.start_span(named, self._within, attributes=_attributes(self._labels))
        self._token = attach(trace.set_span_in_context(self._span, self._within))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            # By its kind alone: its words may be a provider's, or hold an address.
            self._span.set_attribute("error.type", kind.__name__)
            self._span.set_status(StatusCode.ERROR, kind.__name__)
        detach(self._token)
        self._span.end()


def _attributes(labels: Mapping[str, str]) -> dict[str, str]:
    return {f"clapper.{name}": value for name, value in labels.items() if value}


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1000


_UNNOTED = Unnoted()
