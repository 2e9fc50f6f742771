"""An order as the one paid call, in the words of the API it goes to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.kling.wire.route import Generation, Route, edits
from bot.domain.camera import told_in_words
from bot.domain.errors import InvalidInput
from bot.domain.media import MediaKind, Role
from bot.domain.model import Sound
from bot.domain.request import Reference, Setting
from bot.ports.video import Order

T = TypeVar("T")

MODES = {"720p": "std", "1080p": "pro", "4k": "4k"}
MOST_BESIDE_FILM = 4
_TOKEN = re.compile(r"@(?:Image|Video|Audio)\d+(?!\w)", re.IGNORECASE)
_FRAME_WORDS = {Role.first_frame: "the first frame", Role.last_frame: "the last frame"}
_PARTS = {
    Role.first_frame: "first_frame",
    Role.last_frame: "last_frame",
    Role.reference_image: "refer_image",
    Role.reference_video: "feature_video",
}
"""In the order in which they go out, which is how they are numbered."""


def create(order: Order, route: Route, links: Mapping[str, str]) -> Call:
    """The paid call; `links` are the public addresses of the films, by their tokens. Raises InvalidInput before anything is sent."""
    model = dict(order.model.wire)[route.generation]
    _check_files(order, route)
    if route.generation is Generation.v1:
        return Call(method="POST", path=f"v1/videos/{route.kind}", json=_flat(order, route, model))
    body = (
        _parted(order, route, links) if route.kind != "text-to-video" else {"prompt": _prompt(order, _in_words(order))}
    )
    settings, options = _settings(order), _options(order, route)
    return Call(method="POST", path=f"{route.kind}/{model}", json={**body, "settings": settings, "options": options})


def _check_files(order: Order, route: Route) -> None:
    """What has no place in a body is never left out of it in silence."""
    takes = _PARTS if route.kind == "omni-video" else _FRAME_WORDS
    if strange := [one for one in order.request.references if one.role not in takes]:
        raise InvalidInput(f"{order.model.title} takes no {strange[0].role.replace('_', ' ')} ({strange[0].token}).")
    pictures = sum(one.kind is MediaKind.image for one in order.request.references)
    if pictures > MOST_BESIDE_FILM and any(films(order)):
        raise InvalidInput(
            f"With a film {order.model.title} takes at most {MOST_BESIDE_FILM} pictures, and there are {pictures}.",
            mend=f"Leave out {pictures - MOST_BESIDE_FILM}, or the film.",
        )


def _flat(order: Order, route: Route, model: str) -> Mapping[str, Any]:
    """A body of the older API: lengths are strings, resolutions are modes, pictures are bare base64."""
    settings = order.request.settings
    frames = {reference.role: reference for reference in order.request.references}
    resolution = _value(settings.resolution, "720p")
    fields = {
        "model_name": model,
        "prompt": _prompt(order, _in_words(order)),
        "negative_prompt": _value(settings.negative, ""),
        "image": _inline(frames.get(Role.first_frame)),
        "image_tail": _inline(frames.get(Role.last_frame)),
        "mode": MODES[resolution],
        "duration": f"{_value(settings.seconds, 5.0):g}",
        "aspect_ratio": _aspect(order) if not frames else "",
        "sound": "" if order.model.audio is Sound.never else _switch(order, "on"),
        "watermark_info": {"enabled": route.watermark},
        "external_task_id": order.key,
        "callback_url": order.callback,
    }
    return {name: value for name, value in fields.items() if value}


def _parted(order: Order, route: Route, links: Mapping[str, str]) -> Mapping[str, Any]:
    """The newer API's list of a prompt and pictures; only an omni model's parts have names, by which the prompt points at them."""
    omni = route.kind == "omni-video"
    names = _names(order) if omni else _in_words(order)
    parts = [_part(order, one, links) | ({"id": names[one.token][1:]} if omni else {}) for one in _sent(order)]
    words = _prompt(order, names)
    return {"contents": [*([{"type": "prompt", "text": words}] if words else []), *parts]}


def _part(order: Order, reference: Reference, links: Mapping[str, str]) -> dict[str, Any]:
    kind = _PARTS[reference.role]
    if reference.kind is MediaKind.image:
        return {"type": kind, "url": Inline(reference.key)}
    return {"type": "base_video" if edits(order) else kind, "url": links[reference.token]}


def _sent(order: Order) -> Sequence[Reference]:
    """The files as they go out."""
    rank = {role: number for number, role in enumerate(_PARTS)}
    return sorted(order.request.references, key=lambda one: rank[one.role])


def _settings(order: Order) -> Mapping[str, Any]:
    """Where a film is edited, its length and shape are the film's own; several shots are the default, and refused there."""
    roles = {reference.role for reference in order.request.references}
    shaped = roles & {Role.first_frame, Role.last_frame, Role.reference_video}
    fields: dict[str, Any] = {"resolution": _value(order.request.settings.resolution, "720p")}
    if not shaped and (aspect := _aspect(order)):
        fields["aspect_ratio"] = aspect
    if not edits(order):
        fields["duration"] = int(_value(order.request.settings.seconds, 5.0))
    if order.model.audio is not Sound.always:  # who always makes sound has no switch for it
        fields["audio"] = _audio(order, roles)
    if edits(order) and dict(order.model.wire).get("shots"):
        fields["multi_shot"] = False
    return fields


def _audio(order: Order, roles: set[Role]) -> str:
    """`native` is new sound; with a film only the film's own can be had, and only where it is edited."""
    if edits(order):
        return _switch(order, "original")
    return "off" if Role.reference_video in roles else _switch(order, "native")


def _options(order: Order, route: Route) -> Mapping[str, Any]:
    callback = {"callback_url": order.callback} if order.callback else {}
    return {**callback, "external_task_id": order.key, "watermark_info": {"enabled": route.watermark}}


def _names(order: Order) -> Mapping[str, str]:
    """`@image_1` for each token, numbered by kind as the files go out."""
    counts: dict[MediaKind, int] = {}
    names = {}
    for one in _sent(order):
        counts[one.kind] = counts.get(one.kind, 0) + 1
        names[one.token] = f"@{one.kind}_{counts[one.kind]}"
    return names


def _in_words(order: Order) -> Mapping[str, str]:
    return {one.token: words for one in order.request.references if (words := _FRAME_WORDS.get(one.role))}


def _prompt(order: Order, names: Mapping[str, str]) -> str:
    """The story with camera movements in words and each token as the API names the file."""
    known = {token.lower(): name for token, name in names.items()}
    return _TOKEN.sub(lambda found: known.get(found[0].lower(), found[0]), told_in_words(order.request.prompt))


def _aspect(order: Order) -> str:
    aspect = _value(order.request.settings.aspect, "")
    return "" if aspect == "adaptive" else aspect


def _switch(order: Order, on: str) -> str:
    return on if _value(order.request.settings.audio, False) else "off"


def _inline(reference: Reference | None) -> Inline | None:
    """Without the `data:` that other APIs begin with: Kling names that its wrong example."""
    return None if reference is None else Inline(reference.key)


def _value(setting: Setting[T] | None, otherwise: T) -> T:
    return otherwise if setting is None else setting.value


def films(order: Order) -> Iterator[Reference]:
    """The files that go by link."""
    return (one for one in order.request.references if one.kind is MediaKind.video)
