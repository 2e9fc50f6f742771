"""What Slack brings is saved before it is acknowledged, by sockets and over HTTP."""

import asyncio
import io
import json
from dataclasses import replace
from decimal import Decimal

import aiohttp
import pytest

from adapters.chat.slack.clients import Clients
from adapters.chat.slack.handlers import Handlers
from adapters.chat.slack.http import MOST_BYTES, door
from adapters.chat.slack.listen import application, listen
from adapters.chat.slack.options import options
from adapters.chat.slack.screens import Screens
from adapters.chat.slack.sockets import Sockets
from bot.domain.card import Action, Button, Card, FieldKind, FormField
from bot.domain.chat import Conversation, Person
from bot.domain.drive import Clip
from bot.domain.errors import UserError
from bot.domain.job import State, card_id
from bot.domain.ledger import EntryKind, LedgerEntry
from tests.adapters.chat.slack.hearing import Ears, Hearing, database, listening, served
from tests.adapters.chat.slack.server.delivery import EVENT, Delivery
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import opened
from tests.stored import NOON, a_clip, a_job

GENERAL, ANNA, BEN, TEAM = Slack.GENERAL, Slack.ANNA, Slack.BEN, Slack.TEAM
FORM = (
    FormField("prompt", "Prompt", FieldKind.text, "a red boat"),
    FormField("audio", "Sound", FieldKind.toggle, "no"),
)
ASK = Card(title="A film?", text="a red boat", form=FORM, job="J-1", revision=3, buttons=(Button(Action.confirm, "Confirm"), Button(Action.edit, "Edit"), Button(Action.cancel, "Cancel")))  # fmt: skip


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


@pytest.fixture
async def over_http(slack, storage):
    async with listening(slack, storage, slack.http_settings) as hearing:
        yield hearing


async def stored(storage, card: Card = ASK, thread: str = "1.1") -> Card:
    """A job of Anna's and its card, as the core leaves them."""
    place = Conversation("slack", TEAM, GENERAL, thread)
    job = a_job(card.job, conversation=place, author=Person("slack", TEAM, ANNA))
    await storage.jobs.add(job)
    await storage.cards.render(card_id(card.job), card.revision, card)
    return card


async def posted(hearing: Hearing, card: Card = ASK) -> str:
    """The card stands in a thread; gives its ts."""
    from adapters.chat.slack.cards import message

    drawn = message(card)
    root = await hearing.slack.say(GENERAL, ANNA, "hello")
    answer = await hearing.clients.call(
        TEAM, "chat_postMessage", channel=GENERAL, thread_ts=root.ts, text=drawn.text, blocks=drawn.blocks
    )
    return answer["ts"]


@pytest.mark.parametrize("first", ["app_mention", "message"])
async def test_a_mention_that_comes_twice_is_heard_once(hearing, slack, first):
    said = await slack.mention(GENERAL, ANNA, "a red boat", first=first)
    await slack.again(said.deliveries[0])
    heard = hearing.ears.message
    assert heard.key == f"slack:{TEAM}:{GENERAL}:{said.ts}"
    assert heard.conversation == Conversation("slack", TEAM, GENERAL, said.ts)
    assert (heard.text, heard.addressed, heard.author.id) == ("a red boat", True, ANNA)
    assert all(one.acknowledged for one in said.deliveries)


async def test_a_thread_reply_that_names_nobody_is_heard_as_such(hearing, slack):
    said = await slack.mention(GENERAL, ANNA, "a red boat")
    hearing.ears.heard.clear()
    await slack.say(GENERAL, BEN, "yes", thread=said.ts)
    assert (hearing.ears.message.addressed, hearing.ears.message.conversation.thread) == (False, said.ts)


async def test_a_direct_message_is_addressed_and_begins_its_own_thread(hearing, slack):
    said = await slack.say(slack.dm(ANNA), ANNA, "a red boat", files=[slack.file("a.png", b"png")])
    heard = hearing.ears.message
    assert (heard.addressed, heard.conversation.thread) == (True, said.ts)
    assert [(one.id.split("/")[0], one.name, one.bytes) for one in heard.attachments] == [(TEAM, "a.png", 3)]


async def test_what_is_not_for_the_bot_is_acknowledged_and_dropped(hearing, slack):
    said = await slack.mention(GENERAL, ANNA, "a red boat")
    hearing.ears.heard.clear()
    edited = await slack.edit(said, f"<@{slack.local.bot_user}> a blue boat")
    unknown = slack.tell(slack.local, {"type": "app_mention", "user": ANNA})
    assert edited is not None
    assert unknown is not None
    await slack.until(unknown.done.is_set)
    assert (edited.acknowledged, unknown.acknowledged, hearing.ears.heard) == (True, True, [])


