"""Kinds: a file that turns out to be something else than was thought takes the place of what it is."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.media import Media, MediaKind, Problem, Role
from bot.domain.request import Origin, Reference, VideoRequest

KIND_OF = {
    Role.reference_image: MediaKind.image,
    Role.first_frame: MediaKind.image,
    Role.last_frame: MediaKind.image,
    Role.reference_video: MediaKind.video,
    Role.reference_audio: MediaKind.audio,
}
NAMES = {MediaKind.image: "a picture", MediaKind.video: "a film", MediaKind.audio: "a sound"}
_TOKEN = re.compile(r"@(?:Image|Video|Audio)\d+", re.IGNORECASE)


def misplaced(reference: Reference, media: Media) -> Problem | None:
    """A role that was said and that this kind of file cannot play."""
    wanted = KIND_OF[reference.role]
    if media.kind is wanted:
        return None
    role = reference.role.value.replace("_", " ")
    return Problem(f"Kind of file for the {role}", NAMES[wanted], NAMES[media.kind], f"Send {NAMES[wanted]} for it.")


def corrected(request: VideoRequest) -> VideoRequest:
    """The request with each file under the kind it really is; the tokens in the prompt move along.

    Where the role was said, it stays, and the file carries the problem.
    """
    if all(ref.media is None or ref.media.kind is KIND_OF[ref.role] for ref in request.references):
        return request
    references = _roles([_retyped(reference) for reference in request.references])
    tokens = _numbers(references)
    moved = {ref.token.lower(): token for ref, token in zip(request.references, tokens, strict=True)}
    prompt = _TOKEN.sub(lambda found: moved.get(found[0].lower(), found[0]), request.prompt)
    renamed = (replace(reference, token=token) for reference, token in zip(references, tokens, strict=True))
    return replace(request, prompt=prompt, references=tuple(renamed))


def _retyped(reference: Reference) -> Reference:
    media = reference.media
    if media is None or media.kind is KIND_OF[reference.role]:
        return reference
    if reference.role_origin is Origin.said:
        problem = misplaced(reference, media)
        return replace(reference, problems=(problem,) if problem else ())
    roles = {MediaKind.video: Role.reference_video, MediaKind.audio: Role.reference_audio}
    role = roles.get(media.kind, Role.reference_image)
    words = f"taken as {NAMES[media.kind]}, which it is, not as {NAMES[reference.kind]}"
    return replace(reference, kind=media.kind, role=role, mends=(*reference.mends, words))


def _roles(references: Sequence[Reference]) -> list[Reference]:
    """Where nobody said roles, one picture is the first frame and several are references."""
    pictures = [reference for reference in references if reference.kind is MediaKind.image]
    if any(reference.role_origin is Origin.said for reference in pictures):
        return list(references)
    role = Role.first_frame if len(pictures) == 1 else Role.reference_image
    return [replace(one, role=role) if one.kind is MediaKind.image else one for one in references]


def _numbers(references: Sequence[Reference]) -> list[str]:
    counted: Counter[MediaKind] = Counter()
    tokens = []
    for reference in references:
        counted[reference.kind] += 1
        tokens.append(f"@{reference.kind.value.capitalize()}{counted[reference.kind]}")
    return tokens
