"""What a browser sends, as chat events. Nothing here reads or writes."""

import hashlib
import json
import re
from base64 import b32encode
from collections.abc import Mapping
from itertools import accumulate
from typing import Any
from uuid import uuid4

from adapters.chat.web.people import PLATFORM, WORKSPACE, own, owns
from adapters.chat.web.refusal import Refusal
from bot.domain.card import MAX_ITEM, Action
from bot.domain.chat import Attachment, Conversation, Message, Person, Press
from bot.domain.errors import BadRequest

MOST_TEXT = 20_000
MOST_KEY = 200
MOST_DEPTH = 40
MOST_REVISION = 2**31 - 1
_HALF = re.compile("[\ud800-\udfff]")
_ITEM = re.compile(rf"[ -~]{{0,{MAX_ITEM}}}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def conversation(id: str, person: Person) -> Conversation:
    """Raises BadRequest for an id that no page or caller of ours makes, Refusal for somebody else's conversation."""
    if not _ID.fullmatch(id):
        raise BadRequest(
            f"A conversation's id has 1 to 64 letters, digits, - or _, and this one is {id[:80]!r}. Leave it out to start a new one."
        )
    if not owns(person, id):
        raise Refusal(404, f"There is no conversation {id[:80]!r} of yours.")
    return Conversation(PLATFORM, WORKSPACE, id)


def any_conversation(person: Person) -> Conversation:
    """One that nobody has begun."""
    return conversation(own(person, _id("c", "")), person)


def message(
    fields: Mapping[str, str], attachments: tuple[Attachment, ...], author: Person, retry_key: str = ""
) -> Message:
    """A form as a Message. The same `retry_key` gives the same key, so that a form sent twice is one message.

    Raises BadRequest for a conversation's id or a text that cannot be.
    """
    text = clean(fields.get("text", "")).replace("\r\n", "\n").strip()
    if len(text) > MOST_TEXT:
        raise BadRequest(
            f"A message has at most {MOST_TEXT:,} letters, and this one has {len(text):,}. Shorten it, or send it in parts."
        )
    retry_key = clean(retry_key or fields.get("key", ""))[:MOST_KEY]
    where = conversation(fields.get("conversation", "") or own(author, _id("c", retry_key)), author)
    return Message(
        key=f"{PLATFORM}:{where.channel}:{_id('m', f'{where.channel} {retry_key}' if retry_key else '')}",
        conversation=where,
        author=author,
        text=text,
        attachments=attachments,
    )


def message_id(key: str) -> str:
    """The part of a message's key that the page knows it by."""
    return key.rpartition(":")[2]


def _id(prefix: str, seed: str) -> str:
    if not seed:
        return f"{prefix}{uuid4().hex[:16]}"
    return f"{prefix}{b32encode(hashlib.sha256(seed.encode()).digest())[:16].decode().lower()}"


def press(payload: Any, where: Conversation, job: str, author: Person, retry_key: str = "") -> Press:
    """The body of an action as a Press. Raises BadRequest, saying what is wrong with it."""
    if not isinstance(payload, dict):
        raise BadRequest('The body of an action is a JSON object such as {"action": "confirm"}.')
    action = payload.get("action")
    if not isinstance(action, str) or action not in set(Action):
        raise BadRequest(f"There is no action {str(action)[:40]!r}. There are: {', '.join(Action)}.")
    revision = payload.get("revision")
    if revision is not None and not _is_revision(revision):
        raise BadRequest(f"A card's revision is a whole number, and this one is {str(revision)[:40]!r}.")
    return Press(
        item=_item(payload.get("item")),
        key=f"{PLATFORM}:press:{own(author, clean(retry_key)[:MOST_KEY] or uuid4().hex)}",
        conversation=where,
        author=author,
        action=action,
        job=job,
        value=_value(payload.get("value")),
        revision=revision,
    )


def _item(item: Any) -> str:
    if item is None:
        return ""
    if not isinstance(item, str) or not _ITEM.fullmatch(item):
        raise BadRequest(
            f"What an action is about has at most {MAX_ITEM} plain characters, and this one is {str(item)[:40]!r}."
        )
    return item


def _is_revision(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_REVISION


def _value(value: Any) -> str:
    """A text, or a filled form as JSON text; never anything so deep that reading it would break the reader."""
    if value is None:
        return ""
    text = clean(value if isinstance(value, str) else _form(value))
    if len(text) > MOST_TEXT:
        raise BadRequest(f"An action's value has at most {MOST_TEXT:,} letters, and this one has {len(text):,}.")
    if text.lstrip()[:1] in {"{", "["} and _depth(text) > MOST_DEPTH:
        raise BadRequest(f"An action's value is a text or a flat JSON object, and this one is over {MOST_DEPTH} deep.")
    return text


def _depth(text: str) -> int:
    """How many brackets are open at most."""
    return max(accumulate((c in "[{") - (c in "]}") for c in text))


def _form(value: Any) -> str:
    if not isinstance(value, dict):
        raise BadRequest(f"An action's value is a text or a JSON object, and this one is {_kind(value)}.")
    for name, one in value.items():
        if isinstance(one, dict | list):
            raise BadRequest(f"A form's values are texts, and {name[:40]!r} is {_kind(one)}.")
    return json.dumps(
        {clean(name): clean(one) if isinstance(one, str) else one for name, one in value.items()}, ensure_ascii=False
    )


def _kind(value: Any) -> str:
    return "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else "a number or a switch"


def clean(text: str) -> str:
    """Without what no database and no answer can carry: half a character and NUL."""
    return _HALF.sub("\ufffd", text.replace("\0", ""))
