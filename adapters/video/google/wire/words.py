"""The story in the words each door expects: tokens such as `@Image1` become its own names for what goes out."""

import re
from collections.abc import Mapping

from bot.domain.camera import told_in_words
from bot.domain.media import MediaKind, Role
from bot.domain.model import FRAMES
from bot.domain.request import Reference, Task, VideoRequest

_TOKEN = re.compile(r"@(?:Image|Video|Audio)\d+")
_ORDER = (Role.first_frame, Role.last_frame, Role.reference_image, Role.reference_video)
_FRAME_TAGS = {Role.first_frame: "<FIRST_FRAME>", Role.last_frame: "<LAST_FRAME>"}


def outgoing(request: VideoRequest) -> tuple[Reference, ...]:
    """The files in the order in which they go out: frames, reference pictures, films."""
    return tuple(reference for role in _ORDER for reference in request.of_role(role))


def tagged(request: VideoRequest) -> str:
    """The prompt for Omni: each file is declared by its tag and its place among its kind, and called by its tag in the story.

    The tags are those of Google's prompt guide for Omni: `[# Sources <FIRST_FRAME>@Image1] [# References <IMAGE_REF_0>@Image2]`.
    A film to be carried on has no tag; the guide calls it "this video".
    """
    tags = _tags(request)
    sources, references = [], []
    for reference, place in _places(outgoing(request)):
        tag = tags[reference.token]
        if tag.startswith("<"):
            (references if "_REF_" in tag else sources).append(f"{tag}{place}")
    header = [
        f"[# {name} {' '.join(said)}]" for name, said in (("Sources", sources), ("References", references)) if said
    ]
    return " ".join([*header, _renamed(request.prompt, tags)]).strip()


def spelled(request: VideoRequest) -> str:
    """The prompt for Veo, which has no names for files: they are called what they are."""
    names = {Role.first_frame: "the first frame", Role.last_frame: "the last frame", Role.reference_video: "this video"}
    pictures = request.of_role(Role.reference_image)
    called = {reference.token: names[reference.role] for reference in outgoing(request) if reference.role in names}
    for number, picture in enumerate(pictures, start=1):
        called[picture.token] = f"reference image {number}" if len(pictures) > 1 else "the reference image"
    return _renamed(request.prompt, called)


def _tags(request: VideoRequest) -> Mapping[str, str]:
    worked = {Task.edit: "<VIDEO_0>", Task.extend: "this video"}.get(request.task)
    pictures, films = request.of_role(Role.reference_image), request.of_role(Role.reference_video)
    tags = {reference.token: _FRAME_TAGS[reference.role] for reference in outgoing(request) if reference.role in FRAMES}
    tags |= {picture.token: f"<IMAGE_REF_{number}>" for number, picture in enumerate(pictures)}
    if worked:
        first, *films = films
        tags[first.token] = worked
    return tags | {film.token: f"<VIDEO_REF_{number}>" for number, film in enumerate(films)}


def _places(references: tuple[Reference, ...]) -> list[tuple[Reference, str]]:
    """Each file with its place among those of its kind: `@Image2`."""
    seen: dict[MediaKind, int] = {}
    found = []
    for reference in references:
        seen[reference.kind] = seen.get(reference.kind, 0) + 1
        found.append((reference, f"@{reference.kind.value.title()}{seen[reference.kind]}"))
    return found


def _renamed(prompt: str, names: Mapping[str, str]) -> str:
    return _TOKEN.sub(lambda found: names.get(found[0], found[0]), told_in_words(prompt))
