"""A prompt read as a film's shots: marks, sentences and bracketed moves; no words are lost on the way."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.camera import MOST_TOGETHER, Move, Movement

MOST_SHOTS = 12
SHORTEST = 1.1  # seconds under which a card cannot be read
_BRACKETS = re.compile(r"\[([^\[\]]{1,120})\]")
_CLOCK = r"(?:\d{1,2}:)?\d{1,3}(?:\.\d+)?"
_MARK = re.compile(
    rf"(?:^|(?<=[\s.!?;|]))(?:\[?(?P<begin>{_CLOCK})\s*(?:s|sec|seconds)?\s*[-\u2013\u2014]\s*(?P<end>{_CLOCK})\s*(?:s|sec|seconds)\b\]?"
    rf"|(?:shot|scene|cut)\s*\#?\s*\d{{1,2}}(?:\s*\((?P<length>{_CLOCK})\s*s\))?)\s*[:.\u2013\u2014-]\s*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?\u2026\u3002\uff01\uff1f\u061f])[\"'\u201d\u2019)\u300d]*\s*(?=\S)|\n+")
_WORDS = re.compile(r"\w+")
_TOKEN = re.compile(r"@(?:Image|Video|Audio)\d+", re.IGNORECASE)
_MOVES = {one.value.casefold(): one for one in Movement}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """`text` without marks and brackets; `moves` in sequence, () where none is named; `weight` is its share of the time."""

    text: str
    moves: tuple[Move, ...] = ()
    weight: float = 1.0


def moves_in(text: str) -> tuple[Move, ...]:
    """Bracketed camera moves, each bracket's made together, brackets in sequence."""
    found = (_bracket(match.group(1)) for match in _BRACKETS.finditer(text))
    return tuple(move for move in found if move)


def _bracket(inside: str) -> Move:
    named = (_MOVES.get(" ".join(part.split()).casefold()) for part in re.split(r"[,;+]", inside))
    return tuple(move for move in named if move)[:MOST_TOGETHER]


def without_moves(text: str) -> str:
    """The words alone: brackets that name moves are taken out, others stay."""
    bare = _BRACKETS.sub(lambda match: " " if _bracket(match.group(1)) else match.group(0), text)
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(bare.split()))


def tokens_in(text: str) -> tuple[str, ...]:
    """The references a prompt names, in its order, each once."""
    return tuple(dict.fromkeys(match.group(0).casefold() for match in _TOKEN.finditer(text)))


def shots(prompt: str, seconds: float) -> tuple[Shot, ...]:
    """The prompt as at most as many shots as can be read in that time; neighbours are joined where there are more."""
    made = [shot for shot in _marked(prompt) or _sentences(prompt) if shot.text or shot.moves]
    room = max(1, min(MOST_SHOTS, int(seconds / SHORTEST)))
    while len(made) > room:
        lengths = [len(one.text) + len(other.text) for one, other in pairwise(made)]
        at = lengths.index(min(lengths))
        made[at : at + 2] = [_joined(made[at], made[at + 1])]
    return tuple(made) or (Shot(text=""),)


def _joined(one: Shot, other: Shot) -> Shot:
    return Shot(
        text=f"{one.text} {other.text}".strip(), moves=one.moves + other.moves, weight=one.weight + other.weight
    )


def _marked(prompt: str) -> list[Shot]:
    """Shots where the prompt marks them: `0-3s:` or `Shot 1:`."""
    marks = list(_MARK.finditer(prompt))
    if not marks:
        return []
    made = [_shot(prompt[: marks[0].start()], None)]
    for number, mark in enumerate(marks):
        stop = marks[number + 1].start() if number + 1 < len(marks) else len(prompt)
        made.append(_shot(prompt[mark.end() : stop], _length(mark)))
    return [shot for shot in made if shot.text or shot.moves]


def _length(mark: re.Match[str]) -> float | None:
    if mark["length"]:
        return _clock(mark["length"])
    if mark["begin"] is None:
        return None
    return max(0.1, _clock(mark["end"]) - _clock(mark["begin"]))


def _clock(text: str) -> float:
    minutes, _, rest = text.rpartition(":")
    return (int(minutes) * 60 if minutes else 0) + float(rest)


def _shot(text: str, weight: float | None) -> Shot:
    words = without_moves(text).strip(" -\u2013\u2014|;")
    return Shot(text=words, moves=moves_in(text), weight=weight or _reading(words))


def _reading(text: str) -> float:
    """How long a line holds the eye, roughly in seconds."""
    return 1.6 + 0.22 * len(_WORDS.findall(text)) + 0.02 * len(text)


def _sentences(prompt: str) -> list[Shot]:
    """A shot a sentence; a bracket before a sentence belongs to it, one at the very end to the last."""
    made: list[Shot] = []
    for part in _SENTENCE.split(prompt):
        shot = _shot(part, None)
        if not shot.text and made:
            made[-1] = Shot(text=made[-1].text, moves=made[-1].moves + shot.moves, weight=made[-1].weight)
        elif shot.text or shot.moves:
            made.append(shot)
    return made


def times(made: Sequence[Shot], seconds: float) -> tuple[tuple[float, float], ...]:
    """When each shot begins and ends; the last ends with the film."""
    whole = sum(shot.weight for shot in made)
    least = min(SHORTEST * 0.8, seconds / len(made))
    spare = seconds - least * len(made)
    edges = [0.0]
    for shot in made:
        edges.append(edges[-1] + least + spare * shot.weight / whole)
    edges[-1] = seconds
    return tuple(pairwise(edges))
