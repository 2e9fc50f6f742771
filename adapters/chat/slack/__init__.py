"""Slack: mentions, direct messages, commands, shortcuts and buttons, by Socket Mode or over HTTP."""

from bot.ports.chat import ChatPlatform
from bot.ports.parts import Parts


def create(parts: Parts) -> ChatPlatform:
    """Raises UserError where the settings do not fit together."""
    from adapters.chat.slack.platform import Slack  # noqa: PLC0415 - loaded when Slack is wanted

    return Slack(parts)
