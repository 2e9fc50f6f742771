"""The opening words of a wish, "make an 8 second vertical video of …", read for their settings."""
# ruff: noqa: SIM905 - lists of words read best as running text

import re
from dataclasses import dataclass, field

from bot.flows.parse.draft import Draft
from bot.flows.parse.phrasebook import Item, item_at
from bot.flows.parse.text import fold, mask
from bot.flows.parse.vocabulary import ADJECTIVES, CAMERA

_LEAD = re.compile(
    r"(?P<order>make(?:\s(?:it|this)(?!\w))?|create|generate|render|produce|animate|(?:give|get|show)\sme|gimme|i\swant|i'd\slike|i\sneed|let's\smake|do"
    r"|(?:can|could|may)\s(?:we|i)\s(?:please\s)?(?:get|have|see|do))(?!\w)"
    r"|(?P<article>an?|the)(?!\w)"
    r"|(?:hey|hi|hello)(?!\w)(?:\sthere(?!\w))?\s?[!.]*(?!\S)"
    r"|(?:please|pls|hey|hi|hello|can\syou|could\syou|you|me|us|some|short|quick|new|with|in|and|that\sis)(?!\w)|,",
    re.IGNORECASE,
)
_NOUN = re.compile(r"(?:video|clip|movie|animation|film|variations?|variants?|versions?)s?(?!\w)", re.IGNORECASE)
_KEPT = re.compile(
    r"(?:shot|scene|sequence|documentary|time-?lapse|hyperlapse|commercial|advert|ad|trailer|teaser|montage|loop|reel|close-?up"
    r"|slow-motion|cartoon|gif|tik\s?tok)(?!\w)",
    re.IGNORECASE,
)
"""What a film can be called that says how it looks: it stays in the prompt, the settings before it do not."""
_CONNECTOR = re.compile(r"(?:of|showing|about|where|in\swhich|featuring|with|for)(?=\s)|:(?=\s)", re.IGNORECASE)
_STOP = re.compile(r"\s*(?:$|[.,;!?](?=\s|$))")
_ADJECTIVE = re.compile(r"(?!(?:of|in|on|at|and|that|who|from|to|is|as)\b)[A-Za-z-]+(?=\s)", re.IGNORECASE)
_DESCRIBING = (
    ADJECTIVES | CAMERA | frozenset("animated funny looping seamless educational short continuous".split())
) - {"frame"}
_SPACE = re.compile(r"\s*")
_COMMA = re.compile(r"[ \t]*,[ \t]*| |")
_ARTICLE = re.compile(r"\b(an?)\s+$", re.IGNORECASE)
_REACH = 240
_MOST_ADJECTIVES = 3
_COUNTED = re.compile(r"variations?|variants?", re.IGNORECASE)
_SHAPES = frozenset({"aspect", "audio"})


@dataclass(slots=True)
class _Opening:
    """What has been read so far: `others` are its describing words, `kept` a noun that stays."""

    spans: list[tuple[int, Item]] = field(default_factory=list)
    others: int = 0
    ordered: bool = False
    noun: bool = False
    kept: bool = False

    @property
    def about(self) -> set[str]:
        return {item.setting for _, item in self.spans}


def read_opener(draft: Draft, raw: str) -> str:
    """The message without its opening settings.

    The whole opening goes where it holds nothing else; a describing word in between ("a cinematic 8 second video of …") or a noun
    that says how the film looks ("an 8 second shot of …") keeps it, and only the settings go.
    """
    draft.raw = raw
    text = mask(fold(raw[:_REACH]))
    opening = _Opening()
    end = _walk(draft, text, opening)
    if end is None or not opening.spans or not _believable(text, opening):
        return raw
    return _cut_settings(draft, raw, opening) if opening.others or opening.kept else _cut_all(draft, raw, opening, end)


def _walk(draft: Draft, text: str, opening: _Opening) -> int | None:
    """Where the opening ends and the story begins, None where this is no opening."""
    at = 0
    while (at := _after(_SPACE, text, at)) < len(text):
        named = _NOUN.match(text, at)
        got = None if named else item_at(draft, text, at, len(text))
        connector = None if got else _CONNECTOR.match(text, at)
        if connector and (opening.noun or (connector[0] == ":" and _addressed(opening))):
            return connector.end()
        if got:
            opening.spans.append((at, got))
            opening.noun = opening.noun or got.setting == "count" or bool(_NOUN.search(text, at, got.end))
            at = got.end
            continue
        step = named.end() if named else _other_word(text, at, opening)
        if step is None:
            return None
        opening.noun, at = opening.noun or bool(named), step
        if opening.kept and _STOP.match(text, at):
            return at
    return None


def _other_word(text: str, at: int, opening: _Opening) -> int | None:
    """The end of a word of the opening that sets nothing."""
    if (kept := _KEPT.match(text, at)) and (opening.spans or opening.ordered):
        opening.noun = opening.kept = True
        return kept.end()
    lead = _LEAD.match(text, at)
    if lead and not (lead["article"] and opening.others and not opening.ordered):
        opening.ordered = opening.ordered or bool(lead["order"])
        return lead.end()
    word = _ADJECTIVE.match(text, at)
    if not word or opening.noun or opening.others == _MOST_ADJECTIVES:
        return None
    if opening.ordered or word[0].lower() in _DESCRIBING:
        opening.others += 1
        return word.end()
    return None


def _addressed(opening: _Opening) -> bool:
    """A colon ends an opening that names a model or a place ("use kling: …", "save to /space/x: …") or sets several things."""
    paths = [item.settings.get("drive_path", "") for _, item in opening.spans]
    return len(opening.spans) > 1 or "model" in opening.about or any("/" in path or "." in path for path in paths)


def _believable(text: str, opening: _Opening) -> bool:
    """A silent film, two versions of a man or a portrait shot may be story; an order or a second setting makes them a wish."""
    about = opening.about
    if opening.kept and about <= _SHAPES:
        return False
    start, first = opening.spans[0]
    doubtful = about <= {"audio"} or (about == {"count"} and not _COUNTED.search(text, start, first.end))
    return opening.ordered or not doubtful


def _note(draft: Draft, item: Item) -> str:
    """Puts down what was said; the answer is what its words were taken for."""
    draft.spoken.update(item.settings)
    if item.problem:
        draft.problem(item.problem)
    return "problem" if item.problem else item.setting


def _cut_all(draft: Draft, raw: str, opening: _Opening, end: int) -> str:
    why = dict.fromkeys(_note(draft, item) for _, item in opening.spans)
    draft.take(raw[:end], ", ".join(sorted(why, key="problem".__eq__)))
    return raw[end:].lstrip()


def _cut_settings(draft: Draft, raw: str, opening: _Opening) -> str:
    kept, done = "", 0
    for start, item in opening.spans:
        why = _note(draft, item)
        draft.take(raw[start : item.end], why)
        kept += raw[done:start]
        done = _after(_COMMA, raw, item.end)
        kept = _right_article(draft, kept, raw[done : done + 1], why)
    return kept + raw[done:]


def _right_article(draft: Draft, kept: str, follows: str, why: str) -> str:
    """An article that was for the "8" that is gone: "an 8-second shot" leaves "a shot"."""
    found = _ARTICLE.search(kept)
    if found is None or not follows.isalpha():
        return kept
    right = found[1][0] + ("n" if follows.lower() in "aeiou" else "")
    if right == found[1]:
        return kept
    draft.take(found[1], why)
    return kept[: found.start()] + right + kept[found.end(1) :]


def _after(what: re.Pattern[str], text: str, at: int) -> int:
    found = what.match(text, at)
    return found.end() if found else at
