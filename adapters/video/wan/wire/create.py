"""The paid call: an order as one request body, with exactly the fields its model takes."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from math import ceil
from typing import Any

from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.wan.wire.route import Route
from adapters.video.wan.wire.shapes import (
    FIELDS,
    INLINE_FIELDS,
    PARAMETERS,
    TYPES,
    Shape,
    in_media,
    shape_of,
    voices,
)
from adapters.video.wan.wire.words import told
from bot.domain.media import SECONDS_SLACK, MediaKind, Role
from bot.domain.model import AUTO, Model, Sound
from bot.domain.request import Origin, Reference
from bot.ports.video import Order

VIDEO = "services/aigc/video-generation/video-synthesis"
FRAMES = "services/aigc/image2video/video-synthesis"  # where the models for a first and a last frame of 2.2 are
# A larger picture is uploaded: in base64 a few of them would make a body that is refused (413).
INLINE_BYTES = 1024 * 1024

Place = Inline | str
"""Where a file is: in the body as base64, or at an `oss://` address of the provider's."""


def create(order: Order, places: Mapping[str, Place]) -> Call:
    """`places` by the reference's token. Without X-DashScope-Async the call is refused with AccessDenied."""
    shape = shape_of(order.model)
    body = {
        "model": wire_model(order.model),
        "input": _input(order, shape, places),
        "parameters": dict(_parameters(order, shape)),
    }
    uploaded = any(isinstance(place, str) for place in places.values())
    headers = {"X-DashScope-Async": "enable"} | ({"X-DashScope-OssResourceResolve": "enable"} if uploaded else {})
    return Call(method="POST", path=FRAMES if shape is Shape.old_frames else VIDEO, headers=headers, json=body)


def wire_model(model: Model) -> str:
    return model.wire_id or model.id


def inline(order: Order, reference: Reference) -> Inline | None:
    """The file as a data URL, None where it has to be uploaded."""
    shape = shape_of(order.model)
    takes = FIELDS.get(shape, {}).get(reference.role) in INLINE_FIELDS or reference.role in TYPES.get(shape, {})
    media = reference.media
    if reference.kind is not MediaKind.image or not takes or media is None or media.bytes > INLINE_BYTES:
        return None
    return Inline(reference.key, f"data:{media.mime};base64,")


def sent_prompt(order: Order) -> str:
    """What the provider is given as the prompt, and calls `orig_prompt` afterwards."""
    return told(order.request, shape_of(order.model)).strip()


def taken(order: Order) -> float:
    """The seconds of film that go in."""
    films = order.request.of_role(Role.reference_video)
    return sum(one.media.seconds or 0.0 for one in films if one.media)


def route(order: Order) -> Route:
    """What a later look at the task needs to know of its order."""
    return Route(_usd_a_second(order), tuple(one.token for one in order.request.references))


def _usd_a_second(order: Order) -> Decimal | None:
    settings = order.request.settings
    rate = order.model.price.rate(
        resolution=settings.resolution.value if settings.resolution else None,
        audio=bool(settings.audio and settings.audio.value),
        seconds=settings.seconds.value if settings.seconds else order.model.seconds.default,
        video_in=bool(order.request.of_role(Role.reference_video)),
    )
    return rate and rate.usd


def _input(order: Order, shape: Shape, places: Mapping[str, Place]) -> dict[str, Any]:
    request = order.request
    made: dict[str, Any] = {}
    if prompt := sent_prompt(order):
        made["prompt"] = prompt
    if request.settings.negative is not None:
        made["negative_prompt"] = request.settings.negative.value
    for role, field in FIELDS.get(shape, {}).items():
        for one in request.of_role(role)[:1]:
            made[field] = places[one.token]
    if shape is Shape.old_references:
        made["reference_urls"] = [places[one.token] for one in request.references]
    elif media := [_item(one, order, shape, places) for one in in_media(request, shape)]:
        made["media"] = media
    return made


def _item(one: Reference, order: Order, shape: Shape, places: Mapping[str, Place]) -> dict[str, Place]:
    item: dict[str, Place] = {"type": TYPES[shape][one.role], "url": places[one.token]}
    voice = voices(order.request, shape).get(one.token)
    return item | ({"reference_voice": places[voice.token]} if voice else {})


def _parameters(order: Order, shape: Shape) -> Iterator[tuple[str, Any]]:
    for name in PARAMETERS[shape]:
        value = _VALUES[name](order)
        if value is not None:
            yield name, value


def _said(order: Order, name: str) -> Any:
    setting = getattr(order.request.settings, name)
    return None if setting is None else setting.value


def _size(order: Order) -> str:
    width, height = order.model.frame(_said(order, "resolution"), _said(order, "aspect"))
    return f"{width}*{height}"


def _resolution(order: Order) -> str | None:
    resolution = _said(order, "resolution")
    return resolution and resolution.upper()


def _ratio(order: Order) -> str | None:
    """Left out where a picture or film sets the shape; 3.0 has a word for that, `adaptive`."""
    shape, aspect = shape_of(order.model), _said(order, "aspect")
    if shape is Shape.all_in_one:
        return aspect
    framed = shape is Shape.references and bool(order.request.of_role(Role.first_frame))
    return None if framed or aspect == "adaptive" else aspect


def _duration(order: Order) -> int | None:
    """-1 lets 3.0 decide; 0 lets an edit keep the length of its film, as it does where nobody said another.

    What carries on a clip has the clip in it, and is told how long both are together.
    """
    seconds, shape = order.request.settings.seconds, shape_of(order.model)
    if shape is Shape.edit:
        return 0 if seconds is None or seconds.value == AUTO or seconds.origin is Origin.model else int(seconds.value)
    if seconds is None:
        return None
    if shape is Shape.picture:
        return int(min(seconds.value + ceil(taken(order) - SECONDS_SLACK), order.model.seconds.maximum))
    return int(seconds.value)


def _audio(order: Order) -> bool | None:
    """Said only to the models that can be silent; the others have no such field."""
    return bool(_said(order, "audio")) if order.model.audio is Sound.optional else None


_VALUES: Mapping[str, Callable[[Order], Any]] = {
    "size": _size,
    "resolution": _resolution,
    "ratio": _ratio,
    "duration": _duration,
    "audio": _audio,
    "audio_setting": lambda _: "auto",
    "prompt_extend": lambda _: True,
    "watermark": lambda order: bool(_said(order, "watermark")),
    "seed": lambda order: _said(order, "seed"),
}
