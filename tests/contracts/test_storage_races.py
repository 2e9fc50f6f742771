"""What every storage promises of many at once: nobody gets what another has, nothing is lost, the loop stays free."""

import asyncio
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import Stale
from bot.domain.job import State
from bot.domain.ledger import EntryKind
from bot.ports.storage import Storage
from tests.databases import opened
from tests.stored import ASKER, CARD, LATER, NOON, ROOM, WEB, a_job, a_message, an_entry, at, purse

CLAIMER = Path(__file__).parents[1] / "claimer.py"


def flat(lists: Iterable[Iterable[str]]) -> list[str]:
    return sorted(one for part in lists for one in part)


async def test_claimers_in_one_process_never_get_the_same_job(storage: Storage, url: str) -> None:
    """Two storages, each with threads and connections of its own, as two replicas have."""
    ids = [f"J-{number:02}" for number in range(40)]
    for id in ids:
        await storage.jobs.add(a_job(id))
    async with opened(url) as other:
        claims = [one.jobs.claim(WEB, f"w{number}", NOON, LATER, 3) for number in range(12) for one in (storage, other)]
        got = [[job.id for job in jobs] for jobs in await asyncio.gather(*claims)]
    assert flat(got) == ids


async def test_claimers_in_several_processes_never_get_the_same_job(storage: Storage, url: str) -> None:
    ids = [f"J-{number:03}" for number in range(120)]
    for id in ids:
        await storage.jobs.add(a_job(id))
    pipe = asyncio.subprocess.PIPE
    racers = [
        await asyncio.create_subprocess_exec(sys.executable, CLAIMER, url, f"w{number}", stdin=pipe, stdout=pipe)
        for number in range(2)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert await racer.stdout.readline() == b"ready\n"
    outputs = await asyncio.gather(*(racer.communicate(b"go\n") for racer in racers))
    assert [racer.returncode for racer in racers] == [0, 0]
    assert flat(out.decode().split() for out, _ in outputs) == ids


async def test_two_who_take_one_thing_at_once_never_both_get_it(storage: Storage, url: str) -> None:
    await storage.jobs.add(a_job())
    await storage.cards.say("c", ROOM, CARD)
    await storage.inbox.receive(a_message("m"), NOON)
    async with opened(url) as other:
        both = [storage, other] * 5
        jobs = await asyncio.gather(*(one.jobs.claim(WEB, "w", NOON, LATER, 1) for one in both))
        cards = await asyncio.gather(*(one.cards.take("c", "w", NOON, LATER) for one in both))
        events = await asyncio.gather(*(one.inbox.claim(WEB, "w", NOON, LATER, 1) for one in both))
    assert sum(map(len, jobs)) == 1
    assert sum(card is not None for card in cards) == 1
    assert sum(len(claimed) for claimed in events) == 1


async def test_of_many_who_save_one_move_at_once_one_wins_and_reserves_once(storage: Storage, url: str) -> None:
    await storage.jobs.add(a_job())
    confirmed = a_job().move(State.queued, at(1))
    async with opened(url) as other:
        saves = [one.jobs.save(confirmed, [an_entry(EntryKind.reserve, "5")]) for one in [storage, other] * 5]
        answers = await asyncio.gather(*saves, return_exceptions=True)
    assert answers.count(None) == 1
    assert [type(answer) for answer in answers if answer is not None] == [Stale] * 9
    assert await storage.ledger.of_job("J-1") == [an_entry(EntryKind.reserve, "5")]


async def test_one_event_delivered_many_times_at_once_is_received_once(storage: Storage, url: str) -> None:
    async with opened(url) as other:
        answers = await asyncio.gather(*(one.inbox.receive(a_message("m"), NOON) for one in [storage, other] * 10))
    assert answers.count(True) == 1


async def test_five_hundred_operations_at_once_all_come_through(storage: Storage) -> None:
    async def one(number: int) -> None:
        job = a_job(f"J-{number}", made_at=at(number))
        await storage.inbox.receive(a_message(f"m{number}"), at(number))
        await storage.jobs.add(job)
        await storage.jobs.save(job.move(State.queued, at(number)), [an_entry(EntryKind.charge, "0.1", job=job.id)])
        await storage.cards.render(job.card_id, 2, CARD)
        assert await storage.jobs.get(job.id) == job.move(State.queued, at(number))

    await asyncio.gather(*(one(number) for number in range(100)))
    assert await storage.statistics.counts() == {State.queued: 100}
    assert str((await storage.ledger.balance(purse(ASKER), NOON)).spent) == "10.0"
    assert set((await storage.cards.revisions(ROOM)).values()) == {2}
    assert len(await storage.inbox.messages(ROOM)) == 100


async def test_the_loop_goes_on_while_the_database_works(storage: Storage) -> None:
    turns = 0
    saving = asyncio.gather(*(storage.jobs.add(a_job(f"J-{number}")) for number in range(50)))
    while not saving.done():
        turns += 1
        await asyncio.sleep(0)
    assert all(await saving)
    assert turns > 50


async def test_what_was_asked_before_closing_is_still_done(url: str) -> None:
    async with opened(url) as storage:
        adding = asyncio.gather(*(storage.jobs.add(a_job(f"J-{number}")) for number in range(20)))
        await asyncio.sleep(0)
    assert all(await adding)
    async with opened(url) as storage:
        assert await storage.statistics.counts() == {State.awaiting_confirmation: 20}
        with pytest.raises(Stale):
            await storage.jobs.save(replace(a_job("J-1"), version=5))
