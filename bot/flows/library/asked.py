"""What somebody looks for in the library: words, and who, with which model, when and how long, each said back in the title."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.domain.drive import Wanted
from bot.domain.units import plain
from bot.flows.parse.values import model_key, model_keys
from bot.flows.show.words import shorten

SLACK = 0.25
"""Seconds: a film of 8 s measures up to a quarter of one more or less."""
ABOUT = 0.5
LONGEST_NAME = 6  # words of a model's name
_FILLERS = re.compile(
    r"^(?:(?:search|find|list|show|please|all|for)\b[\s:]*|(?:films|videos|clips)\s+(?=(?:by|from|since|before|with|of|on|over|under|longer|shorter)\s))",
    re.IGNORECASE,
)
_PAGE = re.compile(r"(?:^|\s)(?:page\s+)?([0-9]{1,4})$", re.IGNORECASE)
_DAY = r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}|today|yesterday|(?:this|last) (?:week|month|year))"
_NUMBER, _UNIT = r"[0-9]{1,4}(?:[.,][0-9]+)?", r"\s?(?:s|secs?|seconds?)"
_BY = r"by\s+(?:<@!?(?P<id>\w+)[^>]*>|[\"“](?P<quoted>[^\"”]+)[\"”]|@?(?P<name>[^\s,;\"“”]+))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`wanted` in one value with the page; `said` is what a title adds to the number of films ("by Ada"). `name` is whose films, as written."""

    wanted: Wanted
    page: int = 1
    said: tuple[str, ...] = ()
    name: str = ""

    @property
    def everything(self) -> bool:
        return not self.said and not self.wanted.words

    @property
    def title(self) -> str:
        """`with “fox” by Ada, longest 8 s`."""
        words = shorten(" ".join(self.wanted.words), 60)
        whose = [part for part in self.said if part.startswith("by ")]
        rest = [part for part in self.said if not part.startswith("by ")]
        return ", ".join(filter(None, (" ".join([*([f"with “{words}”"] if words else []), *whose]), *rest)))


def asked(text: str, nothing: Wanted, names: Mapping[str, str], titles: Mapping[str, str]) -> Asked:
    """`nothing` is a search without conditions; `names` are model names in lower case -> id, `titles` ids -> what people call them.

    What is not understood is a word to look for, and so is whatever stands in quotation marks.
    """
    reading = _Reading(text.strip(), Asked(wanted=nothing))
    while (rest := _FILLERS.sub("", reading.text)) != reading.text:
        reading.text = rest
    for pattern, meaning in _CONDITIONS:
        reading.take(pattern, meaning)
    reading.take_model(names, titles)
    if page := _PAGE.search(reading.text):
        reading.text = reading.text[: page.start()]
        reading.asked = replace(reading.asked, page=max(1, int(page[1])))
    words = tuple(re.sub(r"[\"“”]|(?<!\S)[,;]+|[,;]+(?!\S)", " ", reading.text).lower().split())
    return replace(reading.asked, wanted=replace(reading.asked.wanted, words=words))


def named_in_words(asked: Asked) -> Asked:
    """The same with whose films they are as words: a part of a name is one too."""
    words = (*asked.wanted.words, *asked.name.lower().split())
    said = tuple(part for part in asked.said if not part.startswith("by "))
    return replace(asked, wanted=replace(asked.wanted, by="", words=words), said=said, name="")


Meaning = Callable[[re.Match[str], Asked], Asked | None]


class _Reading:
    """What is left of a search's text, and what was understood so far."""

    def __init__(self, text: str, asked: Asked) -> None:
        self.text = text
        self.asked = asked

    def take(self, pattern: re.Pattern[str], meaning: Meaning) -> None:
        """Each condition once; what means nothing after all stays."""
        for found in pattern.finditer(self.text):
            if self.text[: found.start()].count('"') % 2:
                continue
            if (understood := meaning(found, self.asked)) is not None:
                self.asked = understood
                self.text = f"{self.text[: found.start()]} {self.text[found.end() :]}".strip()
                return

    def take_model(self, names: Mapping[str, str], titles: Mapping[str, str]) -> None:
        """A model by its id or title anywhere, by another name after `model`; one name of several models is a word."""
        keys = model_keys(names)
        words = list(re.finditer(r"[^\s\"“”]+", self.text))
        for first in range(len(words)):
            for last in range(min(len(words), first + LONGEST_NAME), first, -1):
                begin, end = words[first].start(), words[last - 1].end()
                key = model_key(self.text[begin:end])
                id = keys.get(key)
                introduced = re.search(r"(?:\b(?:with|on|using)\s+)?\bmodel\s+$", self.text[:begin], re.IGNORECASE)
                exact = id is not None and key in {model_key(id), model_key(titles.get(id, id))}
                if id is None or not (exact or (introduced and key not in model_key(titles.get(id, id)))):
                    continue
                begin = introduced.start() if introduced else begin
                self.text = f"{self.text[:begin]} {self.text[end:]}".strip()
                said = (*self.asked.said, f"made with {titles.get(id, id)}")
                self.asked = replace(self.asked, wanted=replace(self.asked.wanted, model=id), said=said)
                return
        self.text = re.sub(r"(?:^|\s)model\s+(?=\S)", " ", self.text, flags=re.IGNORECASE).strip()


