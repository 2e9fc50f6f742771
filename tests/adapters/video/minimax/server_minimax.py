"""MiniMax as its documents describe it: both APIs, strict about every field, with tasks that wait, run and end as they are told to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any

from aiohttp import web
from PIL import UnidentifiedImageError

from tests.adapters.video.minimax.orders_minimax import Wrong, check_v1, check_v2
from tests.fakes import SetClock
from tests.vendor import Mood, Refused, Vendor, Work, film, status

KEY = "sk-test"
MOST_BODY = 64_000_000
TYPES = {
    400: "bad_request_error",
    401: "authorized_error",
    402: "insufficient_balance_error",
    422: "unprocessable_entity_error",
    429: "rate_limit_error",
    500: "server_error",
    529: "overloaded_error",
}


def v1_error(code: int, message: str) -> dict[str, Any]:
    return {"task_id": "", "base_resp": {"status_code": code, "status_msg": message}}


def v2_error(http: int, message: str, code: int) -> dict[str, Any]:
    detail = {"type": TYPES[http], "message": f"{message} ({code})", "http_code": str(http)}
    return {"type": "error", "error": detail, "request_id": "021785229015510a2c883cf675b9804d"}


OK = {"status_code": 0, "status_msg": "success"}


@dataclass
class Task:
    """`state` is one of the newer API's; `failure` the code and message of one that failed; `link` counts the addresses it had."""

    id: str
    body: Mapping[str, Any]
    created_at: int
    state: str = "queued"
    failure: tuple[int, str] | None = None
    given: int = 0
    link: int = 1

    @property
    def name(self) -> str:
        return f"{self.id}-{self.link}.mp4"


@dataclass(frozen=True)
class Part:
    name: str
    file: str
    mime: str
    bytes: bytes


@dataclass
class _State:
    v1: dict[str, Task] = field(default_factory=dict)
    v2: dict[str, Task] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)


