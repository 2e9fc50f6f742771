"""Quotas: said before anybody pays, and never the loss of a film that is paid for."""

from dataclasses import replace

import pytest

from bot.domain.chat import Person
from bot.domain.errors import BadRequest
from bot.domain.job import State
from bot.flows.confirm import confirm
from bot.flows.room import full
from tests.houses import ASKER, OTHER
from tests.stored import NOON, a_clip

GB = 1_000_000_000
ELSEWHERE = Person("board", "another team", "U1", "Asker")


def limited(stage, **limits):
    stage.house = replace(stage.house, rules=replace(stage.house.rules, **limits))
    return stage.house


async def filled(stage, bytes, *, owner=ASKER, **changes):
    clip = a_clip(f"F{bytes}{owner.id}", owner=owner, workspace=owner.workspace, bytes=bytes, **changes)
    await stage.house.storage.clips.add(clip)


async def test_without_a_limit_there_is_always_room(stage):
    await filled(stage, 10**15)
    assert await full(ASKER, stage.house, shared=False) == await full(ASKER, stage.house, shared=True) == ""


async def test_a_persons_own_drive_is_full_for_that_person_alone(stage):
    house = limited(stage, person_bytes=10 * GB)
    await filled(stage, 10 * GB - 1)
    assert await full(ASKER, house, shared=False) == ""
    await filled(stage, 400_000_000, trashed_at=NOON)
    assert await full(ASKER, house, shared=False) == ""  # whoever deletes has room at once
    await filled(stage, 200_000_000)
    said = await full(ASKER, house, shared=False)
    assert said.startswith("Your Drive is full: 10.2 of 10 GB are used. Delete films")
    for who, shared in ((ASKER, True), (OTHER, False), (ELSEWHERE, False)):
        assert await full(who, house, shared=shared) == ""


async def test_a_workspace_is_full_for_everybody_in_it(stage):
    house = limited(stage, workspace_bytes=1_500_000)
    await filled(stage, 900_000)
    await filled(stage, 600_000, owner=OTHER, drive_path="/space/a.mp4")
    for who, shared in ((ASKER, True), (OTHER, False)):
        assert "The Drive of this workspace is full: 1.5 of 1.5 MB are used." in await full(who, house, shared=shared)
    assert await full(ELSEWHERE, house, shared=True) == ""


async def test_a_full_drive_is_said_on_the_card_and_nothing_can_be_confirmed(stage):
    house = limited(stage, person_bytes=GB)
    await filled(stage, GB)
    job = await stage.ask()
    assert any(problem.startswith("Your Drive is full: 1 of 1 GB are used.") for problem in job.problems)
    with pytest.raises(BadRequest, match="Your Drive is full"):
        await confirm(job, ASKER, house, "press")
    shared = await stage.ask("A fox crosses the lake --out /space/fox.mp4")
    assert shared.problems == ()
    await stage.house.storage.clips.forget(f"F{GB}U1")
    assert (await stage.ask()).problems == ()


async def test_a_drive_that_filled_up_meanwhile_refuses_the_confirmation_for_free(stage):
    job = await stage.ask()
    house = limited(stage, person_bytes=GB)
    await filled(stage, 2 * GB)
    with pytest.raises(BadRequest, match=r"2 of 1 GB are used.*Nothing was started and nothing is charged"):
        await confirm(job, ASKER, house, "press")
    assert await house.storage.ledger.of_job(job.id) == []
    assert (await stage.job(job.id)).state is State.awaiting_confirmation


async def test_a_film_that_is_paid_for_is_kept_over_the_quota(stage):
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    limited(stage, person_bytes=1, workspace_bytes=1)
    await filled(stage, GB)
    await stage.run()
    done = await stage.job(job.id)
    assert done.state is State.complete
    assert done.result.clips[0].key in stage.shelf.kept
