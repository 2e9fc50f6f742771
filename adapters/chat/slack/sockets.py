"""Socket Mode: a few connections that the bot opens, each replaced when it ends, is asked to end or falls silent."""

import asyncio
import json
import random
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.chat.slack.clients import LOST, Clients, SlackRefused
from adapters.chat.slack.options import Options
from bot.domain.errors import Later, UserError

log = structlog.get_logger()

HELLO_SECONDS = 15.0
PING_SECONDS = 10.0
GOOD_SECONDS = 30.0  # one that ends sooner counts as a failure: Slack may greet and send away at once
DEAF_SECONDS = 30.0
LEAVING_SECONDS = 30.0
CLOSE_SECONDS = 2.0
LARGEST_MESSAGE = 16 * 1024 * 1024
FINISH_SECONDS = 5.0
SAVED = 200
FIRST_REST, LONGEST_REST = 0.5, 60.0
_ENDS = frozenset(
    {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
)
REFUSED = {
    **dict.fromkeys(LOST, "make a new one on the app's page “Basic Information”"),
    "not_allowed_token_type": "make one on the app's page “Basic Information”, under “App-Level Tokens”",
    "missing_scope": "give it the scope connections:write",
    "no_permission": "give it the scope connections:write",
    "forbidden": "switch Socket Mode on on the app's page",
    "socket_mode_not_enabled": "switch Socket Mode on on the app's page",
}


class Patience:
    """How long to wait before the next try: longer each time, until it goes well again."""

    def __init__(self) -> None:
        self._failures = 0

    def well(self) -> None:
        self._failures = 0

    async def rest(self, error: Exception | None = None) -> None:
        if isinstance(error, Later):
            await asyncio.sleep(min(error.seconds, LONGEST_REST))
            return
        most = min(LONGEST_REST, FIRST_REST * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        await asyncio.sleep(most * random.uniform(0.5, 1.0))  # noqa: S311 - spreads replicas out, guards nothing


class Sockets:
    """`silent_seconds` bounds how long a connection may say nothing at all, not even answer a ping."""

    def __init__(self, app: AsyncApp, clients: Clients, options: Options, silent_seconds: float = DEAF_SECONDS) -> None:
        self._app, self._clients, self._options = app, clients, options
        self._silent_seconds = silent_seconds
        self._leaving: set[asyncio.Task[None]] = set()

    async def check(self) -> None:
        """Whether Slack gives out a connection. Raises UserError where the app's token is refused."""
        try:
            await self._address()
        except SlackRefused as refused:
            mend = REFUSED.get(refused.code)
            if mend is None:
                raise ConnectionError(f"Slack answers {refused.code}") from refused
            raise UserError(f"Slack refuses SLACK_APP_TOKEN: {refused.code}. To be connected, {mend}.") from refused

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as lines:
                for number in range(self._options.sockets):
                    lines.create_task(self._line(number))
        finally:
            for task in tuple(self._leaving):
                task.cancel()
            await asyncio.gather(*self._leaving, return_exceptions=True)

    async def _line(self, number: int) -> None:
        """One connection after another, for good."""
        patience = Patience()
        while True:
            error: Exception | None = None
            began = asyncio.get_running_loop().time()
            try:
                await self._hold(number)
            except (aiohttp.ClientError, OSError, TimeoutError, Later, SlackRefused) as away:
                error = away
                code = away.code if isinstance(away, SlackRefused) else type(away).__name__
                log.warning("A connection to Slack failed", action="slack.socket", number=number, code=code)
            except Exception as broken:
                error = broken
                log.exception("A connection to Slack broke", action="slack.socket", number=number)
            if asyncio.get_running_loop().time() - began > GOOD_SECONDS:
                patience.well()
            await patience.rest(error)

    async def _hold(self, number: int) -> None:
        """Holds one connection until it ends; one that Slack asks to replace is read to its end beside its successor."""
        socket = Socket(self._app, self._silent_seconds)
        async with asyncio.timeout(HELLO_SECONDS):
            await socket.open(self._clients.session, await self._address())
        log.info("Connected to Slack", action="slack.connected", number=number)
        reading = asyncio.create_task(socket.read())
        parting = asyncio.create_task(socket.asked_to_leave.wait())
        try:
            await asyncio.wait([reading, parting], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            raise
        finally:
            parting.cancel()
        if reading.done():
            reading.result()
            return
        self._leaving.add(reading)
        reading.add_done_callback(self._left)

    def _left(self, reading: asyncio.Task[None]) -> None:
        self._leaving.discard(reading)
        if not reading.cancelled():
            reading.exception()  # it was about to end anyway

    async def _address(self) -> str:
        """A new address: each is good for one connection. Used as it is returned, wherever it leads."""
        client = self._clients.client()
        try:
            answer = await client.apps_connections_open(app_token=self._options.app_token)
        except SlackApiError as error:
            raise self._clients.meaning(error) from error
        except aiohttp.ClientError as error:
            raise ConnectionError("Slack cannot be reached") from error
        return str(answer["url"])


class Socket:
    """One connection. An envelope is acknowledged once it is saved, over the connection that brought it."""

    def __init__(self, app: AsyncApp, silent_seconds: float) -> None:
        self._app = app
        self._silent_seconds = silent_seconds
        self._doing: set[asyncio.Task[None]] = set()
        self._ws: aiohttp.ClientWebSocketResponse
        self._until = float("inf")
        self.asked_to_leave = asyncio.Event()

    async def open(self, session: aiohttp.ClientSession, address: str) -> None:
        """Until Slack says hello."""
        closing = aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS)  # pyright: ignore[reportCallIssue] - an attrs class
        self._ws = await session.ws_connect(address, autoping=False, timeout=closing, max_msg_size=LARGEST_MESSAGE)
        try:
            await self._greeted()
        except BaseException:
            await self._ws.close()
            raise

    async def _greeted(self) -> None:
        while (said := await self._ws.receive()).type is not aiohttp.WSMsgType.TEXT:
            if said.type in _ENDS:
                raise ConnectionError("Slack closes the connection at once")
            if said.type is aiohttp.WSMsgType.PING:
                await self._ws.pong(said.data)
        self._take(said.data)

    async def read(self) -> None:
        """Until the connection ends, or says nothing at all for too long. What it brought is finished first."""
        pinging = asyncio.create_task(self._ping())
        try:
            while await self._next():
                pass
        except TimeoutError:
            log.warning("A connection to Slack went silent and is replaced", action="slack.deaf")
        finally:
            pinging.cancel()
            await asyncio.gather(pinging, return_exceptions=True)
            if self._doing:
                await asyncio.wait(self._doing, timeout=FINISH_SECONDS)
            await self._ws.close()

    async def _next(self) -> bool:
        patience = min(self._silent_seconds, self._until - asyncio.get_running_loop().time())
        if patience <= 0:
            return False
        said = await self._ws.receive(timeout=patience)
        if said.type is aiohttp.WSMsgType.TEXT:
            self._take(said.data)
        elif said.type is aiohttp.WSMsgType.PING:
            await self._ws.pong(said.data)
        return said.type not in _ENDS

    async def _ping(self) -> None:
        """A pong shows that the other end is there, also while nobody writes."""
        while True:
            await asyncio.sleep(min(PING_SECONDS, self._silent_seconds / 3))
            await self._ws.ping()

    def _take(self, text: str) -> None:
        message = json.loads(text)
        kind = message.get("type")
        if kind == "disconnect":
            log.info("Slack asks for a new connection", action="slack.refresh", reason=message.get("reason"))
            self._until = asyncio.get_running_loop().time() + LEAVING_SECONDS
            self.asked_to_leave.set()
            return
        request = SocketModeRequest.from_dict(message)
        if request is None:
            if kind != "hello":
                log.warning("Slack sent something unexpected", action="slack.strange", kind=kind)
            return
        task = asyncio.create_task(self._do(request))
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _do(self, request: SocketModeRequest) -> None:
        try:
            answer = await run_async_bolt_app(self._app, request)
        except Exception:
            log.exception("An envelope could not be opened", action="slack.strange", kind=request.type)
            return
        if answer.status != SAVED:
            return  # Slack sends it again
        acknowledged: dict[str, Any] = {"envelope_id": request.envelope_id}
        if answer.body:
            acknowledged["payload"] = json.loads(answer.body)
        try:
            await self._ws.send_str(json.dumps(acknowledged))
        except (ConnectionError, aiohttp.ClientError):
            log.info("An event was saved, and its connection is gone: Slack sends it again", action="slack.unheard")
