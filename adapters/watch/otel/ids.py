"""The ids of a trace, made from a job's, so that steps made by several replicas find each other without a word between them."""

from hashlib import sha256

from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, TraceFlags


def trace_id(job: str) -> int:
    return int.from_bytes(sha256(f"trace {job}".encode()).digest()[:16]) or 1


def span_id(job: str) -> int:
    """That of the span which stands for the whole job."""
    return int.from_bytes(sha256(f"span {job}".encode()).digest()[:8]) or 1


def whole(job: str) -> Span:
    """The job's own span as a parent; it is told when the job is over, by whoever ends it."""
    flags = TraceFlags(TraceFlags.SAMPLED)
    return NonRecordingSpan(SpanContext(trace_id(job), span_id(job), is_remote=True, trace_flags=flags))


class Ids(RandomIdGenerator):
    """Random ids, except where the next span's are given."""

    def __init__(self) -> None:
        self.given = ""

    def generate_trace_id(self) -> int:
        return trace_id(self.given) if self.given else super().generate_trace_id()

    def generate_span_id(self) -> int:
        return span_id(self.given) if self.given else super().generate_span_id()
