"""Cards and messages as they change, as server-sent events."""

import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from adapters.chat.web.cursor import Seen, seen
from adapters.chat.web.desk import Desk, visitor
from adapters.chat.web.events import conversation
from adapters.chat.web.people import OPERATOR, Visitor
from adapters.chat.web.refusal import Refusal
from bot.domain.chat import Conversation

LOOK_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
MESSAGES_SECONDS = 3.0  # how long what was written elsewhere may wait where no card answers it sooner
MOST_STREAMS = 24
RETRY_MS = 1000
Body = tuple[str, dict[str, Any]]
"""An event's kind and what it tells."""


async def events(request: Request) -> Response:
    """Resumes after the `Last-Event-ID` header, or the `after` parameter: the cursor of an earlier answer."""
    desk: Desk = request.app.state.desk
    who = visitor(request)
    where = conversation(request.path_params["id"], who.person)
    client = _client(request, who)
    if desk.streams[client] >= MOST_STREAMS:
        raise Refusal(429, f"There are {MOST_STREAMS} tabs listening from here already. Close some.", 5)
    after = request.headers.get("last-event-id", "") or request.query_params.get("after", "")
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(
        _counted(desk, client, _stream(desk, who, where, after)), media_type="text/event-stream", headers=headers
    )


def _client(request: Request, who: Visitor) -> str:
    """Whose streams are counted together: a person's who is known by name, however often they log in; else a login's, or an address's.

    Behind a proxy everybody has one address.
    """
    if who.person.id != OPERATOR.id:
        return who.person.id
    return who.session or (request.client.host if request.client else "")


async def _counted(desk: Desk, client: str, stream: AsyncIterator[str]) -> AsyncIterator[str]:
    desk.streams[client] += 1
    try:
        async for event in stream:
            yield event
    finally:
        desk.streams[client] -= 1
        if not desk.streams[client]:
            del desk.streams[client]


async def _stream(desk: Desk, who: Visitor, where: Conversation, after: str) -> AsyncIterator[str]:
    """Ends with the login that it was opened with, and tells nothing more once somebody logged out of it."""
    yield f"retry: {RETRY_MS}\n\n"
    known = await _seen(desk, where, after)
    message, told, read = True, time.monotonic(), 0.0
    with desk.pulse.listen(where.channel) as listener:
        while not desk.pulse.closed and desk.clock.now().timestamp() < who.until:
            revisions = await desk.storage.cards.revisions(where)
            bodies: list[Body] = []
            if message or revisions.keys() - known.cards.keys() or time.monotonic() - read > MESSAGES_SECONDS:
                read = time.monotonic()
                bodies = [("message", one) for one in await desk.messages(where, known.messages)]
            cards = await _changed(desk, known, revisions)
            bodies += [("card", card) for card in cards]
            known = _after(known, len(bodies) - len(cards), revisions, cards)
            if bodies and await desk.left.has(who):
                return
            for place, (kind, body) in enumerate(bodies, 1):
                yield _event(kind, body, known.token() if place == len(bodies) else "")
            if not bodies and time.monotonic() - told > HEARTBEAT_SECONDS:
                yield ": here\n\n"
                told = time.monotonic()
            message = await listener.wait(LOOK_SECONDS)


async def _seen(desk: Desk, where: Conversation, after: str) -> Seen:
    """What a listener has, by its cursor; nothing where the cursor counts messages that are not there."""
    known = seen(after, await desk.storage.cards.revisions(where))
    if known.messages and not await desk.messages(where, known.messages - 1):
        return Seen()
    return known


async def _changed(desk: Desk, known: Seen, revisions: Mapping[str, int]) -> list[dict[str, Any]]:
    newer = {id: one for id, one in revisions.items() if one > known.cards.get(id, 0)}
    cards = [await desk.card(id, revision) for id, revision in newer.items()]
    return [card for card in cards if card is not None]


def _after(known: Seen, messages: int, revisions: Mapping[str, int], cards: Iterable[Mapping[str, Any]]) -> Seen:
    """What is known once these many messages and these cards are told."""
    shown = {card["id"]: card["revision"] for card in cards}
    before = {id: known.cards.get(id, 0) for id in revisions}
    return Seen(known.messages + messages, before | shown)


def _event(kind: str, body: dict[str, Any], id: str) -> str:
    """Only the last event of a burst has an id: a burst that is cut off is told again from its beginning."""
    named = f"id: {id}\n" if id else ""
    return f"event: {kind}\n{named}data: {json.dumps(body, ensure_ascii=False)}\n\n"
