"""Budgets: nobody spends more than is left, whoever reserves at once, and the card says so beforehand."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.domain.card import Action, Tone
from bot.domain.errors import OverBudget
from bot.domain.job import State
from bot.domain.ledger import held, spent
from bot.domain.policy import Policy, under
from bot.domain.pricing import Price, PriceUnit
from bot.domain.rules import Rules
from tests.flows.test_cost_told import Dear
from tests.houses import ASKER, OTHER, TOLL, at_once

SHORT, LONG = "A fox crosses the frozen lake", "A fox crosses the frozen lake --seconds 15"  # 50 and 150 credits


def given(stage, **rules):
    stage.house = replace(stage.house, rules=replace(stage.house.rules, **rules))


async def decides(stage, **decided):
    """What an admin of the workspace, or of a channel of it, decided."""
    policy = Policy(platform="board", workspace="team", version=1, **decided)
    await stage.house.storage.policies.change(policy, [])


async def made(stage, text=SHORT, who=ASKER):
    job = await stage.ask(text, who)
    await stage.press(job.id, "confirm", who=who)
    await stage.run()
    return await stage.job(job.id)


async def shown(stage, job):
    await stage.show()
    return stage.board.posts[job.card_id][-1]


async def test_a_price_over_the_budget_is_refused_with_what_is_left_and_nothing_is_reserved(stage):
    """300 spent and 50 on their way of 400; the card said so before anybody pressed, and the price still waits."""
    given(stage, person_credits=Decimal(400))
    await made(stage, LONG)
    await made(stage, LONG)
    running = await stage.ask(SHORT)
    await stage.press(running.id, "confirm")
    job = await stage.ask(LONG)
    words = (
        "This film costs 150 credits; your budget for November 2026 has 50 left of 400 (300 spent, 50 reserved). "
        "Ask the operator of this bot for more or wait until 1 December."
    )
    card = await shown(stage, job)
    assert (card.tone, words in card.notes) == (Tone.problem, True)
    assert Action.confirm in {button.action for button in card.buttons}, "the budget may be raised meanwhile"
    with pytest.raises(OverBudget) as over:
        await stage.press(job.id, "confirm")
    assert over.value.say == f"{words} Nothing was started and nothing is charged."
    assert (await stage.job(job.id)).state is State.awaiting_confirmation
    assert await stage.house.storage.ledger.of_job(job.id) == []
    given(stage, person_credits=Decimal(500))
    await stage.press(job.id, "confirm")
    assert held(await stage.house.storage.ledger.of_job(job.id)) == 150


async def test_the_card_tells_the_tightest_budget_and_who_can_raise_it(stage):
    """The channel's, decided by an admin; a film that no month has room for is not put off to the next."""
    given(stage, person_credits=Decimal(1000))
    await decides(stage, channel="films", credits=Decimal(100))
    fits = await shown(stage, await stage.ask(SHORT))
    assert fits.tone is Tone.ask
    assert "This channel's budget for November 2026 has 50 of 100 credits left after this." in fits.notes
    too_dear = await shown(stage, await stage.ask(LONG))
    assert too_dear.notes[0] == (
        "This film costs 150 credits; this channel's budget for November 2026 has 100 left of 100 (0 spent, 0 reserved). "
        "Ask an admin of this workspace (they can say “/clapper admin budget …”)."
    )


async def test_a_typed_yes_keeps_to_the_budget_too(stage):
    given(stage, workspace_credits=Decimal(49))
    job = await stage.ask(SHORT)
    await stage.show()
    assert "this workspace's budget" in (await stage.say("yes")).text
    assert (await stage.job(job.id)).state is State.awaiting_confirmation


async def test_two_people_who_spend_the_last_credits_at_once_do_not_both_succeed(stage):
    given(stage, channel_credits=Decimal(120))
    jobs = [await stage.ask(SHORT, who) for who in (ASKER, OTHER, ASKER, OTHER)]
    answers = await at_once(*(stage.press(job.id, "confirm", who=job.author) for job in jobs))
    assert sorted(type(one).__name__ for one in answers) == ["NoneType", "NoneType", "OverBudget", "OverBudget"]


async def test_the_calls_of_a_batch_fit_together_or_not_at_all(stage):
    given(stage, person_credits=Decimal("149.99"))
    job = await stage.ask(f"{SHORT}, 3 variations")
    with pytest.raises(OverBudget, match="These films cost 150 credits"):
        await stage.press(job.id, "confirm")
    assert await stage.house.storage.jobs.find(batch=job.id) == []
    given(stage, person_credits=Decimal(150))
    await stage.press(job.id, "confirm")
    assert (await stage.job(job.id)).state is State.processing


async def test_submitting_again_needs_room_for_the_second_call_beside_the_first(stage):
    """The first call may have been charged, so it is counted."""
    stage.tollbooth.memory, stage.tollbooth.submits = "blind", ["lost_before", "ok"]
    given(stage, person_credits=Decimal(99))
    job = await stage.ask(SHORT)
    await stage.press(job.id, "confirm")
    await stage.tick()
    with pytest.raises(OverBudget, match="has 49 left of 99"):
        await stage.press(job.id, "submit_again")
    assert (await stage.job(job.id)).state is State.unclear
    given(stage, person_credits=Decimal(100))
    await stage.press(job.id, "submit_again")
    await stage.run()
    assert spent(await stage.house.storage.ledger.of_job(job.id)) == 100


