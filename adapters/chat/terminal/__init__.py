"""The terminal as a chat: one person, one wish, a card that moves."""

from adapters.chat.terminal.platform import Terminal
from bot.ports.parts import Parts


def create(parts: Parts) -> Terminal:
    """It has no settings."""
    assert parts.storage is not None
    assert parts.files is not None
    return Terminal(parts.storage, parts.files, parts.clock)
