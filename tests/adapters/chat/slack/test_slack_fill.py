"""What a delivery left out is looked up, and nothing waits long for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.chat import Attachment, Command, Message, Person
from tests.adapters.chat.slack.office import PIXEL, Office, office
from tests.adapters.chat.slack.server.people import Said
from tests.adapters.chat.slack.server.slack import Slack
from tests.adapters.chat.slack.server.world import StoredFile

GENERAL = Slack.GENERAL


@pytest.fixture
async def house(slack: Slack, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(slack, tmp_path) as made:
        yield made


def heard(house: Office, said: Said, files: tuple[Attachment, ...] = (), *, addressed: bool = True) -> Message:
    team = house.slack.local.id
    return Message(
        key=f"slack:{team}:{said.channel}:{said.ts}", conversation=house.place(said.thread, said.channel),
        author=house.person(), text="make this move", attachments=files, addressed=addressed,
    )  # fmt: skip


def attached(house: Office, file: StoredFile) -> Attachment:
    return Attachment(id=f"{house.slack.local.id}/{file.id}", name=file.name, mime=file.mime, bytes=file.size)


async def test_the_authors_name_is_looked_up_once(house, slack):
    said = await slack.mention(GENERAL, slack.ASKER, "a red boat", wait=False)
    for platform in (house.platform, house.platform, house.restart()):
        assert (await platform.fill(heard(house, said))).author == Person("slack", slack.local.id, slack.ASKER, "Asker")
    assert len(slack.calls("users.info")) == 1


async def test_a_command_is_given_its_authors_name(house, slack):
    command = Command("k", house.place(), house.person(), "status", "")
    filled = await house.platform.fill(command)
    assert (filled.author.name, filled.key, filled.conversation) == ("Asker", "k", house.place())


async def test_a_mention_without_its_files_is_read_again(house, slack):
    file = slack.file("a.png", PIXEL)
    said = await slack.mention(GENERAL, slack.ASKER, "make this move", files=[file], files_in="none", wait=False)
    assert (await house.platform.fill(heard(house, said))).attachments == (attached(house, file),)


async def test_a_mention_in_a_thread_without_its_files_is_read_again(house, slack):
    thread = await house.thread()
    file = slack.file("a.png", PIXEL)
    said = await slack.mention(GENERAL, slack.ASKER, "go", files=[file], files_in="none", thread=thread, wait=False)
    filled = await house.platform.fill(heard(house, said))
    assert (filled.attachments, filled.earlier) == ((attached(house, file),), ())


async def test_files_that_came_are_not_looked_up_again(house, slack):
    file = slack.file("a.png", PIXEL)
    said = await slack.mention(GENERAL, slack.ASKER, "go", files=[file], wait=False)
    event = heard(house, said, (attached(house, file),))
    assert (await house.platform.fill(event)).attachments == event.attachments
    assert [one.method for one in slack.asked] == ["auth.test", "users.info"]


async def test_a_file_of_another_organisation_gets_its_name_and_kind(house, slack):
    file = slack.file("a.png", PIXEL, stub=True)
    said = await slack.mention(GENERAL, slack.ASKER, "go", files=[file], wait=False)
    event = heard(house, said, (Attachment(id=f"{slack.local.id}/{file.id}"),))
    assert (await house.platform.fill(event)).attachments == (attached(house, file),)


async def test_files_from_earlier_in_the_thread_come_newest_message_first(house, slack):
    old, new, later = (slack.file(f"{name}.png", PIXEL) for name in ("old", "new", "later"))
    other = slack.file("other.mp4", PIXEL)
    first = await slack.say(GENERAL, slack.OTHER, "look", files=[old], wait=False)
    await slack.say(GENERAL, slack.OTHER, "and", files=[new, other], thread=first.ts, wait=False)
    await slack.say(GENERAL, slack.OTHER, "aside", files=[slack.file("aside.png", PIXEL)], wait=False)
    said = await slack.mention(GENERAL, slack.ASKER, "make these move", thread=first.ts, wait=False)
    await slack.say(GENERAL, slack.OTHER, "and", files=[later], thread=first.ts, wait=False)
    filled = await house.platform.fill(heard(house, said))
    assert filled.earlier == (attached(house, new), attached(house, other), attached(house, old))


async def test_deleted_files_and_the_bots_own_pictures_are_no_earlier_files_but_its_films_are(house, slack):
    thread = await house.thread()
    me = slack.local.bot_user
    gone = slack.file("gone.png", PIXEL, mode="tombstone")
    sheet, film = slack.file("sheet.jpg", PIXEL, user=me), slack.file("film.mp4", PIXEL, user=me)
    await slack.say(GENERAL, slack.OTHER, "look", files=[gone], thread=thread, wait=False)
    await slack.say(GENERAL, me, "", files=[sheet, film], thread=thread, wait=False)
    said = await slack.mention(GENERAL, slack.ASKER, "continue this", thread=thread, wait=False)
    assert (await house.platform.fill(heard(house, said))).earlier == (attached(house, film),)


async def test_of_a_long_thread_the_last_messages_count(house, slack):
    thread = await house.thread()
    for number in range(230):
        files = [slack.file(f"{number}.png", PIXEL)] if number in {0, 228} else []
        await slack.say(GENERAL, slack.OTHER, f"{number}", files=files, thread=thread, wait=False)
    said = await slack.mention(GENERAL, slack.ASKER, "make this move", thread=thread, wait=False)
    assert [one.name for one in (await house.platform.fill(heard(house, said))).earlier] == ["228.png"]


async def test_a_message_nobody_addressed_costs_no_look_at_its_thread(house, slack):
    said = await slack.say(GENERAL, slack.ASKER, "yes", thread=await house.thread(), wait=False)
    await house.platform.fill(heard(house, said, addressed=False))
    assert [one.method for one in slack.asked] == ["auth.test", "users.info"]


async def test_a_direct_message_is_not_read_again(house, slack):
    said = await slack.say(slack.dm(slack.ASKER), slack.ASKER, "a red boat", wait=False)
    await house.platform.fill(heard(house, said))
    assert [one.method for one in slack.asked] == ["auth.test", "users.info"]


@pytest.mark.parametrize("trouble", ["scope", "status", "limit", "gone"])
async def test_a_look_up_that_fails_leaves_the_event_as_it_came(house, slack, trouble):
    said = await slack.mention(GENERAL, slack.ASKER, "make this move", thread=await house.thread(), wait=False)
    match trouble:
        case "scope":
            slack.local.scopes -= {"users:read", "channels:history"}
        case "status":
            slack.break_down("users.info", times=2)
            slack.break_down("conversations.replies", times=2)
        case "limit":
            slack.limit("users.info", retry_after=60)
            slack.limit("conversations.replies", retry_after=60)
        case "gone":
            slack.local.channels[GENERAL].members.discard(slack.local.bot_user)
            slack.refuse("users.info", "user_not_found")
    event = heard(house, said)
    assert await house.platform.fill(event) == event


async def test_a_short_wait_is_waited_for(house, slack):
    slack.limit("users.info", retry_after=1)
    said = await slack.mention(GENERAL, slack.ASKER, "a red boat", wait=False)
    assert (await house.platform.fill(heard(house, said))).author.name == "Asker"


async def test_a_message_passed_on_has_the_files_of_the_one_it_passes_on(house, slack):
    shared = slack.file("a.png", PIXEL)
    first = await slack.say(GENERAL, slack.OTHER, "look", wait=False)
    posted = slack.local.channels[GENERAL].messages[first.ts]
    passed_on = {"is_share": True, "files": [slack.file_object(slack.local, shared)]}
    posted.change({**posted.message, "attachments": [passed_on]})
    said = await slack.mention(GENERAL, slack.ASKER, "make this move", thread=first.ts, wait=False)
    assert (await house.platform.fill(heard(house, said))).earlier == (attached(house, shared),)
