"""Buttons about one of several things: what their ids hold, how they stand in rows, and the list of those there is no room for."""

from dataclasses import replace

import discord
import pytest

from adapters.chat.discord.button_rows import button_rows
from adapters.chat.discord.buttons import Handle, PressButton, handle, picked
from adapters.chat.discord.cards import question, view
from adapters.chat.discord.modals import form_modal
from bot.domain.card import MAX_ITEM, Action, Button, Card, FieldKind, FormField, Style
from tests.adapters.chat.discord.validator import message_flaws, modal_flaws

CARD = Card(title="The library", job="S-ABCDEFGHIJ", revision=3)
FORM = (FormField("path", "New path", FieldKind.line, "videos/a.mp4"),)


def films(count: int) -> tuple[Button, ...]:
    return tuple(Button(Action.film, f"Film {number}", item=f"ABCDEFGHIJ-{number}") for number in range(1, count + 1))


def rows(*buttons: Button, is_cut: bool = False) -> list[list[str]]:
    """The labels row by row; a list's options stand as one row that begins with its words."""
    told = []
    for row in button_rows(replace(CARD, buttons=buttons), is_cut=is_cut):
        first = row.children[0]
        if isinstance(first, discord.ui.Select):
            told.append([str(first.placeholder), *(one.label for one in first.options)])
        else:
            told.append([one.label for one in row.children if isinstance(one, PressButton) and one.label])
    return told


def taken(card: Card) -> bool:
    """Whether Discord takes it, the longest text and all."""
    body = {"flags": 1 << 15, "components": view(card).to_components(), "allowed_mentions": {"parse": []}}
    return not list(message_flaws(body))


@pytest.mark.parametrize(
    "made",
    [
        Handle("film", "S-ABCDEFGHIJ", 3, item="ABCDEFGHIJ-12"),
        Handle("add_to_merge", "J-ABCDEFGHIJ", 10**10 - 1, asks=True, form=True, alone=True, item="x" * MAX_ITEM),
        Handle("leave_out", "J-ABCDEFGHIJ", 3, item="2"),
        Handle("page", "S-ABCDEFGHIJ", 0, item="a:b c"),
        Handle("rename", "S-ABCDEFGHIJ", 0, form=True),
    ],
)
def test_an_id_holds_all_that_a_press_means(made):
    assert made.holds
    assert handle(made.custom_id) == made


@pytest.mark.parametrize(
    ("old", "means"),
    [
        ("clapper:confirm:J-ABCDEFGHIJ:7", Handle("confirm", "J-ABCDEFGHIJ", 7)),
        ("clapper:cancel?:J-ABCDEFGHIJ:12", Handle("cancel", "J-ABCDEFGHIJ", 12, asks=True)),
        ("clapper:edit:J-ABCDEFGHIJ:3", Handle("edit", "J-ABCDEFGHIJ", 3)),
        ("clapper:full_text:J-ABCDEFGHIJ:3", Handle("full_text", "J-ABCDEFGHIJ", 3)),
    ],
)
def test_buttons_of_messages_that_were_posted_before_mean_what_they_meant(old, means):
    assert handle(old) == means
    assert means.custom_id == old
    assert means.needs_form == (means.action == "edit")


@pytest.mark.parametrize("item", ["x" * 33, "ü", "a\nb", "🎬"])
def test_a_button_whose_item_no_id_holds_is_left_out_and_the_others_stand(item):
    assert rows(Button(Action.film, "Bad", item=item), Button(Action.film, "Good", item="1")) == [["Good"]]


def test_one_action_may_be_about_several_things_and_each_stands_once():
    assert rows(*films(2), films(1)[0], Button(Action.film, "All")) == [["Film 1", "Film 2", "All"]]


def test_buttons_about_one_thing_share_a_row_where_there_are_rows_enough():
    moves = [Button(how, f"{how.value} {place}", item=str(place)) for place in (1, 2, 3) for how in (Action.up, Action.down, Action.leave_out)]  # fmt: skip
    told = rows(Button(Action.confirm, "Merge", Style.primary), Button(Action.edit, "Edit"), *moves)
    assert told == [
        ["Merge", "Edit", "up 1", "down 1", "leave_out 1"],
        ["up 2", "down 2", "leave_out 2"],
        ["up 3", "down 3", "leave_out 3"],
    ]


