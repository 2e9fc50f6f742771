"""Merging: what a line names is joined at once and for nothing, told in one card, and comes home like any film."""

import asyncio
import errno
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.card import Action
from bot.domain.chat import Attachment, Message
from bot.domain.errors import Stale, Unreadable
from bot.domain.job import Charged, State
from bot.domain.join import Fill, Format, Join
from bot.domain.media import MediaKind
from bot.domain.request import SourceKind
from bot.flows.advance import advance
from bot.flows.hear import hear
from bot.flows.line import let_in
from bot.flows.parse.merging import read_merge
from tests.fakes import Crash, Glass
from tests.flows.brittle import Brittle, With
from tests.flows.merging import Gate, Odd, merge, names, shelved, told, with_media
from tests.houses import ASKER, HERE, OTHER

SOON = 5.0


async def claimed(stage, house=None):
    """The one due job, leased."""
    house = house or stage.house
    stage.clock.forward(house.rules.lease_seconds + 1)
    await let_in(house)
    until = stage.clock.now() + timedelta(seconds=house.rules.lease_seconds)
    (job,) = await house.storage.jobs.claim(house.serves, house.worker, stage.clock.now(), until, 1)
    return job


async def test_films_are_joined_in_the_order_they_are_named(stage):
    """By their numbers on the list, the newest being 1; at once, for nothing, without a line in the books."""
    await shelved(stage, "a.mp4", "b.mp4", "c.mp4")
    job = await merge(stage, "merge 3 1 2 as portrait")
    assert (job.state, names(job)) == (State.queued, ["a.mp4", "c.mp4", "b.mp4"])
    assert job.request.join == Join(format=Format.portrait)

    await stage.run()
    done = await stage.job(job.id)
    assert done.state is State.complete
    assert done.result is not None
    clip = done.result.clips[0]
    assert clip.prompt == "Merged from a.mp4, c.mp4, b.mp4"
    assert (clip.owner, clip.seconds, clip.model) == (ASKER, 15.0, "merge")
    assert clip.drive_path == f"videos/{clip.id}.mp4"
    assert stage.shelf.kept[clip.key] == b"3 joined as portrait in 15.0 s"
    assert list(stage.board.uploads) == [clip.id]
    assert await stage.house.storage.ledger.of_job(job.id) == []
    card = stage.board.posts[job.card_id][-1]
    assert card.title == "Your merged film is ready"
    assert "Copied: they agree." in card.notes
    assert ("Cost", "free") in {(row.name, row.value) for row in card.fields}
    assert Action.add_to_merge in {button.action for button in card.buttons}
    assert not list(stage.house.folder.glob("*.mp4"))
    assert stage.tollbooth.started == []


@pytest.mark.parametrize(
    "line",
    [
        "merge /space/intro.mp4 and last, as square, cropped, crossfade 0.5s save as promo/all",
        '/merge "intro.mp4" @last --format square',
        "merge last /space/intro as square with 0.5s crossfade",
    ],
)
async def test_a_line_that_names_what_is_not_there_says_so_and_starts_nothing(stage, line):
    card = await told(stage, line)
    assert card is not None
    assert "intro" in card.text
    assert await stage.house.storage.jobs.find(author=ASKER) == []


async def test_words_and_flags_say_the_same(stage):
    await shelved(stage, "a.mp4")
    (intro,) = await shelved(stage, "/space/intro.mp4")
    words = "merge 1 and /space/intro.mp4 as square, cropped, crossfade 0.5s, save as promo/all"
    spaced = "merge 1 and /space/intro.mp4 as square, cropped, with a 0.5 s fade, save as promo/all"
    flags = f"merge {intro.id} /space/intro --format square --fill crop --fade 0.5 --out promo/all"
    for line in (words, spaced, flags):
        job = await merge(stage, line)
        assert names(job) == ["intro.mp4", "intro.mp4"]
        assert job.request.join == Join(format=Format.square, fill=Fill.crop, fade_seconds=0.5)
        assert job.request.settings.drive_path is not None
        assert job.request.settings.drive_path.value == "promo/all"


