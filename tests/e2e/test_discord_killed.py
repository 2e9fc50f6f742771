"""The program is killed in the middle, while Discord is told something: one card, one film, nothing twice."""

import pytest

from tests.e2e.discord import WISH, studio

MESSAGES = "POST /channels/*/messages"


@pytest.fixture
async def here(tmp_path):
    async with studio(tmp_path) as one:
        await one.start()
        yield one
        one.check()


async def test_killed_wherever_it_talks_to_discord_there_is_one_card_and_one_film(here):
    discord, toll = here.discord, here.toll

    # Heard; its card is just posted, and the answer finds nobody.
    posting = discord.hold(MESSAGES)
    asked = await discord.mention(here.room, here.ada, WISH)
    await posting.done.wait()
    await here.restart()
    posting.go.set()
    card = await here.answered(asked)
    await here.noted(card)

    # Confirmed on the next process: the press is acknowledged, and nothing else is done yet.
    await here.confirm(card)
    await here.restart()

    await here.film(card)

    # The film is in the channel, and nobody hears that it is.
    card = await here.rendering()
    bringing = discord.hold(MESSAGES)
    toll.running = False
    await bringing.done.wait()
    await here.restart()
    bringing.go.set()
    await here.film(card)

    assert len(discord.said(here.room)) == 2 * 2
    assert len(toll.paid) == 2
