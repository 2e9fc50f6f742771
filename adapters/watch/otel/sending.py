"""Spans on their way out, in a thread of their own: a collector that is away costs nothing and is told of once."""

import logging
from collections.abc import Mapping, Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

log = logging.getLogger(__name__)

SECONDS = 2.0  # for one delivery, its repetitions included: also the longest that a stop waits for it
PATH = "/v1/traces"
NOISY = ("opentelemetry.exporter", "opentelemetry.sdk")
"""They write a line for each delivery that fails, and with it the address."""


def exporter(endpoint: str, headers: str) -> "Sending":
    """`endpoint` is the collector's own address, to which the path of traces is added, as OpenTelemetry has it for this setting."""
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return Sending(OTLPSpanExporter(f"{endpoint.rstrip('/')}{PATH}", headers=_pairs(headers), timeout=SECONDS))


class Sending(SpanExporter):
    def __init__(self, real: SpanExporter) -> None:
        self._real, self.away, self._over = real, False, False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self._over:
            return SpanExportResult.FAILURE
        try:
            result = self._real.export(spans)
        except Exception as error:  # noqa: BLE001 - whatever a network's library raises, only traces are lost
            self._lost(type(error).__name__)
            return SpanExportResult.FAILURE
        if result is SpanExportResult.SUCCESS:
            self._arrived()
        else:
            self._lost("it refuses them or cannot be reached")
        return result

    def give_up(self) -> None:
        """What is not delivered by now is dropped; a delivery that is being repeated ends."""
        self._over = True
        self._real.shutdown()

    def shutdown(self) -> None:
        self._real.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._real.force_flush(timeout_millis)

    def _lost(self, why: str) -> None:
        if not self.away:
            log.warning("traces do not arrive and are dropped: %s", why, extra={"action": "watch.traces"})
        self.away = True

    def _arrived(self) -> None:
        if self.away:
            log.info("traces arrive again", extra={"action": "watch.traces"})
        self.away = False


def _pairs(headers: str) -> Mapping[str, str]:
    """`name=value,name=value`; what has no name is left out."""
    pairs = (pair.partition("=") for pair in headers.split(","))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}
