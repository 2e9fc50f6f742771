"""Letters: faces from the fonts package, which characters each has, and words for those that none has."""

import importlib
import io
import struct
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib.util import find_spec

from PIL import ImageFont


class Face(StrEnum):
    """A role letters play; the value is a module of the fonts package."""

    heading = "FiraGO_Bold"
    text = "FiraGO_Regular"
    label = "SpaceMono_Regular"
    strong_label = "SpaceMono_Bold"


FALLBACKS = (
    "FiraGO_Regular",
    "NotoSans_Regular",
    "NotoSansSymbols2_Regular",
    "NotoSansSymbols_Regular",
    "NotoSansMath_Regular",
)
Font = ImageFont.FreeTypeFont


@cache
def _bytes(name: str) -> bytes:
    return importlib.import_module(f"pymupdf_fonts.{name}").fontbuffer


@cache
def _font(name: str, size: int) -> Font:
    font = ImageFont.truetype(io.BytesIO(_bytes(name)), size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def face(role: Face, size: int) -> Font:
    """Size in pixels."""
    return _font(role.value, size)


@cache
def _covered(name: str) -> frozenset[int]:
    """The characters a face has, from its `cmap` table."""
    font = _bytes(name)
    tables = struct.unpack_from(">H", font, 4)[0]
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == b"cmap":
            return frozenset(_characters(font, offset))
    return frozenset()


def _characters(font: bytes, cmap: int) -> Iterator[int]:
    for number in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">HHI", font, cmap + 4 + 8 * number)[2]
        layout = struct.unpack_from(">H", font, at)[0]
        if layout == 4:
            twice = struct.unpack_from(">H", font, at + 6)[0]
            ends = struct.unpack_from(f">{twice // 2}H", font, at + 14)
            starts = struct.unpack_from(f">{twice // 2}H", font, at + 16 + twice)
            for start, end in zip(starts, ends, strict=True):
                yield from range(start, min(end, 0xFFFE) + 1)
        elif layout == 12:
            for group in range(struct.unpack_from(">I", font, at + 12)[0]):
                start, end, _ = struct.unpack_from(">III", font, at + 16 + 12 * group)
                yield from range(start, end + 1)


def _has(name: str, character: str) -> bool:
    return ord(character) in _covered(name)


def _unseen(character: str) -> bool:
    """Joiners, variation selectors, marks of direction: nothing is drawn for them."""
    return unicodedata.category(character) in {"Cf", "Cc", "Mn"} or 0xFE00 <= ord(character) <= 0xFE0F


def readable(text: str, role: Face) -> tuple[str, bool]:
    """The text in characters that can be drawn; those no face has are told in Latin letters. True where that happened."""
    out: list[str] = []
    changed = False
    for character in unicodedata.normalize("NFC", text):
        known = character.isspace() or any(_has(name, character) for name in (role.value, *FALLBACKS))
        if known or _unseen(character):
            out.append(character if known else "")
            continue
        changed = True
        out.append(_latin(character))
    return " ".join("".join(out).split()), changed


def _latin(character: str) -> str:
    if find_spec("anyascii") is not None:
        said = importlib.import_module("anyascii").anyascii(character).strip(":").replace("_", " ")
        if said:
            return f"{said} " if unicodedata.east_asian_width(character) in "WF" else said
    return "\u00b7"


def runs(text: str, role: Face) -> list[tuple[str, str]]:
    """The text in pieces of (face, text) such that each face has its piece's characters; spaces stay with their neighbours."""
    pieces: list[tuple[str, str]] = []
    for character in text:
        names = (pieces[-1][0],) if pieces and (character.isspace() or _unseen(character)) else ()
        candidates = (role.value, *FALLBACKS)
        name = names[0] if names else next((one for one in candidates if _has(one, character)), role.value)
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + character)
        else:
            pieces.append((name, character))
    return pieces


def run_font(name: str, size: int) -> Font:
    return _font(name, size)


def right_to_left(text: str) -> bool:
    """The direction of the first letter that has one."""
    for character in text:
        way = unicodedata.bidirectional(character)
        if way in {"R", "AL"}:
            return True
        if way == "L":
            return False
    return False
