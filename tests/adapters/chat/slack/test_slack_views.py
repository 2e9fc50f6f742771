"""The modals: the Edit form and back, a whole text, and the choice of clips to merge."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.slack.forms import suggested
from adapters.chat.slack.views import Asked, asked, form_value, form_view, full_text, merge_command, merge_view
from bot.domain.card import Action, Button, Card, Field, FieldKind, FormField
from bot.domain.chat import Person
from bot.domain.drive import Clip, Found
from bot.flows.show import card_of
from tests.adapters.chat.slack.hostile import CARDS, FORMS, OFTEN, TEXTS, several, texts, view_problems
from tests.fakes import SetClock
from tests.houses import open_storage, staged, template

FORM = (
    FormField("prompt", "Prompt", FieldKind.text, "A fox <leaps> & lands"),
    FormField("model", "Model", FieldKind.choice, "toll-1", (("toll-1", "Toll One"), ("toll-2", "Toll Two"))),
    FormField("seconds", "Length in seconds", FieldKind.line, ""),
    FormField("audio", "Sound", FieldKind.toggle, "no"),
    FormField("@Image1", "@Image1 fox.png", FieldKind.choice, "first_frame", (("first_frame", "First frame"), ("leave_out", "Leave it out"))),
)  # fmt: skip
ABOUT = Asked(action="edit", item="V-1", job="J-ABCDEFGHIJ", revision=3, channel="C1", thread="1.0")


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
    offered = element.get("options", [first])
    chosen = next((option for option in offered if option and option["value"] == value), None)
    return {"type": element["type"], "selected_option": chosen}


def inputs(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in view["blocks"] if block["type"] == "input"]


def view_of(form: tuple[FormField, ...] = FORM, label: str = "Edit", about: Asked = ABOUT) -> dict[str, Any]:
    return form_view(Button(Action.edit, label, form=form), about)


def back(view: dict[str, Any], **changes: str | None) -> dict[str, str]:
    """What comes back of a form, as the core reads it."""
    return json.loads(form_value(submitted(view, **changes)))


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
    about = Asked(action="edit", item="", job=odd, revision=card.revision, channel=odd, thread=odd)
    for button in card.buttons[:3]:
        assert view_problems(form_view(button, about)) == []
    assert view_problems(full_text(card)) == []


@OFTEN
@given(several(FORMS, 40))
def test_what_nobody_touched_comes_back_as_it_was_offered(form):
    """An untouched default stays one: nothing is cut, renamed or made up on the way."""
    offered = {field.name: field for field in reversed(form)}  # of two fields with one name the first is asked for
    for name, value in back(view_of(form)).items():
        assert name in offered
        if offered[name].kind in {FieldKind.choice, FieldKind.toggle}:
            assert value == offered[name].value
        if offered[name].kind is FieldKind.order:
            assert set(value.split()) <= set(offered[name].value.split())


def test_an_untouched_form_comes_back_whole():
    """Names and values exactly the form's."""
    assert asked(submitted(view_of())) == ABOUT
    assert back(view_of()) == {field.name: field.value for field in FORM}


def test_what_was_changed_comes_back_changed():
    """An emptied field is empty; a choice that nobody made is left out."""
    form = (*FORM, FormField("aspect", "Ratio", FieldKind.choice, "", (("16:9", "16:9"),)))
    changes = {"prompt": "A <wolf> & a fox\nat dawn", "seconds": "8", "audio": "yes", "@Image1": "leave_out"}
    assert back(view_of(form), **changes) == {**changes, "model": "toll-1"}
    assert back(view_of(), prompt="")["prompt"] == ""


async def test_the_form_of_a_real_price_changes_the_film(stage):
    """From the card to the modal and back into the same job."""
    job = await stage.ask("A fox crosses the frozen lake, 8 seconds")
    card = await card_of(job, stage.house)
    edit = next(button for button in card.buttons if button.action is Action.edit)
    view = form_view(edit, replace(ABOUT, item=""))
    assert view_problems(view) == []
    await stage.press(job.id, "edit", form_value(submitted(view, prompt="A wolf crosses the river", aspect="9:16")))
    edited = await stage.job(job.id)
    assert edited.request.prompt == "A wolf crosses the river"
    assert edited.choice.settings.aspect.value == "9:16"
    assert edited.choice.settings.seconds.value == 8


@pytest.mark.parametrize("length", [3001, 20_000])
def test_a_prompt_too_long_for_a_form_stays_as_it_is(length):
    """It is not cut in silence: the form says so and how to change it."""
    view = view_of((replace(FORM[0], value="x" * length), *FORM[1:]))
    assert "prompt" not in back(view)
    assert f"{length:,} characters" in texts(view)
    assert "send the new text as a message" in texts(view)


def test_a_prompt_of_just_the_most_characters_can_be_edited():
    """The limit itself is allowed."""
    view = view_of((replace(FORM[0], value="x" * 3000),))
    assert inputs(view)[0]["element"]["initial_value"] == "x" * 3000


