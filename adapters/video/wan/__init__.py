"""Wan by Alibaba, on Model Studio (DashScope): text, pictures, references, edits, in both of its protocols."""

from collections.abc import Sequence

from bot.ports.examine import Seen
from bot.ports.parts import Parts
from bot.ports.video import VideoProvider


def create(parts: Parts) -> VideoProvider:
    """Raises BadSettings where the base URL is none."""
    from adapters.video.wan.provider import Wan  # noqa: PLC0415 - loaded when Wan is wanted

    return Wan(parts)


async def examine(parts: Parts) -> Sequence[Seen]:
    """For the doctor: whether the key is accepted where it is used. Asks what costs nothing. Raises BadSettings."""
    from adapters.video.wan.doctor import examine as look  # noqa: PLC0415 - as above

    return await look(parts)
