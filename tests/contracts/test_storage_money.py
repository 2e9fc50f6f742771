"""What every storage promises about money: budgets hold whoever reserves at once, and wrong books are found."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import Engine, event

from bot.domain.budget import Balance, Budget, Purse, Scope, scopes
from bot.domain.chat import Conversation, Person
from bot.domain.errors import Overspent
from bot.domain.job import Job, State
from bot.domain.join import MERGED
from bot.domain.ledger import EntryKind, LedgerEntry
from bot.ports.storage import Storage
from tests.databases import opened
from tests.stored import ASKER, HALL, NOON, OTHER, ROOM, a_choice, a_job, at

RESERVE, RELEASE, CHARGE, REFUND = EntryKind.reserve, EntryKind.release, EntryKind.charge, EntryKind.refund
MINE, CHANNEL, SPACE = scopes(ASKER, ROOM)
YEAR = timedelta(days=365)
DEEP = bool(os.environ.get("CLAPPER_SOAK"))


def entry(kind: EntryKind, credits: str, job: str, who: Person = ASKER, where: Conversation = ROOM) -> LedgerEntry:
    return LedgerEntry(
        kind=kind, credits=Decimal(credits), job=job, person=who, at=at(1), channel=where.channel, model="toll-1"
    )


def budget(scope: Scope, credits: str) -> Budget:
    return Budget(scope, Decimal(credits), NOON)


async def reserves(storage: Storage, id: str, credits: str, *within: Budget, who: Person = ASKER) -> bool:
    """A new job that is confirmed, and whether its budgets let it."""
    await storage.jobs.add(a_job(id, author=who))
    confirmed = a_job(id, author=who).move(State.queued, at(1))
    try:
        await storage.jobs.save(confirmed, [entry(RESERVE, credits, id, who)], within=within)
    except Overspent:
        return False
    return True


async def test_hundreds_who_reserve_at_once_never_exceed_a_budget(storage: Storage, url: str) -> None:
    """Two storages as two replicas have them, three budgets in each other's way: each is used up to the last film and no further."""
    others = [replace(ASKER, id=f"u{number}") for number in range(4)]
    async with opened(url) as other:
        tries = []
        for number in range(600 if DEEP else 100):
            who = others[number % 4]
            within = [budget(scopes(who, ROOM)[0], "30"), budget(CHANNEL, "70.5"), budget(SPACE, "1000")]
            within = within[:: 1 if number % 2 else -1]  # whatever the order they come in
            tries.append(reserves((storage, other)[number % 2], f"J-{number}", "3", *within, who=who))
        given = await asyncio.gather(*tries)
    assert sum(given) == 23
    assert await storage.ledger.balance(CHANNEL, NOON) == Balance(Decimal(0), Decimal(69))
    for who in others:
        mine = await storage.ledger.balance(scopes(who, ROOM)[0], NOON)
        assert mine.held <= 30
    assert await storage.ledger.unbalanced() == []


