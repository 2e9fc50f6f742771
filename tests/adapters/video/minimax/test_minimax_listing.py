"""MiniMax's list of tasks: how it is asked for, how far it is read, and which of its tasks may be an order's."""

from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.kit.http import Call
from adapters.video.minimax.wire.listing import Item, Page, listed, listing, may_be
from tests.adapters.video.minimax.bodies_minimax import SUCCEEDED
from tests.adapters.video.minimax.stand_minimax import order
from tests.fakes import NOON


def test_the_list_is_asked_for_by_model_and_page() -> None:
    query = (("page_num", "2"), ("page_size", "100"), ("filter.model", "MiniMax-H3"))
    assert listing("MiniMax-H3", 2) == Call(method="GET", path="v2/query/video_generation", query=query)
    page = listed(Answer(status=200, headers={}, body={"items": [SUCCEEDED], "total": 476}))
    assert (page.items[0].id, page.items[0].created_at, page.total) == ("424010985738629", 1785125529, 476)


def seen(seconds: float = 5, **changes: Any) -> Item:
    facts = {"id": "1", "model": "MiniMax-H3", "resolution": "768P", "duration": 5}
    return Item.model_validate(facts | {"created_at": int(NOON.timestamp() + seconds)} | changes)


@pytest.mark.parametrize(
    ("item", "may"),
    [
        (seen(), True),
        (seen(-590), True),
        (seen(-610), False),
        (seen(3590), True),
        (seen(3610), False),
        (seen(resolution=""), True),
        (seen(resolution="2K"), False),
        (seen(duration=None), True),
        (seen(duration=6), False),
        (seen(model="MiniMax-H3-Max"), False),
        (seen(task_type="regeneration"), False),
    ],
)
def test_only_a_task_that_differs_is_not_the_orders(item: Item, may: bool) -> None:
    assert may_be(item, order("minimax-h3")) is may


def test_a_list_is_read_on_unless_it_is_seen_to_run_into_the_past() -> None:
    def page(*seconds: float) -> Page:
        return Page(tuple(seen(one) for one in seconds), 500)

    assert page(60, 0, -60).reaches_before(NOON)
    assert not page(60, 0).reaches_before(NOON)
    assert not page(-60, 0, 60).reaches_before(NOON), "oldest first: what is looked for may come on a later page"
    assert not page(-60, -60).reaches_before(NOON), "nothing says how it is sorted"
    assert not page().reaches_before(NOON)
