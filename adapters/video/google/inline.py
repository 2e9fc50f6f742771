"""Films that come inside JSON: told from the rest, and decoded, while the bytes go by and without holding them.

Vertex AI answers with up to four films of some 20 MB each as base64 in one JSON text. `Sieve` lets that text through with a short mark
in place of every large string; `Unpack` makes a large string's pieces bytes again.
"""

import re
from base64 import b64decode
from binascii import a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass

LARGE = 64 * 1024
_STOP = re.compile(rb'["\\]')
_MARK = re.compile(r"large string (\d+)")
_ESCAPE = re.compile(rb"\\(?:/|u([0-9a-fA-F]{4}))")
_CUT_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?\Z")


@dataclass(frozen=True, slots=True)
class Bit:
    """Bytes of the JSON that goes through, or of its `large`-th large string as they are written there, escapes and all."""

    data: bytes
    large: int | None = None


def large_of(text: str) -> int | None:
    """Which large string a mark stands for; None for a text that is none. Base64 has no spaces, so it never looks like one."""
    found = _MARK.fullmatch(text)
    return int(found[1]) if found else None


class Sieve:
    """`most` is how many bytes a string may have and still go through; no more than that is held."""

    def __init__(self, most: int = LARGE) -> None:
        self._most = most
        self._inside = self._escaped = self._is_large = False
        self._held = bytearray()
        self._larges = 0

    def feed(self, piece: bytes) -> Iterator[Bit]:
        at = 0
        while at < len(piece):
            if not self._inside:
                quote = piece.find(b'"', at)
                stop = quote + 1 or len(piece)
                yield Bit(piece[at:stop])
                self._inside, at = quote >= 0, stop
                continue
            end = self._end(piece, at)
            yield from self._text(piece[at:end])
            if end < len(piece):
                yield self._closed()
                end += 1
            at = end

    def _end(self, piece: bytes, at: int) -> int:
        """Where the string's closing quote is, or the end of the piece."""
        if self._escaped:
            self._escaped, at = False, at + 1
        while found := _STOP.search(piece, at):
            if found[0] == b'"':
                return found.start()
            at = found.start() + 2
        self._escaped = at > len(piece)
        return len(piece)

    def _text(self, part: bytes) -> Iterator[Bit]:
        if self._is_large:
            yield Bit(part, self._larges)
            return
        self._held += part
        if len(self._held) > self._most:
            self._is_large = True
            yield Bit(bytes(self._held), self._larges)
            self._held.clear()

    def _closed(self) -> Bit:
        """The quote that ends a string, after what was held of it or its mark."""
        text = f"large string {self._larges}".encode() if self._is_large else bytes(self._held)
        self._larges += self._is_large
        self._inside = self._is_large = False
        self._held.clear()
        return Bit(text + b'"')


class Unpack:
    """The bytes of one base64 string that is given in pieces as JSON writes it. Raises ValueError where it is none."""

    def __init__(self) -> None:
        self._raw = b""  # ends in a half of an escape, or is less than four characters
        self._padded = False

    def feed(self, part: bytes) -> bytes:
        raw = self._raw + part
        cut = _CUT_ESCAPE.search(raw, max(0, len(raw) - 6))
        ready, rest = (raw[: cut.start()], raw[cut.start() :]) if cut else (raw, b"")
        plain = _ESCAPE.sub(_unescaped, ready) if b"\\" in ready else ready
        whole = len(plain) - len(plain) % 4
        self._raw = plain[whole:] + rest
        return self._decoded(plain[:whole])

    def end(self) -> None:
        """Raises ValueError where the string was not whole."""
        if self._raw:
            raise ValueError("a film ends within its base64")

    def _decoded(self, plain: bytes) -> bytes:
        if not plain:
            return b""
        if self._padded:
            raise ValueError("a film goes on after the end of its base64")
        self._padded = plain.endswith(b"=")
        return a2b_base64(plain, strict_mode=True)


def unpacked(text: str) -> bytes:
    """The bytes of a film so small that it came through the sieve. Raises ValueError."""
    return b64decode(text, validate=True)


def _unescaped(found: re.Match[bytes]) -> bytes:
    return chr(int(found[1], 16)).encode() if found[1] else b"/"
