"""A small, strict Slack on loopback, for tests and for processes with SLACK_API_URL.

    async with Slack().serving() as slack:             # one workspace T0LOCAL01 with channel C0GENERAL
        create(settings=slack.settings)                # Socket Mode; slack.http_settings for HTTP, slack.environment() for a process
        slack.listen_at(events, interactions, commands)  # HTTP mode: from now on everything is brought there, signed
        said = await slack.mention("C0GENERAL", slack.ASKER, "a red boat", files=[slack.file("a.png", png)])
        card = await slack.card("C0GENERAL", thread=said.thread)          # the app's newest message there, once it is there
        await slack.press(card, "Confirm", slack.ASKER)
        assert slack.violations == []

The pieces
  world      `slack.local` (a Workspace), `add_workspace(id, name)`, `add_user(ws, id, name, admin=)`, `add_channel(ws, id, name, members=, private=)`;
             `ws.channels[id].messages[ts]` are Posted (`message text blocks thread edits versions[].at/.message deleted`),
             `ws.channels[id].ephemerals`, `ws.files[id]` (StoredFile: `size sha256 head shares`), `ws.homes[user].view`, `ws.published`,
             `ws.opened` (every View ever opened or changed), `ws.views` (open now), `ws.sessions`, `ws.scopes`, `ws.token`, `slack.replies[...]`.
  people     mention, say, edit, command, shortcut, press, submit, close, open_home, stop_session, uninstall, dm, file, grant, again (a redelivery of
             a Delivery). They give Said (`channel ts thread deliveries`) or Delivery (`payload attempts acknowledged seconds answer done`).
             All wait for the acknowledgement unless `wait=False`.
  looking    `until(lambda: …, seconds=)`, `card(channel, thread=, having=)`, `posts(channel, thread=)`, `calls(method, team)` (Call: `at args
             answer error status team`), `busiest_minute(method, team)`, `violations`, `forgive()`, `turned_away` (downloads sent to the sign-in page).
  awkward    `limit(method, retry_after=, times=)`, `break_down(method, status=, times=)`, `refuse(method, error, times=)`, `lose(method)`, `cut(method)`,
             `slow(method, seconds)`, `hold(method)` -> Hold (`arrived`, `release()`), `clear()`, `latency_seconds`, `per_minute[method] = 50`; the method
             names "upload" and "download" are the two file addresses, "*" is every call.
             `process_files_after` seconds, None waits for `processing_allowed.set()` or `process(ws, file)`. `max_file_bytes`, `agent`, `echo` (the app's own messages come back as events), `subscribed`, `rotating`, `rotate(ws)`.
  sockets    `slack.sockets.open` (Connection: `deaf`, `pings`), `.refresh()`, `.drop()`, `.ping()`, `slack.connected(n)`.
  delivery   `slack.post.ack_seconds`, `.retry_after`, `.log` (every Delivery); `deliver(url, delivery, secret=, skew=, sign=)` and `verify_url(url)`.

Whatever the app sends is checked by tests/adapters/chat/slack/validator.py; a violation is answered as Slack does and kept in `violations`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.adapters.chat.slack.server import api, replies, transfers
from tests.adapters.chat.slack.server.delivery import EVENT, Addresses, Attempt, Delivery, Post
from tests.adapters.chat.slack.server.people import People
from tests.adapters.chat.slack.server.world import Posted, Workspace

LARGEST_REQUEST = 2 * 1024 * 1024


class Slack(People):
    TEAM, GENERAL = "T0LOCAL01", "C0GENERAL"
    ASKER, OTHER, ADMIN = "U0ASKER01", "U0OTHER01", "U0ADMIN01"

    def __init__(self, team: str = TEAM, channel: str = GENERAL) -> None:
        super().__init__()
        self.post = Post(self)
        self.turned_away: list[str] = []
        local = self.furnish(team, channel)
        assert local is self.local

    def furnish(self, team: str, channel: str) -> Workspace:
        """A workspace with three people, one of them an admin, and a channel they are all in."""
        workspace = self.add_workspace(team)
        self.add_user(workspace, self.ASKER, "Asker")
        self.add_user(workspace, self.OTHER, "Other")
        self.add_user(workspace, self.ADMIN, "Admin", admin=True)
        self.add_channel(workspace, channel, "general")
        return workspace

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def settings(self) -> dict[str, str]:
        """Of the adapter in Socket Mode."""
        return {"bot_token": self.local.token, "app_token": self.app_token, "api_url": self.api_url}

    @property
    def http_settings(self) -> dict[str, str]:
        """Of the adapter in HTTP mode."""
        return {"bot_token": self.local.token, "signing_secret": self.signing_secret, "api_url": self.api_url}

    @property
    def install_settings(self) -> dict[str, str]:
        """Of the adapter in HTTP mode for any number of workspaces."""
        return {"client_id": self.client_id, "client_secret": self.client_secret, "signing_secret": self.signing_secret, "api_url": self.api_url}  # fmt: skip

    def environment(self, settings: dict[str, str] | None = None) -> dict[str, str]:
        """The same settings as a process reads them."""
        return {f"SLACK_{name.upper()}": value for name, value in (settings or self.settings).items()}

    def listen_at(self, events: str, interactions: str = "", commands: str = "") -> None:
        """HTTP mode; one address for all where only one is given."""
        self.post.addresses = Addresses(events, interactions or events, commands or events)

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[Self]:
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        found: Any = runner.addresses[0]
        self.url = f"http://127.0.0.1:{found[1]}"
        try:
            async with aiohttp.ClientSession() as self.post.session:
                yield self
        finally:
            for task in list(self.tasks):
                task.cancel()
            await self.sockets.close()
            await runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_route("*", "/api/{method}", self._with(api.handle))
        app.router.add_post("/upload/v1/{team}/{file}", self._with(transfers.upload))
        app.router.add_get("/files-pri/{key}/{name:.*}", self._with(transfers.download))
        app.router.add_get("/", transfers.sign_in)
        app.router.add_get("/link/", self.sockets.handle)
        app.router.add_post("/actions/{team}/{id}", self._with(replies.handle))
        app.router.add_get("/oauth/v2/authorize", self._with(replies.authorize))
        return app

    def _with(self, handle: Callable[["Slack", web.Request], Awaitable[web.StreamResponse]]) -> Any:
        async def handler(request: web.Request) -> web.StreamResponse:
            return await handle(self, request)

        return handler

    async def connected(self, many: int = 1) -> None:
        """Waits until the app has that many sockets."""
        await self.until(lambda: len([one for one in self.sockets.open if not one.leaving]) >= many)

    def posts(self, channel: str, *, thread: str = "", workspace: Workspace | None = None) -> list[Posted]:
        """The app's messages that stand in a channel, or in one thread of it."""
        team = workspace or self.local
        place = team.channel(channel)
        found = place.thread(thread) if thread else place.live()
        return [one for one in found if one.message.get("bot_id") == team.bot_id]

    async def card(self, channel: str, *, thread: str = "", having: str | Callable[[Posted], Any] = "", workspace: Workspace | None = None, seconds: float = 10.0) -> Posted:  # fmt: skip
        """The app's newest message that has these words in text or blocks, or for which `having` is true, once there is one."""
        fits = having if callable(having) else lambda one: having in f"{one.text} {one.blocks}"

        def newest() -> Posted | None:
            return next((one for one in reversed(self.posts(channel, thread=thread, workspace=workspace)) if fits(one)), None)  # fmt: skip

        return await self.until(newest, seconds=seconds)

    async def deliver(self, url: str, delivery: Delivery, **how: Any) -> Attempt:
        """One signed request to any address; `secret`, `skew` and `sign` make a bad one."""
        attempt = await self.post.send(url, delivery, **how)
        delivery.attempts.append(attempt)
        return attempt

    async def verify_url(self, url: str) -> bool:
        """What Slack does when a request address is entered."""
        delivery = Delivery(EVENT, {"token": self.verification_token, "challenge": "3eZbrw1aB10FEMAGAZd4FyFQ", "type": "url_verification"})  # fmt: skip
        attempt = await self.deliver(url, delivery)
        answer = attempt.answer
        return attempt.seconds is not None and "3eZbrw1aB10FEMAGAZd4FyFQ" in str(answer)
