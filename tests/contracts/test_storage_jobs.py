"""What every storage promises of jobs: a save is whole or not at all, a lost race is told, a lease holds."""

from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.domain.errors import Stale
from bot.domain.job import RUNNING, Job, State, card_id
from bot.domain.ledger import EntryKind
from bot.ports.storage import Storage
from tests.anything import anything
from tests.stored import ASKER, HALL, LATER, NOON, OTHER, ROOM, WEB, a_choice, a_job, an_entry, at, purse

RESERVE, RELEASE, CHARGE = EntryKind.reserve, EntryKind.release, EntryKind.charge
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


async def test_a_job_is_added_once_with_a_place_for_its_card(storage: Storage) -> None:
    assert await storage.jobs.add(a_job())
    assert not await storage.jobs.add(a_job(hints=("another",)))
    assert await storage.jobs.get("J-1") == a_job()
    card = await storage.cards.get("C-1")
    assert card is not None
    assert (card.job, card.wanted, card.shown, card.rendered, card.card) == ("J-1", 1, 0, 0, None)
    assert await storage.jobs.get("J-unheard-of") is None


async def test_saving_a_move_makes_its_card_wanted_anew(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    queued = a_job().move(State.queued, at(1), confirmed_by=ASKER, confirmed_at=at(1))
    await storage.jobs.save(queued)
    assert await storage.jobs.get("J-1") == queued
    card = await storage.cards.get("C-1")
    assert card is not None
    assert card.wanted == 2


async def test_of_two_who_change_a_job_the_second_is_stale_and_changes_nothing(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    confirmed = a_job().move(State.queued, at(1))
    await storage.jobs.save(confirmed, [an_entry(RESERVE, "12.50")])
    declined = a_job().move(State.declined, at(1))
    with pytest.raises(Stale):
        await storage.jobs.save(declined, [an_entry(RESERVE, "12.50")])
    assert await storage.jobs.get("J-1") == confirmed
    assert await storage.ledger.of_job("J-1") == [an_entry(RESERVE, "12.50")]


@pytest.mark.parametrize("version", [1, 3, 9])
async def test_only_exactly_one_move_can_be_saved(storage: Storage, version: int) -> None:
    await storage.jobs.add(a_job())
    with pytest.raises(Stale):
        await storage.jobs.save(replace(a_job(), version=version))


async def test_a_job_that_was_never_added_is_stale(storage: Storage) -> None:
    with pytest.raises(Stale):
        await storage.jobs.save(a_job().move(State.queued, at(1)))


async def test_a_save_whose_ledger_fails_saves_nothing(storage: Storage) -> None:
    """The second entry is of a job that does not exist, which no database with whole references takes."""
    await storage.jobs.add(a_job())
    await storage.jobs.claim(WEB, "w", NOON, LATER, 1)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await storage.jobs.save(
            a_job().move(State.queued, at(1)), [an_entry(RESERVE, "5"), an_entry(RESERVE, "5", job="J-none")]
        )
    assert await storage.jobs.get("J-1") == a_job()
    assert await storage.ledger.of_job("J-1") == []
    card = await storage.cards.get("C-1")
    assert card is not None
    assert card.wanted == 1
    assert await storage.jobs.claim(WEB, "w2", at(1), LATER, 1) == []  # the lease stands, too


@pytest.mark.parametrize("credits", ["-1", "NaN", "Infinity"])
async def test_an_entry_that_is_no_amount_is_refused_with_its_save(storage: Storage, credits: str) -> None:
    await storage.jobs.add(a_job())
    with pytest.raises(Exception, match="not an amount of credits"):
        await storage.jobs.save(a_job().move(State.queued, at(1)), [an_entry(CHARGE, credits)])
    assert await storage.jobs.get("J-1") == a_job()


async def test_due_jobs_are_claimed_earliest_first_and_no_more_than_asked(storage: Storage) -> None:
    for id, seconds in (("J-late", 8), ("J-early", 2), ("J-future", 60)):
        await storage.jobs.add(a_job(id, next_step_at=at(seconds)))
    await storage.jobs.add(a_job("J-idle", next_step_at=None))
    await storage.jobs.add(a_job("J-tied", next_step_at=at(8)))
    first = await storage.jobs.claim(WEB, "w", at(10), at(30), 2)
    second = await storage.jobs.claim(WEB, "w", at(10), at(30), 9)
    assert [job.id for job in first] == ["J-early", "J-late"]
    assert [job.id for job in second] == ["J-tied"]


async def test_jobs_of_platforms_that_are_not_named_are_left_alone(storage: Storage) -> None:
    terminal = replace(ROOM, platform="terminal")
    await storage.jobs.add(a_job("J-web"))
    await storage.jobs.add(a_job("J-terminal", conversation=terminal))
    assert await storage.jobs.claim([], "w", NOON, LATER, 9) == []
    assert [job.id for job in await storage.jobs.claim(["terminal", "slack"], "w", NOON, LATER, 9)] == ["J-terminal"]


async def test_a_leased_job_is_nobody_elses_until_the_lease_runs_out(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    assert await storage.jobs.claim(WEB, "w1", NOON, at(15), 5) == [a_job()]
    assert await storage.jobs.claim(WEB, "w2", at(14.999), at(30), 5) == []
    assert await storage.jobs.claim(WEB, "w2", at(15), at(30), 5) == [a_job()]


async def test_a_job_that_rests_comes_back_then_as_it_was_and_its_card_stands(storage: Storage) -> None:
    await storage.jobs.add(a_job(next_step_at=NOON))
    [job] = await storage.jobs.claim(WEB, "w1", NOON, LATER, 1)
    await storage.jobs.rest(job, "w1", at(5))
    assert await storage.jobs.get("J-1") == a_job(next_step_at=at(5))
    assert await storage.jobs.claim(WEB, "w2", at(4), LATER, 1) == []
    assert await storage.jobs.claim(WEB, "w2", at(5), LATER, 1) == [a_job(next_step_at=at(5))]
    card = await storage.cards.get("C-1")
    assert card is not None
    assert card.wanted == 1


async def test_a_rest_does_nothing_where_the_job_moved_or_the_lease_was_lost(storage: Storage) -> None:
    await storage.jobs.add(a_job(next_step_at=NOON))
    [job] = await storage.jobs.claim(WEB, "w1", NOON, at(5), 1)
    await storage.jobs.claim(WEB, "w2", at(5), at(30), 1)
    await storage.jobs.rest(job, "w1", at(99))
    assert await storage.jobs.get("J-1") == job
    await storage.jobs.save(job.move(State.declined, at(6), next_step_at=None))
    await storage.jobs.rest(job, "w2", at(99))
    after = await storage.jobs.get("J-1")
    assert after is not None
    assert (after.state, after.next_step_at) == (State.declined, None)


async def test_saving_ends_the_lease_unless_its_worker_goes_on(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    await storage.jobs.claim(WEB, "w1", NOON, LATER, 1)
    queued = a_job().move(State.queued, at(1))
    await storage.jobs.save(queued, hold=True)
    assert await storage.jobs.claim(WEB, "w2", at(2), LATER, 1) == []
    submitting = queued.move(State.submitting, at(3))
    await storage.jobs.save(submitting)
    assert await storage.jobs.claim(WEB, "w2", at(4), LATER, 1) == [submitting]


async def test_only_the_holder_renews_a_lease_and_only_what_is_named(storage: Storage) -> None:
    for id in ("J-1", "J-2"):
        await storage.jobs.add(a_job(id))
    await storage.jobs.claim(WEB, "w1", NOON, at(15), 5)
    await storage.jobs.renew("w2", ["J-1", "J-2"], at(60))
    await storage.jobs.renew("w1", ["J-1"], at(60))
    await storage.jobs.renew("w1", [], at(60))
    assert [job.id for job in await storage.jobs.claim(WEB, "w2", at(15), at(30), 5)] == ["J-2"]


async def test_jobs_are_found_by_place_person_and_state_newest_first(storage: Storage) -> None:
    elsewhere = replace(ROOM, workspace="other")
    await storage.jobs.add(a_job("J-1", made_at=at(1)))
    await storage.jobs.add(a_job("J-3", made_at=at(3), author=OTHER))
    await storage.jobs.add(a_job("J-2", made_at=at(2), conversation=HALL, author=replace(ASKER, name="Renamed")))
    await storage.jobs.add(a_job("J-4", made_at=at(4), conversation=elsewhere))
    await storage.jobs.save(a_job("J-1", made_at=at(1)).move(State.queued, at(5)))

    async def found(**by: object) -> list[str]:
        return [job.id for job in await storage.jobs.find(**by)]  # pyright: ignore[reportArgumentType]

    assert await found() == ["J-4", "J-3", "J-2", "J-1"]
    assert await found(limit=2) == ["J-4", "J-3"]
    assert await found(conversation=ROOM) == ["J-3", "J-1"]
    assert await found(workspace=("web", "team")) == ["J-3", "J-2", "J-1"]
    assert await found(author=ASKER) == ["J-4", "J-2", "J-1"]
    assert await found(states=RUNNING) == ["J-1"]
    assert await found(states=[State.awaiting_confirmation], author=OTHER, conversation=ROOM) == ["J-3"]
    assert await found(states=[State.complete]) == []


def a_call(number: int, batch: str = "J-1", **changes: Any) -> Job:
    return a_job(f"{batch}-{number}", batch=batch, state=State.queued, **changes)


async def test_the_calls_of_a_batch_are_added_with_it_or_not_at_all(storage: Storage) -> None:
    """With their own entries; whoever comes second adds nothing, not even what is new."""
    await storage.jobs.add(a_job())
    begun = a_job().move(State.processing, at(1), calls=2)
    calls = [a_call(1), a_call(2)]
    reserves = [an_entry(RESERVE, "5", job=call.id) for call in calls]
    await storage.jobs.save(begun, reserves, calls=calls)
    with pytest.raises(Stale):
        await storage.jobs.save(begun, calls=[a_call(3)])
    assert await storage.jobs.get("J-1") == begun
    assert [await storage.jobs.get(call.id) for call in calls] == calls
    assert await storage.jobs.get("J-1-3") is None
    assert await storage.ledger.of_job("J-1-2") == reserves[1:]


async def test_a_batch_whose_calls_cannot_be_added_is_not_saved(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    await storage.jobs.add(a_job("J-1-1"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await storage.jobs.save(a_job().move(State.processing, at(1), calls=2), calls=[a_call(2), a_call(1)])
    assert await storage.jobs.get("J-1") == a_job()
    assert await storage.jobs.get("J-1-2") is None


async def test_the_calls_of_a_batch_are_claimed_like_any_job_and_have_no_card(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    await storage.jobs.save(a_job().move(State.processing, at(1), calls=2), calls=[a_call(1), a_call(2)])
    due = await storage.jobs.claim(WEB, "w", at(2), LATER, 9)
    assert [job.id for job in due] == ["J-1", "J-1-1", "J-1-2"]
    await storage.jobs.save(a_call(1).move(State.submitting, at(3)))
    assert await storage.cards.get(card_id("J-1-1")) is None
    assert list(await storage.cards.revisions(ROOM)) == ["C-1"]


async def test_calls_are_found_as_those_of_their_batch_alone(storage: Storage) -> None:
    """Nobody lists, counts or answers them as jobs of their own."""
    for id in ("J-1", "J-2"):
        await storage.jobs.add(a_job(id))
        begun = a_job(id).move(State.processing, at(1), calls=2)
        await storage.jobs.save(begun, calls=[a_call(number, id) for number in (1, 2)])

    async def found(**by: object) -> list[str]:
        return [job.id for job in await storage.jobs.find(**by)]  # pyright: ignore[reportArgumentType]

    assert await found() == ["J-2", "J-1"]
    assert await found(conversation=ROOM, states=RUNNING) == ["J-2", "J-1"]
    assert await found(author=ASKER, states=[State.queued]) == []
    assert await found(batch="J-1") == ["J-1-2", "J-1-1"]
    assert await found(batch="J-1", states=[State.queued], limit=1) == ["J-1-2"]
    assert await found(batch="J-3") == []
    assert await found(batch=None, states=[State.queued]) == ["J-2-2", "J-2-1", "J-1-2", "J-1-1"]
    assert await storage.statistics.counts() == {State.processing: 2}


async def test_the_ledger_keeps_its_order_and_every_digit(storage: Storage) -> None:
    """Sums that floats get wrong, and more digits than a float holds."""
    exact = "123456789012345678.1234567891"
    entries = [
        an_entry(RESERVE, "0.30", seconds=1),
        an_entry(RELEASE, "0.30", seconds=2),
        an_entry(CHARGE, "0.10", seconds=2),
        an_entry(CHARGE, "0.20", seconds=2),
        an_entry(CHARGE, exact, person=OTHER, seconds=2),
    ]
    await storage.jobs.add(a_job())
    await storage.jobs.save(a_job().move(State.queued, at(1)), entries[:2])
    await storage.jobs.save(a_job().move(State.queued, at(1)).move(State.error, at(2)), entries[2:])
    stored = await storage.ledger.of_job("J-1")
    assert stored == entries
    assert [str(entry.credits) for entry in stored] == ["0.30", "0.30", "0.10", "0.20", exact]
    assert (await storage.ledger.balance(purse(ASKER), NOON)).spent == Decimal("0.3")
    assert (await storage.ledger.balance(purse(replace(ASKER, name="Renamed")), at(2))).spent == Decimal("0.3")
    assert (await storage.ledger.balance(purse(ASKER), at(2.000001))).spent == Decimal(0)
    assert (await storage.ledger.balance(purse(OTHER), NOON)).spent == Decimal(exact)
    assert await storage.ledger.of_job("J-2") == []


async def test_what_was_refunded_is_not_spent(storage: Storage) -> None:
    await storage.jobs.add(a_job())
    entries = [
        an_entry(CHARGE, "0.50", seconds=1),
        an_entry(EntryKind.refund, "0.50", seconds=2),
        an_entry(CHARGE, "0.20", seconds=3),
    ]
    await storage.jobs.save(a_job().move(State.queued, at(1)), entries)
    assert (await storage.ledger.balance(purse(ASKER), NOON)).spent == Decimal("0.20")


async def test_what_a_person_holds_is_reserved_and_not_yet_released_whenever_that_was(storage: Storage) -> None:
    """Exact to the digit, and each person's own."""
    await storage.jobs.add(a_job())
    entries = [
        an_entry(RESERVE, "0.30", seconds=1),
        an_entry(RELEASE, "0.10", seconds=2),
        an_entry(CHARGE, "0.10", seconds=2),
        an_entry(RESERVE, "7", person=OTHER, seconds=2),
    ]
    await storage.jobs.save(a_job().move(State.queued, at(1)), entries)
    assert (await storage.ledger.balance(purse(replace(ASKER, name="Renamed")), NOON)).held == Decimal("0.20")
    assert (await storage.ledger.balance(purse(OTHER), NOON)).held == Decimal(7)
    assert (await storage.ledger.balance(purse(replace(ASKER, id="u3")), NOON)).held == Decimal(0)


async def complete(storage: Storage, id: str, seconds: float, model: str = "animatic", ended: float = 0) -> None:
    """A job that took that long from submission to completion."""
    job = a_job(id, choice=a_choice(model))
    await storage.jobs.add(job)
    steps = [(State.queued, {}), (State.submitting, {}), (State.processing, {"submitted_at": at(ended)})]
    for state, changes in steps:
        job = job.move(state, at(ended), **changes)
        await storage.jobs.save(job)
    job = job.move(State.finalizing, at(ended + seconds))
    await storage.jobs.save(job)
    job = job.move(State.complete, at(ended + seconds))
    await storage.jobs.save(job)
    await storage.jobs.save(job.move(State.complete, at(ended + seconds + 1000)))  # a later change does not count


async def test_typical_seconds_are_the_median_of_the_last_twenty(storage: Storage) -> None:
    await complete(storage, "J-1", 10)
    await complete(storage, "J-2", 40)
    assert await storage.statistics.typical_seconds("animatic") is None
    await complete(storage, "J-3", 12)
    await complete(storage, "J-other", 500, model="other")
    assert await storage.statistics.typical_seconds("animatic") == 12
    for number in range(20):
        await complete(storage, f"J-new-{number}", 30, ended=5000 + number)
    assert await storage.statistics.typical_seconds("animatic") == 30


async def test_a_place_in_line_counts_queued_jobs_of_the_same_provider_confirmed_earlier(storage: Storage) -> None:
    async def queue(id: str, confirmed: float, provider: str = "kling") -> Job:
        job = a_job(id, choice=a_choice(provider, provider))
        await storage.jobs.add(job)
        job = job.move(State.queued, at(confirmed), confirmed_at=at(confirmed))
        await storage.jobs.save(job)
        return job

    first, third = await queue("J-1", 1), await queue("J-3", 3)
    second = await queue("J-2", 2)
    other = await queue("J-4", 0, "wan")
    assert [await storage.statistics.ahead(job) for job in (first, second, third, other)] == [0, 1, 2, 0]
    await storage.jobs.save(first.move(State.submitting, at(4)))
    assert await storage.statistics.ahead(third) == 1
    assert await storage.statistics.ahead(a_job("J-5", choice=a_choice("kling", "kling"))) == 2
    assert await storage.statistics.ahead(a_job("J-6")) == 0
    assert await storage.statistics.counts() == {State.queued: 3, State.submitting: 1}


_ids = count()


@settings(max_examples=15, suppress_health_check=SLOW, deadline=None)
@given(job=anything(Job))
async def test_any_job_comes_back_as_it_was(storage: Storage, job: Job) -> None:
    # its limits are columns, too, which hold no number without end
    job = replace(job, id=f"J-{next(_ids)}", version=1, at_once=3, per_minute=5)
    assert await storage.jobs.add(job)
    assert await storage.jobs.get(job.id) == job
