"""Cards, messages and cursors as the page reads them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.web.cards import answered, card_json, message_json
from adapters.chat.web.cursor import Seen, seen
from bot.domain.card import Action, Bar, Button, Card, CardMedia, Field, FieldKind, FormField, Posting, Style, Tone
from bot.domain.chat import Attachment, Conversation, Message, Person
from bot.domain.job import card_id, job_id
from bot.domain.media import MediaKind
from tests.stored import a_clip

NOW = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)
HERE = Conversation("web", "local", "c1")
FILM = CardMedia(
    kind=MediaKind.video, key="web/a b.mp4", alt="A fox", poster="web/p.jpg", width=16, height=9, seconds=5.0, bytes=7
)
CARD = Card(
    title="Make this film?",
    text="a fox",
    fields=(Field("Length", "5 s"),),
    costs=(("5 s", "2.50"), ("Total", "2.50 credits")),
    notes=("Nothing starts before you confirm.",),
    media=(FILM,),
    buttons=(
        Button(Action.cancel, "Cancel", Style.danger, "Stop it?"),
        Button(
            Action.variation,
            "Variation",
            item="F-1",
            form=(
                FormField("aspect", "Ratio", FieldKind.choice, "16:9", (("16:9", "wide"),)),
                FormField("films", "Films", FieldKind.order, "F-1", (("F-1", "a.mp4"), ("F-2", "b.mp4"))),
            ),
        ),
    ),
    tone=Tone.ask,
    state="awaiting_confirmation",
)
POSTING = Posting(id="C-1", conversation=HERE, job="J-1", wanted=4, shown=3, rendered=4, card=CARD)


def link(key: str, download: str) -> str:
    return f"/files/{key}{f'?{download}' if download else ''}"


def test_every_part_of_a_card_is_told():
    films = {"web/a b.mp4": a_clip("F-1", drive_path="videos/a b.mp4")}
    assert card_json(POSTING, CARD, link, NOW, films=films, stills={"F-1": "web/p.jpg"}) == {
        "id": "C-1",
        "job": "J-1",
        "state": "awaiting_confirmation",
        "revision": 4,
        "tone": "ask",
        "title": "Make this film?",
        "text": "a fox",
        "fields": [{"name": "Length", "value": "5 s"}],
        "costs": [{"text": "5 s", "credits": "2.50"}, {"text": "Total", "credits": "2.50 credits"}],
        "notes": ["Nothing starts before you confirm."],
        "media": [
            {
                "kind": "video",
                "url": "/files/web/a b.mp4",
                "download": "/files/web/a b.mp4?a b.mp4",
                "poster": "/files/web/p.jpg",
                "alt": "A fox",
                "name": "a b.mp4",
                "heading": "a b.mp4",
                "drive_path": "videos/a b.mp4",
                "clip": "F-1",
                "width": 16,
                "height": 9,
                "seconds": 5.0,
                "bytes": 7,
            }
        ],
        "progress": None,
        "buttons": [
            {
                "action": "cancel",
                "label": "Cancel",
                "style": "danger",
                "confirm": "Stop it?",
                "item": "",
                "form": [],
            },
            {
                "action": "variation",
                "label": "Variation",
                "style": "plain",
                "confirm": None,
                "item": "F-1",
                "form": [
                    {
                        "name": "aspect",
                        "label": "Ratio",
                        "kind": "choice",
                        "value": "16:9",
                        "options": [{"value": "16:9", "label": "wide"}],
                    },
                    {
                        "name": "films",
                        "label": "Films",
                        "kind": "order",
                        "value": "F-1",
                        "options": [
                            {"value": "F-1", "label": "a.mp4", "poster": "/files/web/p.jpg"},
                            {"value": "F-2", "label": "b.mp4", "poster": ""},
                        ],
                    },
                ],
            },
        ],
    }


def progress(bar: Bar) -> dict:
    card = replace(CARD, progress=bar)
    return card_json(POSTING, card, link, NOW, films={}, stills={})["progress"]


def test_elapsed_and_remaining_are_counted_here_so_that_a_wrong_browser_clock_does_not_matter():
    since = (NOW - timedelta(seconds=12)).isoformat()
    assert progress(Bar(0.25, "Rendering", 40.0, since)) == {
        "fraction": 0.25,
        "text": "Rendering",
        "eta": 40.0,
        "since": since,
        "elapsed": 12.0,
        "remaining": 28.0,
    }


def test_an_eta_that_has_passed_is_not_told_as_negative():
    assert progress(Bar(None, "Rendering", 5.0, (NOW - timedelta(seconds=12)).isoformat()))["remaining"] == 0.0


def test_a_bar_that_knows_no_times_tells_none():
    bar = progress(Bar(None, "In line"))
    assert (bar["elapsed"], bar["remaining"], bar["fraction"]) == (None, None, None)


def test_a_message_is_told_with_its_files_and_the_job_it_starts():
    said = Message(
        "web:c1:m1", HERE, Person("web", "local", "you", "You"), "hi", (Attachment("u/0", "a.png", "image/png", 3),)
    )
    assert message_json(NOW, said, lambda one: f"/files/{one.id}") == {
        "id": "m1",
        "at": "2026-11-20T12:00:30+00:00",
        "author": "You",
        "text": "hi",
        "job": job_id("web:c1:m1"),
        "attachments": [{"name": "a.png", "mime": "image/png", "bytes": 3, "url": "/files/u/0"}],
    }


def test_each_card_stands_after_the_message_it_answers():
    first, second = ({"id": id, "job": job_id(id)} for id in ("m1", "m2"))
    asked = {"id": card_id(second["job"])}
    said = {"id": first["job"].replace("J-", "S-")}
    stray = {"id": "S-OF-A-PRESS"}
    placed = answered([asked, said, stray], [first, second])
    assert [card["answers"] for card in placed] == ["m2", "m1", "m1"]


def test_a_card_of_no_message_at_all_answers_none():
    assert answered([{"id": "C-1"}], []) == [{"id": "C-1", "answers": None}]


CARDS = st.dictionaries(st.text(min_size=1, max_size=6), st.integers(0, 99), max_size=8)


@settings(max_examples=30, deadline=None)
@given(CARDS, st.integers(0, 9), CARDS)
def test_a_cursor_is_understood_as_long_as_cards_are_only_added(cards, messages, later):
    now = cards | {id: one for id, one in later.items() if id not in cards}
    assert seen(Seen(messages, cards).token(), now) == Seen(messages, cards)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40), CARDS)
def test_a_cursor_that_does_not_fit_means_that_nothing_was_seen(token, cards):
    known = seen(token, cards)
    assert known == Seen() or token.startswith(f"{known.messages}~")


def test_a_cursor_of_another_conversation_means_that_nothing_was_seen():
    assert seen(Seen(2, {"C-1": 5}).token(), {"C-2": 1}) == Seen()
