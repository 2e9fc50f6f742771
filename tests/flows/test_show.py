"""Cards: what each state says, and how the chat is brought to it."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from bot.domain.card import Action, Tone
from bot.domain.chat import Message
from bot.domain.errors import Later
from bot.domain.job import State
from bot.flows.hear import hear
from bot.flows.show.words import duration
from bot.ports.video import Running
from tests.houses import HERE, OTHER


async def card_after(stage, *presses, poll="running"):
    stage.tollbooth.polls = [poll]
    job = await stage.ask("A fox crosses the frozen lake, 8 seconds, with audio [Pan left, Tilt up]")
    for press in presses:
        await stage.press(job.id, press)
    await stage.tick()
    await stage.show()
    return stage.board.posts[job.card_id][-1]


async def test_the_cost_card_shows_model_settings_and_a_line_per_call(stage):
    """Everything that will be bought, with what was said and what is a default told apart."""
    card = await card_after(stage)
    assert card.title == "Make this film? 80.00 credits"
    assert card.text == "A fox crosses the frozen lake, [Pan left, Tilt up]"
    facts = {field.name: field.value for field in card.fields}
    assert facts["Length"] == "8 s"
    assert facts["Sound"] == "on"
    assert facts["Ratio"] == "16:9 (default)"
    assert facts["Camera"] == "Pan left + Tilt up"
    assert card.costs[-1] == ("Total", "80.00 credits")
    assert len(card.costs) == 2
    assert [button.action for button in card.buttons] == [Action.confirm, Action.edit, Action.cancel]
    assert card.tone is Tone.ask


async def test_a_running_card_has_progress_eta_and_a_cancel(stage):
    """One card, edited in place."""
    card = await card_after(stage, "confirm")
    (posting,) = stage.board.posts
    card = stage.board.posts[posting][-1]
    await stage.tick()
    await stage.show()
    card = stage.board.posts[posting][-1]
    assert card.progress.fraction == 0.5
    assert 10 <= card.progress.eta < 11
    assert card.progress.since
    assert [button.action for button in card.buttons] == [Action.cancel]
    assert stage.board.times_posted == {posting: 1}


async def test_the_eta_of_a_silent_provider_comes_from_this_bots_own_history(stage):
    """Three finished films of this model are enough to tell."""
    for _ in range(3):
        job = await stage.ask()
        await stage.press(job.id, "confirm")
        stage.tollbooth.polls = ["running"]
        await stage.tick()
        stage.clock.forward(100)
        stage.tollbooth.polls = ["finished"]
        await stage.run()
        assert (await stage.job(job.id)).state is State.complete
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    await stage.show()
    usual = stage.board.posts[job.card_id][-1].progress.eta
    assert 90 < usual < 200


async def test_the_place_in_line_is_told(stage):
    """How many are ahead of this one."""
    jobs = [await stage.ask() for _ in range(3)]
    for job in jobs:
        await stage.press(job.id, "confirm")
    await stage.show()
    texts = [stage.board.posts[job.card_id][-1].progress.text for job in jobs]
    assert texts == ["Next in line", "1 ahead of this one", "2 ahead of this one"]


async def test_a_chat_that_fails_is_brought_to_the_last_state_when_it_is_back(stage):
    """Not each state in between: only what holds now; and one post, though its answer was lost."""
    job = await stage.ask()
    stage.board.mood = "deaf"
    await stage.show()
    stage.board.mood = "down"
    await stage.press(job.id, "confirm")
    await stage.show()
    stage.board.mood = "well"
    stage.clock.forward(300)
    await stage.run()
    posting = await stage.house.storage.cards.get(job.card_id)
    assert posting.shown == posting.wanted
    assert stage.board.times_posted == {job.card_id: 1}
    assert stage.board.posts[job.card_id][-1].state == "complete"


async def test_status_lists_what_runs_for_me_and_for_the_channel(stage):
    """And says so kindly where nothing does."""
    assert (await stage.say("status")).title == "Nothing is running for you"
    stage.tollbooth.polls = ["running"]
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    await stage.tick()
    await stage.tick()
    card = await stage.say("status")
    assert card.title == "One is running for you"
    assert [(field.name, field.value) for field in card.fields] == [
        (job.id, "rendering, 50% · A fox crosses the frozen lake at dawn")
    ]
    assert (await stage.say("status channel")).title == "One is running here"
    await stage.ask()
    assert (await stage.say("status")).title == "1 running and 1 waiting for you"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "less than a second"), (59, "59 s"), (125, "2 min 5 s"), (3780, "1 h 3 min"), (86400, "24 h")],
)
def test_a_span_of_time_is_said_in_words_people_use(seconds, said):
    assert duration(seconds) == said


async def test_an_empty_message_gets_a_how_to_and_no_error(stage):
    """Nothing at all is a friendly start."""
    card = await stage.say("   ")
    assert card.title == "Tell me what to film"
    assert card.tone is Tone.plain


async def test_small_talk_is_answered_and_not_filmed(stage):
    """Thanks is no wish, and a greeting is a start."""
    assert (await stage.say("thanks, that looks great!")).title == "You are welcome"
    assert (await stage.say("hi")).title == "How to ask for a film"
    assert await stage.house.storage.jobs.find(conversation=HERE) == []


async def test_a_typed_cancel_stops_the_one_running_job(stage):
    """The verb does what the button does."""
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    card = await stage.say(f"cancel {job.id}")
    assert card.title == f"Job {job.id} is cancelled"
    assert (await stage.job(job.id)).state is State.cancelled


@pytest.mark.parametrize("words", ["cancel", "stop", "Stop."])
async def test_a_typed_stop_cancels_the_one_film_that_runs(stage, words):
    """It answers no price then, and is no question either."""
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    await stage.say(words)
    assert (await stage.job(job.id)).state is State.cancelled


async def test_cancel_all_and_a_list_of_jobs_are_understood(stage):
    """All of mine, or the ones named."""
    jobs = [await stage.ask() for _ in range(4)]
    for job in jobs:
        await stage.press(job.id, "confirm")
    await stage.say(f"cancel {jobs[0].id}, {jobs[1].id}")
    assert [(await stage.job(job.id)).state for job in jobs] == [State.cancelled] * 2 + [State.queued] * 2
    await stage.say("cancel all")
    assert {(await stage.job(job.id)).state for job in jobs} == {State.cancelled}


async def test_status_of_everybody_tells_no_prompt_of_another_conversation(stage):
    """Whose it is, not what it says."""
    await hear(Message("m-secret", replace(HERE, channel="private"), OTHER, "A secret launch film"), stage.house)
    card = await stage.say("status all")
    assert "asked for by Other" in card.fields[0].value
    assert "secret" not in card.fields[0].value


async def wanted(stage, job):
    posting = await stage.house.storage.cards.get(job.card_id)
    return posting.shown, posting.wanted


async def running(stage):
    """A film whose card the chat shows, rendering; each look finds it further."""
    percent = count(50)

    async def further(_):
        return Running(fraction=next(percent) / 100, eta=10, ask_again_in=5)

    stage.tollbooth.poll = further
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    await stage.tick()
    await stage.tick()
    await stage.show()
    return job


async def test_a_chat_that_asks_for_patience_is_left_alone_for_exactly_that_long(stage):
    """The board says 40 s: not one second less, and none of what happened meanwhile is lost."""
    job = await running(stage)
    stage.clock.forward(6)
    await stage.tick()
    stage.board.mood = "full"
    put_off = stage.clock.at
    await stage.show()
    stage.board.mood = "well"
    stage.clock.at = put_off + timedelta(seconds=39.9)
    await stage.tick()
    assert await stage.show() == 0
    stage.clock.at = put_off + timedelta(seconds=40.1)
    assert await stage.show() == 1
    shown, behind = await wanted(stage, job)
    assert shown == behind


async def test_a_new_state_is_shown_at_once_though_the_card_is_put_off(stage):
    """A cancel is not kept waiting because the progress was."""
    job = await running(stage)
    stage.clock.forward(6)
    await stage.tick()
    stage.board.mood = "full"
    await stage.show()
    stage.board.mood = "well"
    await stage.press(job.id, "cancel")
    assert await stage.show() == 1
    assert stage.board.posts[job.card_id][-1].state == "cancelled"


async def test_a_state_that_came_while_the_chat_asked_for_patience_is_not_put_off_with_it(stage):
    """The film ends while its last progress is being refused."""
    job = await running(stage)
    stage.clock.forward(6)
    await stage.tick()
    whole = stage.board.edit

    async def cancelled_meanwhile(message, card, *, urgent=True):
        stage.board.edit = whole
        await stage.press(job.id, "cancel")
        raise Later(40.0)

    stage.board.edit = cancelled_meanwhile
    await stage.show()
    assert await stage.show() == 1
    assert stage.board.posts[job.card_id][-1].state == "cancelled"


async def test_a_state_that_comes_just_as_the_card_is_put_off_is_not_put_off_with_it(stage):
    """Between the chat's answer and its being noted there is a moment for a cancel, too."""
    job = await running(stage)
    stage.clock.forward(6)
    await stage.tick()
    stage.board.mood = "full"
    storage = stage.house.storage
    stage.house = replace(stage.house, storage=replace(storage, cards=Overtaken(storage.cards, stage, job.id)))
    await stage.show()
    stage.board.mood = "well"
    assert await stage.show() == 1
    assert stage.board.posts[job.card_id][-1].state == "cancelled"


