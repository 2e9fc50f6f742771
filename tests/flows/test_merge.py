"""Merging: what a line names is joined at once and for nothing, told in one card, and comes home like any film."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.card import Action, Card
from bot.domain.chat import Attachment, Command, Conversation, Message, Person
from bot.domain.drive import Clip
from bot.domain.job import Job, State, job_id
from bot.domain.join import Fill, Format, Join, Joined, Method
from bot.domain.request import SourceKind
from bot.flows.hear import hear
from bot.domain.job import reply_id
from tests.fakes import Crash, Glass
from tests.houses import ASKER, HERE, OTHER, Stage


async def shelved(stage: Stage, *names: str, **changes) -> list[Clip]:
    """Films in the library, the first the oldest, with their bytes."""
    made = []
    for name in names:
        number = name.removesuffix(".mp4")
        clip = Clip(
            id=f"CLIP{number.upper()}-1",
            workspace="team",
            owner=ASKER,
            job=f"J-{number}",
            drive_path=name,
            key=f"board-team/people/U1/{name}",
            bytes=1_000_000,
            seconds=5.0,
            width=1280,
            height=720,
            made_at=stage.clock.now(),
        )
        clip = replace(clip, **changes)
        stage.shelf.kept[clip.key] = name.encode()
        await stage.house.storage.clips.add(clip)
        made.append(clip)
    return made


async def told(
    stage: Stage, text: str, *files: Attachment, author: Person = ASKER, place: Conversation = HERE
) -> Job | Card:
    """The job that a line starts, or the card that answers it."""
    stage.asked += 1
    key = f"event-{stage.asked}"
    await hear(Message(key, place, author, text, files), stage.house)
    posting = await stage.house.storage.cards.get(reply_id(key))
    if posting is not None and posting.card is not None:
        return posting.card
    found = await stage.house.storage.jobs.find(author=author, limit=1)
    return found[0]


async def merge(stage: Stage, text: str, *files: Attachment, **more) -> Job:
    job = await told(stage, text, *files, **more)
    assert isinstance(job, Job), job
    return job


def names(job: Job) -> list[str]:
    return [ref.source.name for ref in job.request.references]


async def test_films_are_joined_in_the_order_they_are_named(stage):
    """By their numbers on the list, the newest being 1; at once, for nothing, without a line in the books."""
    await shelved(stage, "a.mp4", "b.mp4", "c.mp4")
    job = await merge(stage, "merge 3 1 2 as portrait")
    assert (job.state, names(job)) == (State.queued, ["a.mp4", "c.mp4", "b.mp4"])
    assert job.request.join == Join(format=Format.portrait)

    await stage.run()
    done = await stage.job(job.id)
    assert done.state is State.complete
    assert done.result is not None
    clip = done.result.clips[0]
    assert clip.prompt == "Merged from a.mp4, c.mp4, b.mp4"
    assert (clip.owner, clip.seconds, clip.model) == (ASKER, 15.0, "merge")
    assert clip.drive_path == f"videos/{clip.id}.mp4"
    assert stage.shelf.kept[clip.key] == b"3 joined as portrait in 15.0 s"
    assert list(stage.board.uploads) == [clip.id]
    assert await stage.house.storage.ledger.of_job(job.id) == []
    card = stage.board.posts[job.card_id][-1]
    assert card.title == "Your merged film is ready"
    assert "Copied: they agree." in card.notes
    assert ("Cost", "free") in {(row.name, row.value) for row in card.fields}
    assert Action.add_to_merge in {button.action for button in card.buttons}
    assert not list(stage.house.folder.glob("*.mp4"))
