"""What Slack refuses: told to the log once, and tried again ever more rarely."""

from collections.abc import Awaitable

import structlog

from adapters.chat.slack.clients import SlackRefused
from bot.domain.errors import Later

log = structlog.get_logger()

FIRST_SECONDS = 60.0
MOST_SECONDS = 6 * 3600.0
MOST_KEPT = 4096


class Refusals:
    """`patience` grows with each refusal of the same thing, until it goes well once."""

    def __init__(self) -> None:
        self._logged: set[tuple[str, str, str]] = set()
        self._counts: dict[str, int] = {}

    def tell(self, workspace: str, action: str, refused: SlackRefused) -> None:
        """Once for each workspace, action and code."""
        once = (workspace, action, refused.code)
        if once in self._logged:
            return
        self._logged.add(once)
        log.warning("Slack refuses", action=action, workspace=workspace, code=refused.code, needed=refused.needed)

    def patience(self, key: str) -> Later:
        """When to come back with what was just refused."""
        count = self._counts.pop(key, 0)
        self._counts[key] = count + 1
        if len(self._counts) > MOST_KEPT:
            del self._counts[next(iter(self._counts))]
        return Later(min(FIRST_SECONDS * 2 ** min(count, 16), MOST_SECONDS))

    def forget(self, key: str) -> None:
        self._counts.pop(key, None)


async def guarded(screen: Awaitable[None]) -> None:
    """A screen that cannot be shown changes nothing: whoever wanted it presses again."""
    try:
        await screen
    except (Later, OSError, SlackRefused) as error:
        code = error.code if isinstance(error, SlackRefused) else type(error).__name__
        log.warning("A screen could not be shown", action="slack.screen", code=code)
    except Exception:
        log.exception("A screen could not be drawn", action="slack.screen")
