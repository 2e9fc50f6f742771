"""The small pieces that Slack's messages and views are made of, each within its limits. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.chat.slack.text import clean, cut, escape, escaped_units, formats, one_line, visible
from bot.domain.card import MAX_ITEM, Button, Style
from bot.domain.job import card_id

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
SAID = "S-"
FULL = f"{PREFIX}full"
MERGE = f"{PREFIX}merge"
SEARCH = f"{PREFIX}home_search"
PAGE_TURN = f"{PREFIX}home_page"


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


def press_button(button: Button, job: str, revision: int, of: str = "") -> Json:
    """A card's button; `of` is what the words for a screen reader name it by.

    Its value says what it is about: the job or the card, as of which revision, which film or place of it, and whether a form comes first.
    """
    named = f"{PREFIX}{button.action}:{button.item}" if button.item else f"{PREFIX}{button.action}"
    about = About(job, revision, button.item, asks=bool(button.form))
    return {
        **plain_button(named, button.label, about, of),
        **({"style": button.style.value} if button.style is not Style.plain else {}),
        **({"confirm": _question(button)} if button.confirm is not None else {}),
    }


def plain_button(action_id: str, label: str, about: "About", of: str = "") -> Json:
    of = of or (f"job {one_line(about.job)}" if about.job and not is_said(about.job) else "")
    return {
        "type": "button",
        "action_id": action_id,
        "text": words(label, MOST_LABEL),
        "value": about.value,
        "accessibility_label": said(", ".join(filter(None, (one_line(label), of))), MOST_LABEL),
    }


@dataclass(frozen=True, slots=True)
class About:
    """What a button is about; `asks` where a form is to be filled in before the press counts."""

    job: str = ""
    revision: int = 0
    item: str = ""
    asks: bool = False

    @property
    def value(self) -> str:
        held = {"job": clean(self.job)[:MOST_ID], "revision": self.revision}
        if self.item:
            held["item"] = self.item
        if self.asks:
            held["form"] = True
        return json.dumps(held, separators=(",", ":"))


def button_about(value: str) -> About:
    """Raises ValueError for a value that is none of ours. Messages of earlier versions stay: theirs name no item and no form."""
    try:
        read = json.loads(value)
        return About(str(read["job"]), int(read["revision"]), item_of(read), asks=read.get("form") is True)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a button's value: {value!r}") from error


def item_of(read: Mapping[str, Any]) -> str:
    """The item in what comes back from Slack. Raises ValueError for one that no button of ours has."""
    item = read.get("item", "")
    if not isinstance(item, str) or not sendable_item(item):
        raise ValueError(f"not a button's item: {item!r}")
    return item


def sendable_item(item: str) -> bool:
    return len(item) <= MAX_ITEM and item.isascii() and item.isprintable()


def is_said(job: str) -> bool:
    """Whether this is the id of a card of no job, which names itself so that its buttons find it."""
    return job.startswith(SAID)


def posting_id(job: str) -> str:
    """The id of the card that a button's job names."""
    return job if is_said(job) else card_id(job)


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