def test_rows_are_filled_where_things_do_not_fit_each_in_one():
    pairs = [Button(how, how.value, item=str(place)) for place in range(8) for how in (Action.up, Action.down, Action.leave_out)]  # fmt: skip
    assert [len(row) for row in rows(*pairs)] == [5, 5, 5, 5, 4]


def test_twenty_films_and_again_are_all_buttons():
    told = rows(*films(20), Button(Action.again, "Again"))
    assert [len(row) for row in told] == [5, 5, 5, 5, 1]
    assert taken(replace(CARD, buttons=(*films(20), Button(Action.again, "Again"))))


def test_what_there_is_no_room_for_is_a_list_and_nothing_but_films_goes_into_it():
    buttons = (*films(40), Button(Action.again, "Again"), Button(Action.page, "Next", item="2"))
    told = rows(*buttons, is_cut=True)
    assert [len(row) for row in told[:4]] == [5, 5, 5, 5]
    assert {"Again", "Next", "Show full text"} <= set(told[3])
    assert told[4] == ["Film…", *(f"Film {number}" for number in range(18, 41))]
    long = replace(CARD, buttons=buttons, text="word " * 2000, costs=(("a", "b"),), notes=("n",))
    assert taken(long)


def test_no_list_is_longer_than_discord_takes():
    told = rows(*films(100))
    assert (len(told), len(told[4])) == (5, 1 + 25)
    assert taken(replace(CARD, buttons=films(100)))


def test_what_is_chosen_in_a_list_is_the_button_itself():
    *_, last = button_rows(replace(CARD, buttons=films(30)), is_cut=False)
    (listed,) = last.children
    assert isinstance(listed, discord.ui.Select)
    assert picked([listed.options[0].value]) == Handle("film", CARD.job, 3, item="ABCDEFGHIJ-21")


@pytest.mark.parametrize("values", [None, [], [3], ["x"], ["clapper:confirm"], "clapper:confirm:J-1:1", {}])
def test_a_choice_that_is_none_of_ours_is_no_press(values):
    assert picked(values) is None


def test_a_question_about_one_of_several_things_is_its_own():
    shown = replace(CARD, buttons=tuple(replace(one, action=Action.delete, confirm=f"Delete {one.label}?") for one in films(2)))  # fmt: skip
    pressed = Handle("delete", CARD.job, 2, asks=True, item="ABCDEFGHIJ-2")
    asked = question(shown, pressed)
    assert asked is not None
    assert "Delete Film 2?" in str(asked.to_components())
    (yes,) = [one for one in asked.walk_children() if isinstance(one, PressButton)]
    assert yes.handle == replace(pressed, asks=False, alone=True), "it is about the card that they looked at"


def test_a_question_may_come_before_a_form():
    shown = replace(CARD, buttons=(Button(Action.rename, "Rename", confirm="Sure?", item="X-1", form=FORM),))
    asked = question(shown, Handle("rename", CARD.job, 3, asks=True, form=True, item="X-1"))
    assert asked is not None
    (yes,) = [one for one in asked.walk_children() if isinstance(one, PressButton)]
    modal = form_modal(shown, yes.handle)
    assert modal is not None
    assert handle(modal.custom_id) == Handle("rename", CARD.job, 3, form=True, alone=True, item="X-1")


def test_each_button_opens_its_own_form_about_the_card_as_it_is_now():
    other = (FormField("prompt", "What else?", FieldKind.text, "a\nb"),)
    shown = replace(CARD, revision=9, buttons=(
        Button(Action.rename, "Rename", item="X-1", form=FORM), Button(Action.variation, "Variation", item="X-2", form=other),
    ))  # fmt: skip
    modal = form_modal(shown, Handle("variation", CARD.job, 3, form=True, item="X-2"))
    assert modal is not None
    told = modal.to_dict()
    assert not list(modal_flaws(told))
    assert (told["title"], handle(told["custom_id"])) == ("Variation", Handle("variation", CARD.job, 9, form=True, item="X-2"))  # fmt: skip
    asked = told["components"][0]["component"]
    assert (asked["custom_id"], asked["style"], asked["value"]) == ("prompt", 2, "a\nb")
    line = form_modal(shown, Handle("rename", CARD.job, 3, form=True, item="X-1"))
    assert line is not None
    assert line.to_dict()["components"][0]["component"]["style"] == 1
    assert form_modal(shown, Handle("rename", CARD.job, 3, form=True, item="X-2")) is None
