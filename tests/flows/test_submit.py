"""The paid call: sent once, never on a guess."""

from dataclasses import replace

import pytest

from bot.domain.errors import BadRequest
from bot.domain.job import Charged, State
from bot.domain.ledger import held, spent
from tests.fakes import Crash
from tests.flows.brittle import Brittle, With
from tests.houses import ASKER


async def confirmed(stage, memory="keyed", submit="ok", poll="finished"):
    stage.tollbooth.memory = memory
    stage.tollbooth.submits = [submit, "ok"]
    stage.tollbooth.polls = [poll]
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    return job


async def test_a_refused_call_waits_as_long_as_it_was_told_and_is_sent_again(stage):
    """429 with Retry-After 7: not before seven seconds have gone."""
    job = await confirmed(stage, submit="limited")
    await stage.tick()
    waiting = await stage.job(job.id)
    assert waiting.state is State.queued
    assert (waiting.next_step_at - waiting.changed_at).total_seconds() == 7
    assert stage.tollbooth.started == []
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.tollbooth.started) == 1


@pytest.mark.parametrize("memory", ["keyed", "listing"])
async def test_a_lost_answer_is_looked_up_and_carried_on(stage, memory):
    """The call went through, its answer did not: the task is found, nothing is sent again."""
    job = await confirmed(stage, memory, "lost_after")
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.tollbooth.started) == 1


async def test_a_call_that_certainly_never_arrived_is_sent_again(stage):
    """The caller's key is not there: nothing was paid, so it may go out."""
    job = await confirmed(stage, "keyed", "lost_before")
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.tollbooth.started) == 1


@pytest.mark.parametrize(
    ("memory", "submit"),
    [("blind", "lost_after"), ("blind", "lost_before"), ("listing", "lost_before"), ("blind", "bug_after")],
)
async def test_where_nobody_knows_a_person_is_asked(stage, memory, submit):
    """Unclear: nothing is sent again, the credits stay reserved, the card asks."""
    job = await confirmed(stage, memory, submit)
    await stage.tick()
    await stage.show()
    unclear = await stage.job(job.id)
    assert unclear.state is State.unclear
    assert held(await stage.house.storage.ledger.of_job(job.id)) == unclear.quote.credits
    card = stage.board.posts[job.card_id][-1]
    assert [button.action.value for button in card.buttons] == ["look_again", "submit_again", "close"]
    assert "charged twice" in card.buttons[1].confirm


async def test_submit_again_is_one_more_call_and_no_more(stage):
    """A person took the risk, once."""
    job = await confirmed(stage, "blind", "lost_before")
    await stage.tick()
    await stage.press(job.id, "submit_again")
    with pytest.raises(BadRequest, match="no decision"):
        await stage.press(job.id, "submit_again")
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert stage.tollbooth.started == [f"{job.id}-2"]


async def test_look_again_finds_a_task_that_turned_up(stage):
    """The provider's list is late; the second look sees it."""
    job = await confirmed(stage, "blind", "lost_after")
    await stage.tick()
    with pytest.raises(BadRequest, match="cannot tell"):
        await stage.press(job.id, "look_again")
    stage.tollbooth.memory = "listing"
    await stage.press(job.id, "look_again")
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.tollbooth.started) == 1


async def test_looking_again_sends_nothing_while_the_order_may_still_be_on_its_way(stage):
    job = await confirmed(stage, "blind", "lost_before")
    await stage.tick()
    stage.tollbooth.memory, stage.tollbooth.in_flight = "keyed", 120.0
    stage.clock.forward(110)
    with pytest.raises(BadRequest, match="may still be on its way"):
        await stage.press(job.id, "look_again")
    assert (await stage.job(job.id)).state is State.unclear
    stage.clock.forward(11)
    await stage.press(job.id, "look_again")
    assert (await stage.job(job.id)).state is State.queued


async def test_an_order_that_may_still_be_on_its_way_is_looked_for_until_it_must_have_landed(stage):
    stage.tollbooth.in_flight = 120.0
    job = await confirmed(stage, "keyed", "crash_before")
    with pytest.raises(Crash):
        await stage.tick()
    stage.tollbooth.submits = ["ok"]
    stage.clock.forward(20)
    for _ in range(10):
        await stage.tick()
        stage.clock.forward(10)
        assert stage.tollbooth.started == []
    await stage.run()
    assert stage.tollbooth.started == [f"{job.id}-1"]
    assert (await stage.job(job.id)).state is State.complete


