"""Everything that Hedra's generation call takes, as one value; what is not set is not sent."""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

Point = tuple[float, float]
"""Where a speaker is in the picture: x and y, each from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    prompt: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """`generate_audio` None means on, where a model has the choice; with `multi_prompt` the `text_prompt` is ignored."""

    text_prompt: str
    model_slug: str | None = None
    ai_model_id: str | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None
    duration_ms: int | None = None
    generate_audio: bool | None = None
    seed: int | None = None
    negative_prompt: str | None = None
    cfg_scale: float | None = None
    enhance_prompt: bool | None = None
    bounding_box_target: Point | tuple[Point, ...] | None = None
    character_orientation: Literal["video", "image"] | None = None
    multi_prompt: tuple[Shot, ...] = ()
    shot_type: Literal["customize"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A line that Hedra says itself. `stability` is from 0 to 1, `speed` from 0.7 to 1.2; Hedra's default for both is 1."""

    voice_id: str
    text: str
    type: Literal["text_to_speech"] = "text_to_speech"
    stability: float | None = None
    speed: float | None = None
    language: str | None = None
    model_slug: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One call of POST /generations; ids are UUIDs, as Hedra writes them.

    `generation_id(s)` are ours to choose, one for each result. `audio_start_ms` below 0 puts silence before the sound, above 0 cuts its
    beginning off. `video_id` is the film whose movement is taken over; for Veo the film that is carried on.
    """

    generated_video_inputs: Inputs
    type: Literal["video"] = "video"
    model_slug: str | None = None
    ai_model_id: str | None = None
    start_keyframe_id: str | None = None
    start_keyframe_url: str | None = None
    end_keyframe_id: str | None = None
    end_keyframe_url: str | None = None
    audio_id: str | tuple[str, ...] | None = None
    audio_generation: Speech | None = None
    audio_start_ms: int | None = None
    reference_image_ids: tuple[str, ...] = ()
    reference_audio_ids: tuple[str, ...] = ()
    reference_video_ids: tuple[str, ...] = ()
    video_id: str | None = None
    batch_size: int = 1
    generation_id: str | None = None
    generation_ids: tuple[str, ...] = ()
    reserved_asset_id: str | None = None
    reserved_asset_ids: tuple[str, ...] = ()
    agent_thread_id: str | None = None
    workspace_id: str | None = None
    name: str | None = None


def body(generation: Generation) -> Any:
    """The JSON of the call."""
    return _json(generation)


def _json(value: Any) -> Any:
    if is_dataclass(value):
        told = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: _json(one) for name, one in told if one is not None and one != ()}
    if isinstance(value, tuple):
        return [_json(one) for one in value]
    return value
