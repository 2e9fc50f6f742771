"""What every storage promises of files that pass: nobody deletes what somebody needs, whoever comes when."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from adapters.storage.sql import upgrade
from adapters.storage.sql.address import address
from adapters.storage.sql.database import Database
from adapters.storage.sql.migrate import downgrade
from adapters.storage.sql.passing import LOOKS, named_by_a_job
from adapters.storage.sql.rows import ClipRow
from bot.domain.drive import Asset
from bot.domain.job import Job, Result, State
from bot.domain.media import Media, MediaKind, Role
from bot.domain.request import Reference, Source, SourceKind, VideoRequest
from bot.ports.storage import Storage
from tests.databases import opened
from tests.stored import ASKER, NOON, a_clip, a_job, at

DAY = timedelta(days=1)
WEEK = NOON + 7 * DAY
FOX, OWL, SHEET = ".assets/aa/fox", ".assets/bb/owl", ".sheets/one.jpg"
PICTURE = Media(kind=MediaKind.image, mime="image/png", bytes=10)


def of(key: str) -> Reference:
    source = Source(SourceKind.upload, "u")
    return Reference(
        token="@Image1",
        kind=MediaKind.image,
        role=Role.first_frame,
        source=source,
        media=PICTURE,
        key=key,
    )


def wishing(*keys: str, id: str = "J-1", sheet: str = "") -> Job:
    request = VideoRequest(prompt="a fox", references=tuple(map(of, keys)))
    return a_job(id, request=request, sheet=sheet)


async def claimed(storage: Storage, now: datetime = WEEK, limit: int = 10, worker: str = "w") -> list[str]:
    """What may be deleted at that moment; the claim has run out a minute later."""
    return sorted(await storage.passing.claim(worker, now - DAY, now, now + timedelta(minutes=1), limit))


async def ended(storage: Storage, job: Job, state: State = State.expired, **changes: object) -> Job:
    done = job.move(state, at(10), **changes)
    await storage.jobs.save(done)
    return done


async def completed(storage: Storage, job: Job, *clips: str) -> None:
    films = tuple(a_clip(id, job=job.id) for id in clips)
    for film in films:
        await storage.clips.add(film)
    await ended(storage, job, result=Result(files=(), clips=films, sheet=".sheets/films.jpg"))


async def test_what_was_used_lately_stays_and_what_nobody_needs_goes(storage: Storage) -> None:
    assert await storage.passing.use(FOX, NOON)
    assert await claimed(storage, NOON + DAY - timedelta(seconds=1)) == []
    assert await claimed(storage, NOON + DAY) == [FOX]
    await storage.passing.gone("w", FOX)
    assert await claimed(storage) == []
    assert await storage.passing.use(FOX, WEEK), "it may be brought again"
    assert await claimed(storage, WEEK + DAY) == [FOX]


async def test_what_a_job_needs_stays_until_it_is_over(storage: Storage) -> None:
    job = wishing(FOX, sheet=SHEET)
    await storage.jobs.add(job)
    assert await claimed(storage) == []
    await ended(storage, job)
    assert await claimed(storage) == [], "it was seen to be needed just before"
    assert await claimed(storage, WEEK + DAY) == [FOX, SHEET]


async def test_what_was_edited_out_of_a_wish_is_needed_no_more(storage: Storage) -> None:
    job = wishing(FOX, sheet=SHEET)
    await storage.jobs.add(job)
    edited = job.move(job.state, at(1), request=wishing(OWL).request, sheet="")
    await storage.jobs.save(edited)
    assert await claimed(storage) == [FOX, SHEET]


async def test_what_a_film_was_made_from_stays_as_long_as_the_film(storage: Storage) -> None:
    await storage.jobs.add(wishing(FOX, sheet=SHEET))
    await completed(storage, wishing(FOX, sheet=SHEET), "F-1", "F-2")
    assert await claimed(storage) == []
    await storage.clips.forget("F-1")
    assert await claimed(storage, WEEK + DAY) == []
    await storage.clips.forget("F-2")
    assert await claimed(storage, WEEK + 2 * DAY) == [FOX, ".sheets/films.jpg", SHEET]


async def test_a_clip_that_a_wish_names_is_known_until_the_job_is_over(storage: Storage, url: str) -> None:
    """As one that joins films: they are not to be removed before it is done."""
    for id in ("F-1", "F-2", "F-3"):
        await storage.clips.add(a_clip(id))
    named = [replace(of(""), source=Source(SourceKind.clip, id)) for id in ("F-1", "F-2")]
    job = a_job(request=VideoRequest(prompt="", references=tuple(named)))
    await storage.jobs.add(job)
    asking = select(col(ClipRow.id)).where(named_by_a_job(col(ClipRow.id))).order_by(col(ClipRow.id))
    database = Database(address(url))
    assert await database.read(lambda session: session.scalars(asking).all()) == ["F-1", "F-2"]
    await storage.jobs.save(job.move(job.state, at(1), request=replace(job.request, references=tuple(named[:1]))))
    assert await database.read(lambda session: session.scalars(asking).all()) == ["F-1"]
    await storage.jobs.save(job.move(job.state, at(1)).move(State.declined, at(2)))
    assert await database.read(lambda session: session.scalars(asking).all()) == []
    await database.aclose()


async def test_the_calls_of_a_batch_need_what_the_batch_was_asked_with(storage: Storage) -> None:
    batch = wishing(FOX)
    await storage.jobs.add(batch)
    call = replace(wishing(FOX, id="J-1-1"), batch="J-1", state=State.queued)
    begun = batch.move(State.processing, at(1), calls=2)
    await storage.jobs.save(begun, calls=[call])
    await storage.jobs.save(begun.move(State.complete, at(2)))
    assert await claimed(storage) == []
    await ended(storage, call, State.cancelled)
    assert await claimed(storage, WEEK + DAY) == [FOX]


async def test_a_long_line_of_what_is_needed_is_gone_through_in_turn(storage: Storage) -> None:
    await storage.jobs.add(wishing(*(f".assets/aa/{number}" for number in range(LOOKS))))
    for key in (OWL, FOX):
        await storage.passing.use(key, at(60))
    assert await claimed(storage, limit=1) == []
    assert await claimed(storage, limit=1) == [OWL]
    assert await claimed(storage, limit=1) == [FOX]


async def test_what_is_just_being_deleted_cannot_be_used_before_the_claim_runs_out(storage: Storage) -> None:
    await storage.passing.use(FOX, NOON)
    assert await claimed(storage) == [FOX]
    assert not await storage.passing.use(FOX, WEEK + timedelta(seconds=59))
    assert await claimed(storage, WEEK + timedelta(seconds=59), worker="other") == []
    assert await storage.passing.use(FOX, WEEK + timedelta(seconds=60)), "whoever claimed it has died"
    await storage.passing.gone("w", FOX)
    assert await claimed(storage, WEEK + 2 * DAY) == [FOX], "a claim that was lost forgets nothing"


async def test_of_a_use_and_a_claim_at_once_exactly_one_comes_first(storage: Storage, url: str) -> None:
    """Two replicas sweep while the same files are sent again: each file is claimed by one or used, never both, never neither."""
    keys = [f".assets/aa/{number}" for number in range(30)]
    await asyncio.gather(*(storage.passing.use(key, NOON) for key in keys))
    async with opened(url) as other:
        uses = [one.passing.use(key, WEEK) for one, key in zip([storage, other] * 15, keys, strict=True)]
        claims = [claimed(one, WEEK, 5, f"w{number}") for number, one in enumerate([storage, other] * 3)]
        used, *taken = await asyncio.gather(asyncio.gather(*uses), *claims)
    gone = [key for keys in taken for key in keys]
    assert len(gone) == len(set(gone))
    assert sorted(gone) == sorted(key for key, kept in zip(keys, used, strict=True) if not kept)


async def test_many_jobs_that_end_at_once_with_the_same_files_do_not_hold_each_other_up(
    storage: Storage, url: str
) -> None:
    jobs = [wishing(FOX, OWL, id=f"J-{number}", sheet=SHEET) for number in range(12)]
    async with opened(url) as other:
        both = [storage, other] * 6
        await asyncio.gather(*(one.jobs.add(job) for one, job in zip(both, jobs, strict=True)))
        await asyncio.gather(*(ended(one, job) for one, job in zip(both, reversed(jobs), strict=True)))
    assert await claimed(storage) == [FOX, OWL, SHEET]


async def test_an_upgrade_learns_what_is_needed_from_what_is_stored(url: str) -> None:
    async with opened(url) as storage:
        await storage.jobs.add(wishing(FOX, id="J-2"))
        for id, key in (("1", OWL), ("3", ".assets/dd/old")):
            await storage.jobs.add(wishing(key, id=f"J-{id}"))
            await ended(storage, wishing(key, id=f"J-{id}"), result=Result(files=(), clips=(a_clip(f"F-{id}"),)))
        await storage.clips.add(a_clip("F-1"))
        await storage.assets.add(
            Asset(id="A-1", workspace="team", owner=ASKER, name="", key=".assets/cc/lone", media=PICTURE, made_at=NOON)
        )
    downgrade(url, "0004")
    assert upgrade(url)
    async with opened(url) as storage:
        now = datetime.now(NOON.tzinfo)
        assert await claimed(storage, now) == [], "nothing goes before it was unused for a day"
        assert await claimed(storage, now + 2 * DAY) == [".assets/cc/lone", ".assets/dd/old"]
