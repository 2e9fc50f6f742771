"""What Kling takes, field by field, written from its documents and not from the adapter: whatever else comes is refused."""

import io
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from tests.vendor import Refused

Check = Callable[[Any], bool]
Fields = Mapping[str, tuple[bool, Check]]  # whether it must be there, and what it may be

OLD_TEXT = {"kling-v1", "kling-v2-master", "kling-v2-1-master", "kling-v2-5-turbo", "kling-v2-6", "kling-v3"}
OLD_IMAGE = OLD_TEXT | {"kling-v1-5"}
NEW = {
    "text-to-video": {"kling-3.0", "kling-3.0-turbo"},
    "image-to-video": {"kling-3.0", "kling-3.0-turbo"},
    "omni-video": {"kling-3.0-omni", "kling-o1"},
}
ASPECTS = ("16:9", "9:16", "1:1")
PARTS = {"prompt", "first_frame", "last_frame", "refer_image", "feature_video", "base_video"}


def bad(message: str, code: int = 1201, status: int = 400) -> Refused:
    return Refused(status, {"code": code, "message": message, "request_id": "req-bad"})


def demand(holds: object, message: str) -> None:
    if not holds:
        raise bad(message)


def checked(found: Any, fields: Fields, where: str) -> None:
    demand(isinstance(found, dict), f"{where} must be an object")
    for name in found:
        demand(name in fields, f"{where}.{name} is not a parameter")
    for name, (needed, check) in fields.items():
        demand(name in found or not needed, f"{where}.{name} is required")
        demand(name not in found or check(found[name]), f"{where}.{name} is invalid")


def one_of(*values: Any) -> Check:
    return lambda value: any(type(value) is type(one) and value == one for one in values)


def text(most: int) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most


def mark(value: Any) -> bool:
    return value in ({"enabled": True}, {"enabled": False}) and type(value["enabled"]) is bool


def address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def picture(value: Any) -> bool:
    """A link, or base64 and nothing before it, of a JPEG or PNG."""
    if not isinstance(value, str) or value.startswith("data:"):
        return False
    if address(value):
        return True
    raw = b64decode(value, validate=True)
    with Image.open(io.BytesIO(raw)) as image:
        small, ratio = min(image.size) < 300, image.width / image.height
        return image.format in {"JPEG", "PNG"} and not small and 0.4 <= ratio <= 2.5 and len(raw) <= 10 * 2**20


def old_body(kind: str, body: Any) -> None:
    """A body of /v1/videos/text2video or image2video."""
    demand(isinstance(body, dict), "a JSON object is expected")
    model = body.get("model_name", "kling-v1")
    if model not in (OLD_TEXT if kind == "text2video" else OLD_IMAGE):
        raise bad(f"model {model} is not found", 1203, 404)
    third, sounding = model == "kling-v3", model in {"kling-v2-6", "kling-v3"}
    lengths = [str(number) for number in range(3, 16)] if third else ["5", "10"]
    fields: dict[str, tuple[bool, Check]] = {
        "model_name": (False, text(50)),
        "prompt": (kind == "text2video", text(2500)),
        "negative_prompt": (False, text(2500)),
        "mode": (False, one_of("std", "pro", *(["4k"] if third else []))),
        "duration": (False, one_of(*lengths)),
        "watermark_info": (False, mark),
        "callback_url": (False, address),
        "external_task_id": (False, text(200)),
    }
    if sounding:
        fields["sound"] = (False, one_of("on", "off"))
    if kind == "text2video":
        fields["aspect_ratio"] = (False, one_of(*ASPECTS))
    else:
        fields |= {"image": (False, picture), "image_tail": (False, picture)}
    checked(body, fields, "body")
    mode = body.get("mode", "std")
    demand(kind == "text2video" or "image" in body or "image_tail" in body, "image or image_tail is required")
    demand("image_tail" not in body or third or mode == "pro", "image_tail is not supported in this mode")
    demand(model != "kling-v2-6" or body.get("sound") != "on" or mode == "pro", "sound needs mode pro")


