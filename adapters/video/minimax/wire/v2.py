"""The newer API: orders for H3 and H3 Max, and what it says of them.

Sources: the documents of "Video Generation V2" on platform.minimax.io with their OpenAPI description, checked 2026-10-08, and the prices
there. The mainland's documents also list the status `expired`.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from adapters.kit.answers import Answer
from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.minimax.wire.codes import REGION, by_code, by_http, made
from adapters.video.minimax.wire.files import mime
from adapters.video.minimax.wire.prompt import FRAME_NAMES, prompt
from adapters.video.minimax.wire.tariff import Tariff, Usage
from bot.domain.errors import (
    BadCredentials,
    Expired,
    InvalidInput,
    NotCancellable,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged, RemoteFile
from bot.domain.media import MediaKind
from bot.domain.model import FRAMES
from bot.domain.request import Reference
from bot.ports.video import Failed, Finished, Order, Progress, Running

ASK_AGAIN = 10.0  # as the guide says
MOST_INLINE = 63_900_000  # characters of base64: a body may have 64 MB, and its words need room too
_FIELDS = {MediaKind.image: "image_url", MediaKind.video: "video_url", MediaKind.audio: "audio_url"}
_INLINE_FILM = "video/mp4"  # the only kind of film the documents show as a data URL
_CODE = re.compile(r"\s*\((\d{4})\)\s*$")
_TYPES: Mapping[str, tuple[type[ProviderError], str]] = {
    "bad_request_error": (InvalidInput, ""),
    "authorized_error": (BadCredentials, REGION),
    "insufficient_balance_error": (OutOfCredit, ""),
    "unprocessable_entity_error": (Rejected, ""),
    "rate_limit_error": (RateLimited, ""),
    "server_error": (Unclear, ""),
    "overloaded_error": (Unclear, ""),
}


def by_upload(order: Order) -> tuple[Reference, ...]:
    """The files that must be uploaded before the order: the largest ones, until the rest fits into its body."""
    files = sorted(order.request.references, key=_encoded, reverse=True)
    room, uploads = MOST_INLINE - sum(map(_encoded, files)), list[Reference]()
    for one in files:
        foreign = one.kind is MediaKind.video and mime(one) != _INLINE_FILM
        if room < 0 or foreign:
            uploads.append(one)
            room += _encoded(one)
    return tuple(uploads)


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
    if not answer.ok or _is_refusal(answer):
        raise refusal(answer, paid=True)
    task = _Created.model_validate(answer.body).task_id
    if not task:
        raise ValueError("no task_id")
    return task


def _is_refusal(answer: Answer) -> bool:
    return isinstance(answer.body, dict) and (answer.body.get("type") == "error" or "error" in answer.body)


class _Detail(BaseModel):
    type: str = ""
    message: str = ""


class _Refusal(BaseModel):
    error: _Detail = _Detail()


def refusal(answer: Answer, *, paid: bool) -> ProviderError:
    """What an error answer means: by the code at the end of its message, else by its type, else by its status."""
    detail = _Refusal.model_validate(answer.body).error if _is_refusal(answer) else _Detail()
    code = _CODE.search(detail.message)
    words = _CODE.sub("", detail.message)
    known = by_code(int(code[1]), words, answer, paid=paid) if code else None
    if known is not None:
        return known
    if detail.type in _TYPES:
        return made(*_with(words, detail.type), answer, paid=paid)
    return by_http(answer, words, paid=paid)


def _with(words: str, type: str) -> tuple[type[ProviderError], str, str]:
    kind, mend = _TYPES[type]
    return kind, words, mend


def query(task: str) -> Call:
    return Call(method="GET", path=f"v2/query/video_generation/{task}")


class Status(StrEnum):
    queued = "queued"
    running = "running"
    succeeded = "succeeded"
    failed = "failed"
    cancelled = "cancelled"
    expired = "expired"


class _Error(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    code: str = ""
    message: str = ""


class _Content(BaseModel):
    url: str = ""


class _Task(BaseModel):
    status: Status
    error: _Error | None = None
    content: _Content | None = None
    usage: Usage | None = None


class _TaskAnswer(BaseModel):
    task: _Task


def _task(answer: Answer) -> _Task:
    if not answer.ok or _is_refusal(answer):
        error = refusal(answer, paid=False)
        # All that is asked with is the id: what is wrong with it is that nobody knows it, or that a week has passed.
        raise Expired(error.message) if isinstance(error, InvalidInput) else error
    return _TaskAnswer.model_validate(answer.body).task


def progress(answer: Answer, task: str, tariff: Tariff | None) -> Progress:
    """How far a task is, and what it cost by `tariff`. Raises Expired for one that is not known there any more."""
    told = _task(answer)
    match told.status:
        case Status.queued | Status.running:
            return Running(ask_again_in=ASK_AGAIN)
        case Status.succeeded if told.content and told.content.url:
            usd = tariff.usd(told.usage) if tariff and told.usage else None
            return Finished(files=(RemoteFile(id=f"v2 {task} {told.content.url}"),), usd=usd)
        case Status.failed:
            return Failed(error=_failure(told.error or _Error(), answer))
        case Status.cancelled:
            return Failed(error=Unavailable("the task was cancelled before it began"))
        case Status.expired:
            return Failed(error=Unavailable("the task waited too long and was given up"), charged=Charged.maybe)
        case _:
            raise ValueError("succeeded without a film")


def _failure(error: _Error, answer: Answer) -> ProviderError:
    known = by_code(int(error.code), error.message, answer, paid=False) if error.code.isdigit() else None
    return known or Unavailable(error.message or "it failed and gave no reason")


def address(answer: Answer) -> str:
    """Where a finished film is fetched now: asking again gives an address that works again."""
    told = _task(answer)
    if told.content is None or not told.content.url:
        raise Expired("its film is gone")
    return told.content.url


def may_cancel(answer: Answer) -> Charged | None:
    """None where the task waits still and a cancel stops it; else what it costs. Raises NotCancellable where it runs on or is done.

    To be asked first: what cancels a waiting task deletes the record of a finished one.
    """
    match _task(answer).status:
        case Status.queued:
            return None
        case Status.cancelled | Status.failed:
            return Charged.no
        case Status.expired:
            return Charged.maybe
        case Status.running:
            raise NotCancellable("MiniMax stops a task only while it waits, and this one is being made.")
        case Status.succeeded:
            raise NotCancellable("The film is made already.")


def cancel(task: str) -> Call:
    return Call(method="DELETE", path=f"v2/video_generation/{task}")


class Action(StrEnum):
    """The mainland's documents write the first of each pair, the others the second."""

    cancel = "cancel"
    cancelled = "cancelled"
    delete = "delete"
    deleted = "deleted"


class _Cancelled(BaseModel):
    action: Action


def cancelled(answer: Answer) -> Charged:
    """What a cancel came to. Raises NotCancellable where the task began in between."""
    if not answer.ok or _is_refusal(answer):
        error = refusal(answer, paid=False)
        raise NotCancellable(error.message) if isinstance(error, InvalidInput) else error
    action = _Cancelled.model_validate(answer.body).action
    return Charged.no if action in {Action.cancel, Action.cancelled} else Charged.yes
