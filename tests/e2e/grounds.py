"""Replicas of the real program on one database, before the other end of a paid provider."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.app import RealClock
from config import names
from tests.contracts.test_video_paid import Case
from tests.e2e.programs import Program, program
from tests.vendor import Stand


@dataclass(frozen=True, slots=True)
class Ground:
    """A provider's other end, the replicas that share one database, and that database."""

    stand: Stand
    bots: tuple[Program, ...]
    path: Path

    def rows(self, sql: str) -> list[Any]:
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def books(self) -> tuple[Decimal, int]:
        """What all jobs still hold, and how often something was charged and not given back."""
        held, charges = Decimal(0), 0
        for kind, credits in self.rows("SELECT kind, credits FROM ledger"):
            held += {"reserve": 1, "release": -1}.get(kind, 0) * Decimal(credits)
            charges += {"charge": 1, "refund": -1}.get(kind, 0)
        return held, charges

    def works_on(self, job: str) -> Program:
        """Which replica has the job in hand."""
        leases = dict(self.rows("SELECT id, leased_by FROM jobs"))
        return next(bot for bot in self.bots if bot.works_on(leases[job]))

    async def start(self) -> None:
        await asyncio.gather(*(asyncio.to_thread(bot.start) for bot in self.bots))

    async def restart(self) -> None:
        for bot in self.bots:
            await asyncio.to_thread(bot.kill)
        await self.start()

    def finish_all(self) -> None:
        """Every film is ready as soon as it is begun."""
        self.stand.vendor.landing = lambda task: self.stand.advance(task, "finished")


@asynccontextmanager
async def ground(
    folder: Path, provider: str, *, replicas: int = 1, settings: str = "", **env: str
) -> AsyncIterator[Ground]:
    async with Case(provider, "open_stand").open(folder / "stand") as stand:
        stand.vendor.clock = RealClock()
        keys = names.PROVIDERS[provider]
        data, operator = folder / "data", folder / "clapper.toml"
        operator.write_text(settings)
        given = {keys[name]: value for name, value in stand.parts.settings.items() if name in keys}
        given |= {
            "CLAPPER_CONFIG": str(operator),
            "CLAPPER_DATABASE_URL": f"sqlite:///{data}/clapper.db",
            "CLAPPER_DRIVE": f"file:{data}/drive",
            **env,
        }
        data.mkdir()
        with contextlib.ExitStack() as stack:
            bots = tuple(stack.enter_context(program(_own(folder, n), given)) for n in range(replicas))
            yield Ground(stand, bots, data / "clapper.db")


def _own(folder: Path, number: int) -> Path:
    own = folder / f"replica-{number}"
    own.mkdir()
    return own
