"""Joining, as the worker is asked for it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.media.ffmpeg.join.agree import agreed, difference
from adapters.media.ffmpeg.join.encode import encode_joined
from adapters.media.ffmpeg.join.looking import called, look_at_all
from adapters.media.ffmpeg.join.remux import copy_joined
from adapters.media.ffmpeg.probe import measured, sniffed_file
from bot.domain.errors import Unreadable
from bot.domain.join import Fill, Format, Join
from bot.domain.media import MediaKind


def answer_copy_joined(
    clips: Sequence[str], into: str, how: Mapping[str, Any], soundtrack: str | None
) -> Mapping[str, Any]:
    """Joins the films if they can be copied; says whether they were, and why."""
    looks = look_at_all([Path(clip) for clip in clips])
    if soundtrack:
        with called("The soundtrack"):
            _sound(Path(soundtrack))
    why = difference(looks, _join(how), soundtrack=soundtrack is not None)
    if why is None:
        copy_joined(looks, Path(into))
    return {"copied": why is None, "why": why or agreed(len(looks))}


def answer_encode_joined(
    clips: Sequence[str],
    into: str,
    how: Mapping[str, Any],
    soundtrack: str | None,
    tell: Callable[[float], None],
) -> None:
    looks = look_at_all([Path(clip) for clip in clips])
    encode_joined(looks, Path(into), _join(how), Path(soundtrack) if soundtrack else None, tell)


def _sound(path: Path) -> None:
    media = measured(path, sniffed_file(path))
    if media.kind is not MediaKind.audio and not media.audio_codec:
        raise Unreadable("There is no sound in it.")


def _join(how: Mapping[str, Any]) -> Join:
    return Join(**{**how, "format": Format(how["format"]), "fill": Fill(how["fill"])})
