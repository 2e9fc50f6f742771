"""Every field of Hedra's generation call, and what it may not say."""

from dataclasses import fields, replace

import pytest

from adapters.video.hedra.wire.generation import Generation, Inputs, Shot, Speech, body
from adapters.video.hedra.wire.order import create
from bot.domain.errors import InvalidInput
from tests.adapters.video.hedra.accepts_hedra import FIELDS, INPUTS, SPEECH

ID, OTHER, THIRD = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
VOICE = "70c1ce00-0000-4000-8000-000000000001"


WHOLE = Generation(
    model_slug="fal/veo-31",
    ai_model_id=ID,
    generated_video_inputs=Inputs(
        text_prompt="p",
        model_slug="fal/veo-31",
        ai_model_id=ID,
        resolution="720p",
        aspect_ratio="9:16",
        duration_ms=8000,
        generate_audio=False,
        seed=0,
        negative_prompt="blur",
        cfg_scale=0.5,
        enhance_prompt=False,
        bounding_box_target=((0.25, 0.5), (0.75, 0.5)),
        character_orientation="video",
        multi_prompt=(Shot(prompt="a", duration_ms=3000), Shot(prompt="b", duration_ms=15000)),
        shot_type="customize",
    ),
    start_keyframe_id=ID,
    start_keyframe_url="https://x.example/a.png",
    end_keyframe_id=OTHER,
    end_keyframe_url="https://x.example/b.png",
    audio_id=(ID, OTHER),
    audio_generation=Speech(voice_id=VOICE, text="Hi", stability=0.5, speed=1.2, language="auto", model_slug="el/v3"),
    audio_start_ms=-1000,
    reference_image_ids=(ID,),
    reference_audio_ids=(ID,),
    reference_video_ids=(ID,),
    video_id=THIRD,
    batch_size=2,
    generation_id=ID,
    generation_ids=(ID, OTHER),
    reserved_asset_id=ID,
    reserved_asset_ids=(ID, OTHER),
    agent_thread_id=ID,
    workspace_id="w1",
    name="A heron",
)
"""Every field there is; one that contradicts itself on purpose."""

SAID = {
    "type": "video",
    "model_slug": "fal/veo-31",
    "ai_model_id": ID,
    "generated_video_inputs": {
        "text_prompt": "p",
        "model_slug": "fal/veo-31",
        "ai_model_id": ID,
        "resolution": "720p",
        "aspect_ratio": "9:16",
        "duration_ms": 8000,
        "generate_audio": False,
        "seed": 0,
        "negative_prompt": "blur",
        "cfg_scale": 0.5,
        "enhance_prompt": False,
        "bounding_box_target": [[0.25, 0.5], [0.75, 0.5]],
        "character_orientation": "video",
        "multi_prompt": [{"prompt": "a", "duration_ms": 3000}, {"prompt": "b", "duration_ms": 15000}],
        "shot_type": "customize",
    },
    "start_keyframe_id": ID,
    "start_keyframe_url": "https://x.example/a.png",
    "end_keyframe_id": OTHER,
    "end_keyframe_url": "https://x.example/b.png",
    "audio_id": [ID, OTHER],
    "audio_generation": {
        "type": "text_to_speech",
        "voice_id": VOICE,
        "text": "Hi",
        "stability": 0.5,
        "speed": 1.2,
        "language": "auto",
        "model_slug": "el/v3",
    },
    "audio_start_ms": -1000,
    "reference_image_ids": [ID],
    "reference_audio_ids": [ID],
    "reference_video_ids": [ID],
    "video_id": THIRD,
    "batch_size": 2,
    "generation_id": ID,
    "generation_ids": [ID, OTHER],
    "reserved_asset_id": ID,
    "reserved_asset_ids": [ID, OTHER],
    "agent_thread_id": ID,
    "workspace_id": "w1",
    "name": "A heron",
}


