"""Fit: every setting of a request resolved to what one model makes, and what had to differ."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from bot.domain.media import FALLBACK_ASPECT, Role, nearest_aspect, ratio, short_side
from bot.domain.model import AUTO, Model, Sound
from bot.domain.request import MOST_RESULTS, Origin, Setting, Settings, Task, VideoRequest
from bot.domain.rules import Rules
from bot.flows.suit import ROLES, TASKS

SAME_SHAPE = 0.02  # ratios this near are one shape: 1920x1088 is 16:9
SHAPED = (Role.first_frame, Role.last_frame, Role.reference_image, Role.reference_video)


@dataclass(frozen=True, slots=True)
class Miss:
    """A setting that was said and is not given as said."""

    setting: str
    asked: str
    given: str
    why: str


@dataclass(frozen=True, slots=True)
class Fit:
    settings: Settings
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted of a model, the model narrowed to what it makes in this case."""

    model: Model
    request: VideoRequest
    rules: Rules

    def wish(self, name: str) -> Setting[Any] | None:
        """What was said, else what the operator decided."""
        said = getattr(self.request.settings, name)
        if said is not None:
            return said
        default = getattr(self.rules.defaults, name)
        return None if default is None else replace(default, origin=Origin.default)

    def given(self, name: str, value: Any, shown: str, why: str) -> "Fitted":
        """A value the model gives; a miss where another was said."""
        wish = self.wish(name)
        if wish is not None and wish.origin.wished:
            return _model(value), Miss(name, words(wish.value), shown, why)
        return _model(value), None


Fitted = tuple[Setting[Any] | None, Miss | None]


def fit(model: Model, request: VideoRequest, rules: Rules) -> Fit:
    """The settings this model is given for the request: what was said, else the operator's default, else the model's own."""
    resolution = _resolution(Ask(model.under(request), request, rules))
    ask = Ask(model.under(request, resolution[0].value if resolution[0] else None), request, rules)
    fitted: dict[str, Fitted] = {"resolution": resolution}
    for name, resolve in _RESOLVERS.items():
        fitted[name] = resolve(ask)
    for name in (
        "last_frame",
        "temporary",
        "drive_path",
        "camera",
    ):  # Clapper itself sees to these where a model does not
        fitted[name] = ask.wish(name), None
    for name, plural in (("seed", "seeds"), ("negative", "negative prompts"), ("voice", "lines to speak")):
        fitted[name] = _optional(ask, name, plural)
    values = {name: setting for name, (setting, _) in fitted.items() if setting is not None}
    misses = tuple(miss for _, miss in fitted.values() if miss is not None)
    return Fit(Settings(model=Setting(model.id, Origin.default), **values), misses)


def words(value: object) -> str:
    """A setting's value as people write it."""
    match value:
        case bool():
            return "on" if value else "off"
        case float():
            return "left to the model" if value == AUTO else f"{value:g}"
    return str(value)


def _model(value: Any) -> Setting[Any] | None:
    return None if value is None else Setting(value, Origin.model)


def _resolution(ask: Ask) -> Fitted:
    offered = ask.model.resolutions
    wish = ask.wish("resolution")
    if not offered:
        return ask.given("resolution", None, "", f"{ask.model.title} decides the resolution itself.")
    if wish is not None and str(wish.value).lower() in offered:
        return replace(wish, value=str(wish.value).lower()), None
    if wish is None or not wish.origin.wished:
        return _model(next((one for one in offered if _leaves_all(ask, one)), offered[0])), None
    value = _nearest_resolution(str(wish.value), offered)
    return ask.given("resolution", value, value, f"{ask.model.title} makes {_either(offered)}.")


def _leaves_all(ask: Ask, resolution: str) -> bool:
    """Whether at this resolution the length and sound that were said are both had."""
    there = replace(ask, model=ask.model.under(ask.request, resolution))
    return _seconds(there)[1] is None and _audio(there)[1] is None


def _nearest_resolution(wanted: str, offered: tuple[str, ...]) -> str:
    try:
        short = short_side(wanted)
    except ValueError:
        return offered[0]
    return min(offered, key=lambda one: (abs(short_side(one) - short), -short_side(one)))