def test_more_choices_than_a_menu_holds_are_looked_up_while_typing():
    """A menu holds a hundred; the present one stands there already."""
    options = tuple((f"model-{n}", f"Model {n}") for n in range(130))
    form = (FormField("model", "Model", FieldKind.choice, "model-125", options),)
    view = view_of(form)
    assert view_problems(view) == []
    (one,) = inputs(view)
    assert one["element"]["type"] == "external_select"
    assert back(view) == {"model": "model-125"}
    assert len(suggested(form, "model", "clapper:field", "")) == 100
    assert [one["value"] for one in suggested(form, "model", "clapper:field", "MODEL 12")][:2] == [
        "model-12",
        "model-120",
    ]
    assert suggested(form, "other", "clapper:field", "") == suggested((), "model", "clapper:field", "") == []


def test_no_choice_says_what_that_means():
    """No option of Slack's is empty."""
    view = view_of((FormField("model", "Model", FieldKind.choice, "", (("", "Any that can"), ("a", "A"))),))
    (one,) = inputs(view)
    assert (one["element"]["placeholder"]["text"], "hint" in one) == ("Any that can", False)
    assert back(view) == {}


def test_a_line_is_one_line_and_a_text_several():
    """As each field says."""
    line, text = inputs(
        view_of((FormField("a", "A", FieldKind.line, "x y"), FormField("b", "B", FieldKind.text, "x\ny")))
    )
    assert (line["element"]["multiline"], text["element"]["multiline"]) == (False, True)


ORDER = (
    FormField("films", "Films", FieldKind.order, "V-3 V-1 gone", tuple((f"V-{n}", f"Film {n}") for n in range(6))),
)


def test_an_order_is_a_menu_for_each_place():
    """The first two have to be filled; what is chosen stands in its place."""
    view = view_of(ORDER)
    assert view_problems(view) == []
    assert [(one["label"]["text"], one["optional"]) for one in inputs(view)] == [
        ("First", False), ("Second", False), ("Third", True), ("Fourth", True), ("Fifth", True)
    ]  # fmt: skip
    assert back(view) == {"films": "V-3 V-1"}
    changes = {"1:films": "V-5", "4:films": "V-0"}
    assert back(view, **changes) == {"films": "V-5 V-1 V-0"}


def test_a_film_may_stand_in_two_places_and_is_offered_in_both_again():
    """As a merge by a line takes it, too."""
    twice = (FormField("films", "Films", FieldKind.order, "V-3 V-1 V-3", ORDER[0].options),)
    assert back(view_of(ORDER), **{"3:films": "V-3"}) == {"films": "V-3 V-1 V-3"}
    assert back(view_of(twice)) == {"films": "V-3 V-1 V-3"}


@pytest.mark.parametrize("count", [0, 1])
def test_an_order_of_fewer_than_two_asks_nothing(count):
    """It says what is missing instead."""
    view = view_of((replace(ORDER[0], options=ORDER[0].options[:count]),))
    assert view_problems(view) == []
    assert "submit" not in view
    assert "at least two" in texts(view)


@pytest.mark.parametrize("odd", ["a\ud800", "turned \u202eback", " spaces ", "x" * 151])
def test_a_value_that_would_not_come_back_unchanged_is_not_offered(odd):
    """A changed value would be another choice."""
    view = view_of((FormField("model", "Model", FieldKind.choice, odd, ((odd, "Odd"), ("a", "A"))),))
    (one,) = inputs(view)
    assert [option["value"] for option in one["element"]["options"]] == ["a"]
    assert "1 more do not fit here" in one["hint"]["text"]


@pytest.mark.parametrize(
    "view", [{}, {"private_metadata": "x"}, {"private_metadata": "{}"}, {"private_metadata": "3", "state": {}}]
)
def test_a_submission_that_is_none_of_ours_is_refused(view):
    """Never taken for an edit of a job that is not named."""
    with pytest.raises(ValueError):
        asked(view)


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


def found(count: int, total: int = 0) -> Found:
    return Found(tuple(clip(n) for n in range(count)), total or count)


def picked(view: dict[str, Any], *ids: str, shape: str = "auto") -> dict[str, Any]:
    places = {f"{n + 1}:films": id for n, id in enumerate(ids)}
    return submitted(view, **places, format=shape)


def test_picked_films_become_a_merge_in_their_order():
    """With the shape asked for, or as the films are."""
    view = merge_view(found(4))
    assert view_problems(view) == []
    assert merge_command(picked(view, "V-ABC2-1", "V-ABC0-1", shape="portrait")) == "V-ABC2-1 V-ABC0-1 as portrait"
    assert merge_command(picked(view, "V-ABC1-1", "V-ABC2-1", "V-ABC3-1")) == "V-ABC1-1 V-ABC2-1 V-ABC3-1 as auto"


def test_of_hundreds_of_films_the_newest_can_be_picked_here():
    """And how many are not listed is said."""
    view = merge_view(found(100, total=150))
    assert view_problems(view) == []
    assert len(inputs(view)[0]["element"]["options"]) == 100
    assert "50 older films are not listed here." in texts(view)


@OFTEN
@given(st.lists(TEXTS, max_size=5))
def test_films_of_any_name_can_be_picked(names):
    """Whatever a Drive path holds."""
    films = tuple(clip(n, drive_path=name) for n, name in enumerate(names))
    assert view_problems(merge_view(Found(films, len(films)))) == []


@pytest.mark.parametrize("view", [{}, {"state": {"values": {}}}, {"state": None}])
def test_a_merge_that_is_none_of_ours_is_refused(view):
    """Never taken for a merge of nothing."""
    with pytest.raises(ValueError):
        merge_command(view)
