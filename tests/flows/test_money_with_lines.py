"""Whatever happens in whatever order, with few places to share: no place is lost, none is given twice, and the books are right."""

import os
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from bot.domain.errors import Stale
from bot.domain.job import State
from bot.domain.ledger import EntryKind
from bot.domain.model import Limit
from bot.flows.line import let_in
from bot.flows.poll import hint
from tests.flows.test_any_order import AnyOrder, BatchesInAnyOrder
from tests.houses import TOLL, Stage

DEEP = bool(os.environ.get("CLAPPER_SOAK"))


@dataclass
class Lined(Stage):
    """Gives turns before each look, as the router does."""

    async def tick(self, house=None, limit=10):
        await let_in(house or self.house)
        return await super().tick(house, limit)

    async def run(self, most=3000):
        """Two calls a minute take a while for all the wishes there may be."""
        await super().run(most)


class LinesInAnyOrder(AnyOrder):
    """The same where the account may have one film at once, or two, or few calls a minute."""

    @initialize(
        memory=st.sampled_from(["keyed", "listing", "blind"]),
        limit=st.sampled_from([Limit(at_once=1), Limit(at_once=2), Limit(at_once=2, per_minute=2)]),
    )
    def begin(self, memory, limit):
        super().begin(memory=memory)
        was, self.limit = self.stage, limit
        models = (replace(TOLL, limits=(limit,)),)
        house = replace(was.house, catalogue=replace(was.house.catalogue, models=models))
        self.stage = Lined(house, was.clock, was.tollbooth, was.board, was.shelf)
        self.doubtful: set[str] = set()  # went on without a turn, since the provider had them all the while

    @rule(job=AnyOrder.jobs, number=st.integers(0, 3))
    def knock(self, job, number):
        """A provider, or somebody who found out an address, says that a job or one of a batch's calls changed."""
        try:
            self.run(hint(f"{job}-{number}" if number else job, self.stage.house))
        except Stale:
            return

    @rule(submit=st.sampled_from(["ok", "limited", "away", "crash_after"]))
    def two_workers_look_at_once(self, submit):
        self._script(submit, "running", "stopped")
        self._survive(self.stage.tick(limit=2))
        self._survive(self.stage.tick(self.stage.another_worker(), limit=2))

    @invariant()
    def no_more_are_on_their_way_than_there_are_places(self):
        if not hasattr(self, "doubtful"):
            return
        jobs = self.run(self.stage.house.storage.jobs.find(batch=None, limit=1000))
        self.doubtful |= {job.id for job in jobs if job.state is State.unclear}
        busy = [job for job in jobs if job.line and job.id not in self.doubtful and self._has_a_place(job)]
        assert len(busy) <= self.limit.at_once, busy

    @staticmethod
    def _has_a_place(job):
        if job.state is State.queued:
            return job.next_step_at is not None
        return job.state in {State.submitting, State.processing}

    async def _check_books(self, job, allowed):
        await super()._check_books(job, allowed)
        if job.calls > 1:
            return
        entries = await self.stage.house.storage.ledger.of_job(job.id)
        counted = sum(e.kind is EntryKind.charge for e in entries) - sum(e.kind is EntryKind.refund for e in entries)
        tollbooth = self.stage.tollbooth
        made = {key for key in tollbooth.started if key.rpartition("-")[0] == job.id} - tollbooth.stopped
        if job.state in {State.complete, State.cancelled}:
            assert counted >= len(made), "a film that was made and not stopped is counted"
        if not any(key.rpartition("-")[0] == job.id for key in tollbooth.started) and job.id not in self.doubtful:
            assert counted == 0 or job.failure.charged is not job.failure.charged.no


class BatchesWithLines(LinesInAnyOrder, BatchesInAnyOrder):
    """And of wishes whose three calls share those places."""


TestLinesInAnyOrder = LinesInAnyOrder.TestCase
TestLinesInAnyOrder.settings = settings(
    max_examples=400 if DEEP else 5,
    stateful_step_count=60 if DEEP else 30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestBatchesWithLines = BatchesWithLines.TestCase
TestBatchesWithLines.settings = settings(
    TestLinesInAnyOrder.settings, max_examples=400 if DEEP else 3, stateful_step_count=80 if DEEP else 30
)
