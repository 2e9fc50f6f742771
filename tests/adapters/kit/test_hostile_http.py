"""A server that means harm, byte by byte: what of it reaches us is one typed error, bounded in size and in time."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.kit.answers import Answer, by_status, retry_seconds
from adapters.kit.body import Inline
from adapters.kit.http import MOST_ANSWER, Call, Client
from adapters.kit.reading import parsed
from bot.domain.errors import (
    BadCredentials,
    BadSettings,
    InvalidInput,
    Unavailable,
    Unclear,
)
from tests.vendor import Cabinet

CREATE = Call(method="POST", path="tasks", json={"prompt": "a fox"})
LOOK = Call(method="GET", path="tasks/1")
KEY = "sk-0123456789"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[str]:
    """A server that says what `talk` writes, whatever it is asked, and hangs up."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def client_of(talk: Talk, files: Any = None, *, seconds: float = 5.0, key: str = KEY) -> AsyncIterator[Client]:
    async with listening(talk) as url:
        client = Client("post", url, lambda: {"authorization": f"Bearer {key}"}, files, seconds=seconds)
        try:
            yield client
        finally:
            await client.aclose()


def saying(*pieces: bytes) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return talk


def whole(body: bytes, *headers: str) -> bytes:
    """An answer as it should be."""
    lines = "".join(f"{line}\r\n" for line in (f"content-length: {len(body)}", *headers))
    return HEAD + lines.encode() + b"\r\n" + body


def id_of(answer: Answer) -> str:
    return answer.body["id"]


BROKEN = {
    "nothing": b"",
    "half a status": b"HTTP/1.1 2",
    "half a header": HEAD + b"content-le",
    "no body": HEAD + b"content-length: 12\r\n\r\n",
    "half a body": HEAD + b'content-length: 12\r\n\r\n{"id":',
    "more than was told": HEAD + b'content-length: 2\r\n\r\n{"id":"t1"}',
    "a length that is none": HEAD + b'content-length: -5\r\n\r\n{"id":"t1"}',
    "two lengths": HEAD + b'content-length: 11\r\ncontent-length: 3\r\n\r\n{"id":"t1"}',
    "chunks without end": HEAD + b'transfer-encoding: chunked\r\n\r\nb\r\n{"id":"t1"}\r\n',
    "a chunk of no size": HEAD + b"transfer-encoding: chunked\r\n\r\nxyz\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "a header of 200 kB": HEAD + b"x: " + b"y" * 200_000 + b"\r\n\r\n",
    "gzip that is none": whole(b'{"id":"t1"}', "content-encoding: gzip"),
    "gzip in gzip": whole(gzip.compress(gzip.compress(b'{"id":"t1"}')), "content-encoding: gzip, gzip"),
    "a packing nobody knows": whole(b'{"id":"t1"}', "content-encoding: br"),
}


@pytest.mark.parametrize("said", BROKEN.values(), ids=BROKEN)
async def test_a_broken_answer_to_a_paid_call_leaves_it_unclear_and_to_a_free_one_is_none(said: bytes) -> None:
    async with client_of(saying(said)) as client:
        with pytest.raises(Unclear):
            await client.pay(CREATE, id_of)
        with pytest.raises(Unavailable):
            await client.ask(LOOK, id_of)


UNUSUAL = {
    "HTTP/1.0 that hangs up": b'HTTP/1.0 200 OK\r\n\r\n{"id":"t1"}',
    "100 first": b"HTTP/1.1 100 Continue\r\n\r\n" + whole(b'{"id":"t1"}'),
    "packed unasked": whole(gzip.compress(b'{"id":"t1"}'), "content-encoding: gzip"),
    "headers twice": whole(b'{"id":"t1"}', "retry-after: 5", "retry-after: 9", "x-request-id: a", "x-request-id: b"),
    "a number that is none beside it": whole(b'{"id":"t1","eta":NaN,"cost":-Infinity,"x":1e999}'),
    "half a character in it": whole(b'{"id":"t1\\u0000","text":"\\ud800"}'),
    "the same twice": whole(b'{"id":"t0","id":"t1"}'),
}


@pytest.mark.parametrize("said", UNUSUAL.values(), ids=UNUSUAL)
async def test_an_unusual_answer_to_a_paid_call_still_gives_its_task(said: bytes) -> None:
    async with client_of(saying(said)) as client:
        assert await client.pay(CREATE, id_of) == "t1"


async def test_an_answer_that_never_ends_is_given_up_in_time() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"content-length: 1000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with client_of(drip, seconds=0.2) as client:
        with pytest.raises(Unclear):
            await client.pay(CREATE, id_of)


