"""Turns in a line: never more places than there are, fair between people, the same for every replica."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.domain.job import Others, State
from bot.ports.storage import Storage
from tests.fakes import NOON
from tests.stored import ASKER, OTHER, ROOM, WEB, a_choice, a_job

LINE = "kling/kling-3"
MINUTE = timedelta(minutes=1)


async def waits(storage: Storage, id: str, author=ASKER, after: float = 0.0, line: str = LINE) -> None:
    """A confirmed job in the line."""
    job = a_job(id, author=author)
    await storage.jobs.add(job)
    at = NOON + timedelta(seconds=after)
    queued = job.move(State.queued, at, confirmed_at=at, confirmed_by=author, attempt=1, next_step_at=None, line=line)
    await storage.jobs.save(queued)


async def moves(storage: Storage, id: str, state: State, **changes) -> None:
    job = await storage.jobs.get(id)
    assert job is not None
    await storage.jobs.save(job.move(state, NOON, **changes))


async def admit(storage: Storage, at_once: int | None = None, per_minute: int | None = None, at=NOON) -> list[str]:
    return list(await storage.lines.admit(LINE, at, at_once=at_once, per_minute=per_minute))


async def test_no_more_are_let_in_than_there_are_places(storage: Storage) -> None:
    for number in range(5):
        await waits(storage, f"J-{number}", after=number)
    assert await admit(storage, at_once=2) == ["J-0", "J-1"]
    assert await admit(storage, at_once=2) == []
    assert [job.id for job in await storage.jobs.claim(WEB, "w", NOON, NOON + MINUTE, 9)] == ["J-0", "J-1"]


async def test_a_place_is_free_again_once_its_film_is_made_or_given_up(storage: Storage) -> None:
    for number in range(3):
        await waits(storage, f"J-{number}", after=number)
    await admit(storage, at_once=1)
    await moves(storage, "J-0", State.submitting, submitted_at=NOON)
    assert await admit(storage, at_once=1) == []
    await moves(storage, "J-0", State.processing)
    assert await admit(storage, at_once=1) == []
    await moves(storage, "J-0", State.finalizing)
    assert await admit(storage, at_once=1) == ["J-1"]
    await moves(storage, "J-1", State.cancelled, next_step_at=None)
    assert await admit(storage, at_once=1) == ["J-2"]


async def test_calls_are_counted_over_a_minute_that_moves_on(storage: Storage) -> None:
    for number in range(4):
        await waits(storage, f"J-{number}", after=number)
    assert await admit(storage, per_minute=2) == ["J-0", "J-1"]
    for id in ("J-0", "J-1"):
        await moves(storage, id, State.submitting, submitted_at=NOON, next_step_at=NOON)
        await moves(storage, id, State.error, next_step_at=None)
    assert await admit(storage, per_minute=2, at=NOON + timedelta(seconds=59)) == []
    assert await admit(storage, per_minute=2, at=NOON + MINUTE) == ["J-2", "J-3"]


async def test_everybody_has_a_turn_before_anybody_has_another(storage: Storage) -> None:
    for number in range(3):
        await waits(storage, f"J-A{number}", after=number)
    await waits(storage, "J-B0", author=OTHER, after=10)
    await waits(storage, "J-B1", author=OTHER, after=11)
    assert await admit(storage, at_once=1) == ["J-A0"]
    assert await admit(storage, at_once=2) == ["J-B0"]
    assert await admit(storage, at_once=5) == ["J-A1", "J-B1", "J-A2"]


async def test_who_has_nothing_on_the_way_comes_first_and_who_waits_for_longer_is_overtaken_only_once(
    storage: Storage,
) -> None:
    """Else a stream of people who come for the first time would keep everybody's second film waiting for good."""
    for number in range(6):
        await waits(storage, f"J-A{number}", after=number)
    assert await admit(storage, at_once=3) == ["J-A0", "J-A1", "J-A2"]
    for number in range(2):
        await waits(storage, f"J-B{number}", author=OTHER, after=10 + number)
    for number in range(3):
        await waits(storage, f"J-C{number}", author=replace(ASKER, id=f"new-{number}"), after=20 + number)
    assert await admit(storage, at_once=4) == ["J-B0"]
    await waits(storage, "J-C3", author=replace(ASKER, id="new-3"), after=30)
    given = await admit(storage)
    assert given == ["J-C0", "J-C1", "J-C2", "J-A3", "J-B1", "J-C3", "J-A4", "J-A5"]


