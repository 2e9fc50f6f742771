"""Our Discord does what Discord does, as discord.py sees it, and refuses what Discord refuses."""

import asyncio
import io

import discord as library
import pytest
from discord import ui

from tests.adapters.chat.discord.server_client import Client, connected

NOBODY = library.AllowedMentions.none()


@pytest.fixture
async def bot(discord):
    discord.guild("Studio")
    async with connected(discord, Client()) as client:
        yield client


@pytest.fixture
def room(discord, bot):
    return discord.room(next(iter(discord.guilds.values())))


@pytest.fixture
def ada(discord):
    return discord.user("Ada")


def card(text: str = "8 s, 16:9", *, custom_id: str = "clapper:confirm:J-1:1", picture: str = "") -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    parts: list[ui.Item] = [ui.TextDisplay(text)]
    if picture:
        parts.append(ui.MediaGallery(library.MediaGalleryItem(f"attachment://{picture}")))
    view.add_item(ui.Container(*parts, ui.ActionRow(ui.Button(label="Confirm", custom_id=custom_id))))
    return view


async def code_of(refused) -> int:
    with pytest.raises(library.HTTPException) as error:
        await refused
    return error.value.code


async def test_a_mention_arrives_with_its_words_and_files(discord, bot, room, ada):
    await discord.mention(room, ada, "a red kite", files=[("kite one.png", b"abc")])
    heard = await bot.heard.get()
    assert (heard.author.display_name, heard.content) == ("Ada", f"<@{bot.user.id}> a red kite")
    assert bot.user in heard.mentions
    assert [(one.filename, one.size, await one.read()) for one in heard.attachments] == [("kite_one.png", 3, b"abc")]


async def test_a_card_is_posted_pressed_and_edited(discord, bot, room, ada):
    asked = await discord.mention(room, ada, "a kite")
    heard = await bot.heard.get()
    await heard.channel.send(view=card())
    shown = await discord.answer(room, after=asked)
    assert (shown.text, shown.labels) == ("8 s, 16:9", ["Confirm"])

    async def answer() -> None:
        interaction = await bot.asked.get()
        await interaction.response.defer()
        place = bot.get_partial_messageable(interaction.channel_id)
        await place.get_partial_message(interaction.message.id).edit(view=card("Rendering"), allowed_mentions=NOBODY)

    working = asyncio.create_task(answer())
    reply = await discord.press(shown, "Confirm", ada)
    await working
    assert (reply.kind, shown.text, len(shown.edits)) == ("nothing", "Rendering", 1)
    assert 0 < reply.seconds < 1


async def test_a_file_comes_and_goes(discord, bot, room):
    sent = await bot.get_channel(room.id).send(
        view=card(picture="a.png"), file=library.File(io.BytesIO(b"abc"), "a.png")
    )
    assert [one.whole for one in room.messages[sent.id].files] == [b"abc"]
    assert await sent.attachments[0].read() == b"abc"
