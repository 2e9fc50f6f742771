"""Orders whose answers were lost: found where that is certain, never sent twice, never guessed at."""

from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import (
    RateLimited,
    Unavailable,
    Unclear,
)
from bot.domain.job import ProviderTask
from tests.adapters.video.videogen.stand_videogen import Notebook, VideoGenStand
from tests.vendor import AFTER, BEFORE, GARBLED, status


async def lose(stand: VideoGenStand, key: str, mood: Any = AFTER) -> None:
    stand.vendor.play("create", mood)
    with pytest.raises(Unclear):
        await stand.provider.submit(stand.order(key))


@pytest.mark.parametrize("mood", [AFTER, GARBLED])
async def test_a_lost_answer_is_found_in_the_list_and_not_sent_again(stand: VideoGenStand, mood: Any) -> None:
    stand.vendor.add()
    await lose(stand, "J-ONE-1", mood)
    stand.vendor.add("GENERATE_IMAGE")
    found = await stand.provider.find(stand.order())
    assert found == ProviderTask(id=stand.vendor.started[0], route="count=1&seconds=4", key_name="VIDEOGEN_API_KEY")
    assert await stand.provider.submit(stand.order()) == found
    assert len(stand.vendor.calls("create")) == 1


@pytest.mark.parametrize("mood", [BEFORE, status(500, {"message": "?"}), status(504, "<html>")])
async def test_an_order_that_did_not_arrive_is_nowhere(stand: VideoGenStand, mood: Any) -> None:
    stand.vendor.add()
    await lose(stand, "J-ONE-1", mood)
    assert await stand.provider.find(stand.order()) is None
    task = await stand.provider.submit(stand.order())
    assert stand.vendor.started == [task.id]
    assert await stand.provider.find(stand.order()) == task