async def test_who_is_back_in_line_keeps_its_turn_and_takes_none_to_another_line(storage: Storage) -> None:
    for number in range(4):
        await waits(storage, f"J-A{number}", after=number)
    await admit(storage, at_once=3)
    for id, line in (("J-A0", LINE), ("J-A2", "wan/wan-3")):
        await moves(storage, id, State.submitting, submitted_at=NOON)
        await waits(storage, f"J-{line}", author=OTHER, after=10, line=line)
        await moves(storage, id, State.queued, next_step_at=None, line=line)
    assert await admit(storage) == ["J-A0", f"J-{LINE}", "J-A3"]
    await waits(storage, "J-B", author=OTHER, after=11, line="wan/wan-3")
    assert await storage.lines.admit("wan/wan-3", NOON, at_once=None, per_minute=None) == ["J-A2", "J-wan/wan-3", "J-B"]


async def test_the_calls_of_a_batch_take_part_in_one_round_each(storage: Storage) -> None:
    whole = a_job("J-W")
    await storage.jobs.add(whole)
    of = {"batch": "J-W", "state": State.queued, "line": LINE, "confirmed_at": NOON, "next_step_at": None}
    begun = whole.move(State.processing, NOON, confirmed_at=NOON, calls=3, next_step_at=None)
    await storage.jobs.save(begun, calls=[a_job(f"J-W-{number}", **of) for number in (1, 2, 3)])
    await waits(storage, "J-B0", author=OTHER, after=1)
    await storage.jobs.add(a_job("J-ADDED", author=OTHER, **(of | {"batch": ""})))
    assert await admit(storage) == ["J-W-1", "J-B0", "J-W-2", "J-ADDED", "J-W-3"]


async def test_however_many_are_passed_over_who_comes_after_them_is_let_in_and_told_so(storage: Storage) -> None:
    """More than are looked at at once; those of another channel with a wider limit are still let in."""
    for number in range(30):
        await limited(storage, f"J-A{number:02}", after=number, at_once=1)
        await waits(storage, f"J-C{number:02}", author=OTHER, after=number)
    given = [*(f"J-C{number:02}" for number in range(30))]
    assert await admit(storage) == ["J-A00", *given]
    await limited(storage, "J-WIDE", after=40, at_once=2)
    await waits(storage, "J-B", author=replace(ASKER, id="b"), after=50)
    jobs = [await storage.jobs.get(id) for id in ("J-B", "J-WIDE")]
    assert [await storage.statistics.ahead(job) for job in jobs if job] == [0, 1]
    assert await admit(storage, at_once=32) == ["J-B"]
    assert await admit(storage, at_once=33) == ["J-WIDE"]


async def test_a_card_says_how_many_come_first_in_the_order_they_will(storage: Storage) -> None:
    for number in range(3):
        await waits(storage, f"J-A{number}", after=number)
    await waits(storage, "J-B0", author=OTHER, after=10)

    async def ahead() -> dict[str, int]:
        jobs = [await storage.jobs.get(id) for id in ("J-A0", "J-B0", "J-A1", "J-A2")]
        return {job.id: await storage.statistics.ahead(job) for job in jobs if job}

    assert await ahead() == {"J-A0": 0, "J-B0": 1, "J-A1": 2, "J-A2": 3}
    before = await storage.jobs.get("J-A2")
    await admit(storage, at_once=1)
    assert await ahead() == {"J-A0": 0, "J-B0": 0, "J-A1": 1, "J-A2": 2}
    after = await storage.jobs.get("J-A2")
    assert before is not None
    assert after is not None
    assert after.version > before.version, "so that its card is shown anew"
    assert after.next_step_at is None