async def test_films_are_known_by_their_job_by_last_and_as_the_newest(stage):
    await shelved(stage, "a.mp4", "b.mp4")
    first = await merge(stage, "merge 1 2 save as whole")
    await stage.run()
    for line in (f"merge {first.id} a.mp4", "merge last and a.mp4"):
        assert names(await merge(stage, line)) == ["whole.mp4", "a.mp4"]
    assert names(await merge(stage, "merge the last three clips")) == ["a.mp4", "b.mp4", "whole.mp4"]


async def test_the_name_asked_for_never_overwrites_a_film(stage):
    await shelved(stage, "a.mp4", "b.mp4", "promo/all.mp4")
    stage.shelf.kept["board-team/people/U1/promo/all.mp4"] = b"precious"
    job = await merge(stage, "merge a.mp4 b.mp4 save as promo/all")
    await stage.run()
    done = await stage.job(job.id)
    assert done.result is not None
    assert done.result.clips[0].drive_path == "promo/all-2.mp4"
    assert stage.shelf.kept["board-team/people/U1/promo/all.mp4"] == b"precious"
    assert any("nothing is ever overwritten" in note for note in stage.board.posts[job.card_id][-1].notes)


async def test_every_problem_is_told_at_once(stage):
    await shelved(stage, "a.mp4", "b.mp4")
    picture = Attachment("F1", "cat.png", "image/png")
    card = await told(stage, "/merge a.mp4 river 7 as 21:9 with soundtrack crossfade 5s", picture)
    assert card is not None
    for part in ("'river'", "'7'", "not as '21:9'", "cat.png is a picture", "no sound came", "5 s were asked for"):
        assert part in card.text
    card = await told(stage, "merge a.mp4 b.mp4 crossfade 5s")
    assert card is not None
    assert card.text == "A cross-fade lasts from 0 to 2 s; 5 s were asked for. Say less."
    card = await told(stage, "merge 1 2 as avi")
    assert card is not None
    assert "not as 'avi'" in card.text
    card = await told(stage, "merge 1 2 1 2 1 2 1")
    assert card is not None
    assert card.text == "A merge takes at most 5 films; there are 7. Leave 2 out."
    assert await stage.house.storage.jobs.find(author=ASKER) == []


async def test_what_only_others_may_see_is_not_merged(stage):
    await shelved(stage, "a.mp4")
    (secret,) = await shelved(stage, "secret.mp4", owner=OTHER, channel="den")
    card = await told(stage, f"merge 1 {secret.id}")
    assert card is not None
    assert "There is no film" in card.text


async def test_attached_films_and_a_sound_are_taken_in(stage):
    """As assets of the workspace; what the line does not name comes after what it names."""
    await shelved(stage, "a.mp4")
    stage.board.attachments |= {"F1": b"one", "F2": b"two", "F3": b"a song"}
    sounds = Glass.probe

    class Ears(Glass):
        async def probe(self, path):
            media = await sounds(self, path)
            song = await asyncio.to_thread(path.read_bytes) == b"a song"
            return replace(media, kind=MediaKind.audio, mime="audio/mpeg", width=None) if song else media

    with_media(stage, Ears())
    files = (
        Attachment("F1", "one.mp4", "video/mp4"),
        Attachment("F2", "two.mp4", "video/mp4"),
        Attachment("F3", "song.mp3", "audio/mpeg"),
    )
    job = await merge(stage, "merge @Video2 1", *files)
    assert names(job) == ["two.mp4", "a.mp4", "one.mp4", "song.mp3"]
    kinds = [ref.source.kind for ref in job.request.references]
    assert kinds == [SourceKind.asset, SourceKind.clip, SourceKind.asset, SourceKind.asset]
    assert job.request.join == Join(soundtrack=True)


async def test_a_line_heard_twice_starts_one_merge(stage):
    await shelved(stage, "a.mp4", "b.mp4")
    event = Message("event-x", HERE, ASKER, "merge 1 2")
    await hear(event, stage.house)
    await stage.run()
    await hear(event, stage.house)
    assert len(await stage.house.storage.jobs.find(author=ASKER)) == 1


