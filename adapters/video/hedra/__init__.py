"""Hedra: talking portraits, and what else its API v2 offers by name."""

from collections.abc import Sequence

from bot.ports.examine import Seen
from bot.ports.parts import Parts
from bot.ports.video import VideoProvider


def create(parts: Parts) -> VideoProvider:
    from adapters.video.hedra.provider import Hedra  # noqa: PLC0415 - loaded when it is made, not when it is looked at

    return Hedra(parts)


async def examine(parts: Parts) -> Sequence[Seen]:
    """Whether the key is accepted, and what is left on its account; asked for free."""
    from adapters.video.hedra.account import examined  # noqa: PLC0415 - as above

    return await examined(parts)
