"""Cancel: at once on our side, best effort on theirs, and honest about the money."""

import pytest

from bot.domain.errors import BadRequest, NotAllowed, Stale
from bot.domain.job import Charged, State
from bot.domain.ledger import held, spent
from bot.flows.advance import advance
from tests.houses import OTHER


async def running(stage):
    stage.tollbooth.polls = ["running"]
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    await stage.tick()
    assert (await stage.job(job.id)).state is State.processing
    return job


async def books(stage, job):
    entries = await stage.house.storage.ledger.of_job(job.id)
    return held(entries), spent(entries)


async def test_a_job_in_line_is_cancelled_and_never_sent(stage):
    """Before the call nothing can cost anything."""
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    await stage.press(job.id, "cancel")
    await stage.run()
    assert (await stage.job(job.id)).state is State.cancelled
    assert stage.tollbooth.started == []
    assert await books(stage, job) == (0, 0)


async def test_a_running_job_is_cancelled_at_once_and_stopped_afterwards(stage):
    """The state flips with the press; the provider hears of it on the next step."""
    job = await running(stage)
    await stage.press(job.id, "cancel")
    assert (await stage.job(job.id)).state is State.cancelled
    await stage.show()
    assert stage.board.posts[job.card_id][-1].notes == ("Asking the provider to stop; it may still be charged.",)
    await stage.run()
    assert stage.tollbooth.stopped == {f"{job.id}-1"}
    assert stage.board.posts[job.card_id][-1].notes == ("Nothing was charged.",)
    assert await books(stage, job) == (0, 0)


async def test_a_provider_that_cannot_stop_is_paid_and_the_card_says_so(stage):
    """Most cannot: the film runs on unseen and costs its price."""
    job = await running(stage)
    stage.tollbooth.cancels = ["too_late"]
    await stage.press(job.id, "cancel")
    await stage.run()
    assert (await stage.job(job.id)).failure.charged is Charged.yes
    assert stage.board.posts[job.card_id][-1].notes == ("The provider charges for it all the same.",)
    assert await books(stage, job) == (0, job.quote.credits)


async def test_nothing_is_delivered_after_a_cancel(stage):
    """The film may be finished over there; here nothing more is done for it."""
    job = await running(stage)
    await stage.press(job.id, "cancel")
    stage.tollbooth.polls = ["finished"]
    await stage.run()
    assert stage.board.uploads == {}
    assert stage.shelf.kept == {}


async def test_cancelling_twice_says_so(stage):
    """The second press has nothing to do."""
    job = await running(stage)
    await stage.press(job.id, "cancel")
    with pytest.raises(BadRequest, match="cancelled already"):
        await stage.press(job.id, "cancel")


async def test_somebody_else_cannot_cancel(stage):
    """A cancel can cost money too."""
    job = await running(stage)
    with pytest.raises(NotAllowed):
        await stage.press(job.id, "cancel", who=OTHER)


async def test_an_unreachable_provider_is_asked_to_stop_again_and_then_counted_as_charged(stage):
    """Eight times with growing pauses; then the books err on the safe side."""
    job = await running(stage)
    stage.tollbooth.cancels = ["away"]
    await stage.press(job.id, "cancel")
    await stage.run()
    assert (await stage.job(job.id)).failure.charged is Charged.maybe
    assert await books(stage, job) == (0, job.quote.credits)


async def test_a_typed_cancel_gives_up_a_batch_that_asks_and_leaves_a_single_film_that_asks_to_its_buttons(stage):
    """As their cards do: the one has a Cancel, the other a Close."""
    stage.tollbooth.memory, stage.tollbooth.submits = "blind", ["lost_before"]
    film, batch = await stage.ask(), await stage.ask("A fox crosses the frozen lake, 2 variations")
    for job in (film, batch):
        await stage.press(job.id, "confirm")
    await stage.run()
    assert {(await stage.job(job.id)).state for job in (film, batch)} == {State.unclear}
    said = await stage.say("cancel")
    assert said.title == f"Job {batch.id} is cancelled"
    await stage.run()
    assert (await stage.job(batch.id)).state is State.cancelled
    assert (await stage.job(film.id)).state is State.unclear
    assert "No running" in (await stage.say(f"cancel {film.id}")).text


@pytest.mark.parametrize(("polls", "free"), [("failed", True), ("finished", False), ("away", False)])
async def test_a_film_that_cannot_be_stopped_is_charged_unless_it_had_failed_by_itself(stage, polls, free):
    job = await running(stage)
    stage.tollbooth.cancels, stage.tollbooth.polls = ["too_late"], [polls]
    await stage.press(job.id, "cancel")
    await stage.run()
    assert await books(stage, job) == (0, 0 if free else job.quote.credits)


async def test_a_worker_that_stood_still_before_it_showed_the_film_shows_none_that_was_cancelled_meanwhile(stage):
    """The film was at home already; it is charged, and the chat is spared it."""
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    stage.board.mood = "down"
    while (await stage.job(job.id)).state is not State.finalizing:
        await stage.tick()
    await stage.tick()
    stage.clock.forward(60)
    now = stage.clock.now()
    [mine] = await stage.house.storage.jobs.claim(["board"], stage.house.worker, now, now, 1)
    assert (mine.state, len(mine.result.clips)) == (State.finalizing, 1)
    stage.clock.forward(60)
    stage.board.mood = "well"
    await stage.press(job.id, "cancel")
    with pytest.raises(Stale):
        await advance(mine, stage.house)
    await stage.run()
    ended = await stage.job(job.id)
    assert (ended.state, ended.failure.charged, ended.stopping) == (State.cancelled, Charged.yes, False)
    assert stage.board.uploads == {}
