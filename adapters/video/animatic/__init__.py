"""Animatic: the built-in renderer. Free, offline, and a real film from the same request as any provider."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a worker passes through here on its way and needs neither
    from bot.ports.parts import Parts
    from bot.ports.video import VideoProvider


def create(parts: "Parts") -> "VideoProvider":
    from adapters.video.animatic.provider import Animatic  # noqa: PLC0415 - loaded when it is made, not when it is looked at

    return Animatic(parts)
