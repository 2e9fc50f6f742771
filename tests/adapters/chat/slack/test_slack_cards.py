"""Cards as Slack shows them: whole, literal, within every limit."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.slack.cards import MOST_JSON, message
from adapters.chat.slack.elements import About, button_about
from adapters.chat.slack.text import cut, formats, pieces, units
from bot.domain.card import Action, Bar, Button, Card, CardMedia, Field, FieldKind, FormField, Style, Tone
from bot.domain.job import State
from bot.domain.media import MediaKind
from bot.flows.show import card_of
from tests.adapters.chat.slack.hostile import CARDS, OFTEN, TEXTS, message_problems, texts
from tests.fakes import SetClock
from tests.houses import open_storage, staged, template

SHEET = CardMedia(kind=MediaKind.image, key="sheet.jpg", alt="What came in: @Image1 first frame", name="inputs.jpg")
FILM = CardMedia(kind=MediaKind.video, key="f.mp4", alt="A fox", name="f.mp4", poster="p.jpg")
JOB = Card(title="Rendering", text="A fox", tone=Tone.working, job="J-ABCDEFGHIJ", revision=4)


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory):
    return template(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def stage(empty_database, tmp_path):
    clock = SetClock()
    storage = open_storage(empty_database, tmp_path, clock)
    yield staged(storage, tmp_path, clock)
    await storage.aclose()


def of_type(blocks, kind):
    return [block for block in blocks if block["type"] == kind]


def buttons(blocks):
    return {one["text"]["text"]: one for block in of_type(blocks, "actions") for one in block["elements"]}


@OFTEN
@given(CARDS, st.booleans(), st.sampled_from([{}, {"a": "F0123456789"}, {"a": "F0123456789", "b": "F0123456780", "c": "F0123456781"}]))  # fmt: skip
def test_whatever_a_card_holds_slack_takes_it(card, plain, pictures):
    """Limits are kept by how a message is made, not by what happens to be in it."""
    drawn = message(card, pictures=pictures, plain=plain)
    assert message_problems(drawn.text, drawn.blocks) == []
    assert len(json.dumps(drawn.blocks, ensure_ascii=False, separators=(",", ":"))) <= MOST_JSON
    shown = [one["action_id"] for one in buttons_of(drawn.blocks)]
    assert len(set(shown)) == len(shown)
    own = [one for one in card.buttons if not one.item]
    if own:
        assert f"clapper:{own[0].action}" in shown
    elif any(one.item in {"V-1", "2"} for one in card.buttons):
        assert shown


def buttons_of(blocks):
    return [one for block in of_type(blocks, "actions") for one in block["elements"]]


@given(TEXTS, st.integers(1, 60))
def test_a_cut_text_fits_and_begins_as_the_whole_one(text, most):
    """Whichever way Slack counts."""
    short = cut(text, most)
    assert units(short) <= most
    assert text.startswith(short.removesuffix("…"))


@given(TEXTS, st.integers(2, 500))
def test_pieces_hold_every_word(text, most):
    """A long text is broken, never shortened."""
    broken = pieces(text, most)
    assert all(units(one) <= most for one in broken)
    assert "".join("".join(broken).split()) == "".join(text.split())


async def test_every_state_of_a_real_job_is_drawn(stage):
    """From the price to the film, and the ends that are none."""
    stage.tollbooth.polls = ["running"]
    job = await stage.ask("A fox crosses the frozen lake, 8 seconds, with audio [Pan left, Tilt up]")
    seen = {}

    async def look(id):
        now = await stage.job(id)
        card = await card_of(now, stage.house)
        drawn = message(card)
        assert message_problems(drawn.text, drawn.blocks) == []
        assert card.title in texts(drawn.blocks[0])
        assert "A fox crosses the frozen lake" in texts(drawn.blocks)
        seen[now.state] = drawn

    await look(job.id)
    await stage.press(job.id, "confirm")
    await look(job.id)
    for _ in range(3):
        await stage.tick()
        stage.clock.forward(6)
    await look(job.id)
    stage.tollbooth.polls = ["finished"]
    await stage.run()
    await look(job.id)
    other = await stage.ask("A fox crosses the frozen lake")
    await stage.press(other.id, "cancel")
    await look(other.id)
    assert set(seen) == {State.awaiting_confirmation, State.queued, State.processing, State.complete, State.declined}
    assert list(buttons(seen[State.awaiting_confirmation].blocks)) == ["Confirm", "Edit", "Cancel"]
    assert "50%" in texts(seen[State.processing].blocks)
    assert {button_about(one["value"]).item for one in buttons_of(seen[State.complete].blocks)} == {f"{job.id[2:]}-1"}


async def test_the_price_stands_line_by_line_with_its_total_in_bold(stage):
    """Confirming is informed."""
    job = await stage.ask("A fox crosses the frozen lake, 8 seconds")
    blocks = message(await card_of(job, stage.house)).blocks
    bold = [run for block in of_type(blocks, "rich_text") for part in block["elements"] for run in part["elements"] if run.get("style") == {"bold": True}]  # fmt: skip
    assert [run["text"] for run in bold] == ["Total: 80.00 credits"]
    assert "Toll One, 8 s, 720p 16:9, silent · 80.00 credits" in texts(blocks)


def test_a_button_says_which_job_and_revision_it_is_about():
    """A press of an old card can be told from one of the new."""
    stop = Button(Action.cancel, "Cancel", Style.danger, confirm="Stop this film?")
    (button,) = buttons_of(message(replace(JOB, buttons=(stop,))).blocks)
    assert button_about(button["value"]) == About("J-ABCDEFGHIJ", 4)
    assert button == {
        "type": "button",
        "action_id": "clapper:cancel",
        "text": {"type": "plain_text", "text": "Cancel", "emoji": False},
        "value": '{"job":"J-ABCDEFGHIJ","revision":4}',
        "accessibility_label": "Cancel, job J-ABCDEFGHIJ",
        "style": "danger",
        "confirm": {
            "title": {"type": "plain_text", "text": "Are you sure?", "emoji": False},
            "text": {"type": "plain_text", "text": "Stop this film?", "emoji": False},
            "confirm": {"type": "plain_text", "text": "Yes", "emoji": False},
            "deny": {"type": "plain_text", "text": "No", "emoji": False},
            "style": "danger",
        },
    }


HEAD = '{"job": "J-1", "revision": 3'


@pytest.mark.parametrize(
    "value",
    [
        *("", "x", "[]", "3", "{}", '{"job": "J-1"}', '{"job": "J-1", "revision": null}'),
        *(f'{HEAD}, "item": {item}}}' for item in ("7", "null", "{}", '"\\u0000"', '"é"', f'"{"x" * 33}"')),
    ],
)
def test_a_value_that_is_none_of_ours_is_refused(value):
    """Never taken for a job that is not named."""
    with pytest.raises(ValueError):
        button_about(value)


def test_a_button_of_a_message_from_before_names_no_film():
    """It stands in channels for years."""
    assert button_about(HEAD + "}") == About("J-1", 3)


def test_a_button_names_its_film_and_that_it_asks_first():
    """Two alike about two films are told apart by Slack and by us."""
    rename = (FormField("name", "Name", FieldKind.line),)
    card = replace(JOB, buttons=tuple(Button(Action.rename, "Rename…", item=f"V-{n}", form=rename) for n in (1, 2)))
    first, second = buttons_of(message(card).blocks)
    assert (first["action_id"], second["action_id"]) == ("clapper:rename:V-1", "clapper:rename:V-2")
    assert button_about(second["value"]) == About("J-ABCDEFGHIJ", 4, "V-2", asks=True)


def rows(card: Card) -> list[list[str]]:
    return [[one["text"]["text"] for one in block["elements"]] for block in of_type(message(card).blocks, "actions")]


def test_many_buttons_stand_in_rows_that_say_what_belongs_together():
    """The films of a batch five to a row, all that can be done with one film side by side, the card's own by themselves."""
    films = tuple(Button(Action.film, f"Film {n}", item=f"V-{n}") for n in range(20))
    cancel = Button(Action.cancel, "Cancel all", Style.danger)
    assert rows(replace(JOB, buttons=(*films, cancel))) == [
        *([f"Film {n}" for n in range(start, start + 5)] for start in range(0, 20, 5)),
        ["Cancel all"],
    ]
    numbers = tuple(Button(Action.film, str(n), item=f"V-{n}") for n in range(12))
    assert rows(replace(JOB, buttons=numbers)) == [[str(n) for n in range(10)], ["10", "11"]]
    places = [Button(action, label, item=str(n)) for n in (1, 2) for action, label in ((Action.up, "Up"), (Action.leave_out, "Leave out"))]  # fmt: skip
    pages = (Button(Action.page, "Previous", item="1"), Button(Action.page, "Next", item="3"))
    assert rows(replace(JOB, buttons=(*places, *pages))) == [
        ["Up", "Leave out"],
        ["Up", "Leave out"],
        ["Previous", "Next"],
    ]


