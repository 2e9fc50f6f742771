"""The page's interface for messages and cards."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.chat.web.cards import answered
from adapters.chat.web.cursor import Seen
from adapters.chat.web.desk import Desk, visitor
from adapters.chat.web.events import conversation, message, message_id, press
from adapters.chat.web.forms import read_form, read_small
from adapters.chat.web.people import PLATFORM, owns
from adapters.chat.web.refusal import Refusal
from bot.domain.card import Posting
from bot.domain.chat import Message, Person
from bot.domain.errors import NotAllowed, Stale, UserError

log = structlog.get_logger()
MOST_ACTION_BYTES = 128 * 1024
MOST_LENGTH_DIGITS = 18
_CARD = re.compile(r"[\x21-\x7e]{1,200}")


async def send_message(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    folder = desk.spool.new()
    try:
        said, fresh = await _receive(request, desk, folder)
    except BaseException:
        await desk.spool.discard(folder)
        await desk.spool.forget(folder.name)
        raise
    if not fresh:
        await desk.spool.forget(folder.name)
    desk.pulse.beat(said.conversation.channel, message=True)
    log.info("A message came in", action="web.message", key=said.key, files=len(said.attachments), fresh=fresh)
    return JSONResponse({"conversation": said.conversation.channel, "message": message_id(said.key)}, 202)


async def _receive(request: Request, desk: Desk, folder: Path) -> tuple[Message, bool]:
    options, author = desk.options, visitor(request).person
    form = await read_form(
        request,
        request.headers.get("content-type", ""),
        _length(request),
        into=folder,
        max_bytes=options.max_upload_bytes,
        max_files=options.max_attachments,
    )
    retry_key = request.headers.get("idempotency-key", "")
    message(form.fields, (), author, retry_key)  # refused before anything is kept
    attachments = await desk.spool.keep(folder, form.files, desk.clock.now())
    said = message(form.fields, attachments, author, retry_key)
    return said, await desk.ears.receive(said)


def _length(request: Request) -> int | None:
    given = request.headers.get("content-length", "")
    return int(given) if len(given) <= MOST_LENGTH_DIGITS and given.isascii() and given.isdigit() else None


async def show_conversation(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    where = conversation(request.path_params["id"], visitor(request).person)
    messages = await desk.messages(where)
    ids = await desk.storage.cards.revisions(where)
    cards = [card for card in [await desk.card(id, revision) for id, revision in ids.items()] if card is not None]
    shown = {card["id"]: card["revision"] for card in cards}
    cursor = Seen(len(messages), {id: shown.get(id, 0) for id in ids}).token()
    return JSONResponse(
        {"conversation": where.channel, "cards": answered(cards, messages), "messages": messages, "cursor": cursor}
    )


async def press_button(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    payload = await read_action(request)
    presser = visitor(request).person
    posting = await _posting(desk, request.path_params["id"], presser)
    job = posting.job or _own(posting)
    pressed = press(payload, posting.conversation, job, presser, request.headers.get("idempotency-key", ""))
    if not job:
        raise Refusal(409, "There is nothing to press on this card.")
    with pressing():
        await desk.ears.press(pressed)
    desk.pulse.beat(posting.conversation.channel)
    return JSONResponse({"ok": True, "card": await desk.card(posting.id)})


async def _posting(desk: Desk, id: str, person: Person) -> Posting:
    """Raises Refusal, in the same words for a card that never was and for one in a conversation of somebody else."""
    posting = await desk.storage.cards.get(id) if _CARD.fullmatch(id) else None
    if posting is None or posting.conversation.platform != PLATFORM or not owns(person, posting.conversation.channel):
        raise Refusal(404, f"There is no card {id[:40]!r} here.")
    return posting


def _own(posting: Posting) -> str:
    """What a card of no job that has buttons calls itself."""
    return posting.card.job or posting.id if posting.card and posting.card.buttons else ""


async def read_action(request: Request) -> Any:
    try:
        return json.loads(await read_small(request, MOST_ACTION_BYTES))
    except (ValueError, RecursionError) as error:
        raise Refusal(400, 'The body of an action is JSON such as {"action": "confirm"}, and this is not.') from error


@contextmanager
def pressing() -> Iterator[None]:
    """A press that does not apply is told with 409, one that is not this person's to make with 403."""
    try:
        yield
    except NotAllowed:
        raise
    except UserError as error:
        raise Refusal(409, error.say) from error
    except Stale as error:
        raise Refusal(409, "This card was changed by someone else a moment ago. Look at it again.") from error
