"""What is looked up when the page is asked for: the database's numbers, the disks, and whether this process can serve."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from adapters.watch.prometheus.families import OF_THE_DATABASE, OF_THE_PROCESS
from bot.domain.job import State
from bot.domain.standing import Backlog, Standing


class Looked(Collector):
    """Prometheus collects at once and the database answers in its own time, so its numbers are brought beforehand."""

    def __init__(self, disks: Mapping[str, str]) -> None:
        self._disks, self._standing, self._ready = disks, None, False

    def now(self, standing: Standing | None, *, ready: bool) -> None:
        self._standing, self._ready = standing, ready

    def collect(self) -> Iterable[Metric]:
        yield from _written(OF_THE_PROCESS, self._of_the_process())
        if self._standing is not None:  # a gap says more than zeros would
            yield from _written(OF_THE_DATABASE, _of_the_database(self._standing))

    def _of_the_process(self) -> Iterator["Value"]:
        yield "clapper_database_up", (), int(self._standing is not None)
        yield "clapper_ready", (), int(self._ready)
        yield "clapper_build", (_version(),), 1
        for place, folder in self._disks.items():
            try:
                disk = shutil.disk_usage(folder)
            except OSError:
                continue  # it is not there yet
            yield "clapper_disk_free_bytes", (place,), disk.free
            yield "clapper_disk_bytes", (place,), disk.total


Value = tuple[str, tuple[str, ...], float]


def _of_the_database(standing: Standing) -> Iterator[Value]:
    for state in State:
        yield "clapper_jobs", (state.value,), standing.jobs.get(state, 0)
    for queue in standing.queues:
        yield from _backlog(
            "clapper_queue_jobs", "clapper_queue_oldest_seconds", queue.backlog, queue.provider, queue.line
        )
    yield from _backlog("clapper_due_jobs", "clapper_due_lag_seconds", standing.due)
    for platform, backlog in standing.events.items():
        yield from _backlog("clapper_events_waiting", "clapper_events_oldest_seconds", backlog, platform)
    for platform, backlog in standing.cards.items():
        yield from _backlog("clapper_cards_behind", "clapper_cards_oldest_seconds", backlog, platform)


def _backlog(waiting: str, oldest: str, backlog: Backlog, *labels: str) -> Iterator[Value]:
    yield waiting, labels, backlog.waiting
    yield oldest, labels, backlog.seconds


def _written(families: Mapping[str, tuple[str, tuple[str, ...]]], values: Iterable[Value]) -> Iterator[Metric]:
    made = {name: GaugeMetricFamily(name, says, labels=labels) for name, (says, labels) in families.items()}
    for name, labels, value in values:
        made[name].add_metric(labels, value)
    return iter(made.values())


def _version() -> str:
    try:
        return version("clapper")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"
