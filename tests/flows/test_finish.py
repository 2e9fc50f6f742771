"""Bringing the film home: its name, its poster, its last frame, its delivery."""

import errno
from dataclasses import replace
from datetime import timedelta

from bot.domain.drive import Wanted
from bot.domain.errors import Later, RateLimited
from bot.domain.job import Charged, RemoteFile, State
from bot.flows.sweep import sweep
from tests.houses import ASKER


async def finished(stage, text):
    job = await stage.ask(text)
    await stage.press(job.id, "confirm")
    await stage.run()
    return await stage.job(job.id)


async def test_a_film_is_kept_where_it_was_asked_for_and_told_to_the_chat(stage):
    """A missing extension is added; the card carries the film, its poster, its real size and cost."""
    job = await finished(stage, "A fox crosses the frozen lake --out promo/intro")
    (clip,) = job.result.clips
    assert (job.state, clip.drive_path) == (State.complete, "promo/intro.mp4")
    assert set(stage.shelf.kept) == {"board-team/people/U1/promo/intro.mp4", f".posters/{clip.id}.jpg"}
    card = stage.board.posts[job.card_id][-1]
    assert card.media[0].key == "board-team/people/U1/promo/intro.mp4"
    assert {field.name: field.value for field in card.fields}["Cost"] == "50.00 credits"
    assert list(stage.board.uploads) == [clip.id]


async def test_an_existing_film_is_never_overwritten(stage):
    """A number is added, and said."""
    first = await finished(stage, "A fox crosses the frozen lake --out /space/intro.mp4")
    second = await finished(stage, "A heron lands on the pier --out /space/intro.mp4")
    assert first.result.clips[0].drive_path == "/space/intro.mp4"
    assert second.result.clips[0].drive_path == "/space/intro-2.mp4"
    assert any("nothing is ever overwritten" in note for note in stage.board.posts[second.card_id][-1].notes)


async def test_a_file_that_the_operator_put_there_is_not_overwritten_either(stage):
    """The name is free in the library but not on the disk."""
    stage.shelf.kept["board-team/space/intro.mp4"] = b"the operator's own"
    job = await finished(stage, "A fox crosses the frozen lake --out /space/intro")
    assert job.result.clips[0].drive_path == "/space/intro-2.mp4"
    assert stage.shelf.kept["board-team/space/intro.mp4"] == b"the operator's own"


async def test_a_path_cannot_leave_the_drive(stage):
    """Whatever is typed, the film stays on the person's own Drive."""
    job = await finished(stage, "A fox crosses the frozen lake --out ../../etc/passwd")
    assert job.result.clips[0].key == "board-team/people/U1/etc/passwd.mp4"


async def test_the_last_frame_comes_back_when_asked_for(stage):
    """Cut from the film where the provider has none."""
    job = await finished(stage, "A fox crosses the frozen lake --last-frame")
    (clip,) = job.result.clips
    assert stage.shelf.kept[clip.last_frame] == b"last frame"
    assert [media.key for media in stage.board.posts[job.card_id][-1].media] == [clip.key, clip.last_frame]


async def test_a_chat_that_is_down_delays_the_film_and_loses_nothing(stage):
    """The film is on the Drive; the chat gets it once when it is back."""
    stage.board.mood = "down"
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    for _ in range(6):
        await stage.tick()
        await stage.show()
        stage.clock.forward(5)
    assert (await stage.job(job.id)).state is State.finalizing
    assert len(stage.shelf.kept) == 2
    stage.board.mood = "well"
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.board.uploads) == 1
    assert stage.board.times_posted == {job.card_id: 1}


async def test_a_film_that_expired_at_the_provider_is_told_as_paid(stage):
    """The task is gone before it was fetched: the card says what it cost and what to do."""
    stage.tollbooth.polls = ["expired"]
    job = await finished(stage, "A fox crosses the frozen lake")
    assert (job.state, job.failure.charged) == (State.error, Charged.maybe)
    assert "no longer has this task" in stage.board.posts[job.card_id][-1].text


async def test_a_temporary_film_is_cleaned_after_a_day_and_others_stay(stage):
    """24 hours, then its bytes and its row are gone."""
    brief = await finished(stage, "A fox crosses the frozen lake --temporary")
    lasting = await finished(stage, "A heron lands on the pier")
    assert await sweep(stage.house) == 0
    stage.clock.forward(24 * 3600)
    assert await sweep(stage.house) == 1
    assert brief.result.clips[0].key not in stage.shelf.kept
    assert lasting.result.clips[0].key in stage.shelf.kept


async def test_a_film_cancelled_while_it_comes_home_is_thrown_away(stage):
    """As the button promises: nothing in the library, nothing on the Drive."""
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    await stage.tick()
    await stage.tick()
    whole = stage.tollbooth.download

    async def cancelled_meanwhile(file, into):
        await whole(file, into)
        await stage.press(job.id, "cancel")

    stage.tollbooth.download = cancelled_meanwhile
    await stage.run()
    assert (await stage.job(job.id)).state is State.cancelled
    assert [key for key in stage.shelf.kept if key.endswith(".mp4")] == []
    wanted = Wanted(viewer=ASKER, now=stage.clock.now())
    assert (await stage.house.storage.clips.find(wanted)).clips == ()


async def test_a_chat_that_refuses_the_file_does_not_hold_the_job(stage):
    """After some tries the job is complete all the same; the card says where the film is."""

    async def refused(conversation, film, *, key):
        raise RuntimeError("channel_not_found")

    stage.board.upload = refused
    job = await finished(stage, "A fox crosses the frozen lake")
    assert job.state is State.complete
    assert job.result.clips[0].key in stage.shelf.kept
    assert "The chat did not take the file; it is safe on the Drive." in stage.board.posts[job.card_id][-1].notes


