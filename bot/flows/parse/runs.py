"""Settings that begin or end a sentence without a comma: "a fox in the snow 8 seconds vertical 1080p"."""
# ruff: noqa: SIM905 - lists of words read best as running text

import re
from dataclasses import dataclass

from bot.flows.parse import values
from bot.flows.parse.draft import Draft
from bot.flows.parse.phrasebook import Item, item_at
from bot.flows.parse.vocabulary import ADJECTIVES, VERBS

_FIGURES = re.compile(
    rf"[0-9]|\bsaved?\s|\b(?:half|{'|'.join(values.NUMBER_WORDS)})[\s-]|\b(?:(?:using|use|via)\s|(?:format|mode|orientation)\b)",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    rf"(?<!\S)(?:[0-9~]|(?:{'|'.join(values.NUMBER_WORDS)}|half|with|in|at|and|plus|please|for|lasting|each|about|around|roughly|exactly|up|min"
    r"|max|seed|save|saved|store|use|using|via|length|duration|resolution|quality|aspect|ratio|format|full|vertical|horizontal|widescreen"
    r"|hochkant|querformat|no|without|w/)(?!\w))",
    re.IGNORECASE,
)
"""Where a run can begin."""
_SPACE = re.compile(r"[\s,]*")
_GLUE = re.compile(r"(?:with|in|at|and|plus|also|please|pls|format|mode)(?!\w)|&", re.IGNORECASE)
_BEFORE = re.compile(r"(?P<lead>with|in|at|and|plus|please)\s+", re.IGNORECASE)
_LAST_WORDS = re.compile(r"([^\W\d_]+(?:['’][a-z]+)?)?\W*?\s+(\S+)\s*$")
_REACH = 160
_PROVING = frozenset({"seconds", "aspect", "resolution", "seed", "drive_path", "model"})
_LEADS = {"in": {"resolution", "aspect"}, "at": {"resolution"}, "with": {"audio", "seed", "watermark", "last_frame"}}
_NO_NOUNS = frozenset(
    "a an the this that these those his her its my our your their in on at to for of with from by into onto over under after before until "
    "till within about around every each next first last final another than as is are was were be been being says said reads read shows "
    "showed it he she they we you i me him them us and or but not no only just last "
    "than score scores wins win won loses lost leads beats ratio seed channel number "
    "chapter verse psalm genesis matthew mark luke john acts romans page room route".split()
)
_MEASURED = frozenset(
    "is are was were says said reads read shows showed of to by than for until after before within every score scores wins won lost "
    "a an the his her its my our your their this that these those each last next first another it he she they".split()
)
_TIMED = frozenset(
    "lasts lasted takes took waits wait waited holds hold held counts count pauses pause stays stay remains ticks sleeps".split()
)
_DETERMINERS = (
    frozenset("a an the his her its my our your their this that one in on at of over under through".split())
    | ADJECTIVES
)
_SCORES = re.compile(
    r"\b(?:scores?|scoreboard|match|wins?|won|los(?:es|t)|beats?|leads?|verse|psalm|clock|watch|time|odds|ratio|signs?|boards?"
    r"|labels?|reads?|says|shows)\b",
    re.IGNORECASE,
)
_TIMERS = re.compile(
    r"\b(?:timers?|countdowns?|counts?|counters?|clocks?|watch|stopwatch|displays?|scoreboard|reads?|says|shows)\b",
    re.IGNORECASE,
)
_SCREENS = re.compile(
    r"\b(?:tvs?|televisions?|screens?|monitors?|displays?|cameras?|projectors?|phones?|films?|filmed|recorded|records?)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?:in|at|with|using|use|via|seed|saved?|store)\s", re.IGNORECASE)
