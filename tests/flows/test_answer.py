"""A typed yes, no or stop: the one price that it can mean, and never another's."""

from dataclasses import replace

import pytest

from bot.domain.chat import Attachment, Command, Conversation, Message, MessageRef
from bot.domain.job import State, job_id
from bot.flows.hear import hear, reply_id
from bot.flows.seen import note_seen
from bot.flows.sweep import sweep
from tests.houses import ASKER, HERE, OTHER

TOP = replace(HERE, thread="")
ELSEWHERE = replace(HERE, thread="thread-2")
DIRECT = Conversation("board", "team", "with-asker")


async def priced(stage, key, place=HERE, author=ASKER, text="A fox crosses the frozen lake at dawn"):
    """A price, shown."""
    await hear(Message(key, place, author, text), stage.house)
    await stage.show()
    return await stage.job(job_id(key))


async def says(stage, text, place, author=ASKER, *, addressed=True, key="answer"):
    """A typed answer; the card it got, None where it got none."""
    said = Message(key, place, author, text, at=stage.clock.now(), addressed=addressed)
    await hear(said, stage.house)
    posting = await stage.house.storage.cards.get(reply_id(key))
    return posting.card if posting is not None else None


async def state(stage, job):
    return (await stage.job(job.id)).state


async def under(stage, job):
    """The thread that hangs on the card's own message."""
    posting = await stage.house.storage.cards.get(job.card_id)
    return replace(HERE, thread=posting.message.id)


@pytest.mark.parametrize("addressed", [True, False])
async def test_a_yes_under_the_cards_own_message_confirms_that_price(stage, addressed):
    """Two prices of mine stand at the top of a channel; the thread says which."""
    first, second = await priced(stage, "w1", TOP), await priced(stage, "w2", TOP)
    await says(stage, "yes", await under(stage, first), addressed=addressed)
    assert await state(stage, first) is State.queued
    assert await state(stage, second) is State.awaiting_confirmation


async def test_a_yes_under_a_card_where_another_price_waits_too_confirms_neither(stage):
    """Under the card of the first a second wish was made: it could be either."""
    first = await priced(stage, "w1", TOP)
    second = await priced(stage, "w2", await under(stage, first))
    card = await says(stage, "yes", await under(stage, first))
    assert "2 prices are waiting" in card.text
    assert {await state(stage, first), await state(stage, second)} == {State.awaiting_confirmation}


@pytest.mark.parametrize("place", [TOP, ELSEWHERE])
async def test_a_yes_at_the_top_of_a_channel_finds_the_one_price_of_mine(stage, place):
    """A mention at the top is a place of its own; somebody else's price in the channel is not meant."""
    mine, theirs = await priced(stage, "w1", HERE), await priced(stage, "w2", replace(HERE, thread="t9"), OTHER)
    await says(stage, "yes", place)
    assert await state(stage, mine) is State.queued
    assert await state(stage, theirs) is State.awaiting_confirmation


async def test_a_yes_in_another_channel_finds_nothing(stage):
    """Prices stay where they were asked for."""
    mine = await priced(stage, "w1")
    card = await says(stage, "yes", Conversation("board", "team", "elsewhere"))
    assert card.title == "Nothing is waiting for an answer here"
    assert await state(stage, mine) is State.awaiting_confirmation


async def test_a_yes_in_a_thread_about_another_film_does_not_reach_out_of_it(stage):
    """The thread's own film is made; the price in the next thread is not what is talked about."""
    here = await priced(stage, "w1")
    await stage.press(here.id, "confirm")
    other = await priced(stage, "w2", ELSEWHERE)
    card = await says(stage, "yes", HERE)
    assert card.title == "Nothing is waiting for an answer here"
    assert await state(stage, other) is State.awaiting_confirmation


async def test_the_nearest_price_is_the_one_that_is_meant(stage):
    """One waits at the top, where the yes is said, and one forgotten in a thread."""
    forgotten, here = await priced(stage, "w1", ELSEWHERE), await priced(stage, "w2", TOP)
    await says(stage, "yes", TOP)
    assert await state(stage, here) is State.queued
    assert await state(stage, forgotten) is State.awaiting_confirmation


async def test_an_old_price_is_not_forgotten_behind_many_newer_jobs(stage):
    """Sixty jobs later two prices wait, so a yes is for neither."""
    first = await priced(stage, "w0")
    for number in range(1, 61):
        await hear(Message(f"w{number}", HERE, ASKER, "A heron lands on the pier"), stage.house)
        await stage.press(job_id(f"w{number}"), "decline")
    await stage.show()
    last = await priced(stage, "w61")
    card = await says(stage, "yes", HERE)
    assert "2 prices are waiting" in card.text
    assert {await state(stage, first), await state(stage, last)} == {State.awaiting_confirmation}


