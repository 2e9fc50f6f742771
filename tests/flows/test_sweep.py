"""Cleaning away: films whose time is over, inputs that nothing needs, scratch files; and never anything else."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.chat import Attachment, Message
from bot.domain.drive import asset_key
from bot.domain.errors import Stale
from bot.domain.job import State, job_id
from bot.flows.hear import hear
from bot.flows.intake import intake
from bot.flows.needed import needed
from bot.flows.sweep import sweep
from tests.houses import ASKER, HERE
from tests.stored import a_clip

DAY = 24 * 3600
FOX = asset_key("f0")


@pytest.fixture
def kept(stage):
    """Puts a film on the Drive and into the library."""

    async def keep(id: str, **changes):
        clip = a_clip(id, owner=ASKER, key=f"board-team/people/U1/{id}.mp4", poster=f".posters/{id}.jpg", **changes)
        stage.shelf.kept |= {clip.key: b"f" * clip.bytes, clip.poster: b"poster"}
        await stage.house.storage.names.reserve(id, clip.key)
        await stage.house.storage.clips.add(clip)
        return clip

    return keep


async def brought(stage, key=FOX):
    await needed(key, stage.house)
    stage.shelf.kept[key] = b"a picture"


async def with_a_picture(stage, number):
    stage.board.attachments["u1"] = b"a picture"
    picture = Attachment("u1", "fox.mp4", "video/mp4")
    await hear(Message(f"wish-{number}", HERE, ASKER, "it wakes up", (picture,)), stage.house)
    return await stage.job(job_id(f"wish-{number}"))


async def test_an_input_goes_a_day_after_its_wish_is_over(stage):
    """Declined or expired: the wish is over, and nobody can ask for it again."""
    job = await with_a_picture(stage, 1)
    keys = {reference.key for reference in job.request.references}
    assert keys
    assert keys <= stage.shelf.kept.keys()
    for _ in range(2):
        stage.clock.forward(DAY + 1)
        await sweep(stage.house)
    assert keys <= stage.shelf.kept.keys(), "its price still waits for an answer"
    await stage.tick()
    assert (await stage.job(job.id)).state is State.expired
    await sweep(stage.house)
    assert keys <= stage.shelf.kept.keys()
    stage.clock.forward(DAY + 1)
    await sweep(stage.house)
    assert not keys & stage.shelf.kept.keys()


async def test_an_input_that_comes_again_while_it_is_deleted_is_not_lost(stage):
    """The sweep has claimed it and is about to forget the bytes when the same file is sent once more."""
    await brought(stage)
    stage.clock.forward(DAY + 1)
    forget, begun, goes_on = stage.shelf.forget, asyncio.Event(), asyncio.Event()

    async def slowly(key):
        begun.set()
        await goes_on.wait()
        await forget(key)

    stage.shelf.forget = slowly
    sweeping = asyncio.create_task(sweep(stage.house))
    await begun.wait()
    sent_again = asyncio.create_task(brought(stage))
    await stage.house.storage.passing.use(".assets/aa/another", stage.clock.now())
    assert not sent_again.done(), "its bytes are there, but not for long"
    goes_on.set()
    await asyncio.gather(sweeping, sent_again)
    assert stage.shelf.kept[FOX] == b"a picture"
    await sweep(stage.house)
    assert FOX in stage.shelf.kept


async def test_a_wish_made_again_brings_a_file_anew_that_is_not_kept_any_more(stage):
    """And one that is kept is kept for another day."""
    job = await with_a_picture(stage, 1)
    (reference,) = job.request.references
    held = stage.shelf.kept.pop(reference.key)
    again = await intake(job.request, HERE, ASKER, stage.house)
    assert again.references[0].key == reference.key
    assert stage.shelf.kept[reference.key] == held
    await stage.house.storage.jobs.save(job.move(State.declined, stage.clock.now()))
    stage.clock.forward(DAY - 60)
    await intake(job.request, HERE, ASKER, stage.house)
    stage.clock.forward(DAY - 60)
    await sweep(stage.house)
    assert reference.key in stage.shelf.kept


async def test_a_file_that_cannot_be_deleted_keeps_no_other(stage):
    for key in (FOX, asset_key("0a"), asset_key("0b")):
        await brought(stage, key)
    forget = stage.shelf.forget

    async def stuck(key):
        if key == asset_key("0a"):
            raise PermissionError("read-only")
        await forget(key)

    stage.shelf.forget = stuck
    stage.clock.forward(DAY + 1)
    await sweep(stage.house)
    assert list(stage.shelf.kept) == [asset_key("0a")]
    stage.shelf.forget = forget
    stage.clock.forward(DAY + 1)
    await sweep(stage.house)
    assert stage.shelf.kept == {}


async def test_what_lies_in_the_trash_for_a_day_is_removed_with_all_its_names(stage, kept):
    """A move that was cut off left its bytes under a second name; another name it holds in vain, over somebody else's file."""
    clip = await kept("F1", last_frame=".frames/F1.png")
    await kept("F2")
    stage.shelf.kept |= {".frames/F1.png": b"frame", "moved/F1.mp4": b"f" * clip.bytes, "theirs.mp4": b"of another"}
    for key in ("moved/F1.mp4", "theirs.mp4", "not/there.mp4"):
        await stage.house.storage.names.reserve("F1", key)
    await stage.house.storage.clips.change(clip.change(trashed_at=stage.clock.now()))
    stage.clock.forward(DAY - 60)
    assert await sweep(stage.house) == 0
    stage.clock.forward(120)
    assert await sweep(stage.house) == 1
    assert sorted(stage.shelf.kept) == [".posters/F2.jpg", "board-team/people/U1/F2.mp4", "theirs.mp4"]
    assert await stage.house.storage.clips.get("F1") is None
    assert await stage.house.storage.names.held("F1") == []


