"""Whatever happens in whatever order, nothing is paid for twice, nothing is lost, nobody spends what they did not confirm."""

import asyncio
import os
import tempfile
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.budget import Balance, scopes
from bot.domain.chat import Message, Person
from bot.domain.errors import UserError
from bot.domain.job import Charged, State, card_id, job_id
from bot.domain.ledger import EntryKind, held, spent
from bot.flows.hear import hear
from tests.fakes import NOON, Crash, SetClock, Tollbooth
from tests.flows.brittle import Brittle, With
from tests.houses import ASKER, HERE, OTHER, open_storage, staged, template

SUBMITS = [
    "ok",
    "lost_after",
    "lost_before",
    "limited",
    "away",
    "rejected",
    "bug_before",
    "bug_after",
    "crash_before",
    "crash_after",
]
POLLS = ["running", "finished", "failed", "away", "expired"]
CANCELS = ["stopped", "too_late", "away"]
MOODS = ["well", "down", "deaf", "crash", "full"]
DECISIONS = ["confirm", "approve", "cancel", "decline", "look_again", "submit_again", "close", "edit"]
ADMIN = Person("board", "team", "U3", "Admin")
PEOPLE = [ASKER, ASKER, OTHER, ADMIN]
PLACES = [HERE, HERE, replace(HERE, thread=""), replace(HERE, thread="t-2"), replace(HERE, channel="elsewhere")]
WORDS = ["yes", "yes", "ok", "no", "stop"]
DEEP = bool(os.environ.get("CLAPPER_SOAK"))

_folder = Path(tempfile.mkdtemp(prefix="clapper-any-order-"))
_made: list[Path] = []


def _template() -> Path:
    if not _made:
        _made.append(template(_folder))
    return _made[0]


