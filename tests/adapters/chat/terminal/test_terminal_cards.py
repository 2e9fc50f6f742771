"""Cards on a terminal: what is drawn, what is written, and what cannot steer the screen."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from adapters.chat.terminal.cards import clock, drawn, elapsed, lines
from bot.domain.card import Action, Bar, Button, Card, CardMedia, Field, FieldKind, FormField, Tone
from bot.domain.media import MediaKind
from bot.domain.plain import plain

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CARD = Card(
    title="Make this film? 12.50 credits",
    text="A fox crosses the lake",
    fields=(Field("Model", "Toll One"), Field("Length", "8 s")),
    costs=(("Toll One, 8 s, 720p 16:9", "12.50 credits"), ("Total", "12.50 credits")),
    notes=("resolution: 720p instead of 4k.",),
    tone=Tone.ask,
    state="awaiting_confirmation",
)


def screen(card: Card, width: int = 80) -> str:
    """The characters a person sees, without colours."""
    out = io.StringIO()
    Console(
        file=out, width=width, markup=False, highlight=False, emoji=False, force_terminal=True, color_system=None
    ).print(drawn(card, NOW))
    return out.getvalue()


def test_a_cost_card_shows_its_settings_costs_and_notes():
    seen = screen(CARD)
    for part in (
        "Make this film? 12.50 credits",
        "A fox crosses the lake",
        "Model",
        "Toll One",
        "Total",
        "720p instead of 4k",
    ):
        assert part in seen
    assert list(lines(CARD)) == [
        "Make this film? 12.50 credits",
        "  A fox crosses the lake",
        "  Model: Toll One",
        "  Length: 8 s",
        "  Toll One, 8 s, 720p 16:9: 12.50 credits",
        "  Total: 12.50 credits",
        "  - resolution: 720p instead of 4k.",
    ]


def test_progress_says_how_long_it_took_and_what_is_left():
    since = (NOW - timedelta(seconds=95)).isoformat()
    seen = screen(replace(CARD, progress=Bar(0.25, "Rendering, 25%", eta=380, since=since)))
    assert "Rendering, 25%  ·  1:35 so far  ·  about 4:45 left" in seen
    assert seen.count("━") == 10  # a quarter of the bar


def test_a_time_that_has_passed_is_not_promised_again():
    since = (NOW - timedelta(seconds=95)).isoformat()
    assert "left" not in screen(replace(CARD, progress=Bar(0.9, "Rendering", eta=60, since=since)))


def test_the_bar_and_its_words_stand_on_lines_of_their_own():
    rows = screen(replace(CARD, progress=Bar(0.5, "Rendering, 50%"))).splitlines()
    bar = next(row for row in rows if "━" in row)
    assert "Rendering" not in bar
    assert len({len(row) for row in rows}) == 1


def test_progress_without_a_fraction_still_moves_and_makes_nothing_up():
    seen = screen(replace(CARD, progress=Bar(None, "3 ahead of this one")))
    assert "3 ahead of this one" in seen
    assert "left" not in seen
    assert elapsed(Bar(None, "x"), NOW) is None


def test_a_finished_film_is_named_with_its_real_size():
    film = CardMedia(kind=MediaKind.video, key="a/b.mp4", alt="x", name="b.mp4", width=1280, height=720, seconds=5.0)
    assert "b.mp4  1280 × 720  5 s" in screen(replace(CARD, media=(film,)))


@pytest.mark.parametrize("width", [20, 40, 200])
def test_any_width_shows_the_whole_text(width: int):
    seen = "".join(screen(CARD, width).replace("│", " ").split())
    assert "Afoxcrossesthelake" in seen
    assert "720pinsteadof4k." in seen


def test_buttons_about_films_and_with_forms_take_nothing_from_a_card():
    form = (FormField("films", "Films", FieldKind.order, "", (("V-1", "Fox"), ("V-2", "Owl"))),)
    card = replace(CARD, buttons=(Button(Action.film, "1", item="V-1"), Button(Action.edit, "Edit", form=form)))
    assert screen(card) == screen(CARD)
    assert list(lines(card)) == list(lines(CARD))


def test_markup_in_what_people_write_is_text():
    seen = screen(replace(CARD, text="[bold red]hi[/] :smile: [link=http://x]y[/link]"))
    assert "[bold red]hi[/] :smile: [link=http://x]y[/link]" in seen


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a \x1b[31mred\x1b[0m film", "a red film"),
        ("\x1b]0;evil title\x07film", "film"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;ZXZpbA==\x07clip", "clip"),
        ("\x9b31mred", "red"),
        ("up\x1b[2A\x1b[2Kgone", "upgone"),
        ("bell\x07 back\x08 null\x00", "bell back null"),
        ("one\r\ntwo\rthree\ttab", "one\ntwothree\ttab"),
        ("exe\u202egpj.mp4", "exegpj.mp4"),
        ("\u2066a\u2069", "a"),
        ("שלום 👩\u200d🚀 日本", "שלום 👩\u200d🚀 日本"),
        ("\ud800lone", "lone"),
        ("\x1b", ""),
        ("\x1b[", ""),
    ],
)
def test_nothing_steers_the_terminal(given: str, shown: str):
    assert plain(given) == shown
    card = Card(title=given, text=given, fields=(Field(given, given),), notes=(given,), costs=((given, given),))
    seen = screen(card)
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\r"} & set(seen)
    assert all("\x1b" not in line for line in lines(card))


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (7.4, "0:07"), (750, "12:30"), (3723, "1:02:03"), (36000, "10:00:00")]
)
def test_times_read_as_on_a_player(seconds: float, shown: str):
    assert clock(seconds) == shown
