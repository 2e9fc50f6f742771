"""Camera movements: the fifteen names people write in square brackets, and how to say them in words."""
# ruff: noqa: RUF001 - these signs are meant: people type them

import re
from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache


class Movement(StrEnum):
    truck_left = "Truck left"
    truck_right = "Truck right"
    pan_left = "Pan left"
    pan_right = "Pan right"
    push_in = "Push in"
    pull_out = "Pull out"
    pedestal_up = "Pedestal up"
    pedestal_down = "Pedestal down"
    tilt_up = "Tilt up"
    tilt_down = "Tilt down"
    zoom_in = "Zoom in"
    zoom_out = "Zoom out"
    shake = "Shake"
    tracking_shot = "Tracking shot"
    static_shot = "Static shot"


MOST_TOGETHER = 3

Move = tuple[Movement, ...]
"""Movements made together, at most MOST_TOGETHER; a camera setting is a tuple of these, in sequence."""

_VERBS: Mapping[Movement, tuple[str, str]] = {
    Movement.truck_left: ("trucks left", "trucking left"),
    Movement.truck_right: ("trucks right", "trucking right"),
    Movement.pan_left: ("pans left", "panning left"),
    Movement.pan_right: ("pans right", "panning right"),
    Movement.push_in: ("pushes in", "pushing in"),
    Movement.pull_out: ("pulls out", "pulling out"),
    Movement.pedestal_up: ("rises straight up", "rising straight up"),
    Movement.pedestal_down: ("sinks straight down", "sinking straight down"),
    Movement.tilt_up: ("tilts up", "tilting up"),
    Movement.tilt_down: ("tilts down", "tilting down"),
    Movement.zoom_in: ("zooms in", "zooming in"),
    Movement.zoom_out: ("zooms out", "zooming out"),
    Movement.shake: ("shakes", "shaking"),
    Movement.tracking_shot: ("tracks the subject", "tracking the subject"),
    Movement.static_shot: ("holds still", "holding still"),
}
_ALIASES: Mapping[str, Movement] = {
    **{movement.value.lower(): movement for movement in Movement},
    "push": Movement.push_in,
    "push closer": Movement.push_in,
    "dolly in": Movement.push_in,
    "dolly forward": Movement.push_in,
    "pull": Movement.pull_out,
    "pull back": Movement.pull_out,
    "push out": Movement.pull_out,
    "dolly out": Movement.pull_out,
    "dolly back": Movement.pull_out,
    "dolly left": Movement.truck_left,
    "dolly right": Movement.truck_right,
    "track left": Movement.truck_left,
    "track right": Movement.truck_right,
    "crane up": Movement.pedestal_up,
    "crane down": Movement.pedestal_down,
    "camera shake": Movement.shake,
    "shaking": Movement.shake,
    "tracking": Movement.tracking_shot,
    "track shot": Movement.tracking_shot,
    "static": Movement.static_shot,
    "static camera": Movement.static_shot,
    "zoom": Movement.zoom_in,
    "zoom im": Movement.zoom_in,
}
_DIRECTIONLESS = ("pan", "tilt", "pedestal")
_PAIRS = tuple((name, movement) for name, movement in _ALIASES.items() if " " in name)
_LIKENESS = 0.82
_WORD_LIKENESS = 0.6
_BRACKET = re.compile(
    r"```(?:.*?```|.*)|`[^`\n]*`|(?<![\w\"])\"(?=\S)[^\"]*(?<=\S)\"(?!\w)|“[^“”]*”|\[([^\[\]\n]{1,160})\]", re.DOTALL
)
_BETWEEN = re.compile(r"\s*[,;+&/，；、]\s*|\s+and\s+")
_MOVE_LIKE = re.compile(
    r"(?:camera\s)?(?:slow\s|fast\s|quick\s|whip\s|slowly\s)?"
    r"(?:orbit|arc|circl|roll|doll|crane|boom|jib|rotat|slid|track|truck|pan|tilt|zoom|pedestal|push|pull)(?:e|y|s|es|ies|ing|ning)?\s"
    r"(?:shot|(?:to\sthe\s)?(?:left|right|up|down|in|out|forwards?|backwards?|back|around|round|clockwise|counterclockwise))",
    re.IGNORECASE,
)
"""What is said like a camera movement, whether it is one of the fifteen or not."""


