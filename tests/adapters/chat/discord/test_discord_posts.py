"""Cards in Discord: posted once, edited in place, never lost, never too many at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.chat.discord.sent import NONCE_SECONDS, nonce
from bot.domain.card import Card
from bot.domain.chat import MessageRef
from bot.domain.errors import Later
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.studio import Studio, card_of, picture, studio

HELLO = Card(title="Hello", text="there")
CREATE, EDIT = "POST /channels/*/messages", "PATCH /channels/*/messages/*"
HOUR = 3600.0


@pytest.fixture
async def house(discord: Discord, tmp_path: Path) -> AsyncIterator[Studio]:
    async with studio(discord, tmp_path) as made:
        yield made


async def test_a_card_is_posted_with_a_nonce_and_without_content(house):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    [posted] = house.mine()
    assert shown == MessageRef(house.place(), str(posted.id))
    assert (posted.nonce, posted.content) == (nonce("post:C-1"), "")
    assert len(posted.nonce) == 25
    assert "Hello" in posted.text


async def test_posting_again_for_a_key_calls_nobody(house, discord):
    first = await house.platform.post(house.place(), HELLO, key="C-1")
    asked = len(discord.calls)
    assert await house.platform.post(house.place(), HELLO, key="C-1") == first
    assert await house.restart().post(house.place(), HELLO, key="C-1") == first
    assert len(discord.calls) == asked


async def test_posting_a_key_again_with_a_newer_card_shows_that_one(house):
    """Who posted it was killed before that was noted as shown; the job moved on meanwhile."""
    first = await house.platform.post(house.place(), HELLO, key="C-1")
    assert await house.restart().post(house.place(), Card(title="Later"), key="C-1") == first
    [posted] = house.mine()
    assert "Later" in posted.text


@pytest.mark.parametrize("later", [1.0, NONCE_SECONDS + 1, HOUR])
async def test_a_post_whose_answer_is_lost_is_not_posted_twice(house, discord, later):
    """Within its nonce's time and long after it, and what is shown is the card as it is by then."""
    discord.lose_answer(CREATE)
    with pytest.raises(OSError, match="reached"):
        await house.platform.post(house.place(), HELLO, key="C-1")
    house.clock.forward(later)
    shown = await house.restart().post(house.place(), Card(title="Later"), key="C-1")
    [posted] = house.mine()
    assert shown.id == str(posted.id)
    assert "Later" in posted.text


async def test_a_lost_post_is_found_behind_many_other_messages(house, discord):
    discord.lose_answer(CREATE)
    with pytest.raises(OSError, match="reached"):
        await house.platform.post(house.place(), HELLO, key="C-1")
    house.clock.forward(NONCE_SECONDS + 1)
    for number in range(230):
        await discord.say(house.room, house.ben, f"chat {number}")
    await house.platform.post(house.place(), HELLO, key="C-1")
    assert len(house.mine()) == 1


async def test_a_lost_post_whose_update_fails_is_updated_when_it_comes_back(house, discord):
    discord.lose_answer(CREATE)
    with pytest.raises(OSError, match="reached"):
        await house.platform.post(house.place(), HELLO, key="C-1")
    discord.fail(EDIT, status=503)
    for _ in range(2):
        try:
            await house.platform.post(house.place(), Card(title="Later"), key="C-1")
        except OSError:
            continue
    [posted] = house.mine()
    assert "Later" in posted.text


async def test_a_post_that_never_arrived_is_posted_when_discord_is_back(house, discord):
    discord.cut(CREATE)
    with pytest.raises(OSError, match="reached"):
        await house.platform.post(house.place(), HELLO, key="C-1")
    house.clock.forward(HOUR)
    await house.platform.post(house.place(), HELLO, key="C-1")
    assert len(house.mine()) == 1


async def test_a_post_that_discord_puts_off_is_sent_when_it_comes_back(house, discord):
    discord.rate_limit(CREATE, 7.0)
    with pytest.raises(Later) as later:
        await house.platform.post(house.place(), HELLO, key="C-1")
    assert later.value.seconds == pytest.approx(7.0, abs=0.2)
    house.clock.forward(later.value.seconds)
    await house.platform.post(house.place(), HELLO, key="C-1")
    assert len(house.mine()) == 1
    assert house.called("GET", "/messages") == [], "a refused post is certainly not there"


async def test_many_posts_at_once_keep_the_channels_limit(house, discord):
    discord.limits.rules["create message"] = (5, 1.0)
    await house.platform.post(house.place(), HELLO, key="C-0")
    posts = [house.platform.post(house.place(), HELLO, key=f"C-{n}") for n in range(1, 12)]
    told = await asyncio.gather(*posts, return_exceptions=True)
    assert all(isinstance(one, MessageRef | Later) for one in told)
    assert discord.limits.exceeded == []


async def test_an_edit_changes_the_one_message(house):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    await house.platform.edit(shown, Card(title="Changed"))
    [posted] = house.mine()
    assert "Changed" in posted.text
    assert "Hello" not in posted.text


async def test_pictures_are_sent_once_and_kept_by_later_edits(house):
    house.keep("a.png")
    house.keep("b.png")
    shown = await house.platform.post(house.place(), card_of(media=(picture("a.png"),)), key="C-1")
    [posted] = house.mine()
    [first] = posted.files
    await house.platform.edit(shown, card_of(media=(picture("a.png"),), revision=3))
    assert posted.files == [first], "progress sends nothing anew"
    await house.restart().edit(shown, card_of(media=(picture("a.png"), picture("b.png")), revision=4))
    assert posted.files[0] is first
    assert len(posted.files) == 2
    await house.platform.edit(shown, card_of(revision=5))
    assert posted.files == []


