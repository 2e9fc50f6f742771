"""Load with faults drawn at random for as long as CLAPPER_SOAK_MINUTES says; a table at the end. `make soak` runs it, `make test` does not."""

import asyncio
import os
import random
import time

import pytest

from tests.e2e.hard.day import settled
from tests.e2e.hard.faults import Faults
from tests.e2e.hard.people import Wish, crowd
from tests.e2e.hard.town import SOAK, Town, town

MINUTES = float(os.environ.get("CLAPPER_SOAK_MINUTES", "30"))
SEED = int(os.environ.get("CLAPPER_SOAK_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
AT_ONCE = 12
PATIENCE = 600.0

pytestmark = [
    pytest.mark.skipif(not SOAK, reason="half an hour: CLAPPER_SOAK=1, and CLAPPER_SOAK_MINUTES"),
    pytest.mark.xdist_group("postgresql"),
]


async def test_whatever_goes_wrong_nothing_is_lost_and_nothing_is_paid_twice(tmp_path, capsys):
    with capsys.disabled():
        print(f"\n{MINUTES:g} minutes, seed {SEED}: CLAPPER_SOAK_SEED={SEED} draws the same faults again", flush=True)
    async with town(tmp_path) as here:
        here.late = 0.3
        await here.start()
        await here.heard()
        faults, wishes = Faults(here, random.Random(SEED)), []
        end = time.monotonic() + MINUTES * 60
        failing = asyncio.create_task(faults.go_on(end))
        people = [asyncio.create_task(_asking(here, wishes, end)) for _ in range(AT_ONCE)]
        try:
            await asyncio.gather(failing, *people)
            wrong = (await _account(here, wishes)).splitlines()
        finally:
            for one in (failing, *people):
                one.cancel()
        with capsys.disabled():
            print("\n".join(_table(faults, wishes, wrong)), flush=True)
        assert wrong == [], f"seed {SEED}"


async def _asking(here: Town, wishes: list[Wish], end: float) -> None:
    """One place in the crowd: as soon as one film is there the next is asked for."""
    while time.monotonic() < end:
        wish = crowd(here, len(wishes) + 1)[-1]
        wishes.append(wish)
        try:
            await wish.live(PATIENCE)
        except TimeoutError:
            continue  # the account tells it


async def _account(here: Town, wishes: list[Wish]) -> str:
    try:
        await settled(here, wishes)
    except AssertionError as wrong:
        return str(wrong)
    return ""


def _table(faults: Faults, wishes: list[Wish], wrong: list[str]) -> list[str]:
    kinds = ("lost", "twice", "cards", "films", "books", "chats")
    counted = {kind: sum(line.startswith(f"{kind}: ") for line in wrong) for kind in kinds}
    took = sorted(wish.ended - wish.begun for wish in wishes if wish.ended)
    rows = [(f"fault: {name}", str(many)) for name, many in sorted(faults.injected.items())]
    rows += [("faults injected", str(faults.injected.total())), ("jobs", str(len(wishes)))]
    rows += [("jobs lost", str(counted["lost"])), ("jobs paid twice", str(counted["twice"]))]
    rows += [("cards wrong", str(counted["cards"])), ("films wrong", str(counted["films"]))]
    rows += [("books wrong", str(counted["books"])), ("refused by a chat or provider", str(counted["chats"]))]
    rows += [("written again, as the chat had not brought it", str(sum(wish.asked - 1 for wish in wishes)))]
    rows += [("seconds to recover, p50 and p95", _spread(sorted(faults.recovered)))]
    rows += [("seconds from wish to film, p50 and p95", _spread(took))]
    wide = max(len(name) for name, _ in rows)
    return ["", *(f"{name:<{wide}}  {value:>12}" for name, value in rows), *wrong[:20]]


def _spread(times: list[float]) -> str:
    if not times:
        return "-"
    return f"{times[len(times) // 2]:.1f} {times[min(len(times) - 1, len(times) * 95 // 100)]:.1f}"
