"""What each reference is for: read from the words around its token, else from its kind."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.cinema import Purpose, Use
from bot.domain.media import MediaKind, Role
from bot.domain.request import Origin, Reference

NEAR = 5
"""How many words before or after a token tell what it is for."""

_WORDS: Mapping[str, Purpose] = {
    word: purpose
    for purpose, words in (
        (
            Purpose.wardrobe,
            "wardrobe coat jacket dress suit outfit clothes clothing wearing wears wear costume hat shoes boots uniform shirt gown scarf armour armor",
        ),
        (
            Purpose.environment,
            "environment street room place location background landscape city town house forest setting scenery set world kitchen beach road",
        ),
        (Purpose.voice, "voice says speaks speak saying narrates narrator narration sings dialogue line talks speech"),
        (
            Purpose.atmosphere,
            "atmosphere mood style look light lighting colour colours color colors palette feel tone music song track ambience rhythm soundtrack",
        ),
        (
            Purpose.motion,
            "motion movement movements moves move dance choreography gesture gestures pace walk gait action",
        ),
        (
            Purpose.identity,
            "identity face person man woman girl boy character hero heroine actor actress she he cat dog product bottle likeness somebody",
        ),
    )
    for word in words.split()
}
_NAMES = "|".join(sorted(_WORDS, key=len, reverse=True))
_TOKEN = r"@(?:Image|Video|Audio)\d+"  # noqa: S105 - a reference's token
_ONLY = re.compile(
    rf"(?:\s*(?:and|with|use|take|for|plus)\b)*\s*{_TOKEN}\s*(?:is|as|for|=|:|gives|being)?\s*(?:the |a |my |her |his |their |its )?(?:{_NAMES})?(?:\s(?:reference|and (?:the )?(?:{_NAMES})))?\s*",
    re.IGNORECASE,
)
_SPOKEN = re.compile(r"\b(?:say|speak|talk|sing|sang|voice|narrat|whisper|shout|monologue)\w*", re.IGNORECASE)
_PIECE = re.compile(r"\w+|@\w+|[.;!?]")
_FALLBACK: Mapping[MediaKind, Purpose] = {
    MediaKind.image: Purpose.identity,
    MediaKind.video: Purpose.motion,
    MediaKind.audio: Purpose.atmosphere,
}


def uses_in(idea: str, references: Sequence[Reference]) -> tuple[Use, ...]:
    """One for each reference, in their order."""
    return tuple(Use(one.token, _purpose(idea, one)) for one in references)


def without_uses(idea: str) -> str:
    """The idea without the pieces that only say what a reference is for: `@Image2 as wardrobe`."""
    pieces = re.split(r"([,.;]\s+|[.;]$)", idea)
    kept = ""
    for place in range(0, len(pieces), 2):
        cut = pieces[place + 1] if place + 1 < len(pieces) else ""
        piece = pieces[place]
        head, colon, rest = piece.partition(": ")
        if colon and " " in head.strip() and _ONLY.fullmatch(head):
            piece = rest  # "@Audio1 as her voice: a detective …"
        if piece.strip() and not _ONLY.fullmatch(piece):
            kept += piece + cut
        elif cut.strip() in {".", ";"} and kept.rstrip().endswith(","):
            kept = kept.rstrip().rstrip(",") + cut
    return kept.strip().rstrip(",;").strip()


def as_used(references: Sequence[Reference], uses: Sequence[Use]) -> tuple[Reference, ...]:
    """A picture that nobody gave a role, and that is not what the film is about, is a reference and no first frame."""
    purposes = {use.token: use.purpose for use in uses}
    return tuple(
        replace(one, role=Role.reference_image)
        if one.kind is MediaKind.image
        and one.role_origin is not Origin.said
        and purposes[one.token] is not Purpose.identity
        else one
        for one in references
    )


def _purpose(idea: str, reference: Reference) -> Purpose:
    said = _said(idea, reference.token)
    if said is not None and (said is not Purpose.voice or reference.kind is not MediaKind.image):
        return said
    if reference.kind is MediaKind.audio and _SPOKEN.search(idea):
        return Purpose.voice
    return _FALLBACK[reference.kind]


def _said(idea: str, token: str) -> Purpose | None:
    words = [found[0] for found in _PIECE.finditer(idea.replace(",", " ; "))]
    for at in (place for place, word in enumerate(words) if word == token):
        after = _clause(words[at + 1 : at + 1 + NEAR])
        if len(after) > 1 and after[0].lower() in {"is", "as", "for", "gives"} and (named := _first(after[1:])):
            return named
        before = _clause(words[max(0, at - NEAR) : at][::-1])
        if named := _first(before) or _first(after[:2]):
            return named
    return None


def _clause(words: Sequence[str]) -> list[str]:
    """Up to the next stop or token."""
    end = next((at for at, word in enumerate(words) if word in ".;!?" or word.startswith("@")), len(words))
    return list(words[:end])


def _first(words: Sequence[str]) -> Purpose | None:
    return next((_WORDS[word.lower()] for word in words if word.lower() in _WORDS), None)