async def test_a_film_that_is_restored_in_the_last_moment_stays(stage, kept):
    """Whoever changes it first wins: the sweep had read it as one in the trash."""
    clip = await kept("F1")
    trashed = clip.change(trashed_at=stage.clock.now())
    await stage.house.storage.clips.change(trashed)
    stage.clock.forward(DAY + 1)
    clips = stage.house.storage.clips
    expired = await clips.expired(stage.clock.now(), 10)
    await clips.change(trashed.change(trashed_at=None))

    class Late:
        def __getattr__(self, name):
            return getattr(clips, name)

        async def expired(self, now, limit):
            return expired

    storage = replace(stage.house.storage, clips=Late())
    assert await sweep(replace(stage.house, storage=storage)) == 0
    assert clip.key in stage.shelf.kept
    assert await clips.get("F1") is not None


async def test_a_film_that_the_sweep_has_taken_cannot_be_restored_or_moved_any_more(stage, kept):
    clip = await kept("F1", expires_at=stage.clock.now() + timedelta(seconds=5))
    stage.clock.forward(10)
    forget, seen = stage.shelf.forget, []

    async def moved_meanwhile(key):
        stage.shelf.forget = forget
        with pytest.raises(Stale):
            await stage.house.storage.clips.change(clip.change(drive_path="other.mp4"))
        now = await stage.house.storage.clips.get("F1")
        seen.append(now.seen_by(ASKER, HERE.channel, stage.clock.now()))
        raise OSError("the Drive is away")

    stage.shelf.forget = moved_meanwhile
    assert await sweep(stage.house) == 0
    assert seen == [False]
    assert await sweep(stage.house) == 1, "what was cut off is done by the next"
    assert stage.shelf.kept == {}


async def test_replicas_that_sweep_together_remove_everything_once(stage, kept):
    for number in range(8):
        await kept(f"F{number}", expires_at=stage.clock.now())
        await brought(stage, asset_key(f"{number:02}"))
    stage.clock.forward(DAY + 1)
    done = await asyncio.gather(*(sweep(house) for house in (stage.house, stage.another_worker()) * 2))
    assert sum(done) == 8
    assert stage.shelf.kept == {}


async def test_old_scratch_goes_and_what_is_being_written_stays(stage, tmp_path):
    old = (stage.clock.now() - timedelta(days=2)).timestamp()
    for name in ("left-over", "folder/left-over", "at-work/new", "at-work/old"):
        path = stage.house.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        if not name.endswith("new"):
            os.utime(path, (old, old))
    for folder in ("folder", "at-work"):
        os.utime(stage.house.folder / folder, (old, old))
    (stage.house.folder / "dangling").symlink_to(tmp_path / "nowhere")
    os.utime(stage.house.folder / "dangling", (old, old), follow_symlinks=False)
    await sweep(stage.house)
    left = {path.name for path in stage.house.folder.iterdir()}
    assert "at-work" in left
    assert not left & {"left-over", "folder", "dangling"}
    assert (stage.house.folder / "at-work" / "old").exists()