async def test_closing_an_unclear_job_counts_its_price(stage):
    """It may have been charged, so the books say it was; nothing stays reserved."""
    job = await confirmed(stage, "blind", "lost_before")
    await stage.tick()
    await stage.press(job.id, "close")
    entries = await stage.house.storage.ledger.of_job(job.id)
    assert (held(entries), spent(entries)) == (0, job.quote.credits)
    assert (await stage.job(job.id)).failure.charged is Charged.maybe


async def test_a_rejection_is_told_in_words_and_costs_nothing(stage):
    """What the provider said, that nothing was charged, and what to do."""
    job = await confirmed(stage, submit="rejected")
    await stage.run()
    card = stage.board.posts[job.card_id][-1]
    assert card.title == "This film could not be made"
    assert card.text == "Toll One refused the content: not this"
    assert card.notes == ("Nothing was charged.", "Change the prompt or the files.")
    entries = await stage.house.storage.ledger.of_job(job.id)
    assert (held(entries), spent(entries)) == (0, 0)


async def test_an_answer_that_comes_after_a_cancel_is_kept_and_the_task_stopped(stage):
    """Cancel flips at once while the call hangs; its late answer is not forgotten: the provider is asked to stop."""
    job = await confirmed(stage)

    async def cancel_meanwhile():
        await stage.press(job.id, "cancel")
        assert (await stage.job(job.id)).state is State.cancelled

    stage.tollbooth.meanwhile = cancel_meanwhile
    await stage.run()
    ended = await stage.job(job.id)
    assert ended.state is State.cancelled
    assert stage.tollbooth.stopped == {f"{job.id}-1"}
    assert ended.failure.charged is Charged.no
    assert held(await stage.house.storage.ledger.of_job(job.id)) == 0


@pytest.mark.parametrize("memory", ["keyed", "blind"])
async def test_a_worker_that_slept_past_its_lease_still_pays_once(stage, memory):
    """Another worker found the job in `submitting`; then the sleeper's answer came after all."""
    job = await confirmed(stage, memory)

    async def sleep_past_the_lease():
        stage.clock.forward(60)
        await stage.tick(stage.another_worker())
        await stage.tick(stage.another_worker())

    stage.tollbooth.meanwhile = sleep_past_the_lease
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.tollbooth.started) == 1


async def test_a_provider_that_stays_away_ends_the_job_unpaid(stage):
    """Not for ever: after eight refusals the card says so."""
    job = await confirmed(stage)
    stage.tollbooth.submits = ["away"]
    await stage.run()
    ended = await stage.job(job.id)
    assert (ended.state, ended.failure.charged) == (State.error, Charged.no)
    assert stage.tollbooth.started == []


async def test_the_author_pays_whoever_works(stage):
    """The ledger names the person who asked."""
    job = await confirmed(stage)
    await stage.run()
    assert {entry.person for entry in await stage.house.storage.ledger.of_job(job.id)} == {ASKER}


@pytest.mark.parametrize("how", ["bug_before", "lost_before"])
async def test_a_call_that_never_arrives_is_not_hammered_and_ends(stage, how):
    """Eight times, with growing pauses, then the card says so; nothing was paid."""
    job = await confirmed(stage, "keyed", how)
    stage.tollbooth.submits = [how]
    began = stage.clock.at
    await stage.run()
    ended = await stage.job(job.id)
    assert (ended.state, ended.failure.charged) == (State.error, Charged.no)
    assert (stage.clock.at - began).total_seconds() > 120
    assert stage.tollbooth.started == []


async def test_an_order_that_may_be_on_its_way_is_not_sent_again_at_once(stage):
    """Its caller died; the provider may yet take it: ten seconds are waited before its absence is believed."""
    job = await confirmed(stage, "keyed", "crash_before")
    with pytest.raises(Crash):
        await stage.tick()
    stage.house = replace(stage.house, worker="worker-2", rules=replace(stage.house.rules, lease_seconds=1))
    stage.clock.forward(1)
    await stage.tick()
    assert (await stage.job(job.id)).state is State.submitting
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete


