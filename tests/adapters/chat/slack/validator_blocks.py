"""The blocks of messages, modals and App Homes."""

import json
from collections.abc import Callable
from typing import Any

from tests.adapters.chat.slack.validator_elements import (  # fmt: skip
    ASKED,
    BESIDE,
    PRESSED,
    TYPED,
    context,
    one_of,
    picture,
    slack_file,
)
from tests.adapters.chat.slack.validator_text import (
    Check,
    Found,
    either,
    exactly,
    flag,
    link,
    many,
    plain,
    public,
    shape,
    text,
    whole,
)

MOST_JSON = 13_200
MESSAGE, MODAL, HOME = "message", "modal", "home"
EVERYWHERE = {MESSAGE, MODAL, HOME}
Also = Callable[[dict[str, Any], str, Found], None]
BLOCKS: dict[str, tuple[Check, set[str], Also | None]] = {}


def block(
    kind: str, need: dict[str, Check], may: dict[str, Check], *, where: set[str] = EVERYWHERE, also: Also | None = None
) -> None:
    BLOCKS[kind] = (shape({"type": exactly(kind)} | need, {"block_id": text(255)} | may), where, also)


def section(value: dict[str, Any], where: str, found: Found) -> None:
    if "text" not in value and "fields" not in value:
        found.add(where, "one of text and fields must be given")


def ids(value: dict[str, Any], where: str, found: Found) -> None:
    """An action_id is used once a block."""
    used = [one.get("action_id") for one in value.get("elements", []) if isinstance(one, dict)]
    said = [one for one in used if one is not None]
    for twice in sorted({one for one in said if said.count(one) > 1}):
        found.add(f"{where}/elements", f"action_id {twice!r} is not unique")


def said(value: Any, where: str, found: Found) -> None:
    """Markdown in which nobody is called."""
    text(12000)(value, where, found)
    if isinstance(value, str) and any(call in value for call in ("<!", "<@", "<#")):
        found.add(where, "unescaped '<' that calls people")


STYLE = shape({}, dict.fromkeys(("bold", "italic", "strike", "underline", "code"), flag))
LOOK: dict[str, Check] = {"style": STYLE}
RUNS: dict[str, Check] = {
    "text": shape({"type": exactly("text"), "text": text(3000)}, LOOK),
    "link": shape({"type": exactly("link"), "url": link}, LOOK | {"text": text(3000), "unsafe": flag}),
    "emoji": shape({"type": exactly("emoji"), "name": text(255)}, LOOK | {"unicode": text(255)}),
    "date": shape({"type": exactly("date"), "timestamp": whole(0, 2**40), "format": text(255)}, LOOK | {"url": link, "fallback": text(3000)}),
}  # fmt: skip


def run(value: Any, where: str, found: Found) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in RUNS:
        found.add(where, f"unsupported rich text element: {kind}")
    else:
        RUNS[kind](value, where, found)


PARAGRAPH = shape({"type": exactly("rich_text_section"), "elements": many(run, most=1000)})
BORDER: dict[str, Check] = {"border": whole(0, 1)}
PARAGRAPHS: dict[str, Check] = {
    "rich_text_section": PARAGRAPH,
    "rich_text_quote": shape({"type": exactly("rich_text_quote"), "elements": many(run, most=1000)}, BORDER),
    "rich_text_preformatted": shape(
        {"type": exactly("rich_text_preformatted"), "elements": many(run, most=1000)}, BORDER
    ),
    "rich_text_list": shape(
        {
            "type": exactly("rich_text_list"),
            "style": exactly("bullet", "ordered"),
            "elements": many(PARAGRAPH, most=1000),
        },
        BORDER | {"indent": whole(0, 8), "offset": whole(0, 1000)},
    ),
}


def rich(value: Any, where: str, found: Found) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in PARAGRAPHS:
        found.add(where, f"unsupported rich text: {kind}")
    else:
        PARAGRAPHS[kind](value, where, found)


block("section", {}, {"text": either(3000), "fields": many(either(2000), most=10), "accessory": one_of(BESIDE), "expand": flag}, also=section)  # fmt: skip
block("header", {"text": plain(150)}, {})
block("divider", {}, {})
block("context", {"elements": many(context, most=10)}, {})
block("actions", {"elements": many(one_of(PRESSED | {"multi_static_select"}), most=25)}, {}, also=ids)
block(
    "image",
    {"alt_text": text(2000)},
    {"image_url": public, "slack_file": slack_file, "title": plain(2000)},
    also=picture,
)
block(
    "input",
    {"label": plain(2000), "element": one_of(ASKED | TYPED)},
    {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
)
block("markdown", {"text": said}, {}, where={MESSAGE})
block("rich_text", {"elements": many(rich, most=100)}, {})
block("context_actions", {"elements": many(one_of({"feedback_buttons", "icon_button"}), most=5)}, {}, where={MESSAGE}, also=ids)  # fmt: skip
RICH = shape({"type": exactly("rich_text"), "elements": many(rich, most=100)}, {"block_id": text(255)})
block(
    "task_card",
    {"task_id": text(255), "title": text(255), "status": exactly("in_progress", "complete", "error")},
    {"details": RICH, "output": RICH},
    where={MESSAGE},
)
block(
    "video",
    {"alt_text": text(2000), "title": plain(200), "video_url": link, "thumbnail_url": link},
    {
        "description": either(200),
        "author_name": text(50),
        "provider_name": text(50),
        "provider_icon_url": link,
        "title_url": link,
    },
)


def check_blocks(blocks: Any, surface: str, found: Found) -> None:
    """Every block, its place and its ids; 50 in a message, 100 in a modal or an App Home."""
    most = 50 if surface == MESSAGE else 100
    if not isinstance(blocks, list):
        found.add("/blocks", f"must be an array, is {type(blocks).__name__}")
        return
    if len(blocks) > most:
        found.add("/blocks", f"no more than {most} items allowed, has {len(blocks)}")
    for number, one in enumerate(blocks):
        _check(one, f"/blocks/{number}", surface, found)
    # Nowhere documented; seen at 13,200 characters of JSON: https://github.com/slackapi/bolt-js/issues/2509
    if surface == MESSAGE and len(json.dumps(blocks, ensure_ascii=False)) > MOST_JSON:
        found.add("/blocks", f"msg_blocks_too_long: at most {MOST_JSON} characters together")
    used = [one["block_id"] for one in blocks if isinstance(one, dict) and isinstance(one.get("block_id"), str)]
    for twice in sorted({one for one in used if used.count(one) > 1}):
        found.add("/blocks", f"block_id {twice!r} is not unique")
    if sum(len(one.get("text", "")) for one in blocks if isinstance(one, dict) and one.get("type") == "markdown") > 12000:  # fmt: skip
        found.add("/blocks", "markdown blocks hold at most 12000 characters together")


def _check(value: Any, where: str, surface: str, found: Found) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in BLOCKS:
        found.add(where, f"unsupported block type: {kind}")
        return
    body, places, also = BLOCKS[kind]
    if surface not in places:
        found.add(where, f"block type {kind} is not allowed in a {surface}")
    before = len(found.problems)
    body(value, where, found)
    if also and len(found.problems) == before:
        also(value, where, found)
