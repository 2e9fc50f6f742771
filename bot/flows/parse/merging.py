"""The words after `merge`: which films, in which order, and what becomes of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.join import FORMATS, Fill, Format
from bot.flows.parse import tokens
from bot.flows.parse.sources import by_name
from bot.flows.parse.values import NUMBER_WORDS

USUAL_FADE = 0.5
ATTACHED = "attached"
"""A soundtrack that is the attached sound, without its name."""
_WORD = re.compile(r'"([^"]*)"|“([^”]*)”|([^\s,;+&]+)')
_FILLERS = frozenset(
    {"and", "then", "the", "my", "a", "an", "these", "those", "them", "all", "of", "please", "clip", "clips", "video", "videos"}
    | {"film", "films", "movie", "movies", "together", "to", "in", "into", "one", "with", "as", "format", "hd", "shots"}
)  # fmt: skip
_COUNTS = frozenset({"two", "three", "four", "five", "2", "3", "4", "5"})
_LAST = frozenset({"last", "previous", "newest", "latest"})
_SHAPES: Mapping[str, Format] = {
    **{format.value: format for format, _ in FORMATS},
    "vertical": Format.portrait, "horizontal": Format.landscape, "wide": Format.landscape,
    "16:9": Format.landscape, "9:16": Format.portrait, "1:1": Format.square,
    "4:3": Format.landscape_4_3, "3:4": Format.portrait_3_4,
}  # fmt: skip
_FILLS = {
    **dict.fromkeys(("crop", "cropped", "cropping"), Fill.crop),
    **dict.fromkeys(("pad", "padded", "padding", "bars"), Fill.pad),
}
_FADES = frozenset({"cross-fade", "crossfade", "cross-fades", "crossfades", "crossfaded", "fade", "fades", "dissolve"})
_SOUNDS = frozenset({"soundtrack", "music"})
_UNIT = r"s|secs?|seconds?"
_SECONDS = re.compile(rf"([0-9]{{0,3}}(?:\.[0-9]{{1,3}})?)\s?({_UNIT})?", re.IGNORECASE)
_RATIO = re.compile(r"[0-9]{1,4}[:x][0-9]{1,4}", re.IGNORECASE)
_FLAGS = {
    "--format": "format", "--as": "format", "--fill": "fill", "--fade": "fade", "--crossfade": "fade",
    "--soundtrack": "soundtrack", "--music": "soundtrack", "--out": "path", "--save": "path", "--path": "path", "-o": "path",
}  # fmt: skip
_SHAPED = re.compile(
    r"[0-9]{1,3}|@(?:Video|Audio|Image)[0-9]+|https?://\S+|drive:\S+|asset:\S+|/space/\S+|J-[A-Z0-9]{3,}|[A-Z]-[A-Z0-9]{3,}|[A-Z2-7]{10}(?:-[0-9]+)+|[AVF]-\S*[0-9]\S*",
    re.IGNORECASE,
)
"""How a film is called that nobody would write in a story."""


@dataclass(slots=True)
class Merging:
    """`films` are words that name them, `newest` how many of the newest come first. None where something was not said.

    `strange` are words that could name a film but look like none: without a slash they make the line a wish.
    """

    films: list[str] = field(default_factory=list)
    newest: int = 0
    format: Format | None = None
    fill: Fill | None = None
    fade_seconds: float | None = None
    soundtrack: str = ""
    path: str = ""
    problems: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


def read_merge(text: str) -> Merging:
    """What the rest of the line means; never raises. A word that sets nothing names a film."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        plain = tokens.TOKEN.sub(tokens.canonical, text)
        found = [(match[1] or match[2], match[3]) for match in _WORD.finditer(plain)]
        self._words = [(quoted or word.strip("()."), quoted is not None) for quoted, word in found if quoted or word]
        self._at = 0
        self._said = Merging()

    def read(self) -> Merging:
        while self._at < len(self._words):
            word, quoted = self._words[self._at]
            self._at += 1
            if quoted:
                self._said.films.append(word)
            elif not self._setting(word.lower()) and word:
                self._film(word)
        return self._said

    def _next(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._words[at][0] if at < len(self._words) else ""

    def _take(self) -> str:
        self._at += 1
        return self._words[self._at - 1][0] if self._at <= len(self._words) else ""

    def _setting(self, word: str) -> bool:
        """Whether it was one, or means nothing by itself."""
        if word.partition("=")[0] in _FLAGS:
            self._flag(word)
        elif word in _LAST:
            self._newest(word)
        elif word in {"save", "saved"}:
            self._save()
        elif word in {"as", "in"} and self._next() and not _means(self._next().lower()):
            return self._no_format(word)
        elif word in _SHAPES:
            self._shape(word)
        elif word in _FILLS:
            self._said.fill = _FILLS[word]
        elif word in _FADES or (word == "cross" and self._next().lower() in {"fade", "fades"}):
            self._fade(word)
        elif (found := _SECONDS.fullmatch(word)) and found[1] and self._faded(found):
            self._long(_number(word), word)
        elif word in _SOUNDS or (word == ATTACHED and self._next().lower() in {"sound", "audio", "music"}):
            self._sound(word)
        else:
            return word in _FILLERS or word in NUMBER_WORDS
        return True

    def _film(self, word: str) -> None:
        self._said.films.append(word)
        if not (_SHAPED.fullmatch(word) or by_name(word) or word.count("/")):
            self._said.strange.append(word)

    def _newest(self, word: str) -> None:
        """`last` is one film, `last three` are so many."""
        count = self._next().lower()
        if count in _COUNTS and not self._words[self._at][1]:
            self._take()
            self._said.newest = int(NUMBER_WORDS.get(count, count))
        elif word in {"newest", "latest"}:
            self._said.newest = 1
        else:
            self._said.films.append("last")

    def _flag(self, word: str) -> None:
        """Its value stands behind an equals sign or is the next word."""
        flag, _, value = word.partition("=")
        value = self._words[self._at - 1][0].partition("=")[2] if value else self._take()
        match _FLAGS[flag]:
            case "format" if value.lower() in _SHAPES:
                self._shape(value.lower())
            case "format":
                self._problem_format(value)
            case "fill" if value.lower() in _FILLS:
                self._said.fill = _FILLS[value.lower()]
            case "fill":
                self._said.problems.append(f"The fill is pad or crop, not {value!r}. Say --fill pad or --fill crop.")
            case "fade":
                self._long(_number(value), value)
            case "soundtrack":
                self._said.soundtrack = value
            case _:
                self._said.path = value

    def _save(self) -> None:
        """`save as promo/all`, `saved to /space/all`, `save it under …`."""
        while self._next().lower() in {"it", "this", "them", "result", "the", "as", "to", "under", "in"}:
            self._take()
        self._said.path = self._take()

    def _shape(self, word: str) -> None:
        format = _SHAPES[word]
        after = self._next()
        if (wider := _SHAPES.get(f"{format.value}-{after.replace(':', '-')}")) is not None:
            self._take()
            format = wider
        elif ":" in after and _SHAPES.get(after) is format:
            self._take()
        self._said.format = format

    def _no_format(self, word: str) -> bool:
        follows = self._next()
        if word == "in" or follows.lower() in _FILLERS:
            return True
        self._problem_format(follows)
        self._take()
        ends = len(self._said.films) > 1 and not self._said.strange and not self._next()
        if not (ends or _RATIO.fullmatch(follows)):
            self._said.strange.append(follows)
        return True

    def _problem_format(self, found: str) -> None:
        known = ", ".join(format.value for format, _ in FORMATS)
        self._said.problems.append(
            f"A merge is made as one of {known}, not as {found!r}. Choose one of them; “save as …” names the film."
        )

    def _faded(self, length: re.Match[str]) -> bool:
        """Whether a fade of this length follows, as in `0.5s fade` or `1 second cross fade`; it is taken if so."""
        ahead = 0 if length[2] else 1
        if ahead and not re.fullmatch(_UNIT, self._next(), re.IGNORECASE):
            return False
        if self._next(ahead).lower() == "cross":
            ahead += 1
        if self._next(ahead).lower() not in _FADES:
            return False
        self._at += ahead + 1
        return True

    def _fade(self, word: str) -> None:
        if word == "cross":
            self._take()
        while self._next().lower() in {"of", "for", "lasting"}:
            self._take()
        found = _SECONDS.fullmatch(self._next())
        if not found or not found[1]:
            self._said.fade_seconds = USUAL_FADE
            return
        value = self._take()
        if not found[2] and re.fullmatch(_UNIT, self._next(), re.IGNORECASE):
            self._take()
        self._long(_number(value), value)

    def _long(self, seconds: float | None, word: str) -> None:
        if seconds is None or seconds != seconds:  # noqa: PLR0124 - a NaN differs from itself
            self._said.problems.append(f"A cross-fade lasts some seconds, such as 0.5, not {word!r}. Say how many.")
        else:
            self._said.fade_seconds = seconds

    def _sound(self, word: str) -> None:
        """What comes after it names a sound; where nothing does, it is the attached one."""
        if word == ATTACHED:
            self._take()
            self._said.soundtrack = ATTACHED
            return
        while self._next().lower() in {"from", "of", "the", "is", "by"}:
            self._take()
        named = self._next()
        if named.lower() == ATTACHED:
            self._take()
            if self._next().lower() in {"sound", "audio", "music", "file"}:
                self._take()
            named = ATTACHED
        elif not named or _means(named.lower()):
            named = ATTACHED
        else:
            self._take()
        self._said.soundtrack = named


def _means(word: str) -> bool:
    """Whether it says something besides naming a film."""
    flag = word.partition("=")[0]
    return word in _SHAPES or word in _FILLS or word in _FADES or word in _SOUNDS or flag in _FLAGS or word in _FILLERS or word in {"save", "saved", "cross"}  # fmt: skip


def _number(text: str) -> float | None:
    found = _SECONDS.fullmatch(text)
    return float(found[1]) if found and found[1].strip(".") else None
