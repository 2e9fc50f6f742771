"""Whatever people do, and the program's own end, at the worst moment: nothing is paid for twice, nothing is lost, nobody spends unasked."""

import asyncio
import time
from dataclasses import replace

import pytest

from adapters.chat.discord.events import Names, readable
from adapters.chat.discord.files import Found
from adapters.chat.discord.platform import Discord as Platform
from adapters.chat.discord.text import escape
from bot.domain.chat import Attachment
from bot.domain.errors import BadMedia
from bot.domain.job import State
from tests.adapters.chat.discord.studio import PIXEL, some, studio


@pytest.mark.parametrize("text", [" " * 40_000, "a" + " \t" * 20_000 + "b", "<@1" * 13_000, "<" * 40_000, "\t<@1>" * 8_000, "<a:" * 13_000, "1" * 40_000, "-" * 40_000, "https://" * 5_000])  # fmt: skip
def test_no_text_holds_everybody_else_up(text):
    """It is read before it is saved, while nobody else is heard."""
    began = time.perf_counter()
    readable(text, Names(own=frozenset({1})))
    escape(text)
    assert time.perf_counter() - began < 0.3


async def test_many_presses_of_many_people_at_once_start_one_film(core, discord):
    ada, ben = core.studio.ada, core.studio.ben
    card = await core.priced()
    replies = await asyncio.gather(*(discord.press(card, "Confirm", who) for who in (ada, ben, ada, ada, ben)))
    await core.settled(State.complete)
    assert len(core.toll.started) == 1
    await discord.until(lambda: sum(len(one.interaction.followups) for one in replies) == 4)
    told = {who: [one.text for one in replies if one.interaction.user is who and one.text] for who in (ada, ben)}
    assert sum("Only Ada can decide" in one for one in told[ben]) == 2
    assert sum("nothing is charged twice" in one or "is over" in one for one in told[ada]) == 2


async def test_a_confirm_of_the_price_before_an_edit_spends_nothing(core, discord):
    ada = core.studio.ada
    card = await core.priced()
    old = card.control("Confirm")
    opened = await discord.press(card, "Edit", ada)
    await discord.submit(opened, {"Length in seconds": "9"}, ada)
    await discord.until(lambda: "9 s" in card.text)
    new = card.control("Confirm")
    fresh, new["custom_id"] = new["custom_id"], old["custom_id"]
    assert fresh != old["custom_id"]
    reply = await discord.press(card, "Confirm", ada)
    [refusal] = await discord.until(lambda: reply.interaction.followups)
    assert "changed after that card was shown" in refusal.text
    assert core.toll.started == []
    new["custom_id"] = fresh
    await discord.press(card, "Confirm", ada)
    job = await core.settled(State.complete)
    assert (len(core.toll.started), job.quote.credits) == (1, 90)


async def test_a_yes_a_press_a_no_and_an_edit_at_once_spend_one_price_that_was_shown(core, discord):
    ada, room = core.studio.ada, core.studio.room
    card = await core.priced()
    await core.stands((await core.settled(State.awaiting_confirmation)).id)
    opened = await discord.press(card, "Edit", ada)
    await asyncio.gather(
        discord.submit(opened, {"Length in seconds": "9"}, ada),
        discord.say(room, ada, "yes", reply_to=card),
        discord.press(card, "Confirm", ada),
        discord.press(card, "Cancel", ada),
    )
    await core.heard()
    job = await core.settled(State.complete, State.awaiting_confirmation, State.declined, State.cancelled)
    reserved = [one for one in await core.house.storage.ledger.of_job(job.id) if one.kind == "reserve"]
    assert len(core.toll.started) <= len(reserved) <= 1
    if job.state is State.complete:
        assert len(core.toll.started) == 1


