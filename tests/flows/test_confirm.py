"""Confirming a price: who may, when, how often, and what is reserved."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.chat import Message, Press
from bot.domain.errors import BadRequest, NotAllowed, Stale
from bot.domain.job import State
from bot.domain.ledger import EntryKind, held
from bot.flows.confirm import confirm
from bot.flows.hear import hear
from bot.flows.press import press
from tests.houses import ASKER, HERE, OTHER, at_once


async def entries(stage, job):
    return await stage.house.storage.ledger.of_job(job.id)


async def test_nothing_is_sent_or_reserved_before_a_confirmation(stage):
    """The cost card alone spends nothing, however often the pollers look."""
    job = await stage.ask()
    for _ in range(3):
        await stage.tick()
    assert stage.tollbooth.started == []
    assert await entries(stage, job) == []


async def test_a_confirmed_job_reserves_exactly_what_its_card_says(stage):
    """5 s at $0.10 and 100 credits a dollar is 50 credits."""
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    (entry,) = await entries(stage, job)
    assert (entry.kind, entry.credits, entry.person) == (EntryKind.reserve, Decimal("50.00"), ASKER)
    assert (await stage.job(job.id)).state is State.queued


async def test_confirming_twice_at_once_submits_once(stage):
    """Two tabs, one moment: one press counts, the other is told so, one film is paid for."""
    job = await stage.ask()
    outcomes = await at_once(*(stage.press(job.id, "confirm") for _ in range(5)))
    assert sum(one is None for one in outcomes) == 1
    assert all(one is None or isinstance(one, BadRequest) for one in outcomes)
    await stage.run()
    assert len(stage.tollbooth.started) == 1
    assert held(await entries(stage, job)) == 0


async def test_only_the_requester_may_confirm(stage):
    """Somebody else's press changes nothing and says whose it is."""
    job = await stage.ask(author=ASKER)
    with pytest.raises(NotAllowed, match="Only Asker"):
        await stage.press(job.id, "confirm", who=OTHER)
    assert (await stage.job(job.id)).state is State.awaiting_confirmation


async def test_an_approver_named_by_the_operator_may_confirm(stage):
    """The operator can let others decide."""
    stage.house = replace(stage.house, rules=replace(stage.house.rules, approvers=frozenset({"board:U2"})))
    job = await stage.ask(author=ASKER)
    await stage.press(job.id, "confirm", who=OTHER)
    assert (await stage.job(job.id)).confirmed_by == OTHER


async def test_a_confirm_seen_on_an_older_price_does_not_count(stage):
    """The card was edited in another tab: the old button must not buy the new price."""
    job = await stage.ask()
    seen = job.version
    await stage.press(job.id, "edit", "A fox crosses the lake --seconds 15")
    with pytest.raises(BadRequest, match="changed after that card"):
        await stage.press(job.id, "confirm", revision=seen)
    fresh = await stage.job(job.id)
    assert fresh.state is State.awaiting_confirmation
    await stage.press(job.id, "confirm", revision=fresh.version)
    (entry,) = await entries(stage, job)
    assert entry.credits == Decimal("150.00")


async def test_an_unanswered_price_expires_after_thirty_minutes(stage):
    """It says so, cannot be confirmed any more, and nothing is made."""
    job = await stage.ask()
    stage.clock.forward(30 * 60 + 1)
    with pytest.raises(BadRequest, match="expired"):
        await stage.press(job.id, "confirm")
    await stage.run()
    assert (await stage.job(job.id)).state is State.expired
    assert stage.board.posts[job.card_id][-1].title == "This price has expired"
    assert stage.tollbooth.started == []


async def test_a_lost_race_is_stale_and_saves_nothing(stage):
    """Two workers with the same job in hand: the second one's save is refused whole, ledger included."""
    job = await stage.ask()
    await confirm(job, ASKER, stage.house, "e1")
    with pytest.raises(Stale):
        await confirm(job, ASKER, stage.house, "e2")
    assert len(await entries(stage, job)) == 1


@pytest.mark.parametrize(("word", "state"), [("yes", State.queued), ("No.", State.declined)])
async def test_a_typed_answer_does_what_the_button_does(stage, word, state):
    """Typing yes or no in the thread decides the one price that waits there."""
    job = await stage.ask()
    await stage.show()
    await stage.say(word)
    assert (await stage.job(job.id)).state is state


async def test_a_typed_yes_with_two_prices_waiting_confirms_neither(stage):
    """Nobody spends what they did not mean."""
    first, second = await stage.ask(), await stage.ask("A heron lands on the pier at dusk")
    said = await stage.say("yes")
    assert "2 prices are waiting" in said.text
    assert {(await stage.job(job.id)).state for job in (first, second)} == {State.awaiting_confirmation}


async def test_a_typed_yes_by_somebody_else_confirms_nothing(stage):
    """The thread is shared, the money is not."""
    job = await stage.ask(author=ASKER)
    await stage.show()
    said = await stage.say("yes", author=OTHER)
    assert "Only Asker" in said.text
    assert (await stage.job(job.id)).state is State.awaiting_confirmation


async def test_a_typed_yes_heard_again_confirms_no_other_job(stage):
    """The process died before the message was done; by then another price waits."""
    first = await stage.ask()
    await stage.show()
    yes = Message("the-yes", HERE, ASKER, "yes", at=stage.clock.now())
    await hear(yes, stage.house)
    second = await stage.ask("A heron lands on the pier at dusk")
    await stage.show()
    await hear(yes, stage.house)
    assert (await stage.job(first.id)).state is State.queued
    assert (await stage.job(second.id)).state is State.awaiting_confirmation


async def test_a_typed_yes_is_for_a_price_that_was_seen(stage):
    """Written before the card stood there, or before Edit changed it, it buys nothing."""
    early = Message("early", HERE, ASKER, "yes", at=stage.clock.now())
    job = await stage.ask()
    await hear(Message("blind", HERE, ASKER, "yes", at=stage.clock.now()), stage.house)
    await stage.show()
    await hear(early, stage.house)
    seen = stage.clock.now()
    await stage.press(job.id, "edit", "A fox crosses the lake --seconds 15")
    await stage.show()
    await hear(Message("late", HERE, ASKER, "yes", at=seen), stage.house)
    assert (await stage.job(job.id)).state is State.awaiting_confirmation
    await hear(Message("now", HERE, ASKER, "yes", at=stage.clock.now()), stage.house)
    assert (await stage.job(job.id)).state is State.queued


async def test_a_press_delivered_twice_answers_once(stage):
    """The same key is the same answer."""
    job = await stage.ask()
    press_once = Press("p1", HERE, ASKER, "confirm", job.id)
    await press(press_once, stage.house)
    await press(press_once, stage.house)
    assert len(await entries(stage, job)) == 1
