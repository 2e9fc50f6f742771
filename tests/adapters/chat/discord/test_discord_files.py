"""Files people send in Discord: opened by where they are, brought home where their addresses end, or refused in a sentence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.chat.discord.files import MOST_BYTES, Downloads, Found
from bot.domain.chat import Attachment, Message
from bot.domain.errors import BadMedia
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.server_values import Message as Said
from tests.adapters.chat.discord.studio import PIXEL, Studio, studio

DAY = 24 * 3600


@pytest.fixture
async def house(discord: Discord, tmp_path: Path) -> AsyncIterator[Studio]:
    async with studio(discord, tmp_path) as made:
        yield made


def attachment(said: Said) -> Attachment:
    [file] = said.files
    return Attachment(f"{said.channel.id}/{said.id}/{file.id}", file.name, file.mime, file.size)


async def read(house: Studio, one: Attachment) -> bytes:
    return b"".join([piece async for piece in house.platform.open_attachment(one)])


async def refusal(house: Studio, one: Attachment) -> str:
    with pytest.raises(BadMedia) as refused:
        await read(house, one)
    assert refused.value.say.endswith(".")
    return refused.value.say


async def test_a_file_of_a_message_is_had_a_week_later(house, discord):
    """Its first address has long ended by then."""
    said = await discord.mention(house.room, house.ada, "a kite", files=[("kite.png", PIXEL)])
    house.clock.forward(7 * DAY)
    assert await read(house, attachment(said)) == PIXEL


async def test_what_is_gone_hidden_or_out_of_reach_is_said(house, discord):
    said = await discord.mention(house.room, house.ada, "a kite", files=[("kite.png", PIXEL)])
    one = attachment(said)
    silent = await discord.say(house.room, house.ada, "a kite", files=[("kite.png", PIXEL)])
    assert "does not let me see it" in await refusal(house, attachment(silent))
    await discord.deny(house.room, "view_channel")
    assert "may not read" in await refusal(house, one)
    await discord.allow(house.room, "view_channel")
    del house.room.messages[said.id]
    assert "not there any more" in await refusal(house, one)


@pytest.mark.parametrize("id", ["x", "1/2", "1/2/3/4", "../../3", "i/5/6", "https://evil.example/a.png"])
async def test_an_id_that_is_none_of_ours_is_bad_media(house, id):
    await refusal(house, Attachment(id=id, name="a.png"))


async def test_discord_being_away_is_said(house, discord):
    said = await discord.mention(house.room, house.ada, "a kite", files=[("kite.png", PIXEL)])
    discord.fail("GET /channels/*", status=503, times=3)
    assert "does not answer just now" in await refusal(house, attachment(said))


def brought(house: Studio) -> Downloads:
    return house.platform._downloads


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com.evil.example/a.png",
        "https://user@cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com:444/a.png",
        "http://127.0.0.1:1/a.png",
        "file:///etc/passwd",
        "https://[broken",
        "",
    ],
)
async def test_only_discords_own_hosts_are_asked_for_files(house, url):
    await brought(house).bring([Found("i/1/2", url, "a.png", 3)])
    assert "did not arrive" in await refusal(house, Attachment("i/1/2", "a.png"))


async def test_a_commands_file_is_kept_for_a_day_and_swept_away(house, discord):
    said = await discord.mention(house.room, house.ada, "a kite", files=[("kite.png", PIXEL)])
    one = Attachment("i/1/2", "kite.png")
    await brought(house).bring([Found(one.id, discord.link(said.files[0]), "kite.png", len(PIXEL))])
    assert await read(house, one) == PIXEL
    await brought(house).sweep()
    assert await read(house, one) == PIXEL
    house.clock.forward(2 * DAY)
    await brought(house).sweep()
    assert "more than a day ago" in await refusal(house, one)


async def test_a_file_that_is_too_large_or_cut_short_is_not_taken(house, discord):
    said = await discord.mention(house.room, house.ada, "a kite", files=[("kite.png", PIXEL)])
    link = discord.link(said.files[0])
    await brought(house).bring(
        [Found("i/1/2", link, "a.png", len(PIXEL) + 1), Found("i/1/3", link, "a.png", MOST_BYTES + 1)]
    )
    for id in ("i/1/2", "i/1/3"):
        await refusal(house, Attachment(id, "a.png"))


async def test_earlier_files_of_a_thread_and_the_authors_name_are_filled_in(house, discord):
    thread = discord.thread(house.room, "boats")
    await discord.mention(thread, house.ada, "look", files=[("boat.png", PIXEL)])
    said = await discord.mention(thread, house.ada, "animate it")
    asked = Message(f"discord:{thread.id}:{said.id}", house.place(thread), house.person(), "animate it")
    filled = await house.platform.fill(asked)
    assert isinstance(filled, Message)
    assert [one.name for one in filled.earlier] == ["boat.png"]
    assert filled.author.name == "Ada"
    assert await read(house, filled.earlier[0]) == PIXEL


async def test_a_channel_is_no_thread_and_nothing_earlier_is_taken(house, discord):
    await discord.mention(house.room, house.ada, "look", files=[("boat.png", PIXEL)])
    said = await discord.mention(house.room, house.ada, "a kite")
    asked = Message(f"discord:{house.room.id}:{said.id}", house.place(), house.person(), "a kite")
    filled = await house.platform.fill(asked)
    assert isinstance(filled, Message)
    assert filled.earlier == ()


async def test_look_ups_that_fail_leave_the_event_as_it_is(house, discord):
    asked = Message(f"discord:{house.room.id}:5", house.place(), house.person(), "a kite")
    discord.fail("GET *", status=503, times=5)
    assert await house.platform.fill(asked) == asked
