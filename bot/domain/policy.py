"""What admins decide for their own workspace and its channels, within what the operator allows."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bot.domain.chat import Person
from bot.domain.request import Settings
from bot.domain.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Of one workspace, or of one of its channels where `channel` names it. None, or nothing, leaves a matter to the wider place.

    `credits` is the place's own budget a month. Of a workspace alone: `person_credits` is everybody's, `people` hold those of persons who have
    another, as (id, credits), and `zone` is where its months begin. `models` are ids, `confirmers` the ids of people who may decide about
    the jobs of others. `version` counts the changes, 0 before the first.
    """

    platform: str
    workspace: str
    channel: str = ""
    version: int = 0
    on: bool | None = None
    models: frozenset[str] | None = None
    defaults: Settings = Settings()
    at_once: int | None = None
    per_minute: int | None = None
    confirmers: frozenset[str] = frozenset()
    approve_above: Decimal | None = None
    credits: Decimal | None = None
    person_credits: Decimal | None = None
    people: tuple[tuple[str, Decimal], ...] = ()
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the audit log: who changed what of a place, and when. `was` and `now` are values in words, "" for none."""

    platform: str
    workspace: str
    channel: str
    person: Person
    at: datetime
    what: str
    was: str
    now: str


def under(rules: Rules, policy: Policy) -> Rules:
    """The rules as they hold in a place. Of two limits the stricter one holds, so that nobody is allowed more than in the wider place."""
    people = {*rules.approvers, *(f"{policy.platform}:{id}" for id in policy.confirmers)}
    narrowed = replace(
        rules,
        on=rules.on and policy.on is not False,
        models=_both(rules.models, policy.models),
        defaults=replace(rules.defaults, **dict(policy.defaults.items())),
        at_once=_least(rules.at_once, policy.at_once),
        per_minute=_least(rules.per_minute, policy.per_minute),
        approvers=frozenset(people),
        approve_above=_less(rules.approve_above, policy.approve_above),
        zone=policy.zone or rules.zone,
        operators=rules.operators or (rules if policy.zone not in {"", rules.zone} else None),
    )
    if policy.channel:
        return replace(narrowed, channel_credits=_less(rules.channel_credits, policy.credits))
    return replace(
        narrowed,
        workspace_credits=_less(rules.workspace_credits, policy.credits),
        person_credits=_less(rules.person_credits, policy.person_credits),
        people=tuple((id, _capped(credits, rules.person_credits)) for id, credits in policy.people),
    )


def _capped(credits: Decimal, most: Decimal | None) -> Decimal:
    """What one person has of their own may be more than everybody's in the workspace, never more than the operator lets anybody have."""
    return credits if most is None else min(credits, most)


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return one if other is None else other
    return one & other


def _least(*given: int | None) -> int | None:
    return min((number for number in given if number is not None), default=None)


def _less(*given: Decimal | None) -> Decimal | None:
    return min((amount for amount in given if amount is not None), default=None)
