"""Logins that were ended before their time: what somebody copied of one opens nothing any more, at no replica."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import isinf

from adapters.chat.web.people import Visitor
from bot.ports.storage import Notes


@dataclass(frozen=True, slots=True)
class Left:
    """Noted until the login would have ended by itself."""

    notes: Notes

    async def note(self, visitor: Visitor) -> None:
        if visitor.session and not isinf(visitor.until):
            await self.notes.put(_key(visitor), "yes", datetime.fromtimestamp(visitor.until, UTC))

    async def has(self, visitor: Visitor) -> bool:
        return bool(visitor.session) and await self.notes.get(_key(visitor)) is not None


def _key(visitor: Visitor) -> str:
    return f"web:left:{visitor.session}"
