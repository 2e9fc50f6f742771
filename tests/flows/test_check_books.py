"""The nightly look at the books: once a day over all replicas, told and never mended."""

import logging
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from bot.domain.ledger import EntryKind
from bot.flows.check_books import check_books
from bot.flows.settle import entry
from bot.ports.watch import Unwatched


@dataclass
class Tallied(Unwatched):
    counts: dict[str, float] = field(default_factory=dict)

    def count(self, name, amount=1, **labels):
        self.counts[name] = self.counts.get(name, 0) + amount


async def test_a_job_whose_books_are_wrong_is_told_once_a_day_by_one_replica_and_left_as_it_is(stage, caplog):
    stage.house = replace(stage.house, watch=(watch := Tallied()))
    right, wrong = await stage.ask(), await stage.ask("A heron lands on the pier")
    for job in (right, wrong):
        await stage.press(job.id, "confirm")
    await stage.run()
    over = await stage.job(wrong.id)
    lost = entry(EntryKind.reserve, Decimal(7), over, stage.clock.now())
    await stage.house.storage.jobs.save(over.move(over.state, stage.clock.now()), [lost])
    before = await stage.house.storage.ledger.of_job(wrong.id)
    with caplog.at_level(logging.ERROR):
        looks = [await check_books(house) for house in (stage.house, stage.another_worker(), stage.house)]
    assert looks == [[wrong.id], (), ()]
    assert [record.job for record in caplog.records] == [wrong.id]
    assert watch.counts == {"books_unbalanced": 1}
    assert await stage.house.storage.ledger.of_job(wrong.id) == before
    stage.clock.forward(24 * 3600)
    assert await check_books(stage.another_worker()) == [wrong.id]


@dataclass
class Away:
    """A ledger that cannot be read."""

    async def unbalanced(self, limit):
        raise TimeoutError(f"the database is locked, and {limit} lines cannot be read")


@dataclass
class WithLedger:
    storage: object
    ledger: Away

    def __getattr__(self, name):
        return getattr(self.storage, name)


async def test_a_look_that_failed_is_made_again_by_the_next_sweep(stage):
    broken = replace(stage.house, storage=WithLedger(stage.house.storage, Away()))
    with pytest.raises(TimeoutError):
        await check_books(broken)
    await stage.ask()
    assert await check_books(stage.another_worker()) == []
    assert await stage.house.storage.claims.take("books", "w", stage.clock.now(), stage.clock.now()) is False