async def test_two_presses_on_one_unclear_card_are_one_more_call(stage):
    """The second was seen on a card that is no longer true, however soon the job is unclear again."""
    job = await confirmed(stage, "blind", "lost_before")
    stage.tollbooth.submits = ["lost_before"]
    await stage.tick()
    seen = (await stage.job(job.id)).version
    await stage.press(job.id, "submit_again", revision=seen)
    await stage.tick()
    assert (await stage.job(job.id)).state is State.unclear
    with pytest.raises(BadRequest, match="moved on"):
        await stage.press(job.id, "submit_again", revision=seen)


async def test_each_call_that_may_have_been_paid_is_counted(stage):
    """Two calls, one lost: the books count both, as the person was told."""
    job = await confirmed(stage, "blind", "lost_before")
    await stage.tick()
    await stage.press(job.id, "submit_again")
    await stage.run()
    entries = await stage.house.storage.ledger.of_job(job.id)
    assert (held(entries), spent(entries)) == (0, 2 * job.quote.credits)


async def test_an_answer_that_comes_before_the_call_is_made_again_is_the_only_one_that_is_counted(stage):
    """A person had it submitted again; the first call's answer was faster, and nothing was sent a second time."""
    job = await confirmed(stage, "blind")

    async def given_up_and_submitted_again():
        stage.clock.forward(60)
        await stage.tick(stage.another_worker())
        await stage.press(job.id, "submit_again")

    stage.tollbooth.meanwhile = given_up_and_submitted_again
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.tollbooth.started) == 1
    entries = await stage.house.storage.ledger.of_job(job.id)
    assert (held(entries), spent(entries)) == (0, job.quote.credits)


async def test_a_refusal_after_a_cancel_ends_the_cancel_at_once(stage):
    """The call was refused while the cancel waited for it: nothing was charged, and the card says so."""
    job = await confirmed(stage, submit="rejected")

    async def cancel_meanwhile():
        await stage.press(job.id, "cancel")

    stage.tollbooth.meanwhile = cancel_meanwhile
    await stage.tick()
    ended = await stage.job(job.id)
    assert (ended.state, ended.stopping, ended.failure.charged) == (State.cancelled, False, Charged.no)


async def test_a_paid_task_is_saved_though_the_database_is_away_for_a_moment(stage):
    """The id is not dropped: it is saved as soon as the database is back."""
    job = await confirmed(stage, "blind")
    flaky = Flaky(stage.house.storage, fails=3)
    stage.house = replace(stage.house, storage=flaky)
    await stage.tick()
    assert (await stage.job(job.id)).provider_task is not None


async def test_a_task_that_was_saved_though_the_answer_was_lost_is_asked_after_at_once(stage):
    """Nobody waits until the lease runs out under which it was saved."""
    job = await confirmed(stage)
    brittle = Brittle(stage.house.storage.jobs)
    brittle.dies, brittle.spared = "deaf", 1
    stage.house = replace(stage.house, storage=With(stage.house.storage, brittle))
    await stage.tick()
    assert (await stage.job(job.id)).state is State.processing
    assert await stage.tick(stage.another_worker()) == 1


class Flaky:
    """A storage that is away for the first saves of a started task."""

    def __init__(self, storage, fails):
        self._storage, self._fails, self.jobs = storage, fails, self

    def __getattr__(self, name):
        return getattr(self._storage if hasattr(self._storage, name) else self._storage.jobs, name)

    async def save(self, job, ledger=(), **how):
        if job.state is State.processing and self._fails:
            self._fails -= 1
            raise ConnectionError("the database is away")
        await self._storage.jobs.save(job, ledger, **how)


async def test_while_nobody_knows_whether_an_order_arrived_the_card_says_so(stage):
    """A lost call is looked for until it must have landed; it is told as what it is, and not as being sent."""
    job = await confirmed(stage, submit="lost_before")
    await stage.tick()
    await stage.show()
    card = stage.board.posts[job.card_id][-1]
    assert ((await stage.job(job.id)).state, card.progress.text.partition(".")[0]) == (
        State.submitting,
        "No answer came to the order",
    )
    await stage.run()
    done = await stage.job(job.id)
    assert (done.state, done.trouble, len(stage.tollbooth.started)) == (State.complete, "", 1)
