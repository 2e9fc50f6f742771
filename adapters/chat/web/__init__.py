"""The web page: a chat in the browser, its API, its files, and what watches over the bot."""

from bot.ports.chat import ChatPlatform
from bot.ports.parts import Parts


def create(parts: Parts) -> ChatPlatform:
    """Raises UserError where the settings do not fit together, the missing login token above all."""
    from adapters.chat.web.platform import Web  # noqa: PLC0415 - loaded when the page is wanted

    return Web(parts)