async def test_what_the_bot_itself_posts_is_not_heard(hearing, slack):
    await posted(hearing)
    await slack.until(lambda: slack.post.log and all(one.acknowledged for one in slack.post.log))
    assert not [one for one in hearing.ears.heard if one.author.id == slack.local.bot_user]


async def test_nothing_is_acknowledged_that_was_not_saved(hearing, slack):
    """The database is away once: Slack is told nothing, brings it again, and it is not lost."""
    hearing.ears.away = 1
    slack.post.ack_seconds = 0.2
    said = await slack.say(slack.dm(ANNA), ANNA, "a red boat")
    assert [one.seconds is None for one in said.deliveries[0].attempts] == [True, False]
    assert hearing.ears.message.text == "a red boat"


async def test_a_press_that_could_not_be_saved_is_not_acknowledged(hearing, slack, storage):
    await stored(storage)
    ts = await posted(hearing)
    hearing.ears.away = 1
    slack.post.ack_seconds = 0.2
    delivery = await slack.press(ts, "Confirm", ANNA)
    assert not delivery.acknowledged


async def test_a_press_is_received_with_its_card_and_its_place(hearing, slack, storage):
    await stored(storage)
    ts = await posted(hearing)
    hearing.ears.heard.clear()
    delivery = await slack.press(ts, "Confirm", BEN)
    press = hearing.ears.pressed
    assert (press.action, press.job, press.revision, press.author.id) == ("confirm", "J-1", 3, BEN)
    assert press.conversation == Conversation("slack", TEAM, GENERAL, slack.local.channels[GENERAL].find(ts).thread)
    assert delivery.acknowledged
    await slack.again(delivery)
    assert len(hearing.ears.heard) == 1


@pytest.mark.parametrize(
    ("line", "verb", "text"),
    [
        ("/clapper", "help", ""),
        ("/clapper status channel", "status", "channel"),
        ("/clapper Cancel all", "cancel", "all"),
        ("/clapper a red boat &amp; <https://a.example|a.example>", "make", "a red boat & https://a.example"),
    ],
)
async def test_a_command_is_a_verb_and_the_rest(hearing, slack, line, verb, text):
    delivery = await slack.command(line, ANNA, channel=GENERAL)
    assert (hearing.ears.command.verb, hearing.ears.command.text) == (verb, text)
    assert hearing.ears.command.conversation == Conversation("slack", TEAM, GENERAL)
    assert delivery.acknowledged
    assert not delivery.answer


async def test_animating_a_message_takes_its_words_and_files_for_whoever_asks(hearing, slack):
    said = await slack.say(GENERAL, ANNA, "our cat", files=[slack.file("cat.png", b"png")])
    hearing.ears.heard.clear()
    await slack.shortcut(GENERAL, said.ts, BEN, "clapper_animate")
    heard = hearing.ears.message
    assert (heard.author.id, heard.text, heard.addressed) == (BEN, "our cat", True)
    assert heard.conversation == Conversation("slack", TEAM, GENERAL, said.ts)
    assert [one.name for one in heard.attachments] == ["cat.png"]


async def test_slacks_own_stop_button_cancels_what_runs_in_its_thread(hearing, slack):
    await slack.stop_session(GENERAL, "1700000000.000100", ANNA)
    heard = hearing.ears.command
    assert (heard.verb, heard.text, heard.conversation.thread) == ("cancel", "all", "1700000000.000100")


async def test_edit_opens_the_newest_form_and_what_is_filled_in_is_a_press(hearing, slack, storage):
    await stored(storage)
    ts = await posted(hearing)
    newest = replace(ASK, revision=4, form=(replace(FORM[0], value="a blue boat"), FORM[1]))
    await storage.cards.render(card_id("J-1"), 4, newest)
    hearing.ears.heard.clear()
    delivery = await slack.press(ts, "Edit", ANNA)
    assert delivery.acknowledged
    view = await slack.until(lambda: next(iter(slack.local.views.values()), None))
    assert "a blue boat" in str(view.view)
    assert hearing.ears.heard == []
    submitted = await slack.submit(view.id, {"prompt": "a green boat"}, ANNA)
    press = hearing.ears.pressed
    assert submitted.acknowledged
    assert (press.action, press.job, press.revision) == ("edit", "J-1", 4)
    assert json.loads(press.value)["prompt"] == "a green boat"
    assert press.conversation == Conversation("slack", TEAM, GENERAL, slack.local.channels[GENERAL].find(ts).thread)


