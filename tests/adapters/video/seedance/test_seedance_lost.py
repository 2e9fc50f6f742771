"""A lost answer is looked for in Ark's list: found by its mark, surely not there, or nobody knows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.video.seedance.wire.calls import PAGE
from bot.domain.errors import Unclear
from bot.ports.video import Finished, Order
from tests.adapters.video.seedance.stand_seedance import SeedanceStand, open_stand
from tests.vendor import AFTER, status


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[SeedanceStand]:
    async with open_stand(tmp_path) as opened:
        yield opened


async def lost(stand: SeedanceStand) -> Order:
    """An order that arrived, and whose answer did not."""
    order = stand.order()
    stand.vendor.play("create", AFTER)
    with pytest.raises(Unclear):
        await stand.provider.submit(order)
    return order


async def test_a_lost_answer_is_found_in_the_list_and_not_sent_again(stand: SeedanceStand) -> None:
    order = await lost(stand)
    found = await stand.provider.find(order)
    assert found is not None
    assert [found.id] == stand.vendor.started
    stand.vendor.advance(found.id, "finished")
    made = await stand.provider.poll(found)
    assert isinstance(made, Finished)
    assert made.usd == Decimal("3.5") * 40_595 / 1_000_000
    assert len(stand.vendor.calls("create")) == 1


async def test_a_list_whose_tasks_do_not_say_whose_they_are_decides_nothing(stand: SeedanceStand) -> None:
    stand.vendor.echoes = False
    order = await lost(stand)
    with pytest.raises(Unclear):
        await stand.provider.find(order)


async def test_others_old_and_other_tasks_leave_no_doubt(stand: SeedanceStand) -> None:
    stand.vendor.foreign("2-0-mini-260615", mark="somebody")
    stand.vendor.foreign("2-0-mini-260615", age=3600)
    stand.vendor.foreign("2-5-260628")
    assert await stand.provider.find(stand.order()) is None


async def test_a_task_is_found_on_a_later_page(stand: SeedanceStand) -> None:
    order = await lost(stand)
    for _ in range(PAGE + 20):
        stand.vendor.foreign(mark="somebody", age=-30)
    found = await stand.provider.find(order)
    assert found is not None
    assert len(stand.vendor.calls("list")) == 2


async def test_a_list_newest_first_is_read_no_further_than_the_order(stand: SeedanceStand) -> None:
    for number in range(PAGE + 20):
        stand.vendor.foreign(age=3600 + number)
    assert await stand.provider.find(stand.order()) is None
    assert len(stand.vendor.calls("list")) == 1


async def test_a_list_in_another_order_is_read_to_its_end(stand: SeedanceStand) -> None:
    stand.vendor.oldest_first = True
    for _ in range(PAGE + 20):
        stand.vendor.foreign(age=3600)
    order = await lost(stand)
    assert await stand.provider.find(order) is not None
    assert len(stand.vendor.calls("list")) == 2


async def test_a_list_without_an_end_decides_nothing(stand: SeedanceStand) -> None:
    item = {"id": "cgt-1", "model": "dreamina-seedance-2-5-260628", "created_at": datetime.now(UTC).timestamp()}
    stand.vendor.play("list", *(status(200, {"items": [item | {"id": f"cgt-{n}"}], "total": 999}) for n in range(20)))
    with pytest.raises(Unclear):
        await stand.provider.find(stand.order())


async def test_a_full_page_is_not_the_last_whatever_the_list_counts(stand: SeedanceStand) -> None:
    order = await lost(stand)
    now = datetime.now(UTC).timestamp()
    full = [{"id": f"cgt-{n}", "created_at": now, "safety_identifier": "somebody"} for n in range(PAGE)]
    stand.vendor.play("list", status(200, {"items": full, "total": PAGE}))
    for _ in range(PAGE):
        stand.vendor.foreign(mark="somebody", age=-30)
    found = await stand.provider.find(order)
    assert found is not None
    assert [found.id] == stand.vendor.started


async def test_a_list_that_does_not_say_how_long_it_is_is_read_until_it_is_empty(stand: SeedanceStand) -> None:
    order = stand.order()
    item = {"id": "cgt-1", "model": "dreamina-seedance-2-5-260628", "created_at": datetime.now(UTC).timestamp()}
    stand.vendor.play("list", status(200, {"items": [item]}), status(200, {"items": []}))
    assert await stand.provider.find(order) is None
    assert len(stand.vendor.calls("list")) == 2
