"""What Ark takes of an order and what it refuses, model by model, with the codes and the words it refuses with."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.vendor import Refused

MOST_BODY = 64 * 1000 * 1000
MOST_IMAGE, MOST_SOUND = 30 * 1024 * 1024, 15 * 1024 * 1024
RATIOS = {"16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive"}
IMAGES = {f"image/{one}" for one in ("jpeg", "png", "webp", "bmp", "tiff", "gif", "heic", "heif")}
SOUNDS = {"audio/wav", "audio/mpeg"}
DATA_URL = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,([A-Za-z0-9+/]+={0,2})")
COMMAND = re.compile(
    r"--(?:rs|resolution|rt|ratio|dur|duration|frames|fps|framespersecond|seed|cf|camerafixed|wm|watermark)\s+\S+"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What one model takes; `most` is how many pictures, films and sounds of reference."""

    resolutions: set[str]
    longest: int
    most: tuple[int, int, int]
    newer: bool = False
    draft: bool = False


KINDS = {
    "2-0-260128": Kind({"480p", "720p", "1080p", "4k"}, 15, (9, 3, 3)),
    "2-0-fast-260128": Kind({"480p", "720p"}, 15, (9, 3, 3)),
    "2-0-mini-260615": Kind({"480p", "720p"}, 15, (9, 3, 3)),
    "2-5-260628": Kind({"480p", "720p", "1080p"}, 30, (30, 10, 10), newer=True, draft=True),
}
RETIRED = {"1-5-pro-251215", "1-0-pro-250528", "1-0-pro-fast-251015", "1-0-lite-t2v-250428", "1-0-lite-i2v-250428"}
TYPES: Mapping[str, type] = {
    "resolution": str,
    "ratio": str,
    "duration": int,
    "seed": int,
    "watermark": bool,
    "generate_audio": bool,
    "return_last_frame": bool,
    "execution_expires_after": int,
    "priority": int,
    "callback_url": str,
    "safety_identifier": str,
    "tools": list,
    "output_format": str,
    "omni_reference_task_type": str,
    "draft": bool,
}
ONLY_NEWER = {"output_format", "omni_reference_task_type"}
NEVER_ON_2 = {"camera_fixed", "service_tier", "frames"}


def wrong(code: str, message: str, param: str = "", status: int = 400) -> Refused:
    kind = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict"}[status]
    said = f"{message} Request id: 0217854745934891b8c9f69a83502ac57f9e97e4a3cfb74b86bb8"
    return Refused(status, {"error": {"code": code, "message": said, "param": param, "type": kind}})


def check_content(content: Any, kind: Kind, *, reachable: bool) -> str:
    """The kind of task it asks for."""
    if not isinstance(content, list):
        raise wrong("InvalidParameter", "The parameter `content` is not valid.", "content")
    roles: list[str] = []
    for place, item in enumerate(content):
        role = check_item(item, f"content[{place}]", reachable=reachable)
        if role:
            roles.append(role)
        elif place:
            raise wrong("InvalidParameter", "There is more than one text.", f"content[{place}]")
    return type_of(roles, kind)


def check_item(item: Any, place: str, *, reachable: bool) -> str:
    """Its role; of a text none."""
    kind = item.get("type") if isinstance(item, dict) else None
    if kind == "text":
        if set(item) != {"type", "text"} or not isinstance(item["text"], str) or not item["text"]:
            raise wrong("InvalidParameter", "The text is not valid.", place)
        return ""
    roles = {
        "image_url": {"first_frame", "last_frame", "reference_image"},
        "video_url": {"reference_video"},
        "audio_url": {"reference_audio"},
    }
    if kind not in roles or set(item) != {"type", kind, "role"} or set(item[kind]) != {"url"}:
        raise wrong("InvalidParameter", f"{place} is not valid.", place)
    if item["role"] not in roles[kind]:
        raise wrong("InvalidParameter", f"invalid role specified for {kind[:5]} content", place)
    check_address(item[kind]["url"], kind, place, reachable=reachable)
    return item["role"]


def check_address(url: str, kind: str, place: str, *, reachable: bool) -> None:
    if url.startswith(("http://", "https://", "asset://")):
        if not reachable:
            raise wrong("InvalidParameterValue", f"{place}: resource download failed.", place)
        return
    found = DATA_URL.fullmatch(url)
    if found is None or kind == "video_url":
        raise wrong("InvalidParameter", f"The url in {place} is not valid.", place)
    mime, size = found[1], len(base64.b64decode(found[2], validate=True))
    mimes, most = (IMAGES, MOST_IMAGE) if kind == "image_url" else (SOUNDS, MOST_SOUND)
    if mime not in mimes or size >= most:
        raise wrong("InvalidParameter", f"The file in {place} is not accepted.", place)


