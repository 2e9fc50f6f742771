"""Numbers for Prometheus: jobs by state, what the page answers and how fast, and the process itself."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.domain.job import State

BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


class _Jobs(Collector):
    """Prometheus collects at once and storage answers in its own time, so the counts are fetched beforehand."""

    def __init__(self) -> None:
        self.counts: Mapping[State, int] = {}
        self.up = True

    def collect(self) -> Iterable[Metric]:
        jobs = GaugeMetricFamily("clapper_jobs", "Jobs by state", labels=["state"])
        for state in State:
            jobs.add_metric([state], self.counts.get(state, 0))
        yield jobs
        yield GaugeMetricFamily("clapper_database_up", "1 while the database answers", value=int(self.up))


class Meters:
    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._jobs = _Jobs()
        self._registry.register(self._jobs)
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "clapper_http_requests", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "clapper_http_seconds",
            "Time to the first byte of an answer",
            ["route"],
            buckets=BUCKETS,
            registry=self._registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, counts: Mapping[State, int] | None) -> tuple[bytes, str]:
        """The page of numbers and its type; `counts` is None while the database does not answer."""
        self._jobs.counts, self._jobs.up = counts or {}, counts is not None
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
