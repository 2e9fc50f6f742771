"""Whatever Discord, the network and the database do at the worst moment: no film is paid for twice and no card is lost."""

import asyncio
import os
import sqlite3
import threading

import pytest
from discord.gateway import KeepAliveHandler

from bot.domain.job import State
from tests.adapters.chat.discord.studio import living, some

POST, EDIT = "POST /channels/*/messages", "PATCH /channels/*/messages/*"


@pytest.mark.parametrize("harm", some("lose_answer", more=("cut", "fail")))
@pytest.mark.parametrize("call", some(POST, EDIT, more=("GET /guilds/*", "GET /channels/*", "POST /interactions/*")))
async def test_a_broken_call_costs_neither_a_film_nor_a_second_card(core, discord, caplog, call, harm):
    core.hurry = 0.5
    getattr(discord, harm)(call)
    card = await core.priced()
    getattr(discord, harm)(call)
    await discord.press(card, "Confirm", core.studio.ada)
    job = await core.settled(State.complete)
    await discord.until(lambda: len(core.films) == 1 and "Cancel" not in card.labels and job.id in card.text)
    await core.heard()
    assert len(core.toll.started) == 1
    assert len(core.studio.mine()) == 3
    assert not [one for one in caplog.records if one.exc_info]


@pytest.mark.parametrize("everywhere", some(True, more=(False,)))
async def test_a_storm_of_limits_only_delays(core, discord, everywhere):
    core.hurry = 1.0
    for call in (POST, EDIT):
        discord.rate_limit(call, 0.2, everywhere=everywhere, times=4)
    card = await core.priced()
    await discord.press(card, "Confirm", core.studio.ada)
    await core.settled(State.complete)
    await discord.until(lambda: len(core.films) == 1 and "Cancel" not in card.labels)
    assert len(core.studio.mine()) == 2


@pytest.mark.parametrize("code", some(50083, more=(10003, 50001, 50013, 40005)))
async def test_a_refused_edit_or_film_ends_the_job_all_the_same(core, discord, caplog, code):
    card = await core.priced()
    core.hurry = 20.0
    status = 413 if code == 40005 else 404 if code < 20000 else 403
    for call in (POST, EDIT):
        discord.fail(call, status=status, code=code, times=1000)
    await discord.press(card, "Confirm", core.studio.ada)
    job = await core.settled(State.complete)
    assert len(core.toll.started) == 1
    assert job.result.clips
    assert [one.getMessage() for one in caplog.records if one.exc_info] == []


async def test_a_channel_that_is_deleted_in_the_middle_costs_one_film_that_is_kept(core, discord, caplog):
    core.hurry = 20.0
    card = await core.priced()
    await discord.press(card, "Confirm", core.studio.ada)
    room = core.studio.room
    del discord.channels[room.id]
    await discord.gateway.send("CHANNEL_DELETE", {"id": str(room.id), "guild_id": str(core.studio.guild.id), "type": 0, "name": "general", "position": 0, "permission_overwrites": [], "nsfw": False, "parent_id": None})  # fmt: skip
    job = await core.settled(State.complete)
    assert (len(core.toll.started), len(job.result.clips)) == (1, 1)
    assert [one.getMessage() for one in caplog.records if one.exc_info] == []


async def test_a_second_film_of_one_name_is_not_taken_for_the_first(core, discord):
    """The second one's upload is broken off before it comes, and both are called the same."""
    ada, ben, room = core.studio.ada, core.studio.ben, core.studio.room
    cards = []
    for who in (ada, ben):
        asked = await discord.mention(room, who, "a red kite, save as kite")
        cards.append(await discord.answer(room, after=asked))
    await discord.press(cards[0], "Confirm", ada)
    await discord.until(lambda: len(core.films) == 1)
    discord.cut(POST, times=3)
    core.hurry = 10.0
    await discord.press(cards[1], "Confirm", ben)
    await core.settled(State.complete)
    assert core.films == ["kite.mp4", "kite.mp4"]


@pytest.mark.parametrize("code", some(4004, more=(4000, 4003, 4007, 4009, 1000, 1001)))
async def test_no_close_in_the_middle_of_life_ends_the_program(core, discord, code):
    await discord.gateway.drop(code)
    await discord.connected()
    await core.priced()


@pytest.mark.parametrize("text", some("not json", more=("[]", "{}", "null", '{"op": 99, "d": null}', '{"op": 0, "t": "MESSAGE_CREATE", "s": 3, "d": null}', '{"op": 10, "d": {}}', "[" * 5000)))  # fmt: skip
async def test_no_payload_ends_the_program(core, discord, text):
    for session in discord.gateway.open:
        await session.line.send_text(text)
    await core.priced()
    assert discord.gateway.identified == 1
    assert len(discord.gateway.open) == 1
    assert len([one for one in threading.enumerate() if isinstance(one, KeepAliveHandler) and not one._stop_ev.is_set()]) == 1  # fmt: skip


async def test_what_is_said_while_the_gateway_cannot_be_reached_is_heard_afterwards(core, discord):
    """The first way back to the session fails too."""
    discord.gateway.away = 1
    discord.gateway.cut()
    await discord.until(lambda: not discord.gateway.open)
    await core.priced()
    assert (discord.gateway.identified, discord.gateway.resumed) == (1, 1)


async def test_nothing_is_acknowledged_as_taken_in_while_the_database_is_locked(core, discord, tmp_path):
    ada, room = core.studio.ada, core.studio.room
    card = await core.priced()
    await core.stands((await core.settled(State.awaiting_confirmation)).id)
    locking = sqlite3.connect(tmp_path / "clapper.db", isolation_level=None)
    locking.execute("BEGIN IMMEDIATE")
    pressing = [asyncio.create_task(discord.press(card, "Confirm", who)) for who in (ada, core.studio.ben)]
    said = await discord.mention(room, ada, "a blue kite")
    acknowledged, _ = await asyncio.wait(pressing, timeout=0.5)
    locking.execute("ROLLBACK")
    locking.close()
    replies = await asyncio.gather(*pressing)
    await core.settled(State.complete, State.awaiting_confirmation)
    await discord.answer(room, after=said)
    assert not acknowledged
    assert [one.kind for one in replies] == ["nothing", "nothing"]


@pytest.mark.skipif(os.environ.get("CLAPPER_SOAK") != "1", reason="discord.py waits a minute: CLAPPER_SOAK=1")
async def test_a_connection_that_answers_no_more_is_taken_up_again(discord, tmp_path):
    discord.gateway.heartbeat_seconds = 5.0
    async with living(discord, tmp_path) as core:
        discord.gateway.acking = False
        await discord.until(lambda: discord.gateway.closed, 90)
        discord.gateway.acking = True
        await core.priced()
        assert (discord.gateway.identified, discord.gateway.resumed) == (1, 1)


@pytest.mark.skipif(os.environ.get("CLAPPER_SOAK") != "1", reason="discord.py waits five seconds: CLAPPER_SOAK=1")
async def test_after_hours_without_discord_it_begins_anew(core, discord):
    discord.gateway.allow_resume = False
    discord.gateway.cut()
    await discord.until(lambda: not discord.gateway.open)
    core.studio.clock.forward(5 * 3600)
    await discord.until(lambda: discord.gateway.identified == 2, 30)
    await discord.connected()
    await core.priced()
