"""Discord on a bad day: what it refuses, loses or cuts off, and the film that comes all the same."""

import asyncio
import os

import pytest
import pytest_asyncio

from tests.adapters.chat.discord.server_trouble import Fault, Harm
from tests.adapters.chat.discord.server_values import MIB
from tests.e2e.discord import WISH, studio
from tests.e2e.programs import measured, small_film

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one program for all of them
MESSAGES, EDITS, MANY = "POST /channels/*/messages", "PATCH /channels/*/messages/*", 1_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory):
    async with studio(tmp_path_factory.mktemp("discord")) as one:
        one.guild.tier = 2
        await one.start()
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def here(running):
    running.move()
    yield running
    running.toll.running = False
    running.discord.faults.clear()
    running.check()


async def finished(here, card):
    await here.confirm(card)
    return await here.film(card)


async def test_a_card_whose_answer_is_lost_is_there_once(here):
    here.discord.lose_answer(MESSAGES)
    await finished(here, await here.priced())


async def test_a_press_whose_acknowledgement_is_lost_counts(here):
    card = await here.priced()
    here.discord.lose_answer("POST /interactions/*")
    await here.discord.press(card, "Confirm", here.ada)
    await here.film(card)


async def test_a_429_puts_edits_off_and_loses_none(here):
    card = await here.priced()
    before = len(here.discord.calls)
    here.discord.rate_limit(EDITS, 2)
    await finished(here, card)
    edits = [one for one in here.discord.calls[before:] if one.method == "PATCH"]
    (limited,) = [one for one in edits if one.status == 429]
    assert min((one.at - limited.at).total_seconds() for one in edits if one.at > limited.at) >= 2


async def test_while_discord_is_away_the_film_is_made_and_comes_when_it_is_back(here):
    card = await here.priced()
    paid = len(here.toll.paid)
    await here.confirm(card)
    here.discord.faults.append(Fault("* /channels/*", Harm.cut, MANY))
    async with asyncio.timeout(15):
        while len(here.toll.paid) == paid:
            await asyncio.sleep(0.02)  # another process is being waited for
    here.discord.faults.clear()
    await here.film(card)


async def test_what_nobody_can_read_is_left_out_and_what_follows_is_heard(here):
    gateway = here.discord.gateway
    for kind, told in (
        ("MESSAGE_CREATE", {"id": "not a number", "content": None}),
        ("INTERACTION_CREATE", {"id": "1", "type": 99}),
        ("GUILD_ROLE_UPDATE", {}),
        ("SOMETHING_NEW", {"anything": [1, 2, 3]}),
    ):
        await gateway.send(kind, told)
    identified = gateway.identified
    await finished(here, await here.priced())
    assert gateway.identified == identified


async def test_a_connection_that_is_cut_is_taken_up_again_where_it_was(here):
    gateway = here.discord.gateway
    resumed, identified = gateway.resumed, gateway.identified
    gateway.cut()
    await here.discord.until(lambda: not gateway.open)
    asked = await here.discord.mention(here.room, here.ada, WISH)  # brought as soon as the session is resumed
    await finished(here, await here.answered(asked))
    assert (gateway.resumed, gateway.identified) == (resumed + 1, identified)


@pytest.mark.skipif(os.environ.get("CLAPPER_SOAK") != "1", reason="discord.py waits five seconds: CLAPPER_SOAK=1")
async def test_after_an_invalid_session_it_begins_anew(here):
    card, identified = await here.priced(), here.discord.gateway.identified
    await here.discord.gateway.invalidate()
    await here.discord.connected()
    assert here.discord.gateway.identified == identified + 1
    await finished(here, card)


async def test_a_server_that_lost_its_boosts_gets_a_film_that_fits_and_still_plays(here):
    """The program believes that 50 MiB fit, as they did; 40005 says otherwise."""
    card = await here.priced()
    await finished(here, card)
    here.guild.tier, here.toll.film = 0, large_film()
    card = await here.priced()
    before = len(here.discord.calls)
    film = await finished(here, card)
    refused = [one.status for one in here.discord.calls[before:] if one.method == "POST" and one.status >= 400]
    assert refused == [413, 413]  # not 50 MiB any more, and not 25 either
    assert film.size <= 10 * MIB
    codec, width, height, _ = measured(await here.fetched(film))
    assert (codec, width, height) == ("h264", 320, 180)
    await here.says(card, "original")


async def test_a_card_too_old_to_be_edited_often_shows_its_end_all_the_same(here):
    card = await here.rendering()
    here.discord.old_edits = (0, 1.5)
    here.discord.clock.forward(minutes=61)
    before = len(here.discord.calls)
    here.toll.running = False
    await here.discord.until(lambda: here.films(card), 15)
    await here.discord.until(
        lambda: any("Your film is ready" in one.text for one in here.discord.said(here.room, card)), 15
    )
    edits = [one.status for one in here.discord.calls[before:] if one.method == "PATCH"]
    assert edits, "tried"
    assert set(edits) == {429}


def large_film() -> bytes:
    """Over 10 MiB, nearly all of which is an empty box: it takes no time to make it smaller."""
    size = 11 * MIB
    return small_film() + size.to_bytes(4, "big") + b"free" + bytes(size - 8)
