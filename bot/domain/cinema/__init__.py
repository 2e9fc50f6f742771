"""A film in words: what an idea and its references are made into before anybody films it, and the rules it keeps."""

from bot.domain.cinema.rules import JARGON, LIMITS, rules, too_many
from bot.domain.cinema.scene import AVOIDED, MOST_SHOTS, Brief, Dialect, Mode, Purpose, Scene, Shot, Use
from bot.domain.cinema.told import again, anchor, plan, sentence, stretches, told

__all__ = [
    "AVOIDED",
    "JARGON",
    "LIMITS",
    "MOST_SHOTS",
    "Brief",
    "Dialect",
    "Mode",
    "Purpose",
    "Scene",
    "Shot",
    "Use",
    "again",
    "anchor",
    "plan",
    "rules",
    "sentence",
    "stretches",
    "told",
    "too_many",
]
