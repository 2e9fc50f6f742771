"""The rules as they hold in one place: the operator's, and within them what its admins decided."""

from functools import reduce

from bot.domain.chat import Conversation
from bot.domain.policy import under
from bot.domain.rules import Rules
from bot.ports.storage import Policies


async def decided(conversation: Conversation, rules: Rules, policies: Policies) -> Rules:
    return reduce(under, await policies.at(conversation), rules)
