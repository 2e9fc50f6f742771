"""What admins decide narrows what the operator allows, and never widens it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.policy import Policy, under
from bot.domain.request import Origin, Setting, Settings
from bot.domain.rules import Rules

WORKSPACE = Policy(platform="slack", workspace="T1")
CHANNEL = replace(WORKSPACE, channel="C1")
STRICT, LAX = Decimal(100), Decimal(900)


def test_a_policy_that_decides_nothing_leaves_the_rules_as_they_are() -> None:
    rules = Rules(models=frozenset({"a"}), at_once=3, approve_above=STRICT, zone="Asia/Tokyo")
    assert under(under(rules, WORKSPACE), CHANNEL) == rules


@pytest.mark.parametrize(("operators", "admins"), [(STRICT, LAX), (LAX, STRICT), (None, STRICT), (STRICT, None)])
def test_of_two_limits_the_stricter_holds_whoever_set_it(operators: Decimal | None, admins: Decimal | None) -> None:
    few, fewer = (None if limit is None else int(limit) for limit in (operators, admins))
    rules = Rules(
        at_once=few,
        per_minute=few,
        approve_above=operators,
        person_credits=operators,
        workspace_credits=operators,
        channel_credits=operators,
    )
    mine = replace(
        WORKSPACE, at_once=fewer, per_minute=fewer, approve_above=admins, person_credits=admins, credits=admins
    )
    held = under(under(rules, mine), replace(CHANNEL, credits=admins))
    limits = (held.approve_above, held.person_credits, held.workspace_credits, held.channel_credits)
    assert limits == (STRICT,) * 4
    assert (held.at_once, held.per_minute) == (100, 100)


def test_nothing_is_no_limit_that_could_be_mistaken_for_none() -> None:
    """0 credits mean that nothing may be spent."""
    assert under(Rules(person_credits=STRICT), replace(WORKSPACE, person_credits=Decimal(0))).person_credits == 0


@pytest.mark.parametrize(
    ("workspace", "channel", "on"), [(None, None, True), (False, True, False), (True, False, False), (True, True, True)]
)
def test_a_channel_cannot_switch_on_what_its_workspace_switched_off(
    workspace: bool | None, channel: bool | None, on: bool
) -> None:
    assert under(under(Rules(), replace(WORKSPACE, on=workspace)), replace(CHANNEL, on=channel)).on is on
    assert not under(Rules(on=False), replace(WORKSPACE, on=True)).on


def test_a_channel_allows_no_model_that_its_workspace_does_not() -> None:
    rules = under(Rules(), replace(WORKSPACE, models=frozenset({"a", "b"})))
    assert under(rules, replace(CHANNEL, models=frozenset({"b", "c"}))).models == {"b"}
    assert under(rules, CHANNEL).models == {"a", "b"}


def test_the_default_of_the_narrower_place_is_taken() -> None:
    def default(seconds: float) -> Settings:
        return Settings(seconds=Setting(seconds, Origin.default))

    rules = under(Rules(defaults=Settings(audio=Setting(value=True))), replace(WORKSPACE, defaults=default(6)))
    held = under(rules, replace(CHANNEL, defaults=default(8))).defaults
    assert held == replace(default(8), audio=Setting(value=True))


def test_one_person_may_have_more_than_everybody_but_not_more_than_the_operator_lets_anybody_have() -> None:
    policy = replace(WORKSPACE, person_credits=STRICT, people=(("U1", LAX), ("U2", Decimal(5000))))
    assert under(Rules(), policy).people == policy.people
    assert under(Rules(person_credits=Decimal(1000)), policy).people == (("U1", LAX), ("U2", Decimal(1000)))


def test_confirmers_are_of_their_own_place_and_their_own_platform() -> None:
    rules = Rules(approvers=frozenset({"discord:1"}))
    assert under(rules, replace(CHANNEL, confirmers=frozenset({"U1"}))).approvers == {"discord:1", "slack:U1"}


def test_a_channel_decides_nothing_about_the_workspace() -> None:
    """Its own budget is its own, and persons' budgets are not its matter."""
    rules = under(
        Rules(), replace(WORKSPACE, credits=LAX, person_credits=LAX, people=(("U1", LAX),), zone="Asia/Tokyo")
    )
    assert under(rules, replace(CHANNEL, credits=STRICT)) == replace(rules, channel_credits=STRICT)
