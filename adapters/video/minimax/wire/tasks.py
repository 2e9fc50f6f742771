"""The newer API's word on a task: how far it is, what it cost, where its film is, and whether it can be stopped still.

Source: the query and delete pages of "Video Generation V2" on platform.minimax.io, checked 2026-10-08. The mainland's also list the
status `expired`.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from adapters.kit.answers import Answer
from adapters.kit.aside import Aside
from adapters.kit.fetchable import Address
from adapters.video.minimax.wire.codes import by_code
from adapters.video.minimax.wire.refusal import bare, meant, refusal, refused
from adapters.video.minimax.wire.tariff import Tariff, Usage
from bot.domain.errors import Expired, InvalidInput, NotCancellable, ProviderError, Unavailable
from bot.domain.job import Charged, RemoteFile
from bot.ports.video import Failed, Finished, Progress, Running

ASK_AGAIN = 10.0  # as the guide says


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
    url: Address = ""


class _Task(BaseModel):
    status: Status
    error: Aside[_Error] = None
    content: _Content | None = None
    usage: Aside[Usage] = None


class _TaskAnswer(BaseModel):
    task: _Task


def _task(answer: Answer) -> _Task:
    if refused(answer):
        error = refusal(answer, paid=False)
        # All that is asked with is the id: what is wrong with it is that nobody knows it, or that a week has passed.
        raise Expired(error.message) if isinstance(error, InvalidInput) and answer.code else error
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
    """How a failed task writes its code is not documented: it is read as a number, and as in answers that refuse."""
    words = bare(error.message)
    known = by_code(int(error.code), words, answer, paid=False) if error.code.isdigit() else None
    known = known or meant(error.code, error.message, answer, paid=False)
    return known or Unavailable(words or "it failed and gave no reason")


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
    if refused(answer):
        error = refusal(answer, paid=False)
        raise NotCancellable(error.message) if isinstance(error, InvalidInput) else error
    action = _Cancelled.model_validate(answer.body).action
    return Charged.no if action in {Action.cancel, Action.cancelled} else Charged.yes