def _by(found: re.Match[str], so_far: Asked) -> Asked:
    if found["id"]:
        return _with(so_far, f"by {found['id']}", by=found["id"])
    name = (found["quoted"] or found["name"] or "").strip()
    if name.lower() in {"me", "myself"}:
        return _mine(found, so_far)
    return replace(_with(so_far, f"by {name}", by=name.lower()), name=name)


def _mine(_: re.Match[str], so_far: Asked) -> Asked:
    return _with(so_far, "by you", by=so_far.wanted.viewer.id)


def _since(found: re.Match[str], so_far: Asked) -> Asked | None:
    span = _span(found["day"], so_far.wanted.now)
    if span is None:
        return None
    after = found["how"].lower() == "after"
    return _with(so_far, f"{found['how'].lower()} {_date(span[0])}", since=span[1] if after else span[0])


def _before(found: re.Match[str], so_far: Asked) -> Asked | None:
    span = _span(found["day"], so_far.wanted.now)
    if span is None:
        return None
    until = found["how"].lower() != "before"
    return _with(so_far, f"{found['how'].lower()} {_date(span[0])}", before=span[1] if until else span[0])


def _on(found: re.Match[str], so_far: Asked) -> Asked | None:
    span = _span(found["day"], so_far.wanted.now)
    if span is None:
        return None
    said = f"of {_date(span[0])}" if found["day"][0].isdecimal() else f"of {found['day'].lower()}"
    return _with(so_far, said, since=span[0], before=span[1])


def _between(found: re.Match[str], so_far: Asked) -> Asked | None:
    low, high = sorted((_seconds(found["low"]), _seconds(found["high"])))
    said = f"of {plain(low)} to {plain(high)} s"
    return _with(so_far, said, min_seconds=low - ABOUT, max_seconds=high + ABOUT)


def _longer(found: re.Match[str], so_far: Asked) -> Asked:
    least = _seconds(found["length"])
    over = found["how"].lower() != "at least"
    return _with(so_far, f"shortest {plain(least)} s", min_seconds=least + SLACK if over else least - SLACK)


def _shorter(found: re.Match[str], so_far: Asked) -> Asked:
    most = _seconds(found["length"])
    under = found["how"].lower() not in {"at most", "up to"}
    return _with(so_far, f"longest {plain(most)} s", max_seconds=most - SLACK if under else most + SLACK)


def _about(found: re.Match[str], so_far: Asked) -> Asked:
    length = _seconds(found["length"])
    return _with(so_far, f"of {plain(length)} s", min_seconds=length - ABOUT, max_seconds=length + ABOUT)


def _with(so_far: Asked, said: str, **conditions: object) -> Asked:
    """With one condition more."""
    return replace(so_far, wanted=replace(so_far.wanted, **conditions), said=(*so_far.said, said))  # pyright: ignore[reportArgumentType]


def _seconds(text: str) -> float:
    return float(text.replace(",", "."))


def _date(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _span(day: str, now: datetime) -> tuple[datetime, datetime] | None:
    """When it begins and ends, in UTC; None for a day that no calendar has."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    which, _, unit = day.lower().partition(" ")
    if unit:
        return _period(today, unit, last=which == "last")
    try:
        days = {"today": today, "yesterday": today - timedelta(days=1)}
        begin = days.get(which) or datetime.fromisoformat(which).replace(tzinfo=UTC)
        return begin, begin + timedelta(days=1)
    except (ValueError, OverflowError):  # the last day there is has no end
        return None


def _period(today: datetime, unit: str, *, last: bool) -> tuple[datetime, datetime]:
    """A week begins on Monday."""
    if unit == "week":
        begin = today - timedelta(days=today.weekday() + 7 * last)
        return begin, begin + timedelta(days=7)
    if unit == "year":
        year = today.year - last
        return today.replace(year=year, month=1, day=1), today.replace(year=year + 1, month=1, day=1)
    begin = (today.replace(day=1) - timedelta(days=last)).replace(day=1)
    return begin, (begin + timedelta(days=32)).replace(day=1)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w“-])(?:{text})(?![\w”-])", re.IGNORECASE)


_CONDITIONS: tuple[tuple[re.Pattern[str], Meaning], ...] = (
    (re.compile(rf"(?<![\w“]){_BY}", re.IGNORECASE), _by),
    (_pattern("mine"), _mine),
    (_pattern(rf"(?P<how>since|from|after)\s+{_DAY}"), _since),
    (_pattern(rf"(?P<how>before|until|up to)\s+{_DAY}"), _before),
    (_pattern(rf"(?:on\s+)?{_DAY}"), _on),
    (_pattern(rf"(?P<low>{_NUMBER})(?:{_UNIT})?\s?(?:-|–|to)\s?(?P<high>{_NUMBER}){_UNIT}"), _between),
    (_pattern(rf"(?P<how>longer than)\s+(?P<length>{_NUMBER})(?:{_UNIT})?"), _longer),
    (_pattern(rf"(?P<how>over|more than|above|at least)\s+(?P<length>{_NUMBER}){_UNIT}"), _longer),
    (_pattern(rf"(?P<how>shorter than)\s+(?P<length>{_NUMBER})(?:{_UNIT})?"), _shorter),
    (_pattern(rf"(?P<how>under|less than|below|at most|up to)\s+(?P<length>{_NUMBER}){_UNIT}"), _shorter),
    (_pattern(rf"(?P<length>{_NUMBER}){_UNIT}"), _about),
)
"""In this order: what is understood first is taken out of the text."""