class AnyOrder(RuleBasedStateMachine):
    wish = "A fox crosses the frozen lake at dawn"
    calls = 1  # that one confirmation allows
    begun = State.queued
    jobs = Bundle("jobs")
    answers = Bundle("answers")

    @initialize(
        memory=st.sampled_from(["keyed", "listing", "blind"]),
        above=st.sampled_from([None, None, Decimal(40)]),
        budget=st.sampled_from([None, Decimal(200)]),
    )
    def begin(self, memory, above=None, budget=None):
        """Where a second person must agree, each yes is half of what is allowed."""
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory(dir=_folder)
        self.clock = SetClock()
        path = Path(self.folder.name)
        storage = open_storage(_template(), path, self.clock)
        self.stage = staged(storage, path, self.clock, tollbooth=Tollbooth(memory))
        self.brittle = Brittle(storage.jobs)
        rules = replace(self.stage.house.rules, approve_above=above, person_credits=budget, channel_credits=budget)
        self.stage.house = replace(self.stage.house, storage=With(storage, self.brittle), rules=rules)
        self.stage.board.admins.add(ADMIN.id)
        self.share = Fraction(1) if above is None else Fraction(1, 2)
        self.allowed: dict[str, Fraction] = {}
        self.asked: dict[str, Person] = {}  # by job: who asked
        self.stood: dict[
            str, dict[str, int]
        ] = {}  # by answer: each price on the board when it was written, with its revision
        self.bought: dict[str, set[str]] = {}  # by answer: what it confirmed

    def run(self, work):
        return self.loop.run_until_complete(work)

    @rule(target=jobs, who=st.sampled_from([ASKER, ASKER, OTHER]), place=st.sampled_from(PLACES))
    def ask(self, who, place):
        key = f"wish-{len(self.allowed)}"
        self.run(hear(Message(key, place, who, self.wish), self.stage.house))
        self.allowed[job_id(key)] = Fraction(0)
        self.asked[job_id(key)] = who
        return job_id(key)

    @rule(
        target=answers,
        word=st.sampled_from(WORDS),
        who=st.sampled_from(PEOPLE),
        place=st.sampled_from(PLACES),
        addressed=st.booleans(),
    )
    def write_an_answer(self, word, who, place, addressed):
        return self._written(word, who, place, addressed)

    @rule(
        target=answers,
        job=jobs,
        word=st.sampled_from(WORDS),
        who=st.sampled_from(PEOPLE),
        addressed=st.booleans(),
    )
    def write_an_answer_under_a_card(self, job, word, who, addressed):
        return self._written(word, who, replace(HERE, thread=card_id(job)), addressed)

    def _written(self, word, who, place, addressed):
        key = f"answer-{len(self.stood)}"
        shown = {id: self.stage.board.posts.get(card_id(id), [None])[-1] for id in self.allowed}
        asking = State.awaiting_confirmation.value
        self.stood[key] = {id: card.revision for id, card in shown.items() if card and card.state == asking}
        self.bought[key] = set()
        return Message(key, place, who, word, at=self.clock.now(), addressed=addressed)

    @rule(answer=answers)
    def hear_an_answer(self, answer):
        """At any time after it was written, and again where the process died."""
        before = {id: self.run(self.stage.job(id)) for id in self.allowed}
        self._survive(hear(answer, self.stage.house))
        for id, was in before.items():
            now = self.run(self.stage.job(id))
            first = now.agreed_with == answer.key and was.agreed_with != answer.key
            if was.state is not State.awaiting_confirmation or (now.state is not self.begun and not first):
                assert now.state in {was.state, State.declined, State.cancelled}
                continue
            assert answer.text in {"yes", "ok"}
            assert first == (self.share < 1 and was.agreed_by is None), "the first of two is only kept"
            allowed = (ADMIN,) if was.agreed_by == self.asked[id] else (self.asked[id],)
            assert answer.author in allowed, "somebody else's money"
            assert was.conversation.channel == answer.conversation.channel, "a price of another channel"
            assert self.stood[answer.key].get(id, 0) >= was.asked_version, "a price that was not there to be read"
            self.bought[answer.key].add(id)
            self.allowed[id] += self.calls * self.share
        assert len(self.bought[answer.key]) <= 1, "one yes, one film"

    @rule(job=jobs, action=st.sampled_from(DECISIONS), who=st.sampled_from(PEOPLE), fresh=st.booleans())
    def press(self, job, action, who, fresh):
        self.run(self._press(job, action, who, fresh))

    @rule(job=jobs, one=st.sampled_from(DECISIONS), other=st.sampled_from(DECISIONS))
    def press_two_at_once(self, job, one, other):
        async def both():
            await asyncio.gather(self._press(job, one, ASKER, True), self._press(job, other, ASKER, True))

        self.run(both())

    async def _press(self, job, action, who, fresh):
        revision = (await self.stage.job(job)).version if fresh else None
        value = f"{self.wish} --seconds 6" if action == "edit" else ""
        try:
            await self.stage.press(job, action, value, who, revision)
        except (UserError, Crash):
            return
        self.allowed[job] += {"confirm": self.calls, "approve": self.calls, "submit_again": 1}.get(
            action, 0
        ) * self.share

    @rule(
        submit=st.sampled_from(SUBMITS),
        poll=st.sampled_from(POLLS),
        cancel=st.sampled_from(CANCELS),
        dies=st.sampled_from([None, None, None, "before", "after", "away", "deaf"]),
    )
    def tick(self, submit, poll, cancel, dies):
        self._script(submit, poll, cancel)
        self.brittle.dies = dies
        self._survive(self.stage.tick(limit=1))
        self.brittle.dies = None

    @rule(job=jobs, submit=st.sampled_from(SUBMITS), press=st.sampled_from([None, "cancel"]), asleep=st.booleans())
    def tick_while_the_call_hangs(self, job, submit, press, asleep):
        """The paid call hangs; meanwhile the person cancels, or we sleep past our lease and another worker comes."""
        self._script(submit, "running", "stopped")

        async def meanwhile():
            if press:
                await self._press(job, press, ASKER, False)
            if asleep:
                self.clock.forward(60)
                self.stage.tollbooth.submits = ["ok"]
                await self._surviving(self.stage.tick(self.stage.another_worker()))

        self.stage.tollbooth.meanwhile = meanwhile
        self._survive(self.stage.tick(limit=1))
        self.stage.tollbooth.meanwhile = _nothing

    @rule(seconds=st.sampled_from([1, 20, 200, 2000]))
    def time_passes(self, seconds):
        self.clock.forward(seconds)

    @rule(mood=st.sampled_from(MOODS))
    def show(self, mood):
        self.stage.board.mood = mood
        self._survive(self.stage.show())
        self.stage.board.mood = "well"

    @invariant()
    def nothing_is_paid_for_that_was_not_confirmed(self):
        if not hasattr(self, "stage"):
            return
        for job, allowed in self.allowed.items():
            paid = sum(key.startswith(job) for key in self.stage.tollbooth.started)
            assert paid <= allowed, f"{job} was confirmed {allowed} times and paid for {paid} times"
        started = self.stage.tollbooth.started
        assert len(started) == len(set(started)), "a call was made twice"

    @invariant()
    def the_books_are_right_at_every_moment(self):
        if hasattr(self, "stage"):
            assert self.run(self.stage.house.storage.ledger.unbalanced()) == []

    @rule(job=jobs, fresh=st.booleans())
    def press_until_it_starts(self, job, fresh):
        """By both people whom it takes."""
        self.run(self._press(job, "confirm", self.asked[job], fresh))
        self.run(self._press(job, "approve", ADMIN, fresh))

    def teardown(self):
        if not hasattr(self, "stage"):
            return
        try:
            self.run(self._come_to_rest())
        finally:
            self.run(self.stage.house.storage.aclose())
            self.run(self.loop.shutdown_default_executor())
            self.loop.close()
            self.folder.cleanup()

    async def _come_to_rest(self):
        self._script("ok", "finished", "stopped")
        self.stage.board.mood = "well"
        await self.stage.run()
        self.clock.forward(31 * 60)  # every price that nobody answered has expired
        await self.stage.run()
        for id in self.allowed:
            while (await self.stage.job(id)).state is State.unclear:
                await self.stage.press(id, "close", who=self.asked[id])
        await self.stage.run()
        for id, allowed in self.allowed.items():
            job = await self.stage.job(id)
            await self._check_books(job, allowed)
            posting = await self.stage.house.storage.cards.get(job.card_id)
            assert posting.shown == posting.wanted == job.version
            assert self.stage.board.times_posted[job.card_id] == 1
            assert self.stage.board.posts[job.card_id][-1].state == job.state.value

        await self._check_balances()

    async def _check_balances(self):
        """Of every purse: what its entries come to, with nothing held any more."""
        ledger, start = self.stage.house.storage.ledger, NOON - timedelta(days=1)
        assert await ledger.unbalanced() == []
        pages = await ledger.entries(("board", "team"), start, NOON + timedelta(days=900), limit=10_000)
        entries = [entry for _, entry in pages]
        for who in (ASKER, OTHER, ADMIN):
            for place in (HERE, replace(HERE, channel="elsewhere")):
                mine = [one for one in entries if one.person.id == who.id]
                there = [one for one in entries if one.channel == place.channel]
                for scope, its in zip(scopes(who, place), (mine, there, entries), strict=True):
                    assert await ledger.balance(scope, start) == Balance(spent(its), held(its))
        assert held(entries) == 0
        assert spent(entries) >= 0

    async def _check_books(self, job, allowed):
        """What the job's paid call, if any, came to."""
        assert job.ended, f"{job.id} is stuck in {job.state}"
        assert job.next_step_at is None
        assert not job.stopping
        entries = await self.stage.house.storage.ledger.of_job(job.id)
        assert held(entries) == 0, entries
        counted = sum(e.kind is EntryKind.charge for e in entries) - sum(e.kind is EntryKind.refund for e in entries)
        assert 0 <= counted <= job.attempt <= max(allowed, 0)
        assert spent(entries) == counted * job.quote.credits
        if job.failure is not None and job.failure.charged is Charged.no:
            assert counted < job.attempt or not counted, "what the card says was not charged is not counted"
        if job.state is State.complete:
            assert counted == job.attempt
            assert len(job.result.clips) == 1
        if not allowed:
            assert entries == [] or spent(entries) == Decimal(0)

    def _script(self, submit, poll, cancel):
        self.stage.tollbooth.submits = [submit]
        self.stage.tollbooth.polls = [poll]
        self.stage.tollbooth.cancels = [cancel]

    def _survive(self, work):
        self.run(self._surviving(work))

    @staticmethod
    async def _surviving(work):
        try:
            await work
        except (Crash, OSError):
            return


