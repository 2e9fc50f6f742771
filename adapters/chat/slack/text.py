"""Text as Slack counts, cuts and escapes it. Pure."""

import re
import unicodedata
from collections.abc import Callable
from itertools import accumulate

from bot.domain.plain import plain

ELLIPSIS = "…"
JOINER = "\u200d"
LONG_WORD = 20
_FORMATS = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])|^\s*>|:[^\s:]+:", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """The text without half characters, controls and marks that turn the reading direction of what follows."""
    bare = text if text.replace("\n", "").isprintable() else plain(text)
    return _BLANK_LINES.sub("\n\n", bare).strip()


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def visible(text: str) -> bool:
    """Whether there is anything to see; Slack refuses a text of spaces as empty."""
    return any(c.isalnum() or unicodedata.category(c)[0] not in "ZC" for c in text)


def units(text: str) -> int:
    """The length in UTF-16 units: never less than characters, whichever of the two Slack counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def escaped_units(text: str) -> int:
    return units(escape(text))


def escape(text: str) -> str:
    """Text as mrkdwn that names no channel, no person and no link.

    >>> escape("<!channel> & <@U1>")
    '&lt;!channel&gt; &amp; &lt;@U1&gt;'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def formats(text: str) -> bool:
    """Whether mrkdwn might read bold, code, a quote or an emoji name in it; escaping does not help against those.

    >>> formats("promo_v2_final.mp4"), formats("_promo_"), formats("a * b"), formats(":fire:"), formats("16:9")
    (False, True, True, True, False)
    """
    return _FORMATS.search(text) is not None


def cut(text: str, most: int, size: Callable[[str], int] = units) -> str:
    """The text, or as much of it as fits with an ellipsis; no short word and no character is parted.

    >>> cut("a long prompt", 10)
    'a long…'
    """
    if size(text) <= most:
        return text
    kept = _fitting(text, most - 1, size)
    space = text.rfind(" ", 0, kept)
    end = space if kept - space < LONG_WORD and kept < len(text) and not text[kept].isspace() and space > 0 else kept
    return text[:end].rstrip() + ELLIPSIS if most > 0 else ""


def _fitting(text: str, room: int, size: Callable[[str], int] = units) -> int:
    """How many characters fit, none of them parted from what belongs to it."""
    kept = sum(total <= room for total in accumulate(map(size, text[: room + 1])))
    while 0 < kept < len(text) and (_belongs_to_last(text[kept]) or text[kept - 1] == JOINER):
        kept -= 1
    return kept


def _belongs_to_last(character: str) -> bool:
    """Accents, variation selectors, joiners and skin tones."""
    return unicodedata.category(character) in {"Mn", "Me", "Mc"} or character == JOINER or "🏻" <= character <= "🏿"


def pieces(text: str, most: int) -> list[str]:
    """The whole text in pieces of at most `most` units, broken between lines or words where that is possible."""
    found: list[str] = []
    while units(text) > most:
        fits = max(1, _fitting(text, most))
        at = max(text.rfind("\n", 0, fits), text.rfind(" ", 0, fits))
        end = at if at > fits // 2 else fits
        found.append(text[:end])
        text = text[end:].lstrip()
    return [*found, text] if text else found