class MinimaxVendor(Vendor):
    def __init__(self, clock: SetClock) -> None:
        super().__init__()
        self.clock = clock
        self.held = _State()
        self.uploaded: list[tuple[Part, ...]] = []
        self.meanwhile: Callable[[], Any] = lambda: None  # what happens elsewhere after each page of the list

    def routes(self) -> list[tuple[str, str, str, Work]]:
        return [
            ("create", "POST", "/v1/video_generation", self._create_v1),
            ("poll", "GET", "/v1/query/video_generation", self._poll_v1),
            ("retrieve", "GET", "/v1/files/retrieve", self._retrieve),
            ("upload", "POST", "/v1/files/upload", self._upload),
            ("create", "POST", "/v2/video_generation", self._create_v2),
            ("list", "GET", "/v2/query/video_generation", self._list),
            ("poll", "GET", "/v2/query/video_generation/{task}", self._poll_v2),
            ("cancel", "DELETE", "/v2/video_generation/{task}", self._cancel),
        ]

    def task(self, id: str) -> Task:
        return self.held.v1.get(id) or self.held.v2[id]

    def advance(self, id: str, state: str) -> None:
        task = self.task(id)
        task.state = {"finished": "succeeded", "refused": "failed"}.get(state, state)
        if state == "refused":
            task.failure = (1027, "the generated video contains sensitive content")
        if state == "failed":
            task.failure = (1033, "system error")
        if state == "finished":
            self.films[task.name] = film()

    def expire(self, id: str) -> None:
        """The address given so far leads nowhere any more; the next one asked for does."""
        task = self.task(id)
        held = self.films.pop(task.name)
        task.link += 1
        self.films[task.name] = held

    def forget(self, id: str) -> None:
        self.held.v1.pop(id, None)
        self.held.v2.pop(id, None)

    def begin(self, api: str, body: Mapping[str, Any], given: int = 0) -> Task:
        """A task of whoever's, made now."""
        id = str(106916112212032 + len(self.held.v1) + len(self.held.v2))
        task = Task(id=id, body=body, created_at=int(self.clock.now().timestamp()), given=given)
        getattr(self.held, api)[id] = task
        return task

    # The older API: everything is HTTP 200, and the envelope says what it is.

    def _key_v1(self, request: web.Request) -> None:
        said = request.headers.get("Authorization")
        if said is None:
            raise Refused(
                200, v1_error(1004, "login fail: Please carry the API secret key in the 'Authorization' field")
            )
        if said != f"Bearer {KEY}":
            raise Refused(200, v1_error(2049, "invalid api key"))

    async def _create_v1(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._key_v1(request)
        try:
            check_v1(body)
        except (Wrong, UnidentifiedImageError) as wrong:
            raise Refused(200, v1_error(2013, f"invalid params, {wrong}")) from wrong
        task = self.begin("v1", body)
        self.started.append(task.id)
        return {"task_id": task.id, "base_resp": OK}

    async def _poll_v1(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._key_v1(request)
        task = self.held.v1.get(request.query.get("task_id", ""))
        if task is None or set(request.query) != {"task_id"}:
            raise Refused(200, v1_error(2013, "invalid params, task_id"))
        done = task.state == "succeeded"
        words = {"queued": "Queueing", "running": "Processing", "succeeded": "Success", "failed": "Fail"}
        code, message = task.failure or (0, "success")
        return {
            "task_id": task.id,
            "status": words.get(task.state, "Sleeping"),
            "file_id": f"7{task.id}" if done else "",
            **({"video_width": 1024, "video_height": 768} if done else {}),
            "base_resp": {"status_code": code, "status_msg": message},
        }

    async def _retrieve(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._key_v1(request)
        task = self.held.v1.get(request.query.get("file_id", "")[1:])
        if task is None or task.state != "succeeded" or set(request.query) != {"file_id"}:
            raise Refused(200, {"base_resp": {"status_code": 2013, "status_msg": "invalid params, file_id"}})
        file = {
            "file_id": int(f"7{task.id}"),
            "bytes": len(film()),
            "created_at": task.created_at,
            "filename": "output.mp4",
            "purpose": "video_generation",
            "download_url": self.link(task.name),
        }
        return {"file": file, "base_resp": OK}

    async def _upload(self, request: web.Request, body: bytes) -> Mapping[str, Any]:
        self._key_v1(request)
        parts = _parts(request, body)
        self.uploaded.append(parts)
        by_name = {part.name: part for part in parts}
        if set(by_name) != {"purpose", "file"} or by_name["purpose"].bytes != b"video_generation_input":
            raise Refused(400, {"base_resp": {"status_code": 2013, "status_msg": "invalid params, purpose"}})
        if len(by_name["file"].bytes) < 100:
            raise Refused(400, {"base_resp": {"status_code": 2013, "status_msg": "invalid params, broken media"}})
        id = str(3620 + len(self.held.uploads))
        self.held.uploads[id] = by_name["file"].bytes
        file = {"file_id": int(id), "bytes": len(by_name["file"].bytes), "purpose": "video_generation_input"}
        return {"file": file, "base_resp": OK}

    # The newer API: real statuses, and an envelope only for errors.

    def _key_v2(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            raise Refused(401, v2_error(401, "login fail: Please carry the API secret key", 1004))

    async def _create_v2(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._key_v2(request)
        if (request.content_length or 0) > MOST_BODY:
            raise Refused(400, v2_error(400, "invalid params, the body is larger than 64 MB", 2013))
        try:
            given = check_v2(body, self.held.uploads)
        except (Wrong, UnidentifiedImageError) as wrong:
            raise Refused(400, v2_error(400, f"invalid params, {wrong}", 2013)) from wrong
        task = self.begin("v2", body, given)
        self.started.append(task.id)
        return {"task_id": task.id}

    def _asked(self, request: web.Request) -> Task:
        self._key_v2(request)
        task = self.held.v2.get(request.match_info["task"])
        if task is None:
            raise Refused(400, v2_error(400, "invalid params, invalid task_id", 2013))
        return task

    async def _poll_v2(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        return {"task": self._told(self._asked(request))}

    def _told(self, task: Task) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": task.id,
            "model": task.body["model"],
            "status": task.state,
            "created_at": task.created_at,
            "updated_at": task.created_at + 60,
            "resolution": task.body["resolution"],
            "duration": task.body["duration"],
            "usage": {},
            "ratio": task.body.get("ratio", "adaptive"),
            "task_type": "generation",
            "modality": "video",
        }
        if task.failure:
            told["error"] = {"code": str(task.failure[0]), "message": task.failure[1]}
        if task.state == "succeeded":
            told["content"] = {"url": self.link(task.name)}
            pictures = sum(item["type"] == "image_url" for item in task.body["content"])
            seconds = {"input_seconds": task.given, "output_seconds": task.body["duration"]}
            told["usage"] = {"total_seconds": sum(seconds.values()), **seconds, "input_image_count": pictures}
        return told

    async def _list(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._key_v2(request)
        query = dict(request.query)
        known = {"page_num", "page_size", "filter.status", "filter.task_ids", "filter.model", "filter.task_type"}
        number, size = int(query.get("page_num", "1")), int(query.get("page_size", "20"))
        if set(query) - known or number < 1 or not 1 <= size <= 100:
            raise Refused(400, v2_error(400, "invalid params, page or filter", 2013))
        found = [self._told(task) for task in self.held.v2.values()]
        found = [one for one in found if query.get("filter.model", one["model"]) == one["model"]]
        found.sort(key=lambda one: (one["created_at"], one["id"]), reverse=True)
        page = {"items": found[(number - 1) * size : number * size], "total": len(found)}
        self.meanwhile()
        return page

    async def _cancel(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        task = self._asked(request)
        if task.state == "queued":
            task.state = "cancelled"
            return {"task_id": task.id, "action": "cancelled", "status": "cancelled"}
        if task.state in {"succeeded", "failed"}:
            del self.held.v2[task.id]
            return {"task_id": task.id, "action": "deleted", "status": "deleted"}
        raise Refused(400, v2_error(400, f"invalid params, a task that is {task.state} cannot be cancelled", 2013))


def _parts(request: web.Request, body: bytes) -> tuple[Part, ...]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    found = []
    for one in BytesParser().parsebytes(head + body).get_payload():
        assert not isinstance(one, str)
        name = one.get_param("name", header="content-disposition")
        raw = one.get_payload(decode=True)
        assert isinstance(raw, bytes)
        found.append(Part(str(name), one.get_filename("") or "", one.get_content_type(), raw))
    return tuple(found)


def bad_key(api: str) -> Mood:
    if api == "v1":
        return status(200, v1_error(2049, "invalid api key"))
    return status(401, v2_error(401, "login fail: invalid api key", 1004))


def no_credit(api: str) -> Mood:
    if api == "v1":
        return status(200, v1_error(1008, "insufficient balance"))
    return status(402, v2_error(402, "insufficient balance", 1008))


def limited(api: str) -> Mood:
    """MiniMax documents no Retry-After; one that comes is honoured."""
    if api == "v1":
        return status(200, v1_error(1002, "rate limit, please retry later"), retry_after="7")
    return status(429, v2_error(429, "rate limit, please retry later", 1002), retry_after="7")
