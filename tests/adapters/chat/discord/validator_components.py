"""What Discord takes as components: kinds, keys, nesting, sizes, and what counts over the whole message."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.adapters.chat.discord.validator_flaws import Flaw, Flaws, key_flaws, list_flaws, number_flaws, text_flaws

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = frozenset({3, 5, 6, 7, 8})
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
IN_CONTAINER = frozenset({ROW, TEXT, SECTION, GALLERY, SEPARATOR, FILE})
AT_TOP = {True: IN_CONTAINER | {CONTAINER}, False: frozenset({ROW})}
MOST_COMPONENTS, MOST_TEXT = 40, 4000
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif")
FILMS = (".mp4", ".mov", ".webm")
SELECT_KEYS = {"placeholder", "min_values", "max_values", "disabled", "required", "default_values", "channel_types"}
KEYS: Mapping[int, tuple[set[str], set[str]]] = {
    ROW: ({"components"}, set()),
    BUTTON: ({"style"}, {"label", "custom_id", "url", "disabled", "emoji", "sku_id"}),
    STRING_SELECT: ({"custom_id", "options"}, SELECT_KEYS),
    **dict.fromkeys((5, 6, 7, 8), ({"custom_id"}, SELECT_KEYS | {"options"})),
    SECTION: ({"components", "accessory"}, set()),
    TEXT: ({"content"}, set()),
    THUMBNAIL: ({"media"}, {"description", "spoiler"}),
    GALLERY: ({"items"}, set()),
    FILE: ({"file"}, {"spoiler"}),
    SEPARATOR: (set(), {"divider", "spacing"}),
    CONTAINER: ({"components"}, {"accent_color", "spoiler"}),
}


@dataclass(slots=True)
class Tally:
    """What counts over the whole message; `shown` are the attachments that some component shows."""

    files: Collection[str]
    components: int = 0
    text: int = 0
    custom_ids: Counter[str] = field(default_factory=Counter)
    ids: Counter[int] = field(default_factory=Counter)
    shown: set[str] = field(default_factory=set)


def components_flaws(components: Any, tally: Tally, *, v2: bool) -> Flaws:
    at: tuple[str | int, ...] = ("components",)
    yield from list_flaws(at, components, 0, MOST_COMPONENTS if v2 else 5)
    if not isinstance(components, list):
        return
    for place, part in enumerate(components):
        yield from one_flaws((*at, place), part, AT_TOP[v2], tally)
    if tally.components > MOST_COMPONENTS:
        yield Flaw(at, "BASE_TYPE_MAX_LENGTH", f"{tally.components} components in all, at most {MOST_COMPONENTS}")
    if tally.text > MOST_TEXT:
        yield Flaw(
            at, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"{tally.text} characters shown, at most {MOST_TEXT}"
        )
    for value, times in tally.custom_ids.items():
        if times > 1:
            yield Flaw(at, "COMPONENT_CUSTOM_ID_DUPLICATED", f"Component custom id cannot be duplicated: {value!r}")
    for value, times in tally.ids.items():
        if times > 1 and value:
            yield Flaw(at, "COMPONENT_ID_DUPLICATED", f"component id {value} stands {times} times")


def one_flaws(at: tuple[str | int, ...], part: Any, allowed: Collection[int], tally: Tally) -> Flaws:
    kind: Any = part.get("type") if isinstance(part, dict) else None
    if kind not in allowed or kind not in KEYS:
        yield Flaw(
            (*at, "type"), "UNION_TYPE_CHOICES", f"Value of field 'type' must be one of {sorted(allowed)}, is {kind!r}"
        )
        return
    needed, more = KEYS[kind]
    yield from key_flaws(at, part, {"type"} | needed, more | {"id"})
    if needed - part.keys():
        return
    tally.components += 1
    if "id" in part:
        yield from number_flaws((*at, "id"), part["id"], 0, 2**31 - 1)
        tally.ids[part["id"]] += 1
    if (check := CHECKS.get(kind)) is not None:
        yield from check(at, part, tally)


def _row(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    yield from list_flaws((*at, "components"), part["components"], 1, 5)
    if not isinstance(part["components"], list):
        return
    kinds = [inside.get("type") for inside in part["components"] if isinstance(inside, dict)]
    if any(kind in SELECTS for kind in kinds) and len(kinds) > 1:
        yield Flaw((*at, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "a select stands alone in its row")
    for place, inside in enumerate(part["components"]):
        yield from one_flaws((*at, "components", place), inside, SELECTS | {BUTTON}, tally)


def _button(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    yield from number_flaws((*at, "style"), part["style"], 1, 6)
    needs = {5: "url", 6: "sku_id"}.get(part["style"], "custom_id")
    if needs not in part:
        yield Flaw((*at, needs), "BASE_TYPE_REQUIRED", f"a button of style {part['style']} needs a {needs}")
    for other in {"url", "sku_id", "custom_id"} - {needs}:
        if part.get(other) is not None:
            yield Flaw((*at, other), "BUTTON_COMPONENT_INVALID", f"a button of style {part['style']} has no {other}")
    if "custom_id" in part:
        yield from custom_id_flaws(at, part, tally)
    if "url" in part:
        yield from text_flaws((*at, "url"), part["url"], 1, 512)
    if part["style"] != 6 and not part.get("label") and not part.get("emoji"):
        yield Flaw((*at, "label"), "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji")
    if part.get("label") is not None:
        yield from text_flaws((*at, "label"), part["label"], 1, 80)


def custom_id_flaws(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    yield from text_flaws((*at, "custom_id"), part["custom_id"], 1, 100)
    tally.custom_ids[str(part["custom_id"])] += 1


def select_flaws(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    yield from custom_id_flaws(at, part, tally)
    if part.get("placeholder") is not None:
        yield from text_flaws((*at, "placeholder"), part["placeholder"], 0, 150)
    yield from number_flaws((*at, "min_values"), part.get("min_values", 1), 0, 25)
    yield from number_flaws((*at, "max_values"), part.get("max_values", 1), 1, 25)
    if part["type"] != STRING_SELECT:
        return
    yield from options_flaws((*at, "options"), part["options"], 1, 25)
    options = part["options"] if isinstance(part["options"], list) else []
    if len(options) < part.get("max_values", 1):
        yield Flaw((*at, "max_values"), "NUMBER_TYPE_MAX", f"more than its {len(options)} options")
    chosen = sum(bool(option.get("default")) for option in options if isinstance(option, dict))
    if chosen > part.get("max_values", 1):
        yield Flaw((*at, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", f"{chosen} options are preselected")


def options_flaws(at: tuple[str | int, ...], options: Any, low: int, high: int) -> Flaws:
    """The options of a select, a radio group or a checkbox group."""
    yield from list_flaws(at, options, low, high)
    seen: Counter[Any] = Counter()
    for place, option in enumerate(options if isinstance(options, list) else []):
        yield from key_flaws((*at, place), option, {"label", "value"}, {"description", "default", "emoji"})
        if not isinstance(option, dict):
            continue
        for name in ("label", "value", "description"):
            if option.get(name) is not None:
                yield from text_flaws((*at, place, name), option[name], 1, 100)
        seen[option.get("value")] += 1
    for value, times in seen.items():
        if times > 1:
            yield Flaw(at, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", f"value {value!r} stands {times} times")


def _section(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    yield from list_flaws((*at, "components"), part["components"], 1, 3)
    for place, inside in enumerate(part["components"] if isinstance(part["components"], list) else []):
        yield from one_flaws((*at, "components", place), inside, {TEXT}, tally)
    yield from one_flaws((*at, "accessory"), part["accessory"], {BUTTON, THUMBNAIL}, tally)


def _text(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    yield from text_flaws((*at, "content"), part["content"], 1, MOST_TEXT)
    tally.text += len(part["content"]) if isinstance(part["content"], str) else 0


def _media(at: tuple[str | int, ...], item: Any, tally: Tally, kinds: tuple[str, ...]) -> Flaws:
    yield from key_flaws(at, item, {"url"}, set())
    url = item.get("url") if isinstance(item, dict) else None
    if not isinstance(url, str):
        return
    scheme, name = urlsplit(url).scheme, url.removeprefix("attachment://")
    if scheme not in {"http", "https", "attachment"}:
        yield Flaw((*at, "url"), "URL_TYPE_INVALID_SCHEME", f"Scheme {scheme!r} is not supported")
    if scheme != "attachment":
        return
    tally.shown.add(name)
    if name not in tally.files:
        yield Flaw(
            (*at, "url"),
            "REFERENCED_ATTACHMENT_NOT_FOUND",
            f"no attachment is called {name!r}; there are {sorted(tally.files)}",
        )
    if kinds and not name.lower().endswith(kinds):
        yield Flaw((*at, "url"), "MEDIA_KIND", f"{name!r} cannot be shown here, only {', '.join(kinds)}")


def _described(at: tuple[str | int, ...], part: Mapping[str, Any]) -> Flaws:
    if part.get("description") is not None:
        yield from text_flaws((*at, "description"), part["description"], 1, 1024)


def _thumbnail(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    yield from _media((*at, "media"), part["media"], tally, PICTURES)
    yield from _described(at, part)


def _gallery(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    yield from list_flaws((*at, "items"), part["items"], 1, 10)
    for place, item in enumerate(part["items"] if isinstance(part["items"], list) else []):
        here = (*at, "items", place)
        yield from key_flaws(here, item, {"media"}, {"description", "spoiler"})
        if isinstance(item, dict) and "media" in item:
            yield from _media((*here, "media"), item["media"], tally, PICTURES + FILMS)
            yield from _described(here, item)


def _file(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    yield from _media((*at, "file"), part["file"], tally, ())
    if isinstance(part["file"], dict) and not str(part["file"].get("url")).startswith("attachment://"):
        yield Flaw((*at, "file", "url"), "URL_TYPE_INVALID_SCHEME", "A file component takes attachment:// alone")


def _separator(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    yield from number_flaws((*at, "spacing"), part.get("spacing", 1), 1, 2)


def _container(at: tuple[str | int, ...], part: Mapping[str, Any], tally: Tally) -> Flaws:
    if part.get("accent_color") is not None:
        yield from number_flaws((*at, "accent_color"), part["accent_color"], 0, 0xFFFFFF)
    yield from list_flaws((*at, "components"), part["components"], 1, MOST_COMPONENTS)
    for place, inside in enumerate(part["components"] if isinstance(part["components"], list) else []):
        yield from one_flaws((*at, "components", place), inside, IN_CONTAINER, tally)


CHECKS = {
    ROW: _row,
    BUTTON: _button,
    **dict.fromkeys(SELECTS, select_flaws),
    SECTION: _section,
    TEXT: _text,
    THUMBNAIL: _thumbnail,
    GALLERY: _gallery,
    FILE: _file,
    SEPARATOR: _separator,
    CONTAINER: _container,
}
