"""An English idea read for its story: the one it is about, what happens beat by beat, and where."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.cinema import again
from bot.flows.cinematic.english import (
    DETERMINERS,
    LINKING,
    PLACES,
    PREPOSITIONS,
    WEATHER,
    common,
    finite,
    may_be,
    participle,
    plural,
    verb_at,
    words_of,
)

_OPENER = re.compile(
    r"^(?:please\s+)?(?:(?:can|could) you\s+)?(?:(?:make|create|film|shoot|generate|give me|show me|show|i want(?: to see)?|i would like|i'd like|write|imagine|picture)\s+)?(?:me\s+)?"
    r"(?:(?:an?|the)\s+)?(?:(?:short|slow|quick|beautiful|epic|dramatic|cinematic|little|dreamy|moody)\s+){0,2}"
    r"(?:(?:video|film|clip|movie|scene|sequence|footage|advert|ad|commercial|prompt|story|trailer|shot)\s+)(?:of|about|for|showing|in which|where|with|that shows)\s+",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"^(?:please\s+)?(?:(?:can|could) you\s+)?(?:(?:make|create|film|shoot|generate|give me|show me|i want(?: to see)?|i would like|i'd like|imagine|picture)\s+)(?:me\s+)?(?:how\s+)?(?=(?:an?|the|two|three|my|our)\s)|^there\s+(?:is|are|was|were)\s+",
    re.IGNORECASE,
)
_SEEN = re.compile(
    r"^(?:an?\s+|the\s+)?(?:(?:extreme|slow|tight|medium)\s+)?(?P<how>close[- ]?up|closeup|macro(?: shot)?|portrait|wide shot|aerial(?: view| shot)?|drone shot|long shot)\s+of\s+",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\s*[\n;]\s*|\s+[–—]\s+")
_THEN = re.compile(
    r"\s*,?\s+(?:and\s+)?then\s+|^then,?\s+|\s*,\s+(?:before|until|after which)\s+(?=\S+\s+\S+)", re.IGNORECASE
)
_MEANWHILE = re.compile(r"\s*,?\s+(?:as|while|when)\s+", re.IGNORECASE)
_PRONOUN = re.compile(r"^(he|she|it|they|we)\s+", re.IGNORECASE)
_STOPS = " \t\n,.;:!?…"

_HERE = "in|on|at|under|inside|beneath|beside|near|above|behind|between|among|within|atop|outside|amid"
_NEXT_WHERE = re.compile(rf"\b(?:{_HERE})\s+", re.IGNORECASE)
_AIMED = re.compile(
    r"(?:look|gaz|star|glanc|laugh|smil|wav|shout|point|aim|bark|growl|throw|knock|work|rid|sit|arriv)\w*\s*$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    rf"^(?:{_HERE}|deep in|high above|high on|late at|early in|during|after|before|by|through|across|along|over)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`beats` are what happens, each a clause without its stop; the first is about the subject, and `does` is that beat without it.

    `held` says that nothing happens: the subject is there. `how` is a way of looking that was asked for, such as `close`.
    """

    subject: str
    many: bool
    beats: tuple[str, ...]
    place: str
    does: str = ""
    held: bool = False
    how: str = ""


@dataclass(frozen=True, slots=True)
class _Clause:
    subject: str
    predicate: str


def read_story(idea: str, shots: int) -> Story:
    """`shots` is for how many beats there is room: clauses that happen at the same time are told apart only where that is more."""
    text, how = _opened(" ".join(idea.replace("’", "'").split()))
    text, setting = _setting(text)
    pieces = [piece for whole in _SENTENCE.split(text) for piece in _split(whole) if piece.strip(_STOPS)]
    first = _first(pieces[0] if pieces else text)
    many = plural(first.subject)
    if not first.predicate:
        return _held(first.subject, pieces, setting, how, many=many)
    beats = [f"{_opening(first.subject, many=many)} {first.predicate}"]
    beats += [_beat(piece, first.subject, many=many) for piece in pieces[1:]]
    beats = list(_apart(beats, first.subject, shots, many=many))
    does = _told_of(beats[0], first.subject).strip()
    return Story(
        subject=first.subject,
        many=many,
        beats=tuple(beats),
        place=setting or _place(does),
        does=does,
        how=how,
    )


