"""Settings said in plain words, read only from pieces of the message that are nothing but settings."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bot.domain import camera
from bot.flows.parse import runs
from bot.flows.parse.draft import Draft
from bot.flows.parse.negatives import read_negative
from bot.flows.parse.phrasebook import Item, item_at
from bot.flows.parse.segments import Segment, split, without
from bot.flows.parse.text import fold, mask
from bot.flows.parse.values import NUMBER_WORDS

_IMPERATIVE = "make (?:it|this)|use|using|render|set|save|give me|return|generate|create|with|please|in|add"
_FILLER = re.compile(
    r"(?P<order>make\s(?:it|this)|give\sme|generate|create|render|produce|use|set(?:\sit)?|please|i\swant(?:\sit)?|i'd\slike|i\sneed)(?!\w)"
    r"|(?:pls|thanks|thank\syou|ok|okay|it|in|im|en|em|au|at|an?|the|as|be|to|should(?:\sbe)?|and|plus|also|now|just|for|only|with|settings|video|clip|movie|film|output|formato?|mode|total)(?!\w)|&",
    re.IGNORECASE,
)
_TIME_WORDS = frozenset({"in", "at", "for", "to", "with", "as", "the", "after", "only"})
_SPACE = re.compile(r"[\s,]*")
_STORY_FOLLOWS = re.compile(r"\s*(?:and\s)?(?:then|later|after|before|until|pause|next|when|while)\b", re.IGNORECASE)
_NEGATION = re.compile(r"\s*(?:and\s|but\s)?(?:no|not|without|neither|nor|only)\b", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b(?:score|scores|scored|scoreboard|result|time|clock|verse|chapter|won|lost|leads?|at|by)\W*$", re.IGNORECASE
)
_COURTESY = re.compile(r"\s*(?:please|pls|thanks|thank\syou)\s*", re.IGNORECASE)
_COLOURS = re.compile(r"\b(?:colou?r(?:s|ed)?|palettes?|tones?|hues?|shades?|light|lighting|pastels?)\b", re.IGNORECASE)
_FOR = re.compile(r"\s*for\b", re.IGNORECASE)
_BRACKET = re.compile(r"\s*\[[^\[\]]*\]?\s*|[^\[\]]*\]\s*")
_SHOT_LIST = 3
_SPOKEN = re.compile(r"\s*(?:says|said|reads|read|shows|shouts|cries|whispers)\b", re.IGNORECASE)
_JOINTS = re.compile(rf"\s(?:and|but)\s(?=(?:please\s|then\s)?(?:{_IMPERATIVE})\b)", re.IGNORECASE)
_ORDERS = re.compile(r"\s*(?:please\s|pls\s)?(?:make\s(?:it|this)|use|render|set)\b", re.IGNORECASE)
_AND = re.compile(r"\s(?:and|then)\s", re.IGNORECASE)


@dataclass(slots=True)
class Said:
    """What one piece says.

    `weak` where all its words could be story, `ordered` where it tells the bot to do something, `ending` where it counts as the
    message's last piece though weak, `alone` where no comma sets this one setting apart; `about` are its settings, those of bad
    values too.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    weak: bool = True
    ordered: bool = False
    ending: bool = True
    alone: bool = False
    about: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def add(self, item: Item) -> None:
        self.settings.update(item.settings)
        self.about.add(item.setting)
        self.weak = self.weak and item.weak
        self.ending = self.ending and (item.ending or item.setting == "aspect")
        self.problems += [item.problem] if item.problem else []

    @property
    def proven(self) -> bool:
        return bool(self.problems) or (bool(self.settings) and (self.ordered or not self.weak))

    @property
    def why(self) -> str:
        return ", ".join(self.settings) or ("problem" if self.problems else "courtesy")


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment and what it says, None where it is story."""

    segment: Segment
    said: Said | None = None

    @property
    def courteous(self) -> bool:
        return self.said is not None and not self.said.about

    def says_only(self, setting: str) -> bool:
        return self.said is not None and self.said.about == {setting}


def read_phrases(draft: Draft, raw: str) -> str:
    """The message without the pieces that only set something; what they say goes into the draft."""
    raw = read_negative(draft, raw)
    draft.raw = raw
    text = mask(fold(raw))
    pieces = [piece for segment in split(text, raw) for piece in _pieces(draft, text, segment)]
    accepted = _accept(text, pieces, asked=bool(draft.spoken or draft.flagged))
    for place in sorted(accepted):
        _note(draft, pieces[place])
    return without(raw, [piece.segment for piece in pieces], accepted) if accepted else raw


def _note(draft: Draft, piece: Piece) -> None:
    segment, said = piece.segment, piece.said
    if said is None:
        return
    draft.spoken.update(said.settings)
    for problem in said.problems:
        draft.problem(problem)
    draft.take(draft.raw[segment.start : segment.end], said.why)
    for cut in (segment.before, segment.after):
        if cut.strip().isalpha():
            draft.take(cut, "joint")


def read_piece(draft: Draft, text: str, start: int, end: int) -> Said | None:
    """What this piece says, None unless it says settings and nothing else."""
    said, at, before = Said(), start, ""
    while (at := _skip(text, at, end)) < end:
        if item := item_at(draft, text, at, end):
            if item.setting == "seconds" and before in _TIME_WORDS:
                return None
            said.add(item)
            at, before = item.end, ""
        elif filler := _FILLER.match(text, at, end):
            said.ordered = said.ordered or bool(filler["order"])
            at, before = filler.end(), filler[0].lower()
        else:
            return None
    return said if said.settings or said.problems or _COURTESY.fullmatch(text, start, end) else None


def _skip(text: str, at: int, end: int) -> int:
    found = _SPACE.match(text, at, end)
    return found.end() if found else at


def _pieces(draft: Draft, text: str, segment: Segment) -> list[Piece]:
    """The segment, or its two halves where settings are joined to story by `and` or by a movement's bracket."""
    start, end = segment.start, segment.end
    if whole := read_piece(draft, text, start, end):
        return [Piece(segment, whole)]
    bracket = _movement_at(draft, text, segment)
    if bracket and (head := read_piece(draft, text, start, bracket)):
        left, right = _halves(draft, segment, bracket, bracket)
        return [Piece(left, head), Piece(right)]
    joints = list(_JOINTS.finditer(text, start, end))
    if joints and (tail := read_piece(draft, text, joints[-1].end(), end)) and tail.proven:
        left, right = _halves(draft, segment, *joints[-1].span())
        return [Piece(left), Piece(right, tail)]
    joint = _AND.search(text, start, end) if _ORDERS.match(text, start, end) else None
    if joint and (head := read_piece(draft, text, start, joint.start())) and head.proven:
        left, right = _halves(draft, segment, *joint.span())
        return [Piece(left, head), Piece(right)]
    return _with_runs(draft, text, segment)


