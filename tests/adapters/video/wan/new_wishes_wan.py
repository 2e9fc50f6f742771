"""Wishes for the models of 2.7 and 3.0, and the body that each becomes; files lie where `PLACES` says."""

from collections.abc import Mapping
from typing import Any

from bot.domain.media import Role
from bot.domain.request import Origin, Reference, Setting
from tests.adapters.video.wan.stand_wan import reference

VIDEO = "services/aigc/video-generation/video-synthesis"
HERON = "A heron takes off"
PLACES = {
    f"@{kind}{number}": f"oss://{kind[0].lower()}{number}"
    for kind in ("Image", "Video", "Audio")
    for number in range(1, 10)
}

FIRST = reference("@Image1", Role.first_frame)
LAST = reference("@Image2", Role.last_frame)
END = reference("@Image1", Role.last_frame)
ONE, TWO = reference("@Image1", Role.reference_image), reference("@Image2", Role.reference_image)
FRAME3 = reference("@Image3", Role.first_frame)
FILM, FILM2 = reference("@Video1", Role.reference_video), reference("@Video2", Role.reference_video)
SOUND, SOUND2 = reference("@Audio1", Role.reference_audio), reference("@Audio2", Role.reference_audio)

OWN = Setting(10.0, Origin.model)


def seen(**more: Any) -> dict[str, Any]:
    return {"prompt_extend": True, "watermark": False, **more}


def at(type: str, where: str, **more: str) -> dict[str, str]:
    return {"type": type, "url": f"oss://{where}", **more}


