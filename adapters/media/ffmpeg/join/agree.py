"""Whether films can be joined as they are, and if not why, in words for people. Decided by looking, never by trying."""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from adapters.media.ffmpeg.join.looking import Look, Pictures, Sound
from adapters.media.ffmpeg.join.shape import NEARLY, ratio_of
from bot.domain.formats import codec_name
from bot.domain.join import FORMATS, Join
from bot.domain.units import plain

_TAGS = {"h264": {"avc1"}, "hevc": {"hvc1", "hev1"}}
# Baseline, Main, Extended and High; Main and Main 10: what the setup of a film names second. The others hold colours that few players show.
_PROFILES = {"h264": {66, 77, 88, 100}, "hevc": {1, 2}}
_HOW_MANY = {2: "Both", 3: "All three", 4: "All four", 5: "All five"}


def agreed(count: int) -> str:
    return f"{_HOW_MANY[count]} agree, so nothing was encoded anew."


def difference(looks: Sequence[Look], how: Join, *, soundtrack: bool) -> str | None:
    """A sentence that says why the films must be encoded anew; None where they can be copied."""
    found = chain(_wishes(looks, how, soundtrack=soundtrack), _hdr(looks), _differences(looks), _alone(looks))
    why = next(found, None)
    return f"{why}, so they were encoded anew." if why else None


def _wishes(looks: Sequence[Look], how: Join, *, soundtrack: bool) -> Iterator[str]:
    if how.fade_seconds > 0:
        yield "They pass into one another"
    if soundtrack:
        yield "A soundtrack plays under them"
    ratio = ratio_of(how.format)
    if ratio is None:
        return
    for number, look in enumerate(looks, 1):
        if abs(look.source.width / look.source.height / float(ratio) - 1) > NEARLY:
            name = dict(FORMATS)[how.format]
            yield f"Clip {number} is {_size(look)} and they were to be {name[0].lower()}{name[1:]}"


def _hdr(looks: Sequence[Look]) -> Iterator[str]:
    for number, look in enumerate(looks, 1):
        if look.source.hdr:
            yield f"Clip {number} is HDR, which not every screen shows"


def _differences(looks: Sequence[Look]) -> Iterator[str]:
    first = looks[0]
    for number, look in enumerate(looks[1:], 2):
        if _shape(look) != _shape(first) or _rates_differ(look.pictures, first.pictures):
            yield f"Clip {number} is {_described(look)} and clip 1 is {_described(first)}"
        if look.pictures.codec != first.pictures.codec:
            yield f"Clip {number} is {_codec(look)} and clip 1 is {_codec(first)}"
        if None not in (turns := {look.pictures.turns, first.pictures.turns}) and len(turns) > 1:
            yield f"Clip {number} is stored turned otherwise than clip 1"
        if (look.sound is None) != (first.sound is None):
            silent, heard = (number, 1) if look.sound is None else (1, number)
            yield f"Clip {silent} has no sound and clip {heard} has"
        if look.sound and first.sound and _heard(look.sound) != _heard(first.sound):
            yield _other_sound(number, _voiced(look.sound), _voiced(first.sound))
        if _stored(look.pictures) != _stored(first.pictures):
            yield f"Clip {number} was encoded with other settings than clip 1"
        if look.pictures.colours != first.pictures.colours:
            yield f"Clip {number} names other colours than clip 1"
    yield from _joints(looks)


def _joints(looks: Sequence[Look]) -> Iterator[str]:
    """Frames are stored in another order than shown: a film must not begin to be decoded before the one in front of it is."""
    for number, (look, following) in enumerate(pairwise(looks), 1):
        if following.pictures.lead >= look.pictures.after:
            yield f"Clips {number} and {number + 1} store their frames in different orders"


def _alone(looks: Sequence[Look]) -> Iterator[str]:
    """What keeps even a film that agrees with all others from being copied."""
    for number, look in enumerate(looks, 1):
        pictures, sound = look.pictures, look.sound
        if look.source.reader != "mov" or not _known(pictures):
            yield f"Clip {number} is {_codec(look)} in a form that not every player takes"
        if not pictures.even:
            yield f"Clip {number} has an uneven frame rate"
        if pictures.turns is None:
            yield f"Clip {number} is shown mirrored or turned, which not every player does"
        if not pictures.whole:
            yield f"Clip {number} cannot be cut off from what was around it without a trace"
        if sound and not (sound.plain and sound.steady):
            yield f"The sound of clip {number} is {_voiced(sound)} in a form that not every player takes"


def _known(pictures: Pictures) -> bool:
    if pictures.tag not in _TAGS.get(pictures.codec, ()) or len(pictures.setup) < 2:
        return False
    profile = pictures.setup[1] if pictures.codec == "h264" else pictures.setup[1] & 31
    return profile in _PROFILES[pictures.codec]


def _shape(look: Look) -> tuple[object, ...]:
    return look.source.width, look.source.height


def _rates_differ(one: Pictures, other: Pictures) -> bool:
    return abs(float(one.rate / other.rate) - 1) > 0.001


def _stored(pictures: Pictures) -> tuple[object, ...]:
    return pictures.size, pictures.stretch, pictures.setup, pictures.tag, pictures.tick


def _heard(sound: Sound) -> tuple[object, ...]:
    return sound.codec, sound.rate, sound.channels, sound.setup, sound.step, sound.tick


def _size(look: Look) -> str:
    return f"{look.source.width} × {look.source.height}"


def _described(look: Look) -> str:
    return f"{_size(look)} at {plain(float(look.pictures.rate), 2)} frames a second"


def _other_sound(number: int, its: str, the_first: str) -> str:
    if its == the_first:
        return f"The sound of clip {number} was encoded with other settings than that of clip 1"
    return f"The sound of clip {number} is {its} and that of clip 1 is {the_first}"


def _codec(look: Look) -> str:
    return codec_name(look.pictures.codec)


def _voiced(sound: Sound) -> str:
    layout = {1: "mono", 2: "stereo"}.get(sound.channels, f"{sound.channels} channels of")
    return f"{layout} {codec_name(sound.codec)} at {plain(sound.rate / 1000)} kHz"
