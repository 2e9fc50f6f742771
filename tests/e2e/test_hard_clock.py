"""The machine's clock is set an hour forward and back while films are made: nothing is paid twice, nothing waits for an hour."""

import asyncio
import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.hard.cold import Cold
from tests.e2e.programs import Page, TollServer, small_film

SOURCE = Path(__file__).parent / "hard" / "clock.c"
WISH = "A fox crosses the frozen lake --model toll-1"
HOUR = 3600
long = pytest.mark.skipif(not os.environ.get("CLAPPER_SOAK"), reason="the same the other way round: CLAPPER_SOAK=1")


@pytest.fixture(scope="module")
def wrong_clock(tmp_path_factory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("there is no C compiler here to make a wrong clock with")
    made = tmp_path_factory.mktemp("clock") / "clock.so"
    done = subprocess.run([compiler, "-shared", "-fPIC", "-o", made, SOURCE, "-ldl"], capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        pytest.skip(f"a wrong clock cannot be made here: {done.stderr[-300:]}")
    return made


@pytest.mark.parametrize(
    "jumps",
    [
        pytest.param((HOUR, 0), id="forward and back"),
        pytest.param((-HOUR, 0), id="back and forward", marks=long),
    ],
)
async def test_a_clock_that_jumps_an_hour_neither_pays_twice_nor_waits(tmp_path, wrong_clock, jumps):
    """A price stands as long as it did, a film that is made goes on, and what is due in a second is done in a second."""
    wrong_by = tmp_path / "seconds"
    wrong_by.write_text("0")
    async with TollServer(small_film()).serving() as toll:
        env = toll.known_to(tmp_path) | {"LD_PRELOAD": str(wrong_clock), "WRONG_CLOCK": str(wrong_by)}
        with contextlib.closing(Cold(tmp_path, env)) as bot:
            await asyncio.to_thread(bot.start)
            async with Page(bot.url) as page:
                for number, jump in enumerate(jumps):
                    toll.running = True
                    await page.say(WISH)
                    going = await page.card("awaiting_confirmation")
                    assert (await page.press(going, "confirm")).status_code == 200
                    await page.card("processing")
                    await page.say(WISH)
                    asked = await page.card("awaiting_confirmation", number=2 * number + 1)
                    wrong_by.write_text(str(jump))
                    toll.running = False
                    await page.card("complete", number=2 * number)
                    assert (await page.press(asked, "confirm")).status_code == 200
                    await page.card("complete", number=2 * number + 1)
                    assert len(toll.paid) == len(set(toll.paid)) == 2 * (number + 1)
                assert (await page.http.get("/healthz")).status_code == 200
