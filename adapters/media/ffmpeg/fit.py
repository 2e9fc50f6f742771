"""Mending: a copy within the limits, and words for what was done to it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.media.ffmpeg.encode import encode
from adapters.media.ffmpeg.probe import probe
from adapters.media.ffmpeg.repaint import repaint
from bot.domain.media import MediaKind, MediaLimits


def answer_fit(path: str, into: str, limits: Mapping[str, Any]) -> tuple[str, ...]:
    known: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in limits.items()}
    return fit(Path(path), Path(into), MediaLimits(**known))


def fit(path: Path, into: Path, limits: MediaLimits) -> tuple[str, ...]:
    media = probe(path)
    if not any(problem.mendable for problem in limits.check(media)):
        return ()
    mend = repaint if media.kind is MediaKind.image else encode
    return mend(path, into, media, limits)
