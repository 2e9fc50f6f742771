"""A line of `cinematic` made into a brief: its mode, its idea cleared of what is no story, and what each reference is for."""
# ruff: noqa: SIM905 - lists of words read best as running text

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import camera
from bot.domain.camera import Movement
from bot.domain.cinema import JARGON, Brief, Dialect, Mode, too_many
from bot.domain.errors import BadRequest
from bot.domain.request import Parsed
from bot.domain.rules import Rules
from bot.flows.choose import choose
from bot.flows.cinematic.english import is_english, words_of
from bot.flows.cinematic.uses import uses_in, without_uses
from bot.ports.house import House

MOST_IDEA = 1000
SHORT_IDEA = 4
"""In words."""
MOST_AVOIDED, LONGEST_AVOIDED = 3, 80
EXAMPLE = "“cinematic: a lighthouse keeper climbs the stairs as the storm breaks, 8 seconds”"
HOW = (
    "Write what the film is about, and I write the prompt for it; nothing is made and nothing is charged. Say the mode first if you like: "
    f"{', '.join(Mode)}. For example: {EXAMPLE}. Say in it what your files are for: “the woman in @Image1 in the street of @Image2”."
)

_MODE = re.compile(rf"(?P<mode>{'|'.join(Mode)})(?P<sign>\s?[:,–—-])?(?:\s+|$)(?P<next>\S*)", re.IGNORECASE)
_NOT_A_MODE = frozenset(
    "ghibli scene scenes shot shots film movie hero heroes figure figures portrait lighting light flat apartment video sequence thriller".split()
)
_MODE_WORDS: Mapping[Mode, re.Pattern[str]] = {
    mode: re.compile(rf"\b(?:{words})\w*", re.IGNORECASE)
    for mode, words in (
        (Mode.action, r"rac(?:e|es|ing)\b|chas|fight|fought|box|punch|battl|sprint|gallop|explod|explos|crash|surf|skat|jump|leap|storms\b|duel|samurai|sword|motorbike|motorcycle|stunt|escap|attack|hunt"),
        (Mode.performance, r"sing|sang|danc|violin|pian|guitar|concert|stage|monologue|speak|orchestra|drum|ballet|ballerin|actor|actress|choir|rapp|band\b"),
        (Mode.studio, r"product|bottle|perfume|sneaker|(?:a|the|wrist|gold|golden|silver|luxury) ?watch\b|jewel|cosmetic|logo|commercial|advert|turntable|packag|lipstick|headphone|smartphone|unbox|latte|marble"),
        (Mode.atmospheric, r"fog|mist|drift|landscape|ambien|mood|aurora|clouds?\b|autumn leaves|waves\b|empty|silen|quiet|rain|snow|at night|abandoned|desert"),
    )
}  # fmt: skip
_NEGATIVE = re.compile(
    r"(?:^|[,.;]\s*)(?:and\s+|but\s+)?(?:no|avoid|never show|don'?t show|without any)\s+(?P<what>[^,.;!?\[\]]{2,80})(?=$|[,.;!?])",
    re.IGNORECASE,
)
_CAMERA = re.compile(
    r"[,;]?\s*(?:\b(?:and|while|as|with|then)\s+)?\b(?:the |a )?camera\s+(?:(?:slowly|gently|quickly|softly|smoothly)\s+)?(?P<move>[a-z]+(?:\s+(?:in|out|up|down|left|right|back|still|shot))?)\b[^,.;!?]*",
    re.IGNORECASE,
)
_LOOKED_AT = re.compile(
    r"\b(?:on|onto|towards?|to|into|around|over|past|across|through|behind|with|follow\w*|track\w*)\s+((?:(?:an?|the|two|three|my|our)\s|@).+)",
    re.IGNORECASE,
)
_IN_WORDS: Mapping[str, Movement] = {
    "follow": Movement.tracking_shot,
    "track": Movement.tracking_shot,
    "fly": Movement.tracking_shot,
    "flie": Movement.tracking_shot,
    "glide": Movement.tracking_shot,
    "orbit": Movement.truck_right,
    "circle": Movement.truck_right,
    "rise": Movement.pedestal_up,
    "sink": Movement.pedestal_down,
    "hold": Movement.static_shot,
    "stay": Movement.static_shot,
    "shake": Movement.shake,
}
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MARKUP = re.compile(r"[\x00-\x09\x0b-\x1f\x7f`\[\]{}<>]|(?<!\w)-{1,2}(?=\w)|@(?=everyone\b|here\b)")
_STRAY = re.compile(r"\s+([,.;!?])|(?:[,;]\s*)+(?=[,.;])")


@dataclass(frozen=True, slots=True)
class Asked:
    """`notes` say what of the person's words went elsewhere than into the text."""

    brief: Brief
    notes: tuple[str, ...] = ()
    mode_said: bool = False