def _either(names: tuple[str, ...]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else f"only {last}"


def _audio(ask: Ask) -> Fitted:
    title, wish = ask.model.title, ask.wish("audio")
    match ask.model.audio:
        case Sound.never:
            fixed, why = False, f"{title} makes no sound{_at(ask)}."
        case Sound.always:
            fixed, why = True, f"{title} always makes sound; it cannot be switched off."
        case Sound.optional:
            return _optional_audio(ask, wish), None
    if wish is not None and wish.value is fixed:
        return wish, None
    return ask.given("audio", fixed, words(fixed), why)


def _optional_audio(ask: Ask, wish: Setting[bool] | None) -> Setting[bool]:
    if wish is not None and wish.origin.wished:
        return wish
    if ask.request.of_role(Role.reference_audio) or ask.request.settings.voice is not None:
        return Setting(True, Origin.said)  # who brings a sound or a line to speak has asked for sound
    return wish or Setting(ask.model.default_audio, Origin.model)


def _at(ask: Ask) -> str:
    """` at 720p`, where the model does more at another resolution."""
    resolution = next((when.resolution for when in ask.model.when if when.resolution and when.audio), None)
    return f" at {resolution}" if resolution else ""


def _seconds(ask: Ask) -> Fitted:
    seconds, wish = ask.model.seconds, ask.wish("seconds")
    if seconds.follows_sound and (sound := _sound_seconds(ask.request)):
        value = seconds.fit(sound)
        if wish is not None and abs(value - wish.value) < 0.05:  # about a frame
            return wish, None
        return ask.given("seconds", value, words(value), f"With {ask.model.title} the film is as long as its sound.")
    if wish is None:
        return _model(seconds.default), None
    value = seconds.fit(wish.value) if isfinite(wish.value) else seconds.default
    if value == wish.value:
        return wish, None
    return ask.given("seconds", value, words(value), f"{ask.model.title} makes {seconds.words}{_where(ask.model)}.")


def _where(model: Model) -> str:
    """In which corner of the matrix the model's lengths are as they are: ` at 1080p`."""
    when = next((when for when in model.when if when.seconds is model.seconds), None)
    if when is None:
        return ""
    if when.resolution:
        return f" at {when.resolution}"
    return f" with {ROLES[next(iter(when.roles))][1]}" if when.roles else f" {TASKS[next(iter(when.tasks))]}"


def _sound_seconds(request: VideoRequest) -> float:
    return sum(one.media.seconds or 0.0 for one in request.of_role(Role.reference_audio) if one.media)


def _aspect(ask: Ask) -> Fitted:
    offered, wish, shape = ask.model.aspects, ask.wish("aspect"), _shape(ask.request)
    if not offered:
        return ask.given("aspect", None, "", f"{ask.model.title} decides the ratio itself.")
    if wish is not None and wish.value in offered:
        return wish, None
    if wish is None or not wish.origin.wished:
        return _model(_own_aspect(offered, shape)), None
    target = shape if wish.value == "adaptive" else _ratio(wish.value)
    value = "adaptive" if offered == ("adaptive",) else _nearest(target, offered)
    result = ask.given("aspect", value, value, _why_aspect(ask, value, shape))
    had = shape if value == "adaptive" else _ratio(value)
    if target and had and abs(target / had - 1) <= SAME_SHAPE:
        return result[0], None
    return result


def _why_aspect(ask: Ask, value: str, shape: float | None) -> str:
    if value == "adaptive":
        return f"{ask.model.title} follows the shape of the picture."
    asked = ask.wish("aspect")
    if asked is not None and asked.value == "adaptive" and shape is None:
        return "There is no picture whose shape to follow."
    return f"{ask.model.title} makes {_either(ask.model.aspects)}."


def _own_aspect(offered: tuple[str, ...], shape: float | None) -> str:
    """Nothing said: the shape of the picture, as nearly as the model has it, else the model's first concrete ratio."""
    if shape is not None:
        return "adaptive" if "adaptive" in offered else _nearest(shape, offered)
    return next((one for one in offered if one != "adaptive"), "adaptive")


def _nearest(shape: float | None, offered: tuple[str, ...]) -> str:
    if shape is None:
        return FALLBACK_ASPECT if FALLBACK_ASPECT in offered else _own_aspect(offered, None)
    return nearest_aspect(round(shape * 10_000), 10_000, offered)


def _ratio(aspect: str) -> float | None:
    try:
        return float(ratio(aspect))
    except (ValueError, ZeroDivisionError):
        return None


def _shape(request: VideoRequest) -> float | None:
    """Width over height of the picture the film begins with, else of the first reference that has a shape."""
    found = (one.media.aspect for role in SHAPED for one in request.of_role(role) if one.media)
    return next((aspect for aspect in found if aspect), None)


def _watermark(ask: Ask) -> Fitted:
    wish = ask.wish("watermark")
    if wish is not None and wish.value and "watermark" not in ask.model.honours:
        return ask.given("watermark", False, "off", f"{ask.model.title} sets no watermark.")
    return wish or Setting(False, Origin.default), None


def _web_search(ask: Ask) -> Fitted:
    wish = ask.wish("web_search")
    if wish is None or not wish.value:
        return wish, None
    if "web_search" not in ask.model.honours:
        return ask.given("web_search", False, "off", f"{ask.model.title} does not search the web.")
    if ask.request.task is not Task.text:
        return ask.given("web_search", False, "off", "The web is searched only where a film is made from words alone.")
    return wish, None


def _count(ask: Ask) -> Fitted:
    wish = ask.wish("count")
    if wish is None:
        return Setting(1, Origin.default), None
    value = min(max(1, wish.value), MOST_RESULTS)
    if value == wish.value:
        return wish, None
    return ask.given("count", value, str(value), f"One wish makes 1 to {MOST_RESULTS} films.")


def _optional(ask: Ask, name: str, plural: str) -> Fitted:
    wish = ask.wish(name)
    if wish is None or name in ask.model.honours:
        return wish, None
    return ask.given(name, None, "", f"{ask.model.title} takes no {plural}.")


_RESOLVERS: dict[str, Callable[[Ask], Fitted]] = {
    "audio": _audio,
    "seconds": _seconds,
    "aspect": _aspect,
    "watermark": _watermark,
    "web_search": _web_search,
    "count": _count,
}
