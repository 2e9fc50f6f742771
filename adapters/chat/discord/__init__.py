"""Discord: mentions, direct messages, commands, menus and buttons that outlive the program."""

from collections.abc import Sequence

from bot.ports.chat import ChatPlatform
from bot.ports.examine import Seen
from bot.ports.parts import Parts


def create(parts: Parts) -> ChatPlatform:
    """Raises UserError where the settings do not fit together."""
    from adapters.chat.discord.platform import Discord  # noqa: PLC0415 - loaded when Discord is wanted

    return Discord(parts)


async def examine(parts: Parts) -> Sequence[Seen]:
    """For the doctor: whether Discord would let the bot in. Raises UserError where the settings do not fit together."""
    from adapters.chat.discord.probe import examine as look  # noqa: PLC0415 - as above

    return await look(parts)


async def sync_commands(parts: Parts) -> int:
    """Tells Discord of the commands, changed or not; how many there are. Raises UserError."""
    from adapters.chat.discord.sync import sync_now  # noqa: PLC0415 - as above

    return await sync_now(parts)


async def invite_address(parts: Parts) -> str:
    """The address that adds the bot to a server. Raises UserError."""
    from adapters.chat.discord.sync import invite_now  # noqa: PLC0415 - as above

    return await invite_now(parts)