"""Words that join a setting to a verb: "reads 16:9" is story, "leaps in 1080p" is not."""
_SECONDS_SIGN = re.compile(r"[0-9]{1,3}(?:\.[0-9])?s", re.IGNORECASE)
_LINES = re.compile(r"(?:in|at)\s.*|[0-9]{3,4}p", re.IGNORECASE)
_SHAPE = re.compile(r"[0-9]|^in\s.*\s(?:format|mode|orientation|ratio)$", re.IGNORECASE)
_FRAME_SHAPE = re.compile(r"(?:9:16|16:9|21:9|9:21)", re.IGNORECASE)
_SUBJECT = re.compile(r"\s+(?:an?|one|two|three|some|my|our|@\w+)\s+\w", re.IGNORECASE)
_ARTICLE = re.compile(r"\s+an?\s+[^\W\d_]", re.IGNORECASE)
_STORY = re.compile(r"\s+\w", re.IGNORECASE)
_NO_STORY = re.compile(
    r"\s+(?:later|after|before|into|until|of|to|then|and|or|is|are|was|were|in|on|at|for|long|each|only)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Run:
    """Settings side by side, from `start` to `end`."""

    start: int
    end: int
    items: tuple[Item, ...]


def tail(draft: Draft, text: str, start: int, end: int) -> Run | None:
    """The settings that end this piece of story, None where they could be story."""
    begin = max(start, end - _REACH)
    if not _FIGURES.search(text, begin, end):
        return None
    for begins in _BEGINS.finditer(text, begin, end):
        at = begins.start()
        lead = _BEFORE.match(text, at, end)
        items, stop = _items(draft, text, at, end)
        if lead and not items:
            items, stop = _items(draft, text, lead.end(), end)
        else:
            lead = None
        if items and stop == end and _leads_well(lead, items[0]):
            run = Run(at, end, tuple(items))
            if _ends_story(text, start, run):
                return run
    return None


def head(draft: Draft, text: str, start: int, end: int) -> Run | None:
    """The settings that begin the message and are followed by its story."""
    if text[:start].strip() or not _FIGURES.search(text, start, min(end, start + _REACH)):
        return None
    begin = _after_space(text, start, end)
    items, stop = _items(draft, text, begin, end)
    run = Run(begin, stop, tuple(items))
    return run if items and stop < end and _begins_story(text, run) else None


def _items(draft: Draft, text: str, at: int, end: int) -> tuple[list[Item], int]:
    """The settings from here on, and where the last of them ends."""
    items: list[Item] = []
    stop = at
    while at < end:
        if item := item_at(draft, text, at, end):
            items.append(item)
            at = stop = item.end
        elif items and (glue := _GLUE.match(text, at, end)):
            at = glue.end()
            stop = at if at == end and glue[0].lower() in {"please", "pls"} else stop
        else:
            break
        at = _after_space(text, at, end)
        stop = end if at == end and not text[stop:end].strip() else stop
    return items, stop


def _after_space(text: str, at: int, end: int) -> int:
    found = _SPACE.match(text, at, end)
    return found.end() if found else at


def _proven(items: tuple[Item, ...]) -> bool:
    """Several settings, of which two cannot be story by themselves."""
    strong = {item.setting for item in items if not item.weak and not item.problem}
    return len(strong) > 1 and bool(strong & _PROVING) and not items[0].weak


def _leads_well(lead: re.Match[str] | None, item: Item) -> bool:
    allowed = _LEADS.get(lead["lead"].lower()) if lead else None
    return allowed is None or item.setting in allowed


def _ends_story(text: str, start: int, run: Run) -> bool:
    before = _LAST_WORDS.search(f" {text[max(start, run.start - 60) : run.start]}")
    if before is None:
        return False
    first = run.items[0]
    earlier, word = (before[1] or "").lower(), before[2].lower()
    counted = word[-1].isdigit() or word in values.NUMBER_WORDS or word in _TIMED
    if (not word[-1].isalnum() and word[-1] not in "]”\"')") or (first.setting == "seconds" and counted):
        return False
    if len(run.items) > 1:
        return _proven(run.items) and word not in _MEASURED
    if first.problem or first.weak or word in _NO_NOUNS:
        return False
    written = text[run.start : run.end].strip()
    after_verb = word in VERBS and earlier not in _DETERMINERS
    told = not after_verb or _JOINED.match(written) or _SECONDS_SIGN.fullmatch(written)
    return bool(told) and _unmistakable(text[start : run.start], written, first, word)


def _unmistakable(story: str, written: str, item: Item, word: str) -> bool:
    """Whether one setting after a noun can be nothing else."""
    match item.setting:
        case "seconds":
            inside = written.lower().startswith(("for ", "lasting ", "each ")) or word.endswith(("ing", "ed"))
            return not inside and not _TIMERS.search(story)
        case "aspect":
            return bool(_SHAPE.search(written)) and not _SCORES.search(story)
        case "resolution":
            return bool(_LINES.fullmatch(written)) and not _SCREENS.search(story)
        case "drive_path":
            return _is_path(item)
        case "model":
            return any(sign.isdigit() for sign in written) or written.lower().startswith("using")
        case setting:
            return setting == "seed" and not word.endswith("ed")


def _is_path(item: Item) -> bool:
    path = item.settings["drive_path"]
    return "/" in path or "." in path


def _begins_story(text: str, run: Run) -> bool:
    if not _STORY.match(text, run.end) or _NO_STORY.match(text, run.end):
        return False
    first = run.items[0]
    if len(run.items) > 1:
        timed = any(item.setting == "seconds" for item in run.items)
        return _proven(run.items) and (timed or bool(_SUBJECT.match(text, run.end)))
    if first.problem or first.weak:
        return False
    if first.setting == "drive_path":
        return _is_path(first)
    written = text[run.start : first.end].strip()
    clear = (
        (first.setting == "seconds" and _SECONDS_SIGN.fullmatch(written))
        or (first.setting == "aspect" and _FRAME_SHAPE.fullmatch(written))
        or (first.setting == "resolution" and _LINES.fullmatch(written))
        or first.setting == "seed"
    )
    return bool(clear and _ARTICLE.match(text, run.end))
