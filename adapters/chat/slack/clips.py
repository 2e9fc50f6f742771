"""A film in the few words of a list. Pure."""

import math

from adapters.chat.slack.text import one_line
from bot.domain.drive import Clip


def title(clip: Clip) -> str:
    return one_line(clip.name) or one_line(clip.id)


def length(clip: Clip) -> str:
    return f"{clip.seconds:.3g} s" if math.isfinite(clip.seconds) else ""


def size(clip: Clip) -> str:
    return f"{clip.width} × {clip.height}"
