"""Somebody who writes: an idea made into a scene, a free request read for its settings. There may be none."""

from typing import Protocol

from bot.domain.cinema import Brief, Scene


class Writer(Protocol):
    """Whoever asks bounds the time: either may be cancelled."""

    async def scene(self, brief: Brief) -> Scene:
        """One that keeps `bot.domain.cinema.rules`. Raises Unavailable where nobody answers, InvalidInput for an answer that is no such scene."""
        ...

    async def settings(self, text: str) -> str:
        """The settings that a free request speaks of, as flags of the grammar (`--seconds 8 --aspect 9:16`), "" where there are none.

        Raises as `scene` does.
        """
        ...

    async def aclose(self) -> None: ...