async def test_a_gzip_bomb_is_not_unpacked_beyond_the_most_an_answer_may_have() -> None:
    """64 MB of nothing in 64 kB."""
    bomb = gzip.compress(bytes(64 * 1024 * 1024), 9)
    pieces = []
    async with client_of(saying(whole(bomb, "content-encoding: gzip"))) as client:
        async with client.streamed(LOOK) as (_, _, unpacking):
            async for piece in unpacking:
                pieces.append(len(piece))
                if sum(pieces) > MOST_ANSWER:
                    break
        assert max(pieces) <= 1024 * 1024
        with pytest.raises(Unclear, match="larger than any should be"):
            await client.pay(CREATE, id_of)


def test_what_no_text_can_hold_is_left_out_and_characters_outside_the_first_plane_stay() -> None:
    said = b'{"a\\u0000":["\\ud800x","\\ud83e\\udd8a","\\u00e4"],"n":[NaN,1e999,-1e999,1.5,12]}'
    assert parsed(said) == {"a": ["?x", "🦊", "ä"], "n": [None, None, None, 1.5, 12]}
    assert parsed(b'"\xed\xa0\x80"') == "?"


@pytest.mark.parametrize("held", [b"[" * 100_000, b"1" * 5000, b"\xff\xfe", b"", b"{'a': 1}", b'{"a": 1} x'])
def test_what_is_no_json_is_none(held: bytes) -> None:
    assert parsed(held) is None


@pytest.mark.parametrize("broken", [OverflowError, ZeroDivisionError, RecursionError, OSError, KeyError, TypeError])
async def test_whatever_reading_an_answer_stumbles_over_is_an_answer_nobody_understands(
    broken: type[Exception],
) -> None:
    def read(_: Answer) -> str:
        raise broken

    async with client_of(saying(whole(b"{}"))) as client:
        with pytest.raises(Unclear):
            await client.pay(CREATE, read)
        with pytest.raises(Unavailable):
            await client.ask(LOOK, read)


async def test_a_key_that_a_provider_quotes_is_neither_told_nor_logged() -> None:
    def read(answer: Answer) -> str:
        raise InvalidInput(answer.body["message"], mend=answer.body["message"])

    said = json.dumps({"message": f"Incorrect API key provided: {KEY}. You sent 'Bearer {KEY}'."}).encode()
    async with client_of(saying(whole(said))) as client:
        with capture_logs() as logs, pytest.raises(InvalidInput) as error:
            await client.pay(CREATE, read)
    told = (error.value.message, error.value.mend, str(error.value), repr(error.value))
    assert all(KEY not in one for one in told)
    assert error.value.message.startswith("Incorrect API key provided: …")
    assert KEY not in str(logs)
    assert logs[0]["action"] == "video.answer"


async def test_words_of_a_provider_are_one_plain_line_of_no_great_length() -> None:
    """They go to cards and to an operator's terminal, which obeys what it is sent."""

    def read(answer: Answer) -> str:
        raise InvalidInput(answer.body["message"])

    said = json.dumps({"message": "red\x1b[31m\u202e\n\n and \x07so on" + "x" * 1_000_000}).encode()
    async with client_of(saying(whole(said))) as client:
        with pytest.raises(InvalidInput) as error:
            await client.ask(LOOK, read)
    assert error.value.message.startswith("red[31m and so onxxx")
    assert error.value.message.isprintable()
    assert len(str(error.value)) <= 2000


@pytest.mark.parametrize(("status", "paid", "free"), [(409, Unclear, InvalidInput), (404, InvalidInput, Unavailable)])
@pytest.mark.parametrize("body", [None, {}, {"message": "no Route matched"}, {"detail": "Not Found"}, ["?"]])
def test_a_status_without_a_providers_code_promises_little(
    status: int, paid: type[Exception], free: type[Exception], body: Any
) -> None:
    """A conflict may be with this very order; a 404 may be a gateway's, or that of a wrong base URL."""
    answer = Answer(status=status, headers={}, body=body)
    assert type(by_status(answer, "", paid=True)) is paid
    assert type(by_status(answer, "", paid=False)) is free


@pytest.mark.parametrize("key", ["", "sk-012345\n", "sk-012345 ", "sk–0123456", "sk-0\r\nx-evil: 1"])
async def test_a_key_that_no_request_can_carry_is_told_before_anything_goes_out(key: str) -> None:
    asked: list[int] = []

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(1)
        writer.write(whole(b'{"id":"t1"}'))

    async with client_of(talk, key=key) as client:
        for call in (client.pay(CREATE, id_of), client.ask(LOOK, id_of)):
            with pytest.raises(BadCredentials):
                await call
    assert asked == []


@pytest.mark.parametrize(
    "given",
    [
        "api.example.com/v1",
        "ftp://api.example.com",
        "https://",
        "https:///v1",
        "https://[::1",
        "https://api.example.com:99999",
        "https://a b.example.com",
        "https://api.example.com/v1?x=1",
        "https://api.example.com/v1#x",
        "not an address",
        "",
    ],
)
def test_a_base_url_that_is_none_is_told_in_a_sentence(given: str) -> None:
    with pytest.raises(BadSettings, match=r"base URL of post is .* Write it like"):
        Client("post", given, dict, None)


