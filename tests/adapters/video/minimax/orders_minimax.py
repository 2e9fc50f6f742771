"""What MiniMax takes as an order, field by field, as its documents of 2026-10-08 have it; each rule broken is a sentence."""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import av
from PIL import Image

HAILUO = {"MiniMax-Hailuo-2.3", "MiniMax-Hailuo-2.3-Fast", "MiniMax-Hailuo-02"}
OLD = {"T2V-01", "T2V-01-Director", "I2V-01", "I2V-01-Director", "I2V-01-live"}
WORDS = {"MiniMax-Hailuo-2.3", "MiniMax-Hailuo-02", "T2V-01", "T2V-01-Director"}
PICTURES = {"MiniMax-Hailuo-2.3", "MiniMax-Hailuo-2.3-Fast", "MiniMax-Hailuo-02"} | {m for m in OLD if m[0] == "I"}
NEW = {"MiniMax-H3": ({"768P", "2K"}, 4), "MiniMax-H3-Max": ({"480P", "768P"}, 5)}
RATIOS = {"adaptive", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16"}
ROLES = {
    "image_url": {"first_frame", "last_frame", "reference_image"},
    "video_url": {"reference_video"},
    "audio_url": {"reference_audio"},
}
MOST = {"first_frame": 1, "last_frame": 1, "reference_image": 9, "reference_video": 3, "reference_audio": 3}
DATA = re.compile(r"data:([a-z]+/[a-z0-9]+);base64,(.*)", re.DOTALL)
FORMATS = {
    "image_url": {f"image/{one}" for one in ("jpg", "jpeg", "png", "webp", "heic", "heif")},
    "video_url": {"video/mp4"},
    "audio_url": {"audio/wav", "audio/mp3"},
}


class Wrong(Exception):
    """`invalid params, …`"""


def must(true: object, what: str) -> None:
    if not true:
        raise Wrong(what)


def check_v1(body: Any) -> None:
    must(isinstance(body, dict), "the body must be JSON")
    model = body.get("model")
    must(model in HAILUO | OLD | {"S2V-01"}, f"model {model}")
    known = {"model", "prompt", "prompt_optimizer", "callback_url"}
    if model in HAILUO:
        known |= {"fast_pretreatment"}
    if model != "S2V-01":
        known |= {"duration", "resolution"}
    known |= {"first_frame_image"} if model in PICTURES else set()
    known |= {"last_frame_image"} if model == "MiniMax-Hailuo-02" else set()
    known |= {"subject_reference"} if model == "S2V-01" else set()
    must(not set(body) - known, f"unknown fields {sorted(set(body) - known)} for {model}")
    _scalars(body)
    _needed(body, model)
    if model != "S2V-01":
        _size(body, model)
    for field in ("first_frame_image", "last_frame_image"):
        if field in body:
            _picture(body[field], field)
    if "subject_reference" in body:
        _face(body["subject_reference"])


def _scalars(body: Mapping[str, Any]) -> None:
    must(isinstance(body.get("prompt", ""), str) and len(body.get("prompt", "")) <= 2000, "prompt")
    must(not re.search(r"@(Image|Video|Audio)\d", body.get("prompt", "")), "nobody here knows such tokens")
    for field in ("prompt_optimizer", "fast_pretreatment"):
        must(isinstance(body.get(field, True), bool), field)
    must(not body.get("fast_pretreatment") or body.get("prompt_optimizer", True), "fast_pretreatment alone")
    must(str(body.get("callback_url", "https://")).startswith(("http://", "https://")), "callback_url")


def _needed(body: Mapping[str, Any], model: str) -> None:
    if model == "S2V-01":
        must("subject_reference" in body, "subject_reference is required")
    elif not {"first_frame_image", "last_frame_image"} & set(body):
        must(model in WORDS, "first_frame_image is required")
        must(body.get("prompt", "").strip(), "prompt is required")


def _size(body: Mapping[str, Any], model: str) -> None:
    seconds, resolution = body.get("duration", 6), body.get("resolution", "720P" if model in OLD else "768P")
    must(type(seconds) is int and isinstance(resolution, str), "duration is a whole number, resolution a word")
    allowed = {("720P", 6)} if model in OLD else {("768P", 6), ("768P", 10), ("1080P", 6)}
    if model == "MiniMax-Hailuo-02" and "first_frame_image" in body and "last_frame_image" not in body:
        allowed |= {("512P", 6), ("512P", 10)}
    must((resolution, seconds) in allowed, f"{model} does not make {seconds} s at {resolution}")


def _picture(value: Any, field: str) -> None:
    must(isinstance(value, str), field)
    if value.startswith(("http://", "https://")):
        return
    found = DATA.fullmatch(value)
    must(found and found[1] in {"image/jpeg", "image/jpg", "image/png", "image/webp"}, f"{field} is no picture")
    assert found
    raw = decoded(found[2])
    must(len(raw) < 20_000_000, f"{field} is too large")
    with Image.open(BytesIO(raw)) as picture:
        must(min(picture.size) > 300 and 0.4 <= picture.width / picture.height <= 2.5, f"{field} has a wrong size")


def _face(value: Any) -> None:
    match value:
        case [{"type": "character", "image": [str() as address], **rest}] if not rest:
            must(address.startswith(("http://", "https://")), "subject_reference is not a public address")
        case _:
            raise Wrong("subject_reference")


def decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise Wrong("no base64") from error


def check_v2(body: Any, uploads: Mapping[str, bytes]) -> int:
    """The seconds of film given in."""
    must(isinstance(body, dict), "the body must be JSON")
    known = {"model", "content", "resolution", "duration", "ratio", "extra", "callback_url"}
    must(not set(body) - known, f"unknown fields {sorted(set(body) - known)}")
    must(body.get("model") in NEW, f"model {body.get('model')}")
    resolutions, least = NEW[body["model"]]
    must(body.get("resolution") in resolutions, f"resolution {body.get('resolution')!r}")
    must(type(body.get("duration")) is int and least <= body["duration"] <= 15, f"duration {body.get('duration')!r}")
    must(body.get("ratio", "adaptive") in RATIOS, f"ratio {body.get('ratio')!r}")
    must("extra" not in body or body["model"] == "MiniMax-H3-Max", "extra is for MiniMax-H3-Max alone")
    must(str(body.get("callback_url", "https://")).startswith(("http://", "https://")), "callback_url")
    must(isinstance(body.get("content"), list), "content")
    texts = [item for item in body["content"] if item.get("type") == "text"]
    must(
        len(texts) == 1 and set(texts[0]) == {"type", "text"} and texts[0]["text"].strip(),
        "content must include a non-empty text item (prompt is required)",
    )
    must(len(texts[0]["text"]) <= 7000, "the text is too long")
    must(not re.search(r"@(Image|Video|Audio)\d|\[Pan|\[Push", texts[0]["text"]), "nobody here knows such tokens")
    files = [item for item in body["content"] if item.get("type") != "text"]
    _roles(files, body)
    return sum(_file(item, uploads) for item in files)


def _roles(files: list[Mapping[str, Any]], body: Mapping[str, Any]) -> None:
    roles = []
    for item in files:
        field = item.get("type")
        must(field in ROLES and set(item) == {"type", field, "role"}, f"content item {sorted(item)}")
        must(item["role"] in ROLES[field], f"role {item['role']} of {field}")
        must(set(item[field]) == {"url"} and isinstance(item[field]["url"], str), f"{field}.url")
        roles.append(item["role"])
    frames = {"first_frame", "last_frame"} & set(roles)
    must(not frames or frames == set(roles), "frames and references do not mix")
    must(all(roles.count(role) <= most for role, most in MOST.items()) and len(roles) <= 12, "too many files")
    must(set(roles) != {"reference_audio"}, "reference audio needs at least one image or video")
    must(roles or body.get("ratio", "adaptive") != "adaptive", "ratio must be concrete for text to video")


def _file(item: Mapping[str, Any], uploads: Mapping[str, bytes]) -> int:
    field = item["type"]
    url = item[field]["url"]
    if url.startswith("mm_file://"):
        must(url.removeprefix("mm_file://") in uploads, f"no file {url}")
        raw = uploads[url.removeprefix("mm_file://")]
    elif url.startswith("data:"):
        found = DATA.fullmatch(url)
        must(found and found[1] in FORMATS[field], f"{url[:30]} is no {field}")
        assert found
        raw = decoded(found[2])
    else:
        must(url.startswith(("http://", "https://")), f"{url[:30]} is no address")
        return 0
    if field == "image_url":
        with Image.open(BytesIO(raw)) as picture:
            must(256 <= min(picture.size) <= max(picture.size) <= 5760, "a picture has a wrong size")
    return film_seconds(raw) if field == "video_url" else 0


def film_seconds(raw: bytes) -> int:
    with av.open(BytesIO(raw)) as film:
        return round((film.duration or 0) / 1_000_000)
