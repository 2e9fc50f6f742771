"""What a browser sends becomes the right chat event, or a sentence that says what is wrong."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.web.events import MOST_TEXT, conversation, message, message_id, press
from adapters.chat.web.people import OPERATOR
from bot.domain.chat import Attachment, Conversation, Message, Press
from bot.domain.errors import BadRequest

HERE = Conversation("web", "local", "c1")


def test_a_form_becomes_a_message_with_its_files():
    files = (Attachment(id="u/0", name="a.png", mime="image/png", bytes=3),)
    said = message({"text": "  a fox\r\nruns ", "conversation": "c1"}, files, OPERATOR, "k")
    assert said == Message(said.key, HERE, OPERATOR, "a fox\nruns", files)
    assert said.key == f"web:c1:{message_id(said.key)}"


def test_the_same_retry_key_is_the_same_message_and_another_is_another():
    once, again, other = (message({"text": "a"}, (), OPERATOR, key) for key in ("k1", "k1", "k2"))
    assert once == again
    assert other.key != once.key
    assert (
        message({"text": "a", "conversation": "c1"}, (), OPERATOR, "k1").key
        != message({"text": "a", "conversation": "c2"}, (), OPERATOR, "k1").key
    )


def test_without_a_retry_key_every_message_is_its_own():
    assert message({"text": "a"}, (), OPERATOR).key != message({"text": "a"}, (), OPERATOR).key


@pytest.mark.parametrize("id", ["", "a b", "../x", "x" * 65, "é", "a/b", "a\n"])
def test_a_conversation_id_that_no_page_makes_is_refused(id):
    with pytest.raises(BadRequest, match="1 to 64 letters"):
        conversation(id, OPERATOR)


def test_a_text_that_is_too_long_says_limit_and_found():
    with pytest.raises(BadRequest, match=r"at most 20,000 letters, and this one has 20,001"):
        message({"text": "x" * (MOST_TEXT + 1)}, (), OPERATOR)


def test_a_press_carries_the_revision_the_presser_saw():
    pressed = press({"action": "confirm", "revision": 3}, HERE, "J-1", OPERATOR, "k")
    assert pressed == Press("web:press:k", HERE, OPERATOR, "confirm", "J-1", "", 3)


def test_a_press_says_which_film_page_or_place_it_is_about():
    assert press({"action": "page", "item": "2"}, HERE, "S-1", OPERATOR).item == "2"
    assert press({"action": "confirm"}, HERE, "J-1", OPERATOR).item == ""


def test_a_filled_form_travels_as_json_text():
    pressed = press({"action": "edit", "value": {"prompt": "ein Fuchs läuft"}}, HERE, "J-1", OPERATOR)
    assert json.loads(pressed.value) == {"prompt": "ein Fuchs läuft"}
    assert press({"action": "edit", "value": "plain"}, HERE, "J-1", OPERATOR).value == "plain"


def test_a_button_about_several_words_is_pressed_with_all_of_them():
    assert press({"action": "admin", "item": "off here"}, HERE, "", OPERATOR).item == "off here"


@pytest.mark.parametrize("odd", ["\0", "\ud83d", "a\0\udfffb"])
def test_what_no_database_holds_never_gets_in(odd):
    said = message({"text": f"a {odd} fox", "conversation": "c1", "key": odd}, (), OPERATOR)
    plain = press({"action": "edit", "value": odd}, HERE, "J-1", OPERATOR, "k")
    form = press({"action": "edit", "value": {odd: odd}}, HERE, "J-1", OPERATOR, "k")
    for text in (said.text, said.key, plain.value, *json.loads(form.value), *json.loads(form.value).values()):
        assert "\0" not in text
        assert text.encode().decode() == text
    assert said.text.startswith("a ")
    assert said.text.endswith(" fox")


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ([], "JSON object"),
        ({}, "no action"),
        ({"action": "explode"}, "'explode'"),
        ({"action": ["confirm"]}, "no action"),
        ({"action": "confirm", "revision": "3"}, "whole number"),
        ({"action": "confirm", "revision": True}, "whole number"),
        ({"action": "confirm", "revision": -1}, "whole number"),
        ({"action": "confirm", "revision": 2**31}, "whole number"),
        ({"action": "film", "item": "x" * 33}, "at most 32 plain characters"),
        ({"action": "film", "item": "a\nb"}, r"'a\\nb'"),
        ({"action": "film", "item": "é"}, "plain"),
        ({"action": "film", "item": 2}, "'2'"),
        ({"action": "edit", "value": [1]}, "text or a JSON object"),
        ({"action": "edit", "value": {"prompt": ["a"]}}, "'prompt' is a list"),
        ({"action": "edit", "value": {"prompt": {"a": {}}}}, "'prompt' is an object"),
        ({"action": "edit", "value": " " + "[" * 900 + "]" * 900}, "over 40 deep"),
        ({"action": "edit", "value": "x" * (MOST_TEXT + 1)}, "20,001"),
    ],
)
def test_a_press_that_cannot_be_says_what_is_wrong(payload, says):
    with pytest.raises(BadRequest, match=says):
        press(payload, HERE, "J-1", OPERATOR)


@settings(max_examples=30, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_payload_raises_anything_but_a_sentence(payload):
    with suppress(BadRequest):
        press(payload, HERE, "J-1", OPERATOR)
