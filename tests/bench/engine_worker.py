"""One worker of the engine's bench, a process of its own: `engine_worker.py ENGINE URL WORKER WORKERS JOBS`.

Does a few jobs to warm up, says that it is ready, waits for a line, does its share of the jobs and whatever else it is given, and says when its
last one was done.
Each job has three steps, and each engine keeps in the database between them what it keeps.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

AT_ONCE = 64
WARM = 4  # jobs of each worker: what a program does once, when it first does a thing, is not what a job takes
WARM_SECONDS = 5.0
Done = Callable[[], None]


class Share:
    """What this process is to begin, and when it finished what."""

    def __init__(self, worker: int, workers: int, jobs: int) -> None:
        self.numbers = range(worker, jobs, workers)
        self.first = range(jobs + worker * WARM, jobs + (worker + 1) * WARM)
        self.last, self.done, self.began = 0.0, 0, False
        self._warm = asyncio.Semaphore(0)

    def finished(self) -> None:
        if self.began:
            self.last, self.done = time.monotonic(), self.done + 1
        else:
            self._warm.release()

    async def warm(self) -> None:
        """Waits until the first ones are done; another worker may take some of them."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WARM_SECONDS):
                for _ in self.first:
                    await self._warm.acquire()

    async def go(self) -> None:
        gc.collect()
        gc.freeze()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        self.began = True

    async def over(self) -> None:
        await asyncio.to_thread(sys.stdin.readline)

    def tell(self) -> None:
        print(json.dumps({"last": self.last, "done": self.done}), flush=True)


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def clapper(url: str, share: Share, worker: int) -> None:
    """The whole engine: a press of Confirm, its answer on the card, the paid call, a look, the film brought home and posted."""
    from dataclasses import replace

    from adapters.storage.sql import create
    from bot.domain.card import Action
    from bot.domain.chat import MessageRef, Press
    from bot.ports.parts import Parts
    from bot.router import Router
    from tests.fakes import Board
    from tests.houses import ASKER, HERE, staged

    class Wall(Board):
        """A chat that takes everything at once: several processes share it."""

        async def post(self, conversation: Any, card: Any, *, key: str, to: Any = None) -> MessageRef:
            return MessageRef(conversation, key)

        async def edit(self, message: Any, card: Any, *, urgent: bool = True) -> None:
            return None

        async def upload(self, conversation: Any, film: Any, *, key: str) -> str:
            share.finished()
            return ""

    sys.setswitchinterval(0.001)  # as `clapper run` does
    with TemporaryDirectory() as name:
        folder, clock = Path(name), Clock()
        storage = create(Parts(settings={"url": url}, folder=folder, clock=clock))
        stage = staged(storage, folder, clock, platforms={"board": Wall()})  # pyright: ignore[reportArgumentType] - the real time
        router = Router(replace(stage.house, worker=f"worker-{worker}"))
        room = asyncio.Semaphore(AT_ONCE)

        async def confirm(number: int) -> None:
            async with room:
                await router.press(Press(f"yes-{number}", HERE, ASKER, Action.confirm, f"J-BENCH{number}"))

        async def tick() -> None:
            while True:
                router.tick()
                await asyncio.sleep(1)

        ticking = asyncio.create_task(tick())
        await asyncio.gather(*(confirm(number) for number in share.first))
        await share.warm()
        await share.go()
        await asyncio.gather(*(confirm(number) for number in share.numbers))
        await share.over()
        ticking.cancel()
        await router.close(5)
        await storage.aclose()


async def procrastinate(url: str, share: Share, worker: int) -> None:
    """Three tasks, each deferring the next, as its documentation has a job of several steps."""
    import procrastinate as peer

    app = peer.App(connector=peer.PsycopgConnector(conninfo=url, min_size=8, max_size=8))

    @app.task(name="third")
    async def third(number: int) -> None:
        await asyncio.sleep(0)
        share.finished()

    @app.task(name="second")
    async def second(number: int) -> None:
        await asyncio.sleep(0)
        await third.defer_async(number=number)

    @app.task(name="first")
    async def first(number: int) -> None:
        await asyncio.sleep(0)
        await second.defer_async(number=number)

    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(concurrency=AT_ONCE, install_signal_handlers=False, wait=True)
        )
        room = asyncio.Semaphore(AT_ONCE)

        async def defer(number: int) -> None:
            async with room:
                await first.defer_async(number=number)

        await asyncio.gather(*(defer(number) for number in share.first))
        await share.warm()
        await share.go()
        await asyncio.gather(*(defer(number) for number in share.numbers))
        await share.over()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def dbos(url: str, share: Share, worker: int) -> None:
    """A workflow of three steps, started where it is asked for: its fastest way."""
    from dbos import DBOS, DBOSConfig

    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": url.replace("postgresql://", "postgresql+psycopg://"),
        "sys_db_pool_size": 8,
        "log_level": "ERROR",
        "executor_id": f"worker-{worker}",
        "application_version": "1",
        "run_migrations": worker == 0,
    }
    DBOS(config=config)

    @DBOS.step()
    async def step(number: int) -> int:
        await asyncio.sleep(0)
        return number

    @DBOS.workflow()
    async def three(number: int) -> int:
        for _ in range(3):
            number = await step(number)
        return number

    DBOS.launch()
    room = asyncio.Semaphore(AT_ONCE)

    async def start(number: int) -> None:
        async with room:
            handle = await DBOS.start_workflow_async(three, number)
            await handle.get_result()
            share.finished()

    await asyncio.gather(*(start(number) for number in share.first))
    await share.go()
    await asyncio.gather(*(start(number) for number in share.numbers))
    await share.over()
    DBOS.destroy()


def main() -> None:
    engine, url, worker, workers, jobs = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
    share = Share(worker, workers, jobs)
    asyncio.run({"clapper": clapper, "procrastinate": procrastinate, "dbos": dbos}[engine](url, share, worker))
    share.tell()


if __name__ == "__main__":
    main()
