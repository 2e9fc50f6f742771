"""Kling by Kuaishou: what its models do and cost, and how it is spoken to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports.examine import Seen
    from bot.ports.parts import Parts
    from bot.ports.video import VideoProvider


def create(parts: "Parts") -> "VideoProvider":
    """Raises BadSettings."""
    from adapters.video.kling.provider import Kling  # noqa: PLC0415 - loaded when it is made, not when it is looked at

    return Kling(parts)


async def examine(parts: "Parts") -> "Sequence[Seen]":
    """Raises BadSettings."""
    from adapters.video.kling.probe import probe  # noqa: PLC0415 - as above

    return await probe(parts)
