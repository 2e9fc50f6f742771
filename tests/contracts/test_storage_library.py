"""What every storage promises of films and inputs: a name belongs to one clip, and is free again when that is forgotten."""

import asyncio

from bot.domain.drive import Asset, Wanted
from bot.domain.media import Media, MediaKind
from bot.ports.storage import Storage
from tests.stored import ASKER, NOON, a_clip, at


async def test_a_key_belongs_to_the_first_clip_that_reserves_it(storage: Storage) -> None:
    assert await storage.names.reserve("F-1", "web/promo.mp4")
    assert await storage.names.reserve("F-1", "web/promo.mp4")
    assert not await storage.names.reserve("F-2", "web/promo.mp4")
    assert await storage.names.reserve("F-2", "web/promo-2.mp4")


async def test_of_many_who_reserve_one_key_at_once_one_gets_it(storage: Storage) -> None:
    answers = await asyncio.gather(*(storage.names.reserve(f"F-{number}", "one.mp4") for number in range(20)))
    assert answers.count(True) == 1


async def test_a_clip_is_added_once_and_found_by_any_of_its_files(storage: Storage) -> None:
    clip = a_clip("F-1", poster="posters/1.jpg", last_frame="last/1.png", expires_at=at(60))
    await storage.clips.add(clip)
    await storage.clips.add(a_clip("F-1", seconds=9.0))
    assert await storage.clips.get("F-1") == clip
    for key in (clip.key, clip.poster, clip.last_frame):
        assert await storage.clips.at(key) == clip
    assert await storage.clips.at("other.mp4") is None
    assert await storage.clips.get("F-2") is None


async def test_a_clip_without_a_poster_is_not_what_lies_nowhere(storage: Storage) -> None:
    await storage.clips.add(a_clip("F-1"))
    assert await storage.clips.at("") is None


async def test_recent_clips_are_of_one_workspace_newest_first(storage: Storage) -> None:
    for id, seconds in (("F-1", 1), ("F-3", 3), ("F-2", 2), ("F-4", 3)):
        await storage.clips.add(a_clip(id, made_at=at(seconds)))
    await storage.clips.add(a_clip("F-other", workspace="other", made_at=at(9)))
    assert [clip.id for clip in (await storage.clips.find(Wanted(viewer=ASKER, now=NOON), limit=3)).clips] == [
        "F-4",
        "F-3",
        "F-2",
    ]


async def test_expired_clips_are_those_whose_time_has_come(storage: Storage) -> None:
    await storage.clips.add(a_clip("F-kept"))
    for id, seconds in (("F-late", 9), ("F-early", 5), ("F-future", 11)):
        await storage.clips.add(a_clip(id, expires_at=at(seconds)))
    assert [clip.id for clip in await storage.clips.expired(at(10), 9)] == ["F-early", "F-late"]
    assert [clip.id for clip in await storage.clips.expired(at(10), 1)] == ["F-early"]


async def test_a_forgotten_clip_frees_its_keys(storage: Storage) -> None:
    clip = a_clip("F-1")
    for key in (clip.key, "posters/1.jpg"):
        assert await storage.names.reserve("F-1", key)
    assert await storage.names.reserve("F-2", "two.mp4")
    await storage.clips.add(clip)
    await storage.clips.forget("F-1")
    await storage.clips.forget("F-unheard-of")
    assert await storage.clips.get("F-1") is None
    assert await storage.names.reserve("F-3", clip.key)
    assert not await storage.names.reserve("F-3", "two.mp4")


async def test_an_input_is_kept_once(storage: Storage) -> None:
    media = Media(kind=MediaKind.video, mime="video/mp4", bytes=9, seconds=2.5, fps=23.976, traits=frozenset({"alpha"}))
    asset = Asset(id="A-1", workspace="team", owner=ASKER, name="a.mp4", key=".assets/a", media=media, made_at=NOON)
    await storage.assets.add(asset)
    await storage.assets.add(Asset(id="A-1", workspace="x", owner=ASKER, name="b", key="b", media=media, made_at=NOON))
    assert await storage.assets.get("A-1") == asset
    assert await storage.assets.get("A-2") is None