async def test_a_yes_that_nobody_addressed_to_the_bot_counts_in_the_prices_thread(stage):
    """C2: typing yes in the thread is enough."""
    job = await priced(stage, "w1")
    assert await says(stage, "yes", HERE, addressed=False) is None
    assert await state(stage, job) is State.queued


@pytest.mark.parametrize("word", ["yes", "no", "stop"])
@pytest.mark.parametrize("place", [HERE, TOP, ELSEWHERE])
async def test_what_a_stranger_says_to_others_is_met_with_silence(stage, word, place):
    """No card, no change: they were not talking to the bot."""
    job = await priced(stage, "w1", place)
    assert await says(stage, word, place, OTHER, addressed=False) is None
    assert await state(stage, job) is State.awaiting_confirmation


@pytest.mark.parametrize("word", ["yes", "ok", "no", "stop"])
async def test_an_unaddressed_answer_where_nothing_waits_is_silent(stage, word):
    """Not even a running film is stopped by what people say to each other."""
    job = await priced(stage, "w1")
    await stage.press(job.id, "confirm")
    assert await says(stage, word, HERE, addressed=False) is None
    assert await state(stage, job) is State.queued


async def test_an_unaddressed_yes_in_the_channel_at_large_does_not_reach_into_threads(stage):
    """People say ok to each other all day."""
    job = await priced(stage, "w1")
    assert await says(stage, "ok", TOP, addressed=False) is None
    assert await says(stage, "ok", ELSEWHERE, addressed=False, key="a2") is None
    assert await state(stage, job) is State.awaiting_confirmation


async def test_an_approvers_ok_to_somebody_else_spends_nothing(stage):
    """At the top of a channel only the requester's own unaddressed yes counts; in the price's thread the approver's does too."""
    stage.house = replace(stage.house, rules=replace(stage.house.rules, approvers=frozenset({"board:U2"})))
    job, other = await priced(stage, "w1", TOP), await priced(stage, "w2")
    assert await says(stage, "ok", TOP, OTHER, addressed=False) is None
    assert await state(stage, job) is State.awaiting_confirmation
    await says(stage, "ok", HERE, OTHER, addressed=False, key="a2")
    assert (await stage.job(other.id)).confirmed_by == OTHER


async def test_an_approvers_yes_where_their_own_price_waits_too_confirms_neither(stage):
    """They may decide about both, so it could mean either."""
    stage.house = replace(stage.house, rules=replace(stage.house.rules, approvers=frozenset({"board:U2"})))
    mine, theirs = await priced(stage, "w1", author=OTHER), await priced(stage, "w2", author=ASKER)
    card = await says(stage, "yes", HERE, OTHER)
    assert "2 prices are waiting" in card.text
    assert {await state(stage, mine), await state(stage, theirs)} == {State.awaiting_confirmation}


async def test_a_namesake_from_another_workspace_is_a_stranger(stage):
    """The same id elsewhere is somebody else."""
    job = await priced(stage, "w1")
    card = await says(stage, "yes", HERE, replace(ASKER, workspace="guests"))
    assert "Only Asker" in card.text
    assert await state(stage, job) is State.awaiting_confirmation


async def test_a_yes_written_while_the_price_was_put_off_does_not_count_though_it_is_heard_later(stage):
    """The chat took the card late, the yes was taken in later still: it was written before the price stood there."""
    await hear(Message("w1", HERE, ASKER, "A fox crosses the frozen lake"), stage.house)
    stage.board.mood = "full"
    await stage.show()
    blind = Message("blind", HERE, ASKER, "yes", at=stage.clock.now())
    stage.board.mood = "well"
    stage.clock.forward(41)
    await stage.show()
    await hear(blind, stage.house)
    job = await stage.job(job_id("w1"))
    assert job.state is State.awaiting_confirmation
    posting = await stage.house.storage.cards.get(reply_id("blind"))
    assert "came after you wrote your answer" in posting.card.text
    await says(stage, "yes", HERE)
    assert await state(stage, job) is State.queued


async def test_a_yes_for_a_new_price_that_the_chat_does_not_show_yet_buys_nothing(stage):
    """The card still shows the old price: the edit was put off."""
    job = await priced(stage, "w1")
    await stage.press(job.id, "edit", "A fox crosses the lake --seconds 15")
    stage.board.mood = "full"
    await stage.show()
    card = await says(stage, "yes", HERE)
    assert "came after you wrote your answer" in card.text
    assert await state(stage, job) is State.awaiting_confirmation


