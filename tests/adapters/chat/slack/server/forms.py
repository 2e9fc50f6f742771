"""What people's hands make of blocks: the button they press, the modal they fill in."""

from typing import Any

from tests.adapters.chat.slack.server.payloads import action_of

TEXTS = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
PICKED = {
    "users_select": ("initial_user", "selected_user"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "channels_select": ("initial_channel", "selected_channel"),
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
}


def elements(blocks: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Everything that can be pressed, with its block's id."""
    found: list[tuple[str, dict[str, Any]]] = []
    for block in blocks:
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        found += [(block["block_id"], one) for one in inside if one and "action_id" in one]
    return found


def label(element: dict[str, Any]) -> str:
    return (element.get("text") or element.get("placeholder") or {}).get("text", "")


def pressed(blocks: list[dict[str, Any]], what: str, choice: str, ts: str) -> dict[str, Any]:
    """The one element of that action_id or label, else the one whose action_id begins so."""
    there = elements(blocks)
    for fits in (
        lambda one: what in (one["action_id"], label(one)),
        lambda one: one["action_id"].startswith(what) or label(one).lower() == what.lower(),
    ):
        found = [(id, one) for id, one in there if fits(one)]
        assert len(found) <= 1, f"{what!r} names {len(found)} elements"
        if found:
            return action_of(found[0][1], found[0][0], choice, ts)
    raise AssertionError(f"there is no {what!r} among {[(one['action_id'], label(one)) for _, one in there]}")


def filled(blocks: list[dict[str, Any]], values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """`state.values` of a modal after somebody wrote these values; texts, option values (or labels), lists, booleans."""
    left = dict(values)
    state: dict[str, dict[str, Any]] = {}
    for block in blocks:
        element = block.get("element") if block["type"] == "input" else _stateful(block)
        if not element:
            continue
        names = (block["block_id"], element["action_id"], (block.get("label") or {}).get("text", ""))
        name = next((one for one in names if one in left), None)
        given = left.pop(name) if name is not None else None
        state.setdefault(block["block_id"], {})[element["action_id"]] = value_of(element, given)
    assert not left, f"the modal asks nothing by the name of {sorted(left)}"
    return state


def _stateful(block: dict[str, Any]) -> dict[str, Any] | None:
    """A menu outside an input block counts too."""
    found = [one for _, one in elements([block]) if one["type"] not in {"button", "overflow"}]
    return found[0] if found else None


def value_of(element: dict[str, Any], given: Any) -> dict[str, Any]:
    """The state of one input; None keeps what it showed at first."""
    kind = element["type"]
    if kind in TEXTS:
        return {"type": kind, "value": (given if given is not None else element.get("initial_value")) or None}
    if kind in PICKED:
        first, name = PICKED[kind]
        return {"type": kind, name: given if given is not None else element.get(first)}
    if kind in {"checkboxes", "multi_static_select"}:
        chosen = element.get("initial_options", []) if given is None else [_option(element, one) for one in _list(element, given)]  # fmt: skip
        return {"type": kind, "selected_options": chosen}
    if kind == "external_select":  # an option that the app suggested, whole
        return {"type": kind, "selected_option": element.get("initial_option") if given is None else given}
    if kind == "file_input":
        return {"type": kind, "files": given or []}
    return {
        "type": kind,
        "selected_option": element.get("initial_option") if given is None else _option(element, given),
    }


def _list(element: dict[str, Any], given: Any) -> list[Any]:
    if isinstance(given, bool):
        return [element["options"][0]["value"]] if given else []
    return [given] if isinstance(given, str) else list(given)


def _option(element: dict[str, Any], wanted: str) -> dict[str, Any]:
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(one for group in groups for one in group["options"])]
    for one in options:
        if wanted in (one["value"], one["text"]["text"]):
            return one
    raise AssertionError(f"{wanted!r} is no option of {element['action_id']!r}: {[one['value'] for one in options]}")
