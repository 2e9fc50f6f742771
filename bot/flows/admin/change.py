"""What admins decide in one line, of one place or of both, is saved with its lines of the audit log, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.chat import Conversation, Person
from bot.domain.errors import BadRequest
from bot.domain.policy import Change, Policy
from bot.flows.admin.matters import Matter, Value
from bot.flows.admin.words import Decision
from bot.flows.decided import Decider
from bot.ports.house import House

MOST_BUDGETS = 500
"""People of one workspace who have a budget of their own: a policy is read for each step of a film."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One decision as it was saved: `was` and `now` are the values, alike where it was so already."""

    matter: Matter
    place: Decider
    was: Value
    now: Value


async def change(
    decisions: Sequence[Decision], usual: Decider, place: Conversation, who: Person, house: House
) -> Sequence[Changed]:
    """Of those that name no place the `usual` one is meant. Raises BadRequest, and Stale where another admin was faster."""
    found = {policy.channel: policy for policy in await house.storage.policies.at(place)}
    done: list[Changed] = []
    saved: list[Policy] = []
    lines: list[Change] = []
    for decider, channel in ((Decider.workspace, ""), (Decider.channel, place.channel)):
        meant = [one for one in decisions if (one.place or usual) is decider]
        if meant and decider is Decider.channel and not channel:
            raise BadRequest("Which channel is meant cannot be told here. Say “everywhere”, or name the channel.")
        before = found.get(channel, Policy(platform=place.platform, workspace=place.workspace, channel=channel))
        after, here = _decided(before, meant, decider)
        done += here
        if fresh := [_line(one, before, who, house) for one in here if one.was != one.now]:
            saved.append(replace(after, version=before.version + 1))
            lines += fresh
    if saved:
        await house.storage.policies.change(saved[0], lines, beside=saved[1:])
    return done


def _decided(before: Policy, decisions: Sequence[Decision], decider: Decider) -> tuple[Policy, Sequence[Changed]]:
    """The policy of one place as it is after them, with each as it was and is. Raises BadRequest."""
    after, done = before, list[Changed]()
    for one in decisions:
        done.append(Changed(one.matter, decider, one.matter.read(after), one.value))
        after = one.matter.write(after, one.value)
    if len(after.people) > max(MOST_BUDGETS, len(before.people)):
        raise BadRequest(
            f"{MOST_BUDGETS} people have a budget of their own already. Take one back first: “admin budget @ada none”."
        )
    return after, done


def _line(changed: Changed, policy: Policy, who: Person, house: House) -> Change:
    def words(value: Value) -> str:
        return "" if value is None else changed.matter.say(value)

    return Change(
        platform=policy.platform,
        workspace=policy.workspace,
        channel=policy.channel,
        person=who,
        at=house.clock.now(),
        what=changed.matter.name,
        was=words(changed.was),
        now=words(changed.now),
    )