async def test_edit_of_a_card_past_changing_is_answered_by_the_core(hearing, slack, storage):
    await stored(storage)
    ts = await posted(hearing)
    await storage.cards.render(card_id("J-1"), 4, replace(ASK, revision=4, form=()))
    hearing.ears.heard.clear()
    await slack.press(ts, "Edit", ANNA)
    assert (hearing.ears.pressed.action, hearing.ears.pressed.value) == ("edit", "")
    assert not slack.calls("views.open")


async def test_a_long_text_is_shown_whole(by_sockets, slack, storage):
    long = await stored(storage, replace(ASK, text="a boat and another boat " * 200))
    ts = await posted(by_sockets, long)
    await slack.press(ts, "clapper:full", BEN)
    view = await slack.until(lambda: next(iter(slack.local.views.values()), None))
    assert str(view.view).count("a boat and another boat") >= 199


def film(**changes) -> Clip:
    return a_clip("c1", workspace=TEAM, owner=Person("slack", TEAM, ANNA), key="slack/c1.mp4", **changes)


async def test_home_shows_my_jobs_the_library_and_this_months_spend(hearing, slack, storage):
    await stored(storage)
    person = Person("slack", TEAM, ANNA)
    await storage.clips.add(film(drive_path="harbour.mp4"))
    job = await storage.jobs.get("J-1")
    now = job.made_at.replace(year=2099)
    charge = LedgerEntry(kind=EntryKind.charge, credits=Decimal("12.50"), job="J-1", person=person, at=now)
    await storage.jobs.save(job.move(State.queued, NOON), [charge])
    await slack.open_home(ANNA)
    home = await slack.until(lambda: slack.local.homes.get(ANNA))
    assert "harbour.mp4" in str(home.view)
    assert "12.5" in str(home.view)
    assert "a red boat" in str(home.view)


async def test_a_press_at_home_is_heard_with_the_presser_and_home_is_drawn_anew(hearing, slack, storage):
    await stored(storage, replace(ASK, buttons=(Button(Action.cancel, "Cancel"),)))
    job = await storage.jobs.get("J-1")
    queued = job.move(State.queued, NOON)
    await storage.jobs.save(queued)
    await slack.open_home(ANNA)
    home = await slack.until(lambda: slack.local.homes.get(ANNA))
    await slack.press(home.id, "clapper:cancel", ANNA)
    assert hearing.ears.pressed.conversation == Conversation("slack", TEAM, ANNA)
    assert hearing.ears.pressed.action == "cancel"
    await storage.jobs.save(queued.move(State.cancelled, NOON))
    await slack.until(lambda: len(slack.calls("views.publish")) == 2)
    assert "a red boat" not in str(slack.local.homes[ANNA].view)


async def test_a_home_for_messages_is_left_alone(by_sockets, slack):
    told = await slack.open_home(ANNA, tab="messages")
    assert told.acknowledged
    assert not slack.calls("views.publish")


async def test_a_socket_that_is_dropped_is_replaced(by_sockets, slack):
    await slack.sockets.drop()
    await slack.until(lambda: len(slack.sockets.open) == 2 and all(one.number > 2 for one in slack.sockets.open[1:]))
    await slack.say(slack.dm(ANNA), ANNA, "still there?")
    assert by_sockets.ears.message.text == "still there?"


async def test_a_socket_that_slack_wants_back_is_replaced_and_nothing_is_lost(by_sockets, slack):
    await slack.sockets.refresh()
    await slack.until(lambda: len([one for one in slack.sockets.open if not one.leaving]) == 2)
    await slack.say(slack.dm(ANNA), ANNA, "still there?")
    assert by_sockets.ears.message.text == "still there?"
    assert len(slack.calls("apps.connections.open")) >= 3


async def test_a_new_connection_is_asked_for_until_slack_gives_one(by_sockets, slack):
    slack.break_down("apps.connections.open", status=503, times=2)
    for one in list(slack.sockets.open):
        await one.socket.close()
    await slack.connected(2)
    assert not by_sockets.task.done()


