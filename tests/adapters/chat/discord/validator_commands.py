"""What Discord takes as application commands: names, descriptions, options, depth, and 8000 characters a command."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.adapters.chat.discord.validator_flaws import Flaw, Flaws, key_flaws, list_flaws, number_flaws, text_flaws

CHAT, USER, MESSAGE = 1, 2, 3
SUB, GROUP, STRING, INTEGER, ATTACHMENT = 1, 2, 3, 4, 11
MOST = {CHAT: 100, USER: 15, MESSAGE: 15}
NAME = re.compile(r"[-_'\w]{1,32}")
WORDS = {"name", "description", "name_localizations", "description_localizations"}
COMMAND_KEYS = WORDS | {
    "id", "type", "options", "nsfw", "default_member_permissions", "dm_permission", "contexts", "integration_types",
}  # fmt: skip
OPTION_KEYS = WORDS | {
    "required", "choices", "autocomplete", "channel_types", "min_value", "max_value", "min_length", "max_length", "options",
}  # fmt: skip


def commands_flaws(commands: Any) -> Flaws:
    """The body of a bulk overwrite."""
    if not isinstance(commands, list):
        yield Flaw((), "LIST_TYPE_CONVERT", "must be a list of commands")
        return
    seen = Counter((one.get("type", CHAT), one.get("name")) for one in commands if isinstance(one, dict))
    for (_, name), times in seen.items():
        if times > 1:
            yield Flaw((), "APPLICATION_COMMANDS_DUPLICATE_NAME", f"{name!r} stands {times} times")
    for kind, most in MOST.items():
        if (count := sum(times for (one, _), times in seen.items() if one == kind)) > most:
            yield Flaw((), "TOO_MANY", f"{count} commands of type {kind}, at most {most}")
    for place, one in enumerate(commands):
        yield from _command((place,), one)


def _command(at: tuple[str | int, ...], one: Any) -> Flaws:
    yield from key_flaws(at, one, {"name"}, COMMAND_KEYS)
    if not isinstance(one, dict) or "name" not in one:
        return
    kind = one.get("type", CHAT)
    if kind not in MOST:
        yield Flaw((*at, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {sorted(MOST)}, is {kind!r}")
    elif kind == CHAT:
        yield from _named(at, one)
        yield from _options(at, one.get("options") or [], depth=0)
        if (size := sum(map(len, _words(one)))) > 8000:
            yield Flaw(at, "APPLICATION_COMMAND_TOO_LARGE", f"{size} characters in all, at most 8000")
    else:
        yield from text_flaws((*at, "name"), one["name"], 1, 32)
        for name in ("description", "options"):
            if one.get(name):
                yield Flaw((*at, name), "CONTEXT_MENU", f"a context menu command has no {name}")


def _named(at: tuple[str | int, ...], one: Mapping[str, Any]) -> Flaws:
    name = one.get("name")
    yield from text_flaws((*at, "name"), name, 1, 32)
    if isinstance(name, str) and (not NAME.fullmatch(name) or name != name.lower()):
        yield Flaw((*at, "name"), "APPLICATION_COMMAND_INVALID_NAME", f"Command name is invalid: {name!r}")
    yield from text_flaws((*at, "description"), one.get("description"), 1, 100)


def _words(one: Mapping[str, Any]) -> Iterator[str]:
    yield str(one.get("name", ""))
    yield str(one.get("description", ""))
    for choice in one.get("choices") or []:
        yield str(choice.get("name", ""))
        yield str(choice.get("value", ""))
    for option in one.get("options") or []:
        yield from _words(option)


def _options(at: tuple[str | int, ...], options: Any, *, depth: int) -> Flaws:
    at = (*at, "options")
    yield from list_flaws(at, options, 0, 25)
    seen: Counter[Any] = Counter()
    optional = False
    for place, one in enumerate(options if isinstance(options, list) else []):
        yield from key_flaws((*at, place), one, {"type", "name", "description"}, OPTION_KEYS)
        if not isinstance(one, dict):
            continue
        seen[one.get("name")] += 1
        yield from _named((*at, place), one)
        yield from _option((*at, place), one, depth=depth)
        if one.get("required") and optional:
            yield Flaw(
                (*at, place),
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional = optional or not one.get("required")
    for name, times in seen.items():
        if times > 1:
            yield Flaw(at, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", f"Option name {name!r} already exists")
    kinds = {one.get("type") for one in options if isinstance(one, dict)} if isinstance(options, list) else set()
    if kinds & {SUB, GROUP} and kinds - {SUB, GROUP}:
        yield Flaw(
            at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "subcommands and other options cannot stand together"
        )


def _option(at: tuple[str | int, ...], one: Mapping[str, Any], *, depth: int) -> Flaws:
    kind = one.get("type")
    if kind not in range(1, 12):
        yield Flaw((*at, "type"), "BASE_TYPE_CHOICES", f"no option has the type {kind!r}")
    elif kind in {SUB, GROUP}:
        if (kind == GROUP and depth) or depth > 1:
            yield Flaw((*at, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "a group stands at the top alone")
        yield from _options(at, one.get("options") or [], depth=depth + 1)
    else:
        yield from _value(at, one)


def _value(at: tuple[str | int, ...], one: Mapping[str, Any]) -> Flaws:
    kind, choices = one["type"], one.get("choices") or []
    if one.get("options"):
        yield Flaw((*at, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "only subcommands have options")
    if one.get("autocomplete") and (choices or kind not in {STRING, INTEGER, 10}):
        yield Flaw((*at, "autocomplete"), "AUTOCOMPLETE", "only text and numbers without choices complete themselves")
    if choices and kind not in {STRING, INTEGER, 10}:
        yield Flaw((*at, "choices"), "CHOICES", f"an option of type {kind} has no choices")
    yield from choice_flaws((*at, "choices"), choices)
    if kind == STRING:
        yield from number_flaws((*at, "min_length"), one.get("min_length", 0), 0, 6000)
        yield from number_flaws((*at, "max_length"), one.get("max_length", 6000), 1, 6000)


def choice_flaws(at: tuple[str | int, ...], choices: Any) -> Flaws:
    yield from list_flaws(at, choices, 0, 25)
    for place, one in enumerate(choices if isinstance(choices, list) else []):
        yield from key_flaws((*at, place), one, {"name", "value"}, {"name_localizations"})
        if not isinstance(one, dict):
            continue
        yield from text_flaws((*at, place, "name"), one.get("name"), 1, 100)
        if isinstance(one.get("value"), str):
            yield from text_flaws((*at, place, "value"), one["value"], 0, 100)


def choices_flaws(data: Any) -> Flaws:
    """`data` of an interaction answer of type 8."""
    yield from key_flaws((), data, {"choices"}, set())
    if isinstance(data, dict):
        yield from choice_flaws(("choices",), data.get("choices"))
