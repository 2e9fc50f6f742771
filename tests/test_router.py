"""The router: events once, due work at once, bugs contained, an orderly stop."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from sqlalchemy import text

from bot.domain.chat import Attachment, Command, Message, Person, Press
from bot.domain.errors import NotAllowed
from bot.domain.job import Charged, State, card_id, job_id
from bot.flows.hear import reply_id
from bot.router import Router
from bot.router.lane import Lane
from tests.fakes import SetClock
from tests.houses import ASKER, HERE, OTHER, open_storage, staged, template


@pytest.fixture
async def stage(tmp_path):
    clock = SetClock()
    storage = open_storage(template(tmp_path), tmp_path, clock)
    yield staged(storage, tmp_path, clock)
    await storage.aclose()


@pytest.fixture
async def router(stage):
    one = Router(stage.house)
    yield one
    await one.close(patience=5)


async def eventually(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await true():
            await asyncio.sleep(0.005)


def wish(key="m1", author=ASKER):
    return Message(key, HERE, author, "A fox crosses the frozen lake")


async def state_of(stage, key="m1"):
    job = await stage.house.storage.jobs.get(job_id(key))
    return job.state if job else None


async def in_state(stage, state, key="m1"):
    async def there():
        return await state_of(stage, key) is state

    await eventually(there)


async def test_a_message_leads_to_a_card_and_a_press_to_a_film_without_waiting_for_a_tick(stage, router):
    """Every arrival wakes the pollers at once: no interval runs in this test."""
    await router.receive(wish())
    await in_state(stage, State.awaiting_confirmation)
    await router.press(Press("p1", HERE, ASKER, "confirm", job_id("m1")))
    await in_state(stage, State.complete)
    assert len(stage.tollbooth.started) == 1


async def test_an_event_delivered_again_is_answered_once(stage, router):
    """A redelivery, even at the same moment, makes one job and one card."""
    fresh = await asyncio.gather(*(router.receive(wish()) for _ in range(5)))
    assert sorted(fresh) == [False] * 4 + [True]
    await in_state(stage, State.awaiting_confirmation)
    assert len(await stage.house.storage.jobs.find(conversation=HERE)) == 1


async def test_what_a_press_did_is_shown_before_it_is_answered(stage, router):
    """Who asks right after the press sees the new card."""
    await router.receive(wish())
    await in_state(stage, State.awaiting_confirmation)
    await router.press(Press("p1", HERE, ASKER, "cancel", job_id("m1")))
    posting = await stage.house.storage.cards.get(job_id("m1").replace("J-", "C-"))
    assert posting.card.state == "declined"


async def test_a_refused_press_is_told_to_the_presser(stage, router):
    """Directly where the platform waits for it, and to them alone where it came as an event."""
    await router.receive(wish())
    await in_state(stage, State.awaiting_confirmation)
    with pytest.raises(NotAllowed):
        await router.press(Press("p1", HERE, OTHER, "confirm", job_id("m1")))
    await router.receive(Press("p2", HERE, OTHER, "confirm", job_id("m1")))

    async def told():
        return OTHER in stage.board.private.values()

    await eventually(told)
    assert await state_of(stage) is State.awaiting_confirmation


async def test_a_step_that_breaks_rests_and_is_tried_again(stage, router, caplog):
    """A bug is logged with the job's id; the job neither spins nor is lost."""
    stage.tollbooth.polls = ["finished"]

    async def broken(task):
        raise RuntimeError("a bug")

    whole, stage.tollbooth.poll = stage.tollbooth.poll, broken
    await router.receive(wish())
    await in_state(stage, State.awaiting_confirmation)
    await router.press(Press("p1", HERE, ASKER, "confirm", job_id("m1")))

    async def logged():
        return any("a step of a job broke" in record.message for record in caplog.records)

    await eventually(logged)
    stage.tollbooth.poll = whole

    async def finished_after_its_rest():
        stage.clock.forward(31)
        router.tick()
        return await state_of(stage) is State.complete

    await eventually(finished_after_its_rest)
    assert len(stage.tollbooth.started) == 1