def type_of(roles: list[str], kind: Kind) -> str:
    """The kind of task that the roles choose."""
    count = {role: roles.count(role) for role in set(roles)}
    frames = {"first_frame", "last_frame"} & set(roles)
    if frames and set(roles) - frames:
        raise wrong("InvalidParameter", "first/last frame content cannot be mixed with reference media content")
    if frames == {"last_frame"}:
        raise wrong("InvalidParameter", "last frame image content cannot be used without first frame image content")
    if frames:
        if max(count.values()) > 1:
            raise wrong("InvalidParameter", "there is more than one frame of a kind")
        return "flf2v" if len(frames) == 2 else "i2v"
    if not roles:
        return "t2v"
    for role, most in zip(("reference_image", "reference_video", "reference_audio"), kind.most, strict=True):
        if count.get(role, 0) > most:
            raise wrong("InvalidParameter", f"at most {most} {role} are accepted")
    if set(roles) == {"reference_audio"} and not kind.newer:
        raise wrong("InvalidParameter", "reference_audio cannot be the only reference input")
    return "v2v" if "reference_video" in roles else "r2v"


def check_fields(body: Mapping[str, Any], name: str, kind: Kind, task_type: str) -> None:
    for key, value in body.items():
        if key in {"model", "content"} or value is None:
            continue
        unfit = key in NEVER_ON_2 or (key in ONLY_NEWER and not kind.newer) or (key == "draft" and not kind.draft)
        if unfit:
            words = f"the specified parameter `{key}` is not supported for model {name} in {task_type}, must be empty"
            raise wrong("InvalidParameter.UnsupportedParameter", words, key)
        if key not in TYPES or type(value) is not TYPES[key]:
            raise wrong("InvalidParameter", f"The parameter `{key}` specified in the request is not valid.", key)
    checks = {
        "resolution": str(body.get("resolution", "720p")).lower() in kind.resolutions,
        "ratio": body.get("ratio", "adaptive") in RATIOS,
        "duration": body.get("duration", 5) == -1 or 4 <= body.get("duration", 5) <= kind.longest,
        "seed": -1 <= body.get("seed", -1) < 2**32,
        "execution_expires_after": 3600 <= body.get("execution_expires_after", 172800) <= 259200,
        "priority": 0 <= body.get("priority", 0) <= 9,
        "safety_identifier": len(body.get("safety_identifier", "")) <= 64,
        "tools": body.get("tools", []) in ([], [{"type": "web_search"}]),
        "output_format": body.get("output_format", "mp4") in {"mp4", "mov"},
        "callback_url": str(body.get("callback_url", "https://")).startswith(("http://", "https://")),
    }
    for key, good in checks.items():
        if not good:
            raise wrong("InvalidParameter", f"The parameter `{key}` specified in the request is not valid.", key)


def check_task_type(body: Mapping[str, Any], kind: Kind, task_type: str) -> None:
    if body.get("tools") and task_type != "t2v":
        raise wrong("InvalidParameter", "web_search is only for text-to-video.", "tools")
    if body.get("draft") and (body.get("resolution") != "480p" or "return_last_frame" in body):
        raise wrong("InvalidParameter", "A draft is made at 480p and returns no last frame.", "draft")
    if not kind.newer:
        return
    wanted = body.get("omni_reference_task_type", "auto")
    if wanted not in {"auto", "reference", "edit", "extend"}:
        raise wrong("InvalidParameter", "The parameter `omni_reference_task_type` is not valid.")
    if (wanted == "reference" and task_type not in {"r2v", "v2v"}) or (
        wanted in {"edit", "extend"} and task_type != "v2v"
    ):
        raise wrong("InvalidParameter.TaskTypeMismatch", f"The content does not fit the task type {wanted}.")
    follows = task_type in {"i2v", "flf2v"} or wanted in {"edit", "extend"}
    if (follows and body.get("ratio") != "adaptive") or (wanted == "edit" and body.get("duration") != -1):
        raise wrong("InvalidParameter.TaskTypeConstraint", "ratio must be adaptive, and duration -1 for an edit.")
