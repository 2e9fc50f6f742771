"""What the page itself counts for whoever watches, and the numbers of all that is watched."""

from collections.abc import Mapping

from bot.domain.standing import Standing
from bot.ports.watch import Watch


class Meters:
    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._watch.count("http", method=method, route=route, status=str(status))
        self._watch.took("http", seconds, route=route)

    async def page(self, standing: Standing | None, problems: Mapping[str, str]) -> tuple[bytes, str] | None:
        """The numbers and their type; None where nobody counts."""
        return await self._watch.page(standing, problems)