async def test_a_free_film_is_made_however_little_is_left_and_its_books_are_right(stage):
    given(stage, person_credits=Decimal(0))
    free = replace(TOLL, price=Price(unit=PriceUnit.free))
    stage.house = replace(stage.house, catalogue=replace(stage.house.catalogue, models=(free,)))
    job = await made(stage)
    assert job.state is State.complete
    assert not any("budget" in note for note in stage.board.posts[job.card_id][0].notes)
    assert await stage.house.storage.ledger.unbalanced() == []


async def test_what_a_film_cost_beyond_its_price_counts_and_nothing_is_left_of_it(stage):
    """50 were reserved, the provider reports 90."""
    stage.house = replace(stage.house, providers={"tollbooth": Dear(usd=Decimal("0.90"))})
    given(stage, person_credits=Decimal(80))
    await made(stage)
    refused = await shown(stage, await stage.ask(SHORT))
    assert "has 0 left of 80 (90 spent, 0 reserved)" in refused.notes[0]


async def test_a_month_begins_where_the_workspace_is(stage):
    """Half an hour before midnight in UTC it is December in Berlin, and what is still held counts there too."""
    await decides(stage, zone="Europe/Berlin", person_credits=Decimal(100))
    await made(stage)
    held_over = await stage.ask(SHORT)
    await stage.press(held_over.id, "confirm")
    stage.clock.at = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    with pytest.raises(OverBudget, match="for November 2026"):
        await stage.press((await stage.ask(SHORT)).id, "confirm")
    stage.clock.at = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    await stage.press((await stage.ask(SHORT)).id, "confirm")
    with pytest.raises(OverBudget, match=r"for December 2026 has 0 left of 100 \(0 spent, 100 reserved\)"):
        await stage.press((await stage.ask(SHORT)).id, "confirm")


def test_what_one_person_is_given_goes_before_what_all_have_within_the_operators_limit():
    policy = Policy(
        platform="board",
        workspace="team",
        person_credits=Decimal(100),
        people=(("U1", Decimal(900)), ("U2", Decimal(5))),
    )
    free, strict = under(Rules(), policy), under(Rules(person_credits=Decimal(300)), policy)
    assert [free.credits_of(id) for id in ("U1", "U2", "U3")] == [900, 5, 100]
    assert [strict.credits_of(id) for id in ("U1", "U2", "U3")] == [300, 5, 100]


async def test_the_budget_card_shows_each_purse_with_a_bar_and_the_threshold(stage):
    given(stage, workspace_credits=Decimal(1000), approve_above=Decimal(500))
    await decides(stage, people=(("U1", Decimal(300)),), zone="Asia/Tokyo")
    await made(stage, LONG)
    job = await stage.ask(SHORT)
    await stage.press(job.id, "confirm")
    card = await stage.say("budget")
    assert {field.name: field.value for field in card.fields} == {
        "You": "▰▰▰▰▰▰▱▱▱▱ 100 left of 300 credits (150 spent, 50 reserved)",
        "This channel": "150 spent, 50 reserved; no budget is set",
        "This workspace": "▰▰▱▱▱▱▱▱▱▱ 800 left of 1000 credits in November, as counted in UTC (150 spent, 50 reserved)",
        "Above 500 credits": "a second person must agree: an admin here, or somebody who may decide about everybody's films",
        "Rate": "100 credits a dollar",
    }
    assert card.notes[-1] == "The next month begins on 1 December at midnight, Asia/Tokyo."


async def test_an_admin_who_moves_where_months_begin_does_not_have_the_operators_limit_twice(stage):
    """The month is spent when on Kiritimati it is December already; what the admin set for that December is counted there."""
    stage.clock.at = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    given(stage, person_credits=Decimal(100), workspace_credits=Decimal(400))
    await made(stage)
    await made(stage)
    stage.clock.at = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
    await decides(stage, zone="Pacific/Kiritimati", person_credits=Decimal(70))
    await stage.press((await stage.ask(SHORT, OTHER)).id, "confirm", who=OTHER)
    refused = await shown(stage, await stage.ask(SHORT))
    assert refused.notes[0] == (
        "This film costs 50 credits; your budget for November 2026 (as counted in UTC) has 0 left of 100 (100 spent, 0 reserved). "
        "Ask the operator of this bot for more or wait until 1 December."
    )
    told = {field.name: field.value for field in (await stage.say("budget")).fields}
    assert told["You"] == "▰▰▰▰▰▰▰▰▰▰ 0 left of 100 credits in November, as counted in UTC (100 spent, 0 reserved)"
    assert told["This workspace"].startswith("▰▰▰▱▱▱▱▱▱▱ 250 left of 400 credits in November, as counted in UTC (100")
    stage.clock.at = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    await stage.press((await stage.ask(SHORT)).id, "confirm")
    with pytest.raises(OverBudget, match=r"your budget for December 2026 has 20 left of 70 .* Ask an admin"):
        await stage.press((await stage.ask(SHORT)).id, "confirm")
