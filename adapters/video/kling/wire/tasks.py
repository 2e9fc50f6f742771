"""What Kling says of a task, in either of its two spellings."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from adapters.kit.answers import Answer
from adapters.kit.aside import Aside
from adapters.kit.fetchable import Address
from adapters.kit.http import Call
from adapters.video.kling.wire.errors import NotThere, checked, failed
from adapters.video.kling.wire.route import Generation, Route
from bot.domain.errors import ProviderError, Unavailable
from bot.domain.job import Charged, RemoteFile
from bot.ports.video import Failed, Finished, Progress, Running

USD_PER_UNIT = Decimal("0.14")
"""What a unit of a resource pack is worth by Kling's price table of 24 July 2026; packs are sold with discounts."""
ASK_AGAIN = 5.0  # Kling names no cadence; Vercel's AI SDK asks every 5 s


class OldStatus(StrEnum):
    submitted = "submitted"
    processing = "processing"
    succeed = "succeed"
    failed = "failed"


class NewStatus(StrEnum):
    submitted = "submitted"
    processing = "processing"
    succeeded = "succeeded"
    failed = "failed"


class Balance(BaseModel):
    quota: Aside[Decimal] = None


class OldInfo(BaseModel):
    external_task_id: str | None = None


class OldVideo(BaseModel):
    url: Address = Field(min_length=1)
    watermark_url: Aside[Address] = None


class OldResult(BaseModel):
    videos: list[OldVideo] | None = None


class OldTask(BaseModel):
    """A task of `/v1/videos/{kind}`. Figures come as text, which is empty where there is none yet."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    task_id: str = Field(min_length=1)
    task_status: OldStatus
    task_status_msg: Aside[str] = None
    task_info: OldInfo | None = None
    final_unit_deduction: Aside[Decimal] = None
    final_balance_deduction: Aside[Balance] = None
    task_result: OldResult | None = None


class Output(BaseModel):
    type: str
    url: Address | None = None
    watermark_url: Aside[Address] = None


class Billing(BaseModel):
    charge_type: Aside[str] = None
    amount: Aside[Decimal] = None
    currency: Aside[str] = None


class NewTask(BaseModel):
    """A task of the newer API; its answer to a create has no more than the first three."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    status: NewStatus
    external_id: str | None = None
    message: Aside[str] = None
    outputs: list[Output] | None = None
    billing: Aside[list[Billing]] = None


@dataclass(frozen=True, slots=True)
class Film:
    url: str
    marked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A task in one spelling. `usd` is None where nothing is reported, or not in dollars; `charged` in whatever money."""

    id: str
    name: str | None
    state: NewStatus
    message: str = ""
    films: Sequence[Film] = ()
    usd: Decimal | None = None
    charged: bool = False


def by_id(route: Route, id: str) -> Call:
    if route.generation is Generation.v1:
        return Call(method="GET", path=f"v1/videos/{route.kind}/{id}")
    return Call(method="GET", path="tasks", query=(("task_ids", id),))


def by_name(route: Route, key: str) -> Call:
    """Looks for a task by the name that its order gave it."""
    if route.generation is Generation.v1:
        return Call(method="GET", path=f"v1/videos/{route.kind}/{key}")
    return Call(method="GET", path="tasks", query=(("external_task_ids", key),))


def read_created(answer: Answer, route: Route) -> str:
    """The id of the task that was made."""
    return _told(checked(answer, paid=True), route).id


def read_found(answer: Answer, route: Route, key: str) -> str | None:
    """The id of the task that bears this name, None where there is none."""
    try:
        found = _each(checked(answer, paid=False), route)
    except NotThere:
        return None
    named = [told.id for told in found if told.name in (None, "", key)]
    if found and not named:
        raise ValueError("a task of another name")
    return named[0] if named else None


def read_task(answer: Answer, route: Route, id: str) -> Told:
    """Raises NotThere where Kling does not know it: the older API by an error, the newer by an empty list."""
    told = next((one for one in _each(checked(answer, paid=False), route) if one.id == id), None)
    if told is None:
        raise NotThere("Kling does not know this task.")
    return told


def progress(told: Told, route: Route) -> Progress:
    """Raises Unavailable for a task that is said to be done and has no film yet."""
    match told.state:
        case NewStatus.submitted | NewStatus.processing:
            return Running(ask_again_in=ASK_AGAIN)
        case NewStatus.failed:
            return Failed(error=failed(told.message), charged=Charged.yes if told.charged else Charged.no)
        case NewStatus.succeeded:
            return _finished(told, route)


def _finished(told: Told, route: Route) -> Finished:
    if not told.films:
        raise Unavailable("says that it is done and names no film yet")
    lacks = route.watermark and not all(film.marked for film in told.films)
    files = tuple(RemoteFile(id=f"{route} {told.id} {address(film, route)}") for film in told.films)
    return Finished(files=files, usd=told.usd, details={"note": "Kling set no watermark."} if lacks else {})


def address(film: Film, route: Route) -> str:
    """Kling makes a marked film beside the bare one, and gives an address for each."""
    return film.marked if route.watermark and film.marked else film.url


def _each(data: Any, route: Route) -> Sequence[Told]:
    if route.generation is Generation.v1:
        return [_told(data, route)]
    if not isinstance(data, list):
        raise ValueError("no list of tasks")  # noqa: TRY004 - a ValueError is an answer nobody understands
    return [_told(one, route) for one in data]


def _told(data: Any, route: Route) -> Told:
    return (
        _old(OldTask.model_validate(data)) if route.generation is Generation.v1 else _new(NewTask.model_validate(data))
    )


def _old(task: OldTask) -> Told:
    state = NewStatus.succeeded if task.task_status is OldStatus.succeed else NewStatus(task.task_status)
    videos = (task.task_result.videos if task.task_result else None) or []
    units = task.final_unit_deduction
    cash = task.final_balance_deduction.quota if task.final_balance_deduction else None
    return Told(
        id=task.task_id,
        name=task.task_info.external_task_id if task.task_info else None,
        state=state,
        message=task.task_status_msg or "",
        films=[Film(video.url, video.watermark_url or "") for video in videos],
        usd=None if units is None and cash is None else (units or 0) * USD_PER_UNIT + (cash or 0),
        charged=bool(units or cash),
    )


def _new(task: NewTask) -> Told:
    films = [Film(one.url, one.watermark_url or "") for one in task.outputs or () if one.type == "video" and one.url]
    return Told(
        id=task.id,
        name=task.external_id,
        state=task.status,
        message=task.message or "",
        films=films,
        usd=_new_usd(task.billing or ()),
        charged=any(one.amount for one in task.billing or ()),
    )


def _new_usd(billing: Sequence[Billing]) -> Decimal | None:
    """None where anything of it is in another money than dollars, of a kind that is not known, or no figure: the quote then stands."""
    worth = {"unit": USD_PER_UNIT, "cash": Decimal(1)}
    usd = Decimal(0)
    for one in billing:
        rate = worth.get(one.charge_type or "")
        if rate is None or one.amount is None or one.currency not in (None, "", "USD"):
            return None
        usd += rate * one.amount
    return usd if billing else None


def gone(error: NotThere) -> ProviderError:
    """A task is kept for thirty days, a job for one: what is not known belongs to another account or region, or comes late."""
    return Unavailable(
        error.message,
        mend="Tell your operator: the keys may be of another account or region than when this was ordered.",
    )
