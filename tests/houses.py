"""A whole core on a real SQLite file with the doubles around it."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from adapters.storage.sql import create
from bot.domain.card import Card
from bot.domain.catalogue import Catalogue
from bot.domain.chat import Conversation, Message, Person, Press
from bot.domain.errors import Stale
from bot.domain.job import Job, job_id
from bot.domain.limits import IMAGE_LIMITS
from bot.domain.media import Role
from bot.domain.model import Model, RoleRule, Seconds, Sound
from bot.domain.pricing import Price, PriceUnit, Rate
from bot.domain.request import Task
from bot.domain.rules import Rules
from bot.flows.advance import advance
from bot.flows.hear import hear, reply_id
from bot.flows.line import let_in
from bot.flows.press import press
from bot.flows.show import show
from bot.ports.chat import ChatPlatform
from bot.ports.house import House
from bot.ports.parts import Parts
from bot.ports.storage import Storage
from tests.databases import with_tables
from tests.fakes import Board, Glass, SetClock, Shelf, Tollbooth, no_fetch

HERE = Conversation("board", "team", "films", "thread-1")
ASKER = Person("board", "team", "U1", "Asker")
OTHER = Person("board", "team", "U2", "Other")

TOLL = Model(
    id="toll-1",
    provider="tollbooth",
    title="Toll One",
    tasks=frozenset({Task.text, Task.first_frame}),
    seconds=Seconds(minimum=4, maximum=15),
    aspects=("16:9", "9:16", "1:1", "4:3", "3:4", "21:9"),
    resolutions=("720p", "1080p"),
    audio=Sound.optional,
    roles=((Role.first_frame, RoleRule(media=IMAGE_LIMITS)),),
    price=Price(unit=PriceUnit.second, rates=(Rate(usd=Decimal("0.10")),), source="made up for tests"),
    source="made up for tests",
)


@dataclass
class Stage:
    """A house with the parts a test turns."""

    house: House
    clock: SetClock
    tollbooth: Tollbooth
    board: Board
    shelf: Shelf
    asked: int = field(default=0)

    async def ask(self, text: str = "A fox crosses the frozen lake at dawn", author: Person = ASKER) -> Job:
        """A wish, as far as its cost card."""
        self.asked += 1
        key = f"event-{self.asked}"
        await hear(Message(key, HERE, author, text), self.house)
        job = await self.house.storage.jobs.get(job_id(key))
        assert job is not None
        return job

    async def say(self, text: str, author: Person = ASKER) -> Card:
        """A message that is no wish; the card that answers it, or the last one shown."""
        self.asked += 1
        key = f"event-{self.asked}"
        await hear(Message(key, HERE, author, text), self.house)
        posting = await self.house.storage.cards.get(reply_id(key))
        return posting.card if posting is not None and posting.card is not None else Card(title="")

    async def job(self, id: str) -> Job:
        job = await self.house.storage.jobs.get(id)
        assert job is not None
        return job

    async def press(
        self,
        job: str,
        action: str,
        value: str = "",
        who: Person = ASKER,
        revision: int | None = None,
        *,
        item: str = "",
    ) -> None:
        self.asked += 1
        await press(Press(f"press-{self.asked}", HERE, who, action, job, value, revision, item), self.house)

    async def tick(self, house: House | None = None, limit: int = 10) -> int:
        """One look for due jobs and one step of each."""
        house = house or self.house
        await let_in(house)
        now = self.clock.now()
        until = now + timedelta(seconds=house.rules.lease_seconds)
        due = await house.storage.jobs.claim(house.serves, house.worker, now, until, limit)
        for job in due:
            try:
                left = await advance(job, house)
            except Stale:
                continue
            if left is not None and left.next_step_at is not None:  # a router would go on with it at once
                await house.storage.jobs.rest(left, house.worker, left.next_step_at)
        return len(due)

    async def show(self, house: House | None = None) -> int:
        house = house or self.house
        now = self.clock.now()
        until = now + timedelta(seconds=house.rules.lease_seconds)
        behind = await house.storage.cards.behind(tuple(house.platforms), house.worker, now, until, 10)
        for posting in behind:
            await show(posting, house)
        return len(behind)

    async def run(self, most: int = 200) -> None:
        """Everything that is due now or later, the clock moving on when nothing is due just now."""
        idle = 0
        for _ in range(most):
            if await self.tick() + await self.show():
                idle = 0
                continue
            idle += 1
            if idle > 3:
                return
            self.clock.forward(60)
        raise AssertionError("it never comes to rest")

    def another_worker(self) -> House:
        return replace(self.house, worker="worker-2")


def template(folder: Path) -> Path:
    """An empty, migrated database to copy."""
    return with_tables(folder / "template.db")


def open_storage(template: Path, folder: Path, clock: SetClock) -> Storage:
    path = folder / "clapper.db"
    shutil.copy(template, path)
    return create(Parts(settings={"url": f"sqlite:///{path}"}, folder=folder, clock=clock))


def staged(
    storage: Storage,
    folder: Path,
    clock: SetClock,
    *,
    tollbooth: Tollbooth | None = None,
    rules: Rules | None = None,
    platforms: Mapping[str, ChatPlatform] | None = None,
) -> Stage:
    """Its scratch files lie in a folder of their own, which is swept."""
    tollbooth, board, shelf = tollbooth or Tollbooth(), Board(), Shelf()
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    house = House(
        storage=storage,
        files=shelf,
        media=Glass(),
        fetch=no_fetch,
        clock=clock,
        platforms=platforms or {"board": board},
        providers={"tollbooth": tollbooth},
        catalogue=Catalogue(models=(TOLL,), connected=frozenset({"tollbooth"}), default="toll-1"),
        rules=rules or Rules(),
        folder=scratch,
        worker="worker-1",
        serves=frozenset({"board"}),
    )
    return Stage(house, clock, tollbooth, board, shelf)


async def at_once(*presses) -> list[object]:
    """Presses at the same moment; what each gave or raised."""
    return await asyncio.gather(*presses, return_exceptions=True)
