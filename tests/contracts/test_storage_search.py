"""What every storage promises of searches: exactly those films that fit and may be seen, newest first, counted."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from bot.domain.chat import Person
from bot.domain.drive import Clip, Wanted
from bot.domain.errors import Stale
from bot.domain.job import State
from bot.domain.join import Join
from bot.domain.media import MediaKind, Role
from bot.domain.request import Reference, Source, SourceKind, VideoRequest
from bot.ports.storage import Storage
from tests.stored import ASKER, NOON, OTHER, a_clip, a_job, at

STRANGER = Person("web", "elsewhere", "u1", "Asker")
WORDS = [
    "fox",
    "foxes",
    "Straße",
    "狐狸",
    "été",
    "5s",
    "promo-2",
    "don't",
    "L'eau",
    "ÅNGSTRÖM",
    "naïve",
    "x",
    "'';",
    '"',
    "*",
    "(",
    ")",
    "!",
    "&",
    "|",
    ":",
    "zq",
    "🎬",
]
NAMES = ("videos/fox.mp4", "/space/promo/Éclair.mp4", "promo/a_b.mp4", "/space/狐.mp4")


def films(seed: int, count: int) -> list[Clip]:
    dice = random.Random(seed)
    found = []
    for number in range(count):
        owner = dice.choice([ASKER, OTHER, STRANGER])
        clip = a_clip(
            f"F-{number}",
            owner=owner,
            workspace=owner.workspace,
            drive_path=dice.choice(NAMES),
            key=f"k{number}",
            job=f"J-{dice.randrange(9)}",
            prompt=" ".join(dice.choices(WORDS, k=dice.randrange(6))),
            model=dice.choice(["toll-1", "animatic"]),
            title="Toll One",
            channel=dice.choice(["", "room", "hall"]),
            seconds=float(dice.randrange(1, 12)),
            made_at=at(number // 2),
            expires_at=dice.choice([None, None, None, at(50), at(5_000)]),
            trashed_at=dice.choice([None, None, None, None, at(10)]),
        )
        found.append(clip)
    return found


def searches(seed: int, count: int) -> list[Wanted]:
    dice = random.Random(seed)

    def maybe(*values: Any) -> Any:
        return dice.choice([None, None, None, *values])

    return [
        Wanted(
            viewer=dice.choice([ASKER, OTHER, STRANGER]),
            now=at(100),
            channel=dice.choice(["", "room", "hall"]),
            words=tuple(word[: dice.randrange(1, 9)] for word in dice.choices(WORDS, k=dice.choice([0, 1, 1, 2]))),
            model=maybe("toll-1") or "",
            by=maybe("u1", "other") or "",
            since=maybe(at(20)),
            before=maybe(at(40)),
            min_seconds=maybe(4.0),
            max_seconds=maybe(6.0),
            folder=maybe("", "/space/", "promo/", "/space/promo/"),
            trashed=dice.random() < 0.2,
        )
        for _ in range(count)
    ]


async def test_exactly_what_fits_is_found(storage: Storage) -> None:
    """Whatever the words, and however films were changed and forgotten since."""
    kept = films(1, 120)
    for clip in kept:
        await storage.clips.add(clip)
    for number, other in zip(range(0, 120, 5), films(2, 24), strict=True):
        changed = replace(other, id=kept[number].id, version=2)
        await storage.clips.change(changed)
        kept[number] = replace(changed, made_at=other.made_at)
    for clip in kept[3::10]:
        await storage.clips.forget(clip.id)
        kept.remove(clip)
    told = 0
    for wanted in searches(3, 250):
        fitting = {clip.id for clip in kept if wanted.fits(clip)}
        found = await storage.clips.find(wanted, limit=200)
        assert {clip.id for clip in found.clips} == fitting, wanted
        assert found.total == len(fitting)
        times = [clip.made_at for clip in found.clips]
        assert times == sorted(times, reverse=True)
        told += bool(fitting)
    assert told > 80  # most searches are about something


async def test_pages_follow_one_another_without_gap_or_repetition(storage: Storage) -> None:
    for number in range(25):
        await storage.clips.add(a_clip(f"F-{number:02}", made_at=at(number // 3), prompt="a fox"))
    for words in ((), ("fox",)):
        wanted = Wanted(viewer=ASKER, now=NOON, words=words)
        pages = [await storage.clips.find(wanted, skip=skip, limit=10) for skip in (0, 10, 20, 30)]
        assert [clip.id for page in pages for clip in page.clips] == [
            f"F-{number:02}" for number in reversed(range(25))
        ]
        assert {page.total for page in pages} == {25}


async def test_a_change_is_made_by_the_first_alone(storage: Storage) -> None:
    clip = a_clip("F-1", prompt="a fox")
    await storage.clips.add(clip)
    moved = clip.change(drive_path="/space/b.mp4", key="web-team/space/b.mp4")
    await storage.clips.change(moved)
    with pytest.raises(Stale):
        await storage.clips.change(clip.change(trashed_at=NOON))
    with pytest.raises(Stale):
        await storage.clips.change(a_clip("F-unheard-of").change())
    assert await storage.clips.get("F-1") == moved
    assert await storage.clips.at("web-team/space/b.mp4") == moved
    assert await storage.clips.at(clip.key) is None


async def test_what_was_in_the_trash_for_a_day_is_over(storage: Storage) -> None:
    await storage.clips.add(a_clip("F-1", trashed_at=NOON))
    await storage.clips.add(a_clip("F-2"))
    assert await storage.clips.expired(NOON + timedelta(hours=24) - timedelta(seconds=1), 9) == []
    assert [clip.id for clip in await storage.clips.expired(NOON + timedelta(hours=24), 9)] == ["F-1"]


async def test_how_full_a_drive_is(storage: Storage) -> None:
    """Films in the trash do not count; the space is the workspace's, not its owner's."""
    for number, (owner, path) in enumerate(product((ASKER, OTHER), ("a.mp4", "/space/b.mp4"))):
        await storage.clips.add(a_clip(f"F-{number}", owner=owner, drive_path=path, bytes=10**number))
    await storage.clips.add(a_clip("F-9", trashed_at=NOON, bytes=10_000))
    assert await storage.names.used(("web", "team")) == 1_111
    assert await storage.names.used(("web", "team"), "u1") == 1
    assert await storage.names.used(("web", "other")) == 0


async def test_names_are_given_back_one_by_one(storage: Storage) -> None:
    for key in ("a", "b"):
        assert await storage.names.reserve("F-1", key)
    await storage.names.release("F-2", "a")
    assert await storage.names.held("F-1") == ["a", "b"]
    await storage.names.release("F-1", "a")
    assert await storage.names.held("F-1") == ["b"]
    assert await storage.names.reserve("F-2", "a")


async def test_a_film_that_a_job_is_to_join_is_not_over_until_the_job_is(storage: Storage) -> None:
    await storage.clips.add(a_clip("F-1", expires_at=NOON))
    film = Reference(
        token="@Video1",
        kind=MediaKind.video,
        role=Role.reference_video,
        source=Source(SourceKind.clip, "F-1"),
    )
    job = a_job("J-9", request=VideoRequest(prompt="", references=(film,), join=Join()))
    await storage.jobs.add(job)
    assert await storage.clips.expired(at(60), 9) == []
    await storage.jobs.save(job.move(State.declined, at(1), next_step_at=None))
    assert [clip.id for clip in await storage.clips.expired(at(60), 9)] == ["F-1"]


@pytest.mark.parametrize("sign", ["x", "ж"])
async def test_a_word_of_any_length_keeps_no_film_from_being_kept_and_found(storage: Storage, sign: str) -> None:
    await storage.clips.add(a_clip("F-1", prompt=f"a fox {sign * 5000}"))
    await storage.clips.change(a_clip("F-1", prompt=f"a fox {sign * 9000}", version=2))
    for words in (("fox",), (sign * 20,), (sign * 9000,)):
        found = await storage.clips.find(Wanted(viewer=ASKER, now=NOON, words=words))
        assert [clip.id for clip in found.clips] == ["F-1"]
    assert (await storage.clips.find(Wanted(viewer=ASKER, now=NOON, words=("y" * 9000,)))).total == 0
