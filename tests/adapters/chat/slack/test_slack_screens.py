"""Forms, whole texts and Home are shown to whoever asks for them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.card import Action, Button
from bot.domain.chat import Conversation, Person
from bot.domain.drive import Clip
from bot.domain.job import State, card_id
from bot.domain.ledger import EntryKind, LedgerEntry
from tests.adapters.chat.slack.hearing import ASK, FORM, database, listening, posted, stored
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import opened
from tests.stored import NOON, a_clip

GENERAL, ASKER, OTHER, TEAM = Slack.GENERAL, Slack.ASKER, Slack.OTHER, Slack.TEAM


@pytest.fixture
async def storage(tmp_path):
    async with opened(database(tmp_path)) as storage:
        yield storage


@pytest.fixture(params=["sockets", "http"])
async def hearing(request, slack, storage):
    settings = slack.settings if request.param == "sockets" else slack.http_settings
    async with listening(slack, storage, settings) as hearing:
        yield hearing


@pytest.fixture
async def by_sockets(slack, storage):
    async with listening(slack, storage, slack.settings) as hearing:
        yield hearing


def with_form(*form):
    """The card a revision later."""
    edit = next(one for one in ASK.buttons if one.action is Action.edit)
    buttons = tuple(replace(edit, form=form) if one is edit else one for one in ASK.buttons)
    return replace(ASK, revision=4, buttons=buttons)


async def test_edit_opens_the_newest_form_and_what_is_filled_in_is_a_press(hearing, slack, storage):
    await stored(storage)
    ts = await posted(hearing)
    newest = with_form(replace(FORM[0], value="a blue boat"), FORM[1])
    await storage.cards.render(card_id("J-1"), 4, newest)
    hearing.ears.heard.clear()
    delivery = await slack.press(ts, "Edit", ASKER)
    assert delivery.acknowledged
    view = await slack.until(lambda: next(iter(slack.local.views.values()), None))
    assert "a blue boat" in str(view.view)
    assert hearing.ears.heard == []
    submitted = await slack.submit(view.id, {"prompt": "a green boat"}, ASKER)
    press = hearing.ears.pressed
    assert submitted.acknowledged
    assert (press.action, press.job, press.revision) == ("edit", "J-1", 4)
    assert json.loads(press.value)["prompt"] == "a green boat"
    assert press.conversation == Conversation("slack", TEAM, GENERAL, slack.local.channels[GENERAL].find(ts).thread)


async def test_edit_of_a_card_past_changing_is_answered_by_the_core(hearing, slack, storage):
    await stored(storage)
    ts = await posted(hearing)
    await storage.cards.render(card_id("J-1"), 4, with_form())
    hearing.ears.heard.clear()
    await slack.press(ts, "Edit", ASKER)
    assert (hearing.ears.pressed.action, hearing.ears.pressed.value) == ("edit", "")
    assert not slack.calls("views.open")


async def test_a_long_text_is_shown_whole(by_sockets, slack, storage):
    long = await stored(storage, replace(ASK, text="a boat and another boat " * 200))
    ts = await posted(by_sockets, long)
    await slack.press(ts, "clapper:full", OTHER)
    view = await slack.until(lambda: next(iter(slack.local.views.values()), None))
    assert str(view.view).count("a boat and another boat") >= 199


def film(**changes) -> Clip:
    return a_clip("c1", workspace=TEAM, owner=Person("slack", TEAM, ASKER), key="slack/c1.mp4", **changes)


async def test_home_shows_my_jobs_the_library_and_this_months_spend(hearing, slack, storage):
    await stored(storage)
    person = Person("slack", TEAM, ASKER)
    await storage.clips.add(film(drive_path="harbour.mp4"))
    job = await storage.jobs.get("J-1")
    now = job.made_at.replace(year=2099)
    charge = LedgerEntry(kind=EntryKind.charge, credits=Decimal("12.50"), job="J-1", person=person, at=now)
    await storage.jobs.save(job.move(State.queued, NOON), [charge])
    await slack.open_home(ASKER)
    home = await slack.until(lambda: slack.local.homes.get(ASKER))
    assert "harbour.mp4" in str(home.view)
    assert "12.5" in str(home.view)
    assert "a red boat" in str(home.view)


async def test_home_tells_nobody_what_others_wished_for_nor_of_their_temporary_films(by_sockets, slack, storage):
    """A film may have been asked for in private, and a temporary one is its owner's alone."""
    await stored(storage)
    await storage.clips.add(film(drive_path="harbour.mp4"))
    brief = replace(film(drive_path="secret.mp4", expires_at=datetime.now(UTC) + timedelta(hours=1)), id="c2", key="k2")
    await storage.clips.add(brief)
    await storage.clips.add(replace(brief, id="c3", key="k3", drive_path="over.mp4", expires_at=NOON))
    shown = []
    for person in (ASKER, OTHER):
        await slack.open_home(person)
        shown.append(str((await slack.until(lambda person=person: slack.local.homes.get(person))).view))
    assert [one in shown[0] for one in ("harbour.mp4", "a red boat", "secret.mp4", "over.mp4")] == [
        True,
        True,
        True,
        False,
    ]
    assert [one in shown[1] for one in ("harbour.mp4", "a red boat", "secret.mp4")] == [False, False, False]


async def test_home_is_drawn_anew_at_once_where_the_press_was_done_by_then(by_sockets, slack, storage):
    await stored(storage, replace(ASK, buttons=(Button(Action.cancel, "Cancel"),)))
    job = await storage.jobs.get("J-1")
    await slack.open_home(ASKER)
    home = await slack.until(lambda: slack.local.homes.get(ASKER))
    await storage.jobs.save(job.move(State.declined, NOON))
    await slack.press(home.id, "clapper:cancel", ASKER)
    await slack.until(lambda: len(slack.calls("views.publish")) == 2, seconds=5)
    assert "Nothing is running" in str(slack.local.homes[ASKER].view)


async def test_a_press_at_home_is_heard_with_the_presser_and_home_is_drawn_anew(hearing, slack, storage):
    await stored(storage, replace(ASK, buttons=(Button(Action.cancel, "Cancel"),)))
    job = await storage.jobs.get("J-1")
    queued = job.move(State.queued, NOON)
    await storage.jobs.save(queued)
    await slack.open_home(ASKER)
    home = await slack.until(lambda: slack.local.homes.get(ASKER))
    await slack.press(home.id, "clapper:cancel", ASKER)
    assert hearing.ears.pressed.conversation == Conversation("slack", TEAM, slack.dm(ASKER))
    assert hearing.ears.pressed.action == "cancel"
    await storage.jobs.save(queued.move(State.cancelled, NOON))
    await slack.until(lambda: len(slack.calls("views.publish")) == 2)
    assert "a red boat" not in str(slack.local.homes[ASKER].view)


async def test_a_home_for_messages_is_left_alone(by_sockets, slack):
    told = await slack.open_home(ASKER, tab="messages")
    assert told.acknowledged
    assert not slack.calls("views.publish")
