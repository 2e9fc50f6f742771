"""How people write lengths, ratios, sizes and numbers, and what they mean."""
# ruff: noqa: SIM905 - lists of words read best as running text

import re
from collections.abc import Mapping
from functools import lru_cache

from bot.domain.request import LARGEST_SEED, MOST_RESULTS

LONGEST_SECONDS = 3600.0
WIDEST = 4.0

_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
NUMBER_WORDS: Mapping[str, int] = {word: n for n, word in enumerate(_WORDS, 1)} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
}
NUMBER = rf"(?:[0-9]{{1,5}}(?:[.,][0-9]{{1,3}})?|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})"
SECOND_UNIT = r"(?:seconds?|secondes?|secondi|segundos?|sekunden?|secs?\.?|sek\.?|seg\.?|s|秒钟|秒)"
MINUTE_UNIT = r"(?:minutes?|minuten|minutos?|minut[oi]|mins?\.?|分钟)"
LENGTH = (
    rf"(?:half[\s-](?:an?[\s-])?minute|(?:{NUMBER}[\s-]?(?:{MINUTE_UNIT}|m(?=\s?[0-9]))\s?(?:and\s)?)?{NUMBER}[\s-]?{SECOND_UNIT}"
    rf"|{NUMBER}[\s-]?{MINUTE_UNIT})"
)
"""A length with its unit: `8s`, `eight seconds`, `half a minute`, `1 minute and 30 seconds`."""
DECADE = r"(?:[0-9]{3}0|[789]0)['’]?s(?!\w)"
"""The 1980s or the 90s, which are no length in running text."""
RATIO = r"[0-9]{1,2}(?:\s?[:x/]\s?|\sby\s)[0-9]{1,2}"
RATIO_WORDS: Mapping[str, str] = {
    "vertical": "9:16",
    "portrait": "9:16",
    "竖屏": "9:16",
    "hochkant": "9:16",
    "hochformat": "9:16",
    "vertikal": "9:16",
    "verticale": "9:16",
    "landscape": "16:9",
    "horizontal": "16:9",
    "widescreen": "16:9",
    "wide screen": "16:9",
    "wide-screen": "16:9",
    "横屏": "16:9",
    "querformat": "16:9",
    "breitbild": "16:9",
    "horizontale": "16:9",
    "apaisado": "16:9",
    "paysage": "16:9",
    "square": "1:1",
    "quadratisch": "1:1",
    "carré": "1:1",
    "cuadrado": "1:1",
    "quadrato": "1:1",
    "quadrado": "1:1",
    "ultrawide": "21:9",
    "ultra wide": "21:9",
    "ultra-wide": "21:9",
    "cinemascope": "21:9",
    "adaptive": "adaptive",
    "auto": "adaptive",
}
WEAK_RATIO_WORDS = frozenset(
    "portrait landscape square auto paysage quadratisch carré cuadrado quadrato quadrado".split()
)
"""Those that are as likely story."""
KNOWN_RATIOS = frozenset("21:9 16:9 4:3 1:1 3:4 9:16 3:2 2:3 5:4 4:5 2:1 1:2 9:21".split())
_RESOLUTIONS: Mapping[str, str] = {
    **{f"{lines}p": f"{lines}p" for lines in (240, 360, 480, 512, 540, 576, 720, 768, 1080, 1440)},
    "2160p": "4k",
    "4k": "4k",
    "uhd": "4k",
    "ultra hd": "4k",
    "2k": "2k",
    "full hd": "1080p",
    "fullhd": "1080p",
    "fhd": "1080p",
    "hd": "720p",
}
_SECONDS = re.compile(
    rf"(?P<half>half[\s-](?:an?[\s-])?minute)|(?:(?P<minutes>{NUMBER})[\s-]?(?:{MINUTE_UNIT}|m(?=\s?[0-9]))\s?(?:and\s)?)?(?:(?P<seconds>{NUMBER})(?:[\s-]?{SECOND_UNIT})?)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s,;]+")