async def _nothing():
    return


class BatchesInAnyOrder(AnyOrder):
    """The same of wishes that take three calls: each call keeps every promise, and the job people see ends when all have."""

    wish = "A fox crosses the frozen lake at dawn, 3 variations"
    calls = 3
    begun = State.processing

    @rule(target=AnyOrder.jobs, who=st.sampled_from([ASKER, OTHER]))
    def ask_and_confirm(self, who):
        job = self.ask(who, HERE)
        self.press_until_it_starts(job, True)
        return job

    async def _check_books(self, job, allowed):
        calls = await self.stage.house.storage.jobs.find(batch=job.id)
        assert len(calls) == (3 if allowed else 0) or (not calls and self.share < 1), "one yes of two begins nothing"
        assert sum(call.attempt for call in calls) <= allowed
        assert (job.ended, job.next_step_at, job.stopping) == (True, None, False)
        assert await self.stage.house.storage.ledger.of_job(job.id) == []
        cost = Decimal(0)
        for call in calls:
            await super()._check_books(call, allowed)
            cost += spent(await self.stage.house.storage.ledger.of_job(call.id))
        if not calls:
            return
        ready = {clip.id for call in calls if call.result for clip in call.result.clips}
        assert {clip.id for clip in job.result.clips} == ready
        assert job.result.credits == cost
        assert (job.state is State.complete) == (bool(ready) and job.state is not State.cancelled)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=400 if DEEP else 12,
    stateful_step_count=60 if DEEP else 30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestBatchesInAnyOrder = BatchesInAnyOrder.TestCase
TestBatchesInAnyOrder.settings = settings(
    TestAnyOrder.settings, max_examples=400 if DEEP else 4, stateful_step_count=80 if DEEP else 30
)
