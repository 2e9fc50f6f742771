"""What only files in a folder can get wrong: links, crashes and disks."""

import os
import subprocess
import sys
import textwrap
import time
import tracemalloc
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from adapters.files import local
from adapters.files.local.files import LocalFiles
from adapters.kit.links import WINDOW_SECONDS, Links, secret
from bot.ports.parts import Parts
from tests.fakes import SetClock


@pytest.fixture
def files(tmp_path):
    return LocalFiles(tmp_path / "drive")


async def drained(pieces) -> int:
    return sum([len(piece) async for piece in pieces])


async def test_a_folder_that_is_a_link_leads_nowhere(files, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (tmp_path / "drive").mkdir()
    (tmp_path / "drive" / "way").symlink_to(outside)
    new = tmp_path / "new"
    new.write_text("x")
    with pytest.raises(FileNotFoundError):
        await drained(files.open("way/secret"))
    with pytest.raises(ValueError, match="leads through a link"):
        await files.keep(new, "way/new")
    assert await files.stat("way/secret") is None
    with pytest.raises(ValueError, match="leads through a link"):
        await files.forget("way/secret")
    assert [path.name for path in outside.iterdir()] == ["secret"]


async def test_a_file_that_is_a_link_is_not_followed(files, tmp_path):
    (tmp_path / "drive").mkdir()
    (tmp_path / "drive" / "passwd").symlink_to("/etc/passwd")
    assert await files.stat("passwd") is None
    with pytest.raises(FileNotFoundError):
        await drained(files.open("passwd"))
    with pytest.raises(FileNotFoundError):
        async with files.local("passwd"):
            pass


async def test_a_pipe_in_the_drive_holds_nobody_up(files, tmp_path):
    (tmp_path / "drive").mkdir()
    os.mkfifo(tmp_path / "drive" / "pipe")
    with pytest.raises(FileNotFoundError):
        await drained(files.open("pipe"))


async def test_a_folder_is_no_file(files, tmp_path):
    (tmp_path / "drive" / "folder").mkdir(parents=True)
    assert await files.stat("folder") is None
    with pytest.raises(FileNotFoundError):
        await drained(files.open("folder"))


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no second disk here")
async def test_a_file_from_another_disk_appears_whole(files, tmp_path):
    path = Path(f"/dev/shm/clapper-{os.getpid()}")
    path.write_bytes(b"x" * 3_000_000)
    assert path.stat().st_dev != tmp_path.stat().st_dev
    kept = await files.keep(path, "a/b")
    assert kept.bytes == 3_000_000
    assert await drained(files.open("a/b")) == 3_000_000
    assert not path.exists()
    assert list((tmp_path / "drive" / ".incoming").iterdir()) == []
    with pytest.raises(FileNotFoundError):
        await drained(files.open(".incoming/x"))


async def test_what_a_killed_reader_left_is_cleared_a_day_later(files, tmp_path, monkeypatch):
    new = tmp_path / "new"
    new.write_text("x")
    await files.keep(new, "a/b")
    left = tmp_path / "drive" / ".reading" / "left.mp4"
    async with files.local("a/b") as path:
        left.hardlink_to(path)
    async with LocalFiles(tmp_path / "drive").local("a/b"):
        assert left.exists()
    tomorrow = time.time() + 25 * 3600
    monkeypatch.setattr(time, "time", lambda: tomorrow)
    async with LocalFiles(tmp_path / "drive").local("a/b") as path:
        assert (left.exists(), path.exists()) == (False, True)
    with pytest.raises(FileNotFoundError):
        await drained(files.open(".reading/left.mp4"))


async def test_a_large_file_is_never_held_whole(files, tmp_path):
    path = tmp_path / "big"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    await files.keep(path, "big")
    tracemalloc.start()
    assert await drained_in_passing(files.open("big")) == 200_000_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


async def drained_in_passing(pieces) -> int:
    total = 0
    async for piece in pieces:
        total += len(piece)
    return total


def test_a_crash_while_keeping_leaves_all_or_nothing(tmp_path):
    """Killed right before or right after the link is made: never a part of a file under its key."""
    program = textwrap.dedent("""
        import asyncio, os, sys
        from pathlib import Path
        from adapters.files.local.files import LocalFiles
        when, folder = sys.argv[1], Path(sys.argv[2])
        def hook(event, args):
            if event == "os.link" and when == "before":
                os._exit(9)
            if event == "os.remove" and when == "after" and str(args[0]).endswith("incoming"):
                os._exit(9)
        sys.addaudithook(hook)
        path = folder / "incoming"
        path.write_bytes(b"x" * 1000)
        asyncio.run(LocalFiles(folder / "drive").keep(path, "a/b"))
    """)
    for when, there in (("before", False), ("after", True)):
        folder = tmp_path / when
        folder.mkdir()
        done = subprocess.run([sys.executable, "-c", program, when, folder], check=False)
        assert done.returncode == 9
        kept = folder / "drive" / "a" / "b"
        assert kept.exists() is there
        assert not there or kept.read_bytes() == b"x" * 1000
        assert (folder / "incoming").exists()


KEEPING = textwrap.dedent("""
    import asyncio, errno, os, sys
    from pathlib import Path
    from adapters.files.local.files import LocalFiles
    from bot.domain.errors import Taken
    folder, refused = Path(sys.argv[1]), sys.argv[2:]
    def hook(event, args):
        if event == "os.link" and "links" in refused:
            raise OSError(errno.EPERM, "this disk has no links")
        if event == "ctypes.dlsym" and args[1] == "renameat2" and "renameat2" in refused:
            raise AttributeError(args[1])
    sys.addaudithook(hook)
    files, path = LocalFiles(folder / "drive"), folder / "inbox" / "new"
    def keep(held):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(held)
        return asyncio.run(files.keep(path, "a/b")).bytes
    print(keep(b"x" * 2_000_000), path.exists())
    print(keep(b"x" * 2_000_000), path.exists())
    try:
        keep(b"other")
    except Taken:
        print("taken", path.exists())
    print((folder / "drive" / "a" / "b").stat().st_size, *(folder / "drive" / ".incoming").iterdir())
""")
KEPT = ["2000000 False", "2000000 False", "taken True", "2000000"]


@pytest.mark.parametrize("refused", [["links"], ["links", "renameat2"]], ids=["no links", "no links, an old kernel"])
def test_a_disk_without_links_overwrites_nothing_either(tmp_path, refused):
    done = subprocess.run(
        [sys.executable, "-c", KEEPING, tmp_path, *refused], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == KEPT


def test_two_mounts_of_one_disk_are_two_disks(tmp_path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "drive").mkdir()
    alone = [
        "unshare",
        "--mount",
        "sh",
        "-ec",
        'mount --bind "$1/drive" "$1/drive"; shift 2; exec "$@"',
        "sh",
        tmp_path,
        "-",
    ]
    if os.geteuid() or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("mounting a folder needs root")
    done = subprocess.run([*alone, sys.executable, "-c", KEEPING, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == KEPT


@pytest.mark.parametrize("seconds", [60, 7 * 24 * 3600])
async def test_where_the_page_has_a_public_address_its_links_last_as_long_as_asked(tmp_path, seconds):
    settings = {"root": str(tmp_path / "drive"), "public_url": "https://clapper.example.com/", "token": "word"}
    files = local.create(Parts(settings=settings, folder=tmp_path, clock=SetClock()))
    address = urlsplit(await files.link("team/space/a b.mp4", seconds) or "")
    assert (address.netloc, address.path) == ("clapper.example.com", "/files/team/space/a%20b.mp4")
    said = dict(parse_qsl(address.query))
    page, end = Links(secret(tmp_path, "word")), SetClock().now().timestamp() + seconds
    assert page.good("team/space/a b.mp4", said["until"], said["sign"], end)
    assert not page.good("team/space/a b.mp4", said["until"], said["sign"], end + WINDOW_SECONDS + 1)


async def test_without_a_public_address_or_a_token_there_are_no_links(tmp_path):
    for settings in ({}, {"public_url": "https://clapper.example.com"}, {"token": "word"}):
        files = local.create(Parts(settings={"root": str(tmp_path), **settings}, folder=tmp_path, clock=SetClock()))
        assert await files.link("a", 60) is None
