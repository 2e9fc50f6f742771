"""Films at a size that a chat takes: the Drive's own where it may be, a copy that does not stay where not."""

import asyncio
import os
from pathlib import Path

import pytest

from adapters.files.local.files import LocalFiles
from adapters.kit.fitted import fitted
from adapters.media.ffmpeg.pool import Pool
from adapters.media.ffmpeg.tools import FFmpegTools
from bot.domain.errors import Unreadable
from tests.adapters.media import making

LIMIT = 60_000


@pytest.fixture(scope="module")
def media():
    tools = FFmpegTools(Pool(workers=1))
    yield tools
    tools.pool.close()


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> bytes:
    path = making.film(tmp_path_factory.mktemp("film") / "film.mp4", size=(320, 240), settings={"crf": "1"})
    return path.read_bytes()


@pytest.fixture
def files(tmp_path: Path, film: bytes) -> LocalFiles:
    (tmp_path / "drive").mkdir()
    (tmp_path / "drive" / "film.mp4").write_bytes(film)
    return LocalFiles(tmp_path / "drive")


async def read(pieces) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_a_film_that_fits_is_posted_from_the_drive_itself(files, media, tmp_path, film):
    async with fitted(files, media, "film.mp4", len(film), tmp_path / "own") as fit:
        assert (fit.path, fit.say, fit.size_bytes) == (None, "", len(film))
        assert await read(fit.open()) == film
        assert await read(fit.open(1000)) == film[1000:]
    assert not (tmp_path / "own").exists()


async def test_one_that_does_not_is_posted_smaller_said_in_words_and_cleared_away(files, media, tmp_path, film):
    async with fitted(files, media, "film.mp4", LIMIT, tmp_path / "own") as fit:
        assert fit.path
        copy = fit.path.read_bytes()
        assert 0.95 * LIMIT <= fit.size_bytes == len(copy) <= LIMIT
        assert await read(fit.open()) == await read(fit.open()) == copy
        assert await read(fit.open(500)) == copy[500:]
        assert fit.say.startswith("The chat takes at most 60 KB; a smaller copy (5")
        assert fit.say.endswith(" is posted, the original is on the Drive.")
    assert list((tmp_path / "own").iterdir()) == []
    assert (tmp_path / "drive" / "film.mp4").read_bytes() == film


async def test_two_postings_of_one_film_do_not_disturb_each_other(files, media, tmp_path):
    async def posted(limit: int) -> int:
        async with fitted(files, media, "film.mp4", limit, tmp_path / "own") as fit:
            return len(await read(fit.open()))

    sizes = await asyncio.gather(posted(LIMIT), posted(LIMIT), posted(LIMIT // 2))
    assert sizes[0] == sizes[1] <= LIMIT
    assert sizes[2] <= LIMIT // 2
    assert list((tmp_path / "own").iterdir()) == []


async def test_a_posting_that_fails_or_cannot_be_made_small_enough_leaves_nothing(files, media, tmp_path):
    with pytest.raises(ConnectionError):
        async with fitted(files, media, "film.mp4", LIMIT, tmp_path / "own"):
            raise ConnectionError
    with pytest.raises(Unreadable, match="nothing worth watching"):
        async with fitted(files, media, "film.mp4", 2_000, tmp_path / "own"):
            pytest.fail("there is nothing to post")
    assert list((tmp_path / "own").iterdir()) == []


async def test_a_chat_that_plays_only_one_kind_is_given_that_kind(files, media, tmp_path, film):
    how = {"preset": "ultrafast", "x265-params": "log-level=none"}
    making.film(tmp_path / "drive" / "other.mov", seconds=1, codec="libx265", settings=how)
    async with fitted(files, media, "film.mp4", len(film), tmp_path / "own", inline=True) as fit:
        assert fit.path is None
    async with fitted(files, media, "other.mov", 10_000_000, tmp_path / "own", inline=True) as fit:
        assert fit.path
        copy = await media.probe(fit.path)
        assert (copy.mime, copy.video_codec, copy.audio_codec) == ("video/mp4", "h264", "aac")
        assert (
            fit.say
            == "The chat does not play this kind of film; a copy it plays is posted, the original is on the Drive."
        )


async def test_what_a_killed_process_left_is_cleared_away_and_what_is_in_use_is_not(files, media, tmp_path):
    own = tmp_path / "own"
    (own / "fitted-old.mp4.passes").mkdir(parents=True)
    for name in ("fitted-old.mp4", "fitted-new.mp4", "other"):
        (own / name).write_bytes(b"x")
    for name in ("fitted-old.mp4", "fitted-old.mp4.passes", "other"):
        os.utime(own / name, (1, 1))
    async with fitted(files, media, "film.mp4", LIMIT, own):
        pass
    assert sorted(path.name for path in own.iterdir()) == ["fitted-new.mp4", "other"]


async def test_a_film_that_is_not_there_is_not_there(files, media, tmp_path):
    with pytest.raises(FileNotFoundError):
        async with fitted(files, media, "none.mp4", LIMIT, tmp_path / "own"):
            pytest.fail("there is nothing to post")
