"""A thousand films in flight over every paid provider, looked after by one process, beside a bare loop of httpx calls that asks the same."""

import asyncio
import contextlib
import gc
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import psutil

from bot.domain.job import ProviderTask, State
from bot.ports.parts import Parts
from bot.ports.storage import Storage
from bot.ports.video import Progress, Running, VideoProvider
from bot.router import Router
from tests.bench.stalls import Watch
from tests.e2e.programs import CHECKOUT
from tests.houses import Stage, open_storage, staged, template
from tests.shelf import shelf
from tests.vendor import Cabinet

EACH = 143
ANSWER_SECONDS = 0.1
WARM_UP, MEASURED = 30.0, 40.0
PEER_WARM_UP, PEER = 10.0, 20.0
FIRST_WITHIN = 10.0


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Recorder:
    """A provider as the core sees it; notes when each film was asked after, and when that should have been."""

    real: VideoProvider
    due: dict[str, float] = field(default_factory=dict)
    pauses: dict[str, float] = field(default_factory=dict)
    late: list[tuple[float, float]] = field(default_factory=list)
    others: list[Progress] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    async def poll(self, task: ProviderTask) -> Progress:
        if task.id in self.due:
            self.late.append((time.monotonic() - self.due[task.id], self.pauses[task.id]))
        found = await self.real.poll(task)
        if not isinstance(found, Running):
            self.others.append(found)
            return found
        self.pauses[task.id], self.due[task.id] = found.ask_again_in, time.monotonic() + found.ask_again_in
        return found


