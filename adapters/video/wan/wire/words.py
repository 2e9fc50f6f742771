"""The prompt in the words that a model knows its files by."""

import re
from collections.abc import Mapping

from adapters.video.wan.wire.shapes import Shape, in_media, voices
from bot.domain.camera import told_in_words
from bot.domain.media import Role
from bot.domain.request import VideoRequest

_TOKEN = re.compile(r"@(?:Image|Video|Audio)\d+")
# What stands in a place of its own has no number there.
_PLACES: Mapping[Role, str] = {
    Role.first_frame: "the first frame",
    Role.last_frame: "the last frame",
    Role.reference_audio: "the given sound",
    Role.reference_video: "the given clip",
}
_NUMBERED: Mapping[Shape, frozenset[Role]] = {
    Shape.references: frozenset({Role.reference_image, Role.reference_video}),
    Shape.edit: frozenset({Role.reference_image, Role.reference_video}),
    Shape.all_in_one: frozenset({Role.reference_image, Role.reference_video, Role.reference_audio}),
}


def told(request: VideoRequest, shape: Shape) -> str:
    """Camera brackets as prose, each token as the model's own name for that file."""
    known = names(request, shape)
    return _TOKEN.sub(lambda found: known.get(found[0], found[0]), told_in_words(request.prompt))


def names(request: VideoRequest, shape: Shape) -> Mapping[str, str]:
    """`character1` up to 2.6, all references in one row; `Image 1`, `Video 1`, `Audio 1` from 2.7, each kind by itself."""
    if shape is Shape.old_references:
        return {one.token: f"character{number}" for number, one in enumerate(request.references, start=1)}
    known = {one.token: _PLACES[one.role] for one in request.references if one.role in _PLACES}
    counts: dict[str, int] = {}
    for one in in_media(request, shape):
        if one.role in _NUMBERED.get(shape, frozenset()):
            kind = one.kind.value.title()
            counts[kind] = counts.get(kind, 0) + 1
            known[one.token] = f"{kind} {counts[kind]}"
    for speaker, sound in voices(request, shape).items():
        known[sound.token] = f"the voice of {known[speaker]}"
    return known