async def test_an_order_that_lands_late_is_found_after_it_was_not(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1", BEFORE)
    assert await stand.provider.find(stand.order()) is None
    landed = stand.vendor.add()
    found = await stand.provider.find(stand.order())
    assert found
    assert found.id == landed.id


async def test_a_bot_that_starts_anew_finds_what_the_one_before_it_lost(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1")
    other = stand.another()
    assert (await other.find(stand.order())) is not None
    assert await other.find(stand.order("J-NEVER-1")) is None, "its note would have come before its call"


async def test_a_bot_that_remembers_nothing_says_so(stand: VideoGenStand) -> None:
    forgetful = stand.another(lasting=False)
    with pytest.raises(Unclear):
        await forgetful.find(stand.order())
    stand.vendor.play("create", AFTER)
    with pytest.raises(Unclear):
        await forgetful.submit(stand.order())
    assert await forgetful.find(stand.order()) is not None


async def test_films_of_two_lost_orders_are_never_guessed_at(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1", BEFORE)
    await lose(stand, "J-TWO-1")
    with pytest.raises(Unavailable, match="another order is on its way"):
        await stand.provider.find(stand.order("J-ONE-1"))
    stand.clock.forward(60)
    with pytest.raises(Unavailable, match="another order is on its way"):
        await stand.provider.find(stand.order("J-ONE-1"))
    stand.clock.forward(11)
    for key in ("J-ONE-1", "J-TWO-1"):
        with pytest.raises(Unclear):
            await stand.provider.find(stand.order(key))


async def test_what_was_there_before_an_order_is_another_ones(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1")
    await lose(stand, "J-TWO-1", BEFORE)
    assert await stand.provider.find(stand.order("J-TWO-1")) is None
    found = await stand.provider.find(stand.order("J-ONE-1"))
    assert found
    assert [found.id] == stand.vendor.started


async def test_an_order_sent_shortly_before_may_have_landed_after(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1", BEFORE)
    stand.clock.forward(100)
    await lose(stand, "J-TWO-1")
    later = replace(stand.order("J-TWO-1"), sent_at=stand.clock.now())
    stand.clock.forward(100)
    with pytest.raises(Unclear, match="1 of its films may be this order's"):
        await stand.provider.find(later)


async def test_orders_long_past_do_not_make_a_new_one_unclear(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1", BEFORE)
    stand.clock.forward(3600)
    await lose(stand, "J-TWO-1")
    later = replace(stand.order("J-TWO-1"), sent_at=stand.clock.now())
    found = await stand.provider.find(later)
    assert found
    assert [found.id] == stand.vendor.started


async def test_a_lost_order_is_told_from_one_that_was_answered(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1")
    answered = await stand.provider.submit(stand.order("J-TWO-1"))
    found = await stand.provider.find(stand.order("J-ONE-1"))
    assert found
    assert [found.id, answered.id] == stand.vendor.started


async def test_a_film_of_another_program_makes_it_unclear(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1")
    stand.vendor.add()
    with pytest.raises(Unclear, match="2 of its films may be this order's"):
        await stand.provider.find(stand.order())


async def test_an_order_that_was_refused_is_not_looked_for_among_others(stand: VideoGenStand) -> None:
    stand.vendor.play("create", stand.limited())
    with pytest.raises(RateLimited):
        await stand.provider.submit(stand.order())
    stand.vendor.add()
    assert await stand.provider.find(stand.order()) is None
    await lose(stand, "J-ONE-1")
    found = await stand.provider.find(stand.order())
    assert found
    assert [found.id] == stand.vendor.started, "what was there before is looked at anew with each try"


async def test_a_long_list_is_read_page_by_page(stand: VideoGenStand) -> None:
    stand.vendor.add()
    await lose(stand, "J-ONE-1")
    for _ in range(450):
        stand.vendor.add("GENERATE_IMAGE")
    found = await stand.provider.find(stand.order())
    assert found
    assert [found.id] == stand.vendor.started
    pages = [dict(seen.query) for seen in stand.vendor.calls("list")[1:]]
    assert [page.get("cursor") for page in pages] == [None, "200", "400"]


async def test_a_list_that_does_not_reach_back_decides_nothing(stand: VideoGenStand) -> None:
    stand.vendor.add()
    await lose(stand, "J-ONE-1")
    del stand.vendor.executions[1]
    with pytest.raises(Unclear, match="does not reach back"):
        await stand.provider.find(stand.order())


async def test_nothing_is_paid_that_could_not_be_found_again(stand: VideoGenStand) -> None:
    stand.vendor.play("list", status(503, {"message": "Down."}))
    with pytest.raises(Unavailable):
        await stand.provider.submit(stand.order())
    stand.notebook.broken = True
    with pytest.raises(Unavailable, match="our own storage"):
        await stand.provider.submit(stand.order())
    assert stand.vendor.calls("create") == []


async def test_a_task_that_cannot_be_noted_is_handed_over_all_the_same(stand: VideoGenStand) -> None:
    class Full(Notebook):
        async def put(self, key: str, text: str, until: Any) -> None:
            if stand.vendor.started:
                raise OSError("the disk is full")
            await super().put(key, text, until)

    with capture_logs() as logs:
        task = await stand.another(notebook=Full()).submit(stand.order())
    assert stand.vendor.started == [task.id]
    assert [(one["action"], one["task"]) for one in logs] == [("videogen.unnoted", task.id)]


async def test_an_order_sent_again_is_still_looked_for_since_its_first_time(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1", BEFORE)
    late = stand.vendor.add()
    await lose(stand, "J-ONE-1", BEFORE)
    found = await stand.provider.find(stand.order())
    assert found
    assert found.id == late.id


async def test_an_address_that_leads_nowhere_starts_nothing(stand: VideoGenStand) -> None:
    stand.vendor.play("list", status(404, "<html>no such page"))
    with pytest.raises(Unavailable):
        await stand.provider.submit(stand.order())
    assert stand.vendor.calls("create") == []
