"""An order in Hedra's terms: where each attachment goes, which ids are reserved, and the one paid call."""

import re
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID, uuid5

from adapters.kit.http import Call
from adapters.video.hedra.wire.checks import problems
from adapters.video.hedra.wire.generation import Generation, Inputs, Speech, body
from adapters.video.hedra.wire.trouble import Tokens
from bot.domain.camera import told_in_words
from bot.domain.errors import InvalidInput
from bot.domain.media import MediaKind, Role
from bot.domain.model import AUTO, Sound
from bot.domain.request import Reference, Setting, Task
from bot.ports.video import Order

OURS = UUID("6f0d3c52-6d0b-5b8e-9a54-2f6c1b7d9e10")  # never changed: orders sent before are looked up by it
_IN_ORDER = (Role.first_frame, Role.last_frame, Role.reference_image, Role.reference_video, Role.reference_audio)
_FIELDS = {
    Role.first_frame: "start_keyframe_id",
    Role.last_frame: "end_keyframe_id",
    Role.reference_image: "reference_image_ids",
    Role.reference_video: "reference_video_ids",
    Role.reference_audio: "audio_id",
}
_LISTS = frozenset({"reference_image_ids", "reference_video_ids", "reference_audio_ids"})
_WORDS = {MediaKind.image: "image", MediaKind.video: "video", MediaKind.audio: "audio"}
_TOKEN = re.compile(r"@(?:Image|Video|Audio)\d+\b")


def reserved(order: Order) -> tuple[str, ...]:
    """The ids of the order's generations, one a result, always the same for the same key."""
    count = _value(order.request.settings.count) or 1
    if count == 1:
        return (str(uuid5(OURS, order.key)),)
    return tuple(str(uuid5(OURS, f"{order.key}/{number}")) for number in range(1, count + 1))


def placed(order: Order) -> tuple[tuple[str, Reference], ...]:
    """Each attachment with the field its asset goes into, in the order they go out.

    The model's `wire` facts `film` and `sound` name the fields of those where they are not `reference_video_ids` and `audio_id`; a film
    to edit or to carry on is always `video_id`.
    """
    return tuple((_field(reference, order), reference) for reference in _in_order(order))


def tokens(order: Order) -> Tokens:
    """Where each attachment stands in the call: `start_keyframe_id`, `reference_image_ids.0`, `audio_id.1`."""
    there = placed(order)
    fields = [field for field, _ in there]
    found: dict[str, str] = {}
    for index, (field, reference) in enumerate(there):
        listed = field in _LISTS or fields.count(field) > 1
        found[f"{field}.{fields[:index].count(field)}" if listed else field] = reference.token
    return found


def generation(order: Order, assets: Mapping[str, str], voice: str = "") -> Generation:
    """`assets` are Hedra's ids of the attachments by token, `voice` the id of who speaks the order's line.

    Raises InvalidInput.
    """
    asked, ids = order.request.settings, reserved(order)
    slug, id = _model(order)
    line = _value(asked.voice)
    return Generation(
        model_slug=slug,
        ai_model_id=id,
        generated_video_inputs=_inputs(order),
        **_assets(order, assets),  # pyright: ignore[reportArgumentType] - fields by name
        audio_generation=Speech(voice_id=voice, text=line) if line else None,
        batch_size=len(ids),
        generation_id=ids[0] if len(ids) == 1 else None,
        generation_ids=ids if len(ids) > 1 else (),
    )


def create(generation: Generation) -> Call:
    """The paid call. Raises InvalidInput where the generation contradicts itself."""
    if found := problems(generation):
        raise InvalidInput(" ".join(found))
    return Call(method="POST", path="generations", json=body(generation))


def story(order: Order) -> str:
    """The prompt, camera movements in words, attachments as `image 1`, numbered by kind as they go out; `the image` where it is the only one."""
    names = dict(_names([reference for _, reference in placed(order)]))
    told = told_in_words(order.request.prompt)
    return _TOKEN.sub(lambda found: names.get(found[0], found[0]), told)


def _names(references: Sequence[Reference]) -> Iterator[tuple[str, str]]:
    for kind, word in _WORDS.items():
        alike = [reference for reference in references if reference.kind is kind]
        for number, reference in enumerate(alike, start=1):
            yield reference.token, f"the {word}" if len(alike) == 1 else f"{word} {number}"


def _in_order(order: Order) -> Iterator[Reference]:
    for role in _IN_ORDER:
        yield from order.request.of_role(role)


def _field(reference: Reference, order: Order) -> str:
    facts = dict(order.model.wire)
    match reference.role:
        case Role.reference_video if order.request.task in {Task.edit, Task.extend}:
            return "video_id"
        case Role.reference_video:
            return facts.get("film", _FIELDS[reference.role])
        case Role.reference_audio:
            return facts.get("sound", _FIELDS[reference.role])
    return _FIELDS[reference.role]


def _assets(order: Order, assets: Mapping[str, str]) -> dict[str, str | tuple[str, ...]]:
    """The fields that hold assets; a field that takes one refuses a second."""
    found: dict[str, tuple[str, ...]] = {}
    for field, reference in placed(order):
        found[field] = (*found.get(field, ()), assets[reference.token])
    for field, ids in found.items():
        if len(ids) > 1 and field not in _LISTS and field != "audio_id":
            raise InvalidInput(f"{order.model.title} takes one attachment as {field}, and there are {len(ids)}.")
    return {field: ids if field in _LISTS or len(ids) > 1 else next(iter(ids)) for field, ids in found.items()}


def _model(order: Order) -> tuple[str | None, str | None]:
    """The model's slug, or its id where it has none. Raises InvalidInput."""
    facts = dict(order.model.wire)
    slug = facts.get("v2") or order.model.wire_id or None
    id = None if slug else facts.get("v2_id")
    if not slug and not id:
        mend = f'The operator adds wire = {{ v2 = "…" }} under [models."{order.model.id}"], with its slug from GET /models.'
        raise InvalidInput(f"{order.model.title} has no name of Hedra's to be asked for by.", mend=mend)
    return slug, id


def _inputs(order: Order) -> Inputs:
    """`duration_ms` is always said where it was confirmed: a line to speak never makes a film longer than what was paid for."""
    asked = order.request.settings
    seconds, aspect = _value(asked.seconds), _value(asked.aspect)
    return Inputs(
        text_prompt=story(order),
        resolution=_value(asked.resolution),
        aspect_ratio=aspect if aspect in order.model.aspects else None,
        duration_ms=None if seconds is None or seconds == AUTO else round(seconds * 1000),
        generate_audio=None if order.model.audio is Sound.always else bool(_value(asked.audio)),
        seed=_value(asked.seed),
        negative_prompt=_value(asked.negative),
    )


def _value(setting: Setting | None):  # noqa: ANN202 - whatever the setting holds
    return None if setting is None else setting.value
