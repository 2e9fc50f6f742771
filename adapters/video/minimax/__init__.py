"""MiniMax: the Hailuo and 01 models on its older API, H3 on its newer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # read by the doctor and at start, which need none of it yet
    from bot.ports.examine import Seen
    from bot.ports.parts import Parts
    from bot.ports.video import VideoProvider


def create(parts: "Parts") -> "VideoProvider":
    from adapters.video.minimax.provider import Minimax  # noqa: PLC0415 - loaded when MiniMax is wanted

    return Minimax(parts)


async def examine(parts: "Parts") -> "Sequence[Seen]":
    """For the doctor: whether MiniMax takes the key, asked by a call that costs nothing."""
    from adapters.video.minimax.doctor import look  # noqa: PLC0415 - as above

    return await look(parts)
