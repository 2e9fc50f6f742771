"""An order in a modal: numbers that people write as they like, read against the options they saw."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.discord.buttons import Handle
from adapters.chat.discord.filled import filled
from adapters.chat.discord.modals import ELSE, form_modal
from adapters.chat.discord.orders import input_id, numbers, read_order, stamped
from bot.domain.card import Action, Button, Card, FieldKind, FormField
from bot.domain.errors import BadRequest
from tests.adapters.chat.discord.validator import modal_flaws

FILMS = tuple((f"ABCDEFGHIJ-{number}", f"promo/film-{number}.mp4 · 5 s") for number in range(1, 8))
ORDER = FormField("films", "Films", FieldKind.order, "ABCDEFGHIJ-2 ABCDEFGHIJ-1", FILMS)
FORMATS = FormField("format", "Format", FieldKind.choice, "auto", (("auto", "Auto"), ("square", "Square HD")))
FADE, PATH = FormField("fade", "Cross-fade", FieldKind.line), FormField("path", "Save as", FieldKind.line)
FILL = FormField("fill", "Other ratios", FieldKind.choice, "pad", (("pad", "Bars"), ("crop", "Cut")))
EDIT = Handle("edit", "J-ABCDEFGHIJ", 4)


def parts(*form: FormField) -> list[dict]:
    card = Card(title="Merge", job=EDIT.job, revision=4, buttons=(Button(Action.edit, "Edit", form=form),))
    modal = form_modal(card, EDIT)
    assert modal is not None
    told = modal.to_dict()
    assert not list(modal_flaws(told))
    return told["components"]


def read(said: str, order: FormField = ORDER) -> str:
    return read_order(order, said, (stamped(input_id(order)) or ("", ""))[1])


def test_options_are_numbered_above_an_input_that_holds_the_order_as_it_is():
    told, asked, *rest = parts(ORDER, FORMATS, FADE)
    assert told["content"].splitlines()[:2] == ["**1** promo/film-1.mp4 · 5 s", "**2** promo/film-2.mp4 · 5 s"]
    assert (asked["label"], asked["component"]["value"], asked["component"]["required"]) == ("Films", "2 1", True)
    assert [part["component"]["custom_id"] for part in rest] == ["format", "fade"]


def test_few_short_options_are_told_in_the_inputs_description():
    few = replace(ORDER, options=(("a", "a.mp4"), ("b", "b.mp4")))
    (asked,) = parts(few)
    assert asked["description"] == "1 = a.mp4; 2 = b.mp4"


def test_an_order_comes_first_and_what_does_not_fit_shares_the_last_part():
    told = parts(PATH, FADE, FORMATS, FILL, ORDER)
    assert [part.get("component", part).get("custom_id") for part in told] == [
        None,
        input_id(ORDER),
        "path",
        "fade",
        ELSE,
    ]
    assert told[-1]["component"]["value"] == "Format: Auto\nOther ratios: Bars"


@pytest.mark.parametrize(
    "said",
    ["3 1 2", "3,1, 2", " 3;1;2. ", "3. 1. 2.", "3, 1 and 2", "3 then 1 then 2", "3 > 1 → 2", "#3 #1 #2", "3-1-2", "312", "３ １ ２", "3 1 ²", "[3] (1) 2", "3\n1\n2"],
)  # fmt: skip
def test_an_order_is_read_however_it_is_written(said):
    assert read(said) == "ABCDEFGHIJ-3 ABCDEFGHIJ-1 ABCDEFGHIJ-2"


def test_a_number_of_two_digits_is_one_number_where_there_are_so_many():
    many = replace(ORDER, options=tuple((f"X-{number}", f"{number}.mp4") for number in range(1, 26)))
    assert read("12", many) == "X-12"
    assert read("25 1", many) == "X-25 X-1"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("3 first 2", "Films: 'first' is no number. Write the numbers in the order you want, such as 3 2 1."),
        ("3 8", "Films: there is no 8. The numbers go from 1 to 7."),
        ("0 1", "Films: there is no 0. The numbers go from 1 to 7."),
        ("318", "Films: there is no 8. The numbers go from 1 to 7."),
        ("9" * 5000, "Films: there is no 9. The numbers go from 1 to 7."),
    ],
)
def test_an_order_that_means_nothing_is_told_with_what_it_can_be(said, told):
    with pytest.raises(BadRequest) as refused:
        read(said)
    assert refused.value.say == told


def submitted(order: FormField, said: str, *more: tuple[str, str]) -> list[dict]:
    inputs = [(input_id(order), said), *more]
    return [{"type": 18, "component": {"type": 4, "custom_id": id, "value": value}} for id, value in inputs]


def test_the_answer_holds_what_was_chosen_and_not_its_numbers():
    told = filled(submitted(ORDER, "3 1", ("path", "promo/all"), (ELSE, "Format: square hd")), (ORDER, FORMATS, PATH))
    assert json.loads(told) == {"films": "ABCDEFGHIJ-3 ABCDEFGHIJ-1", "path": "promo/all", "format": "square"}


def test_numbers_never_mean_other_films_than_those_that_were_shown_with_them():
    """Somebody put a film in while the form was open."""
    now = replace(ORDER, options=(("ABCDEFGHIJ-9", "new.mp4"), *FILMS))
    with pytest.raises(BadRequest) as refused:
        filled(submitted(ORDER, "3 1"), (now, PATH))
    assert "changed while the form was open, so nothing was done" in refused.value.say
    with pytest.raises(BadRequest):
        filled(submitted(ORDER, "3 1"), (PATH,))
    assert filled(submitted(ORDER, "3 1"), ()) == "{}", "its card is gone: the core says what there is to say"


def test_what_a_forged_answer_adds_is_no_part_of_the_form():
    told = filled(submitted(ORDER, "3 1", ("job", "J-1"), ("films", "X-1"), ("prompt", "a")), (ORDER,))
    assert json.loads(told) == {"films": "ABCDEFGHIJ-3 ABCDEFGHIJ-1", "prompt": "a"}


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40) | st.lists(st.integers(-3, 12)).map(lambda some: " , ".join(map(str, some))))
def test_whatever_is_written_gives_options_or_a_sentence(said):
    got = tried(said)
    if not got.startswith("Films: "):
        assert set(got.split()) <= {value for value, _ in FILMS}
        assert read(numbers(replace(ORDER, value=got))) == got


def tried(said: str) -> str:
    """What it means, or what is wrong with it."""
    try:
        return read(said)
    except BadRequest as refused:
        return refused.say