def asked(parsed: Parsed, house: House, rules: Rules) -> Asked | None:
    """None where there is no idea. Raises BadRequest for one that is too long, or that names files which are not there."""
    said, idea = _mode(parsed.prompt.strip())
    if len(idea) > MOST_IDEA:
        raise BadRequest(
            f"An idea takes at most {MOST_IDEA} characters, and this one has {len(idea)}. Say it more shortly."
        )
    given = {one.token for one in parsed.references}
    if missing := set(re.findall(r"@(?:Image|Video|Audio)\d+", idea)) - given:
        raise BadRequest("\n".join(one for one in parsed.problems if any(token in one for token in missing)) or f"There is no {min(missing)}.")  # fmt: skip
    addresses = _ADDRESS.findall(idea)
    moves, idea, notes = _moved(_ADDRESS.sub("", idea))
    avoid, idea = _avoided(idea, parsed)
    uses = uses_in(idea, parsed.references)
    idea, left = _cleared(without_uses(idea))
    if not words_of(idea):
        return None
    notes += (
        (f"Left out, because it says nothing that is seen: {', '.join((*addresses, *left))}.",)
        if addresses or left
        else ()
    )
    dialect = _dialect(parsed, house, rules)
    if dialect is Dialect.seedance and (many := too_many(uses)):
        dialect, notes = Dialect.general, (*notes, f"{' '.join(many)} So it is written for any model.")
    length = parsed.settings.seconds
    brief = Brief(
        idea=idea,
        mode=said or likely_mode(idea),
        dialect=dialect,
        uses=uses,
        seconds=length.value if length is not None and length.value > 0 else None,
        avoid=avoid,
        moves=moves,
        plain=not is_english(idea),
    )
    return Asked(brief, notes, mode_said=said is not None)


def likely_mode(idea: str) -> Mode:
    """The mode that most of the idea's words belong to; narrative where none does, or only one of a longer idea's speaks of mood or weather."""
    scores = {mode: len(pattern.findall(idea)) for mode, pattern in _MODE_WORDS.items()}
    best = max(scores, key=lambda mode: scores[mode])
    weather_alone = best is Mode.atmospheric and scores[best] == 1 and len(words_of(idea)) > SHORT_IDEA
    return Mode.narrative if weather_alone or not scores[best] else best


def _mode(text: str) -> tuple[Mode | None, str]:
    found = _MODE.match(text)
    if found is None or (not found["sign"] and found["next"].lower().strip(",.") in _NOT_A_MODE):
        return None, text
    return Mode(found["mode"].lower()), text[found.start("next") :].strip()


def _moved(idea: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """The camera movements that the idea asks for, one at a time, the idea without them, and what became of their words."""
    steps = [movement for move in camera.moves_in(idea) for movement in move]
    bare = re.sub(r"\[[^\[\]\n]{1,160}\]", lambda found: "" if camera.moves_in(found[0]) else found[0], idea)
    notes: list[str] = []

    def take(found: re.Match[str]) -> str:
        movement = _movement(found["move"])
        if movement is None:
            return found[0]
        steps.append(movement)
        if found.start() == 0 and (seen := _LOOKED_AT.search(found[0])):
            return seen[1]
        notes.append(f"“{found[0].strip(' ,;')}” is told as [{movement}].")
        return ""

    bare = _CAMERA.sub(take, bare)
    return tuple(f"[{one}]" for one in steps), " ".join(bare.split()), tuple(notes)


def _movement(words: str) -> Movement | None:
    verb, _, way = words.lower().partition(" ")
    for stem in (verb, verb.removesuffix("s"), verb.removesuffix("es")):
        found = camera.movement(f"{stem} {way}".strip()) if way and way != "still" else _IN_WORDS.get(stem)
        if found is not None:
            return found
    return next(
        (_IN_WORDS[stem] for stem in (verb, verb.removesuffix("s"), verb.removesuffix("es")) if stem in _IN_WORDS), None
    )


def _avoided(idea: str, parsed: Parsed) -> tuple[tuple[str, ...], str]:
    """What the person does not want to see, said by flag or in the idea, and the idea without it."""
    flagged = parsed.settings.negative.value.split(",") if parsed.settings.negative else []
    in_words = [found["what"] for found in _NEGATIVE.finditer(idea)]
    bare = [_cleared(one)[0].strip(" .;:!?-") for one in (*flagged, *in_words)]
    single = [
        re.sub(r"^(?:no|avoid|without)\s+", "", one, flags=re.IGNORECASE)[:LONGEST_AVOIDED] for one in bare if one
    ]
    return tuple(dict.fromkeys(re.sub(r"[.!?;:]", "", one) for one in single))[:MOST_AVOIDED], _NEGATIVE.sub(
        "", idea
    ).strip(" ,;")


def _cleared(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without markup and the talk of photographers, and what was left out of it."""
    left = [found[0] for found in JARGON.finditer(text)]
    bare = _MARKUP.sub(" ", JARGON.sub("", text))
    for _ in range(2):
        bare = _STRAY.sub(lambda found: found[1] or "", " ".join(bare.split()))
    return bare.strip(" ,;"), tuple(dict.fromkeys(left))


def _dialect(parsed: Parsed, house: House, rules: Rules) -> Dialect:
    """That of the model which the wish would go to as it stands; dialects are named for their providers."""
    choice, _ = choose(parsed.request, house.catalogue, rules, house.clock.now().date())
    return Dialect(choice.provider) if choice is not None and choice.provider in set(Dialect) else Dialect.general
