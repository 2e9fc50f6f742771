"""After a restore nothing that may have been paid for in the lost hours is sent again, and what can be found goes on."""

import shutil
from pathlib import Path

import pytest

from bot.domain.card import Action
from bot.domain.chat import Message, Press
from bot.domain.errors import BadRequest
from bot.domain.job import Charged, Job, State
from bot.domain.ledger import held, spent
from bot.flows.restored import Restored, restored
from bot.flows.show import card_of
from tests.fakes import SetClock, Tollbooth
from tests.houses import ASKER, HERE, Stage, open_storage, staged, template

BOARD = ("board",)


async def confirmed(stage: Stage) -> Job:
    job = await stage.ask()
    await stage.press(job.id, Action.confirm)
    return await stage.job(job.id)


async def backed_up(stage: Stage, folder: Path) -> Path:
    """A backup of the database as it is now, as SQLite makes one while it is used."""
    import sqlite3
    from contextlib import closing

    path = folder / "backup.db"
    with (
        closing(sqlite3.connect(folder / "clapper.db")) as live,
        closing(sqlite3.connect(path)) as copy,
    ):
        live.backup(copy)
    return path


async def after_the_loss(stage: Stage, backup: Path, folder: Path) -> Stage:
    """Another house over the restored backup, hours later; the provider has gone on living."""
    await stage.house.storage.aclose()
    there = folder / "restored"
    there.mkdir()
    shutil.copy(backup, there / "template.db")
    stage.clock.forward(7_200)
    return staged(
        open_storage(there / "template.db", there, stage.clock), there, stage.clock, tollbooth=stage.tollbooth
    )


@pytest.fixture
def stage(tmp_path: Path, request: pytest.FixtureRequest) -> Stage:
    clock = SetClock()
    memory = getattr(request, "param", "keyed")
    return staged(
        open_storage(template(tmp_path), tmp_path, clock), tmp_path, clock, tollbooth=Tollbooth(memory=memory)
    )


async def test_a_job_that_was_made_in_the_lost_hours_is_found_and_not_sent_again(stage: Stage, tmp_path: Path) -> None:
    job = await confirmed(stage)
    backup = await backed_up(stage, tmp_path)
    await stage.run()
    assert stage.tollbooth.started == [f"{job.id}-1"]
    again = await after_the_loss(stage, backup, tmp_path)
    assert await restored(again.house, BOARD) == Restored((job.id,), (), (), 0)
    await again.run()
    done = await again.job(job.id)
    assert done.state is State.complete
    assert stage.tollbooth.started == [f"{job.id}-1"]
    assert done.quote is not None
    assert spent(await again.house.storage.ledger.of_job(job.id)) == done.quote.credits
    assert await again.house.storage.ledger.unbalanced() == []
    await again.house.storage.aclose()


@pytest.mark.parametrize("stage", ["keyed", "listing", "blind"], indirect=True)
async def test_a_job_that_cannot_be_found_is_ended_and_counted_even_where_the_provider_says_it_has_none(
    stage: Stage, tmp_path: Path
) -> None:
    """What adapters noted in the lost hours is gone, so that "not there" proves nothing."""
    job = await confirmed(stage)
    backup = await backed_up(stage, tmp_path)
    again = await after_the_loss(stage, backup, tmp_path)
    assert await restored(again.house, BOARD) == Restored((), (job.id,), (), 0)
    await again.run()
    assert stage.tollbooth.started == []
    ended = await again.job(job.id)
    assert ended.state is State.error
    assert ended.failure is not None
    assert ended.failure.charged is Charged.maybe
    books = await again.house.storage.ledger.of_job(job.id)
    assert held(books) == 0
    assert ended.quote is not None
    assert spent(books) == ended.quote.credits
    card = again.board.posts[job.card_id][-1]
    assert "restored from a backup" in card.text
    assert await restored(again.house, BOARD) == Restored((), (), (), 0)  # there is nothing left to do
    await again.house.storage.aclose()


@pytest.mark.parametrize("stage", ["blind"], indirect=True)
async def test_an_unclear_job_can_not_be_sent_again_after_a_restore(stage: Stage, tmp_path: Path) -> None:
    """In the lost hours somebody may have done so already."""
    stage.tollbooth.submits = ["lost_before"]
    job = await confirmed(stage)
    await stage.run()
    assert (await stage.job(job.id)).state is State.unclear
    backup = await backed_up(stage, tmp_path)
    again = await after_the_loss(stage, backup, tmp_path)
    await restored(again.house, BOARD)
    with pytest.raises(BadRequest):
        await again.press(job.id, Action.submit_again)
    await again.house.storage.aclose()


async def test_a_confirm_that_was_on_its_way_is_not_heard_again_and_old_prices_hold_no_more(
    stage: Stage, tmp_path: Path
) -> None:
    job = await stage.ask()
    inbox, now = stage.house.storage.inbox, stage.clock.now()
    await inbox.receive(Press("yes-1", HERE, ASKER, Action.confirm, job.id), now)
    await inbox.receive(Message("wish-2", HERE, ASKER, "another fox"), now)
    await inbox.claim(BOARD, "who died", now, now, 1)
    backup = await backed_up(stage, tmp_path)
    again = await after_the_loss(stage, backup, tmp_path)
    assert await restored(again.house, BOARD) == Restored((), (), (job.id,), 2)
    assert await again.house.storage.inbox.claim(BOARD, "w", again.clock.now(), again.clock.now(), 9) == []
    with pytest.raises(BadRequest):
        await again.press(job.id, Action.confirm)
    card = await card_of(await again.job(job.id), again.house)
    assert card.title == "This price holds no more"
    assert "nothing was charged" not in card.text
    assert again.tollbooth.started == []
    await again.house.storage.aclose()


async def test_a_film_being_made_is_carried_on_and_calls_of_a_batch_are_looked_up_one_by_one(
    stage: Stage, tmp_path: Path
) -> None:
    """One call of two is out when the backup is made, and the other goes out after it."""
    stage.tollbooth.polls = ["running"]
    job = await stage.ask("Two foxes cross the frozen lake --count 2")
    await stage.press(job.id, Action.confirm)
    calls = await stage.house.storage.jobs.find(batch=job.id)
    if not calls:
        pytest.fail("this model makes two films in one call")
    await stage.tick(limit=1)
    while len(stage.tollbooth.started) < 1:
        await stage.tick(limit=1)
    backup = await backed_up(stage, tmp_path)
    while len(stage.tollbooth.started) < 2:
        await stage.tick()
    again = await after_the_loss(stage, backup, tmp_path)
    done = await restored(again.house, BOARD)
    assert len(done.found) == 1
    assert done.ended == ()
    stage.tollbooth.polls = ["finished"]
    await again.run()
    whole = await again.job(job.id)
    assert whole.state is State.complete
    assert whole.result is not None
    assert len(whole.result.clips) == 2
    assert len(stage.tollbooth.started) == 2
    await again.house.storage.aclose()
