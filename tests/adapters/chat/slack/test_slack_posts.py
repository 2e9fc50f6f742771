"""Cards in Slack: posted once, edited in place, never lost, never too many at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.card import Card, Field
from bot.domain.chat import MessageRef
from bot.domain.errors import Later
from tests.adapters.chat.slack.office import Office, card_of, office
from tests.adapters.chat.slack.server.slack import Slack

HELLO = Card(title="Hello", text="there")
GENERAL = Slack.GENERAL


@pytest.fixture
async def house(slack: Slack, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(slack, tmp_path) as made:
        yield made


async def test_a_card_is_posted_in_its_thread_with_text_and_blocks(house, slack):
    thread = await house.thread()
    shown = await house.platform.post(house.place(thread), HELLO, key="C-1")
    [posted] = slack.posts(GENERAL, thread=thread)
    assert shown == MessageRef(house.place(thread), posted.ts)
    assert posted.text
    assert posted.blocks
    [call] = slack.calls("chat.postMessage")
    assert (call.args["unfurl_links"], call.args["unfurl_media"]) in {(False, False), ("0", "0")}
    assert call.args["metadata"] == {"event_type": "clapper_card", "event_payload": {"key": "C-1"}}


async def test_posting_again_for_a_key_calls_nobody(house, slack):
    first = await house.platform.post(house.place(), HELLO, key="C-1")
    asked = len(slack.asked)
    assert await house.platform.post(house.place(), HELLO, key="C-1") == first
    assert await house.restart().post(house.place(), HELLO, key="C-1") == first
    assert len(slack.asked) == asked


async def test_posting_a_key_again_with_a_newer_card_shows_that_one(house, slack):
    """Who posted it was killed before that was noted as shown; the job moved on meanwhile."""
    first = await house.platform.post(house.place(), HELLO, key="C-1")
    assert await house.restart().post(house.place(), Card(title="Later"), key="C-1") == first
    [posted] = slack.posts(GENERAL)
    assert "Later" in f"{posted.text} {posted.blocks}"


@pytest.mark.parametrize("in_thread", [True, False])
async def test_a_post_whose_answer_is_lost_is_found_and_not_posted_again(house, slack, in_thread):
    thread = await house.thread() if in_thread else ""
    slack.lose("chat.postMessage")
    with pytest.raises(OSError):
        await house.platform.post(house.place(thread), HELLO, key="C-1")
    shown = await house.restart().post(house.place(thread), HELLO, key="C-1")
    [posted] = slack.posts(GENERAL)
    assert shown == MessageRef(house.place(thread), posted.ts)


async def test_a_lost_post_is_found_behind_many_other_messages(house, slack):
    slack.lose("chat.postMessage")
    with pytest.raises(OSError):
        await house.platform.post(house.place(), HELLO, key="C-1")
    for number in range(230):
        await slack.say(GENERAL, slack.OTHER, f"chat {number}", wait=False)
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    [posted] = slack.posts(GENERAL)
    assert shown.id == posted.ts
    assert len(slack.calls("conversations.history")) == 2


async def test_a_post_that_never_arrived_is_posted_when_slack_is_back(house, slack):
    slack.break_down("chat.postMessage")
    with pytest.raises(OSError):
        await house.platform.post(house.place(), HELLO, key="C-1")
    await house.platform.post(house.place(), HELLO, key="C-1")
    assert len(slack.posts(GENERAL)) == 1


async def test_a_post_killed_before_it_was_sent_is_posted_once_it_cannot_be_on_its_way(house, slack):
    hold = slack.hold("chat.postMessage")
    posting = asyncio.create_task(house.platform.post(house.place(), HELLO, key="C-1"))
    await hold.arrived.wait()
    again = house.restart()
    with pytest.raises(Later) as later:
        await again.post(house.place(), HELLO, key="C-1")
    assert 0 < later.value.seconds <= 10
    house.clock.forward(later.value.seconds)
    await again.post(house.place(), HELLO, key="C-1")
    assert len(slack.posts(GENERAL)) == 1
    posting.cancel()


async def test_a_killed_post_that_arrives_late_is_not_posted_twice(house, slack):
    hold = slack.hold("chat.postMessage")
    posting = asyncio.create_task(house.platform.post(house.place(), HELLO, key="C-1"))
    await hold.arrived.wait()
    again = house.restart()
    with pytest.raises(Later):
        await again.post(house.place(), HELLO, key="C-1")
    hold.release()
    await posting
    house.clock.forward(11)
    await again.post(house.place(), HELLO, key="C-1")
    assert len(slack.posts(GENERAL)) == 1


async def test_a_post_that_slack_puts_off_is_sent_at_once_when_it_comes_back(house, slack):
    slack.limit("chat.postMessage", retry_after=7)
    with pytest.raises(Later) as later:
        await house.platform.post(house.place(), HELLO, key="C-1")
    assert later.value.seconds == 7
    await house.platform.post(house.place(), HELLO, key="C-1")
    assert len(slack.posts(GENERAL)) == 1
    assert slack.calls("conversations.history") == []


async def test_a_card_that_cannot_be_in_its_channel_comes_to_the_askers_direct_messages(house, slack):
    slack.local.channels[GENERAL].members.discard(slack.local.bot_user)
    await house.job()
    shown = await house.platform.post(house.place(), card_of(), key="C-1")
    direct = slack.dm(slack.ASKER)
    [posted] = slack.posts(direct)
    assert shown == MessageRef(house.place("", direct), posted.ts)
    assert "/invite" in str(posted.blocks)
    await house.platform.edit(shown, card_of(title="Changed", revision=3))
    assert "Changed" in str(posted.blocks)
    assert "/invite" in str(posted.blocks), "an edit keeps saying why it is here"
    assert await house.restart().post(house.place(), card_of(), key="C-1") == shown


async def test_a_card_of_an_archived_channel_says_so_in_the_direct_message(house, slack):
    slack.local.channels[GENERAL].archived = True
    await house.job()
    await house.platform.post(house.place(), card_of(), key="C-1")
    [posted] = slack.posts(slack.dm(slack.ASKER))
    assert "archived" in str(posted.blocks)


async def test_a_card_whose_thread_is_gone_comes_to_the_askers_direct_messages(house, slack):
    thread = await house.thread()
    slack.local.channels[GENERAL].messages[thread].deleted = True
    await house.job()
    await house.platform.post(house.place(thread), card_of(), key="C-1")
    [posted] = slack.posts(slack.dm(slack.ASKER))
    assert "is gone" in str(posted.blocks)


async def test_a_lost_answer_in_the_direct_message_is_found_there(house, slack):
    slack.local.channels[GENERAL].members.discard(slack.local.bot_user)
    await house.job()
    slack.refuse("chat.postMessage", "not_in_channel")
    slack.lose("chat.postMessage")
    with pytest.raises(OSError):
        await house.platform.post(house.place(), card_of(), key="C-1")
    shown = await house.restart().post(house.place(), card_of(), key="C-1")
    assert [one.ts for one in slack.posts(slack.dm(slack.ASKER))] == [shown.id]


async def test_what_slack_refuses_for_good_is_tried_ever_more_rarely(house, slack):
    slack.refuse("chat.postMessage", "team_access_not_granted", times=3)
    waits = []
    for _ in range(3):
        with pytest.raises(Later) as later:
            await house.platform.post(house.place(), HELLO, key="C-1")
        waits.append(later.value.seconds)
    assert waits == [60, 120, 240]
    await house.platform.post(house.place(), HELLO, key="C-1")
    assert len(slack.posts(GENERAL)) == 1


async def test_a_refusal_is_logged_once_by_its_code_and_never_with_what_people_wrote(house, slack):
    slack.refuse("chat.postMessage", "team_access_not_granted", times=3)
    with capture_logs() as logs:
        for number in range(3):
            with pytest.raises(Later):
                await house.platform.post(house.place(), Card(title="A secret"), key=f"C-{number}")
    [told] = logs
    assert (told["code"], told["action"]) == ("team_access_not_granted", "slack.post")
    assert "secret" not in str(told)
    assert slack.local.token not in str(told)


async def test_a_channel_that_is_a_person_means_their_direct_messages(house, slack):
    shown = await house.platform.post(house.place("", slack.OTHER), HELLO, key="C-1")
    assert shown.conversation.channel == slack.dm(slack.OTHER)
    assert len(slack.posts(slack.dm(slack.OTHER))) == 1


async def test_what_is_for_one_person_alone_nobody_else_sees(house, slack):
    shown = await house.platform.post(house.place(), HELLO, key="S-1", to=house.person())
    [whisper] = slack.local.channels[GENERAL].ephemerals
    assert (whisper.user, slack.posts(GENERAL)) == (slack.ASKER, [])
    await house.platform.edit(shown, Card(title="Changed"))
    assert slack.calls("chat.update") == []
    assert await house.restart().post(house.place(), HELLO, key="S-1", to=house.person()) == shown
    assert len(slack.local.channels[GENERAL].ephemerals) == 1


async def test_a_person_who_cannot_see_it_there_is_told_in_a_direct_message(house, slack):
    slack.local.channels[GENERAL].members.discard(slack.ASKER)
    shown = await house.platform.post(house.place(), HELLO, key="S-1", to=house.person())
    assert shown.conversation.channel == slack.dm(slack.ASKER)
    assert len(slack.posts(slack.dm(slack.ASKER))) == 1
    assert await house.restart().post(house.place(), HELLO, key="S-1", to=house.person()) == shown


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived", "restricted_action_read_only_channel"])
async def test_where_nothing_can_be_shown_to_a_person_alone_they_are_told_in_a_direct_message(house, slack, code):
    slack.refuse("chat.postEphemeral", code)
    shown = await house.platform.post(house.place(), HELLO, key="S-1", to=house.person())
    assert shown.conversation.channel == slack.dm(slack.ASKER)


async def test_an_edit_changes_text_and_blocks_of_the_one_message(house, slack):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    await house.platform.edit(shown, Card(title="Changed"))
    [posted] = slack.posts(GENERAL)
    assert "Changed" in posted.text
    assert "Changed" in str(posted.blocks)
    assert posted.edits == 1


async def test_edits_of_a_workspace_stay_under_its_budget_and_endings_come_first(house, slack):
    shown = [await house.platform.post(house.place(), HELLO, key=f"C-{n}") for n in range(60)]
    put_off = []
    for one in shown:
        try:
            await house.platform.edit(one, Card(title="Moving"), urgent=False)
        except Later as later:
            put_off.append(later.seconds)
    assert put_off
    assert max(put_off) <= 120
    for one in shown[:10]:
        await house.platform.edit(one, Card(title="Done"), urgent=True)
    assert slack.busiest_minute("chat.update") <= 45


async def test_a_429_pauses_every_edit_of_the_workspace(house, slack):
    one, other = [await house.platform.post(house.place(), HELLO, key=f"C-{n}") for n in range(2)]
    slack.limit("chat.update", retry_after=9)
    with pytest.raises(Later) as later:
        await house.platform.edit(one, Card(title="Changed"))
    assert later.value.seconds == 9
    with pytest.raises(Later) as later:
        await house.platform.edit(other, Card(title="Changed"))
    assert 8 < later.value.seconds <= 9
    assert len(slack.calls("chat.update")) == 1


async def test_a_message_that_somebody_deleted_is_not_edited_again_and_again(house, slack):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    slack.posts(GENERAL)[0].deleted = True
    await house.platform.edit(shown, Card(title="Changed"))


async def test_an_edit_that_is_refused_comes_back_later_and_is_not_lost(house, slack):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    slack.refuse("chat.update", "restricted_action")
    with pytest.raises(Later):
        await house.platform.edit(shown, Card(title="Changed"))
    await house.platform.edit(shown, Card(title="Changed"))
    assert "Changed" in slack.posts(GENERAL)[0].text


async def test_a_chat_that_is_away_raises_os_error(house, slack):
    shown = await house.platform.post(house.place(), HELLO, key="C-1")
    slack.break_down("chat.update")
    with pytest.raises(OSError):
        await house.platform.edit(shown, Card(title="Changed"))


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "msg_too_long"])
async def test_blocks_that_slack_does_not_take_are_sent_simpler(house, slack, code):
    card = card_of(fields=tuple(Field(f"F{n}", "v" * 50) for n in range(30)))
    slack.refuse("chat.postMessage", code, times=2)
    shown = await house.platform.post(house.place(), card, key="C-1")
    slack.refuse("chat.update", code, times=1)
    await house.platform.edit(shown, card)
    [posted] = slack.posts(GENERAL)
    assert "a red boat" in posted.text
    sizes = [len(str(call.args["blocks"])) for call in slack.calls("chat.postMessage")]
    assert sizes == sorted(sizes, reverse=True)
