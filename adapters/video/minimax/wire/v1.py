"""The older API: orders for the Hailuo and 01 models, and what it says of them.

Sources: the video documents of platform.minimax.io, checked 2026-10-08 (text, image, first and last frame, subject reference, query,
download); minimax-mcp 0.0.19; MiniMax's own command line, which also knows the status Failed.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from adapters.kit.answers import Answer
from adapters.kit.body import Inline
from adapters.kit.http import Call
from adapters.video.minimax.wire.codes import by_code
from adapters.video.minimax.wire.envelope import BaseResp, check
from adapters.video.minimax.wire.prompt import FRAME_NAMES, prompt
from bot.domain.errors import Expired, InvalidInput, ProviderError, Unavailable
from bot.domain.job import RemoteFile
from bot.domain.media import Role
from bot.ports.video import Failed, Finished, Order, Progress, Running

ASK_AGAIN = 20.0  # as minimax-mcp does
_NAMES = {**FRAME_NAMES, Role.reference_image: "the character"}
_FIELDS = {Role.first_frame: "first_frame_image", Role.last_frame: "last_frame_image"}
_WITHHELD = frozenset({1026, 1027})


def create(order: Order, pictures: Mapping[str, str | Inline]) -> Call:
    """The paid call. `pictures` says by token how each picture goes: a public address, or the picture itself as a data URL."""
    text = prompt(order, {one.token: _NAMES[one.role] for one in order.request.references})
    body = {
        "model": order.model.wire_id,
        **({"prompt": text} if text.strip() else {}),
        "prompt_optimizer": True,  # MiniMax's own default, said so that it stays what was tried
        **_shape(order),
        **_pictures(order, pictures),
        **({"callback_url": order.callback} if order.callback else {}),
    }
    return Call(method="POST", path="v1/video_generation", json=body)


def _shape(order: Order) -> Mapping[str, Any]:
    """Subject references know neither a length nor a resolution: what the model makes of them is not documented."""
    settings = order.request.settings
    if order.request.of_role(Role.reference_image) or settings.seconds is None or settings.resolution is None:
        return {}
    return {"duration": round(settings.seconds.value), "resolution": settings.resolution.value.upper()}


def _pictures(order: Order, pictures: Mapping[str, str | Inline]) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        _FIELDS[one.role]: pictures[one.token] for one in order.request.references if one.role in _FIELDS
    }
    faces = [pictures[one.token] for one in order.request.of_role(Role.reference_image)]
    return found | ({"subject_reference": [{"type": "character", "image": faces}]} if faces else {})


class _Created(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    task_id: str


def created(answer: Answer) -> str:
    """The id of the task that a paid call began."""
    check(answer, paid=True)
    task = _Created.model_validate(answer.body).task_id
    if not task:
        raise ValueError("no task_id")
    return task


def query(task: str) -> Call:
    return Call(method="GET", path="v1/query/video_generation", query=(("task_id", task),))


class Status(StrEnum):
    """In lower case: the documents write them with a capital, callbacks do not."""

    preparing = "preparing"
    queueing = "queueing"
    processing = "processing"
    success = "success"
    fail = "fail"
    failed = "failed"


_FAILED = frozenset({Status.fail, Status.failed})


class _Asked(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    status: Status | None = None
    file_id: str = ""
    base_resp: BaseResp

    @field_validator("status", mode="before")
    @classmethod
    def _as_one_writes_it(cls, value: Any) -> Any:
        return value.lower() or None if isinstance(value, str) else value


def progress(answer: Answer) -> Progress:
    """How far a task is. Raises Expired for one that is not known there."""
    if not answer.ok:
        check(answer, paid=False)
    asked = _Asked.model_validate(answer.body)
    if asked.status in _FAILED or asked.base_resp.status_code in _WITHHELD:
        return Failed(error=_failure(asked.base_resp, answer))  # which costs nothing, say the video packages' terms
    try:
        check(answer, paid=False)
    except InvalidInput as error:
        raise Expired(error.message) from error
    match asked.status:
        case Status.success if asked.file_id:
            return Finished(files=(RemoteFile(id=f"v1 {asked.file_id}"),))
        case Status.preparing | Status.queueing | Status.processing:
            return Running(ask_again_in=ASK_AGAIN)
        case _:
            raise ValueError(f"status {asked.status} without what belongs to it")


def _failure(base: BaseResp, answer: Answer) -> ProviderError:
    known = by_code(base.status_code, base.status_msg, answer, paid=False) if base.status_code else None
    words = base.status_msg if base.status_code else "it failed and gave no reason"
    return known or Unavailable(words)