@contextmanager
def crowd(each: int, seconds: float) -> Iterator[tuple[subprocess.Popen[str], Mapping[str, Any]]]:
    script, env = Path(__file__).with_name("providers_crowd.py"), os.environ | {"PYTHONPATH": str(CHECKOUT)}
    told = (sys.executable, str(script), str(each), str(seconds))
    with subprocess.Popen(told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def as_it_serves() -> Iterator[None]:
    """What `clapper run` does for its event loop."""
    gc.collect()
    gc.freeze()
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    yield
    sys.setswitchinterval(before)
    gc.unfreeze()


def adapter(name: str, settings: Mapping[str, str], folder: Path, storage: Storage) -> Recorder:
    files: Any = Cabinet(folder)
    parts = Parts(settings=settings, folder=folder / name, clock=Clock(), files=files, storage=storage)
    return Recorder(import_module(f"adapters.video.{name}").create(parts))


async def fly(stage: Stage, films: Mapping[str, Any]) -> int:
    """Saves each film as the flow does, its first look within the next seconds."""
    first, jobs, clock = await stage.ask(), stage.house.storage.jobs, stage.house.clock
    every = list(itertools.chain.from_iterable(((name, film) for film in one["films"]) for name, one in films.items()))
    assert first.choice is not None
    for number, (name, film) in enumerate(every):
        choice = replace(first.choice, provider=name, model=film["model"])
        job = replace(first, id=f"J-FLY{number}", choice=choice, version=1)
        await jobs.add(job)
        for state, changes in _steps(film):
            job = job.move(state, clock.now(), **changes)
            await jobs.save(job)
    for number, job in enumerate(await jobs.find(states=[State.processing], limit=len(every))):
        soon = timedelta(seconds=1 + FIRST_WITHIN * (number * 7919 % len(every)) / len(every))
        await jobs.save(job.move(State.processing, clock.now(), next_step_at=clock.now() + soon))
    return len(every)


def _steps(film: Mapping[str, Any]) -> Iterator[tuple[State, Mapping[str, Any]]]:
    now = datetime.now(UTC)
    yield State.queued, {"confirmed_at": now, "attempt": 1, "next_step_at": None}
    yield State.submitting, {"submitted_at": now, "next_step_at": None}
    yield State.processing, {"provider_task": ProviderTask(**film["task"]), "next_step_at": None}


async def tick(router: Router, lease_seconds: float) -> None:
    """As the app's scheduler does."""
    for number in itertools.count():
        router.tick()
        if number % max(1, int(lease_seconds / 3)) == 0:
            await router.renew()
        await asyncio.sleep(1.0)


async def bare(films: Mapping[str, Any], pauses: Mapping[str, float], counted: Counter[str]) -> None:
    """The same looks with the same pauses, by httpx as its documentation has it."""
    async with httpx.AsyncClient(timeout=60) as client:

        async def look_after(name: str, url: str, look: Mapping[str, Any], wait: float) -> None:
            await asyncio.sleep(wait)
            while True:
                answer = await client.request(
                    look["method"], url + look["path"], params=look["query"], headers=look["headers"]
                )
                assert answer.status_code == 200
                json.loads(answer.text)
                counted[name] += 1
                await asyncio.sleep(pauses[name])

        async with asyncio.TaskGroup() as group:
            for name, one in films.items():
                for number, film in enumerate(one["films"]):
                    wait = pauses[name] * number / len(one["films"])
                    group.create_task(look_after(name, one["url"], film["look"], wait))


def connections(films: Mapping[str, Any]) -> Mapping[str, int]:
    names = {int(one["url"].rpartition(":")[2]): name for name, one in films.items()}
    open_now = psutil.Process().net_connections("tcp4")
    return Counter(names[one.raddr.port] for one in open_now if one.raddr and one.raddr.port in names)


def clients() -> int:
    return sum(isinstance(one, httpx.AsyncClient) and not one.is_closed for one in gc.get_objects())


def table(made: Mapping[str, Recorder], open_now: Mapping[str, int]) -> None:
    print(
        f"\n{'':10}{'asked':>7}{'pause':>9}{'late p50':>11}{'p95':>10}{'longest':>10}{'p95 of its pause':>19}{'connections':>13}"
    )
    for name, one in made.items():
        late = sorted(seconds * 1000 for seconds, _ in one.late)
        shares = sorted(seconds / pause for seconds, pause in one.late)
        pause = statistics.median(pause for _, pause in one.late)
        p50, p95, longest = late[len(late) // 2], late[int(len(late) * 0.95)], late[-1]
        print(
            f"{name:10}{len(late):7}{pause:7.1f} s{p50:8.0f} ms{p95:7.0f} ms{longest:7.0f} ms"
            f"{100 * shares[int(len(shares) * 0.95)]:17.1f} %{open_now.get(name, 0):13}"
        )


async def ours(folder: Path, films: Mapping[str, Any]) -> tuple[Mapping[str, Recorder], Watch, int]:
    """Warms up, measures, and leaves what was noted; how many films are still in flight."""
    async with AsyncExitStack() as stack:
        clock: Any = Clock()
        storage = open_storage(template(folder), folder, clock)
        stack.push_async_callback(storage.aclose)
        made = {name: adapter(name, one["settings"], folder, storage) for name, one in films.items()}
        for one in made.values():
            stack.push_async_callback(one.aclose)
        stage = staged(storage, folder, clock)
        stage.house = house = replace(stage.house, providers=made, catalogue=shelf())
        await fly(stage, films)
        router, watch = Router(house), Watch()
        with as_it_serves():
            ticking = asyncio.create_task(tick(router, house.rules.lease_seconds))
            await asyncio.sleep(WARM_UP)
            for one in made.values():
                one.late.clear()
            async with watch.watching():
                await asyncio.sleep(MEASURED)
            table(made, connections(films))
            print(f"{clients()} httpx clients")
            ticking.cancel()
            await router.close(1)
        return made, watch, len(await storage.jobs.find(states=[State.processing], limit=10_000))


async def peer(films: Mapping[str, Any], pauses: Mapping[str, float]) -> tuple[Watch, float]:
    """What the bare loop costs, and how many looks a second it makes."""
    watch, counted = Watch(), Counter[str]()
    with as_it_serves():
        task = asyncio.create_task(bare(films, pauses, counted))
        await asyncio.sleep(PEER_WARM_UP)
        counted.clear()
        async with watch.watching():
            await asyncio.sleep(PEER)
        assert not task.done(), task
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return watch, counted.total() / PEER


async def test_a_thousand_films_in_flight_are_asked_after_in_time(tmp_path: Path) -> None:
    """Asserts only that every film was asked after and none was lost: what time it took is printed."""
    with crowd(EACH, ANSWER_SECONDS) as (process, films):
        made, watch, in_flight = await ours(tmp_path, films)
        pauses = {name: statistics.median(pause for _, pause in one.late) for name, one in made.items()}
        beside, rate = await peer(films, pauses)
        said, _ = process.communicate("\n")
    print(f"ours  {sum(len(one.late) for one in made.values()) / MEASURED:6.1f} looks a second, {watch.told()}")
    print(f"httpx {rate:6.1f} looks a second, {beside.told()}")
    assert in_flight == len(films) * EACH
    for name, (_, complaints) in json.loads(said).items():
        assert complaints == []
        assert len(made[name].due) == EACH
        assert made[name].others == []
