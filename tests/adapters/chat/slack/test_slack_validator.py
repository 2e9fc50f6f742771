"""Everything Slack refuses is found, everything it takes passes."""

import re
from copy import deepcopy
from typing import Any

import pytest

from tests.adapters.chat.slack.validator import check_message, check_view
from tests.adapters.chat.slack.validator_text import Found


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def marked(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "fine") -> dict[str, Any]:
    return {"type": "section", "text": marked(text)}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "go", "text": plain("Go"), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def menu(**more: Any) -> dict[str, Any]:
    options = [{"text": plain(f"Option {n}"), "value": str(n)} for n in range(3)]
    return {"type": "static_select", "action_id": "menu", "options": options, **more}


def asking(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "block_id": "field", "label": plain("Label"), "element": element}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain("Edit"),
        "submit": plain("Save"),
        "blocks": list(blocks or [section()]),
        **more,
    }


def in_message(*blocks: Any, text: str = "fallback", metadata: Any = None, changing: bool = False) -> list[str]:
    found = Found(files=lambda file: {"FPROCESSED1": "", "FWAITING001": "not processed"}.get(file, "no such file"))
    args = {"text": text, "blocks": list(blocks)} | ({"metadata": metadata} if metadata is not None else {})
    check_message(args, found, changing=changing)
    return found.problems + found.waiting


def in_view(view: Any) -> list[str]:
    found = Found()
    check_view(view, found)
    return found.problems


CONFIRM = {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No")}
PICTURE = {"type": "image", "alt_text": "A still", "slack_file": {"id": "FPROCESSED1"}}
GOOD = [
    section(),
    section("*bold* <https://a.example/b|a link> <@U012AB3CD> <#C012AB3CD|general> &lt;b&gt; &amp;"),
    section("> a quote\n>another <!date^1392734382^{date_short} at {time}|12:00 UTC>"),
    {"type": "section", "fields": [marked("*a*\nb")] * 10, "accessory": button()},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {
        "type": "context",
        "elements": [marked("a")] * 9 + [{"type": "image", "image_url": "https://a.example/a.png", "alt_text": "a"}],
    },
    actions(
        *[
            button(action_id=f"go{n}", value="v" * 2000, confirm=CONFIRM, style="danger", accessibility_label="Go now")
            for n in range(5)
        ],
        menu(),
    ),
    PICTURE,
    {"type": "task_card", "task_id": "1", "title": "Rendering", "status": "in_progress"},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "<b>"}]}]},
]


@pytest.mark.parametrize("block", GOOD, ids=lambda one: one["type"])
def test_what_slack_takes_passes(block):
    assert in_message(block) == []


def test_a_message_at_every_limit_passes():
    assert in_message(*[{"type": "divider"}] * 50, text="x" * 40_000) == []
    assert in_message(section("x" * 3000), section("y" * 3000), text="x" * 4000, changing=True) == []


