"""The list of tasks, where an order whose answer was lost is looked for: Ark knows no key of a caller's."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from adapters.kit.answers import Answer
from adapters.video.seedance.wire.calls import mark
from adapters.video.seedance.wire.refusals import refusal
from bot.domain.errors import Unclear
from bot.ports.video import Order

CLOCKS_APART = 300.0


class Listed(BaseModel):
    """A task in the list, of which only what tells it from others is read: its other fields are not the same everywhere."""

    id: str
    model: str | None = None
    created_at: float | None = None
    safety_identifier: str | None = None


class Page(BaseModel):
    items: Annotated[list[Listed], BeforeValidator(lambda items: [] if items is None else items)]
    total: int | None = None


def page_of(answer: Answer) -> Page:
    if not answer.ok:
        raise refusal(answer)
    return Page.model_validate(answer.body)


def ours(listed: Iterable[Listed], order: Order, model: str) -> str | None:
    """The id of the order's task among these, None where it surely is not there.

    Raises Unclear where a task of this model and time does not say whose it is: that tasks give their mark back is not documented.
    """
    known, since = mark(order.key), earliest(order.sent_at)
    nameless = False
    for one in listed:
        if one.safety_identifier == known:
            return one.id
        recent = one.created_at is None or one.created_at >= since
        nameless |= recent and not one.safety_identifier and _alike(one.model or "", model)
    if nameless:
        raise Unclear("a task of this model and time does not say whose it is")
    return None


def earliest(sent_at: datetime) -> float:
    """The earliest second, by Ark's clock, at which an order sent then can have become a task."""
    return sent_at.timestamp() - CLOCKS_APART


def _alike(one: str, other: str) -> bool:
    """Whether two ids may name one model: an endpoint's own name, or none, may be any; a prefix or a date may be left out."""
    bare = one.lower().partition("seedance")[2]
    asked = other.lower().partition("seedance")[2]
    return bare.startswith(asked) or asked.startswith(bare)
