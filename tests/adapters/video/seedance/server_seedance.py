"""Ark as its public documents and observed answers describe it: as strict about every field, and as forgetful."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.adapters.video.seedance.accepts_seedance import (
    COMMAND,
    KINDS,
    MOST_BODY,
    RETIRED,
    Kind,
    check_content,
    check_fields,
    check_task_type,
    wrong,
)
from tests.vendor import Vendor, Work, film

KEY = "ark-test-key"
TASKS = "/api/v3/contents/generations/tasks"
SIZES = {"480p": (864, 496), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}
ENDED = {"succeeded", "failed", "expired"}


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

    `oldest_first`: its list begins with the oldest. `begins_meanwhile`: a task begins to run just before it is cancelled.
    `commands` are the text commands it found in prompts and obeyed.
    """

    def __init__(self, region: str = "intl") -> None:
        super().__init__()
        self.region = region
        self.tasks: dict[str, Made] = {}
        self.echoes = True
        self.oldest_first = self.begins_meanwhile = False
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
        task_type = self.judge(body)
        return {"id": self._start(body, task_type).id}

    def judge(self, body: Mapping[str, Any]) -> str:
        """The kind of task that an order is for. Raises Refused."""
        name, kind = self._model(body)
        if not body.get("content"):
            raise wrong("MissingParameter", "The required parameter `content` is missing.", "content")
        task_type = check_content(body["content"], kind, reachable=not self.unreachable)
        self.commands += [found for item in body["content"] for found in COMMAND.findall(item.get("text", ""))]
        check_fields(body, name, kind, task_type)
        check_task_type(body, kind, task_type)
        return task_type

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
        newest = sorted(self.tasks.values(), key=lambda one: one.created_at, reverse=not self.oldest_first)
        items = [self._record(one) for one in newest]
        return {"items": items[(number - 1) * size : number * size], "total": len(items)}

    async def cancel(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        check_key(request)
        if body not in (None, b"", {}):
            raise wrong("InvalidParameter", "The request body must be empty.")
        task = self._task(request)
        if self.begins_meanwhile:
            task.status = "running"
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


def names(task: Made) -> tuple[str, str]:
    return f"{task.id}/film-{task.version}.mp4", f"{task.id}/last-{task.version}.png"


def check_key(request: web.Request) -> None:
    if request.headers.get("authorization") != f"Bearer {KEY}":
        raise wrong("AuthenticationError", "The API key in the request is missing or invalid.", status=401)
