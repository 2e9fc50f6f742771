"""Every limit Slack sets for what an app sends: messages, modals, App Homes and metadata.

`check_message(args, found)` and `check_view(view, found)` collect every problem in `found.problems` in Slack's own form; what only needs
time (a file that is still being processed) goes to `found.waiting`. Stricter than Slack where an app should know better: `text` always stands
beside blocks, markup is escaped, and mentions of whole channels are never sent.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.adapters.chat.slack.validator_blocks import HOME, MESSAGE, MODAL, check_blocks
from tests.adapters.chat.slack.validator_text import Check, Found, exactly, flag, markup, plain, shape, text

POST_TEXT, UPDATE_TEXT, METADATA_BYTES = 40_000, 4_000, 16_000

VIEW: Mapping[str, Check] = {
    MODAL: shape(
        {"type": exactly(MODAL), "title": plain(24), "blocks": lambda *_: None},
        {
            "submit": plain(24),
            "close": plain(24),
            "private_metadata": text(3000, least=0),
            "callback_id": text(255),
            "external_id": text(255),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
        },
    ),
    HOME: shape(
        {"type": exactly(HOME), "blocks": lambda *_: None},
        {"private_metadata": text(3000, least=0), "callback_id": text(255), "external_id": text(255)},
    ),
}


def check_message(args: Mapping[str, Any], found: Found, *, changing: bool = False) -> None:
    """What chat.postMessage, chat.postEphemeral and chat.update are given; `blocks` and `metadata` already parsed."""
    said = args.get("text")
    if not isinstance(said, str) or not said.strip():
        if args.get("blocks"):
            found.add("/text", "text must stand beside blocks: it is what notifications and screen readers use")
    else:
        markup(said, "/text", found)
    most = UPDATE_TEXT if changing else POST_TEXT
    if isinstance(said, str) and len(said) > most:
        found.add("/text", f"must be at most {most} characters, has {len(said)}")
    if args.get("blocks") is not None:
        check_blocks(args["blocks"], MESSAGE, found)
    if args.get("metadata") is not None:
        check_metadata(args["metadata"], found)


def check_view(view: Any, found: Found) -> None:
    kind = view.get("type") if isinstance(view, dict) else None
    if not isinstance(kind, str) or kind not in VIEW:
        found.add("/type", f"must be modal or home, is {kind!r}")
        return
    VIEW[kind](view, "", found)
    blocks = view.get("blocks")
    if not blocks:
        found.add("/blocks", "must have at least 1 item")
        return
    check_blocks(blocks, kind, found)
    asks = any(isinstance(one, dict) and one.get("type") == "input" for one in blocks)
    if kind == MODAL and asks and "submit" not in view:
        found.add("/submit", "a modal with inputs needs submit")


def check_metadata(metadata: Any, found: Found) -> None:
    """Flat, or one level of objects; strings, numbers and booleans."""
    shape({"event_type": text(255), "event_payload": lambda *_: None})(metadata, "/metadata", found)
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    if not isinstance(payload, dict):
        found.add("/metadata/event_payload", "must be an object")
        return
    if len(json.dumps(payload)) > METADATA_BYTES:
        found.add("/metadata", "metadata_too_large")
    for name, value in payload.items():
        inner = value.values() if isinstance(value, dict) else [value]
        if not all(isinstance(one, str | int | float | bool) for one in inner):
            found.add(f"/metadata/event_payload/{name}", "must be a string, a number, a boolean or one level of them")
