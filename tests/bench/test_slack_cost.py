"""What one event costs in processor time, beside a bare Bolt app with the same kinds of listeners."""

import json
import re
import time
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.slack.clients import Clients
from adapters.chat.slack.handlers import Handlers
from adapters.chat.slack.listen import application
from adapters.chat.slack.options import options
from bot.domain.chat import ChatEvent
from tests.adapters.chat.slack.hearing import database
from tests.adapters.chat.slack.server import payloads
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import opened
from tests.fakes import SetClock
from tests.stored import NOON

EVENTS, ROUNDS = 400, 5
MOST_TIMES = 2.0
ANYTHING = re.compile("")


def bare(slack: Slack, heard: list[str]) -> AsyncApp:
    """As Bolt is set up by its own documentation, with a listener of each kind that acknowledges."""
    client = AsyncWebClient(token=slack.local.token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)

    async def hear(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body["event_id"])
        await ack()

    for kind in (
        "app_mention",
        "message",
        "app_home_opened",
        "agent_session_stopped",
        "app_uninstalled",
        "tokens_revoked",
    ):
        app.event(kind)(hear)
    for register in (app.action, app.command, app.shortcut, app.view_submission, app.view_closed, app.options):
        register(ANYTHING)(hear)
    return app


class Ears:
    """Notes that something came; with `save`, in a real inbox."""

    def __init__(self, save: Any = None) -> None:
        self.heard, self._save = 0, save

    async def receive(self, event: ChatEvent) -> bool:
        self.heard += 1
        return await self._save(event, NOON) if self._save else True

    async def press(self, press: Any) -> None:
        raise AssertionError("presses are received and done later")


def bodies_of(slack: Slack, number: int) -> list[str]:
    """Mentions by the same person, each with a time of its own."""
    text = f"<@{slack.local.bot_user}> a red boat in the harbour, 8 seconds"
    found = []
    for one in range(EVENTS):
        message = payloads.said(slack.local, slack.ASKER, text, f"17{number:03d}{one:05d}.000100", {})
        event = payloads.mention_event(slack.local.channel(slack.GENERAL), message)
        found.append(
            json.dumps(
                payloads.callback(slack.app_id, slack.verification_token, slack.local, event, slack.numbers.id("Ev"))
            )
        )
    return found


async def cost(app: AsyncApp, bodies: list[str]) -> float:
    """Milliseconds of processor time for each."""
    began = time.process_time()
    for body in bodies:
        answer = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=json.loads(body)))
        assert answer.status == 200
    return (time.process_time() - began) * 1000 / len(bodies)


async def test_an_event_costs_at_most_twice_what_bolt_alone_takes(tmp_path):
    """The better of several rounds each, in turns. What saving costs beside it is printed, not compared: Bolt saves nothing."""
    async with Slack().serving() as slack, opened(database(tmp_path)) as storage:
        given = options(slack.settings)
        clients = Clients(given, storage.notes)
        await clients.check()
        heard: list[str] = []
        ears, saving = Ears(), Ears(storage.inbox.receive)
        apps = {
            "bare Bolt": bare(slack, heard),
            "ours": application(Handlers(ears, clients, storage, SetClock()), clients),
            "ours, saved": application(Handlers(saving, clients, storage, SetClock()), clients),
        }
        best = dict.fromkeys(apps, float("inf"))
        for number in range(ROUNDS):
            bodies = bodies_of(slack, number)
            for name, app in apps.items():
                best[name] = min(best[name], await cost(app, bodies))
        await clients.aclose()
    print("\n" + ", ".join(f"{name} {ms:.3f} ms" for name, ms in best.items()) + " of processor time an event")
    assert len(heard) == ears.heard == saving.heard == ROUNDS * EVENTS
    assert best["ours"] < MOST_TIMES * best["bare Bolt"]
