"""The built-in composer: an idea told as a scene, in the idea's own words and the rhythm of its mode. The same brief gives the same scene."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.cinema import AVOIDED, MOST_SHOTS, Brief, Scene, Shot, again, anchor, plan, rules, sentence
from bot.flows.cinematic.english import DETERMINERS, words_of
from bot.flows.cinematic.phrases import LIGHTS, VOICES, Bank, Voice
from bot.flows.cinematic.story import Story, read_story

MOST_AVOIDED = 6
LONGEST_AVOIDED = 80
LONGEST_THING = 10
"""In words."""
_FORMS = re.compile(r"<([^|<>]+)\|([^|<>]+)>")
_INDEFINITE = re.compile(
    r"\b(?:a|an) (?!few\b|little\b|lot\b|bit\b|moment\b|while\b|time\b|hurry\b|row\b|single\b|pile\b|kind\b)(?=[a-z])",
    re.IGNORECASE,
)
_TRAVEL = re.compile(
    r"\b(?:walk|run|ran|cross|rac|driv|rid|rode|sail|chas|march|sprint|gallop|jog|swim|swam|fly|flies|flew|skat|surf|follow|wander|stroll|crawl|glid|slid|ski)\w*",
    re.IGNORECASE,
)
_UPWARD = re.compile(r"\b(?:ris|climb|tower|soar|ascend|grow|bloom|lift|launch|look up|looks up)\w*", re.IGNORECASE)
_DOWNWARD = re.compile(r"\b(?:fall|fell|sink|sank|div|descend|drop|drip|pour)\w*", re.IGNORECASE)
_WRITTEN = re.compile(r"\b(?:word|letter|sign|text|title|writ|neon|book|newspaper|poster|read)\w*", re.IGNORECASE)
_ONE = re.compile(r"(?:a|an|the|one)\s", re.IGNORECASE)


def compose(brief: Brief) -> tuple[Scene, Brief]:
    """The scene, and the brief as it was kept to.

    Of an idea that is not in English, or that cannot be read for its story, the words are kept whole, and only what needs no language is
    put around them.
    """
    if not brief.plain:
        story = read_story(brief.idea, plan(brief.seconds, MOST_SHOTS))
        if not _unread(story):
            scene = _scene(brief, story)
            if not rules(scene, brief):
                return scene, brief
    plain = replace(brief, plain=True)
    return _plain(plain), plain


def _unread(story: Story) -> bool:
    """No subject, or a long string of words without a verb, was not understood."""
    words = story.subject.split()
    if not words_of(anchor(story.subject)):
        return True
    most = LONGEST_THING if words and words[0].lower() in DETERMINERS else LONGEST_THING // 2
    return story.held and len(words) > most


def _scene(brief: Brief, story: Story) -> Scene:
    many = plan(brief.seconds, len(story.beats))
    beats = _gathered(story.beats, many)
    voice = VOICES[brief.mode]
    moves = _moves(brief, voice, beats, many)
    actions = _actions(brief, story, voice, beats, many)
    return Scene(
        subject=story.subject,
        place=story.place,
        light=_light(brief, voice),
        shots=tuple(Shot(action=action, camera=move) for action, move in zip(actions, moves, strict=True)),
        avoid=_avoided(brief, story),
        uses=brief.uses,
    )


def _plain(brief: Brief) -> Scene:
    move = brief.moves[0] if brief.moves else f"[{_pick(VOICES[brief.mode].moves, brief, 0)}]"
    return Scene(
        subject=brief.idea,
        place="",
        light="",
        shots=(Shot(action=brief.idea, camera=move),),
        avoid=_listed((*brief.avoid, *AVOIDED[brief.mode])),
        uses=brief.uses,
    )


def _gathered(beats: Sequence[str], shots: int) -> tuple[str, ...]:
    """No more than there are shots: what is left over is told in the last one."""
    if len(beats) <= shots:
        return tuple(beats)
    return (*beats[: shots - 1], " ".join(sentence(one) for one in beats[shots - 1 :] if one))


def _actions(brief: Brief, story: Story, voice: Voice, beats: Sequence[str], many: int) -> tuple[str, ...]:
    told: list[str] = []
    for place in range(many):
        beat = beats[place] if place < len(beats) else ""
        bank = _bank(voice, place, many, story, own=bool(beat))
        phrase = _filled(_pick(bank, brief, place), story)
        told.append(" ".join(filter(None, (_look(story) if place == 0 else "", sentence(beat), phrase))))
    return tuple(_named(one, story) for one in told)


def _bank(voice: Voice, place: int, many: int, story: Story, *, own: bool) -> Bank:
    if not own and place == 0:
        return voice.there
    if place == 0:
        return voice.begins
    if not own and len(story.beats) == 1 and not story.held and (place < many - 1 or place == 1):
        return voice.again
    return voice.ends if place == many - 1 else voice.goes_on


def _look(story: Story) -> str:
    return {"close": "Seen close.", "far": "Seen from far off."}.get(story.how, "")


def _named(action: str, story: Story) -> str:
    """Every shot names the subject."""
    if anchor(story.subject).lower() in action.lower():
        return action
    return f"{action} {again(story.subject)[0].upper()}{again(story.subject)[1:]} {'stay' if story.many else 'stays'} at the heart of it."


def _filled(phrase: str, story: Story) -> str:
    name = again(story.subject)
    told = _FORMS.sub(lambda found: found[2 if story.many else 1], phrase)
    return told.format(s=name, S=f"{name[0].upper()}{name[1:]}", does=_doing(story))


def _doing(story: Story) -> str:
    """What the subject does, said once more: without the place, and of what is known by now."""
    bare = story.does.split(", ")[0]
    if story.place and bare.endswith(story.place) and len(bare) > len(story.place) + 1:
        shorter = bare[: -len(story.place)].strip()
        bare = shorter if len(shorter.split()) > 1 else bare
    return _INDEFINITE.sub("the ", bare) if bare else ("are there" if story.many else "is there")


def _moves(brief: Brief, voice: Voice, beats: Sequence[str], many: int) -> tuple[str, ...]:
    """One for each shot: those that were asked for, then what its words call for, then the mode's own; never the same twice running."""
    chosen: list[str] = list(brief.moves[:many])
    for place in range(len(chosen), many):
        own = _called_for(beats[place]) if place < len(beats) else ""
        offered = [f"[{move}]" for move in (own, *_turned(voice.moves, brief, place)) if move]
        chosen.append(next(move for move in offered if not chosen or move != chosen[-1]))
    return tuple(chosen)


