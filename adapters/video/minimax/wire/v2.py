"""The newer API: orders for H3 and H3 Max.

Source: the create page of "Video Generation V2" on platform.minimax.io with its OpenAPI description, checked 2026-10-08.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from adapters.kit.answers import Answer
from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.minimax.wire.files import mime
from adapters.video.minimax.wire.prompt import FRAME_NAMES, prompt
from adapters.video.minimax.wire.refusal import refusal, refused
from bot.domain.media import MediaKind
from bot.domain.model import FRAMES
from bot.domain.request import Reference
from bot.ports.video import Order

MOST_INLINE = 63_900_000  # characters of base64: a body may have 64 MB, and its words need room too
_FIELDS = {MediaKind.image: "image_url", MediaKind.video: "video_url", MediaKind.audio: "audio_url"}
_INLINE_FILM = "video/mp4"  # the only kind of film the documents show as a data URL


def by_upload(order: Order) -> tuple[Reference, ...]:
    """The files that must be uploaded before the order: films that only go so, and the largest ones until the rest fits into its body."""
    foreign = [one for one in order.request.references if one.kind is MediaKind.video and mime(one) != _INLINE_FILM]
    others = sorted((one for one in order.request.references if one not in foreign), key=_encoded)
    room = MOST_INLINE - sum(map(_encoded, others))
    while room < 0:
        foreign.append(others.pop())
        room += _encoded(foreign[-1])
    return tuple(foreign)


def _encoded(reference: Reference) -> int:
    return -(-reference.media.bytes // 3) * 4 if reference.media else 0


def create(order: Order, files: Mapping[str, str | Inline]) -> Call:
    """The paid call. `files` says by token how each file goes: an address, or the file itself as a data URL."""
    settings, sent = order.request.settings, _in_order(order)
    assert settings.seconds is not None
    assert settings.resolution is not None
    text = {"type": "text", "text": prompt(order, _names(sent))}
    framed = any(one.role in FRAMES for one in sent)
    body = {
        "model": order.model.wire_id,
        "content": [text, *(_item(one, files[one.token]) for one in sent)],
        "resolution": settings.resolution.value.upper(),
        "duration": round(settings.seconds.value),
        # With a frame the film always follows it, and the field is not read.
        **({"ratio": settings.aspect.value} if settings.aspect and not framed else {}),
        **({"callback_url": order.callback} if order.callback else {}),
    }
    return Call(method="POST", path="v2/video_generation", json=body)


def _in_order(order: Order) -> tuple[Reference, ...]:
    """Pictures, then films, then sounds: so the model counts them, whatever order they came in."""
    return tuple(one for kind in _FIELDS for one in order.request.references if one.kind is kind)


def _names(sent: tuple[Reference, ...]) -> Mapping[str, str]:
    """`reference image 1`, as the documents' own sample speaks of "reference audio 1"."""
    names: dict[str, str] = {}
    for kind in _FIELDS:
        counted = [one for one in sent if one.kind is kind and one.role not in FRAMES]
        names |= {one.token: f"reference {kind} {number}" for number, one in enumerate(counted, start=1)}
    return names | {one.token: FRAME_NAMES[one.role] for one in sent if one.role in FRAMES}


def _item(reference: Reference, file: str | Inline) -> Mapping[str, Any]:
    field = _FIELDS[reference.kind]
    return {"type": field, field: {"url": file}, "role": reference.role.value}


class _Created(BaseModel):
    task_id: str


def created(answer: Answer) -> str:
    """The id of the task that a paid call began."""
    if refused(answer):
        raise refusal(answer, paid=True)
    task = _Created.model_validate(answer.body).task_id
    if not task:
        raise ValueError("no task_id")
    return task


def query(task: str) -> Call:
    return Call(method="GET", path=f"v2/query/video_generation/{task}")


def cancel(task: str) -> Call:
    return Call(method="DELETE", path=f"v2/video_generation/{task}")
