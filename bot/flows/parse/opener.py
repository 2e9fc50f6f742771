"""The opening words of a wish, "make an 8 second vertical video of …", read for their settings."""

import re

from bot.flows.parse.draft import Draft
from bot.flows.parse.phrasebook import item_at
from bot.flows.parse.text import fold, mask

_LEAD = re.compile(
    r"(?P<order>make|create|generate|render|produce|animate|give\sme|i\swant|i'd\slike|i\sneed|let's\smake|do)(?!\w)"
    r"|(?:please|pls|hey|hi|hello|can\syou|could\syou|you|me|us|an?|the|some|short|quick|new|with|in|and|that\sis)(?!\w)|,",
    re.IGNORECASE,
)
_NOUN = re.compile(r"(?:video|clip|movie|animation|film|variations?|variants?|versions?)s?(?!\w)", re.IGNORECASE)
_CONNECTOR = re.compile(r"(?:of|showing|about|where|in\swhich|featuring|with|for)(?=\s)|:(?=\s)", re.IGNORECASE)
_ADJECTIVE = re.compile(r"(?!(?:of|in|on|at|and|that|who|from|to|is|as)\b)[A-Za-z-]+(?=\s)", re.IGNORECASE)
_SPACE = re.compile(r"\s*")
_REACH = 160
_MOST_ADJECTIVES = 3
_COUNTED = re.compile(r"variations?|variants?", re.IGNORECASE)


def read_opener(draft: Draft, raw: str) -> str:
    """The message without its opening settings.

    The whole opening goes where it holds nothing else; a describing word in between ("a cinematic 8 second video of …") keeps it,
    and only the settings go.
    """
    draft.raw = raw
    text = mask(fold(raw[:_REACH]))
    at, end, others = 0, len(text), 0
    ordered = noun = False
    spans: list[tuple[int, int, dict]] = []
    while (at := _after_space(text, at)) < end:
        named = _NOUN.match(text, at)
        got = None if named else item_at(draft, text, at, end)
        connector = None if got else _CONNECTOR.match(text, at)
        if connector and (noun or (connector[0] == ":" and _addressed(spans))):
            break
        if got and got.settings:
            spans.append((at, got.end, got.settings))
            noun = noun or bool(_NOUN.search(text, at, got.end))
            at = got.end
        elif named:
            noun, at = True, named.end()
        elif lead := _LEAD.match(text, at):
            ordered, at = ordered or bool(lead["order"]), lead.end()
        elif ordered and others < _MOST_ADJECTIVES and not noun and (word := _ADJECTIVE.match(text, at)):
            others, at = others + 1, word.end()
        else:
            return raw
    else:
        return raw
    if not spans or not _believable(text, spans, ordered=ordered):
        return raw
    return _cut_all(draft, raw, spans, connector.end()) if not others else _cut_settings(draft, raw, spans)


def _addressed(spans: list[tuple[int, int, dict]]) -> bool:
    """A colon ends an opening that names a model ("use kling: …") or sets several things."""
    return len(spans) > 1 or any("model" in settings for _, _, settings in spans)


def _believable(text: str, spans: list[tuple[int, int, dict]], *, ordered: bool) -> bool:
    """A silent film or two versions of a man may be story; an order or a second setting makes them a wish."""
    meant = {name for _, _, settings in spans for name in settings}
    doubtful = meant <= {"audio"} or (meant == {"count"} and not _COUNTED.search(text, spans[0][0], spans[0][1]))
    return ordered or not doubtful


def _cut_all(draft: Draft, raw: str, spans: list[tuple[int, int, dict]], end: int) -> str:
    for _, _, settings in spans:
        draft.spoken.update(settings)
    draft.take(raw[:end], ", ".join(name for _, _, settings in spans for name in settings))
    return raw[end:].lstrip()


def _cut_settings(draft: Draft, raw: str, spans: list[tuple[int, int, dict]]) -> str:
    kept, done = "", 0
    for start, end, settings in spans:
        draft.spoken.update(settings)
        draft.take(raw[start:end], ", ".join(settings))
        kept += raw[done:start]
        done = end + (raw[end : end + 1] == " ")
    return kept + raw[done:]


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
