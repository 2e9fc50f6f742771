"""One hard day: people ask for films, something goes wrong meanwhile, and in the end everything is accounted for."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from tests.e2e.hard.account import Account, account
from tests.e2e.hard.people import Wish, crowd
from tests.e2e.hard.town import SOAK, Town

# Slack takes about 50 edits a minute, of which a third is each replica's while a killed one is counted too: small days stay below
# that (also by their people, most of them in Discord), or their last cards come a minute later.
MANY = 200 if SOAK else 6
PATIENCE = 900.0 if SOAK else 200.0
SETTLING = 60.0
CROWD_SECONDS = 30.0 if SOAK else 1.0


async def day(
    here: Town, trouble: Callable[[], Awaitable[None]], *, providers: Sequence[str] = (), after: float = 0.25
) -> Account:
    """`trouble` begins once a share `after` of the films is ordered; people go on asking meanwhile. Asserts that nothing is wrong in the end."""
    many = MANY
    wishes = crowd(here, many, providers)
    before = here.ordered
    living = [asyncio.create_task(_in_time(wish, number / many)) for number, wish in enumerate(wishes)]
    try:
        while here.ordered - before < after * many and not all(one.done() for one in living):
            await asyncio.sleep(0.02)  # other processes are being waited for
        await trouble()
        await asyncio.gather(*living)
    except TimeoutError:
        wrong = (await account(here, wishes)).wrong
        raise AssertionError("\n".join([*_waiting(wishes), *wrong])) from None
    finally:
        for one in living:
            one.cancel()
    return await settled(here, wishes)


async def _in_time(wish: Wish, share: float) -> None:
    await asyncio.sleep(share * CROWD_SECONDS)
    await wish.live(PATIENCE)


async def settled(here: Town, wishes: Sequence[Wish]) -> Account:
    """The account as soon as nothing is wrong: the last card and the last entry come a moment after the last word that people see."""
    end = time.monotonic() + SETTLING
    while (made := await account(here, wishes)).wrong and time.monotonic() < end:
        await asyncio.sleep(0.2)  # other processes are being waited for
    assert made.wrong == [], "\n".join([*made.wrong, *_waiting(wishes)])
    return made


def _waiting(wishes: Sequence[Wish]) -> list[str]:
    return [
        f"still waiting: {wish.provider} {wish.names} asked {wish.asked}, pressed {wish.pressed}: {wish.card[:300]}"
        for wish in wishes
        if not wish.ended
    ]
