"""Slack: mentions, direct messages, commands, shortcuts and buttons, by Socket Mode or over HTTP."""

from collections.abc import Sequence

from bot.ports.chat import ChatPlatform
from bot.ports.examine import Seen
from bot.ports.parts import Parts


def create(parts: Parts) -> ChatPlatform:
    """Raises UserError where the settings do not fit together."""
    from adapters.chat.slack.platform import Slack  # noqa: PLC0415 - loaded when Slack is wanted

    return Slack(parts)


async def examine(parts: Parts) -> Sequence[Seen]:
    """For the doctor: whether Slack would let the bot in. Raises UserError where the settings do not fit together."""
    from adapters.chat.slack.probe import examine as look  # noqa: PLC0415 - as above

    return await look(parts)
