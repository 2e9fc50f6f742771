"""Ark as its public documents and observed answers describe it: as strict about every field, and as forgetful."""

import base64
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.vendor import Refused, Vendor, Work, film

KEY = "ark-test-key"
TASKS = "/api/v3/contents/generations/tasks"
MOST_BODY = 64 * 1000 * 1000
MOST_IMAGE, MOST_SOUND = 30 * 1024 * 1024, 15 * 1024 * 1024
RATIOS = {"16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive"}
IMAGES = {f"image/{one}" for one in ("jpeg", "png", "webp", "bmp", "tiff", "gif", "heic", "heif")}
SOUNDS = {"audio/wav", "audio/mpeg"}
DATA_URL = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,([A-Za-z0-9+/]+={0,2})")
COMMAND = re.compile(
    r"--(?:rs|resolution|rt|ratio|dur|duration|frames|fps|framespersecond|seed|cf|camerafixed|wm|watermark)\s+\S+"
)
SIZES = {"480p": (864, 496), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}
ENDED = {"succeeded", "failed", "expired"}


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


def error(code: str, message: str, kind: str, param: str = "") -> Mapping[str, Any]:
    """An envelope, for a mood."""
    said = f"{message} Request id: 021785474593489"
    return {"error": {"code": code, "message": said, "param": param, "type": kind}}


@dataclass(slots=True)
class Made:
    """A task as it is kept; `sent` is the body that began it."""

    id: str
    sent: Mapping[str, Any]
    task_type: str
    status: str = "queued"
    created_at: int = 0
    updated_at: int = 0
    error: Mapping[str, str] | None = None
    version: int = 1
    changed: dict[str, Any] = field(default_factory=dict)


