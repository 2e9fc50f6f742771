"""Answers that were lost: found in the newer API's list or told to be unclear, and never ordered again."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.video.minimax import create
from bot.domain.errors import Unavailable, Unclear
from bot.domain.job import Charged, Failure, Job, ProviderTask, State
from bot.domain.model import Choice
from bot.domain.request import Task
from bot.flows.submit import NO_ANSWER
from bot.ports.video import Finished, Order
from tests.adapters.video.minimax.server_minimax import v1_error, v2_error
from tests.adapters.video.minimax.stand_minimax import MinimaxStand, open_stand, open_stand_v1
from tests.fakes import NOON
from tests.stored import a_job
from tests.vendor import AFTER, BEFORE, GARBLED, SLOW, Mood, status


async def lost(stand: MinimaxStand, wanted: Order, mood: Mood = AFTER) -> None:
    stand.vendor.play("create", mood)
    with pytest.raises(Unclear):
        await stand.provider.submit(wanted)


async def test_whose_a_task_is_stays_known_for_as_long_as_it_is_listed(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        task = await stand.provider.submit(stand.order())
        assert stand.storage.until.keys() == {f"minimax/{task.id}"}
        assert stand.storage.until[f"minimax/{task.id}"] > stand.parts.clock.now() + timedelta(days=7)


@pytest.mark.parametrize("mood", [AFTER, GARBLED], ids=lambda mood: mood.kind)
async def test_a_lost_answer_is_found_in_the_list_and_not_sent_again(tmp_path: Path, mood: Mood) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order(), mood)
        task = await stand.provider.find(stand.order())
        assert task is not None
        assert [task.id] == stand.vendor.started
        assert task.route == "v2 1795176000 0.08 0.08 5 0.04"
        stand.advance(task.id, "finished")
        assert isinstance(await stand.provider.poll(task), Finished)
        assert await stand.provider.find(stand.order()) == task, "and again, with the same answer"
        assert len(stand.vendor.calls("create")) == 1


@pytest.mark.parametrize("mood", [BEFORE, status(500, "oops"), status(529, v2_error(529, "overloaded", 1000))])
async def test_an_order_that_never_arrived_is_surely_not_there(tmp_path: Path, mood: Mood) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order(), mood)
        assert await stand.provider.find(stand.order()) is None
        assert stand.vendor.started == []


async def test_the_tasks_of_other_orders_are_not_taken_for_a_lost_one(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        first = await stand.provider.submit(stand.order("J-ONE-1"))
        assert await stand.provider.find(stand.order("J-TWO-1")) is None
        await lost(stand, stand.order("J-TWO-1"))
        second = await stand.provider.find(stand.order("J-TWO-1"))
        assert second is not None
        assert [first.id, second.id] == stand.vendor.started
        assert await stand.provider.find(stand.order("J-THREE-1")) is None, "found ones are known from then on"


async def test_two_tasks_that_may_both_be_it_are_left_to_a_person(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order())
        stand.vendor.begin("v2", stand.vendor.task(stand.vendor.started[0]).body)
        with pytest.raises(Unclear, match="2 tasks"):
            await stand.provider.find(stand.order())


async def test_a_task_of_another_shape_or_time_is_not_taken_for_a_lost_one(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order())
        assert await stand.provider.find(stand.order("J-TWO-1", seconds=5.0)) is None
        assert await stand.provider.find(stand.order("J-TWO-1", resolution="2k")) is None
        later = replace(stand.order("J-TWO-1"), sent_at=NOON + timedelta(minutes=11))
        assert await stand.provider.find(later) is None


async def test_a_long_list_is_read_to_its_end(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order())
        body = stand.vendor.task(stand.vendor.started[0]).body
        for _ in range(150):
            stand.vendor.begin("v2", {**body, "duration": 5})
        task = await stand.provider.find(stand.order())
        assert task is not None
        assert [task.id] == stand.vendor.started
        assert len(stand.vendor.calls("list")) == 2
        for _ in range(2000):
            stand.vendor.begin("v2", {**body, "duration": 5})
        with pytest.raises(Unclear, match="to its end"):
            await stand.provider.find(stand.order("J-TWO-1"))


async def test_what_is_ordered_elsewhere_while_the_list_is_read_hides_nothing(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order())
        body = {**stand.vendor.task(stand.vendor.started[0]).body, "duration": 5}
        for _ in range(199):
            stand.vendor.begin("v2", body)
        stand.vendor.meanwhile = lambda: stand.vendor.begin("v2", body)
        task = await stand.provider.find(stand.order())
        assert task is not None
        assert [task.id] == stand.vendor.started
        assert len(stand.vendor.calls("list")) == 3, "each page was pushed back by one"


async def test_a_list_that_runs_into_the_past_is_read_no_further(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        for minutes in range(150):
            task = stand.vendor.begin("v2", {"model": "MiniMax-H3", "duration": 4, "resolution": "768P", "content": []})
            task.created_at -= 60 * (minutes + 20)
        assert await stand.provider.find(stand.order()) is None
        assert len(stand.vendor.calls("list")) == 1


def other(stand: MinimaxStand, state: State, **changes: Any) -> Job:
    wanted = stand.order()
    choice = Choice(
        model="minimax-h3", provider="minimax", title="H3", task=Task.text, settings=wanted.request.settings
    )
    return a_job("J-TWO", state=state, choice=choice, submitted_at=NOON, **changes)


async def test_while_another_order_that_looks_the_same_is_on_its_way_the_answer_is_put_off(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order())
        stand.storage.others.append(other(stand, State.submitting))
        with pytest.raises(Unavailable):
            await stand.provider.find(stand.order())


async def test_two_that_look_the_same_and_were_both_not_answered_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order())
        stand.storage.others.append(other(stand, State.submitting, trouble=NO_ANSWER))
        with pytest.raises(Unclear):
            await stand.provider.find(stand.order())


@pytest.mark.parametrize("state", [State.unclear, State.cancelled, State.error])
@pytest.mark.parametrize("minutes", [0, -69, 69])
@pytest.mark.parametrize("batch", ["", "J-MANY"])
async def test_another_lost_order_that_looks_the_same_makes_it_unclear(
    tmp_path: Path, state: State, minutes: int, batch: str
) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order())
        closed = other(stand, state, batch=batch, failure=Failure("Closed.", Charged.maybe))
        stand.storage.others.append(replace(closed, submitted_at=NOON + timedelta(minutes=minutes)))
        with pytest.raises(Unclear):
            await stand.provider.find(stand.order())


async def test_other_orders_that_cannot_be_it_do_not_make_it_unclear(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order())
        base = other(stand, State.unclear)
        assert base.choice is not None
        longer = stand.order(seconds=9.0).request.settings
        stand.storage.others += [
            replace(base, id="J-ONE"),
            replace(base, provider_task=ProviderTask(id="known")),
            replace(base, submitted_at=NOON + timedelta(minutes=71)),
            replace(base, submitted_at=NOON - timedelta(minutes=71)),
            replace(base, submitted_at=None),
            replace(base, choice=replace(base.choice, model="minimax-h3-max")),
            replace(base, choice=replace(base.choice, settings=longer)),
            replace(base, state=State.error, failure=Failure("Refused.", Charged.no)),
            replace(base, state=State.processing),
        ]
        assert await stand.provider.find(stand.order()) is not None


async def test_without_a_memory_a_task_is_nobodys_for_sure(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        forgetful = create(replace(stand.parts, storage=None))
        assert await forgetful.find(stand.order()) is None
        await forgetful.submit(stand.order())
        with pytest.raises(Unclear):
            await forgetful.find(stand.order())
        await forgetful.aclose()


async def test_a_task_that_cannot_be_noted_is_not_lost(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        stand.storage.broken = True
        task = await stand.provider.submit(stand.order())
        assert [task.id] == stand.vendor.started


async def test_a_list_that_cannot_be_had_decides_nothing(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        await lost(stand, stand.order())
        for mood in (BEFORE, GARBLED, status(500, v2_error(500, "internal error", 1000))):
            stand.vendor.play("list", mood)
            with pytest.raises(Unavailable):
                await stand.provider.find(stand.order())


async def test_of_a_lost_hailuo_order_nobody_knows(tmp_path: Path) -> None:
    async with open_stand_v1(tmp_path) as stand:
        for mood in (AFTER, BEFORE, GARBLED, status(502, "oops"), status(200, v1_error(1000, "unknown error"))):
            await lost(stand, stand.order(), mood)
        with pytest.raises(Unclear, match=r"no list of tasks of Hailuo 2\.3 Fast"):
            await stand.provider.find(stand.order())
        assert len(stand.vendor.started) == 2, "the answers after which it had begun"


async def test_an_order_whose_caller_is_gone_is_found_when_it_arrives(tmp_path: Path) -> None:
    async with open_stand(tmp_path) as stand:
        stand.vendor.play("create", SLOW)
        sending = asyncio.create_task(stand.provider.submit(stand.order()))
        while not stand.vendor.calls("create"):
            await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert await stand.provider.find(stand.order()) is None, (
            "not there yet: the core asks again before it believes that"
        )
        stand.vendor.go.set()
        await asyncio.wait_for(stand.vendor.landed.wait(), 5)
        task = await stand.provider.find(stand.order())
        assert task is not None
        assert [task.id] == stand.vendor.started
