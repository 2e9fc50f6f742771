"""Replicas that are killed or frozen while a paid provider is asked: nothing is paid for twice, nothing is lost, the books close."""

import asyncio
import os
import random
import re
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.e2e.grounds import ground
from tests.e2e.programs import PATIENCE, Page
from tests.vendor import AFTER, SLOW, film

SLOWLY = pytest.mark.skipif(os.environ.get("CLAPPER_SOAK") != "1", reason="ten seconds and more: CLAPPER_SOAK=1")
WISHES = {
    "kling": "A heron takes off, 3 seconds, use kling-3",
    "wan": "A heron takes off, 2 seconds, 480p, use wan-3",
    "google": "A heron takes off, 3 seconds, 720p, use omni-1.2",
}
ONE_PLACE = '[models."kling-3"]\nlimits = [{ at_once = 1, source = "this test" }]\n'
PUBLIC, TOKEN = "https://clapper.example.com", "a-token-that-only-this-test-knows"


async def until(what: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.03)  # another process is being waited for


async def confirmed(page: Page, words: str, number: int = -1) -> dict:
    await page.say(words)
    card = await page.card("awaiting_confirmation", number=number)
    answer = await page.press(card, "confirm")
    assert answer.status_code == 200, answer.text
    return card


async def test_a_batch_killed_while_its_paid_calls_are_out_is_carried_on_and_each_is_paid_once(tmp_path):
    async with ground(tmp_path, "kling") as here:
        here.finish_all()
        await here.start()
        async with Page(here.bots[0].url) as page:
            vendor = here.stand.vendor
            vendor.play("create", AFTER, SLOW)
            await page.say(f"{WISHES['kling']}, 3 variations")
            card = await page.card("awaiting_confirmation")
            answers = await asyncio.gather(*(page.press(card, "confirm") for _ in range(4)))
            assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
            await until(lambda: len(vendor.calls("create")) >= 3)
            await asyncio.to_thread(here.bots[0].kill)
            vendor.go.set()
            await asyncio.wait_for(vendor.landed.wait(), PATIENCE)
            await asyncio.to_thread(here.bots[0].start)
            assert (await page.card("complete"))["title"] == "Your 3 films are ready"
            assert len(vendor.started) == 3
            assert here.books() == (0, 3)


@SLOWLY
@pytest.mark.parametrize(("provider", "end"), [("kling", "complete"), ("wan", "complete"), ("google", "unclear")])
@pytest.mark.parametrize("mood", [AFTER, SLOW], ids=["landed", "on its way"])
async def test_killed_in_the_paid_call_it_is_found_or_a_person_is_asked_and_never_sent_again(
    tmp_path, provider, end, mood
):
    async with ground(tmp_path, provider) as here:
        here.finish_all()
        await here.start()
        async with Page(here.bots[0].url) as page:
            vendor = here.stand.vendor
            vendor.play("create", mood)
            await confirmed(page, WISHES[provider])
            await until(lambda: vendor.calls("create"))
            await asyncio.to_thread(here.bots[0].kill)
            vendor.go.set()
            await asyncio.wait_for(vendor.landed.wait(), PATIENCE)
            await asyncio.to_thread(here.bots[0].start)
            card = await page.card("complete", "unclear", "error")
            assert card["state"] == end
            if end == "unclear":
                assert [button["action"] for button in card["buttons"]] == ["look_again", "submit_again", "close"]
                assert (await page.press(card, "look_again")).status_code == 409
                assert (await page.press(card, "close")).status_code == 200
            assert len(vendor.calls("create")) == len(vendor.started) == 1
            assert here.books() == (0, 1)


@SLOWLY
@pytest.mark.parametrize(("provider", "meanwhile"), [("kling", "complete"), ("wan", "complete"), ("google", "unclear")])
async def test_a_replica_frozen_in_its_paid_call_and_thawed_again_changes_nothing_for_the_worse(
    tmp_path, provider, meanwhile
):
    async with ground(tmp_path, provider, replicas=2) as here:
        here.finish_all()
        await here.start()
        async with Page(here.bots[0].url) as page:
            vendor = here.stand.vendor
            vendor.play("create", SLOW)
            card = await confirmed(page, WISHES[provider])
            await until(lambda: vendor.calls("create"))
            frozen = here.works_on(card["job"])
            frozen.freeze()
            vendor.go.set()
            awake = next(bot for bot in here.bots if bot is not frozen)
            async with Page(awake.url, page.conversation) as other:
                await other.card(meanwhile)
                frozen.thaw()
                await other.card("complete")
            assert len(vendor.calls("create")) == len(vendor.started) == 1
            await until(lambda: here.books() == (0, 1))


