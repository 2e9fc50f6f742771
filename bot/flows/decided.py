"""The rules as they hold in one place: the operator's, and within them what its admins decided."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import reduce
from itertools import pairwise

from bot.domain.chat import Conversation
from bot.domain.policy import under
from bot.domain.rules import Rules
from bot.ports.policies import Policies


class Decider(StrEnum):
    """Who decided what holds."""

    operator = "operator"
    workspace = "workspace"
    channel = "channel"


Layers = Sequence[tuple[Decider, Rules]]


async def decided(conversation: Conversation, rules: Rules, policies: Policies) -> Rules:
    return reduce(under, await policies.at(conversation), rules)


async def layers(conversation: Conversation, rules: Rules, policies: Policies) -> Layers:
    """The rules as each decider left them, the last as they hold; those who decided nothing are left out."""
    found = [(Decider.operator, rules)]
    for policy in await policies.at(conversation):
        found.append((Decider.channel if policy.channel else Decider.workspace, under(found[-1][1], policy)))
    return found


def by_whom(found: Layers, matter: Callable[[Rules], object]) -> Decider:
    """Whose decision a matter is: the last one's who made it another than it was before."""
    whose = Decider.operator
    for (_, before), (who, after) in pairwise(found):
        if matter(after) != matter(before):
            whose = who
    return whose
