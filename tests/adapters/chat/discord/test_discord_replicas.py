"""Shards spread over replicas: each held by one, taken over from whoever is gone, and nothing said in between is lost."""

import asyncio
import json
from datetime import timedelta

import pytest

from adapters.kit.roster import machine
from bot.domain.errors import UserError
from tests.adapters.chat.discord.crew import Crew, Replica, crew
from tests.adapters.chat.discord.studio import studio

SHARDS = 4
LEASE = 16


@pytest.fixture
async def made(discord, tmp_path):
    async with studio(discord, tmp_path) as one, crew(one, str(SHARDS)) as many:
        yield many


def sessions(crew: Crew) -> list[int]:
    return sorted(one.shard for one in crew.discord.gateway.open)


async def heard(crew: Crew, text: str, rooms, by: list[Replica]) -> None:
    """That this is said in each room, and saved once by one of these."""
    for number, room in enumerate(rooms):
        await crew.discord.mention(room, crew.studio.ada, f"{text} {number}")
    wanted = sorted(f"{text} {number}" for number in range(len(rooms)))

    def saved() -> list[str]:
        return sorted(one for replica in by for one in replica.heard if one.startswith(text))

    await crew.discord.until(lambda: len(saved()) >= len(wanted))
    assert saved() == wanted


async def shared(crew: Crew, *counts: int) -> None:
    """Until so many connections are each replica's."""
    await crew.discord.until(lambda: [len(one.platform.shards) for one in crew.all] == list(counts), 20)
    await crew.all_connected(SHARDS)


async def test_what_a_killed_process_took_just_before_its_end_is_taken_over_at_once(made):
    """It had told nobody yet, and its claims would hold for a whole lease."""
    ended = await asyncio.create_subprocess_exec("true")
    await ended.wait()
    storage, now = made.studio.storage, made.studio.clock.now()
    for shard in range(SHARDS):
        name = f"discord:shard:{made.discord.application}:{shard}/{SHARDS}"
        assert await storage.claims.take(name, "dead", now, now + timedelta(seconds=LEASE))
    word = {"at": now.timestamp(), "has": {"shards": [], "of": SHARDS}, "pid": ended.pid, "on": machine()}
    await storage.notes.put("roster:discord", json.dumps({"dead": word}), now + timedelta(days=1))
    made.join()
    async with asyncio.timeout(LEASE / 2):
        await made.all_connected(SHARDS)


async def test_one_alone_holds_all_and_gives_a_newcomer_its_share_without_losing_a_word(made):
    rooms = made.rooms(SHARDS)
    first = made.join()
    await shared(made, SHARDS)
    await heard(made, "alone", rooms, [first])
    second = made.join()
    made.studio.clock.forward(6)
    await shared(made, 2, 2)
    await heard(made, "together", rooms, made.all)
    assert set(first.platform.shards) | set(second.platform.shards) == set(range(SHARDS))
    await second.stop()
    made.all.remove(second)
    await heard(made, "after", rooms, [first, second])
    made.studio.clock.forward(6)
    await shared(made, SHARDS)


async def test_what_is_said_while_a_replica_is_dead_is_heard_by_the_next(made):
    rooms = made.rooms(SHARDS)
    first = made.join()
    await shared(made, SHARDS)
    await heard(made, "before", rooms, [first])
    notes, application = made.studio.storage.notes, made.discord.application
    async with asyncio.timeout(20):  # how far it came is noted every second
        while not all([await notes.get(f"discord:session:{application}:{n}/{SHARDS}") for n in range(SHARDS)]):
            await asyncio.sleep(0.02)
    await first.kill()
    made.all.clear()
    for number, room in enumerate(rooms):
        await made.discord.mention(room, made.studio.ada, f"gap {number}")
    second = made.join()
    await asyncio.sleep(0.3)
    assert not second.platform.shards, "a claim stands until its time is over"
    made.studio.clock.forward(LEASE)
    await made.discord.until(lambda: sum(one.startswith("gap") for one in second.heard) == SHARDS)
    await shared(made, SHARDS)
    assert len(set(second.heard)) == len(second.heard)
    assert made.discord.gateway.resumed >= SHARDS


async def test_who_cannot_renew_is_connected_no_more_before_another_may_be(made):
    made.discord.gateway.identify_seconds = 0  # its clock stands still here
    first = made.join()
    await shared(made, SHARDS)
    first.gone.set()
    second = made.join()
    first.clock.ahead = second.clock.ahead = timedelta(seconds=LEASE - 5)  # the lease is 15 s: 4 are left
    await made.discord.until(lambda: not made.discord.gateway.open)
    assert not second.platform.shards
    first.gone.clear()
    first.clock.ahead = second.clock.ahead = timedelta(seconds=LEASE)
    await shared(made, 2, 2)
    # What was left is read to its end beside what begins, by the same replica.
    await made.discord.until(lambda: sessions(made) == list(range(SHARDS)))


async def test_auto_takes_discords_number_and_later_ones_what_the_others_have(made):
    made.discord.shards = 2
    made.join(shards="auto")
    await made.all_connected(2)
    made.discord.shards = 3
    made.studio.clock.forward(6)
    second = made.join(shards="auto")
    await made.discord.until(lambda: len(second.platform.shards) == 1, 20)
    await made.all_connected(2)
    assert {one.shards for one in made.discord.gateway.open} == {2}


async def test_sessions_begin_one_after_the_other_where_discord_says_so_over_all_replicas(made):
    """The server refuses, and tells as a violation, each that begins within 5 s of another of its bucket."""
    made.discord.gateway.concurrency = 2
    for _ in range(2):
        made.join()
    async with asyncio.timeout(20):
        while len(made.connected) < SHARDS:
            await asyncio.sleep(0.02)
            made.studio.clock.forward(0.2)


async def test_too_few_shards_are_said_where_they_were_set_and_mended_where_they_were_not(made):
    made.discord.shards = 2
    first = made.join(shards="auto")
    await made.all_connected(2)
    made.discord.shards = 3
    await made.discord.gateway.drop(4011)
    made.studio.clock.forward(6)
    await made.discord.until(lambda: {one.shards for one in made.discord.gateway.open} == {3}, 20)
    await first.stop()
    made.all.clear()
    made.studio.clock.forward(LEASE)
    second = made.join()
    await shared(made, SHARDS)
    await made.discord.gateway.drop(4011)
    assert second.task is not None
    with pytest.raises(UserError, match="more shards than 4"):
        await second.task
