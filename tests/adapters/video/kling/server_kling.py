"""Kling's other end: both its APIs, strict about every field, its tasks remembered under their own and their caller's names."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.adapters.video.kling.bodies_kling import bad, new_body, old_body
from tests.fakes import SetClock
from tests.vendor import Vendor, Work, film

API_KEY = "kling-api-key"
ACCESS, SECRET = "kling-access-key", "kling-secret-key"


@dataclass(slots=True)
class Task:
    id: str
    old: bool
    kind: str
    name: str
    marked: bool
    status: str = "submitted"
    message: str = ""
    units: str = "1.8"
    links: int = 1
    charges: list[Mapping[str, Any]] = field(default_factory=list)


class Kling(Vendor):
    """`clock` is its own, by which tokens hold."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__()
        self.clock = clock
        self.tasks: dict[str, Task] = {}

    def routes(self) -> list[tuple[str, str, str, Work]]:
        return [
            ("create", "POST", "/v1/videos/{kind:text2video|image2video}", self._create_old),
            ("poll", "GET", "/v1/videos/{kind:text2video|image2video}/{id}", self._look_old),
            ("list", "GET", "/v1/videos/{kind:text2video|image2video}", self._list_old),
            ("create", "POST", "/{kind:text-to-video|image-to-video|omni-video}/{model}", self._create_new),
            ("poll", "GET", "/tasks", self._look_new),
            ("list", "POST", "/tasks", self._list_new),
        ]

    def advance(self, task: str, state: str) -> None:
        one = self.tasks[task]
        names = {"queued": "submitted", "running": "processing", "refused": "failed", "finished": "succeeded"}
        one.status = names.get(state, state)
        if one.old and state == "finished":
            one.status = "succeed"
        words = {"refused": "Failure to pass the risk control system", "failed": "Service error, please try again"}
        one.message = words.get(state, "")
        if state == "finished":
            self._put(one)

    def renew(self, task: str) -> None:
        """From now on this task's film lies elsewhere, and the old addresses lead nowhere."""
        one = self.tasks[task]
        for name in list(self.films):
            if name.startswith(f"{task}-"):
                del self.films[name]
        one.links += 1
        self._put(one)

    def _put(self, one: Task) -> None:
        self.films[f"{one.id}-{one.links}.mp4"] = film()
        self.films[f"{one.id}-{one.links}-marked.mp4"] = film(width=640, height=360)

    def _enter(self, request: web.Request, *, old: bool) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if not key or scheme != "Bearer":
            raise bad("Authorization is empty", 1001, 401)
        if key == API_KEY:
            return
        if key.count(".") != 2:
            raise bad("api key not found", 1002, 401)
        if not old:
            raise bad("Authentication error. The current API does not support AK/SK", 1002, 401)
        self._token(key)

    def _token(self, key: str) -> None:
        signed, _, mark = key.rpartition(".")
        head, claims = (json.loads(_raw(part)) for part in signed.split("."))
        right = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
        well = head == {"alg": "HS256", "typ": "JWT"} and claims.keys() == {"iss", "exp", "nbf"}
        well = well and claims["exp"] - claims["nbf"] == 1805
        if not well or claims["iss"] != ACCESS or _raw(mark) != right:
            raise bad("Authorization is invalid", 1002, 401)
        if claims["nbf"] > self.clock.at.timestamp():
            raise bad("Authorization is not yet valid", 1003, 401)
        if claims["exp"] < self.clock.at.timestamp():
            raise bad("Authorization has expired", 1004, 401)

    async def _create_old(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._enter(request, old=True)
        kind = request.match_info["kind"]
        old_body(kind, body)
        one = self._start(True, kind, body)
        return _fine(
            {"task_id": one.id, "task_status": "submitted", "task_info": {"external_task_id": one.name}, **_OLD_TIMES}
        )

    async def _create_new(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._enter(request, old=False)
        new_body(request.match_info["kind"], request.match_info["model"], body)
        one = self._start(False, request.match_info["kind"], body.get("options", {}))
        return _fine({"id": one.id, "status": "submitted", "external_id": one.name, **_NEW_TIMES})

    def _start(self, old: bool, kind: str, given: Mapping[str, Any]) -> Task:
        name = given.get("external_task_id", "")
        if name and any(one.name == name for one in self.tasks.values()):
            raise bad(f"External_task_id {name} already exists")
        marked = bool(given.get("watermark_info", {}).get("enabled"))
        one = Task(f"89360594640281{len(self.tasks):04d}", old, kind, name, marked)
        self.tasks[one.id] = one
        self.started.append(one.id)
        return one

    async def _look_old(self, request: web.Request, _: Any) -> Mapping[str, Any]:
        self._enter(request, old=True)
        asked, kind = request.match_info["id"], request.match_info["kind"]
        for one in self.tasks.values():
            if one.old and one.kind == kind and asked in (one.id, one.name):
                return _fine(self._told_old(one))
        raise bad(f"Task not found by id/external id: {asked}")

    async def _look_new(self, request: web.Request, _: Any) -> Mapping[str, Any]:
        self._enter(request, old=False)
        if len(request.query) != 1 or not request.query.keys() <= {"task_ids", "external_task_ids"}:
            raise bad("task_ids or external_task_ids is required, and not both")
        ((by, value),) = request.query.items()
        asked = value.split(",")
        found = [
            one for one in self.tasks.values() if not one.old and (one.id if by == "task_ids" else one.name) in asked
        ]
        return _fine([self._told_new(one) for one in found])

    async def _list_old(self, request: web.Request, _: Any) -> Mapping[str, Any]:
        self._enter(request, old=True)
        return _fine([self._told_old(one) for one in self.tasks.values() if one.old])

    async def _list_new(self, request: web.Request, _: Any) -> Mapping[str, Any]:
        self._enter(request, old=False)
        return _fine({"result": [self._told_new(one) for one in self.tasks.values()], "has_more": False})

    def _told_old(self, one: Task) -> Mapping[str, Any]:
        told: dict[str, Any] = {
            "task_id": one.id,
            "task_status": one.status,
            "task_status_msg": one.message,
            "task_info": {"external_task_id": one.name},
            "watermark_info": {"enabled": one.marked},
            **_OLD_TIMES,
        }
        if one.status == "succeed":
            told |= {"final_unit_deduction": one.units, "task_result": {"videos": [self._video(one)]}}
        return told

    def _told_new(self, one: Task) -> Mapping[str, Any]:
        told: dict[str, Any] = {
            "id": one.id,
            "status": one.status,
            "external_id": one.name,
            "message": one.message,
            **_NEW_TIMES,
        }
        if one.status == "succeeded":
            told["outputs"] = [{"type": "audio", "mp3_url": "https://a"}, {"type": "video", **self._video(one)}]
            told["billing"] = one.charges or [{"charge_type": "unit", "amount": one.units, "package_type": "video"}]
        return told

    def _video(self, one: Task) -> Mapping[str, Any]:
        marked = self.link(f"{one.id}-{one.links}-marked.mp4") if one.marked else ""
        url = self.link(f"{one.id}-{one.links}.mp4")
        return {"id": f"video-{one.id}", "url": url, "watermark_url": marked, "duration": "3.0"}


_OLD_TIMES = {"created_at": 1722769557708, "updated_at": 1722769560000}
_NEW_TIMES = {"create_time": 1781080778802, "update_time": 1781080794151}


def _fine(data: Any) -> Mapping[str, Any]:
    return {"code": 0, "message": "SUCCEED", "request_id": "req-fine", "data": data}


def _raw(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
