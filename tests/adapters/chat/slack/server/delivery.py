"""Bringing events, interactions and commands to the app, by socket or signed over HTTP, again where nobody acknowledged."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from tests.adapters.chat.slack.server import answers
from tests.adapters.chat.slack.server.sockets import Connection

if TYPE_CHECKING:
    from tests.adapters.chat.slack.server.slack import Slack

EVENT, INTERACTION, COMMAND = "events_api", "interactive", "slash_commands"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the app listens in HTTP mode."""

    events: str
    interactions: str
    commands: str


@dataclass(slots=True)
class Attempt:
    """One try. `seconds` is how long the acknowledgement took, None where there was none; `why` is the retry reason."""

    at: float
    number: int
    way: str
    seconds: float | None = None
    status: int = 0
    answer: Any = None
    why: str = ""


@dataclass(slots=True)
class Delivery:
    """Something on its way to the app. `answer` is what came with the acknowledgement: a modal's errors, a command's text."""

    kind: str
    payload: dict[str, Any]
    attempts: list[Attempt] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acknowledged(self) -> bool:
        return any(one.seconds is not None for one in self.attempts)

    @property
    def answer(self) -> Any:
        return next((one.answer for one in self.attempts if one.seconds is not None), None)

    @property
    def seconds(self) -> float | None:
        return next((one.seconds for one in self.attempts if one.seconds is not None), None)


class Post:
    """`retry_after` are the waits before the second, third and fourth try of an event; only events are tried again."""

    def __init__(self, slack: "Slack") -> None:
        self._slack = slack
        self.addresses: Addresses | None = None
        self.ack_seconds = 3.0
        self.retry_after: tuple[float, ...] = (0.05, 60.0, 300.0)
        self.patience_seconds = 10.0
        self.log: list[Delivery] = []
        self.session: aiohttp.ClientSession | None = None

    async def bring(self, delivery: Delivery) -> Delivery:
        """Tries until it is acknowledged or the tries are used up."""
        self.log.append(delivery)
        tries = (0.0, *self.retry_after) if delivery.kind == EVENT else (0.0,)
        why = ""
        for number, wait in enumerate(tries):
            await asyncio.sleep(wait)
            attempt = await self.once(delivery, number, why)
            if attempt.seconds is not None:
                break
            why = attempt.why
            if attempt.answer == "no-retry":
                break
        workspace = self._slack.workspaces.get(
            str(delivery.payload.get("team_id") or delivery.payload.get("team", {}).get("id"))
        )
        if delivery.acknowledged and delivery.kind != EVENT and workspace is not None:
            answers.take(self._slack, workspace, delivery.payload, delivery.answer)
        delivery.done.set()
        self._slack.changed()
        return delivery

    async def once(self, delivery: Delivery, number: int = 0, why: str = "") -> Attempt:
        """One try, recorded."""
        way = self._http if self.addresses else self._socket
        attempt = await way(delivery, number, why)
        delivery.attempts.append(attempt)
        self._slack.changed()
        return attempt

    async def _socket(self, delivery: Delivery, number: int, why: str) -> Attempt:
        sockets = self._slack.sockets
        attempt = Attempt(time.monotonic(), number, "socket", why="timeout")
        try:
            connection = await self._slack.until(sockets.next, seconds=self.patience_seconds)
        except AssertionError:
            attempt.why = "connection_failed"
            return attempt
        id = self._slack.numbers.id("envelope-")
        envelope = {"envelope_id": id, "type": delivery.kind, "payload": delivery.payload, "accepts_response_payload": delivery.kind != EVENT}  # fmt: skip
        if delivery.kind == EVENT:
            envelope |= {"retry_attempt": number, "retry_reason": why}
        coming = sockets.expect(id)
        attempt.at, attempt.way = time.monotonic(), f"socket {connection.number}"
        await connection.send(envelope)
        answer = await self._acknowledgement(coming, connection)
        if answer is None:
            return attempt
        attempt.seconds, attempt.status = time.monotonic() - attempt.at, 200
        attempt.answer, attempt.why = answer.get("payload"), ""
        return attempt

    async def _acknowledgement(self, coming: asyncio.Future[dict[str, Any]], connection: Connection) -> Any:
        """None where it does not come in time, or its connection goes first."""
        gone = asyncio.ensure_future(connection.gone.wait())
        try:
            await asyncio.wait({coming, gone}, timeout=self.ack_seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
        return coming.result() if coming.done() else None

    async def _http(self, delivery: Delivery, number: int, why: str) -> Attempt:
        assert self.addresses is not None
        url = {EVENT: self.addresses.events, INTERACTION: self.addresses.interactions, COMMAND: self.addresses.commands}
        return await self.send(url[delivery.kind], delivery, number=number, why=why)

    async def send(
        self, url: str, delivery: Delivery, *, number: int = 0, why: str = "", secret: str = "", skew: float = 0, sign: bool = True
    ) -> Attempt:  # fmt: skip
        """One signed request. `secret` signs with another secret, `skew` moves the timestamp, `sign=False` leaves the headers out."""
        kind, body = written(delivery)
        headers = {"Content-Type": kind, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        if sign:
            headers |= signature(secret or self._slack.signing_secret, body, skew)
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": why}
        attempt = Attempt(time.monotonic(), number, "http", why="connection_failed")
        assert self.session is not None
        try:
            async with self.session.post(url, data=body, headers=headers, timeout=aiohttp.ClientTimeout(total=self.ack_seconds), allow_redirects=False) as answer:  # fmt: skip
                attempt.status = answer.status
                attempt.answer = _answer(await answer.text())
                if 200 <= answer.status < 300:
                    attempt.seconds, attempt.why = time.monotonic() - attempt.at, ""
                else:
                    attempt.why = "http_error"
                    attempt.answer = "no-retry" if answer.headers.get("X-Slack-No-Retry") == "1" else attempt.answer
        except TimeoutError:
            attempt.why = "http_timeout"
        except aiohttp.ClientError:
            attempt.why = "connection_failed"
        return attempt


def written(delivery: Delivery) -> tuple[str, str]:
    """The content type and body of each kind."""
    if delivery.kind == EVENT:
        return "application/json", json.dumps(delivery.payload)
    form = delivery.payload if delivery.kind == COMMAND else {"payload": json.dumps(delivery.payload)}
    return "application/x-www-form-urlencoded", urlencode(form)


def signature(secret: str, body: str, skew: float = 0) -> dict[str, str]:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    at = str(int(time.time() + skew))
    digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}


def _answer(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return {"text": text}
