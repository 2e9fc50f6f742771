"""The page's interface for films: finding them, and pressing the buttons of one."""

import hashlib
import re
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.chat.web.api import pressing, read_action
from adapters.chat.web.cards import button_json, clip_json
from adapters.chat.web.desk import Desk, visitor
from adapters.chat.web.events import any_conversation, conversation, press
from adapters.chat.web.people import PLATFORM, WORKSPACE, own
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.search import search
from bot.domain.card import Action, Button
from bot.domain.chat import Conversation, Person, Press
from bot.domain.drive import Clip
from bot.domain.errors import UserError
from bot.domain.job import card_id

log = structlog.get_logger()
_CLIP = re.compile(r"[A-Za-z0-9_-]{1,40}")


async def list_clips(request: Request) -> Response:
    """`total` counts up to MOST_COUNTED; `more` says whether there are others after these."""
    desk: Desk = request.app.state.desk
    asked = search(request.query_params, visitor(request).person, desk.clock.now())
    found = await desk.storage.clips.find(asked.wanted, skip=asked.skip, limit=asked.limit + 1)
    clips = [clip_json(clip, desk.link) for clip in found.clips[: asked.limit]]
    return JSONResponse({"clips": clips, "total": found.total, "more": len(found.clips) > asked.limit})


async def show_clip(request: Request) -> Response:
    """A film with all that can be done with it, as its own card has it."""
    desk: Desk = request.app.state.desk
    viewer = visitor(request).person
    clip = await _seen(request, desk)
    buttons = await _buttons(desk, clip, viewer)
    stills = await desk.stills(buttons, viewer)
    told = [button_json(button, desk.link, stills) for button in buttons if button.action != Action.film]
    return JSONResponse({"clip": clip_json(clip, desk.link), "buttons": told})


async def press_film(request: Request) -> Response:
    """A button of a film, pressed in the `conversation` that the page is in, or a new one: what comes of it appears there.

    `clip` is the film as it is now, None once it is gone.
    """
    desk: Desk = request.app.state.desk
    presser = visitor(request).person
    clip = await _seen(request, desk)
    payload = await read_action(request)
    where = _where(payload, presser)
    about = payload | {"item": clip.id} if isinstance(payload, dict) else payload
    pressed = press(about, where, clip.job, presser, request.headers.get("idempotency-key", ""))
    with pressing():
        await desk.ears.press(pressed)
    desk.pulse.beat(where.channel)
    after = await _now(desk, clip.id, presser)
    told = clip_json(after, desk.link) if after else None
    return JSONResponse({"ok": True, "conversation": where.channel, "clip": told})


def _where(payload: Any, person: Person) -> Conversation:
    given = payload.get("conversation") if isinstance(payload, dict) else None
    if not given:
        return any_conversation(person)
    return conversation(given if isinstance(given, str) else str(given), person)


async def _seen(request: Request, desk: Desk) -> Clip:
    id = request.path_params["id"]
    clip = await _now(desk, id, visitor(request).person) if _CLIP.fullmatch(id) else None
    if clip is None:
        raise Refusal(404, f"There is no film {id[:40]!r} here any more.")
    return clip


async def _now(desk: Desk, id: str, viewer: Person) -> Clip | None:
    clip = await desk.storage.clips.get(id)
    return clip if clip is not None and clip.seen_by(viewer, "", desk.clock.now()) else None


async def _buttons(desk: Desk, clip: Clip, viewer: Person) -> tuple[Button, ...]:
    """Those of the film's own card, which is asked for in a conversation of the viewer's that no page shows.

    Asked for once, as long as neither the film nor the models to choose from change. Where the bot has no such card, those of the job's
    card that are about this film, for whoever it belongs to.
    """
    offered = hashlib.sha256(repr(desk.models()).encode()).hexdigest()[:8]
    where = Conversation(PLATFORM, WORKSPACE, own(viewer, f"film-{clip.id}-{clip.version}-{offered}"))
    if not await desk.storage.cards.revisions(where):
        try:
            key = f"{PLATFORM}:{where.channel}"
            await desk.ears.press(Press(key, where, viewer, Action.film, clip.job, item=clip.id))
        except UserError as error:
            log.info("A film has no card of its own", action="web.film", clip=clip.id, error=type(error).__name__)
    shown = list(await desk.storage.cards.revisions(where))
    id = shown[-1] if shown else card_id(clip.job) if clip.owned_by(viewer) else ""
    posting = await desk.storage.cards.get(id) if id else None
    card = posting.card if posting else None
    return tuple(button for button in card.buttons if button.item == clip.id) if card else ()
