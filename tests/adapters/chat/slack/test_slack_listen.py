"""What Slack brings is saved before it is acknowledged, by sockets and over HTTP."""

import pytest

from bot.domain.chat import Conversation
from tests.adapters.chat.slack.hearing import database, listening, posted, stored
from tests.adapters.chat.slack.server.slack import Slack
from tests.databases import opened

GENERAL, ASKER, OTHER, TEAM = Slack.GENERAL, Slack.ASKER, Slack.OTHER, Slack.TEAM


@pytest.fixture
async def storage(tmp_path):
    async with opened(database(tmp_path)) as storage:
        yield storage


@pytest.fixture(params=["sockets", "http"])
async def hearing(request, slack, storage):
    settings = slack.settings if request.param == "sockets" else slack.http_settings
    async with listening(slack, storage, settings) as hearing:
        yield hearing


@pytest.mark.parametrize("first", ["app_mention", "message"])
async def test_a_mention_that_comes_twice_is_heard_once(hearing, slack, first):
    said = await slack.mention(GENERAL, ASKER, "a red boat", first=first)
    await slack.again(said.deliveries[0])
    heard = hearing.ears.message
    assert heard.key == f"slack:{TEAM}:{GENERAL}:{said.ts}"
    assert heard.conversation == Conversation("slack", TEAM, GENERAL, said.ts)
    assert (heard.text, heard.addressed, heard.author.id) == ("a red boat", True, ASKER)
    assert all(one.acknowledged for one in said.deliveries)


async def test_a_thread_reply_that_names_nobody_is_heard_as_such(hearing, slack):
    said = await slack.mention(GENERAL, ASKER, "a red boat")
    hearing.ears.heard.clear()
    await slack.say(GENERAL, OTHER, "yes", thread=said.ts)
    assert (hearing.ears.message.addressed, hearing.ears.message.conversation.thread) == (False, said.ts)


async def test_a_direct_message_is_addressed_and_begins_its_own_thread(hearing, slack):
    said = await slack.say(slack.dm(ASKER), ASKER, "a red boat", files=[slack.file("a.png", b"png")])
    heard = hearing.ears.message
    assert (heard.addressed, heard.conversation.thread) == (True, said.ts)
    assert [(one.id.split("/")[0], one.name, one.bytes) for one in heard.attachments] == [(TEAM, "a.png", 3)]


async def test_what_is_not_for_the_bot_is_acknowledged_and_dropped(hearing, slack):
    said = await slack.mention(GENERAL, ASKER, "a red boat")
    hearing.ears.heard.clear()
    edited = await slack.edit(said, f"<@{slack.local.bot_user}> a blue boat")
    unknown = slack.tell(slack.local, {"type": "app_mention", "user": ASKER})
    assert edited is not None
    assert unknown is not None
    await slack.until(unknown.done.is_set)
    assert (edited.acknowledged, unknown.acknowledged, hearing.ears.heard) == (True, True, [])


async def test_what_the_bot_itself_posts_is_not_heard(hearing, slack):
    await posted(hearing)
    await slack.until(lambda: slack.post.log and all(one.acknowledged for one in slack.post.log))
    assert not [one for one in hearing.ears.heard if one.author.id == slack.local.bot_user]


async def test_nothing_is_acknowledged_that_was_not_saved(hearing, slack):
    """The database is away once: Slack is told nothing, brings it again, and it is not lost."""
    hearing.ears.away = 1
    slack.post.ack_seconds = 0.2
    said = await slack.say(slack.dm(ASKER), ASKER, "a red boat")
    assert [one.seconds is None for one in said.deliveries[0].attempts] == [True, False]
    assert hearing.ears.message.text == "a red boat"


async def test_a_press_that_could_not_be_saved_is_not_acknowledged(hearing, slack, storage):
    await stored(storage)
    ts = await posted(hearing)
    hearing.ears.away = 1
    slack.post.ack_seconds = 0.2
    delivery = await slack.press(ts, "Confirm", ASKER)
    assert not delivery.acknowledged


async def test_a_press_is_received_with_its_card_and_its_place(hearing, slack, storage):
    await stored(storage)
    ts = await posted(hearing)
    hearing.ears.heard.clear()
    delivery = await slack.press(ts, "Confirm", OTHER)
    press = hearing.ears.pressed
    assert (press.action, press.job, press.revision, press.author.id) == ("confirm", "J-1", 3, OTHER)
    assert press.conversation == Conversation("slack", TEAM, GENERAL, slack.local.channels[GENERAL].find(ts).thread)
    assert delivery.acknowledged
    await slack.again(delivery)
    assert len(hearing.ears.heard) == 1


@pytest.mark.parametrize(
    ("line", "verb", "text"),
    [
        ("/clapper", "help", ""),
        ("/clapper status channel", "status", "channel"),
        ("/clapper Cancel all", "cancel", "all"),
        ("/clapper a red boat &amp; <https://a.example|a.example>", "make", "a red boat & https://a.example"),
    ],
)
async def test_a_command_is_a_verb_and_the_rest(hearing, slack, line, verb, text):
    delivery = await slack.command(line, ASKER, channel=GENERAL)
    assert (hearing.ears.command.verb, hearing.ears.command.text) == (verb, text)
    assert hearing.ears.command.conversation == Conversation("slack", TEAM, GENERAL)
    assert delivery.acknowledged
    assert not delivery.answer


async def test_animating_a_message_takes_its_words_and_files_for_whoever_asks(hearing, slack):
    said = await slack.say(GENERAL, ASKER, "our cat", files=[slack.file("cat.png", b"png")])
    hearing.ears.heard.clear()
    await slack.shortcut(GENERAL, said.ts, OTHER, "clapper_animate")
    heard = hearing.ears.command
    assert (heard.author.id, heard.verb, heard.text) == (OTHER, "make", "our cat")
    assert heard.conversation == Conversation("slack", TEAM, GENERAL, said.ts)
    assert [one.name for one in heard.attachments] == ["cat.png"]


async def test_slacks_own_stop_button_cancels_what_runs_in_its_thread(hearing, slack):
    await slack.stop_session(GENERAL, "1700000000.000100", ASKER)
    heard = hearing.ears.command
    assert (heard.verb, heard.text, heard.conversation.thread) == ("cancel", "here", "1700000000.000100")
