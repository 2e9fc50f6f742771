"""A replica that claims jobs of a database until none is left, and prints their ids: `claimer.py URL WORKER`.

It says "ready" and waits for a line before it begins, so that several begin together.
"""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from adapters.storage.sql import create
from bot.ports.parts import Parts
from tests.fakes import SetClock
from tests.stored import LATER, NOON, WEB


async def main(url: str, worker: str) -> None:
    storage = create(Parts(settings={"url": url}, folder=Path(), clock=SetClock()))
    await storage.statistics.counts()
    print("ready", flush=True)
    sys.stdin.readline()
    while jobs := await storage.jobs.claim(WEB, worker, NOON, LATER, 2):
        print(*(job.id for job in jobs), sep="\n", flush=True)
    await storage.aclose()


asyncio.run(main(*sys.argv[1:]))
