"""What only files in a bucket can get wrong: lost answers, half uploads, refusals, links and memory."""

import asyncio
import errno
import json
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import obstore
import pytest

from adapters.files import s3
from adapters.files.s3.bucket import bucket
from adapters.files.s3.trouble import trouble
from bot.domain.errors import BadSettings, Taken
from bot.ports.parts import Parts
from tests.buckets import KEYS, SLOW, first, half_uploads, listed, proxied, server, settings
from tests.fakes import SetClock

pytestmark = pytest.mark.xdist_group("s3")
MP4 = b"\x00\x00\x00\x18ftypisom" + b"film" * 100


def made(folder: Path, given: dict[str, str]):
    return s3.create(Parts(settings=given, folder=folder / "scratch", clock=SetClock()))


@pytest.fixture
async def proxy():
    async with proxied() as proxy:
        yield proxy


@pytest.fixture
def far(proxy, tmp_path):
    """A Drive behind the proxy, and one of the same files without it."""
    given = settings(proxy.address)
    return made(tmp_path, given), made(tmp_path, given | {"endpoint_url": server()}), given["url"]


def written(folder: Path, held: bytes = MP4) -> Path:
    path = folder / "incoming"
    path.write_bytes(held)
    return path


async def drained(pieces) -> int:
    total = 0
    async for piece in pieces:
        total += len(piece)
    return total


async def read(files, key: str) -> bytes:
    return b"".join([piece async for piece in files.open(key)])


async def test_a_file_whose_answer_was_lost_is_found_and_kept_once(far, proxy, tmp_path):
    files, near, url = far
    proxy.does = first(1, "PUT", "lost")
    kept = await files.keep(written(tmp_path), "a.mp4")
    assert kept.bytes == len(MP4)
    assert [line.split()[0] for line in proxy.seen].count("PUT") == 2
    assert await read(near, "a.mp4") == MP4
    assert listed(url) == ["a.mp4"]
    assert not (tmp_path / "incoming").exists()


async def test_a_busy_bucket_is_asked_again_and_one_that_stays_away_is_an_error_of_the_system(far, proxy, tmp_path):
    files, _, url = far
    proxy.does = first(2, "PUT", (503, SLOW))
    await files.keep(written(tmp_path), "a.mp4")
    path = written(tmp_path)
    proxy.does = lambda line: (503, SLOW) if "PUT" in line else ""
    with pytest.raises(OSError, match="cannot be reached just now"):
        await files.keep(path, "b.mp4")
    proxy.does = lambda _: (503, SLOW)
    with pytest.raises(OSError, match="cannot be reached just now"):
        await files.stat("a.mp4")
    assert path.exists(), "what could not be kept is not lost"
    assert listed(url) == ["a.mp4"]


async def test_an_answer_that_breaks_off_is_read_on(far, proxy, tmp_path):
    files, near, _ = far
    held = bytes(range(256)) * 20_000
    await near.keep(written(tmp_path, held), "big")
    proxy.does = first(2, "GET", "cut")
    assert await read(files, "big") == held
    proxy.does = first(1, "GET", "cut")
    async with files.local("big") as path:
        assert path.read_bytes() == held


async def test_a_copy_whose_answer_was_lost_is_found(far, proxy, tmp_path):
    files, near, url = far
    await near.keep(written(tmp_path), "a.mp4")
    proxy.does = first(1, "b.mp4?uploadId", "lost")
    await files.copy("a.mp4", "b.mp4")
    assert sorted(listed(url)) == ["a.mp4", "b.mp4"]
    assert half_uploads() == []
    assert await read(near, "b.mp4") == MP4


async def test_a_copy_that_fails_in_the_middle_leaves_no_half_upload(far, proxy, tmp_path):
    files, near, url = far
    await near.keep(written(tmp_path), "a.mp4")
    proxy.does = lambda line: (503, SLOW) if "partNumber" in line else ""
    with pytest.raises(OSError, match="just now"):
        await files.copy("a.mp4", "b.mp4")
    assert listed(url) == ["a.mp4"]
    assert half_uploads() == []