def _called_for(beat: str) -> str:
    if _TRAVEL.search(beat):
        return "Tracking shot"
    if _UPWARD.search(beat):
        return "Tilt up"
    return "Tilt down" if _DOWNWARD.search(beat) else ""


def _light(brief: Brief, voice: Voice) -> str:
    words = {found[0].lower() for found in words_of(brief.idea)}
    return next((light for named, light in LIGHTS if named & words), voice.light)


def _avoided(brief: Brief, story: Story) -> tuple[str, ...]:
    """What the person said, then a second one of the subject, then the mode's usual dangers where the idea does not ask for them."""
    stems = {found[0].lower()[:5] for found in words_of(brief.idea) if len(found[0]) > 3}
    usual = [
        one
        for one in AVOIDED[brief.mode]
        if not stems & {found[0].lower()[:5] for found in words_of(one) if len(found[0]) > 4}
    ]
    if _WRITTEN.search(brief.idea):
        usual = [one for one in usual if "words" not in one]
    alone = not story.many and _ONE.match(story.subject) and "@" not in story.subject
    second = (f"a second {anchor(story.subject)}",) if alone and len(story.subject) <= LONGEST_AVOIDED - 10 else ()
    return _listed((*brief.avoid, *second, *usual))


def _listed(things: Sequence[str]) -> tuple[str, ...]:
    known: Mapping[str, str] = {one.lower(): one for one in reversed(things)}
    return tuple(one for one in dict.fromkeys(things) if known[one.lower()] == one)[:MOST_AVOIDED] or ("flicker",)


def _turned(bank: Bank, brief: Brief, place: int) -> Sequence[str]:
    start = (_number(brief) + brief.telling + place) % len(bank)
    return (*bank[start:], *bank[:start])


def _pick(bank: Bank, brief: Brief, place: int) -> str:
    return _turned(bank, brief, place)[0]


def _number(brief: Brief) -> int:
    """The idea's own: what is told of it does not change from one day to the next."""
    return int.from_bytes(hashlib.sha256(f"{brief.mode}:{brief.idea}".encode()).digest()[:4])
