"""Veo and Gemini Omni by Google: films over the Interactions API with a Gemini key, and over Vertex AI."""

from collections.abc import Sequence

from bot.ports.examine import Seen
from bot.ports.parts import Parts
from bot.ports.video import VideoProvider


def create(parts: Parts) -> VideoProvider:
    from adapters.video.google.provider import Google  # noqa: PLC0415 - loaded when it is made, not when it is looked at

    return Google(parts)


async def examine(parts: Parts) -> Sequence[Seen]:
    """Asks Google, free of charge, whether it takes the keys that are set."""
    from adapters.video.google.probe import probe  # noqa: PLC0415 - as above

    return await probe(parts)
