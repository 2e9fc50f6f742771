"""Cards and messages as they change, as server-sent events."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from adapters.chat.web.cursor import Seen, seen
from adapters.chat.web.desk import Desk
from adapters.chat.web.events import conversation
from adapters.chat.web.refusal import Refusal
from bot.domain.chat import Conversation

LOOK_SECONDS = 1.0
HEARTBEAT_LOOKS = 15
MOST_STREAMS = 24
RETRY_MS = 1000


async def events(request: Request) -> Response:
    """Resumes after the `Last-Event-ID` header, or the `after` parameter: the cursor of an earlier answer."""
    desk: Desk = request.app.state.desk
    where = conversation(request.path_params["id"])
    client = request.client.host if request.client else ""
    if desk.streams[client] >= MOST_STREAMS:
        raise Refusal(429, f"There are {MOST_STREAMS} tabs listening from here already. Close some.", 5)
    after = request.headers.get("last-event-id", "") or request.query_params.get("after", "")
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_counted(desk, client, where, after), media_type="text/event-stream", headers=headers)


async def _counted(desk: Desk, client: str, where: Conversation, after: str) -> AsyncIterator[str]:
    desk.streams[client] += 1
    try:
        async for event in _stream(desk, where, after):
            yield event
    finally:
        desk.streams[client] -= 1
        if not desk.streams[client]:
            del desk.streams[client]


async def _stream(desk: Desk, where: Conversation, after: str) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    known = seen(after, await desk.storage.cards.revisions(where))
    looks, beaten = 0, True
    with desk.pulse.listen(where.channel) as listener:
        while not desk.pulse.closed:
            revisions = await desk.storage.cards.revisions(where)
            changed = {id: one for id, one in revisions.items() if one > known.cards.get(id, 0)}
            if changed or beaten:
                bodies, known = await _changes(desk, where, known, revisions, changed)
                for place, (kind, body) in enumerate(bodies, 1):
                    yield _event(kind, body, known.token() if place == len(bodies) else "")
            elif looks % HEARTBEAT_LOOKS == 0:
                yield ": here\n\n"
            looks += 1
            beaten = await listener.wait(LOOK_SECONDS)


async def _changes(
    desk: Desk, where: Conversation, known: Seen, revisions: Mapping[str, int], changed: Mapping[str, int]
) -> tuple[list[tuple[str, dict[str, Any]]], Seen]:
    """What is new, and what is known after it."""
    messages = await desk.messages(where)
    bodies: list[tuple[str, dict[str, Any]]] = [("message", one) for one in messages[known.messages :]]
    cards = dict.fromkeys(revisions, 0) | {id: one for id, one in known.cards.items() if id in revisions}
    for id in changed:
        card = await desk.card(id)
        if card is not None:
            bodies.append(("card", card))
            cards[id] = card["revision"]
    return bodies, Seen(len(messages), cards)


def _event(kind: str, body: dict[str, Any], id: str) -> str:
    """Only the last event of a burst has an id: a burst that is cut off is told again from its beginning."""
    named = f"id: {id}\n" if id else ""
    return f"event: {kind}\n{named}data: {json.dumps(body, ensure_ascii=False)}\n\n"
