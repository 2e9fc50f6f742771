"""What every storage promises of what admins decided: it comes back whole, nobody's change is lost, and the log has every line."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.card import Card
from bot.domain.chat import Conversation
from bot.domain.errors import Stale
from bot.domain.policy import Change, Policy
from bot.domain.request import Origin, Setting, Settings
from bot.flows.admin import answer
from bot.flows.race import settled
from bot.ports.storage import Storage
from tests.fakes import SetClock
from tests.houses import ASKER, HERE, OTHER, staged
from tests.stored import NOON, a_job, at

PLACE = ("board", "team")
WORKSPACE = Policy(platform="board", workspace="team")
CHANNEL = replace(WORKSPACE, channel="films")
FULL = replace(
    CHANNEL,
    version=1,
    on=False,
    models=frozenset({"kling-3", "wan-3"}),
    defaults=Settings(seconds=Setting(6.0, Origin.default), audio=Setting(value=True, origin=Origin.default)),
    at_once=3,
    per_minute=4,
    confirmers=frozenset({"U2"}),
    approve_above=Decimal("500.10"),
    credits=Decimal("0.30"),
    person_credits=Decimal(0),
    people=(("U1", Decimal("800.05")),),
    zone="Europe/Berlin",
)


def a_change(what: str, seconds: float = 0.0, channel: str = "") -> Change:
    return Change(
        platform="board",
        workspace="team",
        channel=channel,
        person=ASKER,
        at=at(seconds),
        what=what,
        was="",
        now="\u202eon <b>",
    )


async def test_a_policy_comes_back_whole_for_its_place_alone_the_wider_one_first(storage: Storage) -> None:
    """Money to the cent, nothing and none kept apart."""
    await storage.policies.change(FULL, [])
    wide = replace(WORKSPACE, version=1, credits=Decimal(10_000))
    await storage.policies.change(wide, [])
    assert list(await storage.policies.at(HERE)) == [wide, FULL]
    assert list(await storage.policies.of(PLACE)) == [wide, FULL]
    assert list(await storage.policies.at(replace(HERE, channel="other"))) == [wide]
    for elsewhere in (Conversation("board", "other", "films"), Conversation("web", "team", "films")):
        assert list(await storage.policies.at(elsewhere)) == []


async def test_a_change_by_somebody_who_saw_an_older_one_is_refused_and_leaves_no_line(storage: Storage) -> None:
    await storage.policies.change(replace(WORKSPACE, version=1, at_once=1), [a_change("first")])
    for version in (1, 3):
        with pytest.raises(Stale):
            await storage.policies.change(replace(WORKSPACE, version=version, at_once=9), [a_change("lost")])
    assert [policy.at_once for policy in await storage.policies.of(PLACE)] == [1]
    assert [line.what for line in await storage.policies.changes(PLACE)] == ["first"]


async def test_what_is_decided_of_two_places_at_once_is_saved_of_both_or_of_neither(storage: Storage) -> None:
    wide = replace(WORKSPACE, version=1, credits=Decimal(900))
    await storage.policies.change(wide, [a_change("wide")], beside=[replace(CHANNEL, version=1, credits=Decimal(5))])
    changes = [a_change("lost"), a_change("lost", channel="films")]
    with pytest.raises(Stale):
        await storage.policies.change(replace(wide, version=2, on=False), changes, beside=[replace(FULL, version=3)])
    assert [(one.channel, one.version, one.on) for one in await storage.policies.of(PLACE)] == [("", 1, None), ("films", 1, None)]  # fmt: skip
    assert [line.what for line in await storage.policies.changes(PLACE)] == ["wide"]


async def test_a_place_is_known_once_something_was_asked_said_or_decided_there(storage: Storage) -> None:
    """Of a workspace without a channel any of its channels tells."""
    await storage.policies.change(replace(CHANNEL, version=1, on=True), [])
    await storage.jobs.add(a_job("J-1", conversation=Conversation("slack", "T1", "C1")))
    await storage.cards.say("S-1", Conversation("slack", "T2", "C2"), Card(title="Hello"))
    for platform, workspace, channel in (("board", "team", "films"), ("slack", "T1", "C1"), ("slack", "T2", "C2")):
        assert await storage.policies.known(Conversation(platform, workspace, channel))
        assert await storage.policies.known(Conversation(platform, workspace, ""))
        assert not await storage.policies.known(Conversation(platform, workspace, "typo"))
        assert not await storage.policies.known(Conversation(platform, f"{workspace}x", ""))


async def test_the_log_is_newest_first_page_by_page_and_of_one_workspace(storage: Storage) -> None:
    """By the order in which they were saved, whatever the clocks say; hostile words stay as they are."""
    for number in range(1, 6):
        line = a_change(str(number), -number, "films" if number % 2 else "")
        await storage.policies.change(replace(WORKSPACE, version=number), [line])
    await storage.policies.change(replace(WORKSPACE, workspace="other", version=1), [replace(a_change("x"), workspace="other")])  # fmt: skip
    pages = [await storage.policies.changes(PLACE, limit=2, skip=skip) for skip in (0, 2, 4, 6)]
    assert [[line.what for line in page] for page in pages] == [["5", "4"], ["3", "2"], ["1"], []]
    assert pages[2][0] == a_change("1", -1, "films")


async def test_admins_who_decide_at_the_same_moment_lose_nothing(storage: Storage, tmp_path: Path) -> None:
    """Each change is there, each has its line, and every line says what really was before."""
    house = staged(storage, tmp_path, SetClock(NOON)).house
    lines = ("at-once 3", "per-minute 4", "budget people 300", "budget workspace 9000", "zone Europe/Berlin")
    who = (ASKER, OTHER, ASKER, OTHER, ASKER)

    async def say(line: str, person):
        return await settled(lambda: answer(f"{line}", replace(HERE, channel=""), person, house))

    for pair in (slice(0, 2), slice(2, 4), slice(4, 5)):
        await asyncio.gather(*(say(*one) for one in zip(lines[pair], who[pair], strict=True)))
    (policy,) = await storage.policies.of(PLACE)
    assert policy == replace(
        WORKSPACE,
        version=5,
        at_once=3,
        per_minute=4,
        person_credits=Decimal(300),
        credits=Decimal(9000),
        zone="Europe/Berlin",
    )
    assert len(await storage.policies.changes(PLACE)) == 5
    told = await asyncio.gather(say("at-once 7", ASKER), say("at-once 8", OTHER))
    newest, older = (await storage.policies.changes(PLACE))[:2]
    assert (older.was, newest.was) == ("3", older.now)
    assert sum(len(one.changes) for one in told) == 2
