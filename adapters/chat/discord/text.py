"""Plain text as Discord's markdown: what people wrote shows as they wrote it. Lengths are in UTF-16 units."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.plain import plain

ELLIPSIS = "…"
BLOCKS = 14
_GAP = "\u200b"  # after the @ of @everyone and @here: nobody is called, whatever the message allows
# Discord takes a link as one token and shows a backslash inside it; so links stay as they are, up to what could end them.
_PIECES = re.compile(
    r"(?P<link>https?://[^\s<>\[\]\\`|*]+)|^(?P<lead>[ \t]*\d*)(?P<sign>(?<=\d)\.(?=\s|$)|(?<!\d)[-+#>])|(?P<mark>[\\*_~`|<>\[\]])|(?P<at>@)(?=everyone|here)",
    re.MULTILINE,
)
_WIDE = re.compile("[\U00010000-\U0010ffff]")
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FACT = re.compile(r"(?P<value>.+?) \((?P<origin>default|adjusted)\)", re.DOTALL)


def units(text: str) -> int:
    """The length as Discord's client counts it.

    >>> units("🎬")
    2
    """
    return len(text) + len(_WIDE.findall(text))


def escape(text: str) -> str:
    r"""Markdown that shows exactly this text; nothing in it is a mention, a masked link, a heading or a code block.

    >>> print(escape("*so* <b> [a](c)"))
    \*so\* \<b\> \[a\](c)
    """
    return _PIECES.sub(_escaped, clean(text))


def clean(text: str) -> str:
    """Without what steers a screen; nearly every text is so already, and is found to be so fast."""
    return plain(text) if _STEERING.search(text) else text


def _escaped(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "link":
            return found[0].replace("@everyone", f"@{_GAP}everyone").replace("@here", f"@{_GAP}here")
        case "sign":
            return f"{found['lead']}\\{found['sign']}"
        case "mark":
            return f"\\{found[0]}"
        case _:
            return f"@{_GAP}"


def fit(text: str, most: int) -> str:
    """Escaped and at most `most` long; what is cut ends with an ellipsis, and never within an escape."""
    bare = clean(text)[: most + 1]  # more would not fit, and would only be escaped in vain
    whole = _PIECES.sub(_escaped, bare)
    if units(whole) <= most:
        return whole
    kept, room = [], most - 1
    for piece in _in_pieces(bare):
        room -= units(piece)
        if room < 0:
            break
        kept.append(piece)
    return f"{''.join(kept).rstrip()}{ELLIPSIS}" if most > 0 else ""


def _in_pieces(text: str) -> Iterator[str]:
    end = 0
    for found in _PIECES.finditer(text):
        yield from text[end : found.start()]
        yield _escaped(found)
        end = found.end()
    yield from text[end:]


def line(text: str) -> str:
    """Without line breaks."""
    return " ".join(clean(text).split())


def cut(text: str, most: int) -> str:
    """Plain text, not markdown (a label, an alternative text), on one line and at most `most` long."""
    flat = line(text)
    if units(flat) <= most:
        return flat
    while flat and units(flat) > most - 1:
        flat = flat[: -max(1, (units(flat) - most + 1) // 2)]
    return f"{flat.rstrip()}{ELLIPSIS}"


def quote(text: str, most: int) -> str:
    """A quotation of at most `most`: every line of it begins with its mark."""
    room, bare = most, clean(text).strip()
    while True:
        fitted = fit(bare, room)
        quoted = "\n".join(f"> {one}" for one in fitted.split("\n")) if fitted else ""
        if units(quoted) <= most:
            return quoted
        room -= units(quoted) - most


def fact(name: str, value: str, most: int) -> str:
    """`Length **5 s** (default)`: a row of a card, where it came from left thin."""
    found = _FACT.fullmatch(value)
    bare, origin = (found["value"], f" ({found['origin']})") if found else (value, "")
    named = fit(line(name), most // 4)
    room = most - units(named) - units(origin) - 5
    shown = fit(line(bare), room)
    return f"{named} **{shown}**{origin}".strip() if shown else named


def blocks(fraction: float) -> str:
    """A bar of characters.

    >>> blocks(0.5)
    '▰▰▰▰▰▰▰▱▱▱▱▱▱▱'
    """
    full = min(BLOCKS, max(0, int(fraction * BLOCKS + 1e-9)))
    return "▰" * full + "▱" * (BLOCKS - full)


def moment(since: str, seconds: float = 0.0) -> str:
    """An instant that each reader's own client counts down to or from; empty where there is none that can be shown."""
    try:
        at = datetime.fromisoformat(since) + timedelta(seconds=seconds)
        return f"<t:{int(at.timestamp())}:R>" if at.tzinfo else ""
    except (ValueError, OverflowError, OSError):
        return ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A text that wants room: `write` gives it within so much. `least` is what it is sure to get where it wants that much."""

    least: int
    write: Callable[[int], str]


def share(room: int, asks: Sequence[Ask]) -> list[str]:
    """Each text in turn, in the room all of them have together: first what each is sure of, then the rest to whoever comes first."""
    sure = [min(one.least, units(one.write(room))) for one in asks]
    left = room - sum(sure)
    texts = []
    for one, own in zip(asks, sure, strict=True):
        text = one.write(own + max(0, left))
        left -= max(0, units(text) - own)
        texts.append(text)
    return texts