async def test_a_full_drive_is_told_before_anything_is_joined(stage):
    await shelved(stage, "a.mp4", "b.mp4")
    stage.house = replace(stage.house, rules=replace(stage.house.rules, person_bytes=1_000_000))
    card = await told(stage, "merge 1 2")
    assert card is not None
    assert card.text.startswith("Your Drive is full")


async def test_films_renamed_meanwhile_are_joined_and_one_in_the_trash_is_named(stage):
    (_, b, c) = await shelved(stage, "a.mp4", "b.mp4", "c.mp4")
    first, second = await merge(stage, "merge a.mp4 b.mp4"), await merge(stage, "merge a.mp4 c.mp4")
    stage.shelf.kept["elsewhere.mp4"] = stage.shelf.kept.pop(b.key)
    await stage.house.storage.clips.change(b.change(drive_path="new.mp4", key="elsewhere.mp4"))
    await stage.house.storage.clips.change(c.change(trashed_at=stage.clock.now()))
    await stage.run()
    assert (await stage.job(first.id)).state is State.complete
    failed = await stage.job(second.id)
    assert failed.state is State.error
    assert failed.failure is not None
    assert (failed.failure.say, failed.failure.charged) == (
        f"c.mp4 is in the trash. Restore it first: “restore {c.id}”.",
        Charged.no,
    )
    card = stage.board.posts[second.card_id][-1]
    assert (card.title, card.notes[0]) == ("These films could not be merged", "Nothing was charged.")


@pytest.mark.parametrize(
    ("tools", "say"),
    [
        (Odd(seconds=7.0), "The films could not be joined: the result lasts 7 s where 10 s were expected"),
        (Odd(trouble=Unreadable("film 2 is cut off")), "The films could not be joined: film 2 is cut off."),
        (Odd(trouble=OSError(errno.ENOSPC, "no space")), "There is no room left here to join these films"),
    ],
)
async def test_what_cannot_be_joined_never_gets_onto_a_drive(stage, tools, say):
    await shelved(stage, "a.mp4", "b.mp4")
    with_media(stage, tools)
    job = await merge(stage, "merge 1 2")
    await stage.run()
    failed = await stage.job(job.id)
    assert failed.failure is not None
    assert failed.failure.say.startswith(say)
    assert len(stage.shelf.kept) == 3  # the two films and their contact sheet
    assert not list(stage.house.folder.glob("*.mp4"))


@pytest.mark.parametrize(
    ("words", "format"),
    [
        ("vertical 9:16", Format.portrait),
        ("wide 16:9 horizontal", Format.landscape),
        ("1:1", Format.square),
        ("4:3", Format.landscape_4_3),
        ("3:4", Format.portrait_3_4),
    ],
)
def test_a_format_has_the_names_that_people_give_it(words, format):
    for word in words.split():
        assert read_merge(f"3 1 2 as {word}").format is format, word


async def test_a_cancel_stops_the_joining_wherever_it_is_pressed(stage):
    """Nothing works on it soon after, however little it tells, and nothing is left of it; who joined it only sees that it was moved."""
    await shelved(stage, "a.mp4", "b.mp4")
    gate = Gate(told=0.0)
    with_media(stage, gate)
    job = await merge(stage, "merge 1 2")
    step = asyncio.create_task(advance(await claimed(stage), stage.house))
    await asyncio.wait_for(gate.begun.wait(), SOON)

    await stage.press(job.id, "cancel")
    ended = await stage.job(job.id)
    assert (ended.state, ended.stopping, ended.next_step_at) == (State.cancelled, False, None)
    with pytest.raises(Stale):
        await asyncio.wait_for(step, SOON)
    assert gate.working == 0
    assert not list(stage.house.folder.glob("*.mp4"))
    assert len(stage.shelf.kept) == 3
    assert await stage.house.storage.ledger.of_job(job.id) == []


