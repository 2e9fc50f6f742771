"""What all replicas know of an order, whichever folder it is in: what was asked, who renders it just now, and what came of it."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from adapters.video.animatic.plan import Plan, plan_from
from adapters.video.animatic.shelf import copy
from bot.domain.request import Reference
from bot.ports.clock import Clock
from bot.ports.files import Files
from bot.ports.storage import Storage

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=6)
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Shared:
    """`worker` names this process. What is made lies in Files too, and is swept from there as what nobody uses any more."""

    storage: Storage
    files: Files
    clock: Clock
    worker: str

    async def ordered(self, name: str, plan: Plan, references: tuple[Reference, ...]) -> None:
        """Whoever finds nobody at this order can lay it down again from here."""
        keys = {one.file: reference.key for one, reference in zip(plan.inputs, references, strict=True)}
        await self._put(_order(name), json.dumps({"plan": asdict(plan), "keys": keys}))

    async def order(self, name: str) -> tuple[Plan, Mapping[str, str]] | None:
        """The plan, and the Files keys of its inputs by the file's name in the folder; None where there is none, or none any more."""
        text = await self.storage.notes.get(_order(name))
        if text is None or text == GONE:
            return None
        document = json.loads(text)
        return plan_from(document["plan"]), document["keys"]

    async def withdrawn(self, name: str) -> bool:
        return await self.storage.notes.get(_order(name)) == GONE

    async def withdraw(self, name: str) -> None:
        await self._put(_order(name), GONE)

    async def take(self, name: str) -> bool:
        """Whether it is this process that renders the order for now."""
        now = self.clock.now()
        return await self.storage.claims.take(_order(name), self.worker, now, now + LEASE)

    async def drop(self, name: str) -> None:
        await self.storage.claims.drop(_order(name), self.worker)

    async def publish(self, name: str, folder: Path, outcome: Mapping[str, Any]) -> None:
        """The files first, then word of them: who reads of a film can have it."""
        for one in outcome.get("files", ()):
            for file in filter(None, (one["film"], one["last"])):
                await self._keep(folder / file, result_key(name, file))
        await self._put(_outcome(name), json.dumps(dict(outcome)))
        await self.drop(name)

    async def outcome(self, name: str) -> dict[str, Any] | None:
        text = await self.storage.notes.get(_outcome(name))
        return None if text is None else json.loads(text)

    async def fetch(self, name: str, file: str, into: Path) -> bool:
        """Whether the result was there."""
        try:
            async with self.files.local(result_key(name, file)) as path:
                await asyncio.to_thread(copy, path, into)
        except FileNotFoundError:
            return False
        return True

    async def _keep(self, made: Path, key: str) -> None:
        if await self.files.stat(key) is not None:
            return  # another replica was at it too: both made the same film
        await self.storage.passing.use(key, self.clock.now())
        double = made.with_name(f".double-{uuid4().hex}")
        await asyncio.to_thread(copy, made, double)
        await self.files.keep(double, key)

    async def _put(self, key: str, text: str) -> None:
        await self.storage.notes.put(key, text, self.clock.now() + KEPT)


def result_key(name: str, file: str) -> str:
    return f".renders/{name}/{file}"


def _order(name: str) -> str:
    return f"animatic:order:{name}"


def _outcome(name: str) -> str:
    return f"animatic:outcome:{name}"
