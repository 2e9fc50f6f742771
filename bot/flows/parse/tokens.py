"""Tokens that name references, `@Image1` and its sloppy forms, and the movements a camera flag names."""

import re
from collections.abc import Iterator, Mapping

from bot.domain import camera
from bot.domain.media import MediaKind

_KINDS: Mapping[str, MediaKind] = {
    word: kind
    for kind, words in (
        (MediaKind.image, "image img picture pic photo 图片 图"),
        (MediaKind.video, "video vid clip film 视频"),
        (MediaKind.audio, "audio sound aud 音频"),
    )
    for word in words.split()
}
_WORD = "|".join(sorted(_KINDS, key=len, reverse=True))
TOKEN = re.compile(
    rf"(?<![\w@])@(?P<kind>{_WORD})[ _#-]?(?P<number>[0-9]{{1,3}})(?![0-9A-Za-z_]|\.[A-Za-z])"
    rf"|(?<![\w@])\[\s?@?(?P<kind2>{_WORD})[ _#-]?(?P<number2>[0-9]{{1,3}})\s?\](?!\w)",
    re.IGNORECASE,
)
CANONICAL = re.compile(r"@(?:Image|Video|Audio)[0-9]+(?![0-9A-Za-z_]|\.[A-Za-z])")
_STEP = re.compile(r"\s*(?:;|,?\s*\bthen\b)\s*", re.IGNORECASE)
_MOVE_WORDS = re.compile(r"[A-Za-z]+(?:[ \t_-][A-Za-z]+(?!\w))?(?!\w)")
_NEXT_MOVE = re.compile(r"[ \t]*(?:[,;+&]|then\b|and\b)[ \t]*(?:then\b[ \t]*)?")


def token(kind: MediaKind, number: int) -> str:
    return f"@{kind.title()}{number}"


def canonical(found: re.Match[str]) -> str:
    """A sloppy token as it is written properly."""
    kind, number = found["kind"] or found["kind2"], found["number"] or found["number2"]
    return token(_KINDS[kind.lower()], int(number))


def split_token(name: str) -> tuple[MediaKind, int]:
    """`@Image2` as its kind and number."""
    word = name[1:6].lower()
    return MediaKind(word), int(name[6:])


def sloppy(folded: str, masked: str) -> Iterator[re.Match[str]]:
    """Every token outside of code, URLs and quotations."""
    for found in TOKEN.finditer(folded):
        if masked[found.start()] == folded[found.start()]:
            yield found


def movements(text: str) -> tuple[camera.Move, ...] | None:
    """The moves of a camera flag: together with `,`, in sequence with `;`, `then` or brackets of their own."""
    bracketed = re.findall(r"\[([^\[\]]{1,160})\]", text)
    moves = [camera.move(step) for step in (bracketed or _STEP.split(text[:400])) if step.strip()]
    return tuple(move for move in moves if move) if moves and all(moves) else None


def movements_end(text: str, at: int) -> int:
    """How far unquoted movement names reach from here."""
    end, start = at, at
    while found := _MOVE_WORDS.match(text, start):
        stop = _longest(found)
        if stop is None:
            break
        end = stop
        glue = _NEXT_MOVE.match(text, end)
        if glue is None:
            break
        start = glue.end()
    return end


def _longest(found: re.Match[str]) -> int | None:
    both = found[0]
    one = re.split(r"[ \t_-]", both)[0]
    if camera.movement(both):
        return found.end()
    return found.start() + len(one) if camera.movement(one) else None
