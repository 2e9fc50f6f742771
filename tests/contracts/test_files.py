"""What every store of files promises; the adapters are found by their folders."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest

import adapters.files
from bot.domain.errors import Taken
from bot.ports.files import Files, Stat
from bot.ports.parts import Parts
from tests.buckets import settings

SETTINGS: dict[str, Callable[[Path], dict[str, str]]] = {
    "local": lambda folder: {"root": str(folder / "drive")},
    "s3": lambda _: settings(),
}
FOUND = sorted(
    place.name
    for folder in adapters.files.__path__
    for place in Path(folder).iterdir()
    if (place / "__init__.py").exists()
)
MEBIBYTE = 1024 * 1024


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in FOUND if name in SETTINGS])
def files(request, tmp_path) -> Files:
    create = import_module(f"adapters.files.{request.param}").create
    return create(Parts(settings=SETTINGS[request.param](tmp_path), folder=tmp_path, clock=Noon()))


def test_every_store_of_files_is_held_to_this():
    assert set(FOUND) == SETTINGS.keys()


def written(tmp_path: Path, held: bytes, name: str = "incoming") -> Path:
    path = tmp_path / name
    path.write_bytes(held)
    return path


async def read(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_what_is_kept_is_read_back_and_the_source_is_gone(files, tmp_path):
    path = written(tmp_path, b"a film")
    kept = await files.keep(path, "team/space/a.mp4")
    assert kept == Stat(6, hashlib.sha256(b"a film").hexdigest())
    assert not path.exists()
    assert await read(files.open("team/space/a.mp4")) == b"a film"
    found = await files.stat("team/space/a.mp4")
    assert found is not None
    assert found.bytes == 6


async def test_the_same_bytes_may_be_kept_again(files, tmp_path):
    await files.keep(written(tmp_path, b"same"), "a/b")
    again = written(tmp_path, b"same")
    assert (await files.keep(again, "a/b")).bytes == 4
    assert not again.exists()


async def test_nothing_is_ever_overwritten(files, tmp_path):
    await files.keep(written(tmp_path, b"first"), "a/b")
    other = written(tmp_path, b"other")
    with pytest.raises(Taken):
        await files.keep(other, "a/b")
    assert await read(files.open("a/b")) == b"first"
    assert other.read_bytes() == b"other"


async def test_of_many_who_keep_at_once_exactly_one_wins(files, tmp_path):
    many = [written(tmp_path, f"film {number}".encode(), f"in-{number}") for number in range(12)]
    done = await asyncio.gather(*(files.keep(path, "a/b") for path in many), return_exceptions=True)
    won = [number for number, one in enumerate(done) if isinstance(one, Stat)]
    assert len(won) == 1
    assert sum(isinstance(one, Taken) for one in done) == 11
    assert await read(files.open("a/b")) == f"film {won[0]}".encode()


async def test_a_range_is_read_as_asked_in_pieces_of_at_most_a_mebibyte(files, tmp_path):
    held = bytes(range(251)) * 20_000
    await files.keep(written(tmp_path, held), "big")
    pieces = [piece async for piece in files.open("big")]
    assert max(map(len, pieces)) <= MEBIBYTE
    assert b"".join(pieces) == held
    for start, stop in ((0, 10), (5, 5), (100, None), (MEBIBYTE - 3, MEBIBYTE + 3), (len(held) - 1, None), (10, 10**9)):
        assert await read(files.open("big", start, stop)) == held[start:stop]
    assert await read(files.open("big", len(held))) == b""


async def test_what_is_not_there_is_told_and_never_made_up(files):
    assert await files.stat("no/such/file") is None
    with pytest.raises(FileNotFoundError):
        await read(files.open("no/such/file"))
    with pytest.raises(FileNotFoundError):
        async with files.local("no/such/file"):
            pass
    await files.forget("no/such/file")


async def test_forgetting_makes_room(files, tmp_path):
    await files.keep(written(tmp_path, b"old"), "a/b")
    await files.forget("a/b")
    assert await files.stat("a/b") is None
    await files.keep(written(tmp_path, b"new"), "a/b")
    assert await read(files.open("a/b")) == b"new"


async def test_a_local_path_holds_the_bytes_while_the_context_lasts(files, tmp_path):
    await files.keep(written(tmp_path, b"a film"), "a/b.mp4")
    async with files.local("a/b.mp4") as path:
        assert path.read_bytes() == b"a film"
        assert path.suffix == ".mp4"
    assert await read(files.open("a/b.mp4")) == b"a film"
    async with files.local("a/b.mp4") as path:
        await files.forget("a/b.mp4")
        assert path.read_bytes() == b"a film"
    assert not path.exists()


async def test_a_copy_has_the_same_bytes_and_the_first_stays(files, tmp_path):
    await files.keep(written(tmp_path, b"a film"), "a/b.mp4")
    for _ in range(2):
        await files.copy("a/b.mp4", "other folder/é.mp4")
    assert await read(files.open("other folder/é.mp4")) == await read(files.open("a/b.mp4")) == b"a film"
    await files.forget("a/b.mp4")
    assert await read(files.open("other folder/é.mp4")) == b"a film"


async def test_a_copy_overwrites_nothing_and_makes_nothing_up(files, tmp_path):
    await files.keep(written(tmp_path, b"a film"), "a")
    await files.keep(written(tmp_path, b"others"), "b")
    with pytest.raises(Taken):
        await files.copy("a", "b")
    assert await read(files.open("b")) == b"others"
    with pytest.raises(FileNotFoundError):
        await files.copy("no/such/file", "c")
    assert await files.stat("c") is None
    for key, to in (("../a", "c"), ("a", "../c")):
        with pytest.raises(ValueError, match="is not a key"):
            await files.copy(key, to)


async def test_of_many_who_copy_to_one_place_exactly_one_wins(files, tmp_path):
    for number in range(4):
        await files.keep(written(tmp_path, f"film {number}".encode()), f"{number}")
    done = await asyncio.gather(*(files.copy(f"{number}", "to") for number in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["NoneType", "Taken", "Taken", "Taken"]
    assert await read(files.open("to")) == f"film {done.index(None)}".encode()


async def test_a_file_of_no_bytes_is_a_file(files, tmp_path):
    await files.keep(written(tmp_path, b""), "empty")
    assert await files.stat("empty") == Stat(0)
    assert await read(files.open("empty")) == b""
    async with files.local("empty") as path:
        assert path.read_bytes() == b""


async def test_names_are_kept_as_they_are(files, tmp_path):
    for key in ("a/Ünïcode 映画.mp4", "a/b/c/d/e/f.mp4", ".assets/ab/abcd", "a/..b", "a/b..", "a b/'c'"):
        await files.keep(written(tmp_path, key.encode()), key)
        assert await read(files.open(key)) == key.encode()


@pytest.mark.parametrize(
    "key", ["../x", "a/../../x", "a/..", "/etc/passwd", "", ".", "a//b", "./a", "a/", "a\\..\\b", "a\0b", "..", "a/./b"]
)
async def test_a_key_that_could_leave_the_root_is_refused(files, tmp_path, key):
    path = written(tmp_path, b"x")
    with pytest.raises(ValueError, match=r"is not a key"):
        await files.keep(path, key)
    assert path.exists()
    with pytest.raises(FileNotFoundError):
        await read(files.open(key))
    assert await files.stat(key) is None


async def test_a_link_is_a_public_address_or_nothing(files, tmp_path):
    await files.keep(written(tmp_path, b"x"), "a/b")
    link = await files.link("a/b", 60)
    assert link is None or link.startswith("https://")
