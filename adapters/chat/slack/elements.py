"""The small pieces that Slack's messages and views are made of, each within its limits. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from adapters.chat.slack.text import clean, cut, escape, escaped_units, formats, one_line, visible
from bot.domain.card import Button, Style

Json = dict[str, Any]

MOST_HEADER = 150
MOST_SECTION = 3000
MOST_FIELD = 2000
MOST_LABEL = 75
MOST_VALUE = 2000
MOST_ALT = 2000
MOST_ID = 255
MOST_CONFIRM = 300
NOTHING = "–"
PREFIX = "clapper:"
FULL = f"{PREFIX}full"
MERGE = f"{PREFIX}merge"


def said(text: str, most: int, *, lines: bool = False) -> str:
    """Cleaned, cut and never empty; on one line unless `lines` allows more. What lies far beyond the cut is not looked at."""
    text = text[: 4 * most + MOST_VALUE]
    text = clean(text) if lines else one_line(text)
    return cut(text, most) if visible(text) else NOTHING


def words(text: str, most: int = MOST_SECTION, *, lines: bool = False) -> Json:
    """Literal text: no markup, no emoji names."""
    return {"type": "plain_text", "text": said(text, most, lines=lines), "emoji": False}


def marked(markup: str) -> Json:
    """Markup of our own making; `verbatim` keeps Slack from finding links and names in it."""
    return {"type": "mrkdwn", "text": markup, "verbatim": True}


def named(name: str, value: str, most: int = MOST_FIELD) -> Json:
    """A bold name and its value, literally."""
    return _literally(said(name, 100), said(value, most - 200, lines=True), "  ", most)


def topped(top: str, rest: str, most: int = MOST_FIELD) -> Json:
    """A bold line over others, all said already."""
    return _literally(top, rest, "\n", most)


def _literally(bold: str, rest: str, between: str, most: int) -> Json:
    """Where either would be read as formatting, plain text of the same words: what people wrote is never altered."""
    if formats(bold) or formats(rest):
        return words(f"{bold}{between}{rest}", most, lines=True)
    return marked(f"*{escape(bold)}*{between}{cut_escaped(rest, most - 700)}" if rest else f"*{escape(bold)}*")


def cut_escaped(text: str, most: int) -> str:
    """Escaped text of at most `most` units, never cut within an escape."""
    return escape(cut(text, most, escaped_units))


def header(text: str) -> Json:
    return {"type": "header", "text": words(text, MOST_HEADER)}


def section(text: Json) -> Json:
    return {"type": "section", "text": text}


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def run(text: str, **style: bool) -> Json:
    """Text within rich text, taken literally whatever it holds."""
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def paragraph(*runs: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(runs)}


def quotation(text: str) -> Json:
    return {"type": "rich_text_quote", "elements": [run(text)]}


def bullets(texts: Sequence[str]) -> Json:
    return {"type": "rich_text_list", "style": "bullet", "elements": [paragraph(run(text)) for text in texts]}


def picture(file: str, alt: str, most: int, title: str = "") -> Json:
    block = {"type": "image", "slack_file": {"id": file}, "alt_text": said(alt, min(most, MOST_ALT))}
    return {**block, "title": words(title, MOST_LABEL)} if visible(title) else block


def press_button(button: Button, job: str, revision: int) -> Json:
    """A card's button. Its value says which job it is about, and as of which revision."""
    return {
        **plain_button(PREFIX + button.action, button.label, job, revision),
        **({"style": button.style.value} if button.style is not Style.plain else {}),
        **({"confirm": _question(button)} if button.confirm is not None else {}),
    }


def plain_button(action_id: str, label: str, job: str, revision: int) -> Json:
    spoken = f"{one_line(label)}, job {one_line(job)}" if job else one_line(label)
    return {
        "type": "button",
        "action_id": action_id,
        "text": words(label, MOST_LABEL),
        "value": button_value(job, revision),
        "accessibility_label": said(spoken, MOST_LABEL),
    }


def button_value(job: str, revision: int) -> str:
    return json.dumps({"job": clean(job)[:MOST_ID], "revision": revision})


def button_about(value: str) -> tuple[str, int]:
    """The job and revision in a button's value. Raises ValueError for a value that is none of ours."""
    try:
        read = json.loads(value)
        return str(read["job"]), int(read["revision"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a button's value: {value!r}") from error


def _question(button: Button) -> Json:
    """The answers are Yes and No: a dialog that asks whether to stop must not offer “Cancel” twice."""
    dialog = {
        "title": words("Are you sure?", 100),
        "text": words(button.confirm or "", MOST_CONFIRM, lines=True),
        "confirm": words("Yes", 30),
        "deny": words("No", 30),
    }
    return {**dialog, "style": "danger"} if button.style is Style.danger else dialog


def numbered(blocks: Sequence[Json], prefix: str) -> list[Json]:
    """Each block with an id of its own. Slack asks for new ids when a message changes, so `prefix` changes with it."""
    return [{**block, "block_id": f"{prefix}:{number}"} for number, block in enumerate(blocks)]
