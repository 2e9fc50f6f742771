"""What a film in words has to keep, whoever wrote it: the composer in its tests, a language model each time."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.domain import camera
from bot.domain.cinema.scene import MOST_SHOTS, Brief, Dialect, Scene, Shot, Use
from bot.domain.cinema.told import SHORTEST_SHOT, anchor, told

LIMITS: Mapping[str, int] = {"Image": 9, "Video": 3, "Audio": 3}
"""How many references Seedance takes by token, each kind."""
MOST_SUBJECT, MOST_FIELD, MOST_ACTION, MOST_TOLD = 160, 240, 1600, 2800
MOST_AVOIDED, MOST_AVOIDED_CHARS = 6, 80
SHORT, LONG = 6, 9
"""In words: prose has a rhythm where there is a sentence of at most the one, and another of at least the other."""

JARGON = re.compile(
    r"\b\d{1,3}\s?mm\b(?:\s(?:lens|film))?|\bf/\d+(?:\.\d+)?\b|\bf\d\.\d\b|\biso\s?\d{2,6}\b|\bbokeh\b|\b(?:4|8|12|16)k\b|\buhd\b|\bhdr\b"
    r"|\b(?:ultra|hyper|super|highly)[- ]?(?:detailed|realistic|real|hd|sharp)\b|\bphoto[- ]?realis(?:tic|m)\b|\bdepth of field\b"
    r"|\bshutter speed\b|\baperture\b|\banamorphic\b|\bdslr\b|\boctane(?: render)?\b|\bunreal engine\b"
    r"|\bbest quality\b|\bprime lens\b|\bmacro lens\b|\bwide[- ]angle\b|\btelephoto\b|\b\d{2,3}\s?fps\b|\braytrac(?:ed|ing)\b"
    r"|\btrending on artstation\b",
    re.IGNORECASE,
)
"""What belongs to cameras and galleries and not to a story."""
_HOSTILE = re.compile(r"[\x00-\x1f\x7f`\[\]{}<>]|https?:|(?<!\w)--?\w|@(?:everyone|here)\b|\bwww\.", re.IGNORECASE)
_CAMERA_IN_WORDS = re.compile(
    r"\b(?:the )?camera (?:\w+ly )?(?:push|pull|pan|tilt|zoom|truck|track|doll|crane|orbit|circl|ris|sink|glid|follow|mov|fl[iy]|sweep|shak)\w*"
    r"|\b(?:dolly|crane|tracking|zoom|pan|tilt) (?:shot|in|out|left|right|up|down)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"@(Image|Video|Audio)\d+\b")
_WORD = re.compile(r"[^\W\d_]{3,}")
_STOPS = re.compile(r"[.!?;…]+(?:\s|$)")
_AVOID_BEGINS = re.compile(r"(?:no|not|avoid|without|never|don't|do not)\b", re.IGNORECASE)


def rules(scene: Scene, brief: Brief) -> tuple[str, ...]:
    """Every rule that is broken, as a sentence that says how; nothing where the scene may be shown."""
    return tuple(dict.fromkeys((*_subject(scene, brief), *_shots(scene, brief), *_words(scene, brief), *_references(scene, brief), *_avoided(scene))))  # fmt: skip


def _subject(scene: Scene, brief: Brief) -> Iterator[str]:
    if not anchor(scene.subject).strip():
        yield "There must be one subject."
    elif len(scene.subject) > MOST_SUBJECT and not brief.plain:
        yield f"The subject has {len(scene.subject)} characters; at most {MOST_SUBJECT} name one."
    elif not brief.plain and not _shared(anchor(scene.subject), brief.idea):
        yield f"The subject must be the idea's own: none of the words of {scene.subject!r} is in the idea."


def _shared(subject: str, idea: str) -> bool:
    of_idea = {word.lower()[:4] for word in _WORD.findall(idea)}
    return not of_idea or any(word.lower()[:4] in of_idea for word in _WORD.findall(subject))


def _shots(scene: Scene, brief: Brief) -> Iterator[str]:
    count = len(scene.shots)
    if not 1 <= count <= MOST_SHOTS:
        yield f"There must be 1 to {MOST_SHOTS} shots, not {count}."
    elif brief.seconds is not None and count > max(1, int(brief.seconds / SHORTEST_SHOT)):
        yield f"{count} shots are too many for {brief.seconds:g} s: each takes {SHORTEST_SHOT:g} s at least."
    for number, shot in enumerate(scene.shots, 1):
        yield from (f"Shot {number}: {say}" for say in _shot(shot, scene, brief))
    if not brief.plain and scene.shots and not _rhythm(scene):
        yield f"The prose needs rhythm: a sentence of at most {SHORT} words, and one of at least {LONG}."


def _shot(shot: Shot, scene: Scene, brief: Brief) -> Iterator[str]:
    if not shot.action.strip() or len(shot.action) > MOST_ACTION:
        yield f"it must say what happens, in at most {MOST_ACTION} characters."
    if anchor(scene.subject).lower() not in " ".join(shot.action.split()).lower():
        yield f"it must name the subject in the same words: {anchor(scene.subject)!r}."
    moves = camera.move(shot.camera[1:-1]) if shot.camera.startswith("[") and shot.camera.endswith("]") else None
    if not shot.camera or moves is None or len(moves) != 1:
        yield f"it must have one camera movement in square brackets, such as [Push in], not {shot.camera!r}."
    if not brief.plain and _CAMERA_IN_WORDS.search(shot.action):
        yield "its camera movement stands in the brackets alone, not in the prose."


def _rhythm(scene: Scene) -> bool:
    sentences = [piece.split() for shot in scene.shots for piece in _STOPS.split(shot.action) if piece.strip()]
    lengths = [len(words) for words in sentences]
    return bool(lengths) and min(lengths) <= SHORT and max(lengths) >= LONG


def _words(scene: Scene, brief: Brief) -> Iterator[str]:
    fields = (scene.subject, scene.place, scene.light, *(shot.action for shot in scene.shots), *scene.avoid)
    if found := next((one for field in fields if (one := JARGON.search(field))), None):
        yield f"{found[0]!r} is the talk of photographers: say what is seen instead."
    if found := next((one for field in fields if (one := _HOSTILE.search(field))), None):
        yield f"{found[0]!r} is not prose: no markup, brackets, addresses, flags or line breaks."
    if any(len(field) > MOST_FIELD for field in (scene.place, scene.light)):
        yield f"Place and light take at most {MOST_FIELD} characters each."
    if len(scene.shots) <= MOST_SHOTS and len(scene.shots) > 0 and (long := len(told(scene, brief))) > MOST_TOLD:
        yield f"The whole has {long} characters; {MOST_TOLD} is the most."


def _references(scene: Scene, brief: Brief) -> Iterator[str]:
    if scene.uses != brief.uses:
        yield "Each reference must be used for what it is meant for."
    given = {use.token for use in brief.uses}
    fields = (scene.subject, scene.place, scene.light, *(shot.action for shot in scene.shots), *scene.avoid)
    strange = {found[0] for field in fields for found in _TOKEN.finditer(field)} - given
    if strange:
        yield f"There is no {min(strange)}."
    if brief.dialect is Dialect.seedance:
        yield from too_many(brief.uses)


def too_many(uses: Sequence[Use]) -> tuple[str, ...]:
    """What is more than Seedance takes, a sentence each kind."""
    counted = Counter(_kind(use.token) for use in uses)
    return tuple(
        f"Seedance takes at most {LIMITS.get(kind, 0)} references of the kind {kind}, and here are {many}."
        for kind, many in counted.items()
        if many > LIMITS.get(kind, 0)
    )


def _kind(token: str) -> str:
    found = _TOKEN.fullmatch(token)
    return found[1] if found else ""


def _avoided(scene: Scene) -> Iterator[str]:
    if not 1 <= len(scene.avoid) <= MOST_AVOIDED:
        yield f"There must be 1 to {MOST_AVOIDED} things to avoid, not {len(scene.avoid)}."
    for one in scene.avoid:
        if not one.strip() or len(one) > MOST_AVOIDED_CHARS or re.search(r"[.!?;:]", one):
            yield f"Each thing to avoid is one phrase of at most {MOST_AVOIDED_CHARS} characters, without a stop: not {one!r}."
        elif _AVOID_BEGINS.match(one.strip()):
            yield f"Say the thing itself, not that it is unwanted: {one!r}."