def test_of_more_buttons_than_a_message_holds_the_cards_own_stay_and_the_rest_is_counted():
    """A hundred films of one batch."""
    films = tuple(Button(Action.film, f"Film {n}", item=f"ABCDEFGHIJ-{n}") for n in range(100))
    card = replace(JOB, buttons=(*films, Button(Action.cancel, "Cancel all", confirm="Sure?")))
    drawn = message(card)
    assert message_problems(drawn.text, drawn.blocks) == []
    labels = [label for row in rows(card) for label in row]
    left = next(line for line in texts(drawn.blocks).splitlines() if "more buttons" in line)
    assert labels[-1] == "Cancel all"
    assert len(labels) > 20
    assert len(labels) + int(left.split()[0]) == 101


def test_a_card_of_no_job_claims_none_and_is_named_anew_with_its_words():
    """Its own id only tells its buttons where they stand."""
    pages = (Button(Action.page, "Next", item="2"),)
    card = Card(title="The library", text="37 films", job="S-ABCDEFGHIJ", buttons=pages)
    drawn = message(card)
    assert "S-ABCDEFGHIJ" not in texts(drawn.blocks)
    assert of_type(drawn.blocks, "rich_text")[0]["elements"][0]["type"] == "rich_text_section", (
        "its words are no prompt"
    )
    assert button_about(buttons(drawn.blocks)["Next"]["value"]) == About("S-ABCDEFGHIJ", 0, "2")
    turned = message(replace(card, text="page 2"))
    assert {one["block_id"] for one in drawn.blocks}.isdisjoint(one["block_id"] for one in turned.blocks)


