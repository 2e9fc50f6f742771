"""Cards that hold whatever people, models and files may write, and what a message or view of them must keep."""

import json
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st

from bot.domain.card import Action, Bar, Button, Card, CardMedia, Field, FieldKind, FormField, Style, Tone
from bot.domain.media import MediaKind
from tests.adapters.chat.slack.validator import check_message, check_view
from tests.adapters.chat.slack.validator_text import Found

OFTEN = settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
"""Cards are large: a failing one is shown as it was found, not made smaller for minutes."""

NASTY = (
    "<!channel>", "<@U1>", "<https://evil.example|click>", "&amp;", "&", "*", "_", "~", "`", "```", "> quoted", ":fire:", "\ud800", "\x00",
    "\u202e", "\u200f", "שלום", "👩🏽‍🚀", "e\u0301", "\n", "\n\n\n", " ", "\t", '"', "\\", "https://example.com/a_b", "word", "長い", "",
)  # fmt: skip
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
TEXTS = st.lists(st.sampled_from(NASTY), max_size=8).flatmap(
    lambda parts: st.sampled_from([1, 1, 1, 3, 300]).map(lambda times: "".join(parts) * times)
)
NUMBERS = st.none() | st.floats()
MEDIA = st.builds(
    CardMedia,
    kind=st.sampled_from([MediaKind.image, MediaKind.video]),
    key=st.sampled_from(["a", "b"]),
    alt=TEXTS,
    name=TEXTS,
    poster=st.sampled_from(["", "a", "b", "c"]),
)


def several(one: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """None, a few, or very many."""
    few = st.lists(one, max_size=3).map(tuple)
    return few | few.flatmap(lambda some: st.sampled_from([1, most]).map(lambda times: (some * most)[: times * 3]))


FORMS = st.builds(
    FormField,
    name=st.sampled_from(["prompt", "seconds", "@Image1", "x" * 300, "", "\ud800"]) | TEXTS,
    label=TEXTS,
    kind=st.sampled_from(list(FieldKind)),
    value=TEXTS,
    options=st.lists(st.tuples(TEXTS | st.sampled_from("abc"), TEXTS), max_size=3).map(tuple)
    | st.just(tuple((str(number), f"Model {number}") for number in range(120))),
)


BUTTONS = st.builds(
    Button,
    st.sampled_from(list(Action)),
    TEXTS,
    st.sampled_from(list(Style)),
    st.none() | TEXTS,
    st.sampled_from(["", "", "V-1", "V-2", "2", "x" * 32, "x" * 33, "\n", "é"]),
    st.lists(FORMS, max_size=2).map(tuple),
)
CARDS = st.builds(
    Card,
    title=TEXTS,
    text=TEXTS,
    fields=several(st.builds(Field, TEXTS | st.just("Prompt"), TEXTS), 70),
    costs=several(st.tuples(TEXTS, TEXTS), 30),
    notes=several(TEXTS, 30),
    media=several(MEDIA, 10),
    progress=st.none() | st.builds(Bar, NUMBERS, TEXTS, NUMBERS, st.sampled_from(["", "no time", "2026-11-20T12:00:00+00:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59+00:00"])),
    buttons=several(BUTTONS, 10),
    tone=st.sampled_from(list(Tone)),
    job=st.sampled_from(["", "J-ABCDEFGHIJ", "S-ABCDEFGHIJ"]) | TEXTS,
    revision=st.integers(0, 2**31 - 1),
)  # fmt: skip


def message_problems(text: str, blocks: list[dict[str, Any]]) -> list[str]:
    """What Slack would refuse in an edit, which takes less than a post; and what it would show wrongly."""
    found = Found()
    check_message({"text": text, "blocks": blocks}, found, changing=True)
    return found.problems + _not_shown_right({"text": text, "blocks": blocks})


def view_problems(view: dict[str, Any]) -> list[str]:
    found = Found()
    check_view(view, found)
    return found.problems + _not_shown_right(view)


def _not_shown_right(value: Any) -> list[str]:
    written = json.dumps(value, ensure_ascii=False)
    halves = [c for c in written if "\ud800" <= c <= "\udfff"]
    return [f"{c!r} is sent" for c in {*halves, *(BIDI & set(written))}]


def texts(value: Any) -> str:
    """Everything a person reads in blocks, entities undone."""
    found: list[str] = []
    _gather(value, found)
    return "\n".join(found).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _gather(value: Any, found: list[str]) -> None:
    if isinstance(value, list):
        for one in value:
            _gather(one, found)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name in {"text", "initial_value", "alt_text"} and isinstance(one, str):
                found.append(one)
            else:
                _gather(one, found)
