"""A process that confirms job after job until it is killed, and prints each id once it is saved: `writer.py URL`."""

import asyncio
import sys
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from adapters.storage.sql import create
from bot.domain.job import State
from bot.domain.ledger import EntryKind
from bot.ports.parts import Parts
from tests.fakes import SetClock
from tests.stored import a_job, an_entry, at


async def main(url: str) -> None:
    storage = create(Parts(settings={"url": url}, folder=Path(), clock=SetClock()))

    async def confirm(start: int) -> None:
        for number in count(start, 4):
            job = a_job(f"J-{number}")
            await storage.jobs.add(job)
            entries = [an_entry(EntryKind.reserve, "1.10", job=job.id) for _ in range(3)]
            await storage.jobs.save(job.move(State.queued, at(1)), entries)
            print(job.id, flush=True)

    await asyncio.gather(*map(confirm, range(4)))


asyncio.run(main(sys.argv[1]))
