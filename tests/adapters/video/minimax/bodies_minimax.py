"""Orders of every kind that MiniMax takes, each with the whole body it is sent, and a task that is done."""

from typing import Any

from adapters.kit.body import Inline
from bot.domain.media import Role
from bot.ports.video import Order
from tests.adapters.video.minimax.stand_minimax import order, reference

FIRST, LAST = reference("@Image1"), reference("@Image2", Role.last_frame, key="end", mime="image/jpeg")
FACE = reference("@Image1", Role.reference_image)
FILM = reference("@Video1", Role.reference_video, key="clip", mime="video/mp4", seconds=4.0)
SOUND = reference("@Audio1", Role.reference_audio, key="voice", mime="audio/mpeg", width=None, height=None)
PNG, JPEG = Inline("picture", "data:image/png;base64,"), Inline("end", "data:image/jpeg;base64,")


def old(model: str, **fields: Any) -> dict[str, Any]:
    return {"model": model, "prompt": "A heron takes off", "prompt_optimizer": True, **fields}


V1: dict[str, tuple[Order, dict[str, Any]]] = {
    "2.3, words": (order("hailuo-2.3"), old("MiniMax-Hailuo-2.3", duration=6, resolution="768P")),
    "2.3, words, long": (
        order("hailuo-2.3", seconds=10.0),
        old("MiniMax-Hailuo-2.3", duration=10, resolution="768P"),
    ),
    "2.3, words, sharp": (
        order("hailuo-2.3", resolution="1080p"),
        old("MiniMax-Hailuo-2.3", duration=6, resolution="1080P"),
    ),
    "2.3, a frame": (
        order("hailuo-2.3", FIRST),
        old("MiniMax-Hailuo-2.3", duration=6, resolution="768P", first_frame_image=PNG),
    ),
    "2.3 fast, a frame": (
        order("hailuo-2.3-fast", FIRST, callback="https://clapper.example/knock/1"),
        old(
            "MiniMax-Hailuo-2.3-Fast",
            duration=6,
            resolution="768P",
            first_frame_image=PNG,
            callback_url="https://clapper.example/knock/1",
        ),
    ),
    "02, words": (order("hailuo-02"), old("MiniMax-Hailuo-02", duration=6, resolution="768P")),
    "02, a frame, small": (
        order("hailuo-02", FIRST, resolution="512p", seconds=10.0),
        old("MiniMax-Hailuo-02", duration=10, resolution="512P", first_frame_image=PNG),
    ),
    "02, both frames": (
        order("hailuo-02", FIRST, LAST, resolution="1080p"),
        old("MiniMax-Hailuo-02", duration=6, resolution="1080P", first_frame_image=PNG, last_frame_image=JPEG),
    ),
    "t2v-01": (order("t2v-01"), old("T2V-01", duration=6, resolution="720P")),
    "t2v-01-director": (order("t2v-01-director"), old("T2V-01-Director", duration=6, resolution="720P")),
    "i2v-01": (order("i2v-01", FIRST), old("I2V-01", duration=6, resolution="720P", first_frame_image=PNG)),
    "i2v-01-director": (
        order("i2v-01-director", FIRST),
        old("I2V-01-Director", duration=6, resolution="720P", first_frame_image=PNG),
    ),
    "i2v-01-live": (
        order("i2v-01-live", FIRST),
        old("I2V-01-live", duration=6, resolution="720P", first_frame_image=PNG),
    ),
    "s2v-01 has neither length nor resolution": (
        order("s2v-01", FACE),
        old("S2V-01", subject_reference=[{"type": "character", "image": [PNG]}]),
    ),
    "a frame without words": (
        order("hailuo-2.3", FIRST, prompt="  "),
        {
            "model": "MiniMax-Hailuo-2.3",
            "prompt_optimizer": True,
            "duration": 6,
            "resolution": "768P",
            "first_frame_image": PNG,
        },
    ),
}


def new(model: str, *items: Any, text: str = "A heron takes off", **fields: Any) -> dict[str, Any]:
    words = {"type": "text", "text": text}
    return {"model": model, "content": [words, *items], "resolution": "768P", "duration": 5, **fields}


def item(field: str, url: Any, role: str) -> dict[str, Any]:
    return {"type": field, field: {"url": url}, "role": role}


V2: dict[str, tuple[Order, dict[str, Any]]] = {
    "h3, words": (order("minimax-h3"), new("MiniMax-H3", ratio="21:9")),
    "h3, words, all said": (
        order("minimax-h3", seconds=15.0, aspect="9:16", resolution="2k", callback="https://clapper.example/knock/1"),
        new(
            "MiniMax-H3",
            duration=15,
            resolution="2K",
            ratio="9:16",
            callback_url="https://clapper.example/knock/1",
        ),
    ),
    "h3, a frame, whose shape is not asked for": (
        order("minimax-h3", FIRST),
        new("MiniMax-H3", item("image_url", PNG, "first_frame")),
    ),
    "h3, both frames": (
        order("minimax-h3", FIRST, LAST),
        new("MiniMax-H3", item("image_url", PNG, "first_frame"), item("image_url", JPEG, "last_frame")),
    ),
    "h3, references: pictures, films, sounds": (
        order("minimax-h3", SOUND, FILM, FACE, aspect="16:9"),
        new(
            "MiniMax-H3",
            item("image_url", PNG, "reference_image"),
            item("video_url", Inline("clip", "data:video/mp4;base64,"), "reference_video"),
            item("audio_url", Inline("voice", "data:audio/mp3;base64,"), "reference_audio"),
            ratio="16:9",
        ),
    ),
    "h3, a reference whose shape is followed": (
        order("minimax-h3", FACE, aspect="adaptive"),
        new("MiniMax-H3", item("image_url", PNG, "reference_image"), ratio="adaptive"),
    ),
    "h3 max, words": (
        order("minimax-h3-max", resolution="480p", aspect="1:1"),
        new("MiniMax-H3-Max", resolution="480P", ratio="1:1"),
    ),
    "h3 max, a frame": (
        order("minimax-h3-max", FIRST),
        new("MiniMax-H3-Max", item("image_url", PNG, "first_frame")),
    ),
    "h3 max, both frames": (
        order("minimax-h3-max", FIRST, LAST),
        new("MiniMax-H3-Max", item("image_url", PNG, "first_frame"), item("image_url", JPEG, "last_frame")),
    ),
    "h3 max, a reference": (
        order("minimax-h3-max", FACE, aspect="4:3"),
        new("MiniMax-H3-Max", item("image_url", PNG, "reference_image"), ratio="4:3"),
    ),
}

SUCCEEDED = {
    "id": "424010985738629",
    "model": "MiniMax-H3",
    "status": "succeeded",
    "created_at": 1785125529,
    "updated_at": 1785125946,
    "content": {"url": "https://cdn.example/output.mp4"},
    "resolution": "2K",
    "duration": 5,
    "usage": {
        "total_seconds": 5,
        "input_seconds": 0,
        "output_seconds": 5,
        "input_image_count": 1,
        "input_audio_seconds": 6,
        "total_tokens": 273890,
        "prompt_tokens": 13500,
        "completion_tokens": 260390,
    },
    "ratio": "16:9",
    "task_type": "generation",
    "modality": "video",
}
