"""A message cut at its commas, sentences, brackets and lines, and put together again without some of its pieces."""
# ruff: noqa: RUF001 - these signs are meant: people type them

import re
from collections.abc import Collection
from dataclasses import dataclass

_CUT = re.compile(r"(?<![0-9]),|,(?![0-9])|[;、،؛|•()]|[.!?…؟]+(?=\s|$)|。|\n+|(?:^|(?<=\s))[-–—*]+(?=\s)")


@dataclass(frozen=True, slots=True)
class Segment:
    """From `start` to `end`; `before` and `after` are the cuts around it, empty at the message's ends."""

    start: int
    end: int
    before: str = ""
    after: str = ""


def split(masked: str, raw: str) -> list[Segment]:
    """Every piece between cuts, blank ones too, so that the pieces and cuts together are the whole text."""
    cuts = [(found.start(), found.end()) for found in _CUT.finditer(masked)]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(masked)]
    signs = ["", *(raw[start:end] for start, end in cuts), ""]
    return [
        Segment(start, end, signs[place], signs[place + 1])
        for place, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def without(raw: str, segments: list[Segment], drop: Collection[int]) -> str:
    """The text without these segments, each run of them leaving the stronger of the two cuts that stood around it."""
    told, place, gone = "", 0, False
    while place < len(segments):
        segment = segments[place]
        if place not in drop:
            told = _join(told, raw[segment.start : segment.end]) if gone else told + raw[segment.start : segment.end]
            told += raw[segment.end : segment.end + len(segment.after)]
            place, gone = place + 1, False
            continue
        last = place
        while last + 1 < len(segments) and last + 1 in drop:
            last += 1
        more = any(raw[rest.start : rest.end].strip() for rest in segments[last + 1 : last + 40])
        told = _close(told, segment.before, segments[last].after, more=more)
        place, gone = last + 1, True
    return told


def _strength(cut: str) -> int:
    if "\n" in cut:
        return 4
    if cut[:1] in set(".!?…؟。！？"):
        return 3
    return 2 if cut in {";", "；", "؛", "|", "•"} else 1 if cut else 0


def _close(told: str, before: str, after: str, *, more: bool) -> str:
    """The text so far, its last cut replaced where the one behind the dropped run is stronger."""
    bare = told[: len(told) - len(before)]
    if before in {"(", "（"}:
        return bare if after in {")", "）"} else told
    if after and after in "()（）":
        return bare + after
    if not bare.strip():
        return ""
    stronger = after if _strength(after) > _strength(before) else before
    if not more:
        return bare.rstrip() + (stronger if _strength(stronger) == _strength(".") else "")
    return bare.rstrip(" \t") + (f" {stronger}" if stronger[:1] in {"-", "–", "—", "|", "•"} else stronger)


def _join(told: str, piece: str) -> str:
    """The next piece after a dropped run, with one space where words would touch."""
    if not told:
        return piece.lstrip()
    piece = piece.lstrip(" \t")
    touching = piece and not told[-1].isspace() and told[-1] not in "(、。，；！？（" and piece[0] not in ",.;!?)"
    return f"{told} {piece}" if touching else told + piece
