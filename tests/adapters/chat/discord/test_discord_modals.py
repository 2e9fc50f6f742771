"""The Edit form as a modal, and what comes back from it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.discord.buttons import Handle
from adapters.chat.discord.filled import filled
from adapters.chat.discord.modals import ELSE, form_modal
from bot.domain.card import Action, Button, Card, FieldKind, FormField
from bot.domain.errors import BadRequest
from bot.flows.show.form import form_values
from tests.adapters.chat.discord.validator import modal_flaws

MODELS = tuple((f"model-{number}", f"Model {number}") for number in range(40))
FORM = (
    FormField("prompt", "Prompt", FieldKind.text, "A fox crosses the lake"),
    FormField("model", "Model", FieldKind.choice, "model-33", MODELS),
    FormField("seconds", "Length in seconds", FieldKind.line, "8"),
    FormField("aspect", "Ratio", FieldKind.choice, "16:9", (("16:9", "16:9"), ("9:16", "9:16"))),
    FormField("resolution", "Resolution", FieldKind.choice, "720p", (("720p", "720p"), ("1080p", "1080p"))),
    FormField("audio", "Sound", FieldKind.toggle, "no"),
    FormField("count", "Results", FieldKind.line, "1"),
    FormField("@Image1", "@Image1 cat.png", FieldKind.choice, "first_frame", (("first_frame", "First frame"), ("leave_out", "Leave it out"))),
)  # fmt: skip
CARD = Card(title="Make this film?", job="J-ABCDEFGHIJ", revision=4)
EDIT = Handle("edit", CARD.job, 4)


def with_form(form: tuple[FormField, ...]) -> Card:
    return replace(CARD, buttons=(Button(Action.edit, "Edit", form=form),))


WHOLE = with_form(FORM)


def parts(card: Card) -> list[dict]:
    modal = form_modal(card, EDIT)
    assert modal is not None
    shown = modal.to_dict()
    assert not list(modal_flaws(shown))
    return shown["components"]


def submitted(card: Card, **changed: str) -> list[dict]:
    """The modal as Discord sends it back: as it was shown, but for what the person changed."""
    answer = []
    for part in parts(card):
        asked = part["component"]
        id = asked["custom_id"]
        if asked["type"] == 3:
            chosen = [one["value"] for one in asked["options"] if one["default"]]
            answer.append({"type": 18, "id": 1, "component": {"type": 3, "id": 2, "custom_id": id, "values": [changed.get(id, *chosen)]}})  # fmt: skip
        else:
            answer.append({"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": id, "value": changed.get(id, asked.get("value", ""))}})  # fmt: skip
    return answer


def read(card: Card, **changed: str) -> dict[str, str]:
    return json.loads(filled(submitted(card, **changed), card.buttons[0].form))


def test_what_people_change_most_has_a_part_of_its_own_and_the_rest_share_the_last():
    shown = parts(WHOLE)
    assert [part["component"]["custom_id"] for part in shown] == ["prompt", "model", "seconds", "aspect", ELSE]
    assert shown[-1]["component"]["value"] == "Resolution: 720p\nSound: off\nResults: 1\n@Image1: First frame"


def test_a_form_that_fits_is_shown_whole():
    few = with_form(FORM[:1] + FORM[3:6])
    assert [part["component"]["custom_id"] for part in parts(few)] == ["prompt", "aspect", "resolution", "audio"]


def test_the_present_model_is_among_the_25_that_are_offered():
    offered = parts(WHOLE)[1]
    assert len(offered["component"]["options"]) == 25
    assert [one["value"] for one in offered["component"]["options"] if one["default"]] == ["model-33"]
    assert offered["description"] == "15 more can be written below, as model: …"


def test_a_form_left_as_it_was_changes_nothing():
    asked = {field.name: field.value for field in FORM}
    given_back = read(WHOLE)
    assert {name: asked[name] for name in given_back} == given_back


def test_what_was_changed_comes_back_by_the_forms_own_names():
    lines = "resolution = 1080p\nSOUND: On\nResults: 3\n@Image1: leave it out"
    changed = read(WHOLE, prompt="A wolf", aspect="9:16", **{ELSE: lines})
    assert changed == {"prompt": "A wolf", "model": "model-33", "seconds": "8", "aspect": "9:16", "resolution": "1080p", "audio": "yes", "count": "3", "@Image1": "leave_out"}  # fmt: skip


def test_a_model_that_was_not_offered_can_be_written():
    assert read(WHOLE, **{ELSE: "model: Model 39"})["model"] == "model-39"


def test_flags_join_the_prompt_where_the_one_grammar_reads_them():
    assert (
        read(WHOLE, **{ELSE: "--seed 7\n--negative rain"})["prompt"]
        == "A fox crosses the lake --seed 7 --negative rain"
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("make it nicer", "The line 'make it nicer' under Everything else is not understood."),
        ("Colour: red", "The line 'Colour: red' under Everything else is not understood."),
        ("Resolution: 9000p", "Resolution cannot be '9000p'. It can be: 720p, 1080p."),
        ("Sound: loud", "Sound cannot be 'loud'. It can be: On, Off."),
    ],
)
def test_a_line_that_means_nothing_is_told_with_what_it_can_be(lines, said):
    with pytest.raises(BadRequest) as refused:
        read(WHOLE, **{ELSE: lines})
    assert refused.value.say.startswith(said)


def test_a_wish_too_long_for_an_input_is_left_as_it_is_rather_than_cut():
    long = with_form((replace(FORM[0], value="word " * 2000), *FORM[1:]))
    assert "prompt" not in read(long)


def test_the_answer_is_what_the_core_reads_as_a_form():
    assert form_values(filled(submitted(WHOLE), FORM)) == read(WHOLE)


def test_a_card_without_a_form_opens_none():
    assert form_modal(with_form(()), EDIT) is None


@pytest.mark.parametrize(
    "components", [None, [], "x", [1], [{}], [{"component": 3}], [{"component": {"custom_id": "a", "value": []}}]]
)
def test_an_answer_that_makes_no_sense_is_an_empty_one(components):
    assert filled(components, FORM) == "{}"


def test_switches_and_older_rows_are_read_too():
    rows = [{"type": 1, "components": [{"type": 4, "custom_id": "prompt", "value": "Hi"}]}, {"type": 18, "component": {"type": 23, "custom_id": "audio", "value": True}}]  # fmt: skip
    assert json.loads(filled(rows, FORM)) == {"prompt": "Hi", "audio": "yes"}


WORDS = st.sampled_from(["", "a", "x" * 5000, "🎬" * 60, "a:b", "\n", "prompt", ELSE]) | st.text(max_size=20)
FIELDS = st.builds(FormField, WORDS, WORDS, st.sampled_from(FieldKind), WORDS, st.lists(st.tuples(WORDS, WORDS), max_size=40).map(tuple))  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.lists(FIELDS, min_size=1, max_size=12, unique_by=lambda field: field.name).map(tuple))
def test_every_limit_is_kept_whatever_a_form_holds(form):
    modal = form_modal(with_form(form), EDIT)
    assert modal is not None
    assert not list(modal_flaws(modal.to_dict()))
