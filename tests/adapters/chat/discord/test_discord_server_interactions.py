"""Our Discord does with commands, buttons and modals what Discord does, its deadlines included."""

import asyncio
from typing import Any

import discord as library
import pytest
from discord import app_commands, ui

from tests.adapters.chat.discord.server_client import NOBODY, Client, card, connected


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


@pytest.fixture
async def shown(discord, bot, room):
    await bot.get_channel(room.id).send(view=card())
    return discord.said(room)[0]


async def both(doing, answering):
    """What a person does and how the bot answers, at once; gives what the person sees."""
    reply, _ = await asyncio.gather(doing, answering)
    return reply


async def code_of(call) -> int:
    with pytest.raises(library.HTTPException) as refused:
        await call
    return refused.value.code


async def test_a_press_brings_who_where_and_what(discord, bot, room, ada, shown):
    async def answer():
        asked = await bot.asked.get()
        assert (asked.user.display_name, asked.channel_id, asked.message.id) == ("Ada", room.id, shown.id)
        assert asked.data["custom_id"] == "clapper:confirm:J-1:1"
        assert (asked.permissions.send_messages, asked.permissions.manage_messages) == (True, False)
        assert asked.app_permissions.attach_files
        assert asked.filesize_limit == 10 << 20
        await asked.response.edit_message(view=card("Confirmed"), allowed_mentions=NOBODY)

    reply = await both(discord.press(shown, "Confirm", ada), answer())
    assert (reply.kind, reply.message, shown.text) == ("updated", shown, "Confirmed")
    assert shown.edits[0].by_token
    assert discord.latencies == [reply.seconds]


async def test_a_card_is_edited_by_the_bots_own_token_afterwards(discord, bot, ada, shown):
    async def answer():
        asked = await bot.asked.get()
        await asked.response.defer()
        place = bot.get_partial_messageable(asked.channel_id)
        await place.get_partial_message(asked.message.id).edit(view=card("Rendering"), allowed_mentions=NOBODY)

    reply = await both(discord.press(shown, "clapper:confirm:J-1:1", ada), answer())
    await discord.until(lambda: shown.text == "Rendering")
    assert (reply.kind, shown.edits[0].by_token) == ("nothing", "")


async def test_a_refusal_is_seen_by_the_presser_alone(discord, bot, room, ada, shown):
    async def answer():
        await (await bot.asked.get()).response.send_message("Only Bo can confirm this.", ephemeral=True)

    reply = await both(discord.press(shown, "Confirm", ada), answer())
    assert (reply.kind, reply.ephemeral, reply.text) == ("message", True, "Only Bo can confirm this.")
    assert len(discord.seen(ada, room)) == 2
    assert len(discord.seen(discord.user("Bo"), room)) == 1
    place = bot.get_channel(room.id)
    assert await code_of(place.fetch_message(reply.message.id)) == 10008


async def test_an_answer_after_three_seconds_is_refused(discord, bot, ada, shown):
    discord.patience = 0.05
    reply = await discord.press(shown, "Confirm", ada)
    asked = await bot.asked.get()
    discord.clock.forward(seconds=3)
    assert await code_of(asked.response.defer()) == 10062
    assert reply.kind == "failed"


async def test_a_second_answer_is_refused(discord, bot, ada, shown):
    async def answer():
        asked = await bot.asked.get()
        await asked.response.defer()
        asked.response._response_type = None
        assert await code_of(asked.response.defer()) == 40060

    await both(discord.press(shown, "Confirm", ada), answer())


async def test_a_token_lives_fifteen_minutes(discord, bot, ada, shown):
    async def answer():
        asked = await bot.asked.get()
        await asked.response.defer(ephemeral=True, thinking=True)
        await asked.followup.send("one", ephemeral=True)
        await asked.followup.send("two", ephemeral=True)
        discord.clock.forward(minutes=16)
        assert await code_of(asked.followup.send("three", ephemeral=True)) == 50027
        assert await code_of(asked.original_response()) == 50027

    reply = await both(discord.press(shown, "Confirm", ada), answer())
    assert reply.kind == "thinking"
    await discord.until(lambda: len(reply.messages) == 2)
    assert [(one.text, one.ephemeral, one.loading) for one in reply.messages] == [
        ("one", True, False),
        ("two", True, False),
    ]


async def test_a_followup_before_any_answer_is_refused(discord, bot, ada, shown):
    discord.patience = 0.05
    await discord.press(shown, "Confirm", ada)
    asked = await bot.asked.get()
    assert await code_of(asked.followup.send("one")) == 10015


async def test_a_deferred_answer_becomes_a_card(discord, bot, ada, shown):
    async def answer():
        asked = await bot.asked.get()
        await asked.response.defer(thinking=True)
        await asked.edit_original_response(view=card("Done"), allowed_mentions=NOBODY)

    reply = await both(discord.press(shown, "Confirm", ada), answer())
    await discord.until(lambda: not reply.message.loading)
    assert reply.text == "Done"


async def test_a_persons_client_refuses_what_cannot_be_pressed(discord, bot, room, ada):
    row = ui.ActionRow(
        ui.Button(label="Later", custom_id="later", disabled=True), ui.Button(label="Read", url="https://example.org")
    )
    await bot.get_channel(room.id).send(view=ui.LayoutView(timeout=None).add_item(ui.TextDisplay("Hm")).add_item(row))
    (shown,) = discord.said(room)
    for label in ("Later", "Read", "Nothing"):
        with pytest.raises(LookupError):
            await discord.press(shown, label, ada)


