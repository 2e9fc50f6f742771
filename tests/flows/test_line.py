"""Waiting for a provider's places: never more on their way than an account may have, each card says how many come first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.job import State
from bot.domain.model import Limit
from bot.flows.line import let_in
from bot.flows.poll import hint
from bot.flows.show import show
from tests.houses import OTHER, TOLL
from tests.stored import NOON, purse


def limited(stage, *limits):
    """The stage with a model that has these limits."""
    models = (replace(TOLL, limits=limits),)
    stage.house = replace(stage.house, catalogue=replace(stage.house.catalogue, models=models))
    return stage


async def step(stage):
    """A look for due work, as the router makes it."""
    await let_in(stage.house)
    return await stage.tick()


async def confirmed(stage, **who):
    job = await stage.ask(**who)
    await stage.press(job.id, "confirm", who=who.get("author", job.author))
    return job.id


async def states(stage, ids):
    return [(await stage.job(id)).state for id in ids]


async def bar(stage, id):
    job = await stage.job(id)
    posting = await stage.house.storage.cards.get(job.card_id)
    assert posting is not None
    await show(posting, stage.house)
    return stage.board.posts[job.card_id][-1].progress.text


async def test_no_more_films_are_on_their_way_than_the_account_may_have(stage):
    limited(stage, Limit(at_once=2))
    stage.tollbooth.polls = ["running"]
    ids = [await confirmed(stage) for _ in range(4)]
    for _ in range(3):
        await step(stage)
    assert len(stage.tollbooth.started) == 2
    assert await states(stage, ids) == [State.processing] * 2 + [State.queued] * 2
    assert [await bar(stage, id) for id in ids[2:]] == ["Next in line", "1 ahead of this one"]
    stage.tollbooth.polls = ["finished"]
    for _ in range(8):
        stage.clock.forward(10)
        await step(stage)
    assert await states(stage, ids) == [State.complete] * 4
    assert len(set(stage.tollbooth.started)) == 4


async def test_calls_a_minute_are_kept_to(stage):
    limited(stage, Limit(per_minute=2))
    for _ in range(5):
        await confirmed(stage)
    for _ in range(3):
        await step(stage)
    assert len(stage.tollbooth.started) == 2
    stage.clock.forward(61)
    await step(stage)
    await step(stage)
    assert len(stage.tollbooth.started) == 4


async def test_one_person_with_many_wishes_does_not_hold_up_another(stage):
    limited(stage, Limit(at_once=1))
    stage.tollbooth.polls = ["running"]
    mine = [await confirmed(stage) for _ in range(3)]
    await step(stage)
    other = await confirmed(stage, author=OTHER)
    assert await bar(stage, other) == "Next in line"
    assert await bar(stage, mine[1]) == "1 ahead of this one"
    assert await bar(stage, mine[2]) == "2 ahead of this one"


async def test_a_provider_that_asks_for_patience_is_asked_by_nobody_of_the_line(stage):
    limited(stage, Limit(at_once=5))
    stage.tollbooth.submits = ["limited", "ok"]
    first, second = await confirmed(stage), await confirmed(stage)
    house = stage.house
    await let_in(house)
    await stage.tick(limit=1)
    assert (await stage.job(first)).state is State.queued
    third = await confirmed(stage)
    await let_in(house)
    assert (await stage.job(third)).next_step_at is None
    assert "busy" in await bar(stage, first)
    stage.clock.forward(6)
    await let_in(house)
    assert (await stage.job(third)).next_step_at is None, "seven seconds were asked for"
    stage.clock.forward(1.1)
    for _ in range(6):
        await step(stage)
        stage.clock.forward(10)
    assert await states(stage, [first, second, third]) == [State.complete] * 3
    assert len(stage.tollbooth.started) == 3


async def test_a_cancelled_job_leaves_the_line(stage):
    limited(stage, Limit(at_once=1))
    stage.tollbooth.polls = ["running"]
    ids = [await confirmed(stage) for _ in range(3)]
    await step(stage)
    await stage.press(ids[1], "cancel")
    assert (await stage.job(ids[1])).state is State.cancelled
    assert await bar(stage, ids[2]) == "Next in line"
    assert (await stage.house.storage.ledger.balance(purse((await stage.job(ids[0])).author), NOON)).held == 100


async def test_a_resolution_may_have_a_line_of_its_own(stage):
    limited(stage, Limit(at_once=1, line="large", resolution="1080p"), Limit(at_once=3))
    stage.tollbooth.polls = ["running"]
    for wish in ("A fox, 1080p", "An owl, 1080p", "A hare, 720p"):
        job = await stage.ask(wish)
        await stage.press(job.id, "confirm")
    for _ in range(2):
        await step(stage)
    assert len(stage.tollbooth.started) == 2


async def test_a_line_the_settings_know_no_more_holds_nobody_back(stage):
    limited(stage, Limit(at_once=1))
    stage.tollbooth.polls = ["running"]
    ids = [await confirmed(stage) for _ in range(3)]
    stage.house = replace(stage.house, catalogue=replace(stage.house.catalogue, models=(TOLL,)))
    for _ in range(2):
        await step(stage)
    assert await states(stage, ids) == [State.processing] * 3


async def test_a_chat_that_was_switched_off_keeps_no_place_from_the_others(stage):
    """Its job waits until somebody carries it on."""
    limited(stage, Limit(at_once=1))
    id = await confirmed(stage)
    await let_in(replace(stage.house, serves=frozenset({"another"})))
    assert (await stage.job(id)).next_step_at is None
    await let_in(stage.house)
    assert (await stage.job(id)).next_step_at is not None


@pytest.mark.parametrize(("rest", "news"), [(3, True), (1, False)])
async def test_a_hint_makes_a_running_film_be_asked_after_but_not_all_the_time(stage, rest, news):
    stage.tollbooth.polls = ["running"]
    id = await confirmed(stage)
    await step(stage)
    await step(stage)
    stage.clock.forward(rest)
    assert await hint(id, stage.house) is news
    due = (await stage.job(id)).next_step_at
    assert (due <= stage.clock.now()) is news
    assert due < stage.clock.now() + timedelta(seconds=6)


async def test_a_hint_does_not_put_off_the_end_that_was_told(stage):
    """Of ten seconds three are gone."""
    stage.tollbooth.polls = ["running"]
    id = await confirmed(stage)
    await step(stage)
    await step(stage)
    stage.clock.forward(3)
    await hint(id, stage.house)
    job = await stage.job(id)
    assert job.eta == pytest.approx(7, abs=0.1)


async def test_a_hint_about_anything_else_does_nothing(stage):
    job = await stage.ask()
    stage.clock.forward(10)
    for id in (job.id, "J-NONE"):
        assert not await hint(id, stage.house)
    assert (await stage.job(job.id)).version == job.version
