"""The modals: a button's form, a whole text, and the choice of films to merge. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.chat.slack import forms
from adapters.chat.slack.clips import length, size, title
from adapters.chat.slack.elements import MERGE, PREFIX, SEARCH, Json, header, item_of, section, words
from adapters.chat.slack.parts import prompt_of, prose_of
from adapters.chat.slack.text import clean, cut, one_line, pieces, units, visible
from bot.domain.card import Action, Button, Card, FieldKind, FormField
from bot.domain.drive import Clip, Found
from bot.domain.join import FORMATS, Format

FORM = f"{PREFIX}form"
EDIT = f"{PREFIX}edit"
"""The form of a version that had no other; one may still be open."""
MOST_TITLE = 24
MOST_META = 3000
MOST_PIECES = 80
PIECE = 2900
SHORT = 200
FILMS, SHAPE, WORDS = "films", "format", "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form was opened for: the button that did, the job or card with its revision, and where that stands."""

    action: str
    item: str
    job: str
    revision: int
    channel: str
    thread: str

    @property
    def held(self) -> str:
        """As the view keeps it; Slack's ids and ours are short, and what is not one is cut rather than refused with the whole form."""
        told = {"action": self.action, "item": self.item, "job": self.job, "revision": self.revision,
                "channel": self.channel, "thread": self.thread}  # fmt: skip
        return json.dumps({name: one[:100] if isinstance(one, str) else one for name, one in told.items()})[:MOST_META]


def asked(view: Mapping[str, Any]) -> Asked:
    """Raises ValueError for a view that is none of ours."""
    try:
        meta = json.loads(view["private_metadata"])
        return Asked(
            action=Action(meta.get("action", Action.edit)),
            item=item_of(meta),
            job=str(meta["job"]),
            revision=int(meta["revision"]),
            channel=str(meta["channel"]),
            thread=str(meta["thread"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a submission of a form: {sorted(view)}") from error


def form_view(button: Button, about: Asked) -> Json:
    """A button's form as a modal, and what it was opened for."""
    return {**_modal(button.label, button.form, FORM), "private_metadata": about.held}


def form_value(view: Mapping[str, Any]) -> str:
    """A submitted form as the `value` of a press. Raises ValueError for a view that is none of ours."""
    return json.dumps(_values(view))


def merge_view(found: Found) -> Json:
    """The films that can be joined, newest first, and the shapes they can be given."""
    clips = found.clips
    fields = (
        FormField(FILMS, "Films", FieldKind.order, "", tuple((clip.id, _named(clip)) for clip in clips)),
        FormField(SHAPE, "Format", FieldKind.choice, Format.auto, tuple((one.value, label) for one, label in FORMATS)),
    )
    view = _modal("Merge films", fields, MERGE)
    older = forms.note(f"{found.total - len(clips)} older films are not listed here.")
    return {**view, "blocks": [*view["blocks"], older]} if found.total > len(clips) else view


def merge_command(view: Mapping[str, Any]) -> str:
    """A submitted merge as the words after `merge`: `A B C as portrait`. Raises ValueError for a view that is none of ours."""
    filled = _values(view)
    if not filled.get(FILMS):
        raise ValueError("a merge of nothing")
    return f"{filled[FILMS]} as {filled.get(SHAPE, Format.auto)}"


def search_view(present: str) -> Json:
    label = "Words of the prompt, the name or the model"
    return _modal("Search films", (FormField(WORDS, label, FieldKind.line, present),), SEARCH)


def search_words(view: Mapping[str, Any]) -> str:
    """Raises ValueError for a view that is none of ours."""
    return _values(view).get(WORDS, "")


def full_text(card: Card) -> Json:
    """What a card may show shortened, whole: the prompt, the notes, and every long value."""
    parts = [
        ("", prose_of(card)),
        ("Prompt", prompt_of(card)),
        ("Notes", "\n".join(card.notes)),
        *((field.name, field.value) for field in card.fields if units(field.value) > SHORT and field.name != "Prompt"),
    ]
    blocks = [block for name, text in parts if visible(text) for block in _whole(name, text)]
    if len(blocks) > MOST_PIECES:
        blocks = [*blocks[:MOST_PIECES], forms.note("There is more than Slack shows at once.")]
    return {
        "type": "modal",
        "title": words("The full text", MOST_TITLE),
        "close": words("Close", MOST_TITLE),
        "blocks": blocks or [forms.note("There is no text on this card.")],
    }


def _modal(label: str, form: Sequence[FormField], callback: str) -> Json:
    """Sent off with the words of the button that opened it."""
    blocks = forms.inputs(form)
    name = cut(one_line(label).rstrip("… ") or "Clapper", MOST_TITLE)
    view = {
        "type": "modal",
        "callback_id": callback,
        "title": words(name, MOST_TITLE),
        "close": words("Back", MOST_TITLE),
        "blocks": blocks or [forms.note("There is nothing to fill in here any more.")],
    }
    asks = any(block["type"] == "input" for block in blocks)
    return {**view, "submit": words(name, MOST_TITLE)} if asks else view


def _values(view: Mapping[str, Any]) -> dict[str, str]:
    try:
        return forms.values(view)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a submission of a form of ours: {sorted(view)}") from error


def _named(clip: Clip) -> str:
    facts = " · ".join(filter(None, (length(clip), size(clip), f"{clip.made_at:%d %b}")))
    return f"{cut(title(clip), 72 - units(facts))} · {facts}"


def _whole(name: str, text: str) -> Iterator[Json]:
    if name:
        yield header(name)
    for piece in pieces(clean(text[: MOST_PIECES * PIECE]), PIECE):
        yield section(words(piece, lines=True))