async def test_a_message_that_cannot_be_handled_is_given_up_with_a_word(stage, router, caplog):
    """Three hearings that broke, then the person is told; the poison does not stay in the line."""

    async def broken(*_):
        raise RuntimeError("a bug")

    stage.house.media.probe = broken
    stage.board.attachments["a"] = b"\xff\xd8picture"
    await router.receive(Message("m1", HERE, ASKER, "A fox", (Attachment("a", "fox.jpg", "image/jpeg"),)))
    for _ in range(5):
        stage.clock.forward(60)
        router.tick()
        await asyncio.sleep(0.05)

    async def told():
        return any("Something broke here" in cards[-1].title for cards in stage.board.posts.values())

    stage.clock.forward(60)
    router.tick()
    await eventually(told)
    assert stage.tollbooth.started == []


async def closed_in_the_paid_call(stage, router) -> None:
    inside, go = asyncio.Event(), asyncio.Event()

    async def hang():
        inside.set()
        await go.wait()

    stage.tollbooth.meanwhile = hang
    await router.receive(wish())
    await in_state(stage, State.awaiting_confirmation)
    await router.press(Press("p1", HERE, ASKER, "confirm", job_id("m1")))
    await asyncio.wait_for(inside.wait(), 5)
    closing = asyncio.create_task(router.close(patience=5))
    await asyncio.sleep(0)
    go.set()
    await closing


async def test_closing_waits_for_the_call_in_hand(stage, router):
    """A stop lets the paid call answer and saves its task before it goes."""
    stage.tollbooth.polls = ["running"]
    await closed_in_the_paid_call(stage, router)
    job = await stage.job(job_id("m1"))
    assert job.provider_task is not None


async def test_a_film_that_is_made_at_once_is_looked_for_once(stage):
    """Its steps follow each other under the lease that the first one came with."""
    storage = Claims(stage.house.storage)
    router = Router(dataclasses.replace(stage.house, storage=storage))
    await router.receive(wish())
    await in_state(stage, State.awaiting_confirmation)
    await router.press(Press("p1", HERE, ASKER, "confirm", job_id("m1")))
    await in_state(stage, State.complete)
    await router.close(patience=5)
    assert storage.given == [(job_id("m1"), State.queued)]


async def test_what_is_due_when_it_closes_is_at_once_anybodys(stage, router):
    """Nobody waits until the lease of a program that has gone runs out."""
    await closed_in_the_paid_call(stage, router)
    assert await state_of(stage) is State.processing
    now = stage.clock.now()
    [job] = await stage.house.storage.jobs.claim(["board"], "worker-2", now, now, 10)
    assert job.id == job_id("m1")


async def test_closing_waits_for_what_was_being_looked_for():
    """What is claimed while the lane closes is leased to us: nobody else would do it before the lease runs out."""
    asked, answer = asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def claim(_room: int) -> list[str]:
        asked.set()
        await answer.wait()
        return ["due"]

    async def work(item: str) -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        done.append(item)

    lane = Lane(lambda: 1, claim, work, str)
    lane.wake()
    await asked.wait()
    closing = asyncio.create_task(lane.close(patience=5))
    await asyncio.sleep(0)
    answer.set()
    await closing
    assert done == ["due"]


async def test_closing_does_what_was_claimed_again_while_it_was_on_its_way_out():
    """It is leased to us, too: nobody else would do it before the lease runs out."""
    begun, go = asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def claim(_room: int) -> list[str]:
        return ["due"]

    async def work(item: str) -> None:
        begun.set()
        await go.wait()
        done.append(item)

    lane = Lane(lambda: 2, claim, work, str)
    lane.wake()
    await begun.wait()
    lane.wake()
    closing = asyncio.create_task(lane.close(patience=5))
    await asyncio.sleep(0)
    go.set()
    await closing
    assert done == ["due", "due"]


