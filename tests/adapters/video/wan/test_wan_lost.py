"""An order whose answer was lost is found, or waited for, or left to a person: never sent twice."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.video.wan import create
from bot.domain.errors import (
    Unavailable,
    Unclear,
)
from tests.adapters.video.wan.stand_wan import open_stand
from tests.databases import opened, with_tables
from tests.vendor import AFTER, BEFORE, GARBLED, SLOW, Mood, status


@pytest.mark.parametrize("mood", [AFTER, GARBLED], ids=["cut", "garbled"])
async def test_a_lost_answer_is_found_in_the_list_and_not_sent_again(tmp_path: Path, mood: Mood) -> None:
    async with open_stand(tmp_path) as stand:
        wished = stand.order()
        stand.vendor.made("wan3.0-video", "A crow lands")
        stand.vendor.made("qwen-image", "A heron takes off")
        stand.vendor.made("wan3.0-video", "A heron takes off", minutes_ago=60)
        stand.vendor.play("create", mood)
        with pytest.raises(Unclear):
            await stand.provider.submit(wished)
        task = await stand.provider.find(wished)
        assert task is not None
        assert [task.id] == stand.vendor.started
        assert task.route == "0.05"
        assert await stand.provider.find(wished) == task, "and again, after a crash"
        assert len(stand.vendor.calls("create")) == 1


async def test_a_task_of_the_same_words_under_another_models_name_is_left_to_a_person(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        other = stand.vendor.made("wan2.7-t2v", "A crow lands")
        assert await stand.provider.find(stand.order()) is None
        stand.vendor.tasks[other].prompt = "A heron takes off"
        with pytest.raises(Unclear, match="another model"):
            await stand.provider.find(stand.order())
        stand.vendor.tasks[other].model = "wan3.0-video-2026-09-30"
        found = await stand.provider.find(stand.order())
        assert found is not None
        assert found.id == other


async def test_an_order_that_never_arrived_is_nowhere(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        wished = stand.order()
        stand.vendor.play("create", BEFORE)
        with pytest.raises(Unclear):
            await stand.provider.submit(wished)
        assert await stand.provider.find(wished) is None


async def test_a_task_of_another_order_is_never_taken_for_a_lost_one(tmp_path: Path) -> None:
    """Three of a batch have the same words; one answer is lost."""
    async with open_stand(tmp_path) as stand:
        first, lost, last = (stand.order(f"J-{name}-1") for name in "ABC")
        known = [await stand.provider.submit(first)]
        stand.vendor.play("create", AFTER)
        with pytest.raises(Unclear):
            await stand.provider.submit(lost)
        known.append(await stand.provider.submit(last))
        found = await stand.provider.find(lost)
        assert found is not None
        assert {found.id} == set(stand.vendor.started) - {task.id for task in known}


async def test_two_lost_orders_of_the_same_words_are_left_to_a_person(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        stand.vendor.play("create", AFTER, AFTER)
        for name in "AB":
            with pytest.raises(Unclear):
                await stand.provider.submit(stand.order(f"J-{name}-1"))
        with pytest.raises(Unclear, match="2 tasks could be it"):
            await stand.provider.find(stand.order("J-A-1"))


async def test_two_lost_orders_are_not_given_one_task(tmp_path: Path) -> None:
    """Both lost, one arrived: whoever looks first has it, and the other may be sent again."""
    async with open_stand(tmp_path) as stand:
        stand.vendor.play("create", AFTER, BEFORE)
        orders = [stand.order(f"J-{name}-1") for name in "AB"]
        for one in orders:
            with pytest.raises(Unclear):
                await stand.provider.submit(one)
        found = await asyncio.gather(*(stand.provider.find(one) for one in orders))
        assert sorted(task is None for task in found) == [False, True]


async def test_what_was_sent_is_remembered_by_every_replica(tmp_path: Path) -> None:
    url = f"sqlite:///{with_tables(tmp_path / 'clapper.db')}"
    async with opened(url) as storage, open_stand(tmp_path, storage) as stand:
        mine, lost = stand.order("J-A-1"), stand.order("J-B-1")
        await stand.provider.submit(mine)
        other = create(stand.parts)
        try:
            assert await other.find(lost) is None
            found = await other.find(mine)
            assert found is not None
            assert [found.id] == stand.vendor.started
        finally:
            await other.aclose()


async def test_a_task_that_another_replica_may_be_about_to_note_is_not_taken_yet(tmp_path: Path) -> None:
    url = f"sqlite:///{with_tables(tmp_path / 'clapper.db')}"
    async with opened(url) as storage, open_stand(tmp_path, storage) as stand:
        lost = stand.order()
        stand.vendor.play("create", AFTER)
        with pytest.raises(Unclear):
            await stand.provider.submit(lost)
        with pytest.raises(Unavailable, match="another replica"):
            await stand.provider.find(lost)
        stand.clock.forward(15)
        found = await stand.provider.find(lost)
        assert found is not None
        assert [found.id] == stand.vendor.started


async def test_nothing_is_looked_up_while_the_same_words_are_on_their_way(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        stand.vendor.play("create", SLOW)
        going = asyncio.create_task(stand.provider.submit(stand.order("J-B-1")))
        while not stand.vendor.calls("create"):
            await asyncio.sleep(0)
        with pytest.raises(Unavailable, match="just being sent"):
            await stand.provider.find(stand.order("J-A-1"))
        stand.vendor.go.set()
        await going
        assert await stand.provider.find(stand.order("J-A-1")) is None


async def test_a_task_that_tells_its_words_only_at_the_end_is_waited_for(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        stand.vendor.secretive = True
        wished = stand.order()
        stand.vendor.play("create", AFTER)
        with pytest.raises(Unclear):
            await stand.provider.submit(wished)
        with pytest.raises(Unavailable):
            await stand.provider.find(wished)
        stand.advance(stand.vendor.started[0], "finished")
        found = await stand.provider.find(wished)
        assert found is not None
        assert [found.id] == stand.vendor.started


async def test_the_whole_list_is_read_and_an_endless_one_is_not(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        wished = stand.order()
        stand.vendor.play("create", AFTER)
        with pytest.raises(Unclear):
            await stand.provider.submit(wished)
        for _ in range(150):
            stand.vendor.made("qwen-image", "x")
        assert await stand.provider.find(wished) is not None
        assert [dict(seen.query)["page_no"] for seen in stand.vendor.calls("list")] == ["1", "2"]
        endless = {"data": [], "total_page": 99}
        stand.vendor.play("list", *[status(200, endless)] * 20)
        with pytest.raises(Unclear, match="more than 2000"):
            await stand.provider.find(stand.order("J-B-1"))
        for _ in range(41):
            stand.vendor.made("wan3.0-video", "x")
        with pytest.raises(Unclear, match="could be it"):
            await stand.provider.find(stand.order("J-B-1"))


async def test_an_order_that_is_listed_no_more_is_left_to_a_person(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        old = replace(stand.order(), sent_at=stand.clock.now() - timedelta(hours=23, minutes=1))
        with pytest.raises(Unclear):
            await stand.provider.find(old)
        assert stand.vendor.calls("list") == []