async def test_a_worker_tells_how_far_it_is_and_stops_joining_when_it_is_stopped(stage):
    """Its process closes; whoever comes next joins anew."""
    await shelved(stage, "a.mp4", "b.mp4")
    gate = Gate()
    with_media(stage, gate)
    job = await merge(stage, "merge 1 2")
    step = asyncio.create_task(advance(await claimed(stage), stage.house))
    async with asyncio.timeout(SOON):
        while not (going := await stage.job(job.id)).progress:
            await asyncio.sleep(0.05)
    assert (going.state, going.progress) == (State.processing, 0.5)
    assert going.eta is not None
    await stage.show()
    shown = stage.board.posts[job.card_id][-1]
    assert shown.progress is not None
    assert (shown.title, shown.progress.text) == ("Joining 2 films", "Joining, 50%")
    assert [button.action for button in shown.buttons] == [Action.cancel]
    step.cancel()
    await asyncio.gather(step, return_exceptions=True)
    assert gate.working == 0

    gate.opened.set()
    stage.house = stage.another_worker()
    await advance(await claimed(stage), stage.house)
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert gate.joins == [2, 2]


@pytest.mark.parametrize(("dies", "spared"), [("after", 0), ("before", 1), ("after", 1), ("before", 2)])
async def test_a_process_killed_at_any_save_is_followed_by_one_film(stage, dies, spared):
    """Begun, home, posted and done: one film comes of it, and is posted once."""
    await shelved(stage, "a.mp4", "b.mp4")
    job = await merge(stage, "merge 1 2 save as whole")
    real, jobs = stage.house.storage, Brittle(stage.house.storage.jobs)
    jobs.dies, jobs.spared = dies, spared
    stage.house = replace(stage.house, storage=With(real, jobs))
    died = False
    for _ in range(8):
        try:
            await stage.run()
        except Crash:
            died = True
            stage.house = replace(stage.house, worker=f"{stage.house.worker}+")
            stage.clock.forward(stage.house.rules.lease_seconds + 1)
    done = await stage.job(job.id)
    assert done.state is State.complete
    assert done.result is not None
    assert [clip.drive_path for clip in done.result.clips] == ["whole.mp4"]
    assert list(stage.board.uploads) == [done.result.clips[0].id]
    assert died


async def test_few_merges_go_at_once_and_films_of_others_go_on(stage):
    """The others wait in line, and their cards say how many come before them."""
    await shelved(stage, "a.mp4", "b.mp4")
    gate = Gate()
    with_media(stage, gate)
    jobs = [await merge(stage, "merge 1 2") for _ in range(4)]
    film = await stage.ask(author=OTHER)
    await stage.press(film.id, "confirm", who=OTHER)
    await stage.show()
    await let_in(stage.house)
    await stage.show()
    until = stage.clock.now() + timedelta(seconds=15)
    due = await stage.house.storage.jobs.claim(stage.house.serves, "worker-1", stage.clock.now(), until, 64)
    assert {job.id for job in due} == {jobs[0].id, jobs[1].id, film.id}
    texts = [bar.text for job in jobs[2:] if (bar := stage.board.posts[job.card_id][-1].progress)]
    assert texts == ["Next in line", "1 ahead of this one"]

    steps = [asyncio.create_task(advance(job, stage.house)) for job in due]
    await asyncio.wait_for(gate.begun.wait(), SOON)
    gate.opened.set()
    await asyncio.gather(*steps)
    await stage.run()
    assert {(await stage.job(job.id)).state for job in jobs} == {State.complete}
    assert gate.most <= 2


async def test_status_and_cancel_know_a_merge(stage):
    await shelved(stage, "a.mp4", "b.mp4")
    job = await merge(stage, "merge 1 2")
    assert "Merged from b.mp4, a.mp4" in (await stage.say("status")).fields[0].value
    assert (await stage.say("cancel")).title == f"Job {job.id} is cancelled"
    await stage.run()
    card = stage.board.posts[job.card_id][-1]
    assert (card.title, card.notes) == ("Cancelled", ("Nothing was charged. The films themselves stay as they are.",))
    assert stage.tollbooth.stopped == set()