class Ark(Vendor):
    """`echoes`: it gives `safety_identifier` back. `not_open`: models this account has not activated. `unreachable`: it can fetch nothing.

    `commands` are the text commands it found in prompts and obeyed.
    """

    def __init__(self, region: str = "intl") -> None:
        super().__init__()
        self.region = region
        self.tasks: dict[str, Made] = {}
        self.echoes = True
        self.unreachable = False
        self.not_open: set[str] = set()
        self.commands: list[str] = []

    @property
    def prefix(self) -> str:
        return "doubao-seedance-" if self.region == "cn" else "dreamina-seedance-"

    def routes(self) -> list[tuple[str, str, str, Work]]:
        one = TASKS + "/{id}"
        return [
            ("create", "POST", TASKS, self.create),
            ("list", "GET", TASKS, self.list),
            ("poll", "GET", one, self.poll),
            ("cancel", "DELETE", one, self.cancel),
        ]

    # what is asked

    async def create(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        check_key(request)
        if not isinstance(body, dict):
            raise wrong("InvalidParameter", "The request body is not valid JSON.")
        if int(request.headers.get("content-length", "0")) > MOST_BODY:
            raise wrong("InvalidParameter", "The request body is larger than 64 MB.")
        name, kind = self._model(body)
        if not body.get("content"):
            raise wrong("MissingParameter", "The required parameter `content` is missing.", "content")
        task_type = self._content(body["content"], kind)
        check_fields(body, name, kind, task_type)
        check_task_type(body, kind, task_type)
        return {"id": self._start(body, task_type).id}

    async def poll(self, request: web.Request, _: Any) -> Mapping[str, Any]:
        check_key(request)
        return self._record(self._task(request))

    async def list(self, request: web.Request, _: Any) -> Mapping[str, Any]:
        check_key(request)
        known = {"page_num", "page_size", "filter.status", "filter.model", "filter.service_tier", "filter.task_ids"}
        if unknown := set(request.query) - known:
            raise wrong("InvalidParameter", f"The parameter `{unknown.pop()}` is not known.")
        number, size = int(request.query.get("page_num", "1")), int(request.query.get("page_size", "10"))
        if number < 1 or not 1 <= size <= 500:
            raise wrong("InvalidParameter", "The parameter `page_size` is not valid.", "page_size")
        newest = sorted(self.tasks.values(), key=lambda one: -one.created_at)
        items = [self._record(one) for one in newest]
        return {"items": items[(number - 1) * size : number * size], "total": len(items)}

    async def cancel(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        check_key(request)
        if body not in (None, b"", {}):
            raise wrong("InvalidParameter", "The request body must be empty.")
        task = self._task(request)
        if task.status == "running":
            words = "Cannot delete task because it is currently running."
            raise wrong("InvalidAction.RunningTaskDeletion", words, status=409)
        if task.status == "cancelled":
            raise wrong("InvalidAction", "A cancelled task cannot be deleted.")
        if task.status in ENDED:
            del self.tasks[task.id]
        else:
            task.status = "cancelled"
        return {}

    # what happens meanwhile

    def advance(self, id: str, state: str) -> None:
        task = self.tasks[id]
        task.updated_at = int(time.time())
        task.status = {"finished": "succeeded", "refused": "failed"}.get(state, state)
        if state == "refused":
            task.error = {
                "code": "OutputVideoSensitiveContentDetected",
                "message": "The request failed because the output video may contain sensitive information. Request id: 0217",
            }
        if state == "failed":
            task.error = {"code": "InternalServiceError", "message": "The service encountered an unexpected error."}
        if state == "finished":
            self._publish(task)

    def expire_links(self, id: str) -> None:
        """A day has passed: the addresses given so far are dead, and the next look gives others."""
        task = self.tasks[id]
        for name in names(task):
            self.films.pop(name, None)
        task.version += 1
        self._publish(task)

    def foreign(self, model: str = "2-0-260128", mark: str | None = None, age: float = 0.0) -> str:
        """A task that somebody else with this key began, so many seconds ago."""
        body = {"model": self.prefix + model} | ({"safety_identifier": mark} if mark else {})
        task = self._start(body, "t2v")
        task.created_at -= int(age)
        self.started.remove(task.id)
        return task.id

    def _publish(self, task: Made) -> None:
        video, last = names(task)
        self.films[video] = film()
        if task.sent.get("return_last_frame"):
            self.films[last] = b"\x89PNG\r\n\x1a\n the last frame"

    def _start(self, body: Mapping[str, Any], task_type: str) -> Made:
        now = int(time.time())
        id = f"cgt-20261120114820-{len(self.tasks):05d}"
        task = Made(id, body, task_type, created_at=now, updated_at=now)
        self.tasks[id] = task
        self.started.append(id)
        return task

    def _task(self, request: web.Request) -> Made:
        task = self.tasks.get(request.match_info["id"])
        if task is None:
            raise wrong("NotFound.TaskNotFound", "The specified task is not found.", status=404)
        return task

    def _record(self, task: Made) -> Mapping[str, Any]:
        sent = task.sent
        record = {
            "id": task.id,
            "model": sent["model"],
            "status": task.status,
            "created_at": task.created_at,
            "updated_at": task.updated_at,
            "service_tier": "default",
            "execution_expires_after": sent.get("execution_expires_after", 172800),
        }
        if self.echoes and "safety_identifier" in sent:
            record["safety_identifier"] = sent["safety_identifier"]
        if task.error:
            record["error"] = task.error
        return record | (self._result(task) if task.status == "succeeded" else {}) | task.changed

    def _result(self, task: Made) -> Mapping[str, Any]:
        sent = task.sent
        width, height = SIZES[sent["resolution"]]
        seconds = sent["duration"] if sent["duration"] != -1 else 7
        count = -(-width * height * (24 * seconds + 1) // 1024)
        video, last = names(task)
        content = {"video_url": self.link(video)}
        if sent.get("return_last_frame"):
            content["last_frame_url"] = self.link(last)
        return {
            "content": content,
            "usage": {"completion_tokens": count, "total_tokens": count},
            "seed": 33608,
            "resolution": sent["resolution"],
            "ratio": sent["ratio"],
            "duration": seconds,
            "framespersecond": 24,
            "generate_audio": sent.get("generate_audio", True),
            "draft": sent.get("draft", False),
        }

    # what is refused

    def _model(self, body: Mapping[str, Any]) -> tuple[str, Kind]:
        name = body.get("model")
        if not name:
            raise wrong("MissingParameter", "The required parameter `model` is missing.", "model")
        bare = str(name).removeprefix(self.prefix)
        if bare == name or bare in RETIRED or bare not in KINDS:
            words = f"The model or endpoint {name} does not exist or you do not have access to it."
            raise wrong("InvalidEndpointOrModel.NotFound", words, "model", 404)
        if bare in self.not_open:
            raise wrong("ModelNotOpen", f"Your account has not activated the model {name}.", "model", 404)
        return name, KINDS[bare]

    def _content(self, content: Any, kind: Kind) -> str:
        if not isinstance(content, list):
            raise wrong("InvalidParameter", "The parameter `content` is not valid.", "content")
        roles: list[str] = []
        for place, item in enumerate(content):
            role = self._item(item, f"content[{place}]")
            if role:
                roles.append(role)
            elif place:
                raise wrong("InvalidParameter", "There is more than one text.", f"content[{place}]")
        return type_of(roles, kind)

    def _item(self, item: Any, place: str) -> str:
        """Its role; of a text none."""
        kind = item.get("type") if isinstance(item, dict) else None
        if kind == "text":
            if set(item) != {"type", "text"} or not isinstance(item["text"], str) or not item["text"]:
                raise wrong("InvalidParameter", "The text is not valid.", place)
            self.commands += COMMAND.findall(item["text"])
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
        self._address(item[kind]["url"], kind, place)
        return item["role"]

    def _address(self, url: str, kind: str, place: str) -> None:
        if url.startswith(("http://", "https://", "asset://")):
            if self.unreachable:
                raise wrong("InvalidParameterValue", f"{place}: resource download failed.", place)
            return
        found = DATA_URL.fullmatch(url)
        if found is None or kind == "video_url":
            raise wrong("InvalidParameter", f"The url in {place} is not valid.", place)
        mime, size = found[1], len(base64.b64decode(found[2], validate=True))
        mimes, most = (IMAGES, MOST_IMAGE) if kind == "image_url" else (SOUNDS, MOST_SOUND)
        if mime not in mimes or size >= most:
            raise wrong("InvalidParameter", f"The file in {place} is not accepted.", place)


def names(task: Made) -> tuple[str, str]:
    return f"{task.id}/film-{task.version}.mp4", f"{task.id}/last-{task.version}.png"


def check_key(request: web.Request) -> None:
    if request.headers.get("authorization") != f"Bearer {KEY}":
        raise wrong("AuthenticationError", "The API key in the request is missing or invalid.", status=401)


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
