"""The web page: a chat in the browser, its API, its files, and what watches over the bot."""

from collections.abc import Sequence

from bot.ports.chat import ChatPlatform
from bot.ports.examine import Seen
from bot.ports.parts import Parts


def create(parts: Parts) -> ChatPlatform:
    """Raises UserError where the settings do not fit together, the missing login token above all."""
    from adapters.chat.web.platform import Web  # noqa: PLC0415 - loaded when the page is wanted

    return Web(parts)


async def examine(parts: Parts) -> Sequence[Seen]:
    """For the doctor: whether people can log in by the identity provider, where one is set. Raises UserError where the settings do not fit together."""
    from adapters.chat.web.probe import examine as look  # noqa: PLC0415 - as above

    return await look(parts)
