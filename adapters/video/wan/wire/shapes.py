"""How each model wants its request laid out: which fields, and under which names its files go."""

from collections.abc import Mapping
from enum import StrEnum

from bot.domain.media import Role
from bot.domain.model import Model
from bot.domain.request import Reference, VideoRequest


class Shape(StrEnum):
    """The `shape` of a model's `wire` facts: the first four are the protocol up to 2.6, the others that of 2.7 and 3.0."""

    old_text = "old_text"
    old_picture = "old_picture"
    old_frames = "old_frames"
    old_references = "old_references"
    text = "text"
    picture = "picture"
    references = "references"
    edit = "edit"
    all_in_one = "all_in_one"


# Files that stand in fields of their own, by role.
FIELDS: Mapping[Shape, Mapping[Role, str]] = {
    Shape.old_text: {Role.reference_audio: "audio_url"},
    Shape.old_picture: {Role.first_frame: "img_url", Role.reference_audio: "audio_url"},
    Shape.old_frames: {Role.first_frame: "first_frame_url", Role.last_frame: "last_frame_url"},
    Shape.text: {Role.reference_audio: "audio_url"},
}
# Files that stand in `media`, by role, in the order of the types. A first frame comes after the references, so that their
# numbers do not depend on whether it counts.
TYPES: Mapping[Shape, Mapping[Role, str]] = {
    Shape.picture: {
        Role.first_frame: "first_frame",
        Role.reference_video: "first_clip",
        Role.last_frame: "last_frame",
        Role.reference_audio: "driving_audio",
    },
    Shape.references: {
        Role.reference_image: "reference_image",
        Role.reference_video: "reference_video",
        Role.first_frame: "first_frame",
    },
    Shape.edit: {Role.reference_video: "video", Role.reference_image: "reference_image"},
    Shape.all_in_one: {role: role.value for role in Role},
}
PARAMETERS: Mapping[Shape, tuple[str, ...]] = {
    Shape.old_text: ("size", "duration", "prompt_extend", "watermark", "seed"),
    Shape.old_picture: ("resolution", "duration", "audio", "prompt_extend", "watermark", "seed"),
    Shape.old_frames: ("resolution", "prompt_extend", "watermark", "seed"),
    Shape.old_references: ("size", "duration", "audio", "watermark", "seed"),
    Shape.text: ("resolution", "ratio", "duration", "prompt_extend", "watermark", "seed"),
    Shape.picture: ("resolution", "duration", "prompt_extend", "watermark", "seed"),
    Shape.references: ("resolution", "ratio", "duration", "prompt_extend", "watermark", "seed"),
    Shape.edit: ("resolution", "ratio", "duration", "audio_setting", "prompt_extend", "watermark", "seed"),
    Shape.all_in_one: ("resolution", "ratio", "duration", "audio", "prompt_extend", "watermark", "seed"),
}
# Where the documents say that a picture may be given as a data URL; everywhere else it is uploaded.
INLINE_FIELDS = frozenset({"img_url"})


def shape_of(model: Model) -> Shape:
    """Raises ValueError where models.toml names none or an unknown one: a row that cannot be sent."""
    return Shape(dict(model.wire).get("shape", ""))


def in_media(request: VideoRequest, shape: Shape) -> tuple[Reference, ...]:
    """The references that go into `media`, in that order; of one kind they keep the order in which they were numbered."""
    types = list(TYPES.get(shape, {}))
    found = [one for one in request.references if one.role in types]
    return tuple(sorted(found, key=lambda one: types.index(one.role)))


def cast(request: VideoRequest, shape: Shape) -> tuple[Reference, ...]:
    """Who or what can be given a voice: the references of `references` in their order, without the first frame."""
    return tuple(one for one in in_media(request, shape) if one.role is not Role.first_frame)


def voices(request: VideoRequest, shape: Shape) -> Mapping[str, Reference]:
    """Whose voice each sound is, by the token of the one who speaks: the first sound is the first reference's, and so on."""
    if shape is not Shape.references:
        return {}
    sounds = request.of_role(Role.reference_audio)
    return {one.token: sound for one, sound in zip(cast(request, shape), sounds, strict=False)}
