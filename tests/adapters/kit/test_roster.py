"""Who does a work together: seen by what each says, gone when it says nothing or its process is no more."""

import asyncio
import json
import sys
from datetime import timedelta

import pytest

from adapters.kit.roster import Roster, machine
from tests.databases import _sqlite_template, opened
from tests.fakes import SetClock


@pytest.fixture
async def notes(tmp_path):
    path = tmp_path / "clapper.db"
    path.write_bytes(_sqlite_template().read_bytes())
    async with opened(f"sqlite:///{path}") as storage:
        yield storage.notes


async def test_who_says_nothing_for_long_is_gone_and_told_of_once(notes):
    clock = SetClock()
    one, two = (Roster(notes, clock, "work", name, 15) for name in ("one", "two"))
    await one.tell({"shards": [0]})
    assert (await two.tell({"shards": [1]})).alive == {"one": {"shards": [0]}, "two": {"shards": [1]}}
    clock.forward(14)
    assert set((await two.tell({})).alive) == {"one", "two"}
    clock.forward(2)
    seen = await two.tell({})
    assert (set(seen.alive), seen.gone) == ({"two"}, {"one": {"shards": [0]}})
    assert (await two.tell({})).gone == {}


async def test_a_clock_an_hour_off_hides_nobody_and_keeps_nobody_alive(notes):
    here, there = SetClock(), SetClock()
    there.forward(3600)
    one, two = Roster(notes, here, "work", "one", 15), Roster(notes, there, "work", "two", 15)
    for _ in range(3):
        await two.tell({})
        assert set((await one.tell({})).alive) == {"one", "two"}
        here.forward(10)
        there.forward(10)
    here.forward(6)
    assert set((await one.tell({})).alive) == {"one"}


async def test_who_leaves_is_no_more_counted(notes):
    clock = SetClock()
    one, two = (Roster(notes, clock, "work", name, 15) for name in ("one", "two"))
    await one.tell({})
    await two.tell({})
    await two.leave()
    assert set((await one.tell({})).alive) == {"one"}


@pytest.mark.skipif(not machine(), reason="processes are not told apart on this machine")
async def test_a_process_that_ended_on_this_machine_is_gone_at_once(notes):
    clock = SetClock()
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await ended.wait()
    for on, gone in ((machine(), True), ("another machine", False)):
        told = {"dead": {"at": clock.now().timestamp(), "has": {}, "pid": ended.pid, "on": on}}
        await notes.put("roster:work", json.dumps(told), clock.now() + timedelta(days=1))
        assert ("dead" in (await Roster(notes, clock, "work", "one", 15).tell({})).gone) is gone
