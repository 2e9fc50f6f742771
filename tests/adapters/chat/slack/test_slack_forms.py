"""Buttons that ask first: their forms open, come back whole, and count once, whatever is pressed, forged or late."""

import json
from dataclasses import replace

import pytest

from bot.domain.card import Action, Button, FieldKind, FormField
from bot.domain.chat import Conversation
from bot.domain.job import card_id
from tests.adapters.chat.slack.hearing import ASK, FORM, database, listening, posted, stored
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import opened

GENERAL, ASKER, OTHER, TEAM = Slack.GENERAL, Slack.ASKER, Slack.OTHER, Slack.TEAM
MANY = tuple((f"V-{n}", f"Film {n}") for n in range(130))
RENAME = Button(Action.rename, "Rename…", item="V-1", form=(FormField("path", "Path", FieldKind.line, "fox.mp4"),))
ORDER = Button(Action.variation, "Put together", form=(FormField("films", "Films", FieldKind.order, "", MANY),))
CARD = replace(ASK, buttons=(RENAME, replace(RENAME, item="V-2"), ORDER))


@pytest.fixture
async def hearing(slack, tmp_path):
    async with opened(database(tmp_path)) as storage, listening(slack, storage, slack.settings) as hearing:
        yield hearing


@pytest.fixture
async def shown(hearing):
    """The ts of a card with forms that stands in a thread."""
    await stored(hearing.ears.storage, CARD)
    ts = await posted(hearing, CARD)
    hearing.ears.heard.clear()
    return ts


async def opened_by(slack, ts, what):
    before = len(slack.local.opened)
    await slack.press(ts, what, ASKER)
    await slack.until(lambda: len(slack.local.opened) > before)
    return slack.local.opened[-1]


async def test_a_film_is_renamed_with_what_was_filled_in(hearing, slack, shown):
    view = await opened_by(slack, shown, "clapper:rename:V-2")
    assert (view.view["title"]["text"], view.view["submit"]["text"]) == ("Rename", "Rename")
    assert hearing.ears.heard == []
    await slack.submit(view.id, {"path": "promo/wolf.mp4"}, ASKER)
    press = hearing.ears.pressed
    assert (press.action, press.item, press.job, press.revision) == ("rename", "V-2", "J-1", 3)
    assert json.loads(press.value) == {"path": "promo/wolf.mp4"}
    assert press.conversation == Conversation("slack", TEAM, GENERAL, slack.local.channels[GENERAL].find(shown).thread)


async def test_pressing_twice_opens_two_forms_and_each_counts_once(hearing, slack, shown):
    first, second = [await opened_by(slack, shown, "clapper:rename:V-1") for _ in range(2)]
    sent = await slack.submit(first.id, {}, ASKER)
    await slack.again(sent)
    assert len(hearing.ears.heard) == 1
    await slack.submit(second.id, {}, ASKER)
    assert len({one.key for one in hearing.ears.heard}) == 2


async def test_a_long_menu_is_looked_up_and_a_film_may_stand_in_two_places(hearing, slack, shown):
    view = await opened_by(slack, shown, "Put together")
    found = await slack.suggest(view.id, "1:films", "film 12", ASKER)
    assert [one["value"] for one in found] == ["V-12", *(f"V-{n}" for n in range(120, 130))]
    await slack.submit(view.id, {"1:films": found[0], "2:films": found[1], "4:films": found[0]}, ASKER)
    assert json.loads(hearing.ears.pressed.value) == {"films": "V-12 V-120 V-12"}


async def test_a_message_from_before_still_opens_its_edit(hearing, slack):
    """Its button says nothing of films or forms."""
    await stored(hearing.ears.storage)
    ts = await posted(hearing)
    hearing.ears.heard.clear()
    edit = _button(slack, ts, "clapper:edit")
    edit["value"] = '{"job": "J-1", "revision": 3}'
    view = await opened_by(slack, ts, "Edit")
    await slack.submit(view.id, {"prompt": "a green boat"}, ASKER)
    assert json.loads(hearing.ears.pressed.value) == {field.name: field.value for field in FORM} | {
        "prompt": "a green boat"
    }


async def test_a_form_that_is_gone_is_left_to_the_core(hearing, slack, shown):
    """A press on a film that its card shows no more: the core knows why."""
    await hearing.ears.storage.cards.render(card_id("J-1"), 4, replace(CARD, revision=4, buttons=()))
    await slack.press(shown, "clapper:rename:V-1", ASKER)
    press = hearing.ears.pressed
    assert (press.action, press.item, press.value) == ("rename", "V-1", "")


@pytest.mark.parametrize("code", ["expired_trigger_id", "exchanged_trigger_id"])
async def test_a_form_that_came_too_late_says_so_to_whoever_pressed(hearing, slack, shown, code):
    slack.refuse("views.open", code)
    await slack.press(shown, "clapper:rename:V-1", ASKER)
    whispers = slack.local.channels[GENERAL].ephemerals
    await slack.until(lambda: whispers)
    assert whispers[0].user == ASKER
    assert "press the button again" in whispers[0].message["text"]
    assert hearing.ears.heard == []


@pytest.mark.parametrize(
    "value",
    [
        *(
            '{"job":"J-1","revision":3,"item":7}',
            '{"job":"J-1","revision":3,"item":"\\u0000"}',
            '{"job":"J-1"}',
            "[",
            "",
        ),
        f'{{"job":"J-1","revision":3,"form":true,"item":"{"V" * 33}"}}',
    ],
)
async def test_a_forged_button_opens_and_does_nothing(hearing, slack, shown, value):
    _button(slack, shown, "clapper:rename:V-1")["value"] = value
    told = await slack.press(shown, "clapper:rename:V-1", ASKER)
    assert told.acknowledged
    assert hearing.ears.heard == []
    assert not slack.calls("views.open")


@pytest.mark.parametrize(
    "held", ["", "3", "{}", '{"action":"spend","job":"J-1","revision":3,"channel":"","thread":""}']
)
async def test_a_forged_form_is_taken_and_does_nothing(hearing, slack, shown, held):
    view = await opened_by(slack, shown, "clapper:rename:V-1")
    view.view["private_metadata"] = held
    told = await slack.submit(view.id, {}, ASKER)
    assert told.acknowledged
    assert hearing.ears.heard == []


async def test_a_menu_of_another_workspaces_form_suggests_nothing(hearing, slack, shown):
    view = await opened_by(slack, shown, "Put together")
    assert await slack.suggest(view.id, "1:films", "", ASKER)
    other = slack.furnish("T0OTHER01", "C0OTHER01")
    theirs = view.view | {"app_installed_team_id": other.id, "team_id": other.id}
    other.views[view.id] = replace(view, view=theirs)
    assert await slack.suggest(view.id, "1:films", "", ASKER, workspace=other) == []


def _button(slack, ts, action_id):
    """The pressed button itself, as a client could send it."""
    blocks = slack.local.channels[GENERAL].find(ts).message["blocks"]
    return next(one for block in blocks for one in block.get("elements", []) if one.get("action_id") == action_id)
