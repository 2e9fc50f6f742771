"""The program is killed at each saved step in turn; the next one carries the job on, and nothing is paid for twice."""

import asyncio

import pytest

from tests.e2e.programs import Page, Program, TollServer, program, small_film


@pytest.fixture
async def toll():
    async with TollServer(small_film()).serving() as server:
        yield server


@pytest.fixture
def bot(tmp_path, toll):
    with program(tmp_path, toll.known_to(tmp_path)) as one:
        yield one


async def kill_and_restart(bot: Program) -> None:
    await asyncio.to_thread(bot.kill)
    await asyncio.to_thread(bot.start)


async def confirmed(page: Page) -> dict:
    await page.say("A fox crosses the frozen lake --model toll-1")
    card = await page.card("awaiting_confirmation")
    answer = await page.press(card, "confirm")
    assert answer.status_code == 200, answer.text
    return card


@pytest.fixture
async def page(bot):
    await asyncio.to_thread(bot.start)
    async with Page(bot.url) as one:
        yield one


async def test_killed_at_every_step_every_job_is_finished_and_paid_for_once(bot, toll, page):
    # Just received: the message is saved, its price is not made yet.
    await page.say("A fox crosses the frozen lake --model toll-1")
    await kill_and_restart(bot)
    card = await page.card("awaiting_confirmation")
    assert len(await page.cards()) == 1

    # Awaiting confirmation.
    await kill_and_restart(bot)
    assert await page.card("awaiting_confirmation") == card

    # Queued: confirmed and killed before anything was sent.
    assert (await page.press(card, "confirm")).status_code == 200
    await kill_and_restart(bot)
    await page.card("complete")
    assert len(toll.paid) == 1

    # Submitting, the call not yet taken, then taken and its answer lost; processing; finalizing with half a film fetched.
    for paid, where in enumerate(("before", "after", "poll", "film"), start=2):
        toll.hold_next(where)
        await confirmed(page)
        await asyncio.wait_for(toll.held.wait(), 20)
        await kill_and_restart(bot)
        await page.card("complete")
        assert len(toll.paid) == paid

    # Cancelled, the provider not yet asked to stop.
    toll.running = True
    card = await confirmed(page)
    await page.card("processing")
    toll.hold_next("cancel")
    assert (await page.press(card, "cancel")).status_code == 200
    assert (await page.cards())[-1]["state"] == "cancelled"
    await asyncio.wait_for(toll.held.wait(), 20)
    await kill_and_restart(bot)
    async with asyncio.timeout(20):
        while not toll.cancelled:
            await asyncio.sleep(0.05)

    assert len(set(toll.paid)) == len(toll.paid) == 6
    cards = await page.cards()
    assert [one["state"] for one in cards] == ["complete"] * 5 + ["cancelled"]
    clips = (await page.http.get("/api/clips")).json()["clips"]
    assert len({clip["drive_path"] for clip in clips}) == 5
    assert await asyncio.to_thread(bot.stop) == 0