@SLOWLY
async def test_a_replica_frozen_while_it_brings_a_file_does_not_send_what_another_has_sent_since(tmp_path):
    async with ground(tmp_path, "wan", replicas=2) as here:
        here.finish_all()
        await here.start()
        async with Page(here.bots[0].url) as page:
            vendor = here.stand.vendor
            vendor.play("upload", SLOW)
            wish = {"text": "@Video1 but at night, 2 seconds, 480p, use wan-3"}
            clip = ("files", ("heron.mp4", film(3, 848, 480), "video/mp4"))
            sent = await page.http.post("/api/messages", data=wish, files=[clip])
            page.conversation = sent.json()["conversation"]
            card = await page.card("awaiting_confirmation")
            assert (await page.press(card, "confirm")).status_code == 200
            await until(lambda: vendor.calls("upload"))
            frozen = here.works_on(card["job"])
            frozen.freeze()
            vendor.go.set()
            awake = next(bot for bot in here.bots if bot is not frozen)
            async with Page(awake.url, page.conversation) as other:
                await other.card("complete", seconds=160)  # an order nobody sees is waited for two minutes
                frozen.thaw()
                await confirmed(page, WISHES["wan"])  # by then it has done what it had in hand
                await page.card("complete")
            assert len(vendor.calls("create")) == len(vendor.started) == 2
            assert here.books() == (0, 2)


@SLOWLY
async def test_one_place_is_never_given_twice_and_never_lost_whoever_is_killed(tmp_path):
    async with ground(tmp_path, "kling", replicas=2, settings=ONE_PLACE) as here:
        await here.start()
        vendor = here.stand.vendor
        async with Page(here.bots[0].url) as page:
            cards = [await confirmed(page, WISHES["kling"], number) for number in range(5)]
            await until(lambda: vendor.started)
            shown = {card["id"]: card["progress"]["text"] for card in await page.cards()}
            assert [shown[card["id"]] for card in cards[1:]] == [
                "Next in line",
                *(f"{ahead} ahead of this one" for ahead in (1, 2, 3)),
            ]
            await here.restart()
            assert (await page.press(cards[3], "cancel")).status_code == 200
            for number in range(1, 5):
                await until(lambda number=number: len(vendor.started) == number)
                on_their_way = here.rows("SELECT id FROM jobs WHERE state IN ('submitting', 'processing')")
                assert len(on_their_way) == 1
                if number == 2:
                    vendor.go.clear()
                    vendor.play("create", SLOW)
                here.stand.advance(vendor.started[-1], "finished")
                if number == 2:
                    await until(lambda: len(vendor.calls("create")) == 3)
                    await here.restart()
                    vendor.go.set()
            for card in (*cards[:3], cards[4]):
                await page.card("complete", number=cards.index(card))
            assert len(vendor.started) == 4
            assert here.books() == (0, 4)


@SLOWLY
async def test_a_storm_of_knocks_makes_nobody_ask_all_the_time_and_spoils_no_film(tmp_path):
    async with ground(tmp_path, "kling", CLAPPER_PUBLIC_URL=PUBLIC, CLAPPER_WEB_TOKEN=TOKEN) as here:
        await here.start()
        vendor = here.stand.vendor
        async with Page(here.bots[0].url) as page, httpx.AsyncClient(timeout=PATIENCE) as outside:
            page.http.headers["authorization"] = f"Bearer {TOKEN}"
            await confirmed(page, WISHES["kling"])
            await until(lambda: vendor.started)
            found = re.search(rf"{PUBLIC}(/hooks/[^'\"]+)", str(vendor.calls("create")[0].body))
            assert found is not None
            door = here.bots[0].url + found[1]
            assert (await outside.post(door[:-1] + "~", json={})).status_code == 404
            begun, asked = time.monotonic(), len(vendor.calls("poll"))
            while time.monotonic() - begun < 6:
                answers = await asyncio.gather(*(outside.post(door, json={}) for _ in range(20)))
                assert {answer.status_code for answer in answers} == {200}
            assert len(vendor.calls("poll")) - asked <= 6
            here.stand.advance(vendor.started[0], "finished")
            for _ in range(40):
                await asyncio.gather(*(outside.post(door, json={}) for _ in range(10)))
            await page.card("complete")
            assert len(vendor.started) == len(vendor.cdn_seen) == 1
            assert here.books() == (0, 1)


@SLOWLY
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_replicas_killed_and_frozen_at_random_make_every_film_once(tmp_path, seed):
    dice = random.Random(seed)
    async with ground(tmp_path, "kling", replicas=2) as here:
        here.finish_all()
        await here.start()
        vendor = here.stand.vendor
        vendor.go.set()
        async with Page(here.bots[0].url) as page:
            for number in range(3):
                moods = [AFTER if dice.random() < 0.5 else SLOW for _ in range(2)]
                vendor.play("create", *moods)
                await confirmed(page, f"{WISHES['kling']}, 3 variations", number)
                await asyncio.sleep(dice.random())  # whatever it is just doing
                victim = here.bots[1]
                if dice.random() < 0.5:
                    await asyncio.to_thread(victim.kill)
                    await asyncio.to_thread(victim.start)
                else:
                    victim.freeze()
                    await asyncio.sleep(1 + 2 * dice.random())  # longer than its lease
                    victim.thaw()
                await asyncio.to_thread(here.bots[0].kill)
                await asyncio.to_thread(here.bots[0].start)
            for number in range(3):
                assert (await page.card("complete", number=number))["title"] == "Your 3 films are ready"
            assert len(vendor.started) == len(set(vendor.started)) == 9
            await until(lambda: here.books() == (0, 9))
