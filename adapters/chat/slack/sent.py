"""What was sent to Slack and how far that came, kept in mind across restarts and replicas."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.ports.clock import Clock
from bot.ports.storage import Notes

KEPT = timedelta(days=30)
IN_FLIGHT_SECONDS = 10.0
"""How long a call whose caller is gone may still be on its way: only after that is what is not there believed to be nowhere."""


class Sent:
    """Notes by workspace, kind and key, each a small JSON object."""

    def __init__(self, notes: Notes, clock: Clock) -> None:
        self._notes, self._clock = notes, clock

    @property
    def seconds(self) -> float:
        """The time now, as Slack counts it in a message's `ts`."""
        return self._clock.now().timestamp()

    async def get(self, workspace: str, kind: str, key: str) -> Mapping[str, Any]:
        """Empty where nothing was noted."""
        text = await self._notes.get(_name(workspace, kind, key))
        return json.loads(text) if text else {}

    async def put(
        self, workspace: str, kind: str, key: str, what: Mapping[str, Any], *, kept: timedelta = KEPT
    ) -> None:
        await self._notes.put(_name(workspace, kind, key), json.dumps(what), self._clock.now() + kept)

    async def swap(
        self, workspace: str, kind: str, key: str, before: Mapping[str, Any], what: Mapping[str, Any]
    ) -> bool:
        """As `put`, but False, and nothing noted, where by now something else than `before` is noted."""
        known = json.dumps(before) if before else None
        return await self._notes.swap(_name(workspace, kind, key), known, json.dumps(what), self._clock.now() + KEPT)


def _name(workspace: str, kind: str, key: str) -> str:
    return f"slack:{workspace}:{kind}:{key}"
