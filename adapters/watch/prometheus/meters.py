"""Counts what it is told, and writes the page of numbers."""

import asyncio
from collections.abc import Mapping
from time import perf_counter
from types import TracebackType
from typing import Self

import structlog
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from adapters.watch.prometheus.counted import Counted, Timed
from adapters.watch.prometheus.families import COUNTS, OUTCOME, STEPS, TIMES
from adapters.watch.prometheus.standing import Looked
from bot.domain.job import Job, State
from bot.domain.standing import Standing

log = structlog.get_logger()


class Meters:
    """Answers `bot.ports.watch.Watch`, on the event loop. `disks` are folders by the name their disk is told under."""

    def __init__(self, disks: Mapping[str, str]) -> None:
        self._steps = {name: Timed(one, OUTCOME) for name, one in STEPS.items()}
        self._times = {name: Timed(one) for name, one in TIMES.items()}
        self._counts = {name: Counted(one) for name, one in COUNTS.items()}
        self._looked = Looked(disks)
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        for told in (self._looked, *self._steps.values(), *self._times.values(), *self._counts.values()):
            self._registry.register(told)
        self._strange: set[str] = set()

    def step(self, name: str, *, of: str = "", **labels: str) -> "Running":
        del of
        return Running(self._steps.get(name) or self._unknown(name), labels)

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        if counted := self._counts.get(name) or self._unknown(name):
            counted.add(labels, amount)

    def took(self, name: str, seconds: float, **labels: str) -> None:
        if timed := self._times.get(name) or self._unknown(name):
            timed.add(labels, seconds)

    def moved(self, job: Job) -> None:
        provider = job.choice.provider if job.choice else ""
        self.count("moves", state=job.state.value, provider=provider)
        if job.confirmed_at is None:
            return
        since = (job.changed_at - job.confirmed_at).total_seconds()
        if job.ended:
            self.took("job_whole", since, provider=provider, state=job.state.value)
        elif job.state is State.submitting and job.tries == 0 and job.attempt == 1:
            self.took("job_wait", since, provider=provider)

    async def page(self, standing: Standing | None, problems: Mapping[str, str]) -> tuple[bytes, str]:
        """Written in a thread: a disk that is a network's may take its time to say how full it is."""
        self._looked.now(standing, ready=standing is not None and not problems)
        return await asyncio.to_thread(generate_latest, self._registry), CONTENT_TYPE_LATEST

    async def aclose(self) -> None:
        """Whoever collects comes for the numbers; nothing is sent."""

    def _unknown(self, name: str) -> None:
        """A bug of ours, told once: no work fails because of how it is counted."""
        if name not in self._strange:
            self._strange.add(name)
            log.error("a number is told that is not known", action="watch.unknown", name=name)


class Running:
    """A step from entering to leaving."""

    __slots__ = ("_began", "_labels", "_timed")

    def __init__(self, timed: Timed | None, labels: dict[str, str]) -> None:
        self._timed, self._labels, self._began = timed, labels, 0.0

    def note(self, **labels: str) -> None:
        self._labels.update(labels)

    def __enter__(self) -> Self:
        self._began = perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        seconds = perf_counter() - self._began
        self._labels[OUTCOME] = "ok" if kind is None else kind.__name__
        if self._timed is not None:
            self._timed.add(self._labels, seconds)