def _opened(text: str) -> tuple[str, str]:
    """The idea without "make a video of", and how it is to be looked at."""
    text = _ORDER.sub("", _OPENER.sub("", text, count=1), count=1)
    if seen := _SEEN.match(text):
        far = seen["how"].lower().startswith(("wide", "aerial", "drone", "long"))
        return text[seen.end() :], "far" if far else "close"
    return text, ""


def _setting(text: str) -> tuple[str, str]:
    """`At dawn, a fox wakes` is a fox that wakes, and a place."""
    if not _LEADING.match(text):
        return text, ""
    head, comma, rest = text.partition(",")
    if comma and rest.strip() and len(head.split()) <= 8:
        return rest.strip(), head[0].lower() + head[1:]
    words = words_of(text)
    for found in words[2:9]:
        if found[0].lower() in DETERMINERS and words_of(text[: found.start()])[-1][0].lower() not in PREPOSITIONS:
            head = text[: found.start()].strip()
            return text[found.start() :], head[0].lower() + head[1:]
    return text, ""


def _split(sentence: str) -> Iterator[str]:
    for piece in _THEN.split(sentence.strip(_STOPS)):
        parts = piece.split(", ")
        told = parts[0]
        for part in parts[1:]:
            if _is_clause(part.removeprefix("and ")):
                yield told.strip(_STOPS)
                told = part.removeprefix("and ")
            else:
                told = f"{told}, {part}"
        yield told.strip(_STOPS)


def _is_clause(part: str) -> bool:
    """Whether this piece says what somebody does: `neon signs flicker`, `leaps over the stream`."""
    words = [found[0].lower() for found in words_of(part)]
    if not words or words[0] in PREPOSITIONS | LINKING:
        return False
    found = verb_at(words, from_=0)
    return found is not None and found[1] == "finite"


def _first(piece: str) -> _Clause:
    """The subject and what it does."""
    head, comma, rest = piece.partition(", ")
    if comma and _participle_first(rest) and verb_at([one[0].lower() for one in words_of(head)]) is None:
        piece = head = f"{head} {rest}"  # "a woman, dancing in the rain"
    found = words_of(piece)
    words = [one[0].lower() for one in words_of(head)]
    verb = verb_at(words)
    if verb is None:
        return _Clause(_noun(piece), "")
    at, kind = verb
    end = found[at].start()
    subject = piece[:end].strip(_STOPS)
    last = words[at - 1] if at else ""
    if last in {"that", "who", "which"}:
        subject = subject[: -len(last)].strip(_STOPS)
    elif at > 1 and last.endswith("ly"):  # "a fox slowly crosses"
        subject, end = piece[: found[at - 1].start()].strip(_STOPS), found[at - 1].start()
    predicate = piece[end:].strip(_STOPS)
    helping = "are" if plural(subject) else "is"
    return _Clause(subject, f"{helping} {predicate}" if kind == "participle" else predicate)


def _participle_first(text: str) -> bool:
    words = words_of(text)
    return bool(words) and words[0][0].endswith("ing") and participle(["x", words[0][0].lower()], 1)


def _noun(piece: str) -> str:
    """The thing itself, without where it is: `a red car on a road` is `a red car`."""
    head = piece.split(",", maxsplit=1)[0]
    for found in words_of(head)[1:]:
        if found[0].lower() in PREPOSITIONS - {"of", "with", "without", "for", "from", "like"} | {"where"}:
            return head[: found.start()].strip(_STOPS)
    return head.strip(_STOPS)


def _held(subject: str, pieces: list[str], setting: str, how: str, *, many: bool) -> Story:
    """Nothing is said to happen: it is there, and the rest of the words say where and how."""
    first = pieces[0] if pieces else ""
    rest = first[len(subject) :].strip(_STOPS) if first.startswith(subject) else ""
    there = ", ".join(filter(None, (rest, setting)))
    beats = tuple(_beat(piece, subject, many=many) for piece in pieces[1:])
    return Story(subject=subject, many=many, beats=("", *beats), place=there, held=True, how=how)


def _opening(subject: str, *, many: bool) -> str:
    """The subject at the beginning of the first sentence: `red car` alone reads as `the red car`."""
    bare = words_of(subject)[:1]
    whole = many or not bare or bare[0][0].lower() in DETERMINERS or bare[0][0][0].isupper()
    return subject if whole else again(subject)