def new_body(kind: str, model: str, body: Any) -> None:
    """A body of /text-to-video, /image-to-video or /omni-video."""
    if model not in NEW.get(kind, set()):
        raise bad(f"model {model} is not found", 1203, 404)
    most = 3072 if kind == "text-to-video" and model != "kling-3.0-turbo" else 2500
    own = (
        {"prompt": (True, text(most))}
        if kind == "text-to-video"
        else {"contents": (True, lambda v: isinstance(v, list))}
    )
    checked(body, {**own, "settings": (False, _object), "options": (False, _object)}, "body")
    options: Fields = {
        "callback_url": (False, address),
        "external_task_id": (False, text(200)),
        "watermark_info": (False, mark),
    }
    checked(body.get("options", {}), options, "options")
    parts = body.get("contents", [])
    for part in parts:
        _part(kind, part)
    found = [part["type"] for part in parts]
    checked(body.get("settings", {}), _settings(kind, model, found), "settings")
    if kind != "text-to-video":
        _company(kind, model, found, parts)
    if kind == "omni-video":
        _omni(model, found, body.get("settings", {}))


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _part(kind: str, part: Any) -> None:
    demand(isinstance(part, dict) and part.get("type") in PARTS, "contents.type is invalid")
    if part["type"] == "prompt":
        checked(part, {"type": (True, text(20)), "text": (True, text(3072))}, "prompt")
        return
    check = address if part["type"].endswith("_video") else picture
    named: Fields = {"id": (False, text(64))} if kind == "omni-video" else {}
    checked(part, {"type": (True, text(20)), "url": (True, check), **named}, part["type"])


def _settings(kind: str, model: str, found: list[str]) -> Fields:
    turbo, o1 = model == "kling-3.0-turbo", model == "kling-o1"
    most = 10 if o1 or {"feature_video", "base_video"} & set(found) else 15
    sizes = ("720p", "1080p") if turbo or o1 else ("720p", "1080p", "4k")
    fields: dict[str, tuple[bool, Check]] = {"resolution": (False, one_of(*sizes))}
    if "base_video" not in found:
        fields["duration"] = (False, one_of(*range(3, most + 1)))
    if kind != "image-to-video" and not {"first_frame", "feature_video", "base_video"} & set(found):
        fields["aspect_ratio"] = (kind == "omni-video", one_of(*ASPECTS))
    if not turbo:
        heard = {"base_video": ("off", "original"), "feature_video": ("off",)}
        there = next((heard[name] for name in heard if name in found), ("off",) if o1 else ("native", "off"))
        fields["audio"] = (False, one_of(*there))
    if not turbo and not o1:
        fields["multi_shot"] = ("base_video" in found, one_of("base_video" not in found))
    return fields


def _company(kind: str, model: str, found: list[str], parts: list[Any]) -> None:
    for name in PARTS - {"refer_image"}:
        demand(found.count(name) <= 1, f"there may be one {name}")
    if kind == "image-to-video":
        allowed = {"prompt", "first_frame"} | ({"last_frame"} if model != "kling-3.0-turbo" else set())
        demand(set(found) <= allowed, "contents.type is not supported by this model")
        demand("first_frame" in found, "first_frame is required")
    demand("last_frame" not in found or "first_frame" in found, "last_frame alone is not supported")
    ids = [part["id"] for part in parts if "id" in part]
    demand(len(ids) == len(set(ids)), "contents.id is not unique")


def _omni(model: str, found: list[str], settings: Mapping[str, Any]) -> None:
    filmed = {"feature_video", "base_video"} & set(found)
    demand("prompt" in found, "a prompt is required")
    demand(len(filmed) < 2, "there may be one video")
    demand(found.count("refer_image") <= (4 if filmed else 7), "too many refer_image")
    demand("base_video" not in found or not {"first_frame", "last_frame"} & set(found), "base_video takes no frames")
    lone = set(found) == {"prompt", "first_frame"} and model == "kling-o1"
    demand(not lone or settings.get("duration", 5) in (5, 10), "duration must be 5 or 10 with a first frame alone")
