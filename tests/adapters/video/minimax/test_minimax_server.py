"""The server that MiniMax is tested against refuses whatever the real one does not take."""

from typing import Any

import pytest

from tests.adapters.video.minimax.orders_minimax import Wrong, check_v1, check_v2

DATA = "data:image/png;base64,"
V1 = {"model": "MiniMax-Hailuo-2.3", "prompt": "A heron", "prompt_optimizer": True}
FRAME = {"first_frame_image": "https://files.example/a.png"}
FACE = [{"type": "character", "image": ["https://files.example/a.png"]}]
TEXT = {"type": "text", "text": "A heron"}
V2 = {"model": "MiniMax-H3", "content": [TEXT], "resolution": "768P", "duration": 5, "ratio": "16:9"}


def item(field: str, role: str, url: str = "https://files.example/a") -> dict[str, Any]:
    return {"type": field, field: {"url": url}, "role": role}


def with_files(*items: dict[str, Any]) -> dict[str, Any]:
    return {**V2, "content": [TEXT, *items]}


WRONG_V1: dict[str, Any] = {
    "no JSON": b"",
    "a model of the other API": {**V1, "model": "MiniMax-H3"},
    "a field it does not have": {**V1, "seed": 7},
    "a field of the mainland": {**V1, "aigc_watermark": False},
    "a ratio": {**V1, "ratio": "16:9"},
    "no words": {"model": "MiniMax-Hailuo-2.3"},
    "a fractional length": {**V1, "duration": 6.0},
    "a length it does not make": {**V1, "duration": 8},
    "ten sharp seconds": {**V1, "duration": 10, "resolution": "1080P"},
    "a resolution in small letters": {**V1, "resolution": "768p"},
    "512P from words": {**V1, "model": "MiniMax-Hailuo-02", "resolution": "512P"},
    "512P with a last frame": {
        **V1,
        **FRAME,
        "model": "MiniMax-Hailuo-02",
        "last_frame_image": "https://files.example/b.png",
        "resolution": "512P",
    },
    "a last frame for 2.3": {**V1, **FRAME, "last_frame_image": "https://files.example/b.png"},
    "768P of the first series": {**V1, "model": "T2V-01", "resolution": "768P"},
    "no frame for a model of pictures": {**V1, "model": "I2V-01"},
    "a frame for a model of words": {**V1, **FRAME, "model": "T2V-01"},
    "a frame that is no picture": {**V1, "first_frame_image": f"{DATA}AAAA"},
    "a frame of a kind it does not know": {**V1, "first_frame_image": "data:image/gif;base64,AAAA"},
    "a face and a length": {**V1, "model": "S2V-01", "subject_reference": FACE, "duration": 6},
    "a face inside": {**V1, "model": "S2V-01", "subject_reference": [{"type": "character", "image": [DATA]}]},
    "two faces": {
        **V1,
        "model": "S2V-01",
        "subject_reference": [{"type": "character", "image": ["https://a", "https://b"]}],
    },
    "a token": {**V1, "prompt": "@Image1 flies"},
    "an optimizer that is no truth": {**V1, "prompt_optimizer": "true"},
}
WRONG_V2: dict[str, Any] = {
    "no JSON": None,
    "a model of the other API": {**V2, "model": "MiniMax-Hailuo-2.3"},
    "a field it does not have": {**V2, "prompt_optimizer": True},
    "a field of another model": {**V2, "extra": {"prompt_expansion_mode": "balanced"}},
    "a resolution in small letters": {**V2, "resolution": "768p"},
    "a resolution of another model": {**V2, "resolution": "480P"},
    "a fractional length": {**V2, "duration": 5.0},
    "too long": {**V2, "duration": 16},
    "too short for H3 Max": {**V2, "model": "MiniMax-H3-Max", "duration": 4},
    "words without a shape": {**V2, "ratio": "adaptive"},
    "a shape it does not know": {**V2, "ratio": "2:1"},
    "no words": {**V2, "content": []},
    "two texts": {**V2, "content": [TEXT, TEXT]},
    "a token": {**V2, "content": [{"type": "text", "text": "@Image1 flies"}]},
    "a bracket": {**V2, "content": [{"type": "text", "text": "[Pan left] a heron"}]},
    "a role of another kind": with_files(item("image_url", "reference_video")),
    "frames beside references": with_files(item("image_url", "first_frame"), item("image_url", "reference_image")),
    "two first frames": with_files(item("image_url", "first_frame"), item("image_url", "first_frame")),
    "ten references": with_files(*[item("image_url", "reference_image")] * 10),
    "sound alone": with_files(item("audio_url", "reference_audio")),
    "no role": with_files({"type": "image_url", "image_url": {"url": "https://files.example/a"}}),
    "a file nobody uploaded": with_files(item("image_url", "reference_image", "mm_file://1")),
    "a film of a kind it does not know": with_files(item("video_url", "reference_video", "data:video/quicktime;base64,AAAA")),
}  # fmt: skip


@pytest.mark.parametrize("body", WRONG_V1.values(), ids=WRONG_V1)
def test_the_older_api_refuses(body: Any) -> None:
    from PIL import UnidentifiedImageError

    with pytest.raises((Wrong, UnidentifiedImageError)):
        check_v1(body)


@pytest.mark.parametrize("body", WRONG_V2.values(), ids=WRONG_V2)
def test_the_newer_api_refuses(body: Any) -> None:
    with pytest.raises(Wrong):
        check_v2(body, {})


def test_both_take_what_is_right() -> None:
    check_v1(V1)
    check_v1({**V1, **FRAME, "model": "MiniMax-Hailuo-02", "resolution": "512P", "duration": 10})
    check_v1({"model": "S2V-01", "subject_reference": FACE})
    # The documents' own example of a first and a last frame.
    frames = {"first_frame_image": "https://ex.com/a.jpg", "last_frame_image": "https://ex.com/b.jpg"}
    check_v1({**V1, **frames, "model": "MiniMax-Hailuo-02", "duration": 6, "resolution": "1080P"})
    assert check_v2(V2, {}) == 0
    assert check_v2({**with_files(item("image_url", "reference_image")), "ratio": "adaptive"}, {}) == 0
    assert check_v2(with_files(item("image_url", "reference_image"), item("audio_url", "reference_audio")), {}) == 0
