"""Discord: mentions, direct messages, commands, menus and buttons that outlive the program."""

from bot.ports.chat import ChatPlatform
from bot.ports.parts import Parts


def create(parts: Parts) -> ChatPlatform:
    """Raises UserError where the settings do not fit together."""
    from adapters.chat.discord.platform import Discord  # noqa: PLC0415 - loaded when Discord is wanted

    return Discord(parts)
