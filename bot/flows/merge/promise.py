"""What a merge can be made of, what it promises, and whether the result keeps it. Pure."""

from collections.abc import Sequence

from bot.domain.errors import Unreadable
from bot.domain.join import LONGEST_FADE, MOST, Join
from bot.domain.media import Media, MediaKind
from bot.domain.units import plain

SLACK = 0.1  # seconds for each film: two frames at 24 a second, and what a sound runs past its picture


def too_many(films: int, sounds: int = 0) -> list[str]:
    """Sentences about how many there are."""
    problems = []
    if films > MOST:
        problems.append(f"A merge takes at most {MOST} films; there are {films}. Leave {films - MOST} out.")
    if sounds > 1:
        problems.append(f"One soundtrack plays under a merge; there are {sounds} sounds. Leave {sounds - 1} out.")
    return problems


def faded(how: Join, films: Sequence[tuple[str, float | None]] = ()) -> list[str]:
    """What is wrong with the cross-fade, in general or for one of these films: each with its length in seconds, which has room for two."""
    fade = how.fade_seconds
    if not 0 <= fade <= LONGEST_FADE:
        return [f"A cross-fade lasts from 0 to {plain(LONGEST_FADE)} s; {plain(fade, 2)} s were asked for. Say less."]
    return [
        f"{name} lasts {plain(seconds, 2)} s, too short for a cross-fade of {plain(fade, 2)} s at both ends. "
        f"Say {plain(seconds / 2, 2)} s or less, or leave it out."
        for name, seconds in films
        if seconds and seconds < 2 * fade
    ]


def length(seconds: Sequence[float | None], how: Join) -> float:
    """How long the whole will be."""
    whole = sum(one or 0.0 for one in seconds)
    return max(0.0, whole - how.fade_seconds * max(0, len(seconds) - 1))


def check(made: Media, films: Sequence[Media], how: Join) -> None:
    """Raises Unreadable where the result is not what was promised: it is never given to anybody.

    The whole is as long as the films' pictures: sound that runs past them is cut. Where a film's file does not tell how long they last, it
    may be shorter than the film.
    """
    most = length([film.picture_seconds or film.seconds for film in films], how)
    least = length([film.picture_seconds or (film.seconds or 0.0) / 2 for film in films], how)
    found, slack = made.seconds or 0.0, SLACK * len(films)
    if made.kind is not MediaKind.video or not made.width or not made.height:
        raise Unreadable("the result has no picture, so it was not kept")
    if not least - slack <= found <= most + slack:
        raise Unreadable(
            f"the result lasts {plain(found, 2)} s where {plain(most, 2)} s were expected, so it was not kept"
        )
    if made.audio_codec is None and (how.soundtrack or any(film.audio_codec for film in films)):
        raise Unreadable("the result has lost its sound, so it was not kept")