async def test_a_deaf_socket_is_replaced(slack, storage):
    """It stays open and answers nothing, not even a ping."""
    given = options(slack.settings | {"sockets": "1"})
    clients = Clients(given, storage.notes)
    app = application(Handlers(Ears(storage), clients, Screens(clients, storage)), clients)
    running = asyncio.create_task(Sockets(app, clients, given, silent_seconds=0.3).run())
    await slack.connected(1)
    first = slack.sockets.open[0]
    first.deaf = True
    await slack.until(lambda: any(one is not first for one in slack.sockets.open))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await clients.aclose()


async def test_what_is_being_saved_when_it_stops_is_still_acknowledged(slack, storage):
    async with listening(slack, storage, slack.settings) as hearing:
        begun, go_on = asyncio.Event(), asyncio.Event()
        save = hearing.ears.storage.inbox.receive

        class Slow(Ears):
            async def receive(self, event):
                begun.set()
                await go_on.wait()
                return await save(event, NOON)

        hearing.ears.__class__ = Slow
        said = await slack.say(slack.dm(ANNA), ANNA, "a red boat", wait=False)
        await begun.wait()
        hearing.task.cancel()
        go_on.set()
        await asyncio.gather(hearing.task, return_exceptions=True)
        await slack.until(lambda: said.deliveries[0].acknowledged)


@pytest.mark.parametrize(
    ("settings", "named"),
    [({"bot_token": "xoxb-wrong"}, "SLACK_BOT_TOKEN"), ({"app_token": "xapp-wrong"}, "SLACK_APP_TOKEN")],
)
async def test_wrong_tokens_stop_the_start_with_a_sentence(slack, storage, settings, named):
    given = options(slack.settings | settings)
    clients = Clients(given, storage.notes)
    with pytest.raises(UserError) as refused:
        await listen(Ears(storage), given, clients, storage, {})
    await clients.aclose()
    assert named in refused.value.say
    assert "wrong" not in refused.value.say


async def test_slack_being_away_at_the_start_is_waited_for(slack, storage):
    slack.break_down("auth.test", status=503, times=1)
    async with listening(slack, storage, slack.settings) as hearing:
        await slack.say(slack.dm(ANNA), ANNA, "hello")
        assert hearing.ears.message.text == "hello"


async def test_the_door_is_shut_when_it_stops_listening(over_http):
    assert "/slack/" in over_http.doors
    await over_http.stop()
    assert over_http.doors == {}


async def test_slack_finds_that_the_address_is_the_bots(over_http, slack):
    assert await slack.verify_url(f"{over_http.url}/slack/events")


@pytest.mark.parametrize("how", [{"secret": "another"}, {"skew": -301.0}, {"skew": 301.0}, {"sign": False}])
async def test_what_slack_did_not_just_sign_is_refused_unread(over_http, slack, how):
    message = {"type": "message", "channel_type": "im", "channel": "D1", "user": ANNA, "ts": "1700000000.000100", "text": "hello"}  # fmt: skip
    attempt = await slack.deliver(
        f"{over_http.url}/slack/events",
        Delivery(EVENT, {"type": "event_callback", "team_id": TEAM, "event": message}),
        **how,
    )
    assert attempt.status == 401
    assert over_http.ears.heard == []


@pytest.mark.parametrize("headers", [{"x-slack-request-timestamp": "soon"}, {"x-slack-request-timestamp": "²"}, {}])
async def test_a_timestamp_that_is_none_is_refused(over_http, headers):
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"{over_http.url}/slack/events", data=b"{}", headers={"x-slack-signature": "v0=1", **headers}
        ) as answer,
    ):
        assert answer.status == 401


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_request_too_large_is_refused(over_http, chunked):
    async def pieces():
        for _ in range(MOST_BYTES // 65536 + 1):
            yield b"x" * 65536

    body = pieces() if chunked else io.BytesIO(b"x" * (MOST_BYTES + 1))
    async with aiohttp.ClientSession() as http, http.post(f"{over_http.url}/slack/events", data=body) as answer:
        assert answer.status == 413


async def test_a_sender_that_dawdles_is_cut_off(slack, storage):
    given = options(slack.http_settings)
    clients = Clients(given, storage.notes)
    app = application(Handlers(Ears(storage), clients, Screens(clients, storage)), clients)
    never = asyncio.Event()

    async def piece():
        yield b"{"
        await never.wait()

    async with (
        served({"/slack/": door(app, given, None, send_seconds=0.1)}) as url,
        aiohttp.ClientSession() as http,
        http.post(f"{url}/slack/events", data=piece()) as answer,
    ):
        assert answer.status == 408
        never.set()
    await clients.aclose()