async def test_closing_is_patient_for_so_long_and_begins_nothing_then():
    begun: list[str] = []

    async def claim(_room: int) -> list[str]:
        return ["due"]

    async def work(item: str) -> None:
        begun.append(item)
        await asyncio.Event().wait()

    lane = Lane(lambda: 2, claim, work, str)
    lane.wake()
    while not begun:
        await asyncio.sleep(0)
    lane.wake()
    await lane.close(patience=0.01)
    assert begun == ["due"]
    assert lane.names == ()


async def test_a_job_that_is_due_again_is_not_worked_on_twice_at_once(stage):
    """A slow database: the next claim comes while the last step is still on its way out."""
    storage = SlowToTell(stage.house.storage)
    router = Router(dataclasses.replace(stage.house, storage=storage))
    stage.tollbooth.polls = ["running"]
    at_once, most = 0, 0
    whole = stage.tollbooth.poll

    async def watched(task):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        try:
            return await whole(task)
        finally:
            at_once -= 1

    stage.tollbooth.poll = watched
    await router.receive(wish())
    await in_state(stage, State.awaiting_confirmation)
    await router.press(Press("p1", HERE, ASKER, "confirm", job_id("m1")))
    for _ in range(40):
        stage.clock.forward(6)
        router.tick()
        await asyncio.sleep(0.005)
    stage.tollbooth.polls = ["finished"]

    async def done():
        stage.clock.forward(6)
        router.tick()
        return await state_of(stage) is State.complete

    await eventually(done)
    await router.close(patience=5)
    assert most == 1


async def test_a_step_that_stays_broken_ends_the_job_with_its_number(stage, router, caplog):
    """Not for ever: the card says that something broke here, and what it may have cost."""

    async def broken(task):
        raise KeyError("a bug")

    stage.tollbooth.poll = broken
    await router.receive(wish())
    await in_state(stage, State.awaiting_confirmation)
    await router.press(Press("p1", HERE, ASKER, "confirm", job_id("m1")))
    told = set()

    async def ended():
        stage.clock.forward(31)
        router.tick()
        cards = stage.board.posts.get(job_id("m1").replace("J-", "C-"), [])
        told.update(card.progress.text for card in cards if card.progress)
        return await state_of(stage) is State.error

    await eventually(ended)
    job = await stage.job(job_id("m1"))
    assert job.failure.say == f"Something broke here, job {job.id}."
    assert job.failure.charged is Charged.maybe
    assert any("Something broke here" in text for text in told)


async def test_an_event_is_filled_in_by_its_platform_before_it_is_heard(stage, router):
    """Who wrote it is looked up afterwards, not while the chat waits for an answer."""
    bare = Message("m1", HERE, Person("board", "team", "U1"), "A fox crosses the frozen lake")
    stage.board.filled["m1"] = dataclasses.replace(bare, author=ASKER)
    await router.receive(bare)
    await in_state(stage, State.awaiting_confirmation)
    assert (await stage.job(job_id("m1"))).author.name == "Asker"


async def test_filling_in_that_fails_is_tried_again(stage, router):
    """The chat was away for a moment: the message is only late."""
    stage.board.unfilled = 2
    await router.receive(wish())

    async def failed(left):
        router.tick()
        return stage.board.unfilled == left and not router.events.names

    for left in (1, 0):
        await eventually(partial(failed, left))
        stage.clock.forward(16)

    async def heard():
        router.tick()
        return await state_of(stage) is State.awaiting_confirmation

    await eventually(heard)
    assert len(stage.board.posts) <= 1


