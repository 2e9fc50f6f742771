"""A scene as the prompt that a model is given."""

import re
from collections.abc import Mapping
from itertools import pairwise

from bot.domain.cinema.scene import MOST_SHOTS, Brief, Dialect, Purpose, Scene, Use

SHORTEST_SHOT = 2.0
USUAL_SHOT = 4.0
USUAL_SHOTS = 2
"""How many where nobody said how long the film is to be."""

_ARTICLE = re.compile(r"^(?:a|an|the|one|some|this|that|these|those)\s+", re.IGNORECASE)
_TOKEN = re.compile(r"\s+(?:(?:in|of|from|on|with)\s+)?@\w+")
_OWNED = frozenset({"my", "your", "his", "her", "its", "our", "their", "every", "each", "no", "all", "both"})
_NOBODY_NAMED = frozenset(
    {"he", "she", "it", "they", "we", "i", "you", "someone", "somebody", "nobody", "everyone", "everybody"}
)
_BOUND: Mapping[Purpose, str] = {
    Purpose.identity: "the identity of {subject}: the same face, build and marks in every shot",
    Purpose.wardrobe: "the wardrobe: {subject} wears it unchanged",
    Purpose.environment: "the environment: every shot is set there",
    Purpose.voice: "the voice: lips and breath follow it",
    Purpose.atmosphere: "the atmosphere: its mood and colours, not its things",
    Purpose.motion: "the motion: {subject} moves as it does, at its pace",
}
_IN_PROSE: Mapping[Purpose, str] = {
    Purpose.identity: "{subject} looks as in {tokens} throughout",
    Purpose.wardrobe: "the clothes are those of {tokens}, unchanged",
    Purpose.environment: "the place is the one in {tokens}",
    Purpose.voice: "the voice is the one in {tokens}, and lips follow it",
    Purpose.atmosphere: "mood and colours come from {tokens}",
    Purpose.motion: "the movement is that of {tokens}",
}


def told(scene: Scene, brief: Brief) -> str:
    """The prompt: who and where, what each reference is for, a line for each shot, and what to avoid."""
    parts = (_opening(scene, brief), _references(scene, brief), *_shots(scene, brief), _avoided(scene))
    return "\n".join(part for part in parts if part)


def anchor(subject: str) -> str:
    """The words that stay the same from shot to shot, without an article before them.

    >>> anchor("A red fox")
    'red fox'
    """
    return _ARTICLE.sub("", " ".join(subject.split()), count=1)


def again(subject: str) -> str:
    """The subject as it is named from the second time on: a name and `my dog` stay, `a red fox` becomes `the red fox`."""
    bare = anchor(subject)
    words = bare.split()
    if len(words) == 1 and bare.lower() in _NOBODY_NAMED:
        return bare.lower()
    named = len(words) <= 1 and bare[:1].isupper() and bare == " ".join(subject.split())
    if (
        not words
        or named
        or words[0].startswith("@")
        or words[0].lower() in _OWNED
        or (words[0][0].isupper() and words[-1][0].isupper())
    ):
        return bare
    return f"the {bare[0].lower()}{bare[1:]}" if bare[:2].istitle() else f"the {bare}"


def plan(seconds: float | None, beats: int) -> int:
    """How many shots a film of this length has, where so many things happen."""
    if seconds is None:
        return min(max(beats, USUAL_SHOTS), MOST_SHOTS - 1)
    most = max(1, min(MOST_SHOTS, int(seconds / SHORTEST_SHOT), beats + 2))
    return min(most, max(1, round(seconds / USUAL_SHOT), min(beats, round(seconds / (SHORTEST_SHOT + 0.5)))))


def stretches(seconds: float | None, shots: int) -> tuple[str, ...]:
    """What each shot's line begins with: `0-3s:` where the length is known, `Shot 1:` where it is not.

    >>> stretches(8, 3)
    ('0-3s:', '3-5s:', '5-8s:')
    """
    if seconds is None:
        return tuple(f"Shot {number}:" for number in range(1, shots + 1)) if shots > 1 else ("",)
    cuts = [_rounded(seconds * number / shots, seconds) for number in range(shots + 1)]
    return tuple(f"{start:g}-{end:g}s:" for start, end in pairwise(cuts))


def _rounded(at: float, seconds: float) -> float:
    return round(seconds, 1) if at == seconds else float(round(at))


def _opening(scene: Scene, brief: Brief) -> str:
    subject = "" if brief.plain else scene.subject.strip()
    where = ", ".join(filter(None, (subject, scene.place.strip())))
    return " ".join(filter(None, (sentence(where), sentence(scene.light))))


def sentence(text: str) -> str:
    """With a capital at its beginning and a stop at its end."""
    bare = text.strip()
    if not bare:
        return ""
    return f"{bare[0].upper()}{bare[1:]}{'' if bare[-1] in '.!?…。！？' else '.'}"  # noqa: RUF001 - signs that people type


def _references(scene: Scene, brief: Brief) -> str:
    bare = _TOKEN.sub("", again(scene.subject))
    subject = "the subject" if brief.plain or "@" in bare else bare
    if brief.dialect is Dialect.seedance:
        return " ".join(f"{use.token} is {_BOUND[use.purpose].format(subject=subject)}." for use in scene.uses)
    by_purpose: dict[Purpose, list[Use]] = {}
    for use in scene.uses:
        by_purpose.setdefault(use.purpose, []).append(use)
    said = [
        _IN_PROSE[purpose].format(subject=subject, tokens=" and ".join(use.token for use in uses))
        for purpose, uses in by_purpose.items()
    ]
    return " ".join(sentence(one) for one in said)


def _shots(scene: Scene, brief: Brief) -> tuple[str, ...]:
    begins = stretches(brief.seconds, len(scene.shots))
    return tuple(
        " ".join(filter(None, (begin, shot.camera, sentence(shot.action))))
        for begin, shot in zip(begins, scene.shots, strict=True)
    )


def _avoided(scene: Scene) -> str:
    return " ".join(f"Avoid {one.strip()}." for one in scene.avoid)