def _beat(piece: str, subject: str, *, many: bool) -> str:
    """A later clause as a whole sentence that names the subject, or somebody else around it."""
    piece, name = piece.strip(_STOPS), again(subject)
    if said := _PRONOUN.match(piece):
        if may_be(said[1].lower(), subject, many=many) and not _about_weather(piece):
            return f"{name} {piece[said.end() :]}"
        return _beside(piece, name)
    if many:
        piece = re.sub(r"\b(one|both|some|all|each) of them\b", rf"\1 of {name}", piece, flags=re.IGNORECASE)
    words = [found[0].lower() for found in words_of(piece)]
    if words and (_done_alike(words, many=many) or (words[0].endswith("ly") and len(words) > 1 and finite(words, 1))):
        return f"{name} {piece[0].lower()}{piece[1:]}"
    if _participle_first(piece) and len(words) > 1:
        return f"{name} {'are' if many else 'is'} {piece[0].lower()}{piece[1:]}"
    if name.lower().removeprefix("the ") in piece.lower():
        return f"{piece[0].upper()}{piece[1:]}"
    return _beside(piece, name)


def _done_alike(words: list[str], *, many: bool) -> bool:
    """Whether the clause goes on with what the same subject does: `leaps over`, or of many `leap over`."""
    return finite(["they", *words], 1) and not words[0].endswith("s") if many else finite(words, 0)


def _about_weather(piece: str) -> bool:
    return re.match(r"it\s+(?:is\s+)?(?:rain|snow|storm|thunder|get|grow|hail|pour)", piece, re.IGNORECASE) is not None


def _beside(piece: str, name: str) -> str:
    """What somebody or something else does, told from where the subject is."""
    first = words_of(piece)
    lower = f"{piece[0].lower()}{piece[1:]}" if first and common(first[0][0]) else piece
    words = [found[0].lower() for found in first[:4]]
    return (
        f"around {name}, {lower}"
        if WEATHER.intersection(words) or _about_weather(piece)
        else f"with {name} in sight, {lower}"
    )


def _apart(beats: list[str], subject: str, shots: int, *, many: bool) -> Iterator[str]:
    """Beats that hold two clauses told one after the other, as long as there is room."""
    room = shots - len(beats)
    for beat in beats:
        head, tail = _cut(beat, subject, many=many) if room > 0 else (beat, "")
        yield head
        if tail:
            room -= 1
            yield _beat(tail, subject, many=many)


def _cut(beat: str, subject: str, *, many: bool) -> tuple[str, str]:
    if meanwhile := _MEANWHILE.search(beat):
        tail = beat[meanwhile.end() :]
        if _is_clause(tail) and len(words_of(tail)) > 1:
            return beat[: meanwhile.start()], tail
    for found in re.finditer(r"\s+and\s+", beat):
        words = [one[0].lower() for one in words_of(beat[found.end() :])]
        other = words[:1] and words[0] in DETERMINERS and _is_clause(beat[found.end() :])
        if words and not _in_subject(found.start(), beat, subject) and (other or _same_doer(words, many=many)):
            return beat[: found.start()], beat[found.end() :]
    return beat, ""


def _in_subject(at: int, beat: str, subject: str) -> bool:
    return beat.lower().startswith(subject.lower()) and at < len(subject)


def _same_doer(words: list[str], *, many: bool) -> bool:
    return finite(["they" if many else "it", *words], 1) and (many or words[0].endswith("s") or len(words) > 1)


def _told_of(beat: str, subject: str) -> str:
    return beat.removeprefix(again(subject)) if beat.startswith(again(subject)) else beat.removeprefix(subject)


def _place(predicate: str) -> str:
    """Where it happens, as the idea says it at the end of its first clause; "" where that is not certain to be a place."""
    head = predicate.split(",", maxsplit=1)[0]
    for found in reversed(list(_NEXT_WHERE.finditer(head))):
        where = head[found.start() :].strip(_STOPS)
        words = [one[0].lower() for one in words_of(where)]
        if PLACES.intersection(words[1:]) and not _AIMED.search(head[: found.start()]) and not set(words[1:]) & LINKING:
            return _further(head, found.start())
    return ""


def _further(head: str, start: int) -> str:
    """`on the frozen lake at dawn`: the place with what of place stands right before it."""
    for before in reversed(list(_NEXT_WHERE.finditer(head[:start]))):
        words = [one[0].lower() for one in words_of(head[before.start() : start])]
        if PLACES.intersection(words[1:]) and not _AIMED.search(head[: before.start()]):
            start = before.start()
    return head[start:].strip(_STOPS)
