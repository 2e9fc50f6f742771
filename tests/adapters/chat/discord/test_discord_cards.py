"""Cards as Components V2: what is shown, and every limit kept whatever the card holds."""

import re
from dataclasses import replace

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.discord import text
from adapters.chat.discord.buttons import FULL_TEXT, Handle, PressButton, handle
from adapters.chat.discord.cards import full_text, question, view
from bot.domain.card import Action, Bar, Button, Card, CardMedia, Field, Style, Tone
from bot.domain.media import MediaKind
from tests.adapters.chat.discord.validator import message_flaws

JOB = "J-ABCDEFGHIJ"
SHEET = CardMedia(kind=MediaKind.image, key="s.jpg", alt="What came in")
FILM = CardMedia(kind=MediaKind.video, key="f.mp4", alt="A fox", poster="p.jpg")
ASK = Card(
    title="Make this film? 4.50 credits",
    text="A fox crosses the *frozen* lake\nat dawn",
    fields=(
        Field("Model", "Toll One"),
        Field("Length", "5 s"),
        Field("Ratio", "16:9 (default)"),
        Field("Job", JOB),
    ),
    costs=(("5 s at 720p", "4.50 credits"), ("Total", "4.50 credits")),
    notes=("Nothing starts before you confirm.",),
    media=(SHEET,),
    buttons=(Button(Action.confirm, "Confirm", Style.primary), Button(Action.edit, "Edit"), Button(Action.cancel, "Cancel", Style.danger, "Stop it?")),
    tone=Tone.ask,
    state="awaiting_confirmation",
    job=JOB,
    revision=7,
)  # fmt: skip


def payload(shown: discord.ui.LayoutView, uploads: tuple[str, ...] = ()) -> dict:
    return {
        "flags": 1 << 15,
        "components": shown.to_components(),
        "allowed_mentions": {"parse": []},
        "attachments": [{"id": number, "filename": name} for number, name in enumerate(uploads)],
    }


def flaws(shown: discord.ui.LayoutView, uploads: tuple[str, ...] = ()) -> list:
    return list(message_flaws(payload(shown, uploads), uploads=uploads))


def texts(shown: discord.ui.LayoutView) -> list[str]:
    return [item.content for item in shown.walk_children() if isinstance(item, discord.ui.TextDisplay)]


def buttons(shown: discord.ui.LayoutView) -> list[PressButton]:
    return [item for item in shown.walk_children() if isinstance(item, PressButton)]