class Overtaken:
    """Real cards; the job is cancelled just before the first is given back."""

    def __init__(self, cards, stage, job):
        self._cards, self._stage, self._jobs = cards, stage, [job]

    def __getattr__(self, name):
        return getattr(self._cards, name)

    async def shown(self, *given, **more):
        while self._jobs:
            await self._stage.press(self._jobs.pop(), "cancel")
        await self._cards.shown(*given, **more)


async def test_a_card_of_no_job_is_put_off_too_and_comes_once(stage):
    """An answer waits for the chat like everything else."""
    stage.board.mood = "full"
    await stage.say("tips")
    await stage.show()
    stage.board.mood = "well"
    assert await stage.show() == 0
    stage.clock.forward(41)
    assert await stage.show() == 1
    assert list(stage.board.times_posted.values()) == [1]


async def test_an_edit_hurries_for_a_new_state_and_not_for_progress(stage):
    """A chat that takes few edits puts progress off, never what changed."""
    job = await running(stage)
    assert stage.board.unhurried == 0
    for times in (1, 2):
        stage.clock.forward(6)
        await stage.tick()
        await stage.show()
        assert stage.board.unhurried == times
    await stage.press(job.id, "cancel")
    await stage.show()
    assert stage.board.unhurried == 2


async def test_an_edit_hurries_for_a_new_price(stage):
    """The state is the same, the money is not."""
    job = await stage.ask()
    await stage.show()
    await stage.press(job.id, "edit", "A fox crosses the lake --seconds 15")
    await stage.show()
    assert stage.board.posts[job.card_id][-1].title == "Make this film? 150.00 credits"
    assert stage.board.unhurried == 0


async def test_progress_hurries_where_the_state_before_it_was_never_shown(stage):
    """What the chat shows is compared, not what was shown to it."""
    job = await stage.ask()
    await stage.show()
    stage.tollbooth.polls = ["running"]
    await stage.press(job.id, "confirm")
    await stage.tick()
    await stage.tick()
    stage.clock.forward(6)
    await stage.tick()
    await stage.show()
    assert stage.board.posts[job.card_id][-1].progress.fraction == 0.5
    assert stage.board.unhurried == 0
