"""The newer API's list of tasks, in which an order whose answer was lost is looked for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from adapters.kit.answers import Answer
from adapters.kit.http import Call
from adapters.video.minimax.wire.refusal import refusal, refused
from bot.ports.video import Order

PAGE = 100
LATEST = 10**11  # seconds: what is later is no time
EARLY = timedelta(minutes=10)  # as far as MiniMax's clock may be behind ours
LATE = timedelta(hours=1)  # as long as uploads before the paid call may take


class Item(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    id: str
    model: str
    created_at: int = Field(ge=0, le=LATEST)
    resolution: str = ""
    duration: int | None = None
    task_type: str = "generation"


class _List(BaseModel):
    items: list[Item]
    total: int


@dataclass(frozen=True, slots=True)
class Page:
    """`total` is how many the list has, on all its pages."""

    items: tuple[Item, ...]
    total: int

    def reaches_before(self, moment: datetime) -> bool:
        """Whether it is seen to run from newer to older and its last is older than that. How a list is sorted is not documented."""
        times = [item.created_at for item in self.items]
        sorted_down = times == sorted(times, reverse=True) and times[:1] > times[-1:]
        return sorted_down and times[-1] < moment.timestamp()


def listing(model: str, page: int) -> Call:
    query = (("page_num", str(page)), ("page_size", str(PAGE)), ("filter.model", model))
    return Call(method="GET", path="v2/query/video_generation", query=query)


def listed(answer: Answer) -> Page:
    if refused(answer):
        raise refusal(answer, paid=False)
    read = _List.model_validate(answer.body)
    return Page(tuple(read.items), read.total)


def window(order: Order) -> tuple[datetime, datetime]:
    """When the order's task was made, if it was."""
    return order.sent_at - EARLY, order.sent_at + LATE


def may_be(item: Item, order: Order) -> bool:
    """Whether nothing that the list says of this task speaks against its being the order's. It says nothing of prompts or files."""
    settings = order.request.settings
    assert settings.seconds is not None
    assert settings.resolution is not None
    begin, end = window(order)
    return (
        item.task_type == "generation"
        and item.model == order.model.wire_id
        and begin <= datetime.fromtimestamp(item.created_at, UTC) <= end
        and item.duration in (None, round(settings.seconds.value))
        and item.resolution.upper() in ("", settings.resolution.value.upper())
    )