def _movement_at(draft: Draft, text: str, segment: Segment) -> int:
    """Where the segment's first bracket begins, if it holds a movement, else 0."""
    bracket = text.find("[", segment.start, segment.end)
    # The segment may end inside the bracket, at a comma between two movements.
    moving = bracket > 0 and camera.moves_in(draft.raw[bracket : text.find("]", bracket) + 1])
    return bracket if moving else 0


def _with_runs(draft: Draft, text: str, segment: Segment) -> list[Piece]:
    """The story of this segment without the settings that begin or end it, no comma between, a movement's bracket aside."""
    if bracket := _movement_at(draft, text, segment):
        left, right = _halves(draft, segment, bracket, bracket)
        before = _with_runs(draft, text, left)
        return [*before, Piece(right)] if len(before) > 1 else [Piece(segment)]
    pieces = [Piece(segment)]
    if run := runs.head(draft, text, segment.start, segment.end):
        left, right = _halves(draft, segment, run.end, run.end)
        pieces = [Piece(left, _said(run)), Piece(right)]
    rest = pieces[-1].segment
    if run := runs.tail(draft, text, rest.start, rest.end):
        left, right = _halves(draft, rest, run.start, run.start)
        pieces[-1:] = [Piece(left), Piece(right, _said(run))]
    return pieces