def test_a_base_url_with_a_password_in_it_is_refused_without_telling_it() -> None:
    with pytest.raises(BadSettings) as error:
        Client("post", "https://me:hunter22@api.example.com", dict, None)
    assert "hunter22" not in str(error.value)


@pytest.mark.parametrize(
    "given", ["https://api.example.com/v1", " https://api.example.com/v1/ ", "https://api.example.com/v1//"]
)
def test_slashes_and_spaces_around_a_base_url_do_no_harm(given: str) -> None:
    assert str(Client("post", given, dict, None).base) == "https://api.example.com/v1/"


ADDRESSES = [
    "http://[::1",
    "http://exa mple.com/x",
    "http://\x00/",
    "https://user:pass@127.0.0.1/x",
    "file:///etc/passwd",
    "gopher://127.0.0.1/x",
    "://",
    "http://",
    "https://example.com:99999/x",
    "http://" + "x" * 70_000,
    "http://169.254.169.254/latest",
    "http://[::ffff:169.254.169.254]/latest",
    "http://[::ffff:a9fe:a9fe]/latest",
    "http://2852039166/latest",
    "http://xn--a/",
    "http://\ud800.example/",
    "http://" + "a" * 64 + ".example/",
]


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda one: repr(one[:40]))
async def test_an_address_of_a_provider_that_is_none_or_is_not_ours_to_reach_is_unavailable(
    address: str, tmp_path: Path
) -> None:
    """Where a file is to be sent, and where one is to be fetched."""
    async with client_of(saying(whole(b"{}"))) as client:
        with pytest.raises(Unavailable):
            await client.ask(Call(method="PUT", path=address, json={}), id_of)
        with pytest.raises(Unavailable):
            await client.save(address, tmp_path / "film.mp4")


@pytest.mark.parametrize(
    "there", ["file:///etc/passwd", "http://169.254.169.254/", "http://[::1", "//user:p@127.0.0.1/", "?again"]
)
async def test_a_result_that_leads_astray_is_not_followed(there: str, tmp_path: Path) -> None:
    said = f"HTTP/1.1 302 Found\r\nlocation: {there}\r\ncontent-length: 0\r\n\r\n".encode()
    async with client_of(saying(said)) as client:
        with pytest.raises(Unavailable):
            await client.save(f"{client.base}film.mp4", tmp_path / "film.mp4")


class Vanishing(Cabinet):
    """A file that is cut short, or gone, once it has been measured."""

    def __init__(self, folder: Path, change: Callable[[Path], object]) -> None:
        super().__init__(folder)
        self._change = change

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        async with super().local(key) as path:
            yield Changing(path, self._change)


class Changing(type(Path())):
    """A path whose file changes as soon as somebody has asked for its size."""

    def __new__(cls, path: Path, change: Callable[[Path], object]):
        return super().__new__(cls, path)

    def __init__(self, path: Path, change: Callable[[Path], object]) -> None:
        self._before, self._then = path, change

    def stat(self, **_: Any):
        found = self._before.stat()
        self._then(self._before)
        return found


CHANGES = {
    "gone": lambda path: path.unlink(),
    "shorter": lambda path: path.write_bytes(b"x"),
    "longer": lambda path: path.write_bytes(b"x" * 30_000),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_file_that_changes_while_it_is_sent_leaves_a_paid_call_unclear(
    change: Callable[[Path], object], tmp_path: Path
) -> None:
    for call, kind in (("pay", Unclear), ("ask", Unavailable)):
        (tmp_path / "a").write_bytes(b"x" * 20_000)
        files = Vanishing(tmp_path, change)
        async with client_of(saying(), files) as client:
            with pytest.raises(kind):
                await getattr(client, call)(Call(method="POST", path="tasks", json={"image": Inline("a")}), id_of)


class Away(Cabinet):
    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        raise ConnectionResetError(key)
        yield Path()


async def test_a_drive_that_is_away_stops_a_paid_call_before_it_is_made(tmp_path: Path) -> None:
    async with client_of(saying(whole(b'{"id":"t1"}')), Away(tmp_path)) as client:
        with pytest.raises(Unavailable):
            await client.pay(Call(method="POST", path="tasks", json={"image": Inline("a")}), id_of)


async def test_a_file_of_nothing_goes_out_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    async with client_of(saying(whole(b'{"id":"t1"}')), Cabinet(tmp_path)) as client:
        assert await client.pay(Call(method="POST", path="tasks", file="a"), id_of) == "t1"
        assert await client.pay(Call(method="POST", path="tasks", json={"image": Inline("a")}), id_of) == "t1"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("-5", 0.0),
        ("1e9", 3600.0),
        ("inf", 3600.0),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        ("Fri, 31 Dec 99999999999999999999 23:59:59 GMT", None),
        ("9" * 5000, 3600.0),
        ("5, 9", None),
    ],
)
def test_patience_that_is_asked_for_is_bounded_or_not_understood(said: str, seconds: float | None) -> None:
    assert retry_seconds({"retry-after": said}) == seconds
