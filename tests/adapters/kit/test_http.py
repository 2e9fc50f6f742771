"""One client for every provider: what a lost answer means, what goes out, and where the key never goes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.kit.answers import Answer, retry_seconds
from adapters.kit.body import Inline, Part
from adapters.kit.http import Call, Client
from bot.domain.errors import Expired, InvalidInput, RateLimited, Unavailable, Unclear
from tests.vendor import AFTER, BEFORE, CUT, GARBLED, GONE, LONGER, SLOW, Cabinet, Vendor, film, status

CREATE = Call(method="POST", path="tasks", json={"prompt": "a fox"})


class Post(Vendor):
    def routes(self):
        return [("create", "POST", "/api/v1/tasks", self.create), ("poll", "GET", "/api/v1/tasks/{id}", self.poll)]

    async def create(self, request, body):
        self.started.append(f"t{len(self.started)}")
        return {"id": self.started[-1]}

    async def poll(self, request, body):
        return {"large": "x" * int(dict(request.query).get("size", "1"))}


@asynccontextmanager
async def open_client(folder: Path, *, seconds: float = 20.0) -> AsyncIterator[tuple[Client, Post]]:
    async with Post().serving() as vendor:
        client = Client("post", f"{vendor.url}/api/v1/", _key, Cabinet(folder), seconds=seconds)  # pyright: ignore[reportArgumentType]
        try:
            yield client, vendor  # pyright: ignore[reportReturnType]
        finally:
            await client.aclose()


def _key() -> dict[str, str]:
    return {"authorization": "Bearer secret"}


def id_of(answer: Answer) -> str:
    if answer.status == 429:
        raise RateLimited("wait", retry_after=answer.retry_after)
    return answer.body["id"]


def whole(answer: Answer) -> Answer:
    return answer


async def test_a_call_goes_below_the_base_url_with_the_key(tmp_path: Path) -> None:
    async with open_client(tmp_path) as (client, vendor):
        assert await client.pay(CREATE, id_of) == "t0"
        [seen] = vendor.seen
        assert (seen.path, seen.body, seen.headers["authorization"]) == (
            "/api/v1/tasks",
            {"prompt": "a fox"},
            "Bearer secret",
        )


@pytest.mark.parametrize(
    ("mood", "started", "error"),
    [
        (BEFORE, 0, Unclear),
        (AFTER, 1, Unclear),
        (GARBLED, 1, Unclear),
        (status(429, {}, retry_after="7"), 0, RateLimited),
    ],
    ids=lambda one: getattr(one, "kind", None),
)
async def test_a_paid_call_whose_answer_is_lost_is_never_said_not_to_have_started(
    tmp_path: Path, mood, started, error
) -> None:
    async with open_client(tmp_path) as (client, vendor):
        vendor.play("create", mood)
        with pytest.raises(error):
            await client.pay(CREATE, id_of)
        assert len(vendor.started) == started
        assert len(vendor.seen) == 1, "it is never sent again"


async def test_an_answer_that_takes_too_long_is_unclear(tmp_path: Path) -> None:
    async with open_client(tmp_path, seconds=0.2) as (client, vendor):
        vendor.play("create", SLOW)
        with pytest.raises(Unclear):
            await client.pay(CREATE, id_of)


async def test_a_connection_that_is_refused_started_nothing() -> None:
    client = Client("post", "http://127.0.0.1:9", _key, None, seconds=5)
    with pytest.raises(Unavailable):
        await client.pay(CREATE, id_of)
    await client.aclose()


async def test_a_free_call_whose_answer_is_lost_is_only_unavailable(tmp_path: Path) -> None:
    async with open_client(tmp_path) as (client, vendor):
        for mood in (BEFORE, GARBLED):
            vendor.play("poll", mood)
            with pytest.raises(Unavailable):
                await client.ask(Call(method="GET", path="tasks/1"), id_of)


async def test_an_answer_larger_than_any_should_be_is_not_read_to_its_end(tmp_path: Path) -> None:
    async with open_client(tmp_path) as (client, _):
        large = Call(method="GET", path="tasks/1", query=(("size", str(9 * 1024 * 1024)),))
        with pytest.raises(Unavailable, match="larger"):
            await client.ask(large, whole)
        async with client.streamed(large) as (code, _, pieces):
            assert code == 200
            assert sum([len(piece) async for piece in pieces]) > 9 * 1024 * 1024


async def test_files_go_into_json_as_base64_and_into_forms_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(bytes(range(256)) * 4000)
    (tmp_path / "two").write_bytes(b"ab")
    async with open_client(tmp_path) as (client, vendor):
        await client.pay(
            Call(method="POST", path="tasks", json={"é": [Inline("one", "data:a;base64,"), {"x": Inline("two")}, 1]}),
            id_of,
        )
        import base64

        packed = base64.b64encode((tmp_path / "one").read_bytes()).decode()
        assert vendor.seen[-1].body == {"é": [f"data:a;base64,{packed}", {"x": "YWI="}, 1]}
        form = (("key", "a/b"), ("file", Part("two", 'na"me\r\n.png', "image/png")))
        await client.pay(Call(method="POST", path="tasks", form=form), id_of)
        seen = vendor.seen[-1]
        assert seen.headers["content-type"].startswith("multipart/form-data; boundary=")
        assert b'name="key"\r\n\r\na/b\r\n' in seen.body
        assert b'filename="na%22me.png"\r\nContent-Type: image/png\r\n\r\nab\r\n' in seen.body
        await client.pay(Call(method="POST", path="tasks", file="two"), id_of)
        assert vendor.seen[-1].body == b"ab"


async def test_a_file_that_is_gone_stops_the_call_before_it_is_made(tmp_path: Path) -> None:
    async with open_client(tmp_path) as (client, vendor):
        with pytest.raises(InvalidInput, match="no longer on the Drive"):
            await client.pay(Call(method="POST", path="tasks", json=[Inline("gone")]), id_of)
        assert vendor.seen == []


async def test_a_result_comes_whole_or_not_at_all_and_without_the_key(tmp_path: Path) -> None:
    async with open_client(tmp_path) as (client, vendor):
        vendor.films["a.mp4"] = film()
        await client.save(vendor.link("a.mp4"), tmp_path / "film")
        assert (tmp_path / "film").read_bytes() == film()
        for mood, error in ((CUT, Unavailable), (LONGER, Unavailable), (GONE, Expired), (status(503), Unavailable)):
            vendor.play("file", mood)
            with pytest.raises(error):
                await client.save(vendor.link("a.mp4"), tmp_path / "film")
        vendor.play("file", status(302, "", location=f"{vendor.cdn}/a.mp4"), status(429, "", retry_after="9"))
        with pytest.raises(RateLimited) as patience:
            await client.save(vendor.link("a.mp4"), tmp_path / "film")
        assert patience.value.retry_after == 9
        assert not any("authorization" in seen.headers for seen in vendor.cdn_seen)


async def test_a_file_over_its_limit_is_not_kept_on_loading(tmp_path: Path) -> None:
    async with open_client(tmp_path) as (client, vendor):
        vendor.films["a.mp4"] = bytes(2_000_000)
        with pytest.raises(Unavailable, match="larger"):
            await client.save(vendor.link("a.mp4"), tmp_path / "film", most=1_000_000)


@pytest.mark.parametrize("url", ["http://10.0.0.1/a.mp4", "http://169.254.169.254/a", "http://[::ffff:10.0.0.1]/a"])
async def test_a_result_is_not_fetched_from_a_private_address(tmp_path: Path, url: str) -> None:
    async with open_client(tmp_path) as (client, _):
        with pytest.raises(Unavailable, match="ConnectError"):
            await client.save(url, tmp_path / "film")


async def test_a_provider_on_the_internet_is_not_led_to_this_machine(tmp_path: Path) -> None:
    async with Post().serving() as vendor:
        vendor.films["a.mp4"] = film()
        client = Client("post", "https://8.8.8.8/v1", _key, None)
        with pytest.raises(Unavailable, match="ConnectError"):
            await client.save(vendor.link("a.mp4"), tmp_path / "film")
        assert vendor.cdn_seen == []
        await client.aclose()


def test_retry_after_is_read_as_seconds_or_a_date_and_never_more_than_an_hour() -> None:
    assert retry_seconds({"retry-after": "7"}) == 7
    assert retry_seconds({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert retry_seconds({"retry-after": "999999"}) == 3600
    assert [retry_seconds({"retry-after": said}) for said in ("", "nan", "soon")] == [None, None, None]


def answer(status: int, body: Any) -> Answer:
    return Answer(status=status, headers={"x-request-id": "r1"}, body=json.loads(json.dumps(body)))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"code": 1303, "message": "m"}, "1303"),
        ({"error": {"code": "QuotaExceeded"}}, "QuotaExceeded"),
        ({"base_resp": {"status_code": 1008}}, "1008"),
        ({"output": {"code": "InvalidParameter"}}, "InvalidParameter"),
        (["nothing"], ""),
    ],
)
def test_the_code_of_any_provider_is_found_for_the_log(body: Any, code: str) -> None:
    assert answer(400, body).code == code
    assert answer(400, body).trace == "r1"


async def test_a_connection_that_was_hung_up_is_not_used_again() -> None:
    """What is paid for over one would be lost on the way, and nobody would know."""
    hung_up = asyncio.Event()

    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{"id":"t"}')
        writer.close()
        await writer.wait_closed()
        hung_up.set()

    async with await asyncio.start_server(answer_once, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = Client("post", f"http://127.0.0.1:{port}", _key, None, seconds=5)
        for _ in range(3):
            assert await client.pay(Call(method="POST", path="tasks"), id_of) == "t"
            await hung_up.wait()
            hung_up.clear()
        await client.aclose()
