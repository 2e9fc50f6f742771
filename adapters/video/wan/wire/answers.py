"""What comes back: a task begun, how far it is, what is in the list. Unknown fields are let be, an unknown status is refused.

Fields are those of Model Studio's pages on Wan and on managing asynchronous tasks, read 2026-11-20.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from adapters.kit.answers import Answer
from adapters.kit.aside import Aside
from adapters.kit.fetchable import Address
from adapters.kit.http import Call
from adapters.video.wan.wire.errors import error_of, meant, plain
from adapters.video.wan.wire.route import NOWHERE, Route
from bot.domain.errors import Expired, InvalidInput, NotCancellable, Rejected, Unavailable
from bot.domain.job import Charged, RemoteFile
from bot.ports.video import Failed, Finished, Progress, Running

SOON, LATER = 5.0, 15.0  # the documents ask for 15 s between looks; a task waits in line for seconds only
PAGE = 100
LATEST = 10**14  # milliseconds: what is later is no time


class Status(StrEnum):
    pending = "PENDING"
    suspended = "SUSPENDED"
    running = "RUNNING"
    succeeded = "SUCCEEDED"
    failed = "FAILED"
    canceled = "CANCELED"
    unknown = "UNKNOWN"


class Output(BaseModel):
    """Times in it are Beijing's and say so nowhere, so none is read."""

    task_id: str = Field(min_length=1)
    task_status: Status
    video_url: Address | None = None
    orig_prompt: Aside[str] = None
    code: Aside[str] = None
    message: Aside[str] = None


class Usage(BaseModel):
    """`duration` is the seconds that are billed, what went in and what came out together; older models say `video_duration`."""

    duration: Aside[Decimal] = None
    video_duration: Aside[Decimal] = None

    @property
    def billed(self) -> Decimal | None:
        return self.duration if self.duration is not None else self.video_duration


class Task(BaseModel):
    output: Output
    usage: Aside[Usage] = None


class Item(BaseModel):
    """One task of the list; `gmt_create` is in milliseconds since 1970, and so without the doubts of the times above."""

    task_id: str = Field(min_length=1)
    model_name: str = ""
    gmt_create: Aside[Annotated[int, Field(ge=0, le=LATEST)]] = None

    @property
    def made_at(self) -> datetime | None:
        return None if self.gmt_create is None else datetime.fromtimestamp(self.gmt_create / 1000, UTC)


class Page(BaseModel):
    data: list[Item]
    total_page: int


@dataclass(frozen=True, slots=True)
class Lost:
    """What a task of the list says when one looks for an order whose answer was lost. `prompt` is None where it says none."""

    status: Status
    prompt: str | None


def started(answer: Answer, route: Route = NOWHERE) -> str:
    """The id of a task that was taken on. Raises what `error_of` makes of a paid call."""
    if not _good(answer):
        error = error_of(answer, paid=True)
        error.reference = route.blamed(answer.code)
        raise error
    return Task.model_validate(answer.body).output.task_id


def look(task: str) -> Call:
    return Call(method="GET", path=f"tasks/{task}")


def task_in(answer: Answer) -> Task:
    """Only a task's own status says what became of it: any other refusal of a look is Unavailable, or a matter of the account."""
    if _good(answer):
        return Task.model_validate(answer.body)
    error = error_of(answer, paid=False)
    if isinstance(error, (InvalidInput, Rejected, NotCancellable, Expired)):
        raise Unavailable(error.message)
    raise error


def progress(task: Task, route: Route) -> Progress:
    """Raises Unavailable for a task that is said to be done and has no film yet: it is paid for, and asked after again."""
    match task.output.task_status:
        case Status.pending | Status.suspended:
            return Running(ask_again_in=SOON)
        case Status.running:
            return Running(ask_again_in=LATER)
        case Status.succeeded:
            return _film(task, route.usd_a_second)
        case _:
            return _over(task.output, route)


def _film(task: Task, usd_a_second: Decimal | None) -> Progress:
    link = task.output.video_url
    if not link:
        raise Unavailable("it says that the film is done, and gives none yet")
    billed = task.usage.billed if task.usage else None
    usd = None if billed is None or usd_a_second is None else billed * usd_a_second
    return Finished(files=(RemoteFile(id=f"{task.output.task_id} {link}"),), usd=usd)


def _over(output: Output, route: Route) -> Failed:
    """A failed task costs nothing, by the documents. One that is not known may have been made, and paid for, a day ago."""
    if output.task_status is Status.unknown:
        gone = Expired("it does not know this task; it keeps one for 24 hours")
        return Failed(error=gone, charged=Charged.maybe)
    if output.task_status is Status.canceled:
        return Failed(error=Unavailable("the task was cancelled there"), charged=Charged.no)
    words = plain(output.message or "")
    error = meant(output.code or "", words) or Unavailable(words or output.code or "it failed and gives no reason")
    error.reference = route.blamed(output.code or "")
    return Failed(error=error, charged=Charged.no)


def cancel(task: str) -> Call:
    return Call(method="POST", path=f"tasks/{task}/cancel")


def cancelled(answer: Answer) -> None:
    """Raises NotCancellable where the task no longer waits in line."""
    if not _good(answer):
        raise error_of(answer, paid=False)


def tasks(page: int, size: int = PAGE) -> Call:
    """The last 24 hours, which is what is listed where no times are given; in which zone `start_time` is read is said nowhere."""
    return Call(method="GET", path="tasks", query=(("page_no", str(page)), ("page_size", str(size))))


def page_in(answer: Answer) -> Page:
    if not _good(answer):
        raise error_of(answer, paid=False)
    return Page.model_validate(answer.body)


def lost_in(answer: Answer) -> Lost:
    output = task_in(answer).output
    return Lost(output.task_status, output.orig_prompt)


def _good(answer: Answer) -> bool:
    """A 200 with a code at its top is a refusal too: SDK dashscope 2.0.2 takes it for one."""
    return answer.ok and isinstance(answer.body, dict) and not answer.body.get("code")
