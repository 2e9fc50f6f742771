"""What a generation call may not say, told before it is sent."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from adapters.video.hedra.wire.generation import Generation, Inputs, Point, Speech

MOST_RESULTS = 8
MOST_NAME = 255
MOST_URL = 2083
SPEED = (0.7, 1.2)
SHOT_MS = (3_000, 15_000)
LANGUAGES = frozenset(
    {
        *("auto", "Chinese", "Chinese,Yue", "English", "Arabic", "Russian", "Spanish", "French", "Portuguese", "German"),
        *("Turkish", "Dutch", "Ukrainian", "Vietnamese", "Indonesian", "Japanese", "Italian", "Korean", "Thai", "Polish"),
        *("Romanian", "Greek", "Czech", "Finnish", "Hindi", "Bulgarian", "Danish", "Hebrew", "Malay", "Persian"),
        *("Slovak", "Swedish", "Croatian", "Filipino", "Hungarian", "Norwegian", "Slovenian", "Catalan", "Nynorsk"),
        *("Tamil", "Afrikaans"),
    }
)  # fmt: skip


def problems(generation: Generation) -> tuple[str, ...]:
    """Every contradiction and every value outside its limits, as sentences."""
    return (
        *_model(generation),
        *_pictures(generation),
        *_sounds(generation),
        *_batch(generation),
        *_names(generation),
        *_inputs(generation.generated_video_inputs, generation),
    )


def _model(generation: Generation) -> Iterator[str]:
    if (generation.model_slug is None) == (generation.ai_model_id is None):
        yield "Exactly one of model_slug and ai_model_id names the model."


def _pictures(generation: Generation) -> Iterator[str]:
    for which in ("start", "end"):
        id, url = (getattr(generation, f"{which}_keyframe_{form}") for form in ("id", "url"))
        if id is not None and url is not None:
            yield f"The {which} keyframe is given by id or by address, not both."
        if url is not None and not 1 <= len(url) <= MOST_URL:
            yield f"The {which} keyframe's address has {len(url):,} characters, the limit is {MOST_URL:,}."
    frames = (generation.start_keyframe_id, generation.start_keyframe_url)
    ends = (generation.end_keyframe_id, generation.end_keyframe_url)
    if generation.reference_image_ids and any((*frames, *ends)):
        yield "Hedra ignores keyframes beside reference pictures; give one or the other."


def _sounds(generation: Generation) -> Iterator[str]:
    if generation.audio_id is not None and generation.audio_generation is not None:
        yield "Hedra speaks a recording or a line, not both; leave one of them out."
    if generation.audio_start_ms is not None and generation.audio_id is None and generation.audio_generation is None:
        yield "audio_start_ms moves a recording or a line to speak, and there is none."
    if generation.audio_id == ():
        yield "audio_id lists no recording."
    if generation.audio_generation is not None:
        yield from _speech(generation.audio_generation)


def _speech(speech: Speech) -> Iterator[str]:
    if not speech.text.strip():
        yield "There are no words to speak."
    if speech.stability is not None and not 0 <= speech.stability <= 1:
        yield f"The voice's stability is from 0 to 1, not {speech.stability:g}."
    low, high = SPEED
    if speech.speed is not None and not low <= speech.speed <= high:
        yield f"The voice's speed is from {low} to {high}, not {speech.speed:g}."
    if speech.language is not None and speech.language not in LANGUAGES:
        yield f"Hedra's voices do not speak {speech.language!r}."


def _batch(generation: Generation) -> Iterator[str]:
    size = generation.batch_size
    if not 1 <= size <= MOST_RESULTS:
        yield f"Hedra makes 1 to {MOST_RESULTS} results at a time, not {size}."
    for one, many in (("generation_id", "generation_ids"), ("reserved_asset_id", "reserved_asset_ids")):
        single, several = getattr(generation, one), getattr(generation, many)
        if single is not None and several:
            yield f"{one} and {many} exclude each other."
        if single is not None and size > 1:
            yield f"{one} is for one result; {size} results take {many}."
        if several and len(several) != size:
            yield f"{many} names {len(several)} for {size} results."
        if len(set(several)) != len(several):
            yield f"{many} names the same one twice."


def _names(generation: Generation) -> Iterator[str]:
    if generation.name is not None and len(generation.name) > MOST_NAME:
        yield f"The name has {len(generation.name)} characters, the limit is {MOST_NAME}."
    for field in (
        *("ai_model_id", "start_keyframe_id", "end_keyframe_id", "audio_id", "video_id", "agent_thread_id"),
        *("generation_id", "generation_ids", "reserved_asset_id", "reserved_asset_ids"),
        *("reference_image_ids", "reference_audio_ids", "reference_video_ids"),
    ):
        given = getattr(generation, field) or ()
        yield from _ids(field, (given,) if isinstance(given, str) else given)
    if generation.audio_generation is not None:
        yield from _ids("voice_id", (generation.audio_generation.voice_id,))


def _ids(field: str, given: Iterable[str]) -> Iterator[str]:
    for one in given:
        try:
            UUID(one)
        except ValueError:
            yield f"{field} {one!r} is not a UUID."


def _inputs(inputs: Inputs, generation: Generation) -> Iterator[str]:
    if inputs.duration_ms is not None and inputs.duration_ms <= 0:
        yield f"The length is more than 0 ms, not {inputs.duration_ms}."
    low, high = SHOT_MS
    for number, shot in enumerate(inputs.multi_prompt, start=1):
        if not low <= shot.duration_ms <= high:
            yield f"Shot {number} is {shot.duration_ms:,} ms long, a shot is {low:,} to {high:,} ms."
    if inputs.shot_type is not None and not inputs.multi_prompt:
        yield "shot_type is for several shots, and there are none."
    points = _points(inputs.bounding_box_target)
    if not all(0 <= side <= 1 for point in points for side in point):
        yield "A speaker's place is given by two numbers from 0 to 1."
    speakers = len(generation.audio_id) if isinstance(generation.audio_id, tuple) else 1
    if points and len(points) != speakers:
        yield f"bounding_box_target names {len(points)} speakers for {speakers} recordings."


def _points(target: Point | tuple[Point, ...] | None) -> tuple[Point, ...]:
    match target:
        case None:
            return ()
        case (float() | int() as x, float() | int() as y):
            return ((x, y),)
    return target  # pyright: ignore[reportReturnType] - what is no point is a tuple of points
