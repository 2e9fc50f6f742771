"""The Ark that Seedance is tested against refuses what Ark refuses, with its codes."""

from typing import Any

import pytest

from tests.adapters.video.seedance.server_seedance import Ark
from tests.vendor import Refused

TWO, FAST, FIVE = (f"dreamina-seedance-{one}" for one in ("2-0-260128", "2-0-fast-260128", "2-5-260628"))
TEXT = {"type": "text", "text": "A heron"}
URL = "https://films.example/a"


def item(role: str, url: str = URL) -> dict[str, Any]:
    kind = {"video": "video_url", "audio": "audio_url"}.get(role.rpartition("_")[2], "image_url")
    return {"type": kind, kind: {"url": url}, "role": role}


FIRST, LAST, PICTURE = item("first_frame"), item("last_frame"), item("reference_image")
FILM, SOUND = item("reference_video"), item("reference_audio")
EDIT = {"model": FIVE, "content": [TEXT, FILM], "omni_reference_task_type": "edit", "ratio": "adaptive", "duration": -1}

TAKEN: dict[str, tuple[dict[str, Any], str]] = {
    "words": ({"content": [TEXT]}, "t2v"),
    "a first frame without words": ({"content": [FIRST]}, "i2v"),
    "both frames": ({"content": [TEXT, FIRST, LAST]}, "flf2v"),
    "references": ({"content": [TEXT, PICTURE, SOUND]}, "r2v"),
    "a film": ({"content": [TEXT, FILM]}, "v2v"),
    "a sound alone, on 2.5": ({"model": FIVE, "content": [TEXT, SOUND]}, "r2v"),
    "an edit, on 2.5": (EDIT, "v2v"),
    "nothing said of a field": ({"content": [TEXT], "draft": None, "camera_fixed": None}, "t2v"),
    "a search of the web": ({"content": [TEXT], "tools": [{"type": "web_search"}]}, "t2v"),
    "a draft": ({"model": FIVE, "content": [TEXT], "draft": True, "resolution": "480p"}, "t2v"),
    "every field of 2.x": (
        {
            "content": [TEXT],
            "resolution": "4k",
            "ratio": "21:9",
            "duration": 15,
            "seed": -1,
            "watermark": True,
            "generate_audio": True,
            "return_last_frame": True,
            "execution_expires_after": 3600,
            "priority": 9,
            "callback_url": "https://a.example",
            "safety_identifier": "x" * 64,
        },
        "t2v",
    ),
}
REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "no model": ({"model": None}, 400, "MissingParameter"),
    "a model nobody knows": ({"model": "dreamina-seedance-9"}, 404, "InvalidEndpointOrModel.NotFound"),
    "a retired model": ({"model": "seedance-1-5-pro-251215"}, 404, "InvalidEndpointOrModel.NotFound"),
    "a model of the other region": ({"model": "doubao-seedance-2-0-260128"}, 404, "InvalidEndpointOrModel.NotFound"),
    "a model not activated": ({"model": "dreamina-seedance-2-0-mini-260615"}, 404, "ModelNotOpen"),
    "no content": ({"content": []}, 400, "MissingParameter"),
    "an unknown field": ({"quality": "best"}, 400, "InvalidParameter"),
    "a draft on 2.0": ({"draft": False}, 400, "InvalidParameter.UnsupportedParameter"),
    "a fixed camera": ({"camera_fixed": False}, 400, "InvalidParameter.UnsupportedParameter"),
    "a tier": ({"service_tier": "flex"}, 400, "InvalidParameter.UnsupportedParameter"),
    "frames": ({"frames": 57}, 400, "InvalidParameter.UnsupportedParameter"),
    "what references are for, on 2.0": (
        {"omni_reference_task_type": "auto"},
        400,
        "InvalidParameter.UnsupportedParameter",
    ),
    "a length too short": ({"duration": 3}, 400, "InvalidParameter"),
    "a length too long": ({"duration": 16}, 400, "InvalidParameter"),
    "a length as text": ({"duration": "5"}, 400, "InvalidParameter"),
    "a broken length": ({"duration": 5.0}, 400, "InvalidParameter"),
    "a yes as text": ({"generate_audio": "true"}, 400, "InvalidParameter"),
    "a yes as a number": ({"watermark": 1}, 400, "InvalidParameter"),
    "a resolution there is not": ({"resolution": "2k"}, 400, "InvalidParameter"),
    "a resolution beyond the model": ({"model": FAST, "resolution": "1080p"}, 400, "InvalidParameter"),
    "a ratio there is not": ({"ratio": "2:1"}, 400, "InvalidParameter"),
    "a mark too long": ({"safety_identifier": "x" * 65}, 400, "InvalidParameter"),
    "a patience too short": ({"execution_expires_after": 60}, 400, "InvalidParameter"),
    "a search of the web for a picture": (
        {"content": [TEXT, FIRST], "tools": [{"type": "web_search"}]},
        400,
        "InvalidParameter",
    ),
    "a picture as a film": (
        {"content": [{"type": "image_url", "image_url": {"url": URL}, "role": "reference_video"}]},
        400,
        "InvalidParameter",
    ),
    "a frame among references": ({"content": [TEXT, FIRST, PICTURE]}, 400, "InvalidParameter"),
    "a last frame alone": ({"content": [TEXT, LAST]}, 400, "InvalidParameter"),
    "two first frames": ({"content": [TEXT, FIRST, FIRST]}, 400, "InvalidParameter"),
    "a sound alone": ({"content": [TEXT, SOUND]}, 400, "InvalidParameter"),
    "too many pictures": ({"content": [TEXT, *[PICTURE] * 10]}, 400, "InvalidParameter"),
    "a film in the body": (
        {"content": [TEXT, item("reference_video", "data:video/mp4;base64,AAAA")]},
        400,
        "InvalidParameter",
    ),
    "a mime type in capitals": (
        {"content": [TEXT, item("first_frame", "data:image/PNG;base64,AAAA")]},
        400,
        "InvalidParameter",
    ),
    "bare base64": ({"content": [TEXT, item("first_frame", "AAAA")]}, 400, "InvalidParameter"),
    "a frame at a ratio, on 2.5": (
        {"model": FIVE, "content": [TEXT, FIRST], "ratio": "16:9"},
        400,
        "InvalidParameter.TaskTypeConstraint",
    ),
    "an edit of a said length": (EDIT | {"duration": 5}, 400, "InvalidParameter.TaskTypeConstraint"),
    "an edit of nothing": (EDIT | {"content": [TEXT, PICTURE]}, 400, "InvalidParameter.TaskTypeMismatch"),
    "a large draft": ({"model": FIVE, "draft": True, "resolution": "720p"}, 400, "InvalidParameter"),
    "a draft with its last frame": (
        {"model": FIVE, "draft": True, "resolution": "480p", "return_last_frame": True},
        400,
        "InvalidParameter",
    ),
}


def ark() -> Ark:
    made = Ark()
    made.not_open = {"2-0-mini-260615"}
    return made


@pytest.mark.parametrize("case", TAKEN, ids=str)
def test_what_ark_takes_is_taken(case: str) -> None:
    body, task_type = TAKEN[case]
    assert ark().judge({"model": TWO} | body) == task_type


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_ark_refuses_is_refused(case: str) -> None:
    body, status, code = REFUSED[case]
    with pytest.raises(Refused) as caught:
        ark().judge({"model": TWO, "content": [TEXT]} | body)
    assert (caught.value.status, caught.value.body["error"]["code"]) == (status, code)
