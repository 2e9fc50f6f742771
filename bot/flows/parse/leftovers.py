"""Settings that may have been meant and were read as story."""

import re

from bot.domain.request import Settings
from bot.flows.parse import values
from bot.flows.parse.text import fold, mask

LEFT = "“{written}” was left in the story; say it after a comma to set the {what}."

_SECONDS = re.compile(
    rf"(?<![\w:.,$€£/-])(?!{values.DECADE}){values.LENGTH}(?![\w%]|\s(?:later|plus\stard|después|später|dopo|depois|más|ago|before|after|into|to|of|past|from|flat|left|apart|away|remaining|countdown|timer)\b)",
    re.IGNORECASE,
)
_ASPECT = re.compile(rf"(?<![\w:.,/-])(?:{'|'.join(sorted(values.KNOWN_RATIOS))})(?![\w:/]|\.[0-9])", re.IGNORECASE)
_RESOLUTION = re.compile(r"(?<![\w.,$€£-])(?:(?:360|480|540|576|720|768|1080|1440|2160)p|[24]k)(?!\w)", re.IGNORECASE)
_STORY_BEFORE = re.compile(
    r"\b(?:after|at|from|before|within|until|every|each|next|first|last|final|in\sthe|score|scores|wins|won|verse|says|said|reads|read|shows"
    r"|[0-9]+\s?(?:-|–|to))\s?$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\ban?\s$", re.IGNORECASE)
_LOOKED_FOR = (("seconds", "length", _SECONDS), ("aspect", "shape", _ASPECT), ("resolution", "resolution", _RESOLUTION))
_MOST_READ = 4000


def left_in_story(prompt: str, settings: Settings | None = None) -> tuple[str, ...]:
    """A sentence for the length, ratio or resolution that stands in the prompt and could have been meant as a setting.

    None for a setting that is set, none where the words around make it story ("after 4 seconds", "a 16:9 television"), and none where
    several differ, as in a list of shots.
    """
    text = mask(fold(prompt[:_MOST_READ]))
    says: list[str] = []
    for name, what, pattern in _LOOKED_FOR:
        if settings is not None and getattr(settings, name) is not None:
            continue
        found = list(pattern.finditer(text))
        free = [one for one in found if not _is_story(text, name, one.start())]
        if len({one[0].lower() for one in found}) == 1 and free:
            says.append(LEFT.format(written=prompt[free[0].start() : free[0].end()], what=what))
    return tuple(says)


def _is_story(text: str, name: str, at: int) -> bool:
    begin = max(0, at - 24)
    described = name != "seconds" and _ARTICLE.search(text, begin, at)
    return bool(described or _STORY_BEFORE.search(text, begin, at))
