"""Who watches: the numbers where there is a page to ask them of, traces where an endpoint for them is set."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self

from bot.app.adapters import adapter
from bot.domain.errors import UserError
from bot.domain.job import Job
from bot.domain.standing import Standing
from bot.ports.parts import Parts
from bot.ports.watch import Step, Unwatched, Watch
from config import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
MISSING = "OTEL_EXPORTER_OTLP_ENDPOINT is set, and the packages that send traces are not installed: run pip install 'clapper[otel]', or unset it. There are no traces until then."


def watching(settings: Settings, parts: Parts, *, page: bool) -> Watch:
    """`page` says whether anybody can ask for numbers. Traces that cannot be sent are no reason not to make films."""
    watches: list[Watch] = []
    if page:
        name, values = settings.files()
        drive = {"drive": values["root"]} if name == "local" else {}
        watches.append(adapter("watch", "prometheus").create(replace(parts, settings=drive)))
    if values := settings.traces.values():
        try:
            watches.append(adapter("watch", "otel").create(replace(parts, settings=values)))
        except (ModuleNotFoundError, UserError):
            log.warning(MISSING, extra={"action": "watch.missing"})
    match watches:
        case []:
            return Unwatched()
        case [one]:
            return one
        case _:
            return Both(watches)


class Both:
    """Tells several what one would be told."""

    def __init__(self, watches: Sequence[Watch]) -> None:
        self._watches = tuple(watches)

    def step(self, name: str, *, of: str = "", **labels: str) -> AbstractContextManager[Step]:
        return _Steps([one.step(name, of=of, **labels) for one in self._watches])

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        for one in self._watches:
            one.count(name, amount, **labels)

    def took(self, name: str, seconds: float, **labels: str) -> None:
        for one in self._watches:
            one.took(name, seconds, **labels)

    def moved(self, job: Job) -> None:
        for one in self._watches:
            one.moved(job)

    async def page(self, standing: Standing | None, problems: Mapping[str, str]) -> tuple[bytes, str] | None:
        for one in self._watches:
            if (page := await one.page(standing, problems)) is not None:
                return page
        return None

    async def aclose(self) -> None:
        for one in self._watches:
            await one.aclose()


class _Steps:
    def __init__(self, steps: Sequence[AbstractContextManager[Step]]) -> None:
        self._waiting, self._stack, self._steps = steps, ExitStack(), list[Step]()

    def note(self, **labels: str) -> None:
        for one in self._steps:
            one.note(**labels)

    def __enter__(self) -> Self:
        self._steps = [self._stack.enter_context(one) for one in self._waiting]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)


async def feel_lag(watch: Watch) -> None:
    """Tells how much later than asked the event loop comes back, until cancelled."""
    while True:
        asked = time.monotonic() + LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
        watch.took("loop", max(0.0, time.monotonic() - asked))
