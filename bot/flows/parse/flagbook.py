"""Every flag there is: its names, what its value looks like, and how its value is said."""
# ruff: noqa: SIM905 - lists of words read best as running text

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.media import Role
from bot.flows.parse import values

NEXT_FLAG = r"\s(?:--|[—–][—–]?)[A-Za-z]"
_TEXT = re.compile(rf"(?:(?!{NEXT_FLAG})[^\n])+")
_WORD = re.compile(r"[^\s,;]+")


@dataclass(frozen=True, slots=True)
class Flag:
    """`shape` is how far an unquoted value reaches, `read` what it means (None: nothing), `example` how to say it right."""

    setting: str
    shape: re.Pattern[str]
    read: Callable[[str], Any]
    example: str
    free: bool = False


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})(?!\w)", re.IGNORECASE)


_SECONDS = Flag(
    "seconds",
    _shape(rf"{values.LENGTH}|{values.NUMBER}"),
    values.seconds,
    "a length above 0 and up to 3600 seconds, such as 8",
)
_ASPECT = Flag(
    "aspect",
    _shape(rf"{values.RATIO}|{'|'.join(map(re.escape, values.RATIO_WORDS))}"),
    values.aspect,
    "a ratio from 1:4 to 4:1, such as 16:9 or 9:16, or adaptive",
)
_RESOLUTION = Flag(
    "resolution",
    _shape(r"[0-9]{3,4}p?|[0-9]k|ultra\s?hd|full\s?hd|[uf]?hd"),
    values.resolution,
    "480p, 720p, 1080p, 4k or the like",
)
_SEED = Flag("seed", _shape(r"[0-9]{1,12}"), values.seed, f"a whole number from 0 to {values.LARGEST_SEED}")
_COUNT = Flag(
    "count",
    _shape(rf"x?{values.NUMBER}x?"),
    values.count,
    f"a whole number from 1 to {values.MOST_RESULTS}",
)
_NEGATIVE = Flag("negative", _TEXT, values.phrase, 'what to avoid, such as "blur, text"', free=True)
_VOICE = Flag("voice", _TEXT, values.phrase, 'the line to be spoken, such as "Good morning"', free=True)
_PATH = Flag("drive_path", _WORD, values.phrase, "a path on the Drive, such as promo/intro", free=True)
_MODEL = Flag("model", re.compile(r"[^\s,;]+"), values.phrase, "a model's name")
CAMERA = Flag("camera", _TEXT, values.phrase, 'movements such as "Pan left, Tilt up"', free=True)
PROMPT = Flag("prompt", _TEXT, values.phrase, "the prompt", free=True)

VALUES: Mapping[str, Flag] = {
    name: flag
    for flag, names in (
        (_MODEL, "model m engine"),
        (_SECONDS, "duration seconds durationseconds secs sec dur length d"),
        (_ASPECT, "ar aspect ratio aspectratio rt"),
        (_RESOLUTION, "resolution res rs quality"),
        (_SEED, "seed"),
        (_NEGATIVE, "negative negativeprompt neg no avoid"),
        (_COUNT, "count n variations variants results numresults"),
        (_PATH, "out output saveas save filepath drivepath path"),
        (CAMERA, "camera cameramovement cam"),
        (_VOICE, "voice voiceline speech say"),
        (PROMPT, "prompt"),
    )
    for name in names.split()
}
SWITCHES: Mapping[str, tuple[str, bool]] = {
    name: (setting, value)
    for setting, value, names in (
        ("audio", True, "audio sound generateaudio withaudio withsound"),
        ("audio", False, "noaudio nosound silent mute muted"),
        ("watermark", True, "watermark wm"),
        ("watermark", False, "nowatermark nowm"),
        ("last_frame", True, "lastframe returnlastframe"),
        ("last_frame", False, "nolastframe noreturnlastframe"),
        ("web_search", True, "websearch search"),
        ("web_search", False, "nowebsearch"),
        ("temporary", True, "temporary temp tmp"),
        ("temporary", False, "notemporary notemp keep"),
    )
    for name in names.split()
}
ROLES: Mapping[str, Role | None] = {
    name: role
    for role, names in (
        (Role.first_frame, "first firstframe start startframe startimage"),
        (Role.last_frame, "last end endframe endimage"),
        (Role.reference_image, "ref refs reference references"),
        (None, "attach attachment input image video file"),
    )
    for name in names.split()
}
OBJECTS = "attachments"
SHOWN = (
    "--model --duration --ar --resolution --audio --no-audio --watermark --no-watermark --last-frame --web-search --seed "
    "--negative --count --temporary --out --camera --voice --first --last --ref --attach --attachments --prompt"
).split()
"""The flags a misspelt one is compared with."""
EVERY = frozenset({*VALUES, *SWITCHES, *ROLES, OBJECTS})
SHORT = frozenset("mdn")


def key(name: str) -> str:
    """A flag's name as it is compared: `durationSeconds`, `duration-seconds` and `DURATION_SECONDS` are one."""
    return re.sub(r"[-_]", "", name).lower()
