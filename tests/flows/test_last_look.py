"""The last moment before a paid call: whoever took long to make it ready does not send what somebody else has sent meanwhile."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from bot.domain.errors import Unclear
from bot.domain.job import Charged, ProviderTask, State
from bot.domain.ledger import held, spent
from bot.ports.video import Order
from tests.fakes import Crash, Tollbooth, nothing
from tests.flows.brittle import Brittle, With
from tests.houses import Stage


@dataclass
class Shipper(Tollbooth):
    """Brings files to the provider before the call, which may take long; what its list does not have is nowhere, unless it is blind."""

    bringing: Callable[[], Awaitable[None]] = nothing

    async def submit(self, order: Order) -> ProviderTask:
        bringing, self.bringing = self.bringing, nothing
        await bringing()
        return await super().submit(order)

    async def find(self, order: Order) -> ProviderTask | None:
        if self.memory == "blind":
            raise Unclear("there is no way to look it up")
        return ProviderTask(id=order.key, route="films") if order.key in self.started else None


async def shipped(stage: Stage, memory: str = "listed"):
    """A confirmed job of such a provider."""
    stage.tollbooth = Shipper(memory)
    stage.house = replace(stage.house, providers={"tollbooth": stage.tollbooth})
    job = await stage.ask()
    await stage.press(job.id, "confirm")
    return job


async def books(stage, job):
    entries = await stage.house.storage.ledger.of_job(job.id)
    return held(entries), spent(entries)


async def test_a_worker_that_slept_while_it_brought_the_files_sends_nothing_that_was_sent_meanwhile(stage):
    """Its lease ran out; another worker looked, found nothing, waited and sent the order itself."""
    job = await shipped(stage)

    async def asleep():
        for _ in range(4):
            stage.clock.forward(60)
            await stage.tick(stage.another_worker())

    stage.tollbooth.bringing = asleep
    await stage.tick()
    assert len(stage.tollbooth.started) == 1
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.tollbooth.started) == 1
    assert await books(stage, job) == (0, 50)


async def test_a_call_whose_files_took_long_counts_as_sent_when_it_goes_out(stage):
    """Its worker dies in the call: only ten seconds after that is it believed that it never arrived."""
    stage.house = replace(stage.house, rules=replace(stage.house.rules, lease_seconds=1))
    job = await shipped(stage)

    async def minutes_go_by():
        stage.clock.forward(100)

    stage.tollbooth.bringing = minutes_go_by
    stage.tollbooth.submits = ["crash_before", "ok"]
    with pytest.raises(Crash):
        await stage.tick()
    for wait, state in ((5, State.submitting), (6, State.queued)):
        stage.clock.forward(wait)
        await stage.tick(stage.another_worker())
        assert (await stage.job(job.id)).state is state


@pytest.mark.parametrize("memory", ["listed", "blind"])
async def test_a_job_cancelled_while_its_files_are_brought_is_not_sent_and_costs_nothing(stage, memory):
    """Even where the provider could not say afterwards whether it was."""
    job = await shipped(stage, memory)

    async def cancelled():
        stage.clock.forward(30)
        await stage.press(job.id, "cancel")

    stage.tollbooth.bringing = cancelled
    await stage.run()
    done = await stage.job(job.id)
    assert stage.tollbooth.started == []
    assert (done.state, done.stopping, done.failure.charged) == (State.cancelled, False, Charged.no)
    assert await books(stage, job) == (0, 0)


async def test_nothing_is_sent_while_the_database_cannot_say_whether_it_may_be(stage):
    """It is tried again when the database is back."""
    job = await shipped(stage, "blind")
    brittle = Brittle(stage.house.storage.jobs)
    stage.house = replace(stage.house, storage=With(stage.house.storage, brittle))

    async def database_goes_away():
        stage.clock.forward(30)
        brittle.dies = "away"

    stage.tollbooth.bringing = database_goes_away
    await stage.tick()
    assert stage.tollbooth.started == []
    assert (await stage.job(job.id)).state is State.queued
    await stage.run()
    assert (await stage.job(job.id)).state is State.complete
    assert len(stage.tollbooth.started) == 1
