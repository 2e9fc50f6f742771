"""What there is to decide: where each matter is kept in a policy, what of it holds by the rules of a place, and how it is said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bot.domain.model import SETTING_WORDS
from bot.domain.policy import Policy
from bot.domain.request import Origin, Setting
from bot.domain.rules import Rules
from bot.domain.units import credits_text
from bot.flows.decided import Decider

Value = Any
"""None takes a decision back, so that the wider place decides again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """`unset` is what is said where nobody decided it; `only` names the one kind of place that it can be decided for.

    `strict` says that of two decisions the stricter one holds, and not that of the narrower place.
    """

    name: str
    read: Callable[[Policy], Value]
    write: Callable[[Policy, Value], Policy]
    holds: Callable[[Rules], Value]
    say: Callable[[Value], str]
    unset: str = "no limit"
    only: Decider | None = None
    strict: bool = True

    def words(self, value: Value) -> str:
        return self.unset if value is None else self.say(value)


def _a_month(amount: Decimal) -> str:
    return f"{credits_text(amount)} a month" if amount else "nothing may be spent"


def _plain(name: str, field: str, say: Callable[[Value], str], **more: Any) -> Matter:
    """A matter that is called alike in a policy and in the rules."""
    return Matter(
        name=name,
        read=lambda policy: getattr(policy, field),
        write=lambda policy, value: replace(policy, **{field: value}),
        holds=lambda rules: getattr(rules, field),
        say=say,
        **more,
    )


def _budget(name: str, field: str, holds: str, only: Decider) -> Matter:
    return Matter(
        name=name,
        read=lambda policy: getattr(policy, field),
        write=lambda policy, value: replace(policy, **{field: value}),
        holds=lambda rules: getattr(rules, holds),
        say=_a_month,
        only=only,
    )


def _setting_words(value: Value) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:g} s"
        case _:
            return str(value)


def _default(field: str) -> Matter:
    def read(policy: Policy) -> Value:
        setting = getattr(policy.defaults, field)
        return None if setting is None else setting.value

    def write(policy: Policy, value: Value) -> Policy:
        setting = None if value is None else Setting(value, Origin.default)
        return replace(policy, defaults=replace(policy.defaults, **{field: setting}))

    def holds(rules: Rules) -> Value:
        setting = getattr(rules.defaults, field)
        return None if setting is None else setting.value

    name = f"Default {SETTING_WORDS[field].lower()}"
    return Matter(name=name, read=read, write=write, holds=holds, say=_setting_words, unset="none", strict=False)


def budget_of(id: str) -> Matter:
    """What one person may spend, where it is not what everybody may."""

    def write(policy: Policy, value: Value) -> Policy:
        others = {one: credits for one, credits in policy.people if one != id}
        return replace(policy, people=tuple(sorted((others if value is None else others | {id: value}).items())))

    return Matter(
        name=f"Budget of {id}",
        read=lambda policy: dict(policy.people).get(id),
        write=write,
        holds=lambda rules: dict(rules.people).get(id, rules.person_credits),
        say=_a_month,
        unset="what each person has",
        only=Decider.workspace,
    )


ON = _plain("Films", "on", lambda on: "on" if on else "off", unset="on")
MODELS = _plain("Models", "models", lambda ids: ", ".join(sorted(ids)) or "none", unset="all")
DEFAULTS: Mapping[str, Matter] = {
    name: _default(name) for name in ("model", "aspect", "seconds", "resolution", "audio", "watermark")
}
AT_ONCE = _plain("Films of one person at once", "at_once", str)
PER_MINUTE = _plain("Films of one person a minute", "per_minute", str)
CONFIRMERS = Matter(
    name="May decide for others",
    read=lambda policy: policy.confirmers or None,
    write=lambda policy, ids: replace(policy, confirmers=frozenset(ids or ())),
    holds=lambda rules: rules.approvers or None,
    say=lambda ids: ", ".join(sorted(id.partition(":")[2] or id for id in ids)),
    unset="nobody",
    strict=False,
)
APPROVE_ABOVE = _plain("A second person agrees above", "approve_above", credits_text, unset="never needed")
WORKSPACE_BUDGET = _budget("Budget of the workspace", "credits", "workspace_credits", Decider.workspace)
CHANNEL_BUDGET = _budget("Budget of the channel", "credits", "channel_credits", Decider.channel)
PERSON_BUDGET = _budget("Budget of each person", "person_credits", "person_credits", Decider.workspace)
ZONE = replace(
    _plain("Months begin in", "zone", str, only=Decider.workspace, unset="the operator's time zone", strict=False),
    read=lambda policy: policy.zone or None,
    write=lambda policy, zone: replace(policy, zone=zone or ""),
)
EVERY = (
    *(ON, MODELS, *DEFAULTS.values(), AT_ONCE, PER_MINUTE, CONFIRMERS, APPROVE_ABOVE),
    *(WORKSPACE_BUDGET, CHANNEL_BUDGET, PERSON_BUDGET, ZONE),
)
"""All but those of single persons."""
