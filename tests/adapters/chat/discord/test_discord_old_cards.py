"""Cards in Discord that can hardly be edited any more: an old one's ending is told all the same, an archived thread is opened."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.card import Card
from bot.domain.errors import Later
from bot.domain.job import State
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.studio import Studio, card_of, studio

HELLO = Card(title="Hello", text="there")
CREATE = "POST /channels/*/messages"
HOUR = 3600.0


@pytest.fixture
async def house(discord: Discord, tmp_path: Path) -> AsyncIterator[Studio]:
    async with studio(discord, tmp_path) as made:
        yield made


async def test_a_card_over_an_hour_old_is_not_edited_for_progress(house):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    house.clock.forward(HOUR)
    with pytest.raises(Later) as later:
        await house.platform.edit(shown, Card(title="Step"), urgent=False)
    assert later.value.seconds == 15 * 60
    assert house.called("PATCH", "/messages/") == []
    await house.platform.edit(shown, card_of(title="Finished", state=State.complete))
    assert "Finished" in house.mine()[0].text


async def test_an_ending_that_an_old_card_cannot_take_is_told_in_a_new_one_once(house, discord):
    discord.old_edits = (0, 20.0)
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    house.clock.forward(HOUR)
    done = card_of(title="Finished", state=State.complete)
    with pytest.raises(Later) as later:
        await house.platform.edit(shown, done)
    assert later.value.seconds <= 60, "it is tried once more first"
    assert len(house.mine()) == 1
    await house.platform.edit(shown, done)
    old, new = house.mine()
    assert new.reply_to is old
    assert "Finished" in new.text
    await house.restart().edit(shown, card_of(title="Filed", state=State.complete))
    assert len(house.mine()) == 2
    assert "Filed" in new.text


async def test_an_ending_is_not_lost_where_its_new_card_is_too_old_as_well(house, discord):
    discord.old_edits = (0, 20.0)
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    house.clock.forward(HOUR)
    with pytest.raises(Later):
        await house.platform.edit(shown, card_of(title="Cancelled", state=State.cancelled))
    await house.platform.edit(shown, card_of(title="Cancelled", state=State.cancelled))
    house.clock.forward(HOUR)
    for _ in range(3):
        with pytest.raises(Later):
            await house.platform.edit(shown, card_of(title="Nothing was charged", state=State.cancelled))
    discord.old_edits = (1, 20.0)
    await house.platform.edit(shown, card_of(title="Nothing was charged", state=State.cancelled))
    _, new = house.mine()
    assert "Nothing was charged" in new.text


async def test_a_state_that_is_no_ending_waits_for_its_old_card(house, discord):
    discord.old_edits = (0, 20.0)
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    house.clock.forward(HOUR)
    for _ in range(3):
        with pytest.raises(Later):
            await house.platform.edit(shown, card_of(state=State.processing))
    assert len(house.mine()) == 1


async def test_a_new_card_that_is_refused_too_comes_back_as_well(house, discord):
    discord.old_edits = (0, 20.0)
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    house.clock.forward(HOUR)
    discord.fail(CREATE, status=403, code=50013)
    done = card_of(title="Finished", state=State.complete)
    for _ in range(2):
        with pytest.raises(Later):
            await house.platform.edit(shown, done)
    await house.platform.edit(shown, done)
    assert "Finished" in house.mine()[-1].text


async def test_an_archived_thread_is_opened_again_for_its_card(house, discord):
    thread = discord.thread(house.room, "boats")
    shown = await house.platform.post(house.place(thread), HELLO, key="C-1")
    thread.archived = True
    with pytest.raises(Later) as later:
        await house.platform.edit(shown, Card(title="Failed"))
    assert later.value.seconds < 1
    await house.platform.edit(shown, Card(title="Failed"))
    assert "Failed" in house.mine(thread)[0].text


async def test_a_locked_thread_is_tried_ever_more_rarely(house, discord):
    thread = discord.thread(house.room, "boats")
    shown = await house.platform.post(house.place(thread), HELLO, key="C-1")
    thread.archived = thread.locked = True
    waits = []
    for _ in range(2):
        with pytest.raises(Later) as later:
            await house.platform.edit(shown, Card(title="Failed"))
        waits.append(later.value.seconds)
    assert waits == [60, 120]