async def test_a_film_that_ends_while_its_budget_is_looked_at_is_held_or_spent_and_never_neither(
    storage: Storage, url: str
) -> None:
    """Its person would else spend the same credits twice."""
    assert await reserves(storage, "J-1", "60", budget(MINE, "100"))
    ended = a_job("J-1").move(State.queued, at(1)).move(State.error, at(2))
    loop, looks = asyncio.get_running_loop(), count()

    async with opened(url) as other:

        @event.listens_for(Engine, "after_cursor_execute")
        def end(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if "ledger" in statement and statement.startswith("SELECT") and next(looks) == 0:
                saving = other.jobs.save(ended, [entry(RELEASE, "60", "J-1"), entry(CHARGE, "60", "J-1")])
                asyncio.run_coroutine_threadsafe(saving, loop).result(timeout=5)

        try:
            seen = await storage.ledger.balance(MINE, NOON)
        finally:
            event.remove(Engine, "after_cursor_execute", end)
    assert next(looks) > 0, "it ended just then"
    assert seen.used == 60
    assert await storage.ledger.balance(MINE, NOON) == Balance(Decimal(60), Decimal(0))


async def test_what_is_over_budget_is_told_and_nothing_of_it_is_saved(storage: Storage) -> None:
    assert await reserves(storage, "J-1", "80", budget(MINE, "100"))
    await storage.jobs.add(a_job("J-2"))
    with pytest.raises(Overspent) as over:
        await storage.jobs.save(
            a_job("J-2").move(State.queued, at(1)),
            [entry(RESERVE, "20.01", "J-2")],
            within=[budget(SPACE, "500"), budget(MINE, "100")],
        )
    assert (over.value.left.budget, over.value.left.credits) == (budget(MINE, "100"), Decimal(20))
    assert await storage.jobs.get("J-2") == a_job("J-2")
    assert await storage.ledger.of_job("J-2") == []
    assert await reserves(storage, "J-3", "20", budget(MINE, "100")), "what fits to the last credit fits"
    assert await reserves(storage, "J-4", "0", budget(MINE, "100"), budget(SPACE, "0")), "free films always fit"
    assert await reserves(storage, "J-5", "7", budget(scopes(OTHER, ROOM)[0], "7"), who=OTHER), "nobody else's money"


async def test_an_earlier_call_that_is_counted_takes_its_part_of_the_budget(storage: Storage) -> None:
    """Submitted again: what the first call held is now spent, and the second needs as much once more."""
    assert await reserves(storage, "J-1", "60", budget(MINE, "100"))
    again = a_job("J-1").move(State.queued, at(1)).move(State.queued, at(2))
    entries = [entry(RELEASE, "60", "J-1"), entry(CHARGE, "60", "J-1"), entry(RESERVE, "60", "J-1")]
    with pytest.raises(Overspent):
        await storage.jobs.save(again, entries, within=[budget(MINE, "119.99")])
    await storage.jobs.save(again, entries, within=[budget(MINE, "120")])
    assert await storage.ledger.balance(MINE, NOON) == Balance(Decimal(60), Decimal(60))


async def test_what_was_spent_before_the_month_does_not_count_and_what_is_held_since_then_does(
    storage: Storage,
) -> None:
    await storage.jobs.add(a_job("J-1"))
    held = a_job("J-1").move(State.queued, at(1))
    old = [replace(entry(kind, "60", "J-1"), at=NOON - YEAR) for kind in (RESERVE, CHARGE)]
    await storage.jobs.save(held, old)
    assert await storage.ledger.balance(MINE, NOON) == Balance(Decimal(0), Decimal(60))
    assert await storage.ledger.balance(MINE, NOON - YEAR) == Balance(Decimal(60), Decimal(60))
    assert await reserves(storage, "J-2", "40", budget(MINE, "100"))
    assert not await reserves(storage, "J-3", "1", budget(MINE, "100"))


async def test_what_is_given_back_of_an_earlier_month_gives_no_room_beyond_the_limit_in_this_one(
    storage: Storage,
) -> None:
    """Charged 60 a year ago and refunded now: of 100 there are 100 left, and whatever is spent takes of them. What was charged now comes back."""
    before, now = NOON - YEAR, at(1)
    for job, charged in (("J-old", before), ("J-new", now)):
        await storage.jobs.add(a_job(job))
        books = [replace(entry(kind, "60", job), at=charged) for kind in (RESERVE, RELEASE, CHARGE)]
        await storage.jobs.save(a_job(job).move(State.queued, at(1)), [*books, entry(REFUND, "60", job)])
    assert await storage.ledger.balance(MINE, NOON) == Balance(Decimal(0), Decimal(0))
    assert await storage.ledger.balance(MINE, before) == Balance(Decimal(0), Decimal(0))
    assert await reserves(storage, "J-1", "60", budget(MINE, "100"))
    await storage.jobs.save(
        a_job("J-1").move(State.queued, at(1)).move(State.queued, at(2)),
        [entry(RELEASE, "60", "J-1"), entry(CHARGE, "60", "J-1")],
    )
    assert await storage.ledger.balance(MINE, NOON) == Balance(Decimal(60), Decimal(0))
    assert not await reserves(storage, "J-2", "41", budget(MINE, "100"))


async def test_each_purse_counts_its_own(storage: Storage) -> None:
    await reserves(storage, "J-1", "1")
    await reserves(storage, "J-2", "2", who=OTHER)
    await storage.jobs.add(a_job("J-3", conversation=HALL))
    hall = a_job("J-3", conversation=HALL).move(State.queued, at(1))
    await storage.jobs.save(hall, [entry(RESERVE, "4", "J-3", where=HALL)])
    held = [
        (await storage.ledger.balance(scope, NOON)).held
        for scope in (MINE, CHANNEL, SPACE, Scope(Purse.workspace, "web", "x"))
    ]
    assert held == [5, 3, 7, 0]


async def test_entries_come_in_pages_of_one_place_and_time_and_every_place_is_known(storage: Storage) -> None:
    for number in range(5):
        await reserves(storage, f"J-{number}", "1")
    away = replace(ASKER, workspace="elsewhere")
    await reserves(storage, "J-away", "1", who=away)
    await storage.jobs.add(a_job("J-late"))
    early = replace(entry(RESERVE, "1", "J-late"), at=at(0.5))  # written last, by a clock that is slow
    await storage.jobs.save(a_job("J-late").move(State.queued, at(1)), [early])
    place, until = ("web", "team"), at(2)
    first = await storage.ledger.entries(place, NOON, until, limit=3)
    rest = await storage.ledger.entries(place, NOON, until, after=first[-1][0], limit=3)
    assert [one.job for _, one in (*first, *rest)] == ["J-late", *(f"J-{number}" for number in range(5))]
    assert await storage.ledger.entries(place, at(2), at(3)) == []
    assert await storage.ledger.places(NOON, until) == [("web", "elsewhere"), ("web", "team")]
    assert await storage.ledger.places(at(2), at(3)) == []


OVER = {"state": State.complete, "next_step_at": None}
WRONG = {
    "over and still holding": ([(RESERVE, "5")], OVER),
    "released more than it reserved": ([(RESERVE, "5"), (RELEASE, "6")], OVER),
    "on its way and holding nothing": ([(RESERVE, "5"), (RELEASE, "5")], {"state": State.processing}),
    "on its way and never reserved": ([], {"state": State.processing}),
    "charged without a reserve": ([(CHARGE, "5")], OVER),
    "charged more often than confirmed": ([(RESERVE, "5"), (RELEASE, "5"), (CHARGE, "5"), (CHARGE, "5")], OVER),
    "refunded what was not charged": ([(RESERVE, "5"), (RELEASE, "5"), (REFUND, "5")], OVER),
    "refunded more than was charged": ([(RESERVE, "5"), (RELEASE, "5"), (CHARGE, "5"), (REFUND, "6")], OVER),
}
RIGHT = {
    "waiting for its yes": ([], {"state": State.awaiting_confirmation}),
    "on its way": ([(RESERVE, "5")], {"state": State.queued}),
    "waiting for a decision": ([(RESERVE, "5")], {"state": State.unclear}),
    "on its way for nothing": ([(RESERVE, "0")], {"state": State.queued}),
    "made for nothing": ([(RESERVE, "0"), (CHARGE, "0")], OVER),
    "made": ([(RESERVE, "0.3"), (RELEASE, "0.1"), (RELEASE, "0.2"), (CHARGE, "0.7")], OVER),
    "twice submitted": (
        [(RESERVE, "5"), (RELEASE, "5"), (CHARGE, "5"), (RESERVE, "5"), (RELEASE, "5"), (CHARGE, "5")],
        OVER,
    ),
    "not charged after all": ([(RESERVE, "5"), (RELEASE, "5"), (CHARGE, "5"), (REFUND, "5")], OVER),
    "being stopped": ([(RESERVE, "5")], {"state": State.cancelled, "stopping": True}),
    "a merge": ([], {"state": State.processing, "choice": a_choice(MERGED, "")}),
}


async def stands(storage: Storage, id: str, entries: list[tuple[EntryKind, str]], **changes: object) -> None:
    """A job as it would be stored after whatever happened, with its entries."""
    await storage.jobs.add(a_job(id))
    job = replace(a_job(id, choice=a_choice()), version=2, **changes)
    await storage.jobs.save(job)
    for version, (kind, credits) in enumerate(entries, 3):
        await storage.jobs.save(replace(job, version=version), [entry(kind, credits, id)])


async def test_books_that_are_wrong_are_found_and_no_others(storage: Storage) -> None:
    for name, (entries, changes) in {**WRONG, **RIGHT}.items():
        await stands(storage, name, entries, **changes)
    batch: Job = replace(a_job("J-1"), state=State.processing, version=2, calls=2)
    calls = [a_job(f"J-1-{number}", batch="J-1", state=State.queued, choice=a_choice()) for number in (1, 2)]
    await storage.jobs.add(a_job("J-1"))
    await storage.jobs.save(batch, [entry(RESERVE, "5", "J-1-1")], calls=calls)
    assert await storage.ledger.unbalanced() == sorted([*WRONG, "J-1-2"])
    assert await storage.ledger.unbalanced(limit=2) == sorted([*WRONG, "J-1-2"])[:2]