@pytest.mark.parametrize("forged", some("clapper:submit_again:{job}:1", more=("clapper:confirm:{job}:99999999999", "clapper:confirm:J-AAAAAAAAAA:1", "clapper:confirm::1", "clapper:delete:{job}:1", "clapper:full_text:J-AAAAAAAAAA:1", "clapper:confirm:{job}:١", "clapper:confirm:{job}:1\n", "x" * 100)))  # fmt: skip
async def test_a_forged_button_does_nothing(core, discord, forged):
    card = await core.priced()
    job = await core.settled(State.awaiting_confirmation)
    card.control("Confirm")["custom_id"] = forged.format(job=job.id)
    discord.patience = 0.3
    await discord.press(card, "Confirm", core.studio.ada)
    await core.heard()
    assert [one.state for one in await core.house.storage.jobs.find()] == [State.awaiting_confirmation]
    assert core.toll.started == []


async def test_nobody_else_decides_about_a_job_of_a_direct_message_or_reads_it(core, discord):
    """Their own card's button is made to name the other's job."""
    ada, ben = core.studio.ada, core.studio.ben
    asked = await discord.dm(ada, "A secret plan of ours, " * 150)
    hers = await discord.answer(discord.dm_with(ada), after=asked)
    asked = await discord.dm(ben, "a red kite")
    his = await discord.answer(discord.dm_with(ben), after=asked)
    job = (await core.house.storage.jobs.find(author=None, limit=50))[1]
    for which in ("Confirm", "Edit", "Cancel"):
        his.control(which)["custom_id"] = hers.control(which)["custom_id"]
        reply = await discord.press(his, which, ben)
        await discord.until(lambda reply=reply: reply.text or reply.interaction.followups)
        assert "secret" not in reply.text
    his.control("Confirm")["custom_id"] = hers.control("Show full text")["custom_id"]
    reply = await discord.press(his, "Confirm", ben)
    assert "secret" not in reply.text
    assert (await core.house.storage.jobs.get(job.id)).state is State.awaiting_confirmation
    assert core.toll.started == []


async def test_films_made_in_direct_messages_are_listed_to_nobody_else(core, discord):
    ada, ben = core.studio.ada, core.studio.ben
    asked = await discord.dm(ada, "a secret red kite, save as /space/secret")
    card = await discord.answer(discord.dm_with(ada), after=asked)
    await discord.press(card, "Confirm", ada)
    await core.settled(State.complete)
    asked = await discord.dm(ben, "library")
    listed = await discord.answer(discord.dm_with(ben), after=asked)
    assert "secret" not in listed.text
    assert "empty" in listed.text


async def test_what_bots_webhooks_and_edits_say_is_not_heard(core, discord):
    room, ada = core.studio.room, core.studio.ada
    card = await core.priced()
    await core.stands((await core.settled(State.awaiting_confirmation)).id)
    robot = discord.user("Robot", bot=True)
    await discord.mention(room, robot, "a red kite")
    await discord.say(room, robot, "yes", reply_to=card)
    await discord.say(room, discord.bot, f"<@{discord.bot.id}> yes")
    said = await discord.say(room, ada, "nice weather")
    await discord.rewrite(said, f"<@{discord.bot.id}> yes")
    await core.heard()
    assert [one.state for one in await core.house.storage.jobs.find()] == [State.awaiting_confirmation]


async def test_every_event_brought_again_changes_nothing(core, discord):
    ada, room = core.studio.ada, core.studio.room
    card = await core.priced()
    await discord.press(card, "Confirm", ada)
    await core.settled(State.complete)
    await discord.until(lambda: len(core.films) == 1)
    await discord.command("make", {"prompt": "a kite", "file1": ("a.png", PIXEL)}, ada, room)
    await discord.until(lambda: sum("Confirm" in one.labels for one in core.studio.mine()) == 1)
    await core.heard()
    before = len(core.studio.mine())
    [session] = discord.gateway.open
    told = [(kind, what) for _, kind, what in session.sent if kind in {"MESSAGE_CREATE", "INTERACTION_CREATE"}]
    for restart in (False, True):
        if restart:
            await core.kill()
            await core.start()
        for kind, what in told:
            await discord.gateway.send(kind, what)
        await core.heard()
    assert (len(core.toll.started), len(core.films)) == (1, 1)
    assert len(await core.house.storage.jobs.find()) == 2
    assert len(core.studio.mine()) == before + 2


