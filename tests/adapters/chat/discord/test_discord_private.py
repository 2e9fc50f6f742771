"""Cards that one person alone sees: their pages turn in place, their forms open, and nobody else's press reaches them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.card import Action, Button, Card, CardMedia, FieldKind, FormField
from bot.domain.chat import ChatEvent, Command, Conversation, MessageRef, Press
from bot.domain.errors import Later
from bot.domain.job import job_id
from bot.domain.media import MediaKind
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.server_values import Message, User
from tests.adapters.chat.discord.studio import PIXEL, Studio, studio

QUARTER = 15 * 60.0 + 1
ORDER = FormField("films", "Films", FieldKind.order, "X-1 X-2", tuple((f"X-{n}", f"film-{n}.mp4") for n in (1, 2, 3)))
WORDS = FormField("words", "Look for", FieldKind.line, "fox")


class Core:
    """Answers a command with a list and its buttons with other pages of it, as the real one does: said once, then revised."""

    def __init__(self, made: Studio) -> None:
        self.made = made
        self.pressed: list[Press] = []
        self.lists: dict[str, MessageRef] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def receive(self, event: ChatEvent) -> bool:
        task = asyncio.create_task(self._answer(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def press(self, press: Press) -> None:
        raise NotImplementedError

    async def idle(self) -> None:
        await asyncio.gather(*self._tasks)

    async def _answer(self, event: ChatEvent) -> None:
        if isinstance(event, Command):
            id = job_id(event.key).replace("J-", "S-", 1)
            card = page(id, "1")
            await self.made.storage.cards.say(id, event.conversation, card, to=event.author)
            self.lists[id] = await self.made.platform.post(event.conversation, card, key=id, to=event.author)
        elif isinstance(event, Press):
            self.pressed.append(event)
            if event.action == Action.page:
                await self.revise(event.job, page(event.job, event.item))
            elif event.action == Action.delete:
                await self.revise(event.job, replace(page(event.job, "1"), title="It is in the trash"))

    async def revise(self, id: str, card: Card) -> None:
        await self.made.storage.cards.revise(id, card)
        for last in (*[False] * 99, True):
            try:
                await self.made.platform.edit(self.lists[id], card)
            except Later:
                assert not last
                await asyncio.sleep(0.02)  # as the real one comes back
            else:
                return


def page(id: str, number: str) -> Card:
    return Card(
        title=f"Page {number}", job=id, media=(CardMedia(kind=MediaKind.image, key=f"sheet-{number}.png", alt="Films"),),
        buttons=(
            Button(Action.page, "Next", item=str(int(number) + 1)), Button(Action.delete, "Delete", confirm="Delete it?", item="X-1"),
            Button(Action.edit, "Order", item="X-1", form=(ORDER, WORDS)),
        ),
    )  # fmt: skip


@pytest.fixture
async def core(discord: Discord, tmp_path: Path) -> AsyncIterator[Core]:
    async with studio(discord, tmp_path) as made:
        for number in (1, 2, 3):
            made.keep(f"sheet-{number}.png")
        core = Core(made)
        async with running(core, discord):
            await discord.until(lambda: discord.syncs)
            yield core


@asynccontextmanager
async def running(core: Core, discord: Discord) -> AsyncIterator[None]:
    task = asyncio.create_task(core.made.platform.run(core))
    await discord.connected()
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def forge(shown: Message, which: str, custom_id: str) -> None:
    button: Any = shown.control(which)
    button["custom_id"] = custom_id


async def listed(core: Core, who: User) -> Message:
    """A list that this person alone sees."""
    discord = core.made.discord
    reply = await discord.command("library", {}, who, core.made.room)
    await discord.until(lambda: "Page 1" in reply.text)
    await core.idle()
    assert reply.ephemeral
    assert reply.message is not None
    return reply.message


async def test_a_private_list_turns_its_pages_in_place_as_long_as_somebody_presses(core, discord):
    made = core.made
    shown = await listed(core, made.ada)
    for number in ("2", "3"):
        made.clock.forward(QUARTER)  # the right that came with the command, or the press before, is over
        before = [file.id for file in shown.files]
        reply = await discord.press(shown, "Next", made.ada)
        assert reply.kind == "nothing"
        await discord.until(lambda number=number: f"Page {number}" in shown.text)
        assert [file.id for file in shown.files] != before, "its contact sheet is another"
        assert len(shown.files) == 1
        assert reply.interaction.followups == []
    assert made.mine() == made.mine(discord.dm_with(made.ada)) == []
    assert [(one.action, one.item, one.job) for one in core.pressed] == [("page", "2", core.pressed[0].job), ("page", "3", core.pressed[0].job)]  # fmt: skip


async def test_a_double_click_turns_one_list_and_shows_it_once(core, discord):
    shown = await listed(core, core.made.ada)
    replies = await asyncio.gather(*(discord.press(shown, "Next", core.made.ada) for _ in range(3)))
    await discord.until(lambda: len(core.pressed) == 3 and "Page 2" in shown.text)
    assert {one.kind for one in replies} == {"nothing"}
    assert [one.interaction.followups for one in replies] == [[], [], []]


async def test_a_list_is_turned_by_a_process_that_neither_showed_it_nor_was_pressed(core, discord):
    """It may be faster than the word of the one that was."""
    shown = await listed(core, core.made.ada)
    core.made.clock.forward(QUARTER)
    core.made.restart()
    async with running(core, discord):
        await discord.press(shown, "Next", core.made.ada)
        await discord.until(lambda: "Page 2" in shown.text)


async def test_what_somebody_else_changes_is_shown_while_it_may_be_and_disturbs_nobody_afterwards(core, discord):
    made = core.made
    shown = await listed(core, made.ada)
    (id,) = core.lists
    await core.revise(id, replace(page(id, "2"), title="Changed"))
    assert "Changed" in shown.text
    made.clock.forward(QUARTER)
    await core.revise(id, replace(page(id, "2"), title="Changed again"))
    assert "Changed again" not in shown.text
    assert made.mine() == made.mine(discord.dm_with(made.ada)) == []
    await discord.press(shown, "Next", made.ada)
    await discord.until(lambda: "Page 3" in shown.text)


async def test_a_list_in_direct_messages_has_no_buttons_since_its_films_are_elsewhere(core, discord):
    made = core.made
    id = "S-ABCDEFGHIJ"
    ref = await made.platform.post(made.place(), page(id, "1"), key=id, to=made.person())
    (told,) = made.mine(discord.dm_with(made.ada))
    assert "ask there again" in told.text
    assert told.labels == []
    await made.platform.edit(ref, page(id, "2"))
    assert "Page 2" in told.text
    assert told.labels == []


async def test_what_a_question_led_to_is_a_new_answer_where_only_the_question_may_be_answered(core, discord):
    made = core.made
    shown = await listed(core, made.ada)
    made.clock.forward(QUARTER)
    asked = await discord.press(shown, "Delete", made.ada)
    assert "Delete it?" in asked.text
    assert core.pressed == []
    sure = await discord.press(asked.message, "Yes", made.ada)
    assert sure.kind == "updated"
    (new,) = await discord.until(lambda: sure.interaction.followups)
    assert (new.ephemeral, "in the trash" in new.text) == (True, True)
    assert [(one.action, one.item) for one in core.pressed] == [("delete", "X-1")]
    await core.idle()
    await discord.press(new, "Next", made.ada)
    await discord.until(lambda: "Page 2" in new.text)
    assert "Page 1" in shown.text


async def test_a_list_that_was_put_away_does_not_come_back_by_itself(core):
    shown = await listed(core, core.made.ada)
    (id,) = core.lists
    shown.deleted = True
    await core.revise(id, page(id, "2"))
    assert not any("Page 2" in one.text for one in core.made.room.messages.values())


async def test_a_refused_change_of_a_list_comes_back(core, discord):
    await listed(core, core.made.ada)
    (id,) = core.lists
    discord.fail("PATCH /webhooks/*", status=400, code=50035)
    with pytest.raises(Later):
        await core.made.platform.edit(core.lists[id], page(id, "2"))


async def test_nobody_turns_or_reads_somebody_elses_list(core, discord):
    """The buttons of Ben's own list are made to name Ada's."""
    made = core.made
    hers, his = await listed(core, made.ada), await listed(core, made.ben)
    for which in ("Next", "Order", "Delete"):
        forge(his, which, hers.control(which)["custom_id"])
    for which in ("Order", "Delete"):
        reply = await discord.press(his, which, made.ben)
        assert reply.kind == "nothing", "its form and its question are Ada's to see"
    await discord.press(his, "Next", made.ben)
    await discord.until(lambda: "Page 2" in hers.text)  # this core does whatever it is asked
    assert "Page 1" in his.text
    assert all("Page 2" not in one.text for one in made.room.messages.values() if one.visible_to is made.ben)
    assert made.mine(discord.dm_with(made.ben)) == []
    assert [one.value for one in core.pressed if one.action == "edit"] == ["{}"], "an empty form changes nothing"


async def test_a_form_filled_wrongly_is_opened_again_as_it_was_filled(core, discord):
    made = core.made
    shown = await listed(core, made.ada)
    opened = await discord.press(shown, "Order", made.ada)
    wrong = await discord.submit(opened, {"Films": "3 and 9", "Look for": "a heron"}, made.ada)
    assert (wrong.kind, wrong.ephemeral) == ("message", True)
    assert "there is no 9. The numbers go from 1 to 3." in wrong.text
    assert core.pressed == []
    again = await discord.press(wrong.message, "Open the form again", made.ada)
    assert again.kind == "modal"
    assert [part["component"]["value"] for part in again.modal["components"]] == ["3 and 9", "a heron"]
    done = await discord.submit(again, {"Films": "3, 1"}, made.ada)
    assert done.kind == "updated"
    assert "I am on it" in wrong.text
    (press,) = await discord.until(lambda: core.pressed)
    assert (press.action, press.item) == ("edit", "X-1")
    assert json.loads(press.value) == {"films": "X-3 X-1", "words": "a heron"}
    assert "Page 1" in shown.text


@pytest.mark.parametrize(
    "forged",
    ["clapper:page:{id}:0:" + "9" * 33, "clapper:page:{id}:0:\u0662", "clapper:pick:{id}:0", "clapper:page:{id}:0:2\n", "clapper:page:S-AAAAAAAAAA:0:2", "clapper:edit=:S-AAAAAAAAAA:0:X-1"],
)  # fmt: skip
async def test_a_forged_item_reaches_no_list(core, discord, forged):
    made = core.made
    shown = await listed(core, made.ada)
    (id,) = core.lists
    core.lists["S-AAAAAAAAAA"] = MessageRef(Conversation("discord", "", ""), "only:S-AAAAAAAAAA")
    forge(shown, "Next", forged.format(id=id))
    discord.patience = 0.2
    await discord.press(shown, "Next", made.ada)
    assert "Page 1" in shown.text


async def test_one_of_many_films_is_chosen_in_the_list_below_the_buttons(core, discord):
    made = core.made
    films = tuple(Button(Action.film, f"Film {number}", item=f"X-{number}") for number in range(1, 41))
    card = Card(title="40 films", job="J-ABCDEFGHIJ", state="complete", buttons=films)
    await made.platform.post(made.place(), card, key="C-1")
    (shown,) = made.mine()
    options = shown.components[0]["components"][-1]["components"][0]
    chosen = next(one for one in options["options"] if one["label"] == "Film 33")
    reply = await discord.select(shown, options["custom_id"], [chosen["value"]], made.ben)
    assert reply.kind == "nothing"
    (press,) = await discord.until(lambda: core.pressed)
    assert (press.action, press.item, press.job) == ("film", "X-33", "J-ABCDEFGHIJ")


async def test_a_film_on_a_card_of_its_own_plays_there_and_a_jobs_stands_by_its_poster(core, discord):
    made = core.made
    made.keep("poster.png")
    made.keep("fox.mp4", b"a small film")
    film = CardMedia(kind=MediaKind.video, key="fox.mp4", alt="A fox", poster="poster.png", bytes=12)
    large = replace(film, bytes=9 << 20)
    for key, card in {
        "C-1": Card(title="fox.mp4", media=(film,)),
        "C-2": Card(title="fox.mp4", media=(large,)),
        "C-3": Card(title="Ready", media=(film,), state="complete"),
    }.items():
        await made.platform.post(made.place(), card, key=key)
    alone, too_large, job = made.mine()
    assert [file.mime for file in alone.files] == ["video/mp4"]
    assert [file.head for file in (*too_large.files, *job.files)] == [PIXEL, PIXEL]