def unescaped(markdown: str) -> str:
    """What Discord shows of it: backslashes before signs are not shown, nor is what stands between @ and a word."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markdown).replace("@\u200b", "@")


def test_a_price_shows_the_wish_the_settings_the_lines_and_a_bold_total():
    assert texts(view(ASK)) == [
        f"-# Waiting for you · {JOB}\n### Make this film? 4.50 credits",
        "> A fox crosses the \\*frozen\\* lake\n> at dawn",
        "Model **Toll One** · Length **5 s** · Ratio **16:9** (default)",
        "5 s at 720p · 4.50 credits\n**Total · 4.50 credits**",
        "-# Nothing starts before you confirm.",
    ]


@pytest.mark.parametrize("tone", list(Tone))
def test_each_tone_has_a_colour_of_its_own(tone):
    colours = {view(replace(ASK, tone=one)).to_components()[0]["accent_color"] for one in Tone}
    assert len(colours) == len(Tone)
    assert not flaws(view(replace(ASK, tone=tone)))


def test_a_card_of_what_was_asked_quotes_it_and_a_card_of_the_bots_own_words_does_not():
    assert texts(view(ASK))[1].startswith("> ")
    assert texts(view(Card(title="Help", text="Write what you want")))[1] == "Write what you want"


def test_a_failure_shows_its_reason_plain_and_the_wish_quoted():
    failed = Card(title="No", text="It was refused.", fields=(Field("Job", JOB), Field("Prompt", "A fox")), notes=("Nothing was charged.",), tone=Tone.problem, state="error", job=JOB)  # fmt: skip
    assert texts(view(failed)) == [f"-# Problem · {JOB}\n### No", "It was refused.", "> A fox", "Nothing was charged."]


def test_progress_counts_down_by_itself_from_when_the_work_began():
    bar = Bar(0.5, "Rendering, 50%", 90.0, "2026-11-20T12:00:00+00:00")
    shown = texts(view(Card(title="Rendering", progress=bar, tone=Tone.working)))[1]
    assert shown == "▰▰▰▰▰▰▰▱▱▱▱▱▱▱  **50%**\n-# ready <t:1795176090:R> · started <t:1795176000:R>"


def test_progress_that_nobody_knows_has_no_bar():
    shown = texts(view(Card(title="In line", progress=Bar(None, "3 ahead of this one"))))[1]
    assert shown == "3 ahead of this one"


@pytest.mark.parametrize(
    ("bar", "said"),
    [
        (Bar(-3.0, ""), "▱" * 14 + "  **0%**"),
        (Bar(7.0, ""), "▰" * 14 + "  **100%**"),
        (Bar(None, "On", 5.0, "yesterday"), "On"),
        (Bar(None, "On", 5.0, "2026-11-20T12:00:00"), "On"),
    ],
)
def test_progress_that_makes_no_sense_is_bounded_or_left_out(bar, said):
    assert texts(view(Card(title="T", progress=bar)))[1] == said


@pytest.mark.parametrize("eta", [1e300, -1e300, float("inf"), float("nan")])
def test_a_time_that_cannot_be_is_not_told(eta):
    shown = texts(view(Card(title="T", progress=Bar(None, "On", eta, "2026-11-20T12:00:00+00:00"))))
    assert shown[1] == "On\n-# started <t:1795176000:R>"


def test_a_picture_of_a_price_stands_large_and_of_work_beside_the_title():
    large = view(ASK, pictures={"s.jpg": "inputs.jpg"})
    small = view(replace(ASK, tone=Tone.working), pictures={"s.jpg": "inputs.jpg"})
    assert [item.type.name for item in large.walk_children() if item.type.name in {"media_gallery", "section"}] == ["media_gallery"]  # fmt: skip
    assert [item.type.name for item in small.walk_children() if item.type.name in {"media_gallery", "section"}] == ["section"]  # fmt: skip
    assert not flaws(large, ("inputs.jpg",))
    assert not flaws(small, ("inputs.jpg",))


def test_a_film_is_shown_by_its_poster_and_only_what_is_attached_is_shown():
    card = Card(title="Ready", media=(FILM, SHEET), tone=Tone.done)
    gallery = view(card, pictures={"p.jpg": "poster.jpg"}).to_components()[0]["components"][-1]
    assert [item["media"]["url"] for item in gallery["items"]] == ["attachment://poster.jpg"]
    assert gallery["items"][0]["description"] == "A fox"
    assert "media_gallery" not in {item.type.name for item in view(card).walk_children()}


def test_a_button_carries_all_that_its_press_means():
    assert [(one.custom_id, one.style.name) for one in buttons(view(ASK))] == [
        (f"clapper:confirm:{JOB}:7", "primary"),
        (f"clapper:edit:{JOB}:7", "secondary"),
        (f"clapper:cancel?:{JOB}:7", "danger"),
    ]


@pytest.mark.parametrize(
    "made", [Handle("confirm", JOB, 7), Handle("cancel", JOB, 0, asks=True), Handle("close", "", 1)]
)
def test_a_handle_is_read_back_from_its_custom_id(made):
    assert handle(made.custom_id) == made
    assert len(made.custom_id) <= 100


@pytest.mark.parametrize(
    "id", ["", "clapper:confirm", "clapper:confirm:J-1:x", "clapper:confirm:J-1:7 ", "other:confirm:J-1:7", "clapper:confirm:J:x:7", "clapper:confirm:J-1:７", "clapper:confirm:J-1:7:", "clapper:confirm:J-1:7:ü", "clapper:confirm:J-1:7:a\n", f"clapper:confirm:J-1:7:{'x' * 33}", "clapper:confirm=?:J-1:7"],
)  # fmt: skip
def test_a_custom_id_that_is_none_of_ours_is_no_handle(id):
    assert handle(id) is None


def test_a_question_comes_before_a_press_that_asks_for_one_and_its_yes_is_the_press():
    asked = question(ASK, Handle("cancel", JOB, 7, asks=True))
    assert asked is not None
    assert texts(asked) == ["Stop it?"]
    assert [one.handle for one in buttons(asked)] == [Handle("cancel", JOB, 7, alone=True)]
    assert not flaws(asked)
    assert question(ASK, Handle("confirm", JOB, 7)) is None
    assert question(ASK, Handle("close", JOB, 7)) is None
    assert question(ASK, Handle("cancel", JOB, 7, item="X-1")) is None


def test_a_long_wish_is_cut_and_can_be_shown_whole():
    prompt = " ".join(f"word{number}" for number in range(1500))
    card = replace(ASK, text=prompt)
    shown = view(card)
    assert texts(shown)[1].endswith("…")
    assert buttons(shown)[-1].custom_id == f"clapper:{FULL_TEXT}:{JOB}:7"
    pages = full_text(card)
    assert "".join(unescaped("".join(texts(page))) for page in pages) == prompt
    assert not [flaw for page in pages for flaw in flaws(page)]


def test_a_wish_that_is_shown_whole_needs_no_button_for_it():
    assert FULL_TEXT not in {one.handle.action for one in buttons(view(ASK))}


def test_of_more_rows_than_fit_the_card_says_how_many_are_left_out():
    card = Card(title="Many", fields=tuple(Field(f"Model {n}", "x" * 90) for n in range(60)))
    assert re.search(r"\n-# … and \d+ more$", texts(view(card))[1])


@pytest.mark.parametrize(
    "said",
    [
        "@everyone look <@123> <@&456> <#789> @here",
        "[click](https://example.org) **bold** __under__ ~~no~~ ||spoiler|| `code`",
        "```py\nprint()\n```",
        "# heading\n- list\n> quote\n-# small\n1. one\n  * two\n+ three",
        "<t:0:R> <:smile:123> </make:5> <id:home>",
        "a_b_c 2*3*4 C:\\new \\* @Image1",
        "שלום @Image1 مرحبا",
    ],
)
def test_what_people_wrote_shows_as_they_wrote_it(said):
    card = Card(title=said, text=said, fields=(Field(said, said),), notes=(said,), state="queued", job=JOB)
    shown = texts(view(card))
    assert unescaped(shown[1].removeprefix("> ").replace("\n> ", "\n")) == said
    for one in shown:
        bare = re.sub(r"\\[^0-9A-Za-z\s]", "", one)
        assert not re.search(r"@(everyone|here)|<[@#:/t]|\]\(|`|\|\||~~|__", bare), one


def test_a_link_stays_one_that_can_be_followed():
    assert text.escape("see https://example.org/a_b_c?d=*e") == "see https://example.org/a_b_c?d=\\*e"


def test_reversed_reading_and_half_characters_are_taken_out():
    assert text.escape("a\u202eb\ud800c\x00d\x1b[31m") == "abcd"


NASTY = st.sampled_from(
    ["", " ", "\n\n", "@everyone", "<@1>", "<@&1>", "[a](https://b.c)", "```", "**", "\u202e", "\ud800", "🎬" * 90, "> ", "# ", "-# x", "1. ", "https://a.b/" + "_" * 300, "\u200f", "ab " * 2000, "\n" * 3000, "_" * 5000, "\x00", "👨‍👩‍👧‍👦"],
)  # fmt: skip
WORDS = st.lists(NASTY | st.text(st.characters(), max_size=30), max_size=6).map("".join)
MEDIA = st.builds(CardMedia, kind=st.sampled_from(MediaKind), key=st.sampled_from("abcdefghijklmno"), alt=WORDS, poster=st.sampled_from(["", "p", "q"]))  # fmt: skip
BARS = st.builds(Bar, fraction=st.none() | st.floats(-1, 2), text=WORDS, eta=st.none() | st.floats(), since=st.sampled_from(["", "x", "2026-11-20T12:00:00+00:00", "9999-12-31T23:59:59+00:00"]))  # fmt: skip
BUTTONS = st.builds(Button, action=st.sampled_from(Action), label=WORDS, style=st.sampled_from(Style), confirm=st.none() | WORDS)  # fmt: skip
CARDS = st.builds(
    Card,
    title=WORDS,
    text=WORDS,
    fields=st.lists(st.builds(Field, WORDS, WORDS), max_size=8).map(tuple) | st.just((Field("N" * 300, "V" * 3000),) * 200),
    costs=st.lists(st.tuples(WORDS, WORDS), max_size=6).map(tuple) | st.just((("a" * 500, "b" * 500),) * 120),
    notes=st.lists(WORDS, max_size=6).map(tuple) | st.just(("n" * 2000,) * 50),
    media=st.lists(MEDIA, max_size=14).map(tuple),
    progress=st.none() | BARS,
    buttons=st.lists(BUTTONS, max_size=40).map(tuple),
    tone=st.sampled_from(Tone),
    state=st.sampled_from(["", "queued", "error", "awaiting_confirmation"]),
    job=st.sampled_from(["", JOB, "J:1", "x" * 200]) | WORDS,
    revision=st.integers(-5, 10**12),
)  # fmt: skip
PICTURES = {key: f"{key}.jpg" for key in "abcdefghijklmnopq"}


@settings(max_examples=25, deadline=None)
@given(CARDS)
def test_every_limit_is_kept_whatever_a_card_holds(card):
    shown = view(card, pictures=PICTURES)
    names = {PICTURES[key] for one in card.media for key in (one.key, one.poster) if key in PICTURES}
    used = tuple(sorted(name for name in names if f"attachment://{name}" in str(shown.to_components())))
    assert not flaws(shown, used)
    assert sum(len(one.encode("utf-16-le")) // 2 for one in texts(shown)) <= 4000
    assert shown.total_children_count <= 40
    for page in full_text(card):
        assert not flaws(page)


@settings(max_examples=60, deadline=None)
@given(WORDS, st.integers(1, 300))
def test_fitted_text_never_passes_its_room_and_never_ends_within_an_escape(said, most):
    fitted = text.fit(said, most)
    assert text.units(fitted) <= most
    assert not re.search(r"(?<!\\)(\\\\)*\\…?$", fitted)
    assert text.units(text.quote(said, most)) <= most
    assert text.units(text.cut(said, most)) <= most
