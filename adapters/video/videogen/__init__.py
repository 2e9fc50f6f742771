"""VideoGen: clips from words, pictures, films and recordings, made by whichever model it chooses."""

from collections.abc import Sequence

from bot.ports.examine import Seen
from bot.ports.parts import Parts
from bot.ports.video import VideoProvider


def create(parts: Parts) -> VideoProvider:
    from adapters.video.videogen.provider import VideoGen  # noqa: PLC0415 - loaded when it is wanted

    return VideoGen(parts)


async def examine(parts: Parts) -> Sequence[Seen]:
    """For the doctor: whether VideoGen accepts the key."""
    from adapters.video.videogen.probe import examine as look  # noqa: PLC0415 - as above

    return await look(parts)