Wish = tuple[str, str, tuple[Reference, ...], dict[str, Any], str, dict[str, Any], dict[str, Any]]
# what -> model, prompt, references, settings; path, input, parameters
_EACH: Mapping[str, Wish] = {
    "3.0 text": (
        "wan-3",
        HERON,
        (),
        {"seconds": 2.0, "resolution": "480p", "aspect": "16:9"},
        VIDEO,
        {"prompt": HERON},
        seen(resolution="480P", ratio="16:9", duration=2, audio=False),
    ),
    "3.0 text, every setting": (
        "wan-3",
        f"{HERON} [Pan left]",
        (),
        {"seconds": -1.0, "resolution": "1080p", "aspect": "adaptive", "audio": True, "watermark": True, "seed": 0},
        VIDEO,
        {"prompt": "A heron takes off, the camera pans left"},
        seen(resolution="1080P", ratio="adaptive", duration=-1, audio=True, watermark=True, seed=0),
    ),
    "3.0 first frame": (
        "wan-3",
        "@Image1 comes alive",
        (FIRST,),
        {"seconds": 5.0, "resolution": "720p", "aspect": "adaptive"},
        VIDEO,
        {"prompt": "the first frame comes alive", "media": [at("first_frame", "i1")]},
        seen(resolution="720P", ratio="adaptive", duration=5, audio=False),
    ),
    "3.0 first and last frame": (
        "wan-3",
        "From @Image1 to @Image2",
        (FIRST, LAST),
        {"seconds": 5.0, "resolution": "720p", "aspect": "adaptive"},
        VIDEO,
        {
            "prompt": "From the first frame to the last frame",
            "media": [at("first_frame", "i1"), at("last_frame", "i2")],
        },
        seen(resolution="720P", ratio="adaptive", duration=5, audio=False),
    ),
    "3.0 references of every kind": (
        "wan-3",
        "@Image2 meets @Image1 as in @Video1 to @Audio1",
        (SOUND, ONE, FILM, TWO),
        {"seconds": 8.0, "audio": True},
        VIDEO,
        {
            "prompt": "Image 2 meets Image 1 as in Video 1 to Audio 1",
            "media": [
                at("reference_image", "i1"),
                at("reference_image", "i2"),
                at("reference_video", "v1"),
                at("reference_audio", "a1"),
            ],
        },
        seen(resolution="480P", ratio="16:9", duration=8, audio=True),
    ),
    "3.0 edit": (
        "wan-3",
        "Edit @Video1 so that it snows",
        (FILM,),
        {"seconds": 5.0, "aspect": "adaptive"},
        VIDEO,
        {"prompt": "Edit Video 1 so that it snows", "media": [at("reference_video", "v1")]},
        seen(resolution="480P", ratio="adaptive", duration=5, audio=False),
    ),
    "2.7 text": (
        "wan-2.7-t2v",
        HERON,
        (),
        {"seconds": 15.0, "resolution": "1080p", "aspect": "3:4", "seed": 12, "negative": "blur"},
        VIDEO,
        {"prompt": HERON, "negative_prompt": "blur"},
        seen(resolution="1080P", ratio="3:4", duration=15, seed=12),
    ),
    "2.7 text with a sound": (
        "wan-2.7-t2v",
        "A heron dances to @Audio1",
        (SOUND,),
        {"resolution": "720p"},
        VIDEO,
        {"prompt": "A heron dances to the given sound", "audio_url": "oss://a1"},
        seen(resolution="720P", ratio="16:9", duration=2),
    ),
    "2.7 first frame": (
        "wan-2.7-i2v",
        "cat",
        (FIRST,),
        {"seconds": 5.0, "resolution": "720p", "aspect": "adaptive"},
        VIDEO,
        {"prompt": "cat", "media": [at("first_frame", "i1")]},
        seen(resolution="720P", duration=5),
    ),
    "2.7 first frame without words": (
        "wan-2.7-i2v",
        "",
        (FIRST,),
        {"seconds": 5.0, "resolution": "720p", "aspect": "adaptive"},
        VIDEO,
        {"media": [at("first_frame", "i1")]},
        seen(resolution="720P", duration=5),
    ),
    "2.7 first and last frame": (
        "wan-2.7-i2v",
        "cat",
        (LAST, FIRST),
        {"resolution": "1080p", "aspect": "adaptive", "negative": "dogs"},
        VIDEO,
        {"prompt": "cat", "negative_prompt": "dogs", "media": [at("first_frame", "i1"), at("last_frame", "i2")]},
        seen(resolution="1080P", duration=2),
    ),
    "2.7 first frame driven by a sound": (
        "wan-2.7-i2v",
        "She sings @Audio1",
        (FIRST, SOUND),
        {"resolution": "720p", "aspect": "adaptive"},
        VIDEO,
        {"prompt": "She sings the given sound", "media": [at("first_frame", "i1"), at("driving_audio", "a1")]},
        seen(resolution="720P", duration=2),
    ),
    "2.7 carrying on a clip": (
        "wan-2.7-i2v",
        "Extend @Video1 until dusk",
        (FILM,),
        {"seconds": 10.0, "resolution": "720p", "aspect": "adaptive"},
        VIDEO,
        {"prompt": "Extend the given clip until dusk", "media": [at("first_clip", "v1")]},
        seen(resolution="720P", duration=15),
    ),
    "2.7 carrying on a clip to a last frame": (
        "wan-2.7-i2v",
        "Extend @Video1 to @Image1",
        (FILM, END),
        {"resolution": "720p", "aspect": "adaptive"},
        VIDEO,
        {
            "prompt": "Extend the given clip to the last frame",
            "media": [at("first_clip", "v1"), at("last_frame", "i1")],
        },
        seen(resolution="720P", duration=7),
    ),
    "2.7 references": (
        "wan-2.7-r2v",
        "@Video2 hugs @Image1, @Video1 looks on",
        (ONE, FILM, FILM2),
        {"seconds": 10.0, "resolution": "720p"},
        VIDEO,
        {
            "prompt": "Video 2 hugs Image 1, Video 1 looks on",
            "media": [at("reference_image", "i1"), at("reference_video", "v1"), at("reference_video", "v2")],
        },
        seen(resolution="720P", ratio="16:9", duration=10),
    ),
    "2.7 references with voices and a first frame": (
        "wan-2.7-r2v",
        "@Image1 greets @Image2 in @Image3 with @Audio2",
        (FRAME3, ONE, TWO, SOUND, SOUND2),
        {"resolution": "720p", "seed": 3},
        VIDEO,
        {
            "prompt": "Image 1 greets Image 2 in the first frame with the voice of Image 2",
            "media": [
                at("reference_image", "i1", reference_voice="oss://a1"),
                at("reference_image", "i2", reference_voice="oss://a2"),
                at("first_frame", "i3"),
            ],
        },
        seen(resolution="720P", duration=2, seed=3),
    ),
    "2.7 edit, keeping the length": (
        "wan-2.7-edit",
        "Edit @Video1: the coat of @Image1",
        (ONE, FILM),
        {"seconds": OWN, "resolution": "720p", "aspect": "adaptive"},
        VIDEO,
        {"prompt": "Edit Video 1: the coat of Image 1", "media": [at("video", "v1"), at("reference_image", "i1")]},
        seen(resolution="720P", duration=0, audio_setting="auto"),
    ),
    "2.7 edit, shorter and upright": (
        "wan-2.7-edit",
        "Edit @Video1",
        (FILM,),
        {"seconds": 4.0, "resolution": "1080p", "aspect": "9:16", "negative": "rain"},
        VIDEO,
        {"prompt": "Edit Video 1", "negative_prompt": "rain", "media": [at("video", "v1")]},
        seen(resolution="1080P", ratio="9:16", duration=4, audio_setting="auto"),
    ),
    "2.7 edit of a length left open": (
        "wan-2.7-edit",
        "Edit @Video1",
        (FILM,),
        {"seconds": -1.0, "resolution": "720p", "aspect": "adaptive"},
        VIDEO,
        {"prompt": "Edit Video 1", "media": [at("video", "v1")]},
        seen(resolution="720P", duration=0, audio_setting="auto"),
    ),
}
NEW = {**_EACH, **{f"{name}, prime": ("wan-3-prime", *wish[1:]) for name, wish in _EACH.items() if wish[0] == "wan-3"}}
