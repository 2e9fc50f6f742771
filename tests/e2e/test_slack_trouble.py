"""Slack on a bad day: what it leaves out, refuses, loses or cuts off, and the film that comes all the same."""

import asyncio
import os

import pytest
import pytest_asyncio

from tests.adapters.chat.slack.server.switches import EVERY
from tests.e2e.programs import small_film
from tests.e2e.slack import ASKER, GENERAL, PRICE, READY, pictures, shown, studio
from tests.e2e.test_browser import png

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one program for all of them
MANY = 1_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory):
    async with studio(tmp_path_factory.mktemp("slack"), small_film()) as one:
        await one.start()
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def here(running):
    yield running
    running.slack.clear()
    running.check()


async def finished(here, thread):
    card = await here.card(thread, PRICE)
    await here.slack.press(card, "Confirm", ASKER)
    await here.film(thread)
    assert await here.card(thread, READY) is card
    assert len(here.slack.posts(GENERAL, thread=thread)) == 2


async def test_files_that_the_event_leaves_out_are_found(here):
    picture = here.slack.file("fox.png", png(640, 480))
    said = await here.wish("[Push in] the fox wakes up --model animatic", picture, files_in="none")
    card = await here.card(said.thread, "@Image1")
    await here.slack.until(lambda: pictures(card))


async def test_a_sign_in_page_in_place_of_a_file_is_explained(here):
    locked = here.slack.file("fox.png", png(640, 480), sign_in=True)
    said = await here.wish("the fox wakes up --model animatic", locked)
    card = await here.card(said.thread, "files:read")
    assert "Confirm" not in shown(card.message)


async def test_a_card_whose_blocks_are_refused_is_shown_more_plainly(here):
    here.slack.refuse("chat.postMessage", "invalid_blocks")
    said = await here.wish()
    await finished(here, said.thread)


async def test_a_429_puts_edits_off_and_loses_none(here):
    said = await here.wish()
    await here.card(said.thread, PRICE)
    here.slack.limit("chat.update", retry_after=2)
    await finished(here, said.thread)
    limited = [one for one in here.slack.calls("chat.update") if one.status == 429]
    after = [one.at for one in here.slack.calls("chat.update") if one.at > limited[0].at]
    assert len(limited) == 1
    assert min(after) - limited[0].at >= 2


async def test_a_post_and_an_upload_whose_answers_are_lost_happen_once(here):
    here.slack.lose("chat.postMessage")
    said = await here.wish()
    await here.card(said.thread, PRICE)
    here.slack.lose("files.completeUploadExternal")
    here.slack.lose("chat.update")
    await finished(here, said.thread)


async def test_while_slack_is_away_the_film_is_made_and_comes_when_it_is_back(here):
    card = await here.priced()
    paid = len(here.toll.paid)
    await here.slack.press(card, "Confirm", ASKER)
    here.slack.cut(EVERY, times=MANY)
    async with asyncio.timeout(20):
        while len(here.toll.paid) == paid:
            await asyncio.sleep(0.02)  # another process is being waited for
    here.slack.clear()
    await here.film(card.thread)
    assert await here.card(card.thread, READY) is card


async def test_connections_that_are_cut_or_replaced_lose_nothing(here):
    slack = here.slack
    await slack.sockets.drop()
    said = await here.wish()  # brought as soon as there is a connection
    await slack.connected(2)
    await slack.sockets.refresh()
    await slack.connected(2)
    await finished(here, said.thread)


@pytest.mark.skipif(os.environ.get("CLAPPER_SOAK") != "1", reason="half a minute: CLAPPER_SOAK=1")
async def test_a_connection_that_has_gone_deaf_is_replaced(here):
    slack = here.slack
    slack.post.ack_seconds, slack.post.retry_after = 0.5, (0.05, 1.0, 1.0)
    deaf = slack.sockets.open[0]
    deaf.deaf = True
    for _ in range(3):
        said = await here.wish()
        await here.card(said.thread, PRICE)
    await slack.until(lambda: not deaf.open, seconds=60)
    await slack.connected(2)
