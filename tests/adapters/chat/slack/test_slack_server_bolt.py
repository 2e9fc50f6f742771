"""A plain Bolt app lives on the test Slack as it does on the real one, by socket and over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.chat.slack.server.delivery import EVENT, Delivery
from tests.adapters.chat.slack.server.slack import Slack

EDIT = {
    "type": "modal",
    "callback_id": "edit",
    "title": {"type": "plain_text", "text": "Edit"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "prompt",
            "label": {"type": "plain_text", "text": "Prompt"},
            "element": {"type": "plain_text_input", "action_id": "value", "initial_value": "a boat"},
        }
    ],
}
GO = {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}]}  # fmt: skip


class App:
    """Bolt with one listener of each kind; `heard` is what came, by kind."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.web = AsyncWebClient(token=slack.local.token, base_url=slack.api_url)
        self.errors: dict[str, str] = {}
        app = self.bolt = AsyncApp(client=self.web, signing_secret=slack.signing_secret, process_before_response=True)
        for kind in ("app_mention", "message", "app_home_opened", "agent_session_stopped", "app_uninstalled", "tokens_revoked"):  # fmt: skip
            app.event(kind)(self._hear(kind))
        app.action("go")(self._hear("press"))
        app.shortcut("animate")(self._hear("shortcut"))
        app.command("/clapper")(self._command)
        app.view("edit")(self._view)

    def _hear(self, kind: str) -> Any:
        async def hear(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append((kind, body))
            await ack()

        return hear

    async def _command(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(("command", body))
        await ack(text="On it")

    async def _view(self, ack: Any, body: dict[str, Any]) -> None:
        self.heard.append(("view", body))
        await (ack(response_action="errors", errors=self.errors) if self.errors else ack())

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.heard]


@asynccontextmanager
async def by_socket(app: App) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app.bolt, app.slack.app_token, web_client=app.web, ping_interval=1)
    connections = len(app.slack.sockets.open)
    await handler.connect_async()
    await app.slack.connected(connections + 1)
    try:
        yield handler
    finally:
        await handler.close_async()


