"""Model Studio as its documents describe it: strict about every field, and as patient with wrong ones as the real one is.

What is wrong with the key, the header, the address or the model is refused at once; what is wrong with a field is taken on and then
fails, as the real one does it. Both are written down in `complaints`.
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import timedelta, timezone
from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from aiohttp import web

from bot.ports.clock import Clock
from tests.adapters.video.wan.families_wan import FAMILIES, Family, together
from tests.adapters.video.wan.tasks_wan import FAILURES, STATES, Made, listed, usage
from tests.vendor import Refused, Vendor, Work, film

KEY = "sk-of-singapore"
MOST_TOGETHER = 30  # seconds, of Wan 3.0
BEIJING = timezone(timedelta(hours=8))
_MAGIC = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF", "image/bmp": b"BM"}


class ModelStudio(Vendor):
    """`secretive`: a task tells its prompt only when it is done, which the documents leave open.
    `renews`: each look at a finished task gives a new link.
    """

    def __init__(self, clock: Clock, key: str = KEY) -> None:
        super().__init__()
        self.clock, self.key = clock, key
        self.tasks: dict[str, Made] = {}
        self.stored: dict[str, tuple[str, bytes]] = {}
        self.most_mb = 100
        self.secretive = False
        self.renews = True
        self._policies: dict[str, str] = {}
        self._links = 0

    def routes(self) -> list[tuple[str, str, str, Work]]:
        aigc = "/api/v1/services/aigc"
        return [
            ("create", "POST", f"{aigc}/video-generation/video-synthesis", self._create),
            ("create", "POST", f"{aigc}/image2video/video-synthesis", self._create),
            ("list", "GET", "/api/v1/tasks", self._list),
            ("poll", "GET", "/api/v1/tasks/{id}", self._poll),
            ("cancel", "POST", "/api/v1/tasks/{id}/cancel", self._cancel),
            ("policy", "GET", "/api/v1/uploads", self._policy),
            ("upload", "POST", "/oss", self._store),
        ]

    def advance(self, task: str, state: str) -> None:
        made = self.tasks[task]
        made.status = STATES[state]
        made.code, made.message = FAILURES.get(state, ("", ""))
        if state == "finished":
            self.films[f"{task}.mp4"] = film()

    def made(self, model: str, prompt: str | None, minutes_ago: float = 0.0) -> str:
        """A task of this account that somebody else began."""
        task = Made(str(uuid4()), model, prompt, {}, self.clock.now() - timedelta(minutes=minutes_ago))
        self.tasks[task.id] = task
        return task.id

    # --- routes ---

    def _known(self, request: web.Request) -> None:
        given = request.headers.get("authorization", "")
        if given != f"Bearer {self.key}":
            raise _refused(401, "InvalidApiKey", "Invalid API-key provided.")

    async def _create(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._known(request)
        if request.headers.get("x-dashscope-async") != "enable":
            raise _refused(403, "AccessDenied", "current user api does not support synchronous calls.")
        if not isinstance(body, dict) or not isinstance(body.get("model"), str):
            raise _refused(400, "InvalidParameter", "Field required: model")
        family = FAMILIES.get(body["model"])
        if family is None:
            raise _refused(400, "InvalidParameter", "Model not exist.")
        if family.frames != ("image2video" in request.path):
            raise _refused(400, "InvalidParameter", "url error, please check url!")
        wrong = self._wrong(body, family, request)
        made = self._begun(body)
        if (
            not wrong
            and body["model"].startswith("wan3.0")
            and made.taken + made.parameters.get("duration", 5) > MOST_TOGETHER
        ):
            wrong.append("what goes in and what comes out are more than 30 s together")
        if wrong:
            self.complaints += wrong
            made.status, made.code, made.message = "FAILED", "InvalidParameter", wrong[0]
        self.started.append(made.id)
        return {"output": {"task_status": "PENDING", "task_id": made.id}, "request_id": str(uuid4())}

    def _begun(self, body: Mapping[str, Any]) -> Made:
        given, parameters = body.get("input", {}), body.get("parameters", {})
        made = Made(str(uuid4()), body["model"], given.get("prompt"), parameters, self.clock.now())
        kinds = [item.get("type") for item in given.get("media", ())]
        made.taken = 5.0 * sum(kind in {"reference_video", "video", "first_clip"} for kind in kinds)
        made.taken += 5.0 * sum(".mp4" in url or ".mov" in url for url in given.get("reference_urls", ()))
        self.tasks[made.id] = made
        return made

    def _wrong(self, body: Mapping[str, Any], family: Family, request: web.Request) -> list[str]:
        given, parameters = body.get("input"), body.get("parameters")
        if (
            set(body) != {"model", "input", "parameters"}
            or not isinstance(given, dict)
            or not isinstance(parameters, dict)
        ):
            return ["the body has model, input and parameters"]
        wrong = [f"input.{name} is not a field" for name in given if name not in family.input]
        wrong += [f"parameters.{name} is not a field" for name in parameters if name not in family.parameters]
        wrong += [f"Field required: input.{name}" for name in sorted(family.needs - set(given))]
        wrong += [
            f"input.{name} is {given[name]!r}"
            for name in family.input
            if name in given and not family.input[name](given[name])
        ]
        wrong += [
            f"parameters.{name} is {parameters[name]!r}"
            for name in family.parameters
            if name in parameters and not family.parameters[name](parameters[name])
        ]
        if not wrong:
            wrong += self._files(body["model"], given, family, request)
            wrong += together(body["model"], given, parameters, family)
        return wrong

    def _files(self, model: str, given: Mapping[str, Any], family: Family, request: web.Request) -> list[str]:
        urls = [(name, given[name]) for name in family.files if name in given]
        urls += [("reference_urls", url) for url in given.get("reference_urls", ())]
        for item in given.get("media", ()):
            if not {"type", "url"} <= set(item) <= {"type", "url", "reference_voice"}:
                return [f"an item of media has {sorted(item)}"]
            urls += [
                (item["type"] if name == "url" else name, item[name])
                for name in ("url", "reference_voice")
                if name in item
            ]
        resolves = request.headers.get("x-dashscope-ossresourceresolve") == "enable"
        uploaded = any(url.startswith("oss://") for _, url in urls)
        wrong = ["X-DashScope-OssResourceResolve does not fit"] if resolves != uploaded else []
        return wrong + [said for name, url in urls if (said := self._unreadable(model, name, url))]

    def _unreadable(self, model: str, name: str, url: str) -> str:
        if url.startswith("oss://"):
            found = self.stored.get(url)
            return "" if found and found[0] == model else f"{name}: no such file for {model}"
        if url.startswith("data:"):
            mime, _, packed = url.removeprefix("data:").partition(";base64,")
            pictured = name in {"img_url", "first_frame", "last_frame", "reference_image"}
            good = pictured and mime in _MAGIC and b64decode(packed, validate=True).startswith(_MAGIC[mime])
            return "" if good else f"{name}: url error, please check url!"
        good = urlsplit(url).scheme in {"http", "https"} and url.isascii()
        return "" if good else f"{name}: url error, please check url!"

    async def _list(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._known(request)
        query = dict(request.query)
        known = {"start_time", "end_time", "model_name", "api_key_id", "region", "status", "page_no", "page_size"}
        if set(query) - known or not all(
            re.fullmatch(r"\d{14}", query[name]) for name in ("start_time", "end_time") if name in query
        ):
            raise _refused(400, "InvalidParameter", "the query is wrong")
        number, size = int(query.get("page_no", 1)), int(query.get("page_size", 10))
        found = [
            listed(made)
            for made in sorted(self.tasks.values(), key=lambda made: made.at, reverse=True)
            if made.at > self.clock.now() - timedelta(hours=24) and query.get("model_name", made.model) == made.model
        ]
        return {
            "request_id": str(uuid4()),
            "data": found[(number - 1) * size : number * size],
            "total": len(found),
            "total_page": -(-len(found) // size),
            "page_no": number,
            "page_size": size,
        }

    async def _poll(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._known(request)
        made = self.tasks.get(request.match_info["id"])
        if made is None or made.at < self.clock.now() - timedelta(hours=24):
            return {
                "request_id": str(uuid4()),
                "output": {"task_id": request.match_info["id"], "task_status": "UNKNOWN"},
            }
        output: dict[str, Any] = {
            "task_id": made.id,
            "task_status": made.status,
            "submit_time": made.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
        }
        if made.status == "SUCCEEDED":
            self._links += self.renews
            output["video_url"] = f"{self.cdn}/{made.id}.mp4?Expires={self._links}&Signature=s"
        if made.status == "SUCCEEDED" or not self.secretive:
            output["orig_prompt"] = made.prompt
        if made.code:
            output |= {"code": made.code, "message": made.message}
        answer = {"request_id": str(uuid4()), "output": output}
        return answer | ({"usage": usage(made)} if made.status == "SUCCEEDED" else {})

    async def _cancel(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._known(request)
        made = self.tasks.get(request.match_info["id"])
        if made is None or made.status != "PENDING":
            words = "Failed to cancel the task, please confirm if the task is in PENDING status."
            raise Refused(400, {"code": "UnsupportedOperation", "message": words, "request_id": str(uuid4())})
        made.status = "CANCELED"
        return {"request_id": str(uuid4())}

    async def _policy(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._known(request)
        if set(request.query) != {"action", "model"} or request.query["action"] != "getPolicy":
            raise _refused(400, "InvalidParameter", "Required parameter missing")
        if request.query["model"] not in FAMILIES:
            raise _refused(400, "InvalidParameter", "Model not exist.")
        folder = f"dashscope-instant/{uuid4().hex}"
        self._policies[folder] = request.query["model"]
        granted = {
            "policy": "eyJ=",
            "signature": "g5K=",
            "upload_dir": folder,
            "upload_host": self.url.replace("127.0.0.1", "localhost") + "/oss",
            "expire_in_seconds": 300,
            "max_file_size_mb": self.most_mb,
            "capacity_limit_mb": 999_999_999,
            "oss_access_key_id": "LTAI",
            "x_oss_object_acl": "private",
            "x_oss_forbid_overwrite": "true",
        }
        return {"request_id": str(uuid4()), "data": granted}

    async def _store(self, request: web.Request, body: Any) -> web.Response:
        fields = _form(request.headers["content-type"], body)
        names = [name for name, _ in fields]
        order = "OSSAccessKeyId Signature policy key x-oss-object-acl x-oss-forbid-overwrite success_action_status x-oss-content-type file"
        values = dict(fields)
        key = values.get("key", b"").decode()
        folder, _, name = key.rpartition("/")
        fixed = {
            "OSSAccessKeyId": b"LTAI",
            "Signature": b"g5K=",
            "policy": b"eyJ=",
            "x-oss-object-acl": b"private",
            "success_action_status": b"200",
        }
        good = names == order.split() and all(values[one] == value for one, value in fixed.items()) and bool(name)
        if (
            "authorization" in request.headers
            or not good
            or folder not in self._policies
            or f"oss://{key}" in self.stored
        ):
            self.complaints.append(f"the store refuses {names}")
            return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>")
        self.stored[f"oss://{key}"] = (self._policies[folder], values["file"])
        return web.Response(status=200)


def _refused(status: int, code: str, message: str) -> Refused:
    return Refused(status, {"code": code, "message": message, "request_id": str(uuid4())})


def _form(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    whole = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=HTTP)
    return [
        (str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True) or b"")  # pyright: ignore[reportAttributeAccessIssue]
        for part in whole.iter_parts()  # pyright: ignore[reportAttributeAccessIssue]
    ]
