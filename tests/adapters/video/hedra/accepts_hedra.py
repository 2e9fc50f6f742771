"""Which fields Hedra's generation call has, and what each may hold, by its published description."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from tests.vendor import Refused


def wrong(place: str, message: str) -> Refused:
    return Refused(
        422, {"detail": [{"loc": ["body", "video", *place.split(".")], "msg": message, "type": "value_error"}]}
    )


Check = Callable[[Any], bool]


def _uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def _several(check: Check) -> Check:
    return lambda value: isinstance(value, list) and bool(value) and all(map(check, value))


def _whole(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def _number(low: float, high: float) -> Check:
    return lambda value: type(value) in {int, float} and low <= value <= high


def _text(low: int = 0, high: int = 100_000) -> Check:
    return lambda value: isinstance(value, str) and low <= len(value) <= high


def _point(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_number(0, 1), value))


def _truth(value: Any) -> bool:
    return type(value) is bool


def _shot(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"prompt", "duration_ms"}
        and _whole(3000, 15000)(value["duration_ms"])
    )


FIELDS: Mapping[str, Check] = {
    "type": "video".__eq__,
    "model_slug": _text(1),
    "ai_model_id": _uuid,
    "generated_video_inputs": lambda value: isinstance(value, dict),
    "start_keyframe_id": _uuid,
    "end_keyframe_id": _uuid,
    "start_keyframe_url": _text(1, 2083),
    "end_keyframe_url": _text(1, 2083),
    "audio_id": lambda value: _uuid(value) or _several(_uuid)(value),
    "audio_generation": lambda value: isinstance(value, dict),
    "audio_start_ms": _whole(-600_000, 600_000),
    "reference_image_ids": _several(_uuid),
    "reference_audio_ids": _several(_uuid),
    "reference_video_ids": _several(_uuid),
    "video_id": _uuid,
    "batch_size": _whole(1, 8),
    "generation_id": _uuid,
    "generation_ids": _several(_uuid),
    "reserved_asset_id": _uuid,
    "reserved_asset_ids": _several(_uuid),
    "agent_thread_id": _uuid,
    "workspace_id": _text(1),
    "name": _text(0, 255),
}
INPUTS: Mapping[str, Check] = {
    "text_prompt": _text(1),
    "resolution": _text(1),
    "aspect_ratio": _text(1),
    "duration_ms": _whole(500, 600_000),
    "generate_audio": _truth,
    "seed": _whole(0, 2**32),
    "negative_prompt": _text(),
    "cfg_scale": _number(0, 20),
    "enhance_prompt": _truth,
    "bounding_box_target": lambda value: _point(value) or _several(_point)(value),
    "character_orientation": {"video", "image"}.__contains__,
    "multi_prompt": _several(_shot),
    "shot_type": "customize".__eq__,
    "model_slug": _text(1),
    "ai_model_id": _uuid,
}
SPEECH: Mapping[str, Check] = {
    "type": "text_to_speech".__eq__,
    "voice_id": _uuid,
    "text": _text(1),
    "stability": _number(0, 1),
    "speed": _number(0.7, 1.2),
    "language": _text(1),
    "model_slug": _text(1),
}


def check(value: Mapping[str, Any], fields: Mapping[str, Check], place: str, *needed: str) -> None:
    for name in needed:
        if name not in value:
            raise wrong(f"{place}{name}", "Field required")
    for name, one in value.items():
        if name not in fields:
            raise wrong(f"{place}{name}", "Extra inputs are not permitted")
        if not fields[name](one):
            raise wrong(f"{place}{name}", "Input is not valid")