async def test_a_commands_slow_file_is_waited_for_after_the_command_is_acknowledged(core, discord):
    made = core.studio
    discord.gate.clear()
    reply = await discord.command("make", {"prompt": "it sails", "file1": ("a.png", PIXEL)}, made.ada, made.room)
    assert (reply.kind, reply.ephemeral) == ("message", True)
    await core.heard()
    assert await core.house.storage.jobs.find() == []
    discord.gate.set()
    job = await core.settled(State.awaiting_confirmation)
    assert job.request.references[0].source.name == "a.png"


async def test_a_command_that_was_acknowledged_is_not_lost_with_its_file(core, discord):
    """The program ends while the file is on its way: its address is nowhere any more, and the person is told so."""
    made = core.studio
    discord.gate.clear()
    await discord.command("make", {"prompt": "it sails", "file1": ("a.png", PIXEL)}, made.ada, made.room)
    await core.kill()
    discord.gate.set()
    await core.start()
    await discord.until(lambda: any("Send it again" in one.text for one in made.mine()))


ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + b"x" * 9,
        ENDLESS + b"x" * 3,
        b"no http at all\r\n\r\n",
        b"",
    ],
)
async def test_a_file_that_comes_otherwise_than_it_was_announced_is_not_taken(discord, tmp_path, answer):
    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with studio(discord, tmp_path) as made, await asyncio.start_server(answered, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        platform = Platform(replace(made.parts, settings={**discord.settings, "api_url": url}))
        await platform._downloads.bring([Found("i/1/2", f"{url}/a.png", "a.png", 3)])
        with pytest.raises(BadMedia, match="did not arrive"):
            await anext(platform.open_attachment(Attachment("i/1/2", "a.png")))
        await platform.aclose()


async def test_the_rights_to_answer_are_forgotten_when_they_end(discord, tmp_path):
    async with studio(discord, tmp_path) as made:
        whispers = made.platform._whispers
        for number in range(50):
            whispers.begin(f"discord:i:{number}", 1, "token")
        made.clock.forward(15 * 60)
        whispers.begin("discord:i:50", 1, "token")
        assert len(whispers._open) == 1


@pytest.mark.parametrize("ending", ["stop", "kill"])
async def test_a_press_that_was_acknowledged_as_the_program_ended_is_done_by_the_next(core, discord, ending):
    card = await core.priced()
    discord.patience = 0.5
    pressing = [asyncio.create_task(discord.press(card, "Confirm", core.studio.ada)) for _ in range(3)]
    await asyncio.wait(pressing, return_when=asyncio.FIRST_COMPLETED)
    await getattr(core, ending)()
    replies = await asyncio.gather(*pressing)
    assert any(one.kind == "nothing" for one in replies)
    await core.start()
    await core.settled(State.complete)
    assert len(core.toll.started) == 1


async def test_two_programs_on_one_token_do_everything_once(core, discord, tmp_path):
    """As while the number of shards is changed: both hear everything, one database between them."""
    ada, ben, room = core.studio.ada, core.studio.ben, core.studio.room
    first = core._tasks, core.router, core.studio.platform
    core.studio.clock.forward(6)
    core.studio.parts = replace(core.studio.parts, settings={**discord.settings, "shards": "2"})
    await core.start()
    await discord.until(lambda: len(discord.gateway.open) == 3)
    card = await core.priced()
    replies = await asyncio.gather(discord.press(card, "Confirm", ben), discord.press(card, "Confirm", ada))
    await core.settled(State.complete)
    await discord.until(lambda: len(core.films) == 1)
    status = await discord.command("status", {}, ada, room)
    await discord.until(lambda: status.text)
    await discord.until(lambda: replies[0].text)
    await core.heard()
    assert (len(core.toll.started), len(core.films), len(core.studio.mine())) == (1, 1, 3)
    assert core.studio.mine(discord.dm_with(ben)) == []
    for task in first[0]:
        task.cancel()
    await asyncio.gather(*first[0], return_exceptions=True)
    await first[1].close(0)
