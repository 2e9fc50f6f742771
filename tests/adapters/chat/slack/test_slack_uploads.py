"""Films in Slack: streamed into their thread, once, and smaller where the workspace takes no file that large."""

import asyncio
import hashlib
import resource
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.media import ffmpeg
from bot.domain.card import CardMedia
from bot.domain.chat import MessageRef
from bot.domain.errors import BadMedia, Later
from bot.domain.job import card_id
from bot.domain.media import MediaKind
from bot.ports.parts import Parts
from tests.adapters.chat.slack.office import Office, card_of, office
from tests.adapters.chat.slack.server.slack import Slack
from tests.adapters.chat.slack.server.world import StoredFile
from tests.e2e.programs import small_film
from tests.fakes import SetClock
from tests.stored import a_clip

GENERAL = Slack.GENERAL
FILM = CardMedia(kind=MediaKind.video, key="f.mp4", alt="A red boat", name="boat.mp4", width=16, height=9, seconds=1.0)
CONTENT = bytes(range(256)) * 5000


@pytest.fixture
async def house(slack: Slack, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(slack, tmp_path) as made:
        made.keep("f.mp4", CONTENT)
        yield made


def films(slack: Slack, channel: str = GENERAL) -> list[StoredFile]:
    """The files that stand in a channel, as often as they do."""
    said = slack.local.channels[channel].live()
    return [slack.local.files[file["id"]] for one in said for file in one.message.get("files", ())]


async def landed(slack: Slack, channel: str = GENERAL) -> StoredFile:
    await slack.until(lambda: films(slack, channel))
    [film] = films(slack, channel)
    return film


async def test_a_film_arrives_whole_in_its_thread(house, slack):
    thread = await house.thread()
    assert await house.platform.upload(house.place(thread), FILM, key="V-1") == ""
    film = await landed(slack)
    assert film.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (film.name, film.title, film.alt) == ("boat.mp4", "boat.mp4", "A red boat")
    assert film.shares["public"][GENERAL][0]["thread_ts"] == thread


async def test_bringing_it_again_calls_nobody(house, slack):
    await house.platform.upload(house.place(), FILM, key="V-1")
    await landed(slack)
    asked = len(slack.asked)
    for platform in (house.platform, house.restart()):
        assert await platform.upload(house.place(), FILM, key="V-1") == ""
    assert len(slack.asked) == asked


@pytest.mark.parametrize("stands_still_at", ["upload", "files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_replica_that_stood_still_does_not_show_a_film_that_another_showed_meanwhile(house, slack, stands_still_at):  # fmt: skip
    still = slack.hold(stands_still_at)
    first = asyncio.create_task(house.platform.upload(house.place(), FILM, key="V-1"))
    await still.arrived.wait()
    other = asyncio.create_task(house.restart().upload(house.place(), FILM, key="V-1"))
    if stands_still_at != "files.completeUploadExternal":
        await other
    still.release()
    await asyncio.gather(first, other, return_exceptions=True)
    await landed(slack)
    assert await house.platform.upload(house.place(), FILM, key="V-1") == ""
    assert [file.completed for file in slack.local.files.values()].count(True) == 1


async def test_two_films_of_one_job_both_arrive(house, slack):
    for key in ("V-1", "V-2"):
        await house.platform.upload(house.place(), FILM, key=key)
    await slack.until(lambda: len(films(slack)) == 2)


async def test_a_lost_answer_to_the_last_step_shows_and_sends_nothing_twice(house, slack):
    thread = await house.thread()
    slack.lose("files.completeUploadExternal")
    with pytest.raises(OSError):
        await house.platform.upload(house.place(thread), FILM, key="V-1")
    await landed(slack)
    await house.restart().upload(house.place(thread), FILM, key="V-1")
    assert len(films(slack)) == 1
    assert len(slack.calls("files.completeUploadExternal")) == 1
    assert len(slack.calls("files.getUploadURLExternal")) == 1


async def test_a_film_still_being_processed_is_waited_for(house, slack):
    slack.process_files_after = None
    slack.lose("files.completeUploadExternal")
    with pytest.raises(OSError):
        await house.platform.upload(house.place(), FILM, key="V-1")
    with pytest.raises(Later):
        await house.platform.upload(house.place(), FILM, key="V-1")
    slack.processing_allowed.set()
    await landed(slack)
    assert await house.platform.upload(house.place(), FILM, key="V-1") == ""
    assert len(slack.calls("files.completeUploadExternal")) == 1


async def test_a_film_that_slack_never_shows_is_told_of_and_not_shown_twice(house, slack):
    slack.process_files_after = None
    slack.lose("files.completeUploadExternal")
    with pytest.raises(OSError):
        await house.platform.upload(house.place(), FILM, key="V-1")
    house.clock.forward(31)
    with pytest.raises(Later):
        await house.platform.upload(house.place(), FILM, key="V-1")
    house.clock.forward(601)
    say = await house.platform.upload(house.place(), FILM, key="V-1")
    assert "safe on the Drive" in say
    assert await house.restart().upload(house.place(), FILM, key="V-1") == say
    slack.processing_allowed.set()
    await landed(slack)
    assert len(films(slack)) == 1


async def test_a_question_that_never_arrived_is_asked_again(house, slack):
    slack.break_down("files.completeUploadExternal")
    with pytest.raises(OSError):
        await house.platform.upload(house.place(), FILM, key="V-1")
    with pytest.raises(Later):
        await house.platform.upload(house.place(), FILM, key="V-1")
    house.clock.forward(31)
    await house.restart().upload(house.place(), FILM, key="V-1")
    await landed(slack)
    assert len(slack.calls("files.getUploadURLExternal")) == 1


@pytest.mark.parametrize("step", ["upload", "files.completeUploadExternal"])
async def test_a_process_killed_on_the_way_is_followed_by_one_that_shows_the_film_once(house, slack, step):
    held = slack.hold(step)
    going = asyncio.create_task(house.platform.upload(house.place(), FILM, key="V-1"))
    await held.arrived.wait()
    again = house.restart()
    going.cancel()
    await asyncio.wait([going])
    held.release()
    if step == "files.completeUploadExternal":
        await landed(slack)
    await again.upload(house.place(), FILM, key="V-1")
    await landed(slack)
    assert len(slack.calls("files.getUploadURLExternal")) == (2 if step == "upload" else 1)


async def test_bytes_that_did_not_arrive_are_sent_anew(house, slack):
    slack.break_down("upload", status=504)
    with pytest.raises(OSError):
        await house.platform.upload(house.place(), FILM, key="V-1")
    await house.platform.upload(house.place(), FILM, key="V-1")
    await landed(slack)


async def test_a_passing_fault_of_the_last_step_sends_no_bytes_again(house, slack):
    slack.refuse("files.completeUploadExternal", "file_update_failed")
    with pytest.raises(OSError):
        await house.platform.upload(house.place(), FILM, key="V-1")
    house.clock.forward(31)
    await house.platform.upload(house.place(), FILM, key="V-1")
    await landed(slack)
    assert len(slack.calls("files.getUploadURLExternal")) == 1


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
async def test_where_slack_asks_for_patience_the_film_comes_later(house, slack, step):
    slack.limit(step, retry_after=8)
    with pytest.raises(Later) as later:
        await house.platform.upload(house.place(), FILM, key="V-1")
    assert later.value.seconds == 8
    await house.platform.upload(house.place(), FILM, key="V-1")
    await landed(slack)


async def test_without_a_thread_it_goes_under_its_jobs_card(house, slack):
    await house.job()
    card = await house.platform.post(house.place(), card_of(), key=card_id("J-1"))
    await house.shown("J-1", card)
    await house.storage.clips.add(a_clip("V-1", job="J-1"))
    await house.platform.upload(house.place(), FILM, key="V-1")
    film = await landed(slack)
    assert film.shares["public"][GENERAL][0]["thread_ts"] == card.id


async def test_a_card_in_direct_messages_has_its_film_there_too(house, slack):
    slack.local.channels[GENERAL].members.discard(slack.local.bot_user)
    await house.job()
    card: MessageRef = await house.platform.post(house.place(), card_of(), key=card_id("J-1"))
    await house.shown("J-1", card)
    await house.storage.clips.add(a_clip("V-1", job="J-1"))
    await house.platform.upload(house.place(), FILM, key="V-1")
    film = await landed(slack, slack.dm(slack.ASKER))
    assert film.shares["private"][slack.dm(slack.ASKER)][0]["thread_ts"] == card.id


async def test_a_film_asked_for_where_the_bot_may_no_longer_be_comes_to_its_asker(house, slack):
    await house.job()
    await house.storage.clips.add(a_clip("V-1", job="J-1"))
    slack.local.channels[GENERAL].members.discard(slack.local.bot_user)
    await house.platform.upload(house.place(), FILM, key="V-1")
    film = await landed(slack, slack.dm(slack.ASKER))
    assert film.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert len(slack.calls("files.getUploadURLExternal")) == 1


@pytest.mark.parametrize("code", ["file_uploads_disabled", "storage_limit_reached", "missing_scope"])
async def test_a_workspace_that_takes_no_films_is_told_so_and_not_asked_again(house, slack, code):
    slack.refuse("files.getUploadURLExternal", code)
    say = await house.platform.upload(house.place(), FILM, key="V-1")
    assert "Drive" in say
    assert await house.restart().upload(house.place(), FILM, key="V-1") == say
    assert len(slack.calls("files.getUploadURLExternal")) == 1


async def test_a_workspace_whose_limit_is_below_any_film_is_told_of_the_drive(house, slack):
    slack.max_file_bytes = 1000
    assert "Drive" in await house.platform.upload(house.place(), FILM, key="V-1")


async def test_a_film_that_is_gone_from_the_drive_is_no_trouble_of_the_chats(house):
    with pytest.raises(BadMedia):
        await house.platform.upload(house.place(), replace(FILM, key="gone.mp4"), key="V-1")


async def test_a_film_over_the_operators_limit_is_posted_smaller_and_told_of(slack, tmp_path):
    big = small_film() + bytes(1_500_000)
    media = ffmpeg.create(Parts(settings={}, folder=tmp_path, clock=SetClock()))
    async with office(slack, tmp_path, media=media, upload_mb="1") as house:
        house.keep("f.mp4", big)
        say = await house.platform.upload(house.place(), FILM, key="V-1")
        film = await landed(slack)
        assert film.size <= 1_000_000 < len(big)
        assert "1 MB" in say
        assert "Drive" in say
        assert await house.restart().upload(house.place(), FILM, key="V-1") == say


async def test_a_workspaces_own_limit_is_found_before_anything_is_made_smaller(slack, tmp_path):
    big = small_film() + bytes(3_000_000)
    slack.max_file_bytes = 2_500_000
    media = ffmpeg.create(Parts(settings={}, folder=tmp_path, clock=SetClock()))
    async with office(slack, tmp_path, media=media) as house:
        house.keep("f.mp4", big)
        say = await house.platform.upload(house.place(), FILM, key="V-1")
        assert (await landed(slack)).size <= 2_000_000
        assert "2 MB" in say
        asked = len(slack.calls("files.getUploadURLExternal"))
        await house.restart().upload(house.place(), replace(FILM, name="next.mp4"), key="V-2")
        assert len(slack.calls("files.getUploadURLExternal")) == asked + 1


async def test_a_film_of_300_mb_grows_memory_by_less_than_32_mb(house, slack):
    path = house.drive / "large.mp4"
    with path.open("wb") as file:
        file.truncate(300_000_000)
    await house.platform.upload(house.place(), FILM, key="V-0")  # what is loaded once is loaded now
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await house.platform.upload(house.place(), replace(FILM, key="large.mp4"), key="V-1")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * (1 if sys.platform == "darwin" else 1024)
    await slack.until(lambda: len(films(slack)) == 2)
    assert films(slack)[1].size == 300_000_000
    assert grown < 32_000_000
