"""Connections to Slack are kept, replaced, and finished in order."""

import asyncio

import pytest

from adapters.chat.slack.clients import Clients
from adapters.chat.slack.handlers import Handlers
from adapters.chat.slack.listen import application, listen
from adapters.chat.slack.options import options
from adapters.chat.slack.sockets import Sockets
from bot.domain.errors import UserError
from tests.adapters.chat.slack.hearing import Ears, database, listening
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import opened
from tests.fakes import SetClock
from tests.stored import NOON

GENERAL, ASKER, OTHER, TEAM = Slack.GENERAL, Slack.ASKER, Slack.OTHER, Slack.TEAM


@pytest.fixture
async def storage(tmp_path):
    async with opened(database(tmp_path)) as storage:
        yield storage


@pytest.fixture
async def by_sockets(slack, storage):
    async with listening(slack, storage, slack.settings) as hearing:
        yield hearing


async def test_a_socket_that_is_dropped_is_replaced(by_sockets, slack):
    await slack.sockets.drop()
    await slack.until(lambda: len(slack.sockets.open) == 2 and all(one.number > 2 for one in slack.sockets.open[1:]))
    await slack.say(slack.dm(ASKER), ASKER, "still there?")
    assert by_sockets.ears.message.text == "still there?"


async def test_a_socket_that_slack_wants_back_is_replaced_and_nothing_is_lost(by_sockets, slack):
    await slack.sockets.refresh()
    await slack.until(lambda: len([one for one in slack.sockets.open if not one.leaving]) == 2)
    await slack.say(slack.dm(ASKER), ASKER, "still there?")
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
    app = application(Handlers(Ears(storage), clients, storage, SetClock()), clients)
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
        said = await slack.say(slack.dm(ASKER), ASKER, "a red boat", wait=False)
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
        await listen(Ears(storage), given, clients, storage, {}, clock=SetClock())
    await clients.aclose()
    assert named in refused.value.say
    assert "wrong" not in refused.value.say


async def test_a_bot_token_refused_for_whatever_reason_stops_the_start_with_a_sentence(slack, storage):
    slack.refuse("auth.test", "team_access_not_granted")
    clients = Clients(options(slack.settings), storage.notes)
    with pytest.raises(UserError, match="SLACK_BOT_TOKEN: team_access_not_granted"):
        await listen(Ears(storage), options(slack.settings), clients, storage, {}, clock=SetClock())
    await clients.aclose()


async def test_slack_being_away_at_the_start_is_waited_for(slack, storage):
    slack.break_down("auth.test", status=503, times=1)
    async with listening(slack, storage, slack.settings) as hearing:
        await slack.say(slack.dm(ASKER), ASKER, "hello")
        assert hearing.ears.message.text == "hello"
