"""Whatever people, Slack and the network do at the worst moment: nothing is paid for twice, nothing is lost, nobody spends unasked."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.chat.slack.clients import Clients
from adapters.chat.slack.events import workspace
from adapters.chat.slack.handlers import Handlers
from adapters.chat.slack.options import options
from adapters.chat.slack.plain import plain
from adapters.chat.slack.screens import Screens
from adapters.chat.slack.transfer import Transfer
from bot.domain.chat import Conversation
from bot.domain.job import State
from tests.adapters.chat.slack.hearing import Ears, database
from tests.adapters.chat.slack.living import Living, living
from tests.adapters.chat.slack.office import office
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import opened
from tests.fakes import SetClock

GENERAL, ASKER, OTHER = Slack.GENERAL, Slack.ASKER, Slack.OTHER


@pytest.fixture
async def bot(slack: Slack, tmp_path: Path) -> AsyncIterator[Living]:
    async with living(slack, tmp_path) as one:
        yield one


@pytest.mark.parametrize(
    "text", [" " * 40_000, "a" + " \t" * 20_000 + "b", "<@U1" * 10_000, "<" * 40_000, "<@U1|" * 8_000]
)
def test_no_text_holds_everybody_else_up(text):
    """It is read before it is acknowledged, while nobody else is heard."""
    began = time.perf_counter()
    plain(text, "U1")
    assert time.perf_counter() - began < 0.3


@pytest.mark.parametrize("text", ["<|>", "<|a>", "<@>", "<!>", "<#|>", "<!date^>", "<>"])
def test_markup_of_nothing_is_read_as_something(text):
    assert plain(f"a cat {text} runs", "U1").startswith("a cat")


async def test_many_presses_of_many_people_at_once_start_one_film(bot, slack):
    card = await bot.priced()
    presses = [slack.press(card, "Confirm", who) for who in (ASKER, OTHER, ASKER, ASKER, OTHER)]
    await asyncio.gather(*presses)
    await bot.settled(State.complete)
    assert len(bot.toll.started) == 1
    whispers = slack.local.channels[GENERAL].ephemerals
    await slack.until(lambda: len(whispers) == 4)
    assert sum(one.user == OTHER and "Only Asker can decide" in str(one.message) for one in whispers) == 2
    assert sum(one.user == ASKER and "nothing is charged twice" in str(one.message) for one in whispers) == 2


async def test_a_message_that_says_yes_is_animated_and_confirms_nothing(bot, slack):
    card = await bot.priced()
    said = await slack.say(GENERAL, OTHER, "yes", thread=card.thread)
    await slack.shortcut(GENERAL, said.ts, ASKER, "clapper_animate")
    await slack.until(lambda: len(slack.posts(GENERAL, thread=card.thread)) == 2)
    assert [job.state for job in await bot.jobs()] == [State.awaiting_confirmation] * 2
    assert bot.toll.started == []


async def test_nothing_counts_as_written_after_it_came_in(bot, slack):
    """The machine's clock is a minute behind Slack's: a yes would else be later than a price that is shown after it."""
    bot.clock.forward(-60)
    said = await slack.say(GENERAL, ASKER, "yes")
    place = Conversation("slack", slack.local.id, GENERAL, said.thread)
    [(received, message)] = await bot.house.storage.inbox.messages(place)
    assert message.at <= received


async def test_a_yes_sent_while_the_price_is_on_its_way_starts_nothing(bot, slack):
    hold = slack.hold("chat.postMessage")
    said = await slack.mention(GENERAL, ASKER, "A fox crosses the frozen lake")
    await asyncio.wait_for(hold.arrived.wait(), 5)
    await slack.say(GENERAL, ASKER, "yes", thread=said.thread)
    hold.release()
    await slack.card(GENERAL, thread=said.thread, having="came after you wrote your answer")
    assert bot.toll.started == []
    await slack.say(GENERAL, ASKER, "yes", thread=said.thread)
    await bot.settled(State.complete)
    assert len(bot.toll.started) == 1


@pytest.mark.parametrize(
    ("method", "trouble"),
    [
        ("chat.postMessage", "lose"),
        ("files.completeUploadExternal", "lose"),
        ("upload", "cut"),
        ("chat.update", "lose"),
    ],
)
async def test_a_broken_call_costs_neither_a_film_nor_a_second_card(bot, slack, caplog, method, trouble):
    bot.hurry = 0.5
    getattr(slack, trouble)(method)
    card = await bot.priced()
    getattr(slack, trouble)(method)
    await slack.press(card, "Confirm", ASKER)
    job = await bot.settled(State.complete)
    await slack.until(lambda: len(bot.films) == 1)
    await slack.until(lambda: "clapper:cancel" not in str(card.blocks) and job.id in str(card.blocks))
    assert len(bot.toll.started) == 1
    assert [one for one in slack.posts(GENERAL) if one.blocks] == [card]
    assert not [one for one in caplog.records if one.exc_info]


async def test_a_file_that_is_broken_off_in_the_middle_is_no_bug(slack, tmp_path):
    """The library still reads the file when the connection breaks; its error is told as what it is."""
    async with office(slack, tmp_path) as house:
        transfer = Transfer(house.platform._clients)
        ticket = await transfer.ticket(slack.local.id, "a.mp4", 20_000_000)
        house.keep("a.mp4", b"x" * 20_000_000)
        slack.cut("upload")
        with pytest.raises(ConnectionError):
            await transfer.send(ticket, house.files.open("a.mp4"), 20_000_000)


SAID = {"type": "message", "channel": "D1", "user": ASKER, "text": "a cat", "ts": "1.1"}


@pytest.mark.parametrize(
    "body",
    [
        {"event": SAID | {"ts": "1e999"}},
        {"event": SAID | {"user": 7}},
        {"event": SAID | {"files": [{"id": "F1", "name": 7}]}},
        {"event": SAID, "authorizations": [None]},
        {"event": {"type": "app_home_opened", "tab": "home"}},
        {"event": None},
        {},
    ],
)
async def test_what_has_no_shape_is_taken_once_and_never_saved(slack, tmp_path, body):
    """Were it refused as an event that could not be saved, Slack would bring it again and again."""
    async with opened(database(tmp_path)) as storage:
        ears, clients = Ears(storage), Clients(options(slack.settings))
        handlers = Handlers(ears, clients, storage, SetClock())
        assert await handlers.take({"type": "event_callback", "team_id": slack.TEAM, **body}) == {}
        assert ears.heard == []
        await clients.aclose()


async def test_nobody_reads_a_text_of_another_workspace(bot, slack):
    card = await bot.priced("A secret plan of ours, " * 80)
    other = slack.furnish("T0OTHER01", "C0OTHER01")
    body = {"type": "block_actions", "team": {"id": other.id}, "user": {"id": ASKER}, "trigger_id": slack.trigger(ASKER),
            "actions": [next(one for block in card.blocks for one in block.get("elements", []) if one.get("action_id") == "clapper:full")]}  # fmt: skip
    clients = Clients(options(slack.settings))
    screens = Screens(clients, bot.house.storage, bot.clock.now)
    job = (await bot.jobs())[0].id
    assert await screens._card(job, workspace(body)) is None
    assert await screens._card(job, slack.local.id) is not None


async def test_a_confirm_of_the_price_before_an_edit_spends_nothing(bot, slack):
    card = await bot.priced()
    old = dict(card.message)
    await slack.press(card, "Edit", ASKER)
    view = await slack.until(lambda: next(iter(slack.local.views), None))
    await slack.submit(view, {"seconds": "15"}, ASKER)
    await slack.until(lambda: "150" in str(card.blocks))
    shown, card.versions[-1].message = card.message, old
    await slack.press(card, "Confirm", ASKER)
    card.versions[-1].message = shown
    whispers = slack.local.channels[GENERAL].ephemerals
    await slack.until(lambda: "changed after that card was shown" in str([one.message for one in whispers]))
    assert [job.state for job in await bot.jobs()] == [State.awaiting_confirmation]
    await slack.press(card, "Confirm", ASKER)
    job = await bot.settled(State.complete)
    assert job.quote is not None
    assert (len(bot.toll.started), job.quote.credits) == (1, 150)


async def test_a_yes_a_press_and_an_edit_at_once_spend_one_price_that_was_shown(bot, slack):
    card = await bot.priced()
    await slack.press(card, "Edit", ASKER)
    view = await slack.until(lambda: next(iter(slack.local.views), None))
    await asyncio.gather(
        slack.submit(view, {"seconds": "15"}, ASKER),
        slack.say(GENERAL, ASKER, "yes", thread=card.thread),
        slack.press(card, "Confirm", ASKER),
        slack.press(card, "Cancel", ASKER),
    )
    job = await bot.settled(State.complete, State.awaiting_confirmation, State.declined, State.cancelled)
    prices = {
        number
        for one in card.versions
        for number in ("50", "150")
        if f"{number}.00" in str(one.message) or number in str(one.message)
    }
    assert len(bot.toll.started) <= 1
    if job.state is State.complete:
        assert job.quote is not None
        assert str(job.quote.credits.normalize()) in prices or job.quote.credits == 50


async def test_every_delivery_brought_again_changes_nothing(bot, slack):
    card = await bot.priced()
    await slack.press(card, "Confirm", ASKER)
    await bot.settled(State.complete)
    await slack.until(lambda: len(bot.films) == 1)
    before = len(slack.posts(GENERAL))
    for delivery in list(slack.post.log):
        await slack.again(delivery)
    await bot.kill()
    await bot.start()
    for delivery in list(slack.post.log):
        await slack.again(delivery)
    marker = await slack.mention(GENERAL, OTHER, "help")
    await slack.card(GENERAL, thread=marker.thread)
    assert len(bot.toll.started) == len(await bot.jobs()) == len(bot.films) == 1
    assert len(slack.posts(GENERAL)) == before + 1


@pytest.mark.parametrize(
    "value",
    [
        "",
        "null",
        "[]",
        "{",
        '{"job": "J-1"}',
        '{"job": "J-1", "revision": "x"}',
        '{"job": "J-1", "revision": 1e999}',
        '{"job": {}, "revision": 1}',
        "x" * 2000,
        "[" * 2000,
    ],
)
async def test_a_forged_button_does_nothing(bot, slack, value):
    card = await bot.priced()
    forged = next(
        one for block in card.blocks for one in block.get("elements", []) if one.get("action_id") == "clapper:confirm"
    )
    forged["value"] = value
    await slack.press(card, "clapper:confirm", ASKER)
    marker = await slack.mention(GENERAL, OTHER, "help")
    await slack.card(GENERAL, thread=marker.thread)
    assert [job.state for job in await bot.jobs()] == [State.awaiting_confirmation]
    assert bot.toll.started == []


async def test_a_button_of_another_workspaces_job_does_nothing(bot, slack):
    card = await bot.priced()
    other = slack.furnish("T0OTHER01", "C0OTHER01")
    stolen = slack.keep(
        other.channels["C0OTHER01"],
        card.message | {"ts": slack.numbers.ts(), "team": other.id, "bot_id": other.bot_id, "thread_ts": ""},
    )
    await slack.press(stolen, "clapper:confirm", ASKER, workspace=other)
    marker = await slack.mention(GENERAL, OTHER, "help")
    await slack.card(GENERAL, thread=marker.thread)
    assert [job.state for job in await bot.jobs()] == [State.awaiting_confirmation]
    slack.forgive()