@lru_cache(maxsize=512)
def movement(name: str) -> Movement | None:
    """The movement meant by a name, whatever its case, spacing or small misspellings."""
    plain = " ".join(re.sub(r"[-_]", " ", name).split()).lower().removeprefix("camera: ")
    known = _ALIASES.get(plain) or _ALIASES.get(plain.replace(" to the ", " "))
    if known or len(plain) > 24:
        return known
    words = plain.split()
    if len(words) == 1:
        return _one_word(plain)
    if len(words) != 2:
        return None
    likely = [(SequenceMatcher(None, plain, other).ratio(), meant) for other, meant in _PAIRS if _alike(words, other)]
    best = max(likely, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= _LIKENESS else None


def _one_word(word: str) -> Movement | None:
    together = {name.replace(" ", ""): meant for name, meant in _PAIRS}.get(word)
    if together:
        return together
    misspelt = 4 <= len(word) <= 5 and word[0] == "s" and set(word) <= set("shake") and {"k", "h"} <= set(word)
    return Movement.shake if misspelt else None


def _alike(words: list[str], other: str) -> bool:
    return all(_same_word(word, right) for word, right in zip(words, other.split(), strict=True))


def _same_word(word: str, right: str) -> bool:
    if word == right or sorted(word) == sorted(right):
        return True
    close = word[0] == right[0] and abs(len(word) - len(right)) <= max(1, len(right) // 4)
    return close and SequenceMatcher(None, word, right).ratio() > _WORD_LIKENESS


def _read(inside: str) -> tuple[list[Movement], list[str]]:
    """The movements of one bracket, and the parts of it that are none."""
    parts = [part for part in _BETWEEN.split(inside.strip()) if part]
    meant = [(part, movement(part)) for part in parts]
    return [known for _, known in meant if known], [part for part, known in meant if not known]


def move(text: str) -> Move | None:
    """Movements made together, as written between brackets; None unless every part is one."""
    known, unknown = _read(text)
    return tuple(known) if known and not unknown else None


def _each_move(prompt: str, change: Callable[[re.Match[str], Move, list[str]], str]) -> str:
    """The prompt with each bracket that holds a movement changed, given its movements and the parts that are none."""

    def replaced(found: re.Match[str]) -> str:
        known, unknown = _read(found[1]) if found[1] else ([], [])
        return change(found, tuple(known), unknown) if known else found[0]

    return _BRACKET.sub(replaced, prompt) if "[" in prompt else prompt


def moves_in(prompt: str) -> tuple[Move, ...]:
    """The camera movements in the prompt's brackets, in sequence, each cut to MOST_TOGETHER; quotations and code are not read."""
    moves: list[Move] = []

    def note(found: re.Match[str], meant: Move, _: list[str]) -> str:
        moves.append(meant[:MOST_TOGETHER])
        return found[0]

    _each_move(prompt, note)
    return tuple(moves)


def corrected(prompt: str) -> str:
    """The prompt with every movement bracket in its exact spelling: `[truck lft,pan rigth]` becomes `[Truck left, Pan right]`.

    A part that is no movement gets a bracket of its own: `[zoom, door creaks]` becomes `[Zoom in] [door creaks]`.
    """
    return _each_move(prompt, lambda _, meant, others: _mended(meant, others))


def misspelt(prompt: str) -> tuple[str, ...]:
    """The movement brackets that `corrected` would change, as written."""
    written: list[str] = []

    def note(found: re.Match[str], meant: Move, others: list[str]) -> str:
        if found[0] != _mended(meant, others):
            written.append(found[0])
        return found[0]

    _each_move(prompt, note)
    return tuple(written)


def _mended(meant: Move, others: list[str]) -> str:
    return f"{bracket(meant)} [{', '.join(others)}]" if others else bracket(meant)


def bracket(move: Move) -> str:
    return f"[{', '.join(move)}]"


def problems_in(prompt: str) -> tuple[str, ...]:
    """What is wrong with the prompt's movement brackets: too many together, a part that is no movement, a missing direction."""
    says: list[str] = []
    for found in _BRACKET.finditer(prompt):
        if found[1]:
            known, unknown = _read(found[1])
            says.extend(_problems(found[0], known, unknown))
    return tuple(dict.fromkeys(says))


def _problems(written: str, known: list[Movement], unknown: list[str]) -> list[str]:
    says: list[str] = []
    if len(known) > MOST_TOGETHER:
        says.append(
            f"At most {MOST_TOGETHER} camera movements go together; {written} has {len(known)}, so only the first {MOST_TOGETHER} count. "
            "Put the others in brackets of their own."
        )
    says += [_which_way(written, part.lower()) for part in unknown if part.lower() in _DIRECTIONLESS]
    others = [part for part in unknown if part.lower() not in _DIRECTIONLESS and (known or _MOVE_LIKE.fullmatch(part))]
    if others:
        names = ", ".join(others)
        no = "is not one" if len(others) == 1 else "are none"
        says.append(
            f"{written} is not wholly camera movement: {names} {no} of {', '.join(Movement)}, so it stays story."
        )
    return says


def _which_way(written: str, bare: str) -> str:
    both = " or ".join(f"[{m}]" for m in Movement if m.lower().startswith(bare))
    return f"{written} does not say which way; write {both}."


def in_words(moves: tuple[Move, ...]) -> str:
    """The moves as prose, for models that do not know brackets.

    >>> in_words(((Movement.truck_left, Movement.pan_right), (Movement.zoom_in,)))
    'the camera trucks left while panning right, then zooms in'
    """
    steps = [_step(move) for move in moves if move]
    return f"the camera {', then '.join(steps)}" if steps else ""


def _step(move: Move) -> str:
    first, *others = move
    more = " and ".join(_VERBS[other][1] for other in others)
    return f"{_VERBS[first][0]} while {more}" if more else _VERBS[first][0]


def told_in_words(prompt: str) -> str:
    """The prompt with each movement bracket said as prose where it stands.

    >>> told_in_words("A fox wakes [push in] in the snow.")
    'A fox wakes, the camera pushes in, in the snow.'
    """
    told, done = "", 0
    for found in _BRACKET.finditer(prompt):
        meant = move(found[1]) if found[1] else None
        if meant:
            told = _tell(told + prompt[done : found.start()], in_words((meant,)), prompt[found.end() :].lstrip()[:1])
            done = found.end()
    return (told + prompt[done:]).strip()


def _tell(before: str, words: str, next_char: str) -> str:
    """The text before a bracket with the movement's words added as a sentence or a clause, whichever stands there."""
    ended = not before.strip() or before.rstrip()[-1] in ".!?…。！？" or before.endswith("\n")
    if ended:
        space = "" if not before or before[-1].isspace() else " "
        return f"{before}{space}{words[0].upper()}{words[1:]}{'' if next_char in set('.,;!?') else '.'}"
    left = before.rstrip()
    comma = "" if left[-1] in ",;:—–(" else ","
    return f"{left}{comma} {words}{',' if next_char.isalnum() else ''}"