def test_blocks_are_named_anew_at_each_revision():
    """Slack asks for it when a message changes."""
    first, second = ({block["block_id"] for block in message(replace(JOB, revision=n)).blocks} for n in (4, 5))
    assert first.isdisjoint(second)


def test_the_end_is_told_as_an_instant_in_the_readers_own_clock():
    """Right without an edit, however long the card stands."""
    bar = Bar(0.25, "Rendering, 25%", 90.0, "2026-11-20T12:00:00+00:00")
    shown = texts(message(replace(JOB, progress=bar)).blocks)
    assert "█████░░░░░░░░░░░░░░░  \n25%" in shown
    assert "Ready about <!date^1795176090^{time}|12:01 UTC> · started <!date^1795176000^{time}|12:00 UTC>" in shown


@pytest.mark.parametrize("fraction", [float("nan"), float("inf"), None])
def test_an_unknown_progress_shows_no_bar(fraction):
    """Nothing is claimed that is not known."""
    shown = texts(message(replace(JOB, progress=Bar(fraction, "Being sent"))).blocks)
    assert "Being sent" in shown
    assert "█" not in shown
    assert "░" not in shown


def test_a_title_and_its_bar_say_nothing_twice_but_trouble_is_told():
    """Calm, and nothing held back."""
    calm = texts(message(replace(JOB, progress=Bar(0.5, "Rendering, 50%"))).blocks)
    assert calm.count("Rendering") == 1
    assert "asked again" in texts(message(replace(JOB, progress=Bar(0.5, "It is asked again."))).blocks)


