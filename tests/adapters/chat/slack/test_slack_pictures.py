"""Pictures on cards: never waited for, shown when processed, sent once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.card import Card, CardMedia
from bot.domain.media import MediaKind
from tests.adapters.chat.slack.office import Office, card_of, office, picture
from tests.adapters.chat.slack.server.slack import Slack

GENERAL = Slack.GENERAL


@pytest.fixture
async def house(slack: Slack, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(slack, tmp_path) as made:
        made.keep("a.png")
        yield made


def pictures(posted) -> list[str]:
    return [block["slack_file"]["id"] for block in posted.blocks if "slack_file" in block]


async def test_a_card_is_posted_at_once_and_edited_when_its_picture_is_processed(house, slack):
    slack.process_files_after = None
    await house.platform.post(house.place(), card_of(media=(picture(),)), key="C-1")
    [posted] = slack.posts(GENERAL)
    assert pictures(posted) == []
    await slack.until(lambda: any(one.completed for one in slack.local.files.values()))
    assert pictures(posted) == []
    slack.processing_allowed.set()
    await slack.until(lambda: pictures(posted))
    [file] = slack.local.files.values()
    assert pictures(posted) == [file.id]
    assert file.alt == "A boat"
    assert posted.edits == 1


async def test_the_edit_for_a_picture_waits_for_the_edit_before_it_and_never_undoes_it(house, slack):
    slack.process_files_after = None
    shown = await house.platform.post(house.place(), card_of(media=(picture(),)), key="C-1")
    [posted] = slack.posts(GENERAL)
    held = slack.hold("chat.update")
    editing = asyncio.create_task(house.platform.edit(shown, card_of(title="Newer", media=(picture(),), revision=3)))
    await held.arrived.wait()
    slack.processing_allowed.set()
    await slack.until(lambda: [one for one in slack.calls("files.info") if one.answer["file"]["mimetype"]])
    held.release()
    await editing
    await slack.until(lambda: pictures(posted))
    assert "Newer" in posted.text
    assert [len(pictures_of) for pictures_of in map(pictures, _versions(posted))] == [0, 0, 1]


def _versions(posted):
    return [type(posted)(posted.channel, posted.ts, [one]) for one in posted.versions]


async def test_the_edit_for_a_picture_leaves_nothing_older_than_another_process_showed(house, slack):
    slack.process_files_after = None
    await house.job()
    older = card_of(media=(picture(),))
    shown = await house.platform.post(house.place(), older, key="C-1")
    await house.storage.cards.render("C-1", 2, older)
    held = slack.hold("chat.update")
    slack.processing_allowed.set()
    await held.arrived.wait()
    newer = card_of(title="Newer", media=(picture(),), revision=3)
    await house.storage.cards.render("C-1", 3, newer)
    await house.restart().edit(shown, newer)
    held.release()
    [posted] = slack.posts(GENERAL)
    await slack.until(lambda: posted.edits == 3)
    assert ["Newer" in one.text for one in _versions(posted)] == [False, True, False, True]


async def test_a_picture_that_is_there_goes_with_the_next_card_at_once(house, slack):
    await house.platform.post(house.place(), card_of(media=(picture(),)), key="C-1")
    [posted] = slack.posts(GENERAL)
    await slack.until(lambda: pictures(posted))
    await house.restart().post(house.place(), card_of(media=(picture(),)), key="C-2")
    assert pictures(slack.posts(GENERAL)[1])
    assert slack.posts(GENERAL)[1].edits == 0
    assert len(slack.calls("files.getUploadURLExternal")) == 1


@pytest.mark.parametrize("stop", ["files.completeUploadExternal", "files.info"])
async def test_after_a_restart_nothing_is_uploaded_twice(house, slack, stop):
    held = slack.hold(stop)
    await house.platform.post(house.place(), card_of(media=(picture(),)), key="C-1")
    await held.arrived.wait()
    await house.platform.aclose()
    held.release()
    await house.restart().post(house.place(), card_of(media=(picture(),)), key="C-2")
    second = slack.posts(GENERAL)[1]
    await slack.until(lambda: pictures(second))
    assert len(slack.calls("files.getUploadURLExternal")) == 1


async def test_two_cards_with_one_picture_share_one_upload(house, slack):
    for number in range(2):
        await house.platform.post(house.place(), card_of(f"J-{number}", media=(picture(),)), key=f"C-{number}")
    await slack.until(lambda: all(map(pictures, slack.posts(GENERAL))))
    assert len(slack.calls("files.getUploadURLExternal")) == 1


async def test_the_poster_of_a_film_is_its_picture(house, slack):
    house.keep("p.jpg")
    film = CardMedia(kind=MediaKind.video, key="f.mp4", alt="A boat", poster="p.jpg")
    await house.platform.post(house.place(), card_of(media=(film,)), key="C-1")
    await slack.until(lambda: pictures(slack.posts(GENERAL)[0]))
    assert [one.name for one in slack.local.files.values()] == ["p.jpg"]


@pytest.mark.parametrize(
    ("key", "content"), [("gone.png", None), ("empty.png", b""), ("large.png", b"\0" * 10_000_001), ("x.webp", b"RIFF")]
)
async def test_a_picture_that_cannot_be_shown_is_left_out(house, slack, key, content):
    if content is not None:
        house.keep(key, content)
    card = card_of(media=(picture(key), picture()))
    await house.platform.post(house.place(), card, key="C-1")
    [posted] = slack.posts(GENERAL)
    await slack.until(lambda: pictures(posted))
    assert [one.name for one in slack.local.files.values()] == ["a.png"]


async def test_a_workspace_that_takes_no_files_still_gets_its_cards(house, slack):
    slack.refuse("files.getUploadURLExternal", "file_uploads_disabled")
    shown = await house.platform.post(house.place(), card_of(media=(picture(),)), key="C-1")
    await slack.until(lambda: not house.platform._chores._tasks)
    await house.platform.edit(shown, card_of(title="Newer", media=(picture(),)))
    assert "Newer" in slack.posts(GENERAL)[0].text
    assert len(slack.calls("files.getUploadURLExternal")) == 1


async def test_a_picture_that_slack_no_longer_has_leaves_the_card_without_it(house, slack):
    await house.platform.post(house.place(), card_of(media=(picture(),)), key="C-1")
    await slack.until(lambda: pictures(slack.posts(GENERAL)[0]))
    next(iter(slack.local.files.values())).deleted = True
    slack.forgive()
    await house.restart().post(house.place(), card_of(media=(picture(),)), key="C-2")
    slack.forgive()
    assert len(slack.posts(GENERAL)) == 2
    assert pictures(slack.posts(GENERAL)[1]) == []


async def test_a_picture_comes_in_spite_of_troubles_on_its_way(house, slack):
    slack.break_down("upload")
    slack.limit("files.completeUploadExternal", retry_after=1)
    await house.platform.post(house.place(), card_of(media=(picture(),)), key="C-1")
    await slack.until(lambda: pictures(slack.posts(GENERAL)[0]))


async def test_closing_lets_go_of_pictures_that_are_still_on_their_way(house, slack):
    slack.process_files_after = None
    await house.platform.post(house.place(), card_of(media=(picture(),)), key="C-1")
    await slack.until(lambda: slack.calls("files.info"))
    await house.platform.aclose()
    await house.platform.aclose()
    assert not house.platform._chores._tasks


async def test_what_one_person_alone_is_shown_has_no_pictures(house, slack):
    await house.platform.post(house.place(), card_of(media=(picture(),)), key="C-1")
    await slack.until(lambda: pictures(slack.posts(GENERAL)[0]))
    await house.platform.post(house.place(), Card(title="Library", media=(picture(),)), key="S-1", to=house.person())
    [whisper] = slack.local.channels[GENERAL].ephemerals
    assert "slack_file" not in str(whisper.message)


async def test_a_picture_on_a_card_of_no_job_comes_too(house, slack):
    await house.platform.post(house.place(), Card(title="Library", media=(picture(),)), key="S-1")
    await slack.until(lambda: pictures(slack.posts(GENERAL)[0]))


async def test_a_picture_that_another_card_brought_while_this_one_was_on_its_way_is_shown_all_the_same(house, slack):
    slack.process_files_after = None
    await house.platform.post(house.place(), card_of(media=(picture(),)), key="C-1")
    [first] = slack.posts(GENERAL)
    held = slack.hold("chat.postMessage")
    second = card_of("J-2", media=(picture(),))
    posting = asyncio.create_task(house.platform.post(house.place(), second, key="C-2"))
    await held.arrived.wait()
    slack.processing_allowed.set()
    await slack.until(lambda: pictures(first))
    held.release()
    await posting
    await slack.until(lambda: pictures(slack.posts(GENERAL)[1]))
    assert len(slack.calls("files.getUploadURLExternal")) == 1
