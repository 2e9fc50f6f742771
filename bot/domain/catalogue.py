"""The models there are: found by any name people use, and whether each can be used here and now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from bot.domain.media import ratio, short_side
from bot.domain.model import AUTO, Model, Seconds
from bot.domain.rows import changed, new_model, read_models
from bot.domain.tables import Spot

__all__ = ["Catalogue", "checked", "override", "read_models"]

OPERATOR = "your settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """`connected` names the providers that have their key, `closed` the models that lack a setting of their own all the same; `default` is the model used when nobody names one."""

    models: tuple[Model, ...]
    connected: frozenset[str]
    default: str
    closed: frozenset[str] = frozenset()

    def connects(self, model: Model) -> bool:
        return model.provider in self.connected and model.id not in self.closed

    def get(self, id: str) -> Model | None:
        return next((model for model in self.models if model.id == id), None)

    def names(self) -> Mapping[str, str]:
        """Every lower-case name and alias -> model id, of the models that are enabled."""
        return {name: model.id for model in self.models if model.enabled for name in _names(model)}

    def usable(self, today: date) -> tuple[Model, ...]:
        """Enabled models of connected providers that are not retired."""
        return tuple(m for m in self.models if m.enabled and self.connects(m) and not m.retired(today))


def _names(model: Model) -> set[str]:
    return {name.lower() for name in (model.id, model.title, *model.aliases)}


def override(models: Iterable[Model], data: Mapping[str, object]) -> tuple[Model, ...]:
    """The models with the operator's `[models."id"]` tables applied, checked as a whole.

    A table under a known id changes what it names: `price = { rates = […] }`, `wire_id`, `retired_on` (or "never"), `title`,
    `aliases`, `enabled = false` and every other field. A table under a new id must be a whole model and say its `provider`.
    Raises BadSettings.
    """
    found = {model.id: model for model in models}
    for id, table in data.items():
        spot = Spot(OPERATOR, id)
        if not isinstance(table, Mapping):
            raise spot.must("a table", table)
        known = found.get(id)
        if known is None and "provider" not in table:
            near = get_close_matches(id, found, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else "."
            raise spot.wrong(f"is no model that could be changed{meant} A new one must name its provider and all else")
        found[id] = changed(known, table, spot) if known else new_model({"id": id, **table}, spot)
        if found[id].id != id:
            raise spot.at("id").wrong(f"is {found[id].id!r}, but the table is named {id!r}")
    return checked(found.values())


def checked(models: Iterable[Model]) -> tuple[Model, ...]:
    """The models as given. Raises BadSettings where two share a name, or one names or says what cannot be."""
    models = tuple(models)
    ids = {model.id for model in models}
    owners: dict[str, Model] = {}
    for model in models:
        spot = Spot(f"models.toml of {model.provider}", model.id)
        for name in sorted(_names(model)):
            other = owners.setdefault(name, model)
            if other is not model:
                raise spot.wrong(f"is called {name!r}, and so is {other.id!r} of {other.provider}")
        if model.replaced_by is not None and model.replaced_by not in ids - {model.id}:
            raise spot.at("replaced_by").wrong(f"names {model.replaced_by!r}, which is no other model")
        for problem in _contradictions(model):
            raise spot.wrong(problem)
    return models


def _contradictions(model: Model) -> Iterator[str]:
    if not model.tasks:
        yield "has no tasks"
    if not model.max_count:
        yield "must make at least one result: max_count is 0"
    if any(0 in (limit.at_once, limit.per_minute) for limit in model.limits):
        yield "has a limit of 0, with which its films would wait for ever: set enabled = false to have none made"
    aspects = {aspect for when in model.when for aspect in when.aspects or ()} | set(model.aspects)
    resolutions = {one for when in model.when for one in when.resolutions or ()} | set(model.resolutions)
    yield from (
        f"has the aspect {one!r}, which is neither adaptive nor like 16:9" for one in aspects if not _is_aspect(one)
    )
    yield from (
        f"has the resolution {one!r}, which is not like 720p or 4k" for one in resolutions if not _is_resolution(one)
    )
    for resolution, aspect, *_ in model.sizes:
        if resolution not in resolutions or aspect not in aspects:
            yield f"gives a size for {resolution} {aspect}, which it does not make"
    for rate in (*model.price.rates, *model.price.input_rates):
        if rate.resolution is not None and rate.resolution not in resolutions:
            yield f"has a price for {rate.resolution}, which it does not make"
    for seconds in (model.seconds, *(when.seconds for when in model.when if when.seconds)):
        if not _consistent(seconds):
            yield f"has lengths that contradict each other: {seconds}"


def _is_aspect(text: str) -> bool:
    try:
        return text == "adaptive" or ratio(text) > 0
    except (ValueError, ZeroDivisionError):
        return False


def _is_resolution(text: str) -> bool:
    try:
        return text == text.lower() and short_side(text) > 0
    except ValueError:
        return False


def _consistent(seconds: Seconds) -> bool:
    always_auto = seconds.auto and seconds.choices == (AUTO,)
    inside = always_auto or all(seconds.minimum <= choice <= seconds.maximum for choice in seconds.choices)
    ordered = 0 < seconds.minimum <= seconds.maximum and seconds.step >= 0
    settled = (seconds.default == AUTO) is always_auto
    return inside and ordered and settled and seconds.fit(seconds.default) == seconds.default
