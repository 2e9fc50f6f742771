"""The page's interface for messages, cards and clips."""

import json
import re
from pathlib import Path

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.chat.web.cards import answered, clip_json
from adapters.chat.web.cursor import Seen
from adapters.chat.web.desk import Desk
from adapters.chat.web.events import PERSON, PLATFORM, conversation, message, message_id, press
from adapters.chat.web.forms import read_form, read_small
from adapters.chat.web.refusal import Refusal
from bot.domain.chat import Message
from bot.domain.drive import Wanted
from bot.domain.errors import NotAllowed, Stale, UserError

log = structlog.get_logger()
MOST_ACTION_BYTES = 128 * 1024
MOST_CLIPS = 200
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
    options = desk.options
    form = await read_form(
        request,
        request.headers.get("content-type", ""),
        _length(request),
        into=folder,
        max_bytes=options.max_upload_bytes,
        max_files=options.max_attachments,
    )
    retry_key = request.headers.get("idempotency-key", "")
    message(form.fields, (), retry_key)  # refused before anything is kept
    attachments = await desk.spool.keep(folder, form.files, desk.clock.now())
    said = message(form.fields, attachments, retry_key)
    return said, await desk.ears.receive(said)


def _length(request: Request) -> int | None:
    given = request.headers.get("content-length", "")
    return int(given) if len(given) <= MOST_LENGTH_DIGITS and given.isascii() and given.isdigit() else None


async def show_conversation(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    where = conversation(request.path_params["id"])
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
    try:
        payload = json.loads(await read_small(request, MOST_ACTION_BYTES))
    except (ValueError, RecursionError) as error:
        raise Refusal(400, 'The body of an action is JSON such as {"action": "confirm"}, and this is not.') from error
    id = request.path_params["id"]
    posting = await desk.storage.cards.get(id) if _CARD.fullmatch(id) else None
    if posting is None or posting.conversation.platform != PLATFORM:
        raise Refusal(404, f"There is no card {id[:40]!r} here.")
    pressed = press(payload, posting.conversation, posting.job or "", request.headers.get("idempotency-key", ""))
    try:
        if not pressed.job:
            raise Refusal(409, "There is nothing to press on this card.")
        await desk.ears.press(pressed)
    except NotAllowed:
        raise
    except UserError as error:
        raise Refusal(409, error.say) from error
    except Stale as error:
        raise Refusal(409, "This card was changed by someone else a moment ago. Look at it again.") from error
    desk.pulse.beat(posting.conversation.channel)
    return JSONResponse({"ok": True, "card": await desk.card(id)})


async def list_clips(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    given = request.query_params.get("limit", "60")
    if not (given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= MOST_CLIPS):
        raise Refusal(400, f"The limit goes from 1 to {MOST_CLIPS}, and this one is {given[:20]!r}.")
    found = await desk.storage.clips.find(Wanted(viewer=PERSON, now=desk.clock.now()), limit=int(given))
    return JSONResponse({"clips": [clip_json(clip, desk.link) for clip in found.clips]})