BAD = {
    "no more properties allowed: colour": section() | {"colour": "red"},
    "unsupported block type: sektion": {"type": "sektion", "text": marked("a")},
    "unsupported block type: None": {"text": "a"},
    "unsupported type: knob": actions({"type": "knob", "action_id": "a"}),
    "less than 3001 characters, has 3001": section("x" * 3001),
    "more than 0 characters": section(""),
    "one of text and fields": {"type": "section"},
    "from 1 to 10 items, has 11": {"type": "section", "fields": [marked("a")] * 11},
    "less than 2001 characters, has 2001": {"type": "section", "fields": [marked("a" * 2001)]},
    "less than 151 characters, has 151": {"type": "header", "text": plain("x" * 151)},
    "must be one of plain_text": {"type": "header", "text": marked("a")},
    "from 1 to 10 items, has 12": {"type": "context", "elements": [marked("a")] * 12},
    "from 1 to 25 items, has 26": actions(*[button(action_id=f"go{n}") for n in range(26)]),
    "less than 76 characters, has 76": actions(button(text=plain("x" * 76))),
    "less than 2001 characters, has 2002": actions(button(value="x" * 2002)),
    "less than 256 characters, has 256": actions(button(action_id="x" * 256)),
    "less than 256 characters, has 257": section() | {"block_id": "x" * 257},
    "action_id 'go' is not unique": actions(button(), button()),
    "must be one of primary, danger, is 'loud'": actions(button(style="loud")),
    "less than 101 characters, has 101": actions(button(confirm=CONFIRM | {"title": plain("x" * 101)})),
    "less than 301 characters, has 301": actions(button(confirm=CONFIRM | {"text": plain("x" * 301)})),
    "less than 31 characters, has 31": actions(button(confirm=CONFIRM | {"deny": plain("x" * 31)})),
    "missing required field: alt_text": {"type": "image", "slack_file": {"id": "FPROCESSED1"}},
    "less than 2001 characters, has 2003": PICTURE | {"alt_text": "x" * 2003},
    "less than 2001 characters, has 2004": PICTURE | {"title": plain("x" * 2004)},
    "exactly one of image_url and slack_file": PICTURE | {"image_url": "https://a.example/a.png"},
    "Slack cannot reach it": {"type": "image", "alt_text": "a", "image_url": "http://127.0.0.1:8080/a.png"},
    "must be a http or https address": {"type": "image", "alt_text": "a", "image_url": "a.png"},
    "must match ^F[A-Z0-9]{8,}$, is 'F1'": PICTURE | {"slack_file": {"id": "F1"}},
    "invalid slack file (no such file)": PICTURE | {"slack_file": {"id": "FNOTTHERE1"}},
    "invalid slack file (not processed)": PICTURE | {"slack_file": {"id": "FWAITING001"}},
    "less than 76 characters, has 77": actions(menu(options=[{"text": plain("x" * 77), "value": "1"}])),
    "less than 151 characters, has 152": actions(menu(options=[{"text": plain("x"), "value": "1" * 152}])),
    "from 1 to 100 items, has 101": actions(menu(options=[{"text": plain("x"), "value": str(n)} for n in range(101)])),
    "initial option must be one of": actions(menu(initial_option={"text": plain("Else"), "value": "9"})),
    "option values must be unique": actions(menu(options=[{"text": plain("x"), "value": "1"}] * 2)),
    "unescaped '<' near 'hello <!channel>'": section("hello <!channel>"),
    "unescaped '<' near '<b>bold</b>'": section("<b>bold</b>"),
    "unescaped '<' near '1 < 2'": section("1 < 2"),
    "unescaped '&' near 'salt & pepper'": section("salt & pepper"),
    "unescaped '>' near '2 > 1'": section("2 > 1"),
    "that calls people": {"type": "markdown", "text": "hello <!here>"},
    "unsupported rich text: rich_text_table": {"type": "rich_text", "elements": [{"type": "rich_text_table"}]},
    "no more properties allowed: loud": {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "a", "style": {"loud": True}}]}
        ],
    },
    "input_x": {"type": "input_x"},
    "plain_text_input is not allowed here": actions({"type": "plain_text_input", "action_id": "a"}),
    "must be one of in_progress, complete, error, is 'pending'": {
        "type": "task_card",
        "task_id": "1",
        "title": "a",
        "status": "pending",
    },
    "must be an object, is str": {"type": "header", "text": "a"},
    "must be an array, is dict": {"type": "actions", "elements": {}},
}


@pytest.mark.parametrize("problem", BAD)
def test_what_slack_refuses_is_found_once_and_where_it_stands(problem):
    found = in_message(section(), BAD[problem])
    assert len(found) == 1 if "unescaped" not in problem else len(found) >= 1, found
    assert any(problem in one for one in found), found
    assert re.search(r"\[json-pointer:/blocks/1(/|\])", found[0])