@pytest.mark.parametrize(
    "case",
    [
        (403, "AccessDenied", "s3:ListBucket"),
        (403, "RequestTimeTooSkewed", "clock"),
        (403, "SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"),
        (400, "ExpiredToken", "expired"),
        (301, "PermanentRedirect", "AWS_REGION"),
        (404, "NoSuchBucket", "no such bucket"),
    ],
)
async def test_what_the_operator_must_mend_is_said_in_a_sentence_and_not_tried_again(
    far, proxy, tmp_path, caplog, case
):
    """Never taken for a file that is not there, nor for a Drive that is away; and no signature is in the words."""
    (files, near, _), (status, code, says) = far, case
    await near.keep(written(tmp_path), "there")
    proxy.does = lambda line: (
        "" if line.startswith("HEAD") else (status, f"<Error><Code>{code}</Code></Error>".encode())
    )
    for asking in (
        lambda: files.keep(written(tmp_path), "a"),
        lambda: read(files, "there"),
        lambda: files.copy("there", "b"),
    ):
        proxy.seen.clear()
        with pytest.raises(PermissionError) as refused:
            await asking()
        assert says in str(refused.value)
        assert refused.value.errno == errno.EACCES
        assert len([line for line in proxy.seen if "HEAD" not in line]) == 1
    assert says in caplog.text
    assert "X-Amz" not in caplog.text


def test_a_machine_without_keys_and_without_a_role_is_told_so():
    said = "Error performing PUT http://169.254.169.254/latest/api/token - Server returned non-2xx status code: 403 Forbidden"
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in str(trouble(said))


async def test_a_key_is_denied_by_name_where_only_a_status_comes(far, proxy):
    files, _, _ = far
    proxy.does = lambda _: (403, b"")
    with pytest.raises(PermissionError, match="s3:GetObject"):
        await files.stat("a")


async def test_who_reads_slowly_holds_no_connection(far, proxy, tmp_path):
    files, near, _ = far
    await near.keep(written(tmp_path, b"x" * 9_000_000), "big")
    readers = [files.open("big") for _ in range(6)]
    for reader in readers:
        assert len(await anext(reader)) == 1024 * 1024
    async with asyncio.timeout(5):
        while proxy.open:
            await asyncio.sleep(0)
    assert [await drained(reader) for reader in readers] == [9_000_000 - 1024 * 1024] * 6


GREEDY = textwrap.dedent("""
    import asyncio, json, resource, sys
    from pathlib import Path
    from adapters.files import s3
    from bot.ports.parts import Parts
    folder = Path(sys.argv[1])
    files = s3.create(Parts(settings=json.loads(sys.argv[2]), folder=folder, clock=None))
    async def through(size):
        path = folder / "incoming"
        with path.open("wb") as file:
            file.truncate(size)
        await files.keep(path, f"{size}")
        total = 0
        async for piece in files.open(f"{size}"):
            total += len(piece)
        assert total == size
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async def main():
        print(await through(6_000_000), await through(24_000_000))
    asyncio.run(main())
""")


def test_a_large_file_is_never_held_whole(tmp_path):
    """In a process of its own, as the server of these tests is in this one: kilobytes at most after 6 MB, then after 24 MB."""
    done = subprocess.run(
        [sys.executable, "-c", GREEDY, tmp_path, json.dumps(settings())], capture_output=True, text=True, check=True
    )
    before, after = map(int, done.stdout.split())
    assert after - before < 12_000


async def test_a_file_deleted_while_it_is_read_never_goes_on_as_another(tmp_path):
    files = made(tmp_path, settings())
    await files.keep(written(tmp_path, b"a" * 6_000_000), "big")
    reader = files.open("big")
    await anext(reader)
    await files.forget("big")
    await files.keep(written(tmp_path, b"b" * 6_000_000), "big")
    with pytest.raises(OSError, match="just now"):
        await drained(reader)


async def test_scratch_is_private_and_gone_afterwards(tmp_path):
    files = made(tmp_path, settings())
    await files.keep(written(tmp_path), "a.mp4")
    async with files.local("a.mp4") as path:
        assert path.parent == tmp_path / "scratch"
        assert path.read_bytes() == MP4
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        async with files.local("none.mp4"):
            pass
    assert list((tmp_path / "scratch").iterdir()) == []