def test_a_picture_stands_in_the_card_once_slack_has_it():
    """Until then the card does without, and says what came in."""
    card = replace(JOB, media=(SHEET, FILM))
    with_both = message(card, pictures={"sheet.jpg": "F0123456789", "p.jpg": "F0123456780"}).blocks
    assert [(one["slack_file"]["id"], one["alt_text"]) for one in of_type(with_both, "image")] == [
        ("F0123456789", SHEET.alt),
        ("F0123456780", "A fox"),
    ]
    without = message(card).blocks
    assert of_type(without, "image") == []
    assert SHEET.alt in texts(without)
    assert texts(without).count("A fox") == 1, "the film's own words are the prompt, which stands there already"


@pytest.mark.parametrize("value", ["a *bold* claim", "_x_", "`code`", ":fire:", "> quote", "~gone~", "<!here> & <@U1>"])
def test_what_people_wrote_is_shown_as_they_wrote_it(value):
    """Neither obeyed nor altered."""
    blocks = message(replace(JOB, text=value, fields=(Field("Negative", value),), notes=(value,))).blocks
    assert texts(blocks).count(value) == 3
    for block in of_type(blocks, "section"):
        for cell in block["fields"]:
            assert cell["type"] == "plain_text" or not formats(value)


def test_a_long_prompt_is_cut_and_its_whole_text_is_a_button_away():
    """Only then: a short one needs none."""
    long = message(replace(JOB, text="A fox crosses the lake. " * 200)).blocks
    assert buttons(long)["Show full text"]["action_id"] == "clapper:full"
    assert button_about(buttons(long)["Show full text"]["value"]) == About("J-ABCDEFGHIJ", 4)
    assert texts(long).count("A fox") < 40
    assert "Show full text" not in buttons(message(JOB).blocks)


def test_eighty_models_fit_and_no_more_than_needed_is_left_out():
    """A list that answers a question is packed closely."""
    fields = tuple(Field(f"Model {n}", f"model-{n} · 4 to 15 s · 720p, 1080p · 7.03 to 77.83 credits a second") for n in range(80))  # fmt: skip
    blocks = message(Card(title="What can be used here", fields=fields)).blocks
    shown = texts(blocks)
    assert all(f"model-{n} ·" in shown for n in range(80))
    assert len(blocks) < 10
    many = texts(message(Card(title="All", fields=fields * 5)).blocks)
    left = next(line for line in many.splitlines() if line.endswith("more are not shown here."))
    assert many.count("credits a second") + int(left.split()[0]) == 400


def test_the_words_beside_the_blocks_say_the_whole_card():
    """They are what a notification shows and a screen reader reads."""
    card = replace(JOB, fields=(Field("Length", "8 s"),), costs=(("Total", "80 credits"),), notes=("Kept.",), buttons=(Button(Action.cancel, "Cancel"),))  # fmt: skip
    assert message(card).text.splitlines() == [
        "Rendering",
        "A fox",
        "Length: 8 s",
        "Total: 80 credits",
        "Kept.",
        "Buttons: Cancel",
    ]


def test_a_refused_message_is_said_again_in_the_simplest_blocks():
    """No pictures, no rich text, no markup; the buttons stay."""
    card = replace(JOB, media=(SHEET,), progress=Bar(0.5, "Rendering", 60, "2026-11-20T12:00:00+00:00"), buttons=(Button(Action.cancel, "Cancel"),))  # fmt: skip
    blocks = message(card, pictures={"sheet.jpg": "F0123456789"}, plain=True).blocks
    assert [block["type"] for block in blocks] == ["section", "actions"]
    assert blocks[0]["text"]["type"] == "plain_text"
    assert "Ready about 12:01 UTC" in texts(blocks)
