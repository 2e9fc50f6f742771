"""What Discord refuses: told to the log once, and tried again ever more rarely."""

import structlog

from adapters.chat.discord.calls import DiscordRefused
from bot.domain.errors import Later

log = structlog.get_logger()

FIRST_SECONDS = 60.0
MOST_SECONDS = 6 * 3600.0
MOST_KEPT = 4096
GONE = frozenset({10003, 10008})  # the channel or the message is no more
NO_ENTRY = frozenset({50001, 50013})
TOO_LARGE = 40005
NO_HISTORY = 160002
INVALID = 50035
CLOSED = 50007
# Nothing in an archived thread can be edited; anyone may open one that is not locked: https://docs.discord.com/developers/topics/threads
ARCHIVED = 50083


class Refusals:
    """`patience` grows with each refusal of the same thing, until it goes well once."""

    def __init__(self) -> None:
        self._logged: set[tuple[str, int, int]] = set()
        self._counts: dict[str, int] = {}

    def tell(self, action: str, refused: DiscordRefused) -> None:
        """Once for each action and code."""
        once = (action, refused.status, refused.code)
        if once not in self._logged:
            self._logged.add(once)
            log.warning("Discord refuses", action=action, status=refused.status, code=refused.code, say=refused.message)

    def patience(self, key: str) -> Later:
        """When to come back with what was just refused."""
        count = self._counts.pop(key, 0)
        self._counts[key] = count + 1
        if len(self._counts) > MOST_KEPT:
            del self._counts[next(iter(self._counts))]
        return Later(min(FIRST_SECONDS * 2 ** min(count, 16), MOST_SECONDS))

    def first(self, key: str) -> bool:
        """Whether this was refused just once so far."""
        return self._counts.get(key, 0) <= 1

    def forget(self, key: str) -> None:
        self._counts.pop(key, None)