async def test_filling_in_that_keeps_failing_is_apologised_for(stage, router):
    """To a command's author alone, to a message's where it was written."""
    stage.board.unfilled = 1000
    await router.receive(wish())
    await router.receive(Command("c1", HERE, ASKER, "status", ""))

    async def told():
        stage.clock.forward(16)
        router.tick()
        return {reply_id("m1"), reply_id("c1")} <= set(stage.board.posts)

    await eventually(told)
    assert {cards[-1].title for cards in stage.board.posts.values()} == {"Something broke here"}
    assert stage.board.private == {reply_id("c1"): ASKER}
    assert await state_of(stage) is None


async def test_nobody_is_told_of_trouble_with_what_was_not_said_to_the_bot(stage, router):
    """An ok between two people that could not be looked up is dropped without a word."""
    stage.board.unfilled = 1000
    await router.receive(Message("m1", HERE, OTHER, "ok", addressed=False))

    async def given_up():
        stage.clock.forward(16)
        router.tick()
        return stage.board.unfilled == 997 and await done(stage, "m1")

    await eventually(given_up)
    assert stage.board.posts == {}


async def done(stage, key):
    """Whether an event is not to be heard any more."""
    now = stage.clock.now()
    held = await stage.house.storage.inbox.claim(["board"], "looking", now, now, 9)
    return key not in [event.key for event, _ in held]


@pytest.mark.parametrize("text", ["what a view", "status", "A fox crosses the lake", "yes, but later", ""])
async def test_what_is_not_said_to_the_bot_is_not_kept(stage, router, text):
    """Nothing of other people's talk is stored."""
    assert not await router.receive(Message("m1", HERE, OTHER, text, addressed=False))
    assert await stage.house.storage.inbox.messages(HERE) == []


async def test_a_typed_yes_is_taken_in_though_nobody_addressed_it_to_the_bot(stage, router):
    """C2: it does what the button does."""
    await router.receive(wish())
    await in_state(stage, State.awaiting_confirmation)

    async def shown():
        posting = await stage.house.storage.cards.get(card_id(job_id("m1")))
        return posting.shown == 1

    await eventually(shown)
    assert not await router.receive(
        Message("m2", HERE, ASKER, "yes", (Attachment("a", "a.png", "image/png"),), addressed=False)
    )
    assert await router.receive(Message("m3", HERE, ASKER, "yes", addressed=False))
    await in_state(stage, State.complete)


async def test_a_press_that_breaks_is_given_up_with_a_word_to_the_presser(stage, router, caplog):
    """Not to the whole channel."""
    await router.receive(wish())
    await in_state(stage, State.awaiting_confirmation)
    spoilt = text("UPDATE jobs SET body = '{}'")
    await stage.house.storage.database.write(lambda session: session.execute(spoilt))
    await router.receive(Press("p1", HERE, ASKER, "decline", job_id("m1")))

    async def told():
        stage.clock.forward(16)
        router.tick()
        return ASKER in stage.board.private.values()

    await eventually(told)
    assert stage.board.posts[reply_id("p1")][-1].text.startswith("This button's press could not be taken in.")


class Claims:
    """A storage that notes which jobs were claimed."""

    def __init__(self, storage):
        self._storage = storage
        self._claim = storage.jobs.claim
        self.given = []
        self.jobs = self

    def __getattr__(self, name):
        return getattr(self._storage.jobs if hasattr(self._storage.jobs, name) else self._storage, name)

    async def claim(self, *asked):
        found = await self._claim(*asked)
        self.given += [(job.id, job.state) for job in found]
        return found


class SlowToTell:
    """A storage that takes a while to give a job."""

    def __init__(self, storage):
        self._storage = storage
        self.jobs = _SlowJobs(storage.jobs)

    def __getattr__(self, name):
        return getattr(self._storage, name)


class _SlowJobs:
    def __init__(self, jobs):
        self._jobs = jobs

    def __getattr__(self, name):
        return getattr(self._jobs, name)

    async def get(self, id):
        await asyncio.sleep(0.03)
        return await self._jobs.get(id)