def test_the_whole_message_has_limits_too():
    assert any("no more than 50 items" in one for one in in_message(*[{"type": "divider"}] * 51))
    assert any("block_id 'a' is not unique" in one for one in in_message(*[section() | {"block_id": "a"}] * 2))
    assert any("msg_blocks_too_long" in one for one in in_message(*[section("x" * 2900)] * 5))
    assert any("must be at most 40000" in one for one in in_message(section(), text="x" * 40_001))
    assert any("must be at most 4000" in one for one in in_message(section(), text="x" * 4001, changing=True))
    assert any("text must stand beside blocks" in one for one in in_message(section(), text=""))
    assert any("/text" in one for one in in_message(section(), text="hey <!everyone>"))


@pytest.mark.parametrize(
    ("metadata", "right"),
    [
        ({"event_type": "card", "event_payload": {"key": "C-1", "n": 1, "deep": {"a": "b"}}}, True),
        ({"event_type": "card", "event_payload": {"deep": {"a": {"b": 1}}}}, False),
        ({"event_type": "card", "event_payload": {"list": [1]}}, False),
        ({"event_type": "card"}, False),
        ({"event_type": "card", "event_payload": {"long": "x" * 20_000}}, False),
        ({"event_type": "card", "event_payload": {}, "more": 1}, False),
    ],
)
def test_metadata_is_flat(metadata, right):
    assert (in_message(section(), metadata=metadata) == []) is right


WRITE = {"type": "plain_text_input", "action_id": "a"}
GOOD_VIEWS = [
    modal(),
    modal(asking(WRITE | {"initial_value": "x" * 3000, "max_length": 3000, "multiline": True}), callback_id="edit"),
    modal(asking(menu(initial_option=menu()["options"][1])), private_metadata="x" * 3000, notify_on_close=True),
    modal(asking({"type": "checkboxes", "action_id": "a", "options": [{"text": marked("on"), "value": "yes"}]})),
    {"type": "home", "blocks": [section()] * 100},
]


@pytest.mark.parametrize("view", GOOD_VIEWS)
def test_a_view_within_the_limits_passes(view):
    assert in_view(view) == []


BAD_VIEWS = {
    "less than 25 characters, has 25": modal(title=plain("x" * 25)),
    "less than 25 characters, has 26": modal(submit=plain("x" * 26)),
    "less than 25 characters, has 27": modal(close=plain("x" * 27)),
    "less than 3001 characters, has 3001": modal(private_metadata="x" * 3001),
    "less than 256 characters, has 256": modal(callback_id="x" * 256),
    "no more properties allowed: heading": modal(heading="a"),
    "no more than 100 items": modal(*[section()] * 101),
    "at least 1 item": {"type": "home", "blocks": []},
    "must be modal or home": {"type": "dialog", "blocks": [section()]},
    "a modal with inputs needs submit": {"type": "modal", "title": plain("a"), "blocks": [asking(WRITE)]},
    "must be at most max_length (5), has 6": modal(asking(WRITE | {"initial_value": "x" * 6, "max_length": 5})),
    "whole number from 1 to 3000, is 3001": modal(asking(WRITE | {"max_length": 3001})),
    "less than 3001 characters, has 3002": modal(asking(WRITE | {"initial_value": "x" * 3002})),
    "block type task_card is not allowed in a modal": modal(
        {"type": "task_card", "task_id": "1", "title": "a", "status": "error"}
    ),
    "button is not allowed here": modal(asking(button())),
}


@pytest.mark.parametrize("problem", BAD_VIEWS)
def test_a_view_beyond_a_limit_is_refused(problem):
    found = in_view(BAD_VIEWS[problem])
    assert len(found) == 1, found
    assert problem in found[0]


def test_looking_changes_nothing():
    blocks = deepcopy(GOOD)
    in_message(*blocks)
    assert blocks == GOOD
