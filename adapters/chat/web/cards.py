"""Cards, messages and clips as the JSON that the page and the API read. Nothing here reads or writes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from adapters.chat.web.events import message_id
from bot.domain.card import Bar, Button, Card, CardMedia, FieldKind, FormField, Posting
from bot.domain.chat import Attachment, Message
from bot.domain.drive import TRASH_LIFETIME, Clip
from bot.domain.job import job_id

Link = Callable[[str, str], str]
"""A Files key and, for a link that downloads, the name to save it under; gives a path of ours."""


def card_json(
    posting: Posting,
    card: Card,
    link: Link,
    now: datetime,
    *,
    films: Mapping[str, Clip],
    stills: Mapping[str, str],
) -> dict[str, Any]:
    """`films` are those of the card that the library knows, by Files key; `stills` as for `button_json`."""
    return {
        "id": posting.id,
        "job": posting.job,
        "state": card.state,
        "revision": posting.rendered,
        "tone": card.tone,
        "title": card.title,
        "text": card.text,
        "fields": [{"name": field.name, "value": field.value} for field in card.fields],
        "costs": [{"text": text, "credits": credits} for text, credits in card.costs],
        "notes": list(card.notes),
        "media": [_media(media, link, films.get(media.key)) for media in card.media],
        "progress": _progress(card.progress, now) if card.progress else None,
        "buttons": [button_json(button, link, stills) for button in card.buttons],
    }


def button_json(button: Button, link: Link, stills: Mapping[str, str]) -> dict[str, Any]:
    """`stills` are the Files keys of posters, by the id of the clip."""
    return {
        "action": button.action,
        "label": button.label,
        "style": button.style,
        "confirm": button.confirm,
        "item": button.item,
        "form": [_input(field, link, stills) for field in button.form],
    }


def _media(media: CardMedia, link: Link, clip: Clip | None) -> dict[str, Any]:
    name = media.name or PurePosixPath(media.key).name
    return {
        "kind": media.kind,
        "url": link(media.key, ""),
        "download": link(media.key, PurePosixPath(name).name),
        "poster": link(media.poster, "") if media.poster else "",
        "alt": media.alt,
        "name": name,
        "heading": clip.heading if clip else name,
        "drive_path": clip.drive_path if clip else "",
        "clip": clip.id if clip else None,
        "width": media.width,
        "height": media.height,
        "seconds": media.seconds,
        "bytes": media.bytes,
    }


def _progress(bar: Bar, now: datetime) -> dict[str, Any]:
    """`elapsed` and `remaining` are in seconds as of now, so that a browser whose clock is wrong counts on from the right place."""
    elapsed = max(0.0, (now - datetime.fromisoformat(bar.since)).total_seconds()) if bar.since else None
    remaining = None if bar.eta is None else max(0.0, bar.eta - (elapsed or 0.0))
    return {
        "fraction": bar.fraction,
        "text": bar.text,
        "eta": bar.eta,
        "since": bar.since,
        "elapsed": None if elapsed is None else round(elapsed, 1),
        "remaining": None if remaining is None else round(remaining, 1),
    }


def _input(field: FormField, link: Link, stills: Mapping[str, str]) -> dict[str, Any]:
    options = [{"value": value, "label": label} for value, label in field.options]
    if field.kind is FieldKind.order:
        options = [one | {"poster": link(stills[id], "") if (id := one["value"]) in stills else ""} for one in options]
    return {"name": field.name, "label": field.label, "kind": field.kind, "value": field.value, "options": options}


def message_json(at: datetime, message: Message, upload_link: Callable[[Attachment], str]) -> dict[str, Any]:
    """`job` is the id of the job that this message starts, if it starts one; the card that answers it ends alike."""
    return {
        "id": message_id(message.key),
        "at": at.isoformat(),
        "author": message.author.name or message.author.id,
        "text": message.text,
        "job": job_id(message.key),
        "attachments": [
            {"name": one.name, "mime": one.mime, "bytes": one.bytes, "url": upload_link(one)}
            for one in message.attachments
        ],
    }


def answered(cards: Sequence[dict[str, Any]], messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cards, each with the message it `answers`: a card and the job of its message share all of an id but its first letter.

    A card of no message here, such as one made by a press, answers the message of the card before it.
    """
    asked = {message["job"][1:]: message["id"] for message in messages}
    last = None
    placed: list[dict[str, Any]] = []
    for card in cards:
        last = asked.get(card["id"][1:], last)
        placed.append({**card, "answers": last})
    return placed


def clip_json(clip: Clip, link: Link) -> dict[str, Any]:
    name = PurePosixPath(clip.drive_path).name
    return {
        "id": clip.id,
        "job": clip.job,
        "drive_path": clip.drive_path,
        "name": name,
        "heading": clip.heading,
        "url": link(clip.key, ""),
        "download": link(clip.key, name),
        "poster": link(clip.poster, "") if clip.poster else "",
        "last_frame": link(clip.last_frame, "") if clip.last_frame else "",
        "width": clip.width,
        "height": clip.height,
        "seconds": clip.seconds,
        "bytes": clip.bytes,
        "made_at": clip.made_at.isoformat(),
        "expires_at": clip.expires_at.isoformat() if clip.expires_at else None,
        "trashed_until": (clip.trashed_at + TRASH_LIFETIME).isoformat() if clip.trashed_at else None,
        "prompt": clip.prompt,
        "model": clip.model,
        "title": clip.title,
        "owner": {"id": clip.owner.id, "name": clip.owner.name or clip.owner.id},
        "version": clip.version,
    }