def _said(run: runs.Run) -> Said:
    said = Said(weak=False, alone=len(run.items) == 1)
    for item in run.items:
        said.add(item)
    said.weak = False
    return said


def _halves(draft: Draft, segment: Segment, start: int, end: int) -> tuple[Segment, Segment]:
    """The segment cut in two, the words from `start` to `end` being the cut."""
    cut = draft.raw[start:end]
    return Segment(segment.start, start, segment.before, cut), Segment(end, segment.end, cut, segment.after)


def _accept(text: str, pieces: list[Piece], *, asked: bool) -> set[int]:
    """Which pieces are settings: the proven ones that no neighbour makes story, then the weak ones beside them.

    A last "thanks" goes too where the message has `asked` for something before.
    """
    full = [place for place, piece in enumerate(pieces) if text[piece.segment.start : piece.segment.end].strip()]
    row = [pieces[place] for place in full]
    sure = {
        place
        for order, place in enumerate(full)
        if (said := pieces[place].said) and said.proven and not _is_story(text, row, order)
    }
    if asked and len(full) > 1 and pieces[full[-1]].courteous:
        sure.add(full[-1])
    return _with_weak(text, pieces, full, sure - _shot_times(pieces, sure))


def _shot_times(pieces: list[Piece], sure: set[int]) -> set[int]:
    """Three or more lengths that differ are a list of shots, not the film's own length."""
    timed = {place for place in sure if pieces[place].says_only("seconds")}
    lengths = {said.settings.get("seconds", 0) for place in timed if (said := pieces[place].said)}
    return timed if len(timed) >= _SHOT_LIST and len(lengths) > 1 else set()


def _may_end(text: str, piece: Piece) -> bool:
    """Whether a weak piece is a setting where it ends the message; muted colours are none."""
    said = piece.said
    if said is None or not said.ending or not said.settings:
        return False
    return "audio" not in said.settings or not _COLOURS.search(text)


def _story_in(text: str, pieces: list[Piece]) -> bool:
    return any(
        piece.said is None and not _BRACKET.fullmatch(text, piece.segment.start, piece.segment.end) for piece in pieces
    )


def _with_weak(text: str, pieces: list[Piece], full: list[int], sure: set[int]) -> set[int]:
    """A weak piece counts beside a sure one; a bare ratio word and its like also as the message's last piece."""
    if len(full) > 1 and _may_end(text, pieces[full[-1]]):
        sure.add(full[-1])
    for walk in (full, full[::-1]):
        for before, place in pairwise(walk):
            said = pieces[place].said
            if before in sure and said and not said.proven:
                sure.add(place)
    return sure


def _is_story(text: str, pieces: list[Piece], order: int) -> bool:
    """Whether the pieces around make this one part of the story after all."""
    piece = pieces[order]
    if piece.said and piece.said.alone and order and _story_in(text, pieces[order + 1 :]):
        return True
    before = pieces[order - 1] if order else None
    after = next((other for other in pieces[order + 1 :] if not other.courteous), None)
    earlier = text[before.segment.start : before.segment.end][-60:] if before and not before.said else ""
    later = text[after.segment.start : after.segment.end][:40] if after and not after.said else ""
    if piece.says_only("seconds"):
        if _FOR.match(text, piece.segment.start) and (later or not earlier):
            return True
        if (
            earlier.strip().isdigit()
            or earlier.rpartition(":")[2].strip().lower() in NUMBER_WORDS
            or _SPOKEN.match(later)
        ):
            return True
        return (piece.segment.before == "(" and bool(later)) or bool(_STORY_FOLLOWS.match(later))
    if piece.says_only("aspect"):
        figures = any(sign.isdigit() for sign in text[piece.segment.start : piece.segment.end])
        return figures and bool(_CLOCK.search(earlier) or _SPOKEN.match(later))
    silent = piece.says_only("audio") and piece.said is not None and piece.said.settings["audio"] is False
    return silent and bool(_NEGATION.match(earlier) or _NEGATION.match(later))