async def test_a_line_that_was_told_to_wait_lets_nobody_in_and_others_go_on(storage: Storage) -> None:
    await waits(storage, "J-0")
    await waits(storage, "J-1", line="wan/wan-3")
    assert sorted(await storage.lines.waiting(NOON)) == [LINE, "wan/wan-3"]
    await storage.lines.pause(LINE, NOON + timedelta(seconds=30))
    await storage.lines.pause(LINE, NOON + timedelta(seconds=10))
    assert await storage.lines.waiting(NOON) == ["wan/wan-3"]
    assert await admit(storage) == []
    assert await admit(storage, at=NOON + timedelta(seconds=29)) == []
    assert await admit(storage, at=NOON + timedelta(seconds=30)) == ["J-0"]


async def test_replicas_that_let_in_at_once_fill_each_place_once(storage: Storage) -> None:
    for number in range(12):
        await waits(storage, f"J-{number:02}", author=replace(ASKER, id=f"U{number}"), after=number)
    given = await asyncio.gather(*(admit(storage, at_once=5) for _ in range(6)))
    assert sorted(id for ids in given for id in ids) == [f"J-{number:02}" for number in range(5)]


async def test_without_a_limit_everyone_is_let_in(storage: Storage) -> None:
    for number in range(3):
        await waits(storage, f"J-{number}", after=number)
    assert await admit(storage) == ["J-0", "J-1", "J-2"]
    assert await storage.lines.waiting(NOON) == []


async def test_a_job_that_nobody_here_carries_on_is_not_given_a_place(storage: Storage) -> None:
    """A chat that was switched off leaves its jobs in line; the others pass them."""
    await waits(storage, "J-0")
    assert list(await storage.lines.waiting(NOON, {"elsewhere"})) == []
    assert list(await storage.lines.admit(LINE, NOON, at_once=1, per_minute=None, on={"elsewhere"})) == []
    assert list(await storage.lines.waiting(NOON, WEB)) == [LINE]
    assert list(await storage.lines.admit(LINE, NOON, at_once=1, per_minute=None, on=WEB)) == ["J-0"]


async def test_a_place_that_nobody_gave_back_is_free_again_after_a_day(storage: Storage) -> None:
    """Let in or sent, and then nobody was there to carry it on: by then the provider has ended it."""
    for number in range(3):
        await waits(storage, f"J-{number}", after=number)
    await admit(storage, at_once=2)
    await moves(storage, "J-0", State.submitting, submitted_at=NOON)
    assert await admit(storage, at_once=2, at=NOON + timedelta(hours=23)) == []
    assert await admit(storage, at_once=2, at=NOON + timedelta(hours=25)) == ["J-2"]


async def limited(storage: Storage, id: str, after: float = 0.0, line: str = LINE, **limits: int | None) -> None:
    """A confirmed job that waits for its author too."""
    job = a_job(id, choice=a_choice("kling-3", "kling"), **{"at_once": None, "per_minute": None} | limits)
    await storage.jobs.add(job)
    at = NOON + timedelta(seconds=after)
    queued = job.move(State.queued, at, confirmed_at=at, confirmed_by=ASKER, attempt=1, next_step_at=None, line=line)
    await storage.jobs.save(queued)


async def test_whoever_has_enough_films_on_the_way_is_passed_over_and_holds_up_nobody(storage: Storage) -> None:
    for number in range(3):
        await limited(storage, f"J-A{number}", after=number, at_once=2)
    await waits(storage, "J-B0", author=OTHER, after=9)
    assert await admit(storage, at_once=3) == ["J-A0", "J-B0", "J-A1"]
    await waits(storage, "J-B1", author=OTHER, after=10)
    first = await storage.jobs.get("J-A2")
    assert first is not None
    assert await storage.lines.others(first, NOON) == Others(on_the_way=2, begun=2)
    assert await admit(storage, at_once=4) == ["J-B1"]
    await moves(storage, "J-A0", State.cancelled, next_step_at=None)
    assert await admit(storage, at_once=4) == ["J-A2"]


