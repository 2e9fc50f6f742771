"""The disk is full while a film comes home, or while the database is to note something: it waits, says so, and nothing is paid twice."""

import asyncio

import pytest

from tests.e2e.hard.disk import small_disk
from tests.e2e.programs import Page, TollServer, program, small_film

WISH = "A fox crosses the frozen lake --model toll-1"


@pytest.fixture
async def toll():
    async with TollServer(small_film()).serving() as server:
        yield server


async def confirmed(page: Page) -> dict:
    await page.say(WISH)
    card = await page.card("awaiting_confirmation")
    assert (await page.press(card, "confirm")).status_code == 200
    return card


async def test_a_film_that_finds_the_disk_full_waits_says_so_and_comes_home_once_there_is_room(tmp_path, toll):
    with small_disk(tmp_path / "disk", 8) as disk:
        env = toll.known_to(tmp_path) | {
            "CLAPPER_DATA": str(disk.folder / "data"),
            "CLAPPER_DATABASE_URL": f"sqlite:///{tmp_path}/clapper.db",
        }
        with program(tmp_path, env) as bot:
            await asyncio.to_thread(bot.start)
            async with Page(bot.url) as page:
                toll.running = True
                await confirmed(page)
                await page.card("processing")
                disk.fill()
                toll.running = False
                async with asyncio.timeout(30):
                    while "disk here is full" not in str(
                        (card := await page.card("finalizing", "processing"))["progress"]
                    ):
                        await asyncio.sleep(0.05)  # another process is being waited for
                assert card["state"] == "finalizing"
                disk.empty()
                await page.card("complete")
                assert len(toll.paid) == 1


async def test_with_the_database_on_a_full_disk_people_are_told_and_nothing_is_paid_that_is_not_noted(tmp_path, toll):
    with small_disk(tmp_path / "disk", 8) as disk, program(disk.folder, toll.known_to(tmp_path)) as bot:
        await asyncio.to_thread(bot.start)
        async with Page(bot.url) as page:
            await page.say(WISH)
            card = await page.card("awaiting_confirmation")
            disk.fill()
            refused = await page.press(card, "confirm")
            assert refused.status_code == 503, refused.text
            assert "What was confirmed is safe; try again in a minute." in refused.text
            assert (await page.http.post("/api/messages", data={"text": WISH})).status_code == 503
            assert toll.paid == []
            disk.empty()
            toll.running = True
            assert (await page.press(card, "confirm")).status_code == 200
            await page.card("processing")
            disk.fill()
            toll.running = False
            await asyncio.sleep(2)
            disk.empty()
            await page.card("complete")
            assert len(toll.paid) == 1
