"""Two replicas of the program on one PostgreSQL database and one Drive, each with a data folder and a page of its own."""

import asyncio
import io
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.databases import _postgresql_template, drop, postgresql
from tests.e2e.programs import PATIENCE, Page, Program, program

TOKEN = "a-long-token-that-both-replicas-know"
pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[list[Program]]:
    url = postgresql(_postgresql_template())
    env = {
        "CLAPPER_DATABASE_URL": url,
        "CLAPPER_DRIVE": f"file:{tmp_path / 'drive'}",
        "CLAPPER_WEB_TOKEN": TOKEN,
    }
    with ExitStack() as stack:
        bots = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            bots.append(stack.enter_context(program(tmp_path / name, env)))
        yield bots
    drop(url)


@pytest.fixture
async def pages(replicas: list[Program]) -> AsyncIterator[list[Page]]:
    """The same conversation at both."""
    await asyncio.gather(*(asyncio.to_thread(bot.start) for bot in replicas))
    async with Page(replicas[0].url, "c-shared") as one, Page(replicas[1].url, "c-shared") as two:
        for page in (one, two):
            page.http.headers["authorization"] = f"Bearer {TOKEN}"
        yield [one, two]


async def changes(page: Page, seen: list[dict]) -> None:
    """What the page is told as it happens."""
    where = f"/api/conversations/{page.conversation}/events"
    async with page.http.stream("GET", where) as answer:
        async for line in answer.aiter_lines():
            seen += [json.loads(line.removeprefix("data: "))] if line.startswith("data: ") else []


async def until(condition) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.03)  # another process is being waited for


def rendering(bots: list[Program]) -> list[Program]:
    return [bot for bot in bots if list((bot.folder / "data" / "animatic").glob("*/progress.json"))]


async def test_what_is_sent_to_one_is_seen_pressed_and_fetched_at_the_other(pages: list[Page]) -> None:
    one, two = pages
    seen: list[dict] = []
    listening = asyncio.create_task(changes(two, seen))
    picture = io.BytesIO()
    Image.new("RGB", (640, 360), (60, 90, 140)).save(picture, format="PNG")
    form = {"text": "A heron takes off --duration 4 --resolution 480p", "conversation": "c-shared"}
    answer = await one.http.post("/api/messages", data=form, files={"files": ("lake.png", picture.getvalue())})
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    card = await two.card("awaiting_confirmation")
    await until(lambda: any(event.get("state") == "awaiting_confirmation" for event in seen))
    assert (await two.press(card, "confirm")).status_code == httpx.codes.OK
    done = await two.card("complete", seconds=2 * PATIENCE)
    await until(lambda: any(event.get("state") == "complete" for event in seen))
    listening.cancel()
    link = next(media["url"] for media in done["media"] if media["kind"] == "video")
    films = [await page.http.get(link) for page in pages]
    assert [film.status_code for film in films] == [httpx.codes.OK] * 2
    assert films[0].content == films[1].content


@pytest.mark.skipif("CLAPPER_SOAK" not in os.environ, reason="waits until a lease is over, then renders a film anew")
async def test_a_replica_killed_while_it_renders_is_followed_by_the_other_and_there_is_one_film(
    replicas: list[Program], pages: list[Page]
) -> None:
    await pages[0].say("A heron takes off --duration 6 --resolution 480p")
    card = await pages[0].card("awaiting_confirmation")
    assert (await pages[0].press(card, "confirm")).status_code == httpx.codes.OK
    await until(lambda: rendering(replicas))
    [busy] = rendering(replicas)
    other = pages[1 - replicas.index(busy)]
    await asyncio.to_thread(busy.kill)
    done = await other.card("complete", seconds=3 * PATIENCE)
    assert len([media for media in done["media"] if media["kind"] == "video"]) == 1
    clips = (await other.http.get("/api/clips")).json()["clips"]
    assert len(clips) == 1