async def test_what_the_provider_left_out_is_told_on_the_finished_card(stage):
    """Its own sentence, on the card."""
    whole = stage.tollbooth.poll

    async def with_a_note(task):
        return replace(await whole(task), details={"note": "@Image3 did not fit and is not shown."})

    stage.tollbooth.poll = with_a_note
    job = await finished(stage, "A fox crosses the frozen lake")
    assert "@Image3 did not fit and is not shown." in stage.board.posts[job.card_id][-1].notes


async def test_a_safe_name_is_not_told_as_a_taken_one(stage):
    """The extension that was added is no news."""
    job = await finished(stage, "A fox crosses the frozen lake --out promo/intro")
    assert not any("Saved as" in note for note in stage.board.posts[job.card_id][-1].notes)


def in_two_films(stage):
    """The provider makes two films of one order."""
    whole = stage.tollbooth.poll

    async def two(task):
        return replace(await whole(task), files=(RemoteFile(id="one"), RemoteFile(id="two")))

    stage.tollbooth.poll = two


async def test_what_the_chat_says_of_an_upload_is_on_the_card_once(stage):
    """Two films, one sentence."""
    in_two_films(stage)
    stage.board.said = "Posted smaller than it is: the chat takes at most 10 MB. The film itself is on the Drive."
    job = await finished(stage, "A fox crosses the frozen lake")
    assert len(stage.board.uploads) == 2
    assert stage.board.posts[job.card_id][-1].notes.count(stage.board.said) == 1


async def test_an_upload_that_is_asked_for_patience_is_tried_again_then_and_not_before(stage):
    """As long as the chat asks; the job is neither failed nor late for anything else."""
    waits = [90.0]
    whole = stage.board.upload

    async def patience(conversation, film, *, key):
        if waits:
            raise Later(waits.pop())
        return await whole(conversation, film, key=key)

    stage.board.upload = patience
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    for _ in range(3):
        await stage.tick()
    at = stage.clock.at
    stage.clock.at = at + timedelta(seconds=89)
    assert await stage.tick() == 0
    assert (await stage.job(job.id)).state is State.finalizing
    stage.clock.at = at + timedelta(seconds=91)
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.board.uploads) == 1


async def test_a_chat_that_asks_for_patience_again_and_again_is_asked_each_time_when_it_said(stage):
    """The wait is the chat's own, never doubled, and the card does not speak of trouble."""
    waits = [5.0] * 6
    whole = stage.board.upload

    async def patience(conversation, film, *, key):
        if waits:
            raise Later(waits.pop())
        return await whole(conversation, film, key=key)

    stage.board.upload = patience
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    for _ in range(3):
        await stage.tick()
    for _ in range(6):
        assert (await stage.job(job.id)).tries == 0
        stage.clock.forward(5.1)
        assert await stage.tick() == 1
    assert (await stage.job(job.id)).state is State.complete


async def test_the_second_film_of_two_waits_for_the_chat_and_the_first_is_not_posted_again(stage):
    """What is delivered stays delivered; the pause is kept."""
    in_two_films(stage)
    asked = []
    whole = stage.board.upload

    async def patience(conversation, film, *, key):
        asked.append(key)
        if len(asked) == 2:
            raise Later(90.0)
        return await whole(conversation, film, key=key)

    stage.board.upload = patience
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    for _ in range(3):
        await stage.tick()
    stage.clock.forward(60)
    assert await stage.tick() == 0
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert [key.rpartition("-")[2] for key in asked] == ["1", "2", "2"]


async def test_the_second_film_of_two_waits_for_the_provider_as_long_as_it_asks(stage):
    """The first is home and is not fetched again."""
    in_two_films(stage)
    fetched = []
    whole = stage.tollbooth.download

    async def busy(file, into):
        fetched.append(file)
        if len(fetched) == 2:
            raise RateLimited("slower", retry_after=90)
        await whole(file, into)

    stage.tollbooth.download = busy
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    for _ in range(3):
        await stage.tick()
    stage.clock.forward(60)
    assert await stage.tick() == 0
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert fetched == ["one", "two", "two"]


async def test_a_chat_that_is_away_for_days_fails_no_film_that_is_home(stage):
    """It is on the Drive and was paid for: the card says where, when the chat is back."""
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    for _ in range(2):
        await stage.tick()
    stage.board.mood = "down"
    for _ in range(3):
        await stage.tick()
        stage.clock.forward(25 * 3600)
    stage.board.mood = "well"
    await stage.run()
    done = await stage.job(job.id)
    assert (done.state, done.failure) == (State.complete, None)
    assert "The chat did not take the file; it is safe on the Drive." in stage.board.posts[job.card_id][-1].notes


async def test_a_full_disk_is_told_on_the_card_and_the_film_comes_home_once_there_is_room(stage):
    """Told while it waits, and not any more when it is there; paid for once."""
    keep, told = stage.shelf.keep, []

    async def full_at_first(path, key):
        if len(told) == 3:
            return await keep(path, key)
        told.append(next(reversed(stage.board.posts.values()))[-1].progress.text)
        raise OSError(errno.ENOSPC, "No space left on device")

    stage.shelf.keep = full_at_first
    job = await finished(stage, "A fox crosses the frozen lake")
    assert "The disk here is full" not in told[0]
    assert all("The disk here is full" in words for words in told[1:])
    assert (job.state, job.trouble) == (State.complete, "")
    assert len(stage.tollbooth.started) == 1
