"""A month of spending in the books of a page under test."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from bot.domain.chat import Person
from bot.domain.job import State
from bot.domain.ledger import EntryKind, LedgerEntry
from tests.adapters.chat.web.scripted import YOU, Bot, here
from tests.stored import a_job

Spent = tuple[str, datetime, str, Person]
"""Credits, when, the model's id, and who."""


async def spend(bot: Bot, spent: Iterable[Spent], job: str = "J-SPENT", held: str = "0") -> None:
    """Charges, each of them reserved and released first, and what one person holds still."""
    entries = [
        LedgerEntry(kind=kind, credits=Decimal(credits), job=job, person=who, at=at, channel="c1", model=model)
        for credits, at, model, who in spent
        for kind in (EntryKind.reserve, EntryKind.release, EntryKind.charge)
    ]
    now = bot.clock.now()
    if Decimal(held):
        entries.append(LedgerEntry(kind=EntryKind.reserve, credits=Decimal(held), job=job, person=YOU, at=now))
    await bot.storage.jobs.add(a_job(job, author=YOU, conversation=here()))
    await bot.storage.jobs.save(a_job(job, author=YOU, conversation=here()).move(State.queued, now), entries)
