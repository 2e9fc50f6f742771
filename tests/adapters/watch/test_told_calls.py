"""What is told of calls to a provider: each with its status, its error and the patience that was asked for, and no address."""

from collections import Counter
from contextlib import contextmanager
from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.kit.http import Call, Client
from bot.domain.errors import RateLimited, Unavailable, Unclear
from bot.ports.watch import Unwatched
from tests.vendor import AFTER, BEFORE, Cabinet, Vendor, film, status

PAID = Call(method="POST", path="tasks?signature=s", json={"prompt": "a private fox"})


class Post(Vendor):
    def routes(self):
        return [("create", "POST", "/tasks", self.create)]

    async def create(self, request, body):
        self.started.append("t")
        return {"id": "t"}


class Heard(Unwatched):
    def __init__(self) -> None:
        self.counted: Counter[tuple[str, ...]] = Counter()
        self.steps: list[dict[str, str]] = []

    @contextmanager
    def step(self, name: str, *, of: str = "", **labels: str) -> Any:
        self.steps.append(labels)
        yield self

    def note(self, **labels: str) -> None:
        self.steps[-1] |= labels

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        self.counted[name, *labels.values()] += amount  # pyright: ignore[reportArgumentType]


def read(answer: Answer) -> str:
    if answer.status == 429:
        raise RateLimited("wait", retry_after=answer.retry_after)
    return answer.body["id"]


async def test_calls_are_told_by_status_and_error_with_the_patience_asked_for(tmp_path) -> None:
    heard = Heard()
    async with Post().serving() as vendor:
        vendor.play("create", status(429, {}, retry_after="7"), BEFORE, AFTER)
        vendor.films["film.mp4"] = film()
        client = Client("post", vendor.url, dict, Cabinet(tmp_path), watch=heard)  # pyright: ignore[reportArgumentType]
        for error in (RateLimited, Unclear, Unclear):
            with pytest.raises(error):
                await client.pay(PAID, read)
        assert await client.pay(PAID, read) == "t"
        await client.save(vendor.link("film.mp4"), tmp_path / "film.mp4")
        with pytest.raises(Unavailable):
            await client.save("http://127.0.0.1:9/film.mp4?signature=s", tmp_path / "none.mp4")
        await client.aclose()
    assert heard.counted == {
        ("provider_calls", "post", "POST", "429"): 1,
        ("provider_calls", "post", "POST", "200"): 1,
        ("provider_calls", "post", "GET", "200"): 1,
        ("provider_errors", "post", "pay", "RateLimited"): 1,
        ("provider_errors", "post", "pay", "Unclear"): 2,
        ("provider_errors", "post", "save", "Unavailable"): 1,
        ("provider_patience", "post"): 7,
    }
    assert heard.steps[0] == {"provider": "post", "call": "pay", "method": "POST", "status": "429"}
    assert "signature" not in repr(heard.steps) + repr(heard.counted)