@asynccontextmanager
async def by_http(app: App) -> AsyncIterator[str]:
    runner = web.AppRunner(app.bolt.web_app("/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found: Any = runner.addresses[0]
    url = f"http://127.0.0.1:{found[1]}/slack/events"
    app.slack.listen_at(url)
    try:
        yield url
    finally:
        await runner.cleanup()


@pytest.fixture
def app(slack: Slack) -> App:
    slack.echo = False
    return App(slack)


@pytest.mark.parametrize("way", [by_socket, by_http])
async def test_everything_people_do_arrives(slack, app, way):
    async with way(app):
        said = await slack.mention(slack.GENERAL, slack.ASKER, "a boat", files=[slack.file("a.png", b"abc")])
        assert sorted(app.kinds()) == ["app_mention", "message"]
        mention, message = sorted(app.heard, key=lambda one: one[0])
        assert mention[1]["event"]["ts"] == message[1]["event"]["ts"] == said.ts
        assert mention[1]["event_id"] != message[1]["event_id"]
        assert mention[1]["event"]["files"] == message[1]["event"]["files"] != []
        app.heard.clear()
        sent = await app.web.chat_postMessage(channel=slack.GENERAL, thread_ts=said.ts, text="ready", blocks=[GO])
        pressed = await slack.press(sent["ts"], "Go", slack.OTHER)
        assert pressed.payload["container"]["thread_ts"] == said.ts
        await slack.shortcut(slack.GENERAL, said.ts, slack.OTHER, "animate")
        assert (await slack.command("/clapper status", slack.ASKER)).answer["text"] == "On it"
        await slack.open_home(slack.ASKER)
        await slack.stop_session(slack.GENERAL, said.ts, slack.ASKER)
        assert app.kinds() == ["press", "shortcut", "command", "app_home_opened", "agent_session_stopped"]
        assert all(one.acknowledged and one.seconds < 3 for one in slack.post.log)


@pytest.mark.parametrize("way", [by_socket, by_http])
async def test_a_modal_is_opened_filled_in_and_sent(slack, app, way):
    async with way(app):
        opened = await app.web.views_open(trigger_id=slack.trigger(slack.ASKER), view=EDIT)
        id = opened["view"]["id"]
        app.errors = {"prompt": "Too short"}
        refused = await slack.submit(id, {"Prompt": "a"}, slack.ASKER)
        assert refused.answer == {"response_action": "errors", "errors": app.errors}
        assert id in slack.local.views
        app.errors = {}
        await slack.submit(id, {}, slack.ASKER)
        assert app.heard[-1][1]["view"]["state"]["values"]["prompt"]["value"]["value"] == "a boat"
        assert slack.local.views == {}


async def test_an_error_that_stands_at_no_input_is_a_violation(slack, app):
    async with by_socket(app):
        opened = await app.web.views_open(trigger_id=slack.trigger(slack.ASKER), view=EDIT)
        app.errors = {"title": "Too short"}
        await slack.submit(opened["view"]["id"], {}, slack.ASKER)
        assert "is no input block" in slack.forgive()[0]


async def test_a_bad_signature_or_an_old_one_is_refused_by_bolt(slack, app):
    async with by_http(app) as url:
        assert (await slack.deliver(url, Delivery(EVENT, {"type": "event_callback"}), secret="else")).status == 401
        assert (await slack.deliver(url, Delivery(EVENT, {"type": "event_callback"}), skew=-600)).status == 401
        assert (await slack.deliver(url, Delivery(EVENT, {"type": "event_callback"}), sign=False)).status == 401
        assert app.heard == []


async def test_a_direct_message_is_no_mention(slack, app):
    async with by_socket(app):
        await slack.mention(slack.dm(slack.ASKER), slack.ASKER, "a boat")
        assert app.kinds() == ["message"]
        assert app.heard[0][1]["event"]["channel_type"] == "im"


@pytest.mark.parametrize("files_in", ["both", "app_mention", "message", "none"])
async def test_files_come_where_they_are_said_to(slack, app, files_in):
    async with by_socket(app):
        said = await slack.mention(slack.GENERAL, slack.ASKER, "a", files=[slack.file("a.png", b"a")], files_in=files_in, first="message")  # fmt: skip
        assert [one.payload["event"]["type"] for one in said.deliveries] == ["message", "app_mention"]
        having = {kind for kind, body in app.heard if "files" in body["event"]}
        assert having == ({"app_mention", "message"} if files_in == "both" else {files_in} - {"none"})


async def test_the_app_is_told_of_its_own_messages(slack, app):
    """Bolt acknowledges them and keeps them from its listeners."""
    slack.echo = True
    async with by_socket(app):
        sent = await app.web.chat_postMessage(channel=slack.GENERAL, text="mine")
        await app.web.chat_update(channel=slack.GENERAL, ts=sent["ts"], text="changed")
        await slack.until(lambda: sum(one.acknowledged for one in slack.post.log) == 2)
        events = [one.payload["event"] for one in slack.post.log]
        assert [one.get("subtype") for one in events] == [None, "message_changed"]
        assert events[0]["bot_id"] == events[1]["message"]["bot_id"] == slack.local.bot_id


async def test_each_delivery_goes_to_one_of_the_sockets(slack, app):
    async with by_socket(app), by_socket(app):
        for n in range(4):
            await slack.say(slack.GENERAL, slack.ASKER, f"{n}")
        assert {one.attempts[0].way for one in slack.post.log} == {"socket 1", "socket 2"}
        assert len(app.heard) == 4


async def test_what_a_deaf_socket_never_heard_comes_again_by_another(slack, app):
    slack.post.ack_seconds = 0.2
    async with by_socket(app), by_socket(app):
        slack.sockets.open[0].deaf = True
        said = [await slack.say(slack.GENERAL, slack.ASKER, f"{n}") for n in range(2)]
        assert sorted(body["event"]["text"] for _, body in app.heard) == ["0", "1"]
        again = [one for one in said if len(one.deliveries[0].attempts) > 1]
        assert len(again) >= 1
        assert again[0].deliveries[0].attempts[0].why == "timeout"


async def test_a_dropped_or_refreshed_socket_is_opened_anew_and_nothing_is_lost(slack, app):
    async with by_socket(app):
        await slack.sockets.drop()
        await slack.say(slack.GENERAL, slack.ASKER, "after the drop")
        await slack.sockets.refresh()
        await slack.say(slack.GENERAL, slack.ASKER, "after the refresh")
        assert [body["event"]["text"] for _, body in app.heard] == ["after the drop", "after the refresh"]
        assert len(slack.calls("apps.connections.open")) == 3


async def test_a_redelivery_says_that_it_is_one(slack, app):
    async with by_http(app):
        said = await slack.say(slack.GENERAL, slack.ASKER, "hello")
        await slack.again(said.deliveries[0])
        assert [one.number for one in said.deliveries[0].attempts] == [0, 1]
        assert app.heard[0] == app.heard[1]


async def test_a_socket_address_works_once(slack, app):
    url = (await app.web.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as client:
        async with client.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await client.ws_connect(url)


async def test_uninstalling_tells_the_app_and_ends_its_token(slack, app):
    async with by_socket(app):
        told = await slack.uninstall()
        assert [one.acknowledged for one in told] == [True, True]
        assert app.kinds() == ["tokens_revoked", "app_uninstalled"]


async def test_many_mentions_a_second_are_brought(slack, app):
    async with by_socket(app):
        await asyncio.gather(*(slack.mention(slack.GENERAL, slack.ASKER, f"{n}") for n in range(50)))
        assert len(app.heard) == 100
