"""Traces for a collector that speaks OpenTelemetry's OTLP over HTTP: one a job, a span a step, a child for each call to a provider."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.watch.otel.traces import Traces
    from bot.ports.parts import Parts


def create(parts: "Parts") -> "Traces":
    """`settings`: `endpoint` (the collector's address, as OTEL_EXPORTER_OTLP_ENDPOINT names it) and `headers` ("name=value,name=value").

    Raises ModuleNotFoundError where the extra `otel` is not installed.
    """
    from adapters.watch.otel.traces import Traces  # noqa: PLC0415 - its libraries take a while: only who wants traces pays

    return Traces(parts.settings)