_POINT_ZERO = re.compile(r"(?<=[0-9])\.0(?![0-9.])")
_YES = frozenset({"on", "true", "yes", "1", "native"})
_NO = frozenset({"off", "false", "no", "0", "none"})


def number(text: str) -> float | None:
    word = text.strip().lower()
    if word in NUMBER_WORDS:
        return float(NUMBER_WORDS[word])
    if re.fullmatch(r"[0-9]{1,12}(?:[.,][0-9]{1,3})?", word):
        return float(word.replace(",", "."))
    return None


def seconds(text: str) -> float | None:
    """A length of time above zero and at most an hour: `8`, `8s`, `eight seconds`, `1.5 min`, `half a minute`."""
    found = _SECONDS.fullmatch(text.strip())
    if found is None:
        return None
    value = (
        30.0 if found["half"] else 60 * (number(found["minutes"] or "") or 0) + (number(found["seconds"] or "") or 0)
    )
    return value if 0 < value <= LONGEST_SECONDS else None


def aspect(text: str) -> str | None:
    """`16:9`, `16x9` or a word such as `vertical`, no wider than 4:1 and no taller than 1:4."""
    word = " ".join(text.lower().split())
    if word in RATIO_WORDS:
        return RATIO_WORDS[word]
    found = re.fullmatch(r"([0-9]{1,2})(?:\s?[:x/]\s?|\sby\s)([0-9]{1,2})", word)
    if found is None:
        return None
    width, height = int(found[1]), int(found[2])
    if not (width and height and 1 / WIDEST <= width / height <= WIDEST):
        return None
    return f"{width}:{height}"


def resolution(text: str) -> str | None:
    word = " ".join(text.lower().split())
    return _RESOLUTIONS.get(word) or _RESOLUTIONS.get(f"{word}p")


def switch(text: str) -> bool | None:
    word = text.lower()
    return True if word in _YES else False if word in _NO else None


def seed(text: str) -> int | None:
    word = text.strip()
    if not re.fullmatch(r"[0-9]{1,12}", word):
        return None
    return int(word) if int(word) <= LARGEST_SEED else None


def count(text: str) -> int | None:
    word = text.strip().lower().removeprefix("x").removesuffix("x")
    value = number(word)
    return int(value) if value is not None and value.is_integer() and 1 <= value <= MOST_RESULTS else None


def phrase(text: str) -> str | None:
    """Free text of one line or more, without its outer spaces."""
    return text.strip() or None


def model_key(name: str) -> str:
    """A model's name as it is compared: case, dashes and underscores do not matter."""
    return re.sub(r"[\s_-]+", " ", name).strip().lower()


@lru_cache(maxsize=8)
def _keys(names: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    said = {model_key(id): id for _, id in names} | {model_key(name): id for name, id in names}
    return {_POINT_ZERO.sub("", key): id for key, id in said.items()} | said


def model_keys(names: Mapping[str, str]) -> Mapping[str, str]:
    """The ids of models by the key of each of their names; "kling 3.0" is also "kling 3"."""
    return _keys(tuple(names.items()))


def model(text: str, models: Mapping[str, str]) -> str | None:
    """The id of a model named so, from `model_keys`; any single word is taken where no names are known."""
    return models.get(model_key(text)) if models else text.strip().lower() or None


def model_at(text: str, at: int, end: int, models: Mapping[str, str]) -> tuple[str, int] | None:
    """The longest model name of up to six words that begins here, and where it ends."""
    if not models:
        return None
    ends = [word.end() for word, _ in zip(_WORD.finditer(text, at, min(end, at + 80)), range(6), strict=False)]
    for stop in reversed(ends):
        said = text[at:stop].rstrip(".,;:!?")
        if said and model_key(said) in models:
            return said, at + len(said)
    return None