async def test_whoever_began_enough_this_minute_is_passed_over_and_holds_up_nobody(storage: Storage) -> None:
    for number in range(2):
        await limited(storage, f"J-A{number}", after=number, per_minute=1)
    await waits(storage, "J-B0", author=OTHER, after=9)
    assert await admit(storage, at_once=1) == ["J-A0"]
    await moves(storage, "J-A0", State.submitting, submitted_at=NOON, next_step_at=NOON)
    await moves(storage, "J-A0", State.error, next_step_at=None)
    assert await admit(storage, at_once=1) == ["J-B0"]


async def test_a_person_s_minute_is_counted_over_all_lines(storage: Storage) -> None:
    for number, line in enumerate((LINE, "people", LINE, "people")):
        await limited(storage, f"J-{number}", after=number, line=line, per_minute=3)
    assert await admit(storage) == ["J-0", "J-2"]
    assert await storage.lines.admit("people", NOON, at_once=None, per_minute=None) == ["J-1"]
    for number in (0, 1, 2):
        await moves(storage, f"J-{number}", State.submitting, submitted_at=NOON, next_step_at=NOON)
        await moves(storage, f"J-{number}", State.error, next_step_at=None)
    for seconds, let_in in ((59, []), (60, ["J-3"])):
        at = NOON + timedelta(seconds=seconds)
        assert await storage.lines.admit("people", at, at_once=None, per_minute=None) == let_in


async def test_replicas_that_let_the_same_person_into_several_lines_at_once_keep_to_the_limit(storage: Storage) -> None:
    lines = [f"kling/{number}" for number in range(4)]
    for number in range(16):
        await limited(storage, f"J-{number:02}", after=number, line=lines[number % 4], at_once=3)
    given = await asyncio.gather(
        *(storage.lines.admit(line, NOON, at_once=None, per_minute=None) for line in lines * 2)
    )
    assert sum(map(len, given)) == 3


async def test_a_film_that_nobody_saw_end_holds_up_its_author_for_a_day_at_most(storage: Storage) -> None:
    for number in range(2):
        await limited(storage, f"J-{number}", after=number, at_once=1)
    await admit(storage)
    await moves(storage, "J-0", State.submitting, submitted_at=NOON)
    assert await admit(storage, at=NOON + timedelta(hours=23)) == []
    assert await admit(storage, at=NOON + timedelta(hours=25)) == ["J-1"]


async def test_who_waits_is_measured_by_what_was_decided_since(storage: Storage) -> None:
    for number in range(3):
        await limited(storage, f"J-{number}", after=number, at_once=1)
    await waits(storage, "J-MERGE", author=OTHER, line="merge")
    assert await admit(storage) == ["J-0"]
    [(place, *limits)] = await storage.lines.places()
    assert (place, limits) == (replace(ROOM, thread=""), [1, None])
    await storage.lines.measure(place, 2, None)
    assert await admit(storage) == ["J-1"]
    await storage.lines.measure(place, None, None)
    assert await admit(storage) == ["J-2"]
    job = await storage.jobs.get("J-2")
    assert job is not None
    assert job.at_once is None


async def test_the_card_of_who_moves_up_among_their_own_is_shown_anew(storage: Storage) -> None:
    for number in range(4):
        await limited(storage, f"J-{number}", after=number, at_once=1)
    last = await storage.jobs.get("J-3")
    assert last is not None
    assert (await storage.lines.others(last, NOON)).before == 3
    await admit(storage)
    moved_up = await storage.jobs.get("J-3")
    assert moved_up is not None
    assert moved_up.version > last.version
    assert await storage.lines.others(moved_up, NOON) == Others(on_the_way=1, begun=1, before=2)