async def test_a_typed_no_heard_again_declines_no_other_price(stage):
    """The process died before the message was done; by then another price waits."""
    first = await priced(stage, "w1")
    no = Message("the-no", HERE, ASKER, "no", at=stage.clock.now())
    await hear(no, stage.house)
    second = await priced(stage, "w2")
    await hear(no, stage.house)
    assert (await state(stage, first), await state(stage, second)) == (State.declined, State.awaiting_confirmation)
    assert await stage.house.storage.cards.get(reply_id("the-no")) is None


async def test_a_yes_with_a_file_is_a_wish(stage):
    """Whoever attaches something asks for something."""
    stage.board.attachments["a"] = b"film"
    job = await priced(stage, "w1")
    await hear(Message("w2", HERE, ASKER, "yes", (Attachment("a", "a.mp4", "video/mp4"),)), stage.house)
    assert await state(stage, job) is State.awaiting_confirmation
    assert await stage.house.storage.jobs.get(job_id("w2")) is not None


async def test_a_command_finds_the_job_it_names_wherever_in_the_channel_it_runs(stage):
    """A command is given in the channel, its job lives in a thread."""
    job = await priced(stage, "w1")
    await stage.press(job.id, "confirm")
    await hear(Command("c1", TOP, ASKER, "cancel", job.id), stage.house)
    assert await state(stage, job) is State.cancelled


async def test_cancel_all_is_all_of_mine_in_this_channel_and_nobody_elses(stage):
    """Threads included, other channels and other people not."""
    here, thread = await priced(stage, "w1", TOP), await priced(stage, "w2")
    away = await priced(stage, "w3", Conversation("board", "team", "elsewhere"))
    theirs = await priced(stage, "w4", author=OTHER)
    await hear(Command("c1", TOP, ASKER, "cancel", "all"), stage.house)
    assert [await state(stage, job) for job in (here, thread)] == [State.declined] * 2
    assert [await state(stage, job) for job in (away, theirs)] == [State.awaiting_confirmation] * 2


async def test_cancel_here_is_what_was_asked_for_in_this_thread_or_hangs_on_its_card(stage):
    """A chat's own stop button stands in one thread: what runs in the next one goes on."""
    thread, top = await priced(stage, "w1"), await priced(stage, "w2", TOP)
    beside = await priced(stage, "w3", ELSEWHERE)
    theirs = await priced(stage, "w4", author=OTHER)
    await hear(Command("c1", HERE, ASKER, "cancel", "here"), stage.house)
    assert [await state(stage, job) for job in (thread, top, beside, theirs)] == [State.declined] + [State.awaiting_confirmation] * 3  # fmt: skip
    await hear(Command("c2", await under(stage, top), ASKER, "cancel", "here"), stage.house)
    assert [await state(stage, job) for job in (top, beside)] == [State.declined, State.awaiting_confirmation]


async def redirected(stage, key):
    """A price whose card the chat had to show in the asker's direct messages, since it may not write in the channel."""
    await hear(Message(key, HERE, ASKER, "A fox crosses the frozen lake at dawn"), stage.house)
    job, cards, now = await stage.job(job_id(key)), stage.house.storage.cards, stage.clock.now()
    await cards.take(job.card_id, "w", now, now)
    await cards.shown(job.card_id, "w", job.version, MessageRef(DIRECT, "card-1"))
    await note_seen(job, stage.house)
    return job


@pytest.mark.parametrize("thread", ["card-1", "a-message-of-its-own"])
async def test_a_price_shown_in_direct_messages_is_answered_there(stage, thread):
    """C2: under the card as well as beside it."""
    job = await redirected(stage, "w1")
    await says(stage, "yes", replace(DIRECT, thread=thread))
    assert await state(stage, job) is State.queued


async def test_a_price_shown_in_direct_messages_is_withdrawn_there(stage):
    job = await redirected(stage, "w1")
    await hear(Command("c1", replace(DIRECT, thread="x"), ASKER, "cancel", ""), stage.house)
    assert await state(stage, job) is State.declined


async def test_a_price_shown_in_direct_messages_is_nobody_elses_to_answer_there(stage):
    job = await redirected(stage, "w1")
    await says(stage, "yes", replace(DIRECT, thread="x"), OTHER)
    assert await state(stage, job) is State.awaiting_confirmation


async def test_a_price_that_stands_for_a_week_can_be_answered_as_long(stage):
    """What is kept only for a while is swept away meanwhile."""
    stage.house = replace(stage.house, rules=replace(stage.house.rules, confirm_seconds=7 * 24 * 3600))
    job = await priced(stage, "w1")
    stage.clock.forward(6 * 24 * 3600)
    await sweep(stage.house)
    await says(stage, "yes", HERE)
    assert await state(stage, job) is State.queued
