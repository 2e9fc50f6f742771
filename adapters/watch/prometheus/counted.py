"""What is counted, by labels: plain numbers, as the library's own take several times as long to add to."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from adapters.watch.prometheus.families import Family

Key = tuple[str, ...]


class Spread:
    """How many took up to how long: a count for each bucket and one for what is beyond, and the sum of all."""

    __slots__ = ("counts", "total", "until")

    def __init__(self, until: tuple[float, ...]) -> None:
        self.until, self.counts, self.total = until, [0] * (len(until) + 1), 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(self.until, seconds)] += 1
        self.total += seconds


class Timed(Collector):
    """Added to on the event loop alone; read from anywhere."""

    def __init__(self, family: Family, *more: str) -> None:
        self._family, self._labels = family, (*family.labels, *more)
        self._spreads: dict[Key, Spread] = {}
        if not self._labels:
            self.add({}, None)

    def add(self, labels: Mapping[str, str], seconds: float | None) -> None:
        key = tuple([labels.get(label, "") for label in self._labels])
        spread = self._spreads.get(key)
        if spread is None:
            spread = self._spreads[key] = Spread(self._family.buckets)
        if seconds is not None:
            spread.add(seconds)

    def collect(self) -> Iterable[Metric]:
        told = HistogramMetricFamily(self._family.name, self._family.says, labels=self._labels)
        for key, spread in list(self._spreads.items()):
            told.add_metric(key, list(_cumulated(spread)), sum_value=spread.total)
        return [told]


class Counted(Collector):
    """As above. A number without labels is there from the start, as 0."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._amounts: dict[Key, float] = dict.fromkeys(family.known if family.labels else ((),), 0.0)

    def add(self, labels: Mapping[str, str], amount: float) -> None:
        key = tuple([labels.get(label, "") for label in self._family.labels])
        self._amounts[key] = self._amounts.get(key, 0.0) + amount

    def collect(self) -> Iterable[Metric]:
        told = CounterMetricFamily(self._family.name, self._family.says, labels=self._family.labels)
        for key, amount in list(self._amounts.items()):
            told.add_metric(key, amount)
        return [told]


def _cumulated(spread: Spread) -> Iterator[tuple[str, float]]:
    so_far = 0
    for until, count in zip((*spread.until, float("inf")), tuple(spread.counts), strict=True):
        so_far += count
        yield floatToGoString(until), so_far