def test_every_field_of_the_call_can_be_said() -> None:
    """Nothing is left out of the JSON, and nothing is added."""
    said = body(WHOLE)
    assert said == SAID
    for value, accepted in ((Generation, FIELDS), (Inputs, INPUTS), (Speech, SPEECH)):
        assert {field.name for field in fields(value)} == set(accepted)
    assert all(FIELDS[name](value) for name, value in said.items())
    assert all(INPUTS[name](value) for name, value in said["generated_video_inputs"].items())


def test_the_published_example_of_a_spoken_line() -> None:
    asked = Generation(
        model_slug="together/hedra-avatar",
        start_keyframe_id=ID,
        generation_id=OTHER,
        audio_generation=Speech(voice_id=VOICE, text="Hello team", stability=1.0, speed=1.0, language="auto"),
        generated_video_inputs=Inputs(
            text_prompt="a woman talking at the camera", resolution="720p", aspect_ratio="9:16"
        ),
    )
    assert create(asked).json == {
        "type": "video",
        "model_slug": "together/hedra-avatar",
        "start_keyframe_id": ID,
        "batch_size": 1,
        "generation_id": OTHER,
        "audio_generation": {
            "type": "text_to_speech",
            "voice_id": VOICE,
            "text": "Hello team",
            "stability": 1.0,
            "speed": 1.0,
            "language": "auto",
        },
        "generated_video_inputs": {
            "text_prompt": "a woman talking at the camera",
            "resolution": "720p",
            "aspect_ratio": "9:16",
        },
    }


def test_the_starter_kits_example_of_a_recording() -> None:
    asked = Generation(
        ai_model_id="d1dd37a3-e39a-4854-a298-6510289f9cf2",
        start_keyframe_id=ID,
        audio_id=OTHER,
        generated_video_inputs=Inputs(
            text_prompt="p", resolution="540p", aspect_ratio="16:9", duration_ms=2500, seed=3
        ),
    )
    assert create(asked).json == {
        "type": "video",
        "ai_model_id": "d1dd37a3-e39a-4854-a298-6510289f9cf2",
        "start_keyframe_id": ID,
        "audio_id": OTHER,
        "batch_size": 1,
        "generated_video_inputs": {
            "text_prompt": "p",
            "resolution": "540p",
            "aspect_ratio": "16:9",
            "duration_ms": 2500,
            "seed": 3,
        },
    }