class Edit(ui.Modal, title="Edit"):
    prompt: ui.Label = ui.Label(text="Prompt", component=ui.TextInput(default="a kite", max_length=20))
    ratio: ui.Label = ui.Label(
        text="Ratio",
        component=ui.Select(options=[library.SelectOption(label=one, value=one) for one in ("16:9", "9:16")]),
    )
    files: ui.Label = ui.Label(text="Pictures", component=ui.FileUpload(required=False, min_values=0, max_values=3))

    def __init__(self):
        super().__init__(custom_id="clapper:edit:J-1:1")
        self.read = asyncio.get_running_loop().create_future()

    async def on_submit(self, interaction):
        prompt: Any
        ratio: Any
        files: Any
        prompt, ratio, files = (one.component for one in (self.prompt, self.ratio, self.files))
        self.read.set_result((prompt.value, ratio.values, [await one.read() for one in files.values]))
        await interaction.response.defer()


async def test_a_modal_is_opened_filled_in_and_sent(discord, bot, ada, shown):
    modal = Edit()

    async def answer():
        await (await bot.asked.get()).response.send_modal(modal)

    opened = await both(discord.press(shown, "Confirm", ada), answer())
    assert (opened.kind, opened.modal["title"]) == ("modal", "Edit")
    reply = await discord.submit(opened, {"Ratio": ["9:16"], "Pictures": [("a.png", b"abc")]}, ada)
    assert await modal.read == ("a kite", ["9:16"], [b"abc"])
    assert reply.kind == "nothing"
    for wrong in ({"Prompt": "x" * 21}, {"Ratio": ["1:1"]}, {"Sound": "yes"}):
        with pytest.raises(LookupError):
            await discord.submit(opened, wrong, ada)


async def test_a_modal_after_a_defer_is_refused(discord, bot, ada, shown):
    async def answer():
        asked = await bot.asked.get()
        await asked.response.defer()
        asked.response._response_type = None
        assert await code_of(asked.response.send_modal(Edit())) == 40060

    await both(discord.press(shown, "Confirm", ada), answer())


@pytest.fixture
async def commands(bot):
    """/clapper make, and "Animate this"; synced."""
    group = app_commands.Group(name="clapper", description="Films from words")
    got: asyncio.Queue[tuple] = asyncio.Queue()

    @group.command(description="Makes a film")
    async def make(
        interaction: library.Interaction, prompt: str, model: str = "", file: library.Attachment | None = None
    ):
        got.put_nowait((prompt, model, await file.read() if file else b""))
        await interaction.response.send_message("On it.", ephemeral=True)

    @make.autocomplete("model")
    async def models(interaction: library.Interaction, typed: str):
        return [app_commands.Choice(name=f"Seedance {typed}", value="seedance-2")]

    @bot.tree.context_menu(name="Animate this")
    async def animate(interaction: library.Interaction, message: library.Message):
        got.put_nowait((message.content, [await one.read() for one in message.attachments]))
        await interaction.response.defer(ephemeral=True)

    bot.tree.add_command(group)
    await bot.tree.sync()
    return got


@pytest.mark.parametrize("name", ["make", "clapper make"])
async def test_a_command_brings_its_options_and_files(discord, commands, room, ada, name):
    reply = await discord.command(name, {"prompt": "a kite", "file": ("a.png", b"abc")}, ada, room)
    assert await commands.get() == ("a kite", "", b"abc")
    assert (reply.text, reply.ephemeral) == ("On it.", True)
    assert discord.syncs == [0]


async def test_a_command_works_in_a_direct_message(discord, commands, ada):
    await discord.command("make", {"prompt": "a kite"}, ada, discord.dm_with(ada))
    assert await commands.get() == ("a kite", "", b"")


async def test_options_complete_themselves(discord, commands, room, ada):
    offered = await discord.autocomplete("make", "model", "2", ada, room, options={"prompt": "a kite"})
    assert [(one["name"], one["value"]) for one in offered] == [("Seedance 2", "seedance-2")]


async def test_a_context_menu_shows_its_message_whole(discord, commands, room, ada):
    posted = await discord.say(room, ada, "between us", files=[("a.png", b"abc")])
    reply = await discord.context_menu("Animate this", posted, ada)
    assert await commands.get() == ("between us", [b"abc"])
    assert (reply.kind, reply.ephemeral) == ("thinking", True)


@pytest.mark.parametrize(
    ("name", "options"),
    [("nothing", {}), ("clapper", {}), ("make", {}), ("make", {"prompt": 3}), ("make", {"prompt": "a", "speed": 3})],
)
async def test_a_command_that_a_client_would_not_send_is_not_sent(discord, commands, room, ada, *, name, options):
    with pytest.raises(LookupError):
        await discord.command(name, options, ada, room)


async def test_commands_keep_their_ids_when_synced_again(discord, bot, commands):
    before = [one.id for one in await bot.tree.fetch_commands()]
    await bot.tree.sync()
    assert [one.id for one in await bot.tree.fetch_commands()] == before
    assert len(discord.syncs) == 2
