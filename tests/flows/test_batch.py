"""Batches: one wish, one price, one card; each of its calls paid once, each film its own."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.card import Action
from bot.domain.catalogue import Catalogue
from bot.domain.chat import Press
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.job import Charged, ForbiddenMove, ProviderTask, RemoteFile, State
from bot.domain.ledger import EntryKind, held, spent
from bot.domain.model import Limit
from bot.flows.batch import recount
from bot.flows.broken import broken
from bot.flows.cancel import stop, withdraw
from bot.flows.press import press
from bot.flows.status import running
from bot.flows.submit import started, submit
from bot.ports.video import Finished
from tests.fakes import Crash
from tests.flows.brittle import Brittle, With
from tests.houses import ASKER, HERE, OTHER, TOLL, at_once

WISH = "A fox crosses the frozen lake, 4 variations"


async def confirmed(stage, text=WISH):
    job = await stage.ask(text)
    await stage.press(job.id, "confirm")
    return job


async def calls(stage, job):
    found = await stage.house.storage.jobs.find(batch=job.id, limit=100)
    return sorted(found, key=lambda call: int(call.id.rpartition("-")[2]))


async def states(stage, job):
    return [call.state.value for call in await calls(stage, job)]


async def books(stage, job):
    """What the calls hold and spent together; the job people see has no entry of its own."""
    assert await stage.house.storage.ledger.of_job(job.id) == []
    entries = [await stage.house.storage.ledger.of_job(call.id) for call in await calls(stage, job)]
    return sum((held(one) for one in entries), Decimal(0)), sum((spent(one) for one in entries), Decimal(0))


async def card(stage, job):
    await stage.show()
    return stage.board.posts[job.card_id][-1]


def limited(stage, **changes):
    """The stage with a model of other limits."""
    model = replace(TOLL, **changes)
    stage.house = replace(
        stage.house, catalogue=Catalogue(models=(model,), connected=frozenset({"tollbooth"}), default="toll-1")
    )


async def test_one_price_has_a_line_for_every_call_and_is_their_sum(stage):
    """Four results of a model that makes one a call."""
    job = await stage.ask(WISH)
    shown = await card(stage, job)
    assert shown.title == "Make these 4 films? 200.00 credits"
    assert shown.costs == (
        *((f"Call {number} of 4: Toll One, 5 s, 720p 16:9, silent", "50.00 credits") for number in (1, 2, 3, 4)),
        ("Total", "200.00 credits"),
    )


async def test_many_calls_alike_are_told_together_and_counted_all(stage):
    """Ten results of a model that makes three a call: the last call makes one, and costs less."""
    limited(stage, max_count=1)
    job = await stage.ask("A fox crosses the frozen lake, 12 variations")
    assert [(line.text, line.credits) for line in job.quote.lines] == [
        ("12 calls, each Toll One, 5 s, 720p 16:9, silent", Decimal("600.00"))
    ]
    limited(stage, max_count=3)
    job = await stage.ask("A fox crosses the frozen lake, 10 variations")
    assert [line.credits for line in job.quote.lines] == [Decimal("150.00")] * 3 + [Decimal("50.00")]
    assert job.quote.lines[-1].text == "Call 4 of 4: Toll One, 5 s, 720p 16:9, silent"
    await stage.press(job.id, "confirm")
    made = await calls(stage, job)
    assert [call.choice.settings.count.value for call in made] == [3, 3, 3, 1]
    assert sum((call.quote.credits for call in made), Decimal(0)) == job.quote.credits


async def test_one_confirmation_reserves_the_whole_price_and_starts_each_call_once(stage):
    """Five presses at the same moment: one counts."""
    job = await stage.ask(WISH)
    outcomes = await at_once(*(stage.press(job.id, "confirm") for _ in range(5)))
    assert sum(one is None for one in outcomes) == 1
    assert await books(stage, job) == (Decimal("200.00"), Decimal(0))
    await stage.run()
    assert sorted(stage.tollbooth.started) == [f"{job.id}-{number}-1" for number in (1, 2, 3, 4)]
    assert await books(stage, job) == (Decimal(0), Decimal("200.00"))


async def test_each_film_is_told_as_it_is_ready_and_the_card_has_them_all(stage):
    """Four clips, four uploads, one card, posted once; the job people see uploads nothing again."""
    job = await confirmed(stage)
    await stage.run()
    done = await stage.job(job.id)
    assert (done.state, len(done.result.clips), done.result.credits) == (State.complete, 4, Decimal("200.00"))
    assert len(stage.board.uploads) == 4
    assert {clip.job for clip in done.result.clips} == {job.id}
    shown = await card(stage, job)
    assert shown.title == "Your 4 films are ready"
    assert [field.name for field in shown.fields if field.name.startswith("Film")] == [
        f"Film {n}" for n in (1, 2, 3, 4)
    ]
    assert list(stage.board.times_posted) == [job.card_id]


async def test_the_card_counts_what_is_ready_and_what_waits_and_is_edited_only_when_that_changes(stage):
    """Looks that find nothing new leave the chat alone."""
    limited(stage, limits=(Limit(at_once=2),))
    stage.tollbooth.polls = ["running"]
    job = await confirmed(stage)
    line = f"tollbooth/{TOLL.id}"
    assert (await card(stage, job)).progress.text == "0 of 4 ready, 4 in line; the first is next"
    await stage.house.storage.lines.admit(line, stage.clock.now(), at_once=2, per_minute=None)
    for _ in range(3):
        await stage.tick()
        stage.clock.forward(6)
    assert (await card(stage, job)).progress.text == "0 of 4 ready, 2 in line, 25%"
    edits = len(stage.board.posts[job.card_id])
    for _ in range(3):
        stage.clock.forward(6)
        await stage.tick()
        await stage.show()
    assert len(stage.board.posts[job.card_id]) == edits
    stage.tollbooth.polls = ["finished"]
    stage.clock.forward(6)
    await stage.tick()
    await stage.tick()
    assert (await card(stage, job)).progress.text == "2 of 4 ready, 2 in line, 50%"


async def test_a_part_that_failed_is_told_by_its_number_and_costs_nothing(stage):
    """The others are made; the price of the failed one comes back."""
    stage.tollbooth.submits = ["ok", "ok", "rejected", "ok"]
    job = await confirmed(stage)
    await stage.run()
    done, shown = await stage.job(job.id), await card(stage, job)
    assert (done.state, shown.title) == (State.complete, "3 of your 4 films are ready")
    assert shown.notes[0] == (
        "Film 3 could not be made: Toll One refused the content: not this."
        " Nothing was charged for it. Change the prompt or the files."
    )
    assert [field.name for field in shown.fields if field.name.startswith("Film")] == ["Film 1", "Film 2", "Film 4"]
    assert await books(stage, job) == (Decimal(0), Decimal("150.00"))
    assert {field.name: field.value for field in shown.fields}["Cost"] == "150.00 credits"


async def test_a_batch_of_which_nothing_came_says_why_and_charges_nothing(stage):
    """All failed alike: one word for all."""
    stage.tollbooth.submits = ["rejected"]
    job = await confirmed(stage)
    await stage.run()
    shown = await card(stage, job)
    assert (shown.state, shown.title) == ("error", "None of these 4 films could be made")
    assert shown.text == "Toll One refused the content: not this"
    assert shown.notes == ("Nothing was charged.", "Change the prompt or the files.")
    assert await books(stage, job) == (Decimal(0), Decimal(0))


async def test_a_cancelled_batch_says_so_at_once_and_no_call_in_line_is_sent_any_more(stage):
    """Even where a worker has such a call in hand already."""
    limited(stage, limits=(Limit(at_once=1),))
    job = await confirmed(stage)
    await stage.house.storage.lines.admit(f"tollbooth/{TOLL.id}", stage.clock.now(), at_once=1, per_minute=None)
    await stage.press(job.id, "cancel")
    assert (await card(stage, job)).state == "cancelled"
    await stage.tick()
    await stage.run()
    assert stage.tollbooth.started == []
    assert await states(stage, job) == ["cancelled"] * 4
    assert (await card(stage, job)).notes == ("Nothing was charged.",)
    assert await books(stage, job) == (Decimal(0), Decimal(0))


async def test_a_cancel_stops_each_call_and_tells_what_was_finished_and_what_is_charged(stage):
    """One film is ready, one is stopped too late, two are stopped free."""
    stage.tollbooth.polls = ["finished", "running"]
    job = await confirmed(stage)
    while State.complete.value not in await states(stage, job):
        await stage.tick()
    stage.tollbooth.cancels = ["too_late", "stopped"]
    await stage.press(job.id, "cancel")
    assert (await card(stage, job)).notes == (
        "1 of 4 was finished before, and stays on the Drive.",
        "Asking the provider to stop the others; they may still be charged.",
    )
    await stage.run()
    done, shown = await stage.job(job.id), await card(stage, job)
    assert (done.state, done.stopping, done.failure.charged) == (State.cancelled, False, Charged.yes)
    late = next(call for call in await calls(stage, job) if call.failure and call.failure.charged is Charged.yes)
    assert shown.notes == (
        "1 of 4 was finished before, and stays on the Drive.",
        f"Film {late.id[-1]}: stopped too late. The provider charges for it all the same.",
        "Counted for this: 100.00 credits.",
    )
    assert await books(stage, job) == (Decimal(0), Decimal("100.00"))
    assert len(stage.tollbooth.stopped) == 2
    (kept,) = done.result.clips
    assert kept.key in stage.shelf.kept


async def test_a_call_that_ends_in_the_moment_of_a_cancel_does_not_put_the_cancel_off(stage):
    """What it came to is counted; the others are stopped with the very next step."""
    stage.tollbooth.polls = ["running"]
    job = await confirmed(stage)
    for _ in range(2):
        await stage.tick()
    await stage.press(job.id, "cancel")
    await withdraw((await calls(stage, job))[0], "Cancelled.", stage.house)
    await stop(await stage.job(f"{job.id}-1"), stage.house)
    await recount(job.id, stage.house)
    while await stage.tick():
        pass
    assert len(stage.tollbooth.stopped) == 4
    assert not (await stage.job(job.id)).stopping


async def unclear(stage, *submits, memory="blind"):
    """A batch whose last call nobody knows the fate of."""
    stage.tollbooth.memory = memory
    stage.tollbooth.submits = list(submits)
    job = await confirmed(stage)
    await stage.run()
    return job


async def test_a_call_that_is_unclear_puts_its_question_on_the_card_while_the_others_go_on(stage):
    """Film 2 alone is asked about; when the others are through the job waits for a person."""
    stage.tollbooth.polls = ["running"]
    stage.tollbooth.memory, stage.tollbooth.submits = "blind", ["ok", "lost_after", "ok"]
    job = await confirmed(stage)
    await stage.tick()
    asking = await card(stage, job)
    assert (asking.title, asking.state) == ("Did film 2 start? Please decide", "processing")
    assert [button.action for button in asking.buttons][:3] == [Action.look_again, Action.submit_again, Action.close]
    stage.tollbooth.polls = ["finished"]
    await stage.run()
    asking = await card(stage, job)
    assert (asking.title, asking.state) == ("Did film 2 start? Please decide", "unclear")
    await stage.press(job.id, "close")
    await stage.run()
    done = await stage.job(job.id)
    assert (done.state, len(done.result.clips)) == (State.complete, 3)
    assert await books(stage, job) == (Decimal(0), Decimal("200.00"))


async def test_submitting_again_pays_for_the_call_in_question_once_more_and_no_other(stage):
    """The lost one is counted, as the button said."""
    job = await unclear(stage, "ok", "ok", "lost_after", "ok")
    await stage.press(job.id, "submit_again", revision=(await stage.job(job.id)).version)
    await stage.run()
    done = await stage.job(job.id)
    assert (done.state, len(done.result.clips)) == (State.complete, 4)
    assert sorted(stage.tollbooth.started)[-2:] == [f"{job.id}-3-2", f"{job.id}-4-1"]
    assert await books(stage, job) == (Decimal(0), Decimal("250.00"))
    assert done.result.credits == Decimal("250.00")


async def test_an_answer_about_one_call_is_none_about_the_next(stage):
    """Two calls are unclear: a second press on the same card, and the first one delivered again, buy nothing more."""
    job = await unclear(stage, "lost_before", "lost_before", "ok", "ok")
    seen = (await stage.job(job.id)).version
    first = Press("again-1", HERE, ASKER, "submit_again", job.id, "", seen)
    await press(first, stage.house)
    with pytest.raises(BadRequest, match="moved on after that card"):
        await press(replace(first, key="again-2"), stage.house)
    await press(first, stage.house)
    attempts = [call.attempt for call in await calls(stage, job)]
    assert attempts == [2, 1, 1, 1]
    with pytest.raises(BadRequest, match="moved on after that card"):
        await press(Press("close-1", HERE, ASKER, "close", job.id, "", seen), stage.house)


async def test_the_same_call_unclear_again_is_a_new_question(stage):
    """Its card looks the same; a second press on the old one must not buy a third try."""
    job = await unclear(stage, "ok", "ok", "ok", "lost_before")
    seen = (await stage.job(job.id)).version
    await stage.press(job.id, "submit_again", revision=seen)
    await stage.run()
    assert (await stage.job(job.id)).state is State.unclear
    with pytest.raises(BadRequest, match="moved on after that card"):
        await stage.press(job.id, "submit_again", revision=seen)
    assert [call.attempt for call in await calls(stage, job)] == [1, 1, 1, 2]


async def test_looking_again_finds_the_call_that_was_lost(stage):
    """A provider that forgot is asked once more."""
    job = await unclear(stage, "ok", "ok", "ok", "lost_after")
    with pytest.raises(BadRequest, match="still cannot tell"):
        await stage.press(job.id, "look_again")
    assert (await stage.job(job.id)).state is State.unclear
    stage.tollbooth.memory = "listing"
    await stage.press(job.id, "look_again")
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.tollbooth.started) == 4


async def test_nobody_else_decides_about_a_batch_and_nothing_is_decided_about_its_calls(stage):
    """They are no jobs of their own to anybody."""
    job = await unclear(stage, "ok", "ok", "ok", "lost_before")
    for action in ("submit_again", "close", "look_again", "cancel"):
        with pytest.raises(NotAllowed):
            await stage.press(job.id, action, who=OTHER)
        with pytest.raises(BadRequest, match="There is no job"):
            await stage.press(f"{job.id}-4", action)
    assert [call.attempt for call in await calls(stage, job)] == [1] * 4


async def test_an_unclear_batch_can_be_given_up_whole(stage):
    """What nobody knows is counted."""
    job = await unclear(stage, "lost_before", "lost_before", "rejected", "lost_before")
    await stage.press(job.id, "cancel")
    await stage.run()
    done = await stage.job(job.id)
    assert (done.state, done.failure.charged) == (State.cancelled, Charged.maybe)
    assert await books(stage, job) == (Decimal(0), Decimal("150.00"))


async def test_status_and_lists_show_a_batch_as_one_job(stage):
    """With its count; a call named by its id leads to it."""
    stage.tollbooth.polls = ["running"]
    job = await confirmed(stage)
    await stage.tick()
    await stage.tick()
    status = await stage.say("status")
    assert [field.name for field in status.fields] == [job.id]
    assert status.fields[0].value.startswith("rendering, 0 of 4 ready")
    assert (await running(f"{job.id}-2", HERE, ASKER, stage.house))[1] == (await stage.job(job.id),)
    found = await stage.house.storage.jobs.find(conversation=HERE)
    assert [one.id for one in found] == [job.id]
    assert await stage.house.storage.statistics.counts() == {State.processing: 1}
    await stage.say("cancel")
    assert (await stage.job(job.id)).state is State.cancelled


async def test_the_films_of_a_batch_are_in_the_library_with_its_prompt_as_they_come(stage):
    """Also while the rest is being made."""
    stage.tollbooth.polls = ["finished", "running"]
    job = await confirmed(stage)
    while State.complete.value not in await states(stage, job):
        await stage.tick()
    library = await stage.say("library search fox")
    assert library.title == "1 film with “fox”"


async def test_a_said_seed_is_one_higher_in_each_call(stage):
    """The same seed four times would be the same film four times, paid four times."""
    limited(stage, honours=frozenset({"seed"}), max_count=2)
    job = await confirmed(stage, "A fox crosses the frozen lake, 5 variations --seed 40")
    assert [call.choice.settings.seed.value for call in await calls(stage, job)] == [40, 42, 44]


async def test_a_batch_says_when_its_last_film_is_expected(stage):
    """From the provider, for the films that render."""
    stage.tollbooth.polls = ["running"]
    job = await confirmed(stage)
    for _ in range(2):
        await stage.tick()
    stage.clock.forward(6)
    await stage.tick()
    await stage.tick()
    shown = (await card(stage, job)).progress
    assert shown.fraction == 0.5
    assert 10 <= shown.eta <= 17


def brittle(stage, dies, spared=0):
    """The process dies at a save of a job, so many saves from now."""
    jobs = Brittle(stage.house.storage.jobs)
    jobs.dies, jobs.spared = dies, spared
    stage.house = replace(stage.house, storage=With(stage.house.storage, jobs))


async def test_a_process_that_dies_after_an_answer_leaves_a_batch_that_still_ends(stage):
    """The last call was closed, the job people see was not told: it is awake and looks by itself."""
    job = await unclear(stage, "ok", "ok", "ok", "lost_before")
    brittle(stage, "after", spared=1)
    with pytest.raises(Crash):
        await stage.press(job.id, "close")
    assert await states(stage, job) == ["complete"] * 3 + ["error"]
    assert (await stage.job(job.id)).state is State.unclear
    stage.clock.forward(60)
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete


async def test_an_answer_that_was_never_counted_is_no_answer_to_the_next_question(stage):
    """The process died after one press; the call is unclear again before the card was told of either."""
    stage.tollbooth.polls = ["running"]
    stage.tollbooth.memory, stage.tollbooth.submits = "blind", ["ok", "ok", "ok", "lost_before"]
    job = await confirmed(stage)
    await stage.tick()
    seen = (await stage.job(job.id)).version
    whole = stage.house
    brittle(stage, "after")
    with pytest.raises(Crash):
        await stage.press(job.id, "submit_again", revision=seen)
    stage.house = whole
    await submit((await calls(stage, job))[3], stage.house)
    with pytest.raises(BadRequest, match="needs no decision any more"):
        await stage.press(job.id, "submit_again", revision=seen)
    assert [call.attempt for call in await calls(stage, job)] == [1, 1, 1, 2]


async def test_an_answer_that_comes_after_all_wakes_a_batch_that_waited_for_a_person(stage):
    """The hung call took its order; whoever saved that died before the job people see was told."""
    stage.tollbooth.polls = ["finished", "finished", "finished", "running"]
    job = await unclear(stage, "ok", "ok", "ok", "lost_after")
    call = (await calls(stage, job))[3]
    await started(call, ProviderTask(id=call.order_key), stage.house)
    assert (await stage.job(job.id)).state is State.unclear
    await stage.tick()
    assert (await stage.job(job.id)).state is State.processing
    assert (await card(stage, job)).progress.text == "3 of 4 ready, 75%"


@pytest.mark.parametrize("dies", ["before", "after"])
async def test_a_process_that_dies_confirming_has_the_whole_batch_or_none_of_it(stage, dies):
    """And a second press, or none, makes no call twice."""
    job = await stage.ask(WISH)
    storage = stage.house.storage
    brittle(stage, dies)
    with pytest.raises(Crash):
        await stage.press(job.id, "confirm")
    assert len(await calls(stage, job)) == (0 if dies == "before" else 4)
    if dies == "before":
        await stage.press(job.id, "confirm")
    await stage.run()
    assert sorted(stage.tollbooth.started) == [f"{job.id}-{number}-1" for number in (1, 2, 3, 4)]
    reserves = [e for call in await calls(stage, job) for e in await storage.ledger.of_job(call.id)]
    assert sum(e.kind is EntryKind.reserve for e in reserves) == 4


async def test_nothing_is_concluded_of_a_batch_while_a_call_cannot_be_read(stage):
    """A row that is damaged stops its own batch from being told as finished, and no other."""
    job = await confirmed(stage)
    with closing(sqlite3.connect(stage.house.folder.parent / "clapper.db", isolation_level=None)) as database:
        (body,) = database.execute("SELECT body FROM jobs WHERE id = ?", (f"{job.id}-2",)).fetchone()
        database.execute("UPDATE jobs SET body = '{}' WHERE id = ?", (f"{job.id}-2",))
        with pytest.raises(LookupError, match="takes 4 calls, but 3 can be read"):
            await recount(job.id, stage.house)
        database.execute("UPDATE jobs SET body = ? WHERE id = ?", (body, f"{job.id}-2"))
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete


async def test_only_a_batch_makes_the_moves_of_a_batch(stage):
    """A job of one call goes through all its steps."""
    job = await stage.ask()
    with pytest.raises(ForbiddenMove):
        job.move(State.processing, stage.clock.now())
    assert job.move(State.processing, stage.clock.now(), calls=2).state is State.processing


async def test_a_batch_whose_own_step_breaks_goes_on_when_it_is_mended(stage):
    """It is never given up while its calls spend money."""
    stage.tollbooth.polls = ["running"]
    job = await confirmed(stage)
    await stage.tick()
    for _ in range(20):
        await broken(await stage.job(job.id), stage.house)
    assert (await stage.job(job.id)).state is State.processing
    stage.tollbooth.polls = ["finished"]
    stage.clock.forward(60)
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete


async def test_the_films_of_a_batch_have_a_numbered_sheet_and_a_button_each(stage):
    """And one that makes them all again, with its own price; under each film there is what follows that one alone."""
    job = await confirmed(stage, "A fox crosses the frozen lake, 3 variations --out fox --seed 40")
    await stage.run()
    done, shown = await stage.job(job.id), await card(stage, job)
    sheet, *films = shown.media
    assert (sheet.key, sheet.alt, [film.name for film in films]) == (
        done.result.sheet,
        "3 films, numbered",
        ["fox.mp4", "fox-2.mp4", "fox-3.mp4"],
    )
    assert re.findall(rb"\d fox[-\d]*\.mp4", stage.shelf.kept[sheet.key]) == [
        b"1 fox.mp4",
        b"2 fox-2.mp4",
        b"3 fox-3.mp4",
    ]
    clips = done.result.clips
    assert [(button.action, button.label, button.item) for button in shown.buttons] == [
        *((Action.film, f"Film {number}", clip.id) for number, clip in enumerate(clips, 1)),
        (Action.again, "Again", ""),
    ]
    await press(Press("all-again", HERE, OTHER, "again", job.id), stage.house)
    await press(Press("one-again", HERE, OTHER, "again", "S-OLD", item=clips[1].id), stage.house)
    one, whole = await stage.house.storage.jobs.find(states=(State.awaiting_confirmation,))
    assert [(again.quote.credits, again.parent.clip) for again in (whole, one)] == [
        (Decimal(150), clips[0].id),
        (Decimal(50), clips[1].id),
    ]
    assert whole.request.settings.seed.value not in {40, 41, 42}


async def test_a_sheet_that_cannot_be_drawn_loses_no_film(stage):
    """It is a courtesy."""

    async def broken(stills, into):
        raise RuntimeError("no room to draw")

    stage.house.media.sheet = broken
    job = await confirmed(stage)
    await stage.run()
    done = await stage.job(job.id)
    assert (done.state, done.result.sheet, len(done.result.clips)) == (State.complete, "", 4)
    assert len((await card(stage, job)).buttons) == 5


async def test_more_films_than_a_card_has_buttons_for_are_in_the_library(stage):
    """Twenty are named, the rest is told of; those that failed have none."""
    limited(stage, max_count=1)
    stage.tollbooth.submits = ["rejected", "ok"]
    job = await confirmed(stage, "A fox crosses the frozen lake, 23 variations")
    await stage.run(2000)
    shown = await card(stage, job)
    assert len(shown.buttons) == 21
    assert shown.buttons[0].label == "Film 2"
    assert shown.notes[-1] == "The other 2 are in the library: say “library”."


async def test_a_cancelled_batch_offers_the_films_that_are_there(stage):
    """Nothing more: nobody who cancels asks for it all again."""
    stage.tollbooth.polls = ["finished", "running"]
    job = await confirmed(stage)
    while State.complete.value not in await states(stage, job):
        await stage.tick()
    await stage.press(job.id, "cancel")
    await stage.run()
    (clip,) = (await stage.job(job.id)).result.clips
    assert [(button.action, button.item) for button in (await card(stage, job)).buttons] == [(Action.film, clip.id)]


async def test_several_films_of_one_call_have_a_sheet_and_a_button_each_too(stage):
    """However a provider gives them."""
    limited(stage, max_count=4)

    async def two(task):
        return Finished(files=(RemoteFile(id="a"), RemoteFile(id="b")), usd=None, seed=7)

    stage.tollbooth.poll = two
    job = await confirmed(stage, "A fox crosses the frozen lake, 2 variations")
    await stage.run()
    done, shown = await stage.job(job.id), await card(stage, job)
    assert shown.media[0].key == done.result.sheet
    assert [button.label for button in shown.buttons] == ["Film 1", "Film 2", "Again"]
