"""What is kept in mind of VideoGen: in the storage where there is one, else as long as this program runs."""

from datetime import datetime

from bot.domain.errors import Unavailable
from bot.ports import storage

PREFIX = "videogen:"


class Notes:
    """`lasting` says that what was noted outlives this program. Raises Unavailable where it cannot be read or written."""

    def __init__(self, kept: storage.Notes | None) -> None:
        self._kept, self._held = kept, dict[str, str]()
        self.lasting = kept is not None

    async def get(self, key: str) -> str | None:
        if self._kept is None:
            return self._held.get(key)
        try:
            return await self._kept.get(PREFIX + key)
        except OSError as error:
            raise Unavailable("its orders cannot be looked up in our own storage") from error

    async def put(self, key: str, text: str, until: datetime) -> None:
        if self._kept is None:
            self._held[key] = text
            return
        try:
            await self._kept.put(PREFIX + key, text, until)
        except OSError as error:
            raise Unavailable("its orders cannot be noted in our own storage") from error
