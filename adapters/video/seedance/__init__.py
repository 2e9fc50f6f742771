"""Seedance by ByteDance, on Volcengine Ark and BytePlus ModelArk."""

from collections.abc import Sequence

from bot.ports.examine import Seen
from bot.ports.parts import Parts
from bot.ports.video import VideoProvider


def create(parts: Parts) -> VideoProvider:
    """Raises BadSettings for a region there is not."""
    from adapters.video.seedance.provider import Seedance  # noqa: PLC0415 - loaded when Seedance is wanted

    return Seedance(parts)


async def examine(parts: Parts) -> Sequence[Seen]:
    """For the doctor: whether the key is accepted, and which models it may use. Costs nothing. Raises BadSettings."""
    from adapters.video.seedance.examination import examined  # noqa: PLC0415 - as above

    return await examined(parts)