GOOD = Generation(model_slug="fal/veo-31", generated_video_inputs=Inputs(text_prompt="p"))
INSIDE = GOOD.generated_video_inputs
SPOKEN = Speech(voice_id=VOICE, text="Hi")
CONTRADICTIONS: dict[str, tuple[Generation, str]] = {
    "no model": (replace(GOOD, model_slug=None), "Exactly one of model_slug and ai_model_id names the model."),
    "two models": (replace(GOOD, ai_model_id=ID), "Exactly one of model_slug and ai_model_id names the model."),
    "two beginnings": (
        replace(GOOD, start_keyframe_id=ID, start_keyframe_url="https://x.example"),
        "The start keyframe is given by id or by address, not both.",
    ),
    "two ends": (
        replace(GOOD, end_keyframe_id=ID, end_keyframe_url="https://x.example"),
        "The end keyframe is given by id or by address, not both.",
    ),
    "a long address": (
        replace(GOOD, start_keyframe_url="h" * 2084),
        "The start keyframe's address has 2,084 characters, the limit is 2,083.",
    ),
    "keyframes beside references": (
        replace(GOOD, end_keyframe_id=ID, reference_image_ids=(ID,)),
        "Hedra ignores keyframes beside reference pictures; give one or the other.",
    ),
    "a recording and a line": (
        replace(GOOD, audio_id=ID, audio_generation=SPOKEN),
        "Hedra speaks a recording or a line, not both; leave one of them out.",
    ),
    "a start of no sound": (
        replace(GOOD, audio_start_ms=5),
        "audio_start_ms moves a recording or a line to speak, and there is none.",
    ),
    "no recordings listed": (replace(GOOD, audio_id=()), "audio_id lists no recording."),
    "nothing to say": (replace(GOOD, audio_generation=replace(SPOKEN, text=" ")), "There are no words to speak."),
    "stability": (
        replace(GOOD, audio_generation=replace(SPOKEN, stability=1.1)),
        "The voice's stability is from 0 to 1, not 1.1.",
    ),
    "speed": (
        replace(GOOD, audio_generation=replace(SPOKEN, speed=0.6)),
        "The voice's speed is from 0.7 to 1.2, not 0.6.",
    ),
    "language": (
        replace(GOOD, audio_generation=replace(SPOKEN, language="Klingon")),
        "Hedra's voices do not speak 'Klingon'.",
    ),
    "no results": (replace(GOOD, batch_size=0), "Hedra makes 1 to 8 results at a time, not 0."),
    "nine results": (replace(GOOD, batch_size=9), "Hedra makes 1 to 8 results at a time, not 9."),
    "ids twice": (
        replace(GOOD, generation_id=ID, generation_ids=(OTHER,)),
        "generation_id and generation_ids exclude each other.",
    ),
    "one id for two": (
        replace(GOOD, generation_id=ID, batch_size=2),
        "generation_id is for one result; 2 results take generation_ids.",
    ),
    "two ids for three": (
        replace(GOOD, generation_ids=(ID, OTHER), batch_size=3),
        "generation_ids names 2 for 3 results.",
    ),
    "an id twice": (
        replace(GOOD, generation_ids=(ID, ID), batch_size=2),
        "generation_ids names the same one twice.",
    ),
    "one asset for two": (
        replace(GOOD, reserved_asset_id=ID, batch_size=2),
        "reserved_asset_id is for one result; 2 results take reserved_asset_ids.",
    ),
    "a long name": (replace(GOOD, name="n" * 256), "The name has 256 characters, the limit is 255."),
    "no id": (replace(GOOD, video_id="@Video1"), "video_id '@Video1' is not a UUID."),
    "no voice": (
        replace(GOOD, audio_generation=replace(SPOKEN, voice_id="")),
        "voice_id '' is not a UUID.",
    ),
    "no length": (
        replace(GOOD, generated_video_inputs=replace(INSIDE, duration_ms=0)),
        "The length is more than 0 ms, not 0.",
    ),
    "a short shot": (
        replace(GOOD, generated_video_inputs=replace(INSIDE, multi_prompt=(Shot(prompt="a", duration_ms=2999),))),
        "Shot 1 is 2,999 ms long, a shot is 3,000 to 15,000 ms.",
    ),
    "a kind of shot without shots": (
        replace(GOOD, generated_video_inputs=replace(INSIDE, shot_type="customize")),
        "shot_type is for several shots, and there are none.",
    ),
    "a speaker beside the picture": (
        replace(GOOD, audio_id=ID, generated_video_inputs=replace(INSIDE, bounding_box_target=(0.5, 1.5))),
        "A speaker's place is given by two numbers from 0 to 1.",
    ),
    "one speaker for two recordings": (
        replace(GOOD, audio_id=(ID, OTHER), generated_video_inputs=replace(INSIDE, bounding_box_target=(0.5, 0.5))),
        "bounding_box_target names 1 speakers for 2 recordings.",
    ),
}


@pytest.mark.parametrize(("asked", "say"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_call_that_contradicts_itself_is_not_sent(asked: Generation, say: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        create(asked)
    assert refused.value.message == say


def test_speakers_may_be_placed_one_for_each_recording() -> None:
    there = replace(INSIDE, bounding_box_target=((0.2, 0.5), (0.8, 0.5)))
    assert create(replace(GOOD, audio_id=(ID, OTHER), generated_video_inputs=there))
    assert create(replace(GOOD, audio_id=ID, generated_video_inputs=replace(INSIDE, bounding_box_target=(0, 1))))
