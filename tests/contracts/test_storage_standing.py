"""What is asked of the database for whoever watches, and what is told of each move."""

from collections import Counter
from decimal import Decimal

import pytest

from adapters.storage.sql import create
from bot.domain.budget import Budget
from bot.domain.card import Card
from bot.domain.errors import Overspent, Stale
from bot.domain.job import Job, State
from bot.domain.ledger import EntryKind
from bot.domain.standing import Backlog
from bot.ports.parts import Parts
from bot.ports.storage import Storage
from bot.ports.watch import Unwatched
from tests.fakes import SetClock
from tests.stored import ASKER, NOON, ROOM, WEB, a_choice, a_job, a_message, an_entry, at, purse


async def queued(storage: Storage, id: str, confirmed: float, provider: str, line: str = "") -> Job:
    job = a_job(id, choice=a_choice(provider, provider))
    await storage.jobs.add(job)
    after = job.move(
        State.queued, at(confirmed), confirmed_at=at(confirmed), line=line, next_step_at=None if line else at(confirmed)
    )
    await storage.jobs.save(after)
    return after


async def test_an_empty_database_has_nothing_waiting(storage: Storage) -> None:
    found = await storage.statistics.standing(NOON)
    assert (found.jobs, found.queues, found.due, found.events, found.cards) == ({}, (), Backlog(), {}, {})


async def test_what_waits_is_told_with_the_age_of_the_oldest(storage: Storage) -> None:
    for number, confirmed in enumerate((0, 30, 60)):
        await queued(storage, f"J-{number}", confirmed, "kling", "kling-video")
    batch = await queued(storage, "J-9", 90, "animatic")
    call = a_job("J-9-1", batch="J-9", next_step_at=None)  # not counted beside its batch
    await storage.jobs.save(batch.move(State.queued, at(90)), calls=[call])
    await storage.inbox.receive(a_message("m-1"), at(10))
    await storage.inbox.receive(a_message("m-2"), at(40))
    await storage.inbox.done("m-1", at(50))
    await storage.cards.say("note", ROOM, Card(title="A note"))
    found = await storage.statistics.standing(at(100))
    assert found.jobs == {State.queued: 4}
    assert {(one.provider, one.line): one.backlog for one in found.queues} == {
        ("kling", "kling-video"): Backlog(3, 100.0),
        ("animatic", ""): Backlog(1, 10.0),
    }
    assert found.due == Backlog(1, 10.0)
    assert found.events == {"web": Backlog(1, 60.0)}
    assert found.cards["web"].waiting == 5
    await storage.jobs.claim(WEB, "worker", at(100), at(115), 10)
    assert (await storage.statistics.standing(at(101))).due == Backlog()
    assert (await storage.statistics.standing(at(120))).due == Backlog(1, 30.0)  # its lease ran out


class Heard(Unwatched):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.counted: Counter[tuple[str, ...]] = Counter()
        self.states: list[State] = []

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        self.counted[name, *sorted(labels.values())] += amount  # pyright: ignore[reportArgumentType]

    def moved(self, job: Job) -> None:
        self.states.append(job.state)


async def test_moves_money_and_lost_races_are_told_once_they_are_saved(url: str, tmp_path) -> None:
    heard = Heard()
    storage = create(Parts(settings={"url": url}, folder=tmp_path, clock=SetClock(), watch=heard))
    try:
        job = a_job(choice=a_choice("kling-3", "kling"))
        assert await storage.jobs.add(job)
        assert not await storage.jobs.add(job)
        after = job.move(State.queued, at(1), confirmed_at=at(1))
        tight = Budget(purse(ASKER), Decimal(5), NOON)
        with pytest.raises(Overspent):
            await storage.jobs.save(after, [an_entry(EntryKind.reserve, "20")], within=[tight])
        await storage.jobs.save(after, [an_entry(EntryKind.reserve, "20")])
        with pytest.raises(Stale):
            await storage.jobs.save(after)
        sending = after.move(State.submitting, at(2), next_step_at=at(2))
        await storage.jobs.save(sending)
        await storage.jobs.save(sending.move(State.submitting, at(3)))
        await storage.jobs.claim(WEB, "other", at(60), at(75), 10)
    finally:
        await storage.aclose()
    assert heard.states == [State.awaiting_confirmation, State.queued, State.submitting]
    assert heard.counted == {("over_budget", "kling"): 1, ("credits", "kling", "reserve"): 20, ("races", "job"): 1}


async def test_a_paid_call_that_somebody_died_in_is_told_when_it_is_taken_over(url: str, tmp_path) -> None:
    heard = Heard()
    storage = create(Parts(settings={"url": url}, folder=tmp_path, clock=SetClock(), watch=heard))
    try:
        job = await queued(storage, "J-1", 1, "kling")
        await storage.jobs.save(job.move(State.submitting, at(2), next_step_at=at(2)))
        assert len(await storage.jobs.claim(WEB, "other", at(60), at(75), 10)) == 1
    finally:
        await storage.aclose()
    assert heard.counted == {("taken_over", "job"): 1}
