"""The elements of blocks: buttons, menus, inputs, pictures, and the objects they are made of."""

import re
from typing import Any

from tests.adapters.chat.slack.validator_text import (
    Check,
    Found,
    either,
    exactly,
    flag,
    link,
    many,
    markup,
    plain,
    public,
    shape,
    text,
    whole,
)

ACTION = text(255)
FILE_ID = re.compile(r"F[A-Z0-9]{8,}\Z")

CONFIRM = shape(
    {"title": plain(100), "text": either(300), "confirm": plain(30), "deny": plain(30)},
    {"style": exactly("primary", "danger")},
)
OPTION = shape({"text": plain(75), "value": text(150)}, {"description": plain(75)})
MARKED_OPTION = shape({"text": either(75), "value": text(150)}, {"description": either(75)})
GROUP = shape({"label": plain(75), "options": many(OPTION, most=100)})
DISPATCH = shape({}, {"trigger_actions_on": many(exactly("on_enter_pressed", "on_character_entered"), most=2)})
FILTER = shape(
    {},
    {
        "include": many(exactly("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)


def slack_file(value: Any, where: str, found: Found) -> None:
    """A file by its id or its address; Slack refuses one that is not processed yet."""
    shape({}, {"id": text(255), "url": link})(value, where, found)
    if not isinstance(value, dict) or not isinstance(value.get("id", ""), str):
        return
    if ("id" in value) == ("url" in value):
        found.add(where, "exactly one of id and url must be given")
    elif "id" in value and not FILE_ID.match(value["id"]):
        found.add(f"{where}/id", f"must match ^F[A-Z0-9]{{8,}}$, is {value['id']!r}")
    elif "id" in value and (why := found.files(value["id"])):
        (found.wait if why == "not processed" else found.add)(where, f"invalid slack file ({why})")


def picture(value: dict[str, Any], where: str, found: Found) -> None:
    if ("image_url" in value) == ("slack_file" in value):
        found.add(where, "exactly one of image_url and slack_file must be given")


def menu(value: dict[str, Any], where: str, found: Found) -> None:
    """Options or groups, no value twice, and what is chosen at first is among them."""
    if ("options" in value) == ("option_groups" in value):
        found.add(where, "exactly one of options and option_groups must be given")
    options = value.get("options") or [one for group in value.get("option_groups", []) for one in group["options"]]
    _same(value, options, where, found)


def choices(value: dict[str, Any], where: str, found: Found) -> None:
    _same(value, value.get("options", []), where, found)


def _same(value: dict[str, Any], options: list[Any], where: str, found: Found) -> None:
    values = [one.get("value") for one in options if isinstance(one, dict)]
    if len(set(values)) != len(values):
        found.add(where, "option values must be unique")
    first = value.get("initial_options", [value["initial_option"]] if "initial_option" in value else [])
    if any(one not in options for one in first):
        found.add(where, "initial option must be one of the options")


def writing(value: dict[str, Any], where: str, found: Found) -> None:
    most, least, first = value.get("max_length", 3000), value.get("min_length", 0), value.get("initial_value", "")
    if isinstance(most, int) and isinstance(first, str) and len(first) > most:
        found.add(f"{where}/initial_value", f"must be at most max_length ({most}), has {len(first)}")
    if isinstance(most, int) and isinstance(least, int) and least > most:
        found.add(f"{where}/min_length", f"must be at most max_length ({most}), is {least}")


FOCUS = {"focus_on_load": flag}
PICK: dict[str, Check] = {"action_id": ACTION, "confirm": CONFIRM, "placeholder": plain(150), **FOCUS}
LISTS: dict[str, Check] = {"options": many(OPTION, most=100), "option_groups": many(GROUP, most=100)}
KIND: dict[str, tuple[Check, Any]] = {}


def element(kind: str, need: dict[str, Check], may: dict[str, Check], also: Any = None) -> None:
    KIND[kind] = (shape({"type": exactly(kind)} | need, may), also)


element(
    "button",
    {"text": plain(75)},
    {
        "action_id": ACTION,
        "value": text(2000),
        "url": link,
        "style": exactly("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": text(75),
    },
)
element("image", {"alt_text": text(2000)}, {"image_url": public, "slack_file": slack_file}, picture)
element("static_select", {}, PICK | LISTS | {"initial_option": OPTION}, menu)
element(
    "multi_static_select",
    {},
    PICK | LISTS | {"initial_options": many(OPTION, most=100), "max_selected_items": whole(1, 100)},
    menu,
)
element("overflow", {"options": many(OPTION, most=5)}, {"action_id": ACTION, "confirm": CONFIRM}, choices)
element(
    "checkboxes",
    {"options": many(MARKED_OPTION, most=10)},
    {"action_id": ACTION, "confirm": CONFIRM, "initial_options": many(MARKED_OPTION, most=10)} | FOCUS,
    choices,
)
element(
    "radio_buttons",
    {"options": many(MARKED_OPTION, most=10)},
    {"action_id": ACTION, "confirm": CONFIRM, "initial_option": MARKED_OPTION} | FOCUS,
    choices,
)
element("users_select", {}, PICK | {"initial_user": text(255)})
element("conversations_select", {}, PICK | {"initial_conversation": text(255), "default_to_current_conversation": flag, "response_url_enabled": flag, "filter": FILTER})  # fmt: skip
element("channels_select", {}, PICK | {"initial_channel": text(255), "response_url_enabled": flag})
element("datepicker", {}, PICK | {"initial_date": text(10)})
element("timepicker", {}, PICK | {"initial_time": text(5), "timezone": text(255)})
element("external_select", {}, PICK | {"initial_option": OPTION, "min_query_length": whole(0, 100)})
WRITE: dict[str, Check] = {"action_id": ACTION, "placeholder": plain(150), "dispatch_action_config": DISPATCH, **FOCUS}
element(
    "plain_text_input",
    {},
    WRITE
    | {
        "initial_value": text(3000, least=0),
        "multiline": flag,
        "min_length": whole(0, 3000),
        "max_length": whole(1, 3000),
    },
    writing,
)
element("number_input", {"is_decimal_allowed": flag}, WRITE | {"initial_value": text(30), "min_value": text(30), "max_value": text(30)})  # fmt: skip
element("email_text_input", {}, WRITE | {"initial_value": text(3000)})
element("url_text_input", {}, WRITE | {"initial_value": text(3000)})
element("file_input", {}, {"action_id": ACTION, "filetypes": many(text(20), most=100), "max_files": whole(1, 10)})
element("feedback_buttons", {"positive_button": shape({"text": plain(75), "value": text(2000)}, {"accessibility_label": text(75)}), "negative_button": shape({"text": plain(75), "value": text(2000)}, {"accessibility_label": text(75)})}, {"action_id": ACTION})  # fmt: skip
element("icon_button", {"icon": exactly("trash"), "text": plain(75)}, {"action_id": ACTION, "value": text(2000), "confirm": CONFIRM, "accessibility_label": text(75), "visible_to_user_ids": many(text(255), most=10)})  # fmt: skip

MENUS = {"static_select", "users_select", "conversations_select", "channels_select", "external_select"}
SEVERAL = {"multi_static_select"}
PRESSED = {"button", "overflow", "checkboxes", "radio_buttons", "datepicker", "timepicker"} | MENUS
BESIDE = PRESSED | SEVERAL | {"image"}
TYPED = {"plain_text_input", "number_input", "email_text_input", "url_text_input", "file_input"}
ASKED = (PRESSED - {"button", "overflow"}) | SEVERAL | TYPED


def one_of(kinds: set[str]) -> Check:
    """An element of one of these kinds, wholly checked."""

    def check(value: Any, where: str, found: Found) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in KIND:
            found.add(where, f"unsupported type: {kind}")
        elif kind not in kinds:
            found.add(where, f"{kind} is not allowed here")
        else:
            body, also = KIND[kind]
            before = len(found.problems)
            body(value, where, found)
            if also and len(found.problems) == before:
                also(value, where, found)

    return check


def context(value: Any, where: str, found: Found) -> None:
    """What a context block holds: pictures and texts."""
    if isinstance(value, dict) and value.get("type") == "image":
        one_of({"image"})(value, where, found)
    else:
        either(3000)(value, where, found)


def marked(most: int) -> Check:
    """A string of mrkdwn."""

    def check(value: Any, where: str, found: Found) -> None:
        text(most)(value, where, found)
        if isinstance(value, str):
            markup(value, where, found)

    return check
