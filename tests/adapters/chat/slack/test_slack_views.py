"""The modals: the Edit form and back, a whole text, and the choice of clips to merge."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.slack.views import edit_values, edit_view, full_text, merge_command, merge_view
from bot.domain.card import Card, Field, FieldKind, FormField
from bot.domain.chat import Person
from bot.domain.drive import Clip
from bot.flows.show import card_of
from tests.adapters.chat.slack.hostile import CARDS, OFTEN, TEXTS, texts, view_problems
from tests.fakes import SetClock
from tests.houses import open_storage, staged, template

PLACE = ("C1", "1.0")
FORM = (
    FormField("prompt", "Prompt", FieldKind.text, "A fox <leaps> & lands"),
    FormField("model", "Model", FieldKind.choice, "toll-1", (("toll-1", "Toll One"), ("toll-2", "Toll Two"))),
    FormField("seconds", "Length in seconds", FieldKind.text, ""),
    FormField("audio", "Sound", FieldKind.toggle, "no"),
    FormField("@Image1", "@Image1 fox.png", FieldKind.choice, "first_frame", (("first_frame", "First frame"), ("leave_out", "Leave it out"))),
)  # fmt: skip
CARD = Card(title="Make this film?", form=FORM, job="J-ABCDEFGHIJ", revision=3)


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory):
    return template(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def stage(empty_database, tmp_path):
    clock = SetClock()
    storage = open_storage(empty_database, tmp_path, clock)
    yield staged(storage, tmp_path, clock)
    await storage.aclose()


def submitted(view: dict[str, Any], **changes: str | None) -> dict[str, Any]:
    """The view as Slack sends it back, with what a person changed in it."""
    values = {one["block_id"]: {one["element"]["action_id"]: _state(one, changes)} for one in inputs(view)}
    return {**view, "state": {"values": values}}


def _state(block: dict[str, Any], changes: dict[str, str | None]) -> dict[str, Any]:
    name, element = block["block_id"], block["element"]
    if element["type"] == "plain_text_input":
        value = changes.get(name, element.get("initial_value"))
        return {"type": "plain_text_input", "value": value or None}
    first = element.get("initial_option")
    value = changes.get(name, first["value"] if first else None)
    chosen = next((option for option in element["options"] if option["value"] == value), None)
    return {"type": element["type"], "selected_option": chosen}


def inputs(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in view["blocks"] if block["type"] == "input"]


def view_of(card: Card = CARD) -> dict[str, Any]:
    return edit_view(card, *PLACE)


def clip(number: int, **changes: Any) -> Clip:
    return Clip(
        id=f"V-ABC{number}-1",
        workspace="T1",
        owner=Person("slack", "T1", "U1"),
        job=f"J-ABC{number}",
        drive_path=changes.pop("drive_path", f"promo/fox_{number}.mp4"),
        key=f"k{number}",
        bytes=10,
        seconds=8.0,
        width=1280,
        height=720,
        made_at=datetime(2026, 11, 20, 12, number % 60, tzinfo=UTC),
        poster=f"p{number}",
        **changes,
    )


@OFTEN
@given(CARDS, TEXTS)
def test_whatever_a_form_holds_slack_takes_it(card, odd):
    """Both what is asked and what is shown whole."""
    assert view_problems(edit_view(card, odd, odd)) == []
    assert view_problems(full_text(card)) == []


@OFTEN
@given(CARDS)
def test_what_nobody_touched_comes_back_as_it_was_offered(card):
    """An untouched default stays one: nothing is cut, renamed or made up on the way."""
    offered = {field.name: field for field in reversed(card.form)}  # of two fields with one name the first is asked for
    _, _, _, value = edit_values(submitted(view_of(card)))
    for name, back in json.loads(value).items():
        assert name in offered
        if offered[name].kind is not FieldKind.text:
            assert back == offered[name].value


def test_an_untouched_form_comes_back_whole():
    """Names and values exactly the form's."""
    job, revision, place, value = edit_values(submitted(view_of()))
    assert (job, revision, place) == ("J-ABCDEFGHIJ", 3, PLACE)
    assert json.loads(value) == {field.name: field.value for field in FORM}


def test_what_was_changed_comes_back_changed():
    """An emptied field is empty; a choice that nobody made is left out."""
    form = (*FORM, FormField("aspect", "Ratio", FieldKind.choice, "", (("16:9", "16:9"),)))
    changes = {"prompt": "A <wolf> & a fox\nat dawn", "seconds": "8", "audio": "yes", "@Image1": "leave_out"}
    _, _, _, value = edit_values(submitted(view_of(replace(CARD, form=form)), **changes))
    assert json.loads(value) == {**changes, "model": "toll-1"}
    emptied = submitted(view_of(), prompt="")
    assert json.loads(edit_values(emptied)[3])["prompt"] == ""


async def test_the_form_of_a_real_price_changes_the_film(stage):
    """From the card to the modal and back into the same job."""
    job = await stage.ask("A fox crosses the frozen lake, 8 seconds")
    view = view_of(await card_of(job, stage.house))
    assert view_problems(view) == []
    id, revision, _, value = edit_values(submitted(view, prompt="A wolf crosses the river", aspect="9:16"))
    assert (id, revision) == (job.id, job.version)
    await stage.press(id, "edit", value)
    edited = await stage.job(id)
    assert edited.request.prompt == "A wolf crosses the river"
    assert edited.choice.settings.aspect.value == "9:16"
    assert edited.choice.settings.seconds.value == 8