async def test_a_picture_that_another_replica_took_off_meanwhile_is_sent_again(house, discord):
    house.keep("a.png")
    shown = await house.platform.post(house.place(), card_of(media=(picture("a.png"),)), key="C-1")
    here = house.platform
    await house.restart().edit(shown, card_of(revision=3))
    await here.edit(shown, card_of(media=(picture("a.png"),), revision=4))
    [posted] = house.mine()
    assert len(posted.files) == 1
    assert all("ATTACHMENT_NOT_FOUND" in one for one in discord.forgive())


async def test_a_picture_that_is_gone_is_left_out(house):
    await house.platform.post(house.place(), card_of(media=(picture("gone.png"),)), key="C-1")
    [posted] = house.mine()
    assert posted.files == []


async def test_where_no_files_may_be_attached_the_card_comes_without_them(house, discord):
    house.keep("a.png")
    await discord.deny(house.room, "attach_files")
    await house.platform.post(house.place(), card_of(media=(picture("a.png"),)), key="C-1")
    [posted] = house.mine()
    assert (posted.files, "a red boat" in posted.text) == ([], True)


async def test_mere_progress_is_spaced_and_a_new_state_goes_at_once(house):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    await house.platform.edit(shown, Card(title="Step 1"), urgent=False)
    with pytest.raises(Later) as later:
        await house.platform.edit(shown, Card(title="Step 2"), urgent=False)
    assert 2 < later.value.seconds <= 4
    await house.platform.edit(shown, Card(title="Done"))
    assert "Done" in house.mine()[0].text


async def test_a_channels_edits_stay_under_its_budget_and_endings_come_first(house):
    shown = [await house.platform.post(house.place(), HELLO, key=f"C-{n}") for n in range(40)]
    put_off = 0
    for one in shown:
        try:
            await house.platform.edit(one, Card(title="Moving"), urgent=False)
        except Later:
            put_off += 1
    assert put_off
    for one in shown[:10]:
        await house.platform.edit(one, Card(title="Done"))
    assert len(house.called("PATCH", "/messages/")) <= 40


async def test_a_429_pauses_every_edit_of_the_channel(house, discord):
    one, other = [await house.platform.post(house.place(), HELLO, key=f"C-{n}") for n in range(2)]
    discord.rate_limit(EDIT, 9.0)
    for shown in (one, other):
        with pytest.raises(Later) as later:
            await house.platform.edit(shown, Card(title="Changed"))
        assert 8 < later.value.seconds <= 9.2
    assert len(house.called("PATCH", "/messages/")) == 1


async def test_a_message_that_somebody_deleted_is_not_edited_again_and_again(house):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    house.room.messages.clear()
    await house.platform.edit(shown, Card(title="Changed"))
    assert house.mine() == []


async def test_an_edit_that_is_refused_comes_back_and_is_not_lost(house, discord):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    await discord.deny(house.room, "view_channel")
    with pytest.raises(Later):
        await house.platform.edit(shown, Card(title="Changed"))
    await discord.allow(house.room, "view_channel")
    await house.platform.edit(shown, Card(title="Changed"))
    assert "Changed" in house.mine()[0].text


async def test_a_channel_closed_to_the_bot_is_told_to_the_asker_and_tried_ever_more_rarely(house, discord):
    await discord.deny(house.room, "send_messages")
    await house.job()
    waits = []
    for _ in range(3):
        with pytest.raises(Later) as later:
            await house.platform.post(house.place(), card_of(), key="C-1")
        waits.append(later.value.seconds)
    assert waits == [60, 120, 240]
    [told] = house.mine(discord.dm_with(house.ada))
    assert "Send Messages" in told.text
    await discord.allow(house.room, "send_messages")
    await house.platform.post(house.place(), card_of(), key="C-1")
    assert len(house.mine()) == 1


async def test_closed_direct_messages_end_it_quietly(house, discord):
    house.ada.dms_open = False
    await discord.deny(house.room, "send_messages")
    await house.job()
    with pytest.raises(Later):
        await house.platform.post(house.place(), card_of(), key="C-1")


async def test_what_is_for_one_person_alone_comes_in_their_direct_messages_once(house, discord):
    shown = await house.platform.post(house.place(), HELLO, key="S-1", to=house.person())
    await house.platform.edit(shown, Card(title="Changed"))
    assert await house.restart().post(house.place(), HELLO, key="S-1", to=house.person()) == shown
    assert house.mine() == []
    [told] = house.mine(discord.dm_with(house.ada))
    assert "Changed" in told.text


async def test_an_answer_in_direct_messages_that_were_closed_comes_back_ever_more_rarely(house, discord):
    direct = house.place(discord.dm_with(house.ada))
    house.ada.dms_open = False
    waits = []
    for _ in range(2):
        with pytest.raises(Later) as later:
            await house.platform.post(direct, HELLO, key="S-1", to=house.person())
        waits.append(later.value.seconds)
    assert waits == [60, 120]


async def test_with_closed_direct_messages_nothing_private_is_said_aloud(house):
    house.ada.dms_open = False
    secret = Card(title="Secret", text="your budget")
    shown = await house.platform.post(house.place(), secret, key="S-1", to=house.person())
    [aloud] = house.mine()
    assert aloud.mentions == [house.ada]
    assert "budget" not in aloud.text
    assert await house.platform.post(house.place(), secret, key="S-1", to=house.person()) == shown


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_chat_that_is_away_raises_os_error(house, discord, status):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    discord.fail(EDIT, status=status)
    with pytest.raises(OSError, match="status"):
        await house.platform.edit(shown, Card(title="Changed"))
