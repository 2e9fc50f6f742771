"""From a message to its stored cost card, and what a page of waiting jobs does to it."""

import statistics
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.chat import Message
from bot.domain.job import job_id
from bot.flows.hear import hear
from tests.fakes import SetClock
from tests.houses import ASKER, HERE, open_storage, staged, template

ROUNDS = 200
WAITING = 2000
TEXT = "A fox crosses the frozen lake at dawn, 8 seconds, vertical, 1080p [Push in, Pan left]"


@pytest.fixture
async def stage(tmp_path):
    clock = SetClock()
    storage = open_storage(template(tmp_path), tmp_path, clock)
    yield staged(storage, tmp_path, clock)
    await storage.aclose()


async def measure(stage, name):
    times = []
    for number in range(ROUNDS):
        key = f"{name}-{number}"
        began = time.perf_counter()
        await stage.house.storage.inbox.receive(Message(key, HERE, ASKER, TEXT), stage.clock.now())
        await hear(Message(key, HERE, ASKER, TEXT), stage.house)
        until = stage.clock.now() + timedelta(seconds=15)
        posting = await stage.house.storage.cards.take(job_id(key).replace("J-", "C-"), "w", stage.clock.now(), until)
        from bot.flows.show import show

        await show(posting, stage.house)
        times.append((time.perf_counter() - began) * 1000)
        card = await stage.house.storage.cards.get(posting.id)
        assert card.card.state == "awaiting_confirmation"
    return statistics.quantiles(times, n=20)[-1], statistics.median(times)


async def test_a_cost_card_is_stored_within_30_ms_and_2000_waiting_jobs_change_little(stage):
    """p95 under 30 ms; at most 1.5 times that with a page of waiting jobs."""
    empty_p95, empty_median = await measure(stage, "empty")
    job = await stage.ask()
    for number in range(WAITING):
        await stage.house.storage.jobs.add(replace(job, id=f"J-WAIT{number:06}"))
    full_p95, full_median = await measure(stage, "full")
    print(f"\nmessage to stored cost card: p95 {empty_p95:.1f} ms, median {empty_median:.1f} ms")
    print(
        f"  with {WAITING} waiting:       p95 {full_p95:.1f} ms, median {full_median:.1f} ms ({full_median / empty_median:.2f} times)"
    )
    assert empty_p95 < 30
    assert full_median < empty_median * 1.5