@pytest.mark.parametrize("length", [3001, 20_000])
def test_a_prompt_too_long_for_a_form_stays_as_it_is(length):
    """It is not cut in silence: the form says so and how to change it."""
    view = view_of(replace(CARD, form=(replace(FORM[0], value="x" * length), *FORM[1:])))
    assert "prompt" not in json.loads(edit_values(submitted(view))[3])
    assert f"{length:,} characters" in texts(view)
    assert "send the new text as a message" in texts(view)


def test_a_prompt_of_just_the_most_characters_can_be_edited():
    """The limit itself is allowed."""
    view = view_of(replace(CARD, form=(replace(FORM[0], value="x" * 3000),)))
    assert inputs(view)[0]["element"]["initial_value"] == "x" * 3000


def test_of_too_many_choices_the_present_one_stays_and_the_rest_is_told():
    """A menu holds a hundred."""
    options = tuple((f"model-{n}", f"Model {n}") for n in range(130))
    view = view_of(replace(CARD, form=(FormField("model", "Model", FieldKind.choice, "model-125", options),)))
    (one,) = inputs(view)
    assert len(one["element"]["options"]) == 100
    assert one["element"]["initial_option"]["value"] == "model-125"
    assert one["hint"]["text"] == "30 more do not fit here; name one in a message instead."


@pytest.mark.parametrize("odd", ["a\ud800", "turned \u202eback", " spaces ", "x" * 151, ""])
def test_a_value_that_would_not_come_back_unchanged_is_not_offered(odd):
    """A changed value would be another choice."""
    view = view_of(
        replace(CARD, form=(FormField("model", "Model", FieldKind.choice, odd, ((odd, "Odd"), ("a", "A"))),))
    )
    (one,) = inputs(view)
    assert [option["value"] for option in one["element"]["options"]] == ["a"]
    assert "1 more do not fit here" in one["hint"]["text"]


@pytest.mark.parametrize(
    "view", [{}, {"private_metadata": "x"}, {"private_metadata": "{}"}, {"private_metadata": "3", "state": {}}]
)
def test_a_submission_that_is_none_of_ours_is_refused(view):
    """Never taken for an edit of a job that is not named."""
    with pytest.raises(ValueError):
        edit_values(view)


def test_the_full_text_is_whole():
    """Every word of the prompt and the notes, however long."""
    prompt = " ".join(f"word{n}" for n in range(5000))
    card = Card(title="Make this film?", text=prompt, notes=("Kept " * 300,), fields=(Field("Negative", "rain " * 200),), job="J-A")  # fmt: skip
    view = full_text(card)
    assert view_problems(view) == []
    shown = texts(view).split()
    assert [word for word in shown if word.startswith("word")] == prompt.split()
    assert shown.count("Kept") == 300
    assert shown.count("rain") == 200


def picked(view: dict[str, Any], *ids: str, form: str = "auto") -> dict[str, Any]:
    places = {f"place:{n + 1}": id for n, id in enumerate(ids)}
    return submitted(view, **places, **{"clapper:format": form})


def test_picked_clips_become_a_merge_in_their_order():
    """With the format asked for, or as the inputs are."""
    view = merge_view([clip(n) for n in range(4)])
    assert view_problems(view) == []
    assert merge_command(picked(view, "V-ABC2-1", "V-ABC0-1", form="portrait")) == "V-ABC2-1 V-ABC0-1 as portrait"
    assert merge_command(picked(view, "V-ABC1-1", "V-ABC1-1", "V-ABC3-1")) == "V-ABC1-1 V-ABC1-1 V-ABC3-1 as auto"
    assert [block["optional"] for block in inputs(view)] == [False, False, True, True, True, True]


def test_chosen_clips_stand_in_their_places():
    """In the order they were chosen; what is gone is left out."""
    view = merge_view([clip(n) for n in range(4)], ["V-ABC3-1", "V-GONE", "V-ABC1-1"])
    assert merge_command(submitted(view)) == "V-ABC3-1 V-ABC1-1 as auto"


def test_a_library_of_hundreds_is_listed_as_far_as_a_menu_goes():
    """Newest first, and how many are not listed."""
    view = merge_view([clip(n) for n in range(150)])
    assert view_problems(view) == []
    assert len(inputs(view)[0]["element"]["options"]) == 100
    assert "50 older films are not listed here." in texts(view)


@pytest.mark.parametrize("count", [0, 1])
def test_a_merge_of_fewer_than_two_is_not_offered(count):
    """It says what is missing instead."""
    view = merge_view([clip(n) for n in range(count)])
    assert view_problems(view) == []
    assert "submit" not in view
    assert "at least two films" in texts(view)


@OFTEN
@given(st.lists(TEXTS, max_size=5))
def test_films_of_any_name_can_be_picked(names):
    """Whatever a Drive path holds."""
    assert view_problems(merge_view([clip(n, drive_path=name) for n, name in enumerate(names)])) == []


@pytest.mark.parametrize("view", [{}, {"state": {"values": {}}}, {"state": None}])
def test_a_merge_that_is_none_of_ours_is_refused(view):
    """Never taken for a merge of nothing."""
    with pytest.raises(ValueError):
        merge_command(view)
