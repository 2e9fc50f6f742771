"""Hard days: two replicas of the real program, both chats and every paid provider, and something that goes wrong under load.

Each test ends with the account: every job ended, each film was ordered and charged at most once, each card is the one and right.
With CLAPPER_SOAK=1 each day has 200 jobs, its trouble lasts as long as troubles do, and there are days that are long at any size.
"""

import asyncio
from collections import Counter

import pytest
import pytest_asyncio

from tests.e2e.hard.day import day
from tests.e2e.hard.town import LEASE, SOAK, Town, town, until
from tests.vendor import AFTER, BEFORE, CUT, GARBLED, status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("postgresql")]
OFTEN = 100_000
# An order that its sender may have taken to its grave is believed to be nowhere only after as long as it may be on its way: ten seconds
# where the provider starts one key once, two minutes elsewhere, which is for the soak.
STOPPED = () if SOAK else ("hedra", "kling")
long = pytest.mark.skipif(not SOAK, reason="a long day: CLAPPER_SOAK=1")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory):
    async with town(tmp_path_factory.mktemp("town")) as one:
        await one.start()
        await one.heard()
        yield one


async def test_one_of_two_replicas_is_killed_under_load(here: Town):
    async def kill() -> None:
        await here.kill(here.bots[0])
        await here.start(here.bots[0])

    await day(here, kill, providers=STOPPED)


@long
async def test_all_replicas_are_killed_just_as_a_card_is_posted_and_a_film_is_shown(here: Town):
    """Slack takes both, and nobody is there any more who hears that it did."""

    async def kill() -> None:
        for method, where in (("chat.postMessage", "channel"), ("files.completeUploadExternal", "channel_id")):
            await on_its_way(here, method, where)
            await asyncio.gather(*(here.kill(bot) for bot in here.bots))
            here.slack.clear(method)
            await here.start()

    await day(here, kill, providers=STOPPED, after=0.0)


@long
async def test_a_replica_that_stood_still_for_longer_than_its_leases_does_nothing_with_what_it_lost(here: Town):
    async def freeze() -> None:
        here.bots[1].freeze()
        await asyncio.sleep(10 * LEASE if SOAK else 1.5 * LEASE)  # longer than its leases
        here.bots[1].thaw()

    await day(here, freeze, providers=STOPPED)


async def test_the_database_is_gone_and_comes_back(here: Town):
    async def cut() -> None:
        here.line.cut()
        for bot in here.bots:
            assert await here.healthz(bot) == 503
        await asyncio.sleep(30 if SOAK else 2)
        here.line.mend()
        for bot in here.bots:
            await healthy(here, bot)

    await day(here, cut, providers=STOPPED)


@long
async def test_the_line_to_the_database_goes_quiet_and_is_broken_in_the_end(here: Town):
    async def hush() -> None:
        here.line.hush()
        for bot in here.bots:
            assert await here.healthz(bot) == 503
        await asyncio.sleep(30 if SOAK else 1)
        here.line.mend()
        for bot in here.bots:
            await healthy(here, bot)

    await day(here, hush)


@long
async def test_both_chats_are_down_for_a_while(here: Town):
    async def down() -> None:
        for on in ("*", "upload"):
            here.slack.break_down(on, times=OFTEN)
        here.discord.fail("*", status=503, times=OFTEN)
        await asyncio.sleep(60 if SOAK else 1)
        here.slack.clear()
        here.discord.faults.clear()
        here.slack.limit("*", retry_after=1, times=4)
        here.discord.rate_limit("*/messages*", 1.0, times=4)
        for method in ("chat.postMessage", "files.completeUploadExternal"):
            here.slack.lose(method, times=2)
        here.discord.lose_answer("POST /channels/*/messages", times=10)  # of cards and of films
        await here.slack.sockets.drop()
        here.discord.gateway.cut()
        await asyncio.sleep(60 if SOAK else 0)

    await day(here, down)


@long
async def test_every_provider_is_in_trouble_at_once(here: Town):
    async def trouble() -> None:
        for stand in here.stands.values():
            stand.vendor.play("create", *[stand.limited()] * OFTEN)
            stand.vendor.play("poll", *[status(503, {}), status(429, {}, retry_after="1"), BEFORE] * OFTEN)
            stand.vendor.play("file", *[status(503, {}), CUT] * OFTEN)
        await asyncio.sleep(120 if SOAK else 1.5)
        for stand in here.stands.values():
            stand.vendor.moods.clear()
            # It takes the order in the end, and its answer is lost. Whose of two is whose some only tell after minutes.
            stand.vendor.play("create", AFTER, *([GARBLED, status(502, {})] if SOAK else []))

    await day(here, trouble)


@long
async def test_where_nothing_goes_wrong_two_replicas_do_nothing_twice(tmp_path):
    """What one has in hand the other leaves alone, though it could not harm: leases last, however busy this machine is."""

    async def nothing() -> None: ...

    async with town(tmp_path, CLAPPER_LEASE_SECONDS="60") as calm:
        await calm.start()
        await calm.heard()
        await day(calm, nothing)
        fetched = Counter(seen.path for stand in calm.stands.values() for seen in stand.vendor.cdn_seen)
        assert {path: many for path, many in fetched.items() if many > 1} == {}


async def on_its_way(here: Town, method: str, where: str) -> None:
    """Waits until Slack was asked that for a place, and has neither done nor answered it yet."""
    here.slack.slow(method, 2.0, times=OFTEN)
    await until(lambda: any(one.method == method and where in one.args and not one.answer for one in here.slack.asked))


async def healthy(here: Town, bot) -> None:
    """Waits until it says that it is well again."""
    async with asyncio.timeout(60):
        while await here.healthz(bot) != 200:
            await asyncio.sleep(0.1)  # another process is being waited for
