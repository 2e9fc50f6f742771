"""Models from TOML: a provider's models.toml, and what an operator changes in it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.media import MediaLimits, Role
from bot.domain.model import CameraWords, Limit, Model, RoleRule, Seconds, Sound, When
from bot.domain.pricing import Price, PriceUnit, Rate
from bot.domain.request import Task
from bot.domain.tables import (
    Keys,
    Spot,
    day,
    flag,
    money,
    number,
    one_of,
    part,
    record,
    required,
    several,
    text,
    whole,
)

OPTIONAL_SETTINGS = frozenset(
    {"seed", "negative", "watermark", "last_frame", "web_search", "temporary", "voice", "camera"}
)

_names = several(text)

_SECONDS: Keys = {
    **dict.fromkeys(("minimum", "maximum", "step", "default"), number),
    **dict.fromkeys(("auto", "follows_sound"), flag),
    "choices": several(number),
}
_MEDIA: Keys = {
    **dict.fromkeys(("formats", "video_codecs", "audio_codecs"), _names),
    **dict.fromkeys(("max_bytes", "min_side", "max_side", "min_pixels", "max_pixels"), whole),
    **dict.fromkeys(("min_aspect", "max_aspect", "min_seconds", "max_seconds", "slack_seconds"), number),
    **dict.fromkeys(("min_fps", "max_fps"), number),
    "alpha": flag,
}
_RATE: Keys = {
    "usd": money,
    "resolution": text,
    "audio": flag,
    "seconds": number,
    "video_in": flag,
    "unconfirmed": flag,
}
_rates = several(record(Rate, _RATE))
_PRICE: Keys = {
    "unit": one_of(PriceUnit),
    "rates": _rates,
    "input_rates": _rates,
    "input_seconds": flag,
    "free_images": whole,
    "usd_per_image": money,
    "tokens_fps": whole,
    "floor": number,
    "source": text,
}
_tasks = several(one_of(Task))


def _task_set(value: object, spot: Spot) -> frozenset[Task]:
    return frozenset(_tasks(value, spot))


_WHEN: Keys = {
    "tasks": _task_set,
    "roles": lambda value, spot: frozenset(several(one_of(Role))(value, spot)),
    "resolution": text,
    "seconds": record(Seconds, _SECONDS),
    "aspects": _names,
    "resolutions": _names,
    "audio": one_of(Sound),
}
_ROLE: Keys = {
    "role": one_of(Role),
    "max_count": whole,
    "min_count": whole,
    "total_seconds": number,
    **dict.fromkeys(("alone", "with_frames", "by_link", "unconfirmed"), flag),
    "media": lambda value, spot: part(value, _MEDIA, spot),
}


_LIMIT: Keys = {
    **dict.fromkeys(("per_minute", "at_once"), whole),
    **dict.fromkeys(("line", "resolution", "source"), text),
    "unconfirmed": flag,
}


def _honours(value: object, spot: Spot) -> frozenset[str]:
    names = frozenset(_names(value, spot))
    if unknown := sorted(names - OPTIONAL_SETTINGS):
        raise spot.must(f"any of {', '.join(sorted(OPTIONAL_SETTINGS))}", unknown[0])
    return names


def _size(value: object, spot: Spot) -> tuple[str, str, int, int]:
    match value:
        case [str() as resolution, str() as aspect, int() as width, int() as height]:
            return resolution, aspect, width, height
    raise spot.must('sizes such as ["720p", "16:9", 1280, 720]', value)


def _wire(value: object, spot: Spot) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        raise spot.must("a table", value)
    return tuple((name, text(fact, spot.at(name))) for name, fact in value.items())


_MODEL: Keys = {
    **dict.fromkeys(("id", "provider", "title", "tier", "wire_id", "source"), text),
    **dict.fromkeys(("aliases", "notes", "aspects", "resolutions", "needs"), _names),
    **dict.fromkeys(("aspect_follows_image", "default_audio", "needs_prompt", "enabled"), flag),
    **dict.fromkeys(("max_count", "max_prompt", "max_files", "max_total_bytes"), whole),
    "tasks": _task_set,
    "audio": one_of(Sound),
    "camera": one_of(CameraWords),
    "honours": _honours,
    "sizes": several(_size),
    "retired_on": day,
    "replaced_by": lambda value, spot: text(value, spot) or None,
    "wire": _wire,
    "when": several(record(When, _WHEN)),
    "limits": several(record(Limit, _LIMIT)),
    # Read as what is given, so that an operator may name only what differs.
    "seconds": lambda value, spot: part(value, _SECONDS, spot),
    "price": lambda value, spot: part(value, _PRICE, spot),
    "role": several(lambda value, spot: part(value, _ROLE, spot)),
}


def read_models(provider: str, data: Mapping[str, object]) -> tuple[Model, ...]:
    """The `[[model]]` tables of a provider's models.toml.

    A role's `media` and a model's `sizes` and `limits` may be a word that names an entry of the file's own `[media]`, `[sizes]` or `[limits]`.
    Raises BadSettings, naming provider, model, key and value.
    """
    file = f"models.toml of {provider}"
    for key in data:
        if key not in {"model", "media", "sizes", "limits"}:
            raise Spot(file, key).wrong(
                "is not a table of this file: it may have [[model]], [media], [sizes] and [limits]"
            )
    tables = data.get("model", [])
    if not isinstance(tables, list):
        raise Spot(file, "model").must("written as [[model]]", tables)
    return tuple(_read(provider, table, data, file, number) for number, table in enumerate(tables, start=1))


def _read(provider: str, table: object, data: Mapping[str, object], file: str, number: int) -> Model:
    named = table.get("id") if isinstance(table, Mapping) else None
    spot = Spot(file, str(named or f"[[model]] number {number}"))
    if not isinstance(table, Mapping):
        raise spot.must("a table", table)
    return new_model({"provider": provider, **_spelled_out(table, data, spot)}, spot)


def _spelled_out(table: Mapping[str, Any], data: Mapping[str, object], spot: Spot) -> dict[str, Any]:
    """The table with each word for a shared entry replaced by the entry."""

    def shared(kind: str, value: object) -> object:
        if not isinstance(value, str):
            return value
        entries = data.get(kind, {})
        if not isinstance(entries, Mapping) or value not in entries:
            raise spot.wrong(f"names {kind}.{value}, which the file does not have")
        return entries[value]

    whole = dict(table)
    for kind in ("sizes", "limits"):
        if kind in whole:
            whole[kind] = shared(kind, whole[kind])
    if isinstance(whole.get("role"), list):
        whole["role"] = [
            {**role, "media": shared("media", role["media"])} if isinstance(role, Mapping) and "media" in role else role
            for role in whole["role"]
        ]
    return whole


def new_model(table: Mapping[str, Any], spot: Spot) -> Model:
    """A whole model from a table. Raises BadSettings where something it must have is missing."""
    found = part(table, _MODEL, spot)
    if missing := [name for name in required(Model) if name not in found]:
        raise spot.wrong(f"lacks {', '.join(missing)}")
    found["seconds"] = record(Seconds, _SECONDS)(table["seconds"], spot.at("seconds"))
    found["price"] = record(Price, _PRICE)(table["price"], spot.at("price"))
    found["roles"] = _roles((), found.pop("role", ()), spot)
    return Model(**found)


def changed(model: Model, table: Mapping[str, Any], spot: Spot) -> Model:
    """A model with what the table says otherwise; seconds, price and roles keep what it does not name."""
    found = part(table, _MODEL, spot)
    for fixed in ("id", "provider"):
        if found.get(fixed, getattr(model, fixed)) != getattr(model, fixed):
            raise spot.at(fixed).wrong(f"cannot be changed from {getattr(model, fixed)!r} to {found[fixed]!r}")
    for name in ("seconds", "price"):
        if name in found:
            found[name] = replace(getattr(model, name), **found[name])
    if "role" in found:
        found["roles"] = _roles(model.roles, found.pop("role"), spot)
    return replace(model, **found)


def _roles(
    base: tuple[tuple[Role, RoleRule], ...], given: tuple[dict[str, Any], ...], spot: Spot
) -> tuple[tuple[Role, RoleRule], ...]:
    rules = dict(base)
    for one in given:
        facts = dict(one)
        if "role" not in facts:
            raise spot.at("role").wrong("lacks role")
        role = facts.pop("role")
        before = rules.get(role, RoleRule(media=MediaLimits()))
        facts["media"] = replace(before.media, **facts.get("media", {}))
        rules[role] = replace(before, **facts)
    return tuple(rules.items())
