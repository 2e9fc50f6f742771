"""A process killed in the middle of writing leaves a whole database behind."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from bot.domain.job import State
from bot.domain.ledger import EntryKind
from bot.ports.storage import Storage
from tests.stored import an_entry

WRITER = Path(__file__).parents[2] / "writer.py"


async def test_what_was_saved_before_a_kill_is_there_and_nothing_is_half_there(storage: Storage, url: str) -> None:
    writer = await asyncio.create_subprocess_exec(sys.executable, WRITER, url, stdout=asyncio.subprocess.PIPE)
    assert writer.stdout is not None
    confirmed = {(await writer.stdout.readline()).decode().strip() for _ in range(40)}
    writer.kill()
    rest, _ = await writer.communicate()
    confirmed |= {line for line in rest.decode().split("\n")[:-1] if line}
    found = {job.id: job for job in await storage.jobs.find(limit=100_000)}
    assert confirmed <= {id for id, job in found.items() if job.state is State.queued}
    for job in found.values():
        card = await storage.cards.get(job.card_id)
        assert card is not None
        assert card.wanted == job.version
        whole = [an_entry(EntryKind.reserve, "1.10", job=job.id)] * 3
        assert await storage.ledger.of_job(job.id) == (whole if job.version == 2 else [])
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