async def test_a_file_has_the_type_of_its_bytes_and_a_copy_has_it_too(tmp_path):
    """By any name: a page of HTML that is called a film is saved, never shown."""
    given = settings()
    files = made(tmp_path, given)
    await files.keep(written(tmp_path), "film")
    await files.copy("film", "copy.html")
    await files.keep(written(tmp_path, b"<script>alert(1)</script>"), "page.mp4")
    found = [await attributes(given, name) for name in ("film", "copy.html", "page.mp4")]
    assert [one["Content-Type"] for one in found] == ["video/mp4", "video/mp4", "application/octet-stream"]
    assert found[2]["Content-Disposition"] == "attachment"


async def attributes(given: dict[str, str], key: str):
    return (await obstore.get_async(bucket(given).store(), key)).attributes


async def test_a_link_is_signed_for_one_file_and_runs_out(tmp_path):
    given = settings() | {"endpoint_url": "https://s3.example.com"}
    link = urlsplit(await made(tmp_path, given).link("team/space/a b.mp4", 30 * 24 * 3600) or "")
    assert link.netloc == "s3.example.com"
    assert link.path.endswith("/team/space/a%20b.mp4")
    said = dict(parse_qsl(link.query))
    assert said["X-Amz-Expires"] == str(7 * 24 * 3600), "no signature is good for longer"
    assert said["X-Amz-Credential"].startswith("AKIATEST/")
    assert KEYS["secret_access_key"] not in link.query
    aws = dict(given, endpoint_url="", region="eu-west-1", url="s3://films")
    assert urlsplit(await made(tmp_path, aws).link("a", 60) or "").netloc == "films.s3.eu-west-1.amazonaws.com"


async def test_a_bucket_inside_is_linked_by_way_of_the_page_or_not_at_all(tmp_path):
    assert await made(tmp_path, settings()).link("a", 60) is None
    page = {"public_url": "https://clapper.example.com/", "token": "word"}
    link = await made(tmp_path, settings() | page).link("a", 60)
    assert link is not None
    assert link.startswith("https://clapper.example.com/files/a?until=")


async def test_two_replicas_that_keep_one_name_at_once_overwrite_nothing(tmp_path):
    given = settings()
    both = [made(tmp_path, given), made(tmp_path, given)]
    paths = [tmp_path / "one", tmp_path / "two"]
    for path in paths:
        path.write_bytes(path.name.encode())
    done = await asyncio.gather(*(f.keep(p, "a") for f, p in zip(both, paths, strict=True)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Stat", "Taken"]
    won = next(path for path, one in zip(paths, done, strict=True) if not isinstance(one, Taken))
    assert await read(both[0], "a") == won.name.encode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"url": "s3://"}, "names no bucket"),
        ({"url": "s3://Films!/a"}, "names no bucket"),
        ({"url": "s3://films/a/../b"}, "names no bucket"),
        ({"secret_access_key": ""}, "set AWS_SECRET_ACCESS_KEY as well"),
        ({"endpoint_url": "localhost:9000"}, "AWS_ENDPOINT_URL is no address"),
        ({"access_key_id": ""}, "set AWS_ACCESS_KEY_ID as well"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_asked(tmp_path, changed, says):
    with pytest.raises(BadSettings, match=says):
        made(tmp_path, settings() | changed)


async def test_the_doctor_tries_everything_and_leaves_nothing_behind(far, tmp_path):
    _, _, url = far
    given = settings() | {"url": url}
    (seen,) = await s3.examine(Parts(settings=given, folder=tmp_path, clock=SetClock()))
    assert (seen.stops, seen.mend) == (False, "")
    assert seen.found == f"{url} can be written, read, copied and deleted, and overwrites nothing."
    assert listed(url) == []


@pytest.mark.parametrize(
    ("fate", "says"),
    [
        ((403, b"<Error><Code>RequestTimeTooSkewed</Code></Error>"), "clock is wrong"),
        ((301, b""), "another region"),
        ((403, b""), "s3:ListBucket"),
    ],
)
async def test_the_doctor_says_what_is_wrong(far, proxy, tmp_path, fate, says):
    _, _, url = far
    proxy.does = lambda _: fate
    parts = Parts(settings=settings(proxy.address) | {"url": url}, folder=tmp_path, clock=SetClock())
    (seen,) = await s3.examine(parts)
    assert seen.stops
    assert says in seen.found


def test_its_library_is_loaded_only_where_a_bucket_is_used():
    program = "import sys, adapters.files.s3; print('obstore' in sys.modules, 'httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
