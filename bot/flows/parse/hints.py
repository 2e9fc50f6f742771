"""Prompt help: which part of subject, scene and camera is missing, and where adjectives pile up."""
# ruff: noqa: SIM905 - lists of words read best as running text

import re

from bot.domain import camera
from bot.domain.request import Settings
from bot.flows.parse.leftovers import left_in_story
from bot.flows.parse.text import fold, mask
from bot.flows.parse.vocabulary import ADJECTIVES, CAMERA, ENGLISH, FOREIGN, PLACES, VERBS

NO_ACTION = "Say what happens: a subject and its action, such as “a fox leaps over the stream”."
NO_SCENE = "Say where and when it happens, such as “in a snowy forest at dawn”."
NO_CAMERA = "Say how the camera moves, such as “the camera follows her” or [Push in]."
COMMAND = "This is read as a wish for a film. If it was meant as a command, write “/clapper {verb} …”."
STACKED = "“{words}” is {count} adjectives in a row: one strong one films better."

_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][a-z]+)?|[^\w\s]|\S")
_SUFFIX = re.compile(r"[a-z]{2,}(?:ful|ous|ive|less|esque|ish|able|ible)")
_NOT_VERBS = frozenset(
    "the a an of two three four five many some these those all several few and with in on his her their its our my your no every".split()
)
_NOT_ADJECTIVES = frozenset(
    "live five drive dive arrive hive olive native detective motive fish dish wish radish table cable unless".split()
)
_COMMANDS = frozenset("library cinematic merge rename delete restore trash status cancel models budget".split())
"""Those of the commands that few stories begin with."""
_MOST_READ = 4000
_STACK = 3


def hints(prompt: str, settings: Settings | None = None) -> tuple[str, ...]:
    """Short, friendly sentences about a prompt: what it may have kept of the settings, then, where it is English, what it lacks.

    Given `settings`, nothing is said of those that are set.
    """
    return (*_command(prompt), *left_in_story(prompt, settings), *_lacking(prompt))


def _command(prompt: str) -> tuple[str, ...]:
    """For what begins like a command and was none: `delete banana`, `library fox`."""
    first, _, rest = prompt.partition(" ")
    return (COMMAND.format(verb=first.lower()),) if first.lower() in _COMMANDS and rest.strip() else ()


def _lacking(prompt: str) -> tuple[str, ...]:
    text = mask(fold(prompt[:_MOST_READ]))
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if not _is_english(text, words):
        return ()
    said: list[str] = []
    if not _has_action(words):
        said.append(NO_ACTION)
    if not PLACES.intersection(words):
        said.append(NO_SCENE)
    if not (camera.moves_in(prompt) or CAMERA.intersection(words)):
        said.append(NO_CAMERA)
    said.extend(_stacks(words))
    return tuple(said)


def _is_english(text: str, words: list[str]) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    if not letters or sum(sign.isascii() for sign in letters) < 0.95 * len(letters):
        return False
    english = sum(word in ENGLISH for word in words)
    foreign = sum(word in FOREIGN for word in words)
    return english > foreign


def _has_action(words: list[str]) -> bool:
    """Whether any word could be a verb of the story; in doubt it is one, for a wrong hint is worse than none."""
    for place, word in enumerate(words):
        if word in VERBS or (len(word) > 4 and word.endswith(("ing", "ed"))):
            return True
        before = words[place - 1] if place else "the"
        plural_or_name = len(word) < 5 or word.endswith(("ss", "us", "is", "ous", "'s"))
        described = before in _NOT_VERBS or before in ADJECTIVES or _SUFFIX.fullmatch(before)
        if word.endswith("s") and word.isalpha() and before.isalpha() and not plural_or_name and not described:
            return True
    return False


def _stacks(words: list[str]) -> list[str]:
    found: list[str] = []
    run: list[str] = []
    for word in [*words, "\n"]:
        if word in ADJECTIVES or (_SUFFIX.fullmatch(word) and word not in _NOT_ADJECTIVES):
            run.append(word)
        elif not (run and word in {",", "and", "&"}):
            if len(run) >= _STACK:
                found.append(STACKED.format(words=", ".join(run), count=len(run)))
            run = []
    return found
