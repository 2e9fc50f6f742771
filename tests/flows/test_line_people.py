"""Limits of one person: over them jobs wait in order, the card says so, and everybody gets through in the end."""

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.job import State
from bot.domain.model import Limit
from bot.domain.policy import Policy
from bot.flows.line import PEOPLE, let_in, measure
from bot.flows.show import show
from tests.houses import ASKER, HERE, OTHER, TOLL


def ruled(stage, *limits, **rules):
    """The stage with these rules, and a model with these limits."""
    house = stage.house
    models = (replace(TOLL, limits=limits),)
    catalogue = replace(house.catalogue, models=models)
    stage.house = replace(house, catalogue=catalogue, rules=replace(house.rules, **rules))
    return stage


async def confirmed(stage, text="A fox", author=ASKER):
    job = await stage.ask(text, author=author)
    await stage.press(job.id, "confirm", who=author)
    return job.id


async def bar(stage, id):
    job = await stage.job(id)
    posting = await stage.house.storage.cards.get(job.card_id)
    await show(posting, stage.house)
    return stage.board.posts[job.card_id][-1].progress.text


async def states(stage, ids):
    return [(await stage.job(id)).state for id in ids]


async def test_over_a_person_s_limit_films_wait_in_order_and_the_card_says_so(stage):
    """Also at a provider that has no line."""
    ruled(stage, at_once=2)
    stage.tollbooth.polls = ["running"]
    ids = [await confirmed(stage) for _ in range(4)]
    other = await confirmed(stage, author=OTHER)
    for _ in range(2):
        await stage.tick()
    assert await states(stage, [*ids, other]) == [State.processing] * 2 + [State.queued] * 2 + [State.processing]
    assert await bar(stage, ids[2]) == "You have 2 films on their way, which is the limit here; this one is next."
    assert (
        await bar(stage, ids[3])
        == "You have 2 films on their way, which is the limit here; 1 of yours comes before this one."
    )
    await stage.press(ids[0], "cancel")
    await stage.tick()
    assert await states(stage, ids) == [State.cancelled, State.processing, State.processing, State.queued]


async def test_who_waits_for_the_minute_to_pass_is_told_so(stage):
    ruled(stage, per_minute=1)
    first, second = await confirmed(stage), await confirmed(stage)
    for _ in range(4):
        await stage.tick()
    assert await states(stage, [first, second]) == [State.complete, State.queued]
    say = "You began 1 film within the last minute, which is the limit here; this one is next."
    assert await bar(stage, second) == say
    stage.clock.forward(60)
    for _ in range(4):
        await stage.tick()
    assert (await stage.job(second)).state is State.complete


async def test_the_calls_of_a_batch_keep_to_it_and_its_card_says_so(stage):
    ruled(stage, at_once=1)
    stage.tollbooth.polls = ["running"]
    id = await confirmed(stage, "A fox, 3 variations")
    for _ in range(3):
        stage.clock.forward(6)
        await stage.tick()
    assert len(stage.tollbooth.started) == 1
    said = "0 of 3 ready, 2 in line. You have 1 film on its way, which is the limit here; this one is next."
    assert await bar(stage, id) == said
    stage.tollbooth.polls = ["finished"]
    await stage.run()
    assert (await stage.job(id)).state is State.complete
    assert len(set(stage.tollbooth.started)) == 3


async def test_a_provider_that_asks_for_patience_keeps_nobody_else_of_its_own_people(stage):
    """Their line is nobody's account: who was let in keeps the turn, and is sent again after the pause."""
    ruled(stage, at_once=1)
    stage.tollbooth.submits = ["limited", "ok"]
    mine, theirs = await confirmed(stage), await confirmed(stage, author=OTHER)
    await let_in(stage.house)
    await stage.tick(limit=1)
    assert (await stage.job(mine)).line == PEOPLE.line
    await stage.run()
    assert await states(stage, [mine, theirs]) == [State.complete] * 2


async def test_a_limit_that_an_admin_raises_frees_who_waits(stage):
    ruled(stage, at_once=3)
    stage.tollbooth.polls = ["running"]
    strict = Policy(platform=HERE.platform, workspace=HERE.workspace, channel=HERE.channel, version=1, at_once=1)
    await stage.house.storage.policies.change(strict, [])
    ids = [await confirmed(stage) for _ in range(4)]
    await stage.tick()
    assert len(stage.tollbooth.started) == 1
    await stage.house.storage.policies.change(replace(strict, version=2, at_once=None), [])
    await measure(stage.house)
    await stage.tick()
    assert len(stage.tollbooth.started) == 3
    assert (await stage.job(ids[3])).at_once == 3


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_comes_in_whatever_order_nobody_has_more_and_all_get_through(stage, seed):
    chance = random.Random(seed)
    at_once, per_minute = chance.choice([1, 2]), chance.choice([1, 2, 3])
    ruled(stage, *chance.choice([(), (Limit(at_once=3),)]), at_once=at_once, per_minute=per_minute)
    begun: dict[str, tuple[str, datetime]] = {}
    ids = []
    for _ in range(6):
        stage.tollbooth.submits = chance.choice([["ok"], ["limited", "ok"]])
        stage.tollbooth.polls = chance.choice([["running", "finished"], ["finished"]])
        ids.append(await confirmed(stage, author=chance.choice([ASKER, OTHER])))
        for house in chance.sample([stage.house, stage.another_worker()], chance.randint(0, 2)):
            await stage.tick(house)
            await check(stage, ids, begun, at_once, per_minute)
        stage.clock.forward(chance.randint(0, 40))
    for _ in range(100):
        await stage.tick()
        await check(stage, ids, begun, at_once, per_minute)
        stage.clock.forward(7)
        if set(await states(stage, ids)) == {State.complete}:
            break
    assert set(await states(stage, ids)) == {State.complete}
    assert len(set(stage.tollbooth.started)) == len(stage.tollbooth.started) == len(ids)


async def check(stage, ids, begun, at_once, per_minute):
    jobs = [await stage.job(id) for id in ids]
    on_the_way = Counter(job.author.id for job in jobs if job.state in {State.submitting, State.processing})
    assert max(on_the_way.values(), default=0) <= at_once
    begun |= {job.id: (job.author.id, job.submitted_at) for job in jobs if job.submitted_at}
    for author in (ASKER.id, OTHER.id):
        times = sorted(at for who, at in begun.values() if who == author)
        for first, last in zip(times, times[per_minute:], strict=False):
            assert last - first >= timedelta(minutes=1)
