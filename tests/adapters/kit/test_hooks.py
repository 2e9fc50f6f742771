"""A knock at a signed address makes one job be asked after; nothing else does anything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from adapters.kit.hooks import MOST_BYTES, Hooks

HOOKS = Hooks(b"a secret", "https://clapper.example.com/")


@asynccontextmanager
async def door() -> AsyncIterator[tuple[httpx.AsyncClient, list[str]]]:
    told: list[str] = []

    async def tell(job: str) -> None:
        told.append(job)

    transport = httpx.ASGITransport(app=HOOKS.door(tell))  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="https://clapper.example.com") as client:
        yield client, told


async def test_a_signed_knock_tells_of_its_job_whatever_is_said() -> None:
    async with door() as (client, told):
        assert HOOKS.address("J-1").startswith("https://clapper.example.com/hooks/J-1/")
        for body in (b"", b"not json", b'{"status":"failed"}', b"[" * 100_000):
            assert (await client.post(HOOKS.address("J-1"), content=body)).json() == {}
        assert told == ["J-1"] * 4


async def test_a_challenge_is_sent_back() -> None:
    async with door() as (client, _):
        answer = await client.post(HOOKS.address("J-1"), json={"challenge": "abc"})
        assert answer.json() == {"challenge": "abc"}
        assert (await client.post(HOOKS.address("J-1"), json={"challenge": "x" * 501})).json() == {}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/hooks/J-2/" + HOOKS.address("J-1").rpartition("/")[2], b"", 404),
        ("POST", "/hooks/J-1/", b"", 404),
        ("POST", "/hooks/", b"", 404),
        ("POST", "/hooks/J-1/\u00fc", b"", 404),
        ("GET", HOOKS.address("J-1"), b"", 405),
        ("POST", HOOKS.address("J-1"), b"x" * (MOST_BYTES + 1), 413),
    ],
)
async def test_anything_else_is_turned_away(method: str, path: str, body: bytes, status: int) -> None:
    async with door() as (client, told):
        assert (await client.request(method, path, content=body)).status_code == status
        assert told == []


def test_another_secret_makes_other_addresses() -> None:
    assert Hooks(b"other", HOOKS.base).address("J-1") != HOOKS.address("J-1")
