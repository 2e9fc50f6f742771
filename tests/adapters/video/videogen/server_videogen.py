"""VideoGen's other end, as its OpenAPI description of 2026-10-02 has it: it takes what is described there and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

from tests.vendor import Refused, Vendor, Work, film

KEY = "sk_videogen_live_right"
DONE = ("succeeded", "failed", "cancelled")
KINDS = ("IMAGE", "VIDEO", "AUDIO", "PDF", "SLIDESHOW", "TEXT", "LOTTIE")
ORIGINS = ("prompt", "startFrameFileId", "imageFileIds", "videoFileIds", "audioFileIds", "spokenDialogue")


@dataclass
class Execution:
    id: str
    body: Mapping[str, Any]
    tool: str = "GENERATE_VIDEO_CLIP"
    status: str = "pending"
    progress: int = 0
    attempt: int = 0
    files: list[str] = field(default_factory=list)
    error: Mapping[str, Any] | None = None


@dataclass
class Stored:
    """`looks` is how often it is still to be found pending; `version` changes its address."""

    id: str
    kind: str
    content: bytes | None = None
    status: str = "pending"
    looks: int = 0
    version: int = 1
    seconds: float | None = None


def refusal(status: int, message: str, code: str, requirement: str = "") -> Refused:
    body: dict[str, Any] = {"message": message, "code": code}
    return Refused(status, body | ({"requirement": {"type": requirement, "details": {}}} if requirement else {}))


def invalid(message: str) -> Refused:
    return refusal(400, message, "invalid_request")


class VideoGenServer(Vendor):
    """`looks` is how often a new file is pending before it is ready; `plan` whether films without a watermark may be had."""

    def __init__(self) -> None:
        super().__init__()
        self.executions: list[Execution] = []
        self.stored: dict[str, Stored] = {}
        self.looks, self.plan, self.credits = 1, False, 1000
        self.spoilt = False
        self._numbers = count(1)

    def routes(self) -> list[tuple[str, str, str, Work]]:
        return [
            ("create", "POST", "/v1/tools/generate-video-clip", self.create),
            ("poll", "GET", "/v1/tools/executions/{id}", self.poll),
            ("cancel", "POST", "/v1/tools/executions/{id}/cancel", self.cancel),
            ("list", "GET", "/v1/tools/executions", self.list),
            ("upload", "POST", "/v1/files/upload", self.upload),
            ("put", "PUT", "/bucket/{id}", self.put),
            ("hydrate", "POST", "/v1/files/{id}/hydrate", self.hydrate),
            ("me", "GET", "/v1/me", self.me),
        ]

    def execution(self, id: str) -> Execution:
        found = next((one for one in self.executions if one.id == id), None)
        if found is None:
            raise refusal(404, "Tool execution not found.", "not_found")
        return found

    def add(self, tool: str = "GENERATE_VIDEO_CLIP", body: Mapping[str, Any] | None = None) -> Execution:
        """An execution as any program with this key may start one."""
        made = Execution(f"vg_tool_{next(self._numbers)}", body or {"prompt": "another's"}, tool)
        self.executions.insert(0, made)
        return made

    def finish(self, id: str, results: int | None = None) -> None:
        one = self.execution(id)
        one.status, one.progress = "succeeded", 100
        for _ in range(one.body.get("numResults", 1) if results is None else results):
            made = self._new_file("VIDEO", film(), seconds=float(one.body.get("durationSeconds") or 6))
            made.status = "ready"
            one.files.append(made.id)

    def expire(self, id: str) -> None:
        """The addresses of this file that were given out so far lead nowhere any more."""
        self.films.pop(self._name(self.stored[id]), None)
        self.stored[id].version += 1

    async def create(self, request: web.Request, body: Any) -> web.StreamResponse:
        self._known(request)
        check_clip(body)
        self._check_files(body)
        if body.get("watermarkMode") == "NONE" and not self.plan:
            raise refusal(403, "Removing the watermark needs the Production API.", "not_authorized", "purchase_add_on")
        if self.credits < body.get("numResults", 1):
            raise refusal(429, "Not enough credits", "insufficient_credits", "upgrade_plan")
        made = self.add(body=body)
        self.started.append(made.id)
        return web.json_response({"toolExecutionId": made.id}, status=202)

    async def poll(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._known(request)
        return self._told(self.execution(request.match_info["id"]))

    async def cancel(self, request: web.Request, body: Any) -> web.StreamResponse:
        self._known(request)
        one = self.execution(request.match_info["id"])
        if one.status not in DONE:
            one.status = "cancelled"
        return web.json_response({"toolExecutionId": one.id}, status=202)

    async def list(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._known(request)
        query = dict(request.query)
        limit, cursor = query.pop("limit", "50"), query.pop("cursor", "0")
        if query.pop("selfOnly", "false") not in {"true", "false"} or query:
            raise invalid("The query is not understood.")
        if not (limit.isdigit() and 1 <= int(limit) <= 200 and cursor.isdigit()):
            raise invalid("limit must be from 1 to 200.")
        start, end = int(cursor), int(cursor) + int(limit)
        more = end < len(self.executions)
        return {
            "toolExecutions": [self._told(one) for one in self.executions[start:end]],
            "hasMore": more,
            "nextCursor": str(end) if more else None,
        }

    async def upload(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._known(request)
        types = {"displayName": str, "type": str, "isTemporary": bool, "transcript": str}
        if not isinstance(body, dict) or "displayName" not in body or set(body) - set(types):
            raise invalid("displayName is needed, and only type, isTemporary and transcript besides.")
        if any(type(value) is not types[name] for name, value in body.items()) or body.get("type") not in KINDS:
            raise invalid("A field of the upload has the wrong type.")
        made = self._new_file(body["type"])
        # Another host than the API's, as a storage of its own is.
        address = self.url.replace("127.0.0.1", "localhost")
        return {"fileId": made.id, "uploadUrl": f"{address}/bucket/{made.id}?X-Amz-Signature=s"}

    async def put(self, request: web.Request, body: Any) -> web.StreamResponse:
        if "authorization" in request.headers:
            raise Refused(
                400, "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>"
            )
        if request.query.get("X-Amz-Signature") != "s" or request.match_info["id"] not in self.stored:
            raise Refused(403, "<Error><Code>AccessDenied</Code></Error>")
        self.stored[request.match_info["id"]].content = body
        return web.Response(status=200)

    async def hydrate(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._known(request)
        one = self.stored.get(request.match_info["id"])
        if one is None:
            raise refusal(404, "File not found.", "not_found")
        if one.content is not None and one.status == "pending":
            if one.looks == 0:
                one.status = "failed" if self.spoilt else "ready"
            one.looks -= 1
        return self._file_told(one)

    async def me(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._known(request)
        names = {"apiKeyId": "vg_key_1", "apiKeyNickname": "clapper", "email": "ops@example.com", "displayName": None}
        return names | {"teamId": "vg_team_1"}

    def _known(self, request: web.Request) -> None:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            raise refusal(401, "The API key is not valid.", "invalid_api_key")

    def _new_file(self, kind: str, content: bytes | None = None, seconds: float | None = None) -> Stored:
        made = Stored(f"vg_file_{next(self._numbers)}", kind, content, looks=self.looks, seconds=seconds)
        self.stored[made.id] = made
        return made

    def _check_files(self, body: Mapping[str, Any]) -> None:
        wanted = [("startFrameFileId", "IMAGE"), ("imageFileIds", "IMAGE"), ("videoFileIds", "VIDEO")]
        for name, kind in [*wanted, ("audioFileIds", "AUDIO")]:
            given = body.get(name, [])
            for id in [given] if isinstance(given, str) else given:
                if id not in self.stored:
                    raise refusal(404, f"File {id} not found.", "not_found")
                if self.stored[id].kind != kind or self.stored[id].status != "ready":
                    raise invalid(f"{name}: {id} is no {kind} that is ready.")

    def _told(self, one: Execution) -> Mapping[str, Any]:
        return {
            "toolExecutionId": one.id,
            "status": one.status,
            "toolType": one.tool,
            "progressPercentage": one.progress,
            "attemptIndex": one.attempt,
            "results": [self._result(self.stored[id]) for id in one.files],
            "error": one.error,
        }

    def _result(self, one: Stored) -> Mapping[str, Any]:
        link, file = self._link(one), self._file_told(one)
        times = {"downloadUrlExpiresAt": 1764240000, "thumbnailUrl": None, "thumbnailUrlExpiresAt": None}
        return {"fileId": one.id, "type": one.kind, "downloadUrl": link, **times, "file": file}

    def _file_told(self, one: Stored) -> Mapping[str, Any]:
        ready = one.status == "ready"
        source = {"status": one.status, "url": self._link(one) if ready else None, "expiresAt": 1764240000}
        sources = {"downloadSource": source, "thumbnailSource": {"status": "skipped", "url": None, "expiresAt": None}}
        return {"fileId": one.id, "type": one.kind, "scope": "GLOBAL", "durationSeconds": one.seconds, **sources}

    def _name(self, one: Stored) -> str:
        return f"{one.id}-{one.version}.mp4"

    def _link(self, one: Stored) -> str:
        self.films[self._name(one)] = one.content or b""
        return self.link(self._name(one))


def check_clip(body: Any) -> None:
    """Refuses whatever the description of the request does not have."""
    if not isinstance(body, dict):
        raise invalid("The body must be an object.")
    for name, value in body.items():
        if name not in _FIELDS:
            raise invalid(f"{name} is not a field of this request.")
        if not _FIELDS[name](value):
            raise invalid(f"{name} is not as it should be: {value!r}.")
    if not any(body.get(name) for name in ORIGINS):
        raise invalid(f"One of {', '.join(ORIGINS)} is needed.")
    if "voiceDescription" in body and "spokenDialogue" not in body:
        raise invalid("voiceDescription comes with spokenDialogue.")


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _files(value: Any) -> bool:
    return isinstance(value, list) and 1 <= len(value) <= 4 and all(map(_text, value))


def _ratio(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"width", "height"}
        and all(_whole(v, 1, 10**6) for v in value.values())
    )


def _policy(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"maxPromptRewrites"} and _whole(value["maxPromptRewrites"], 0, 4)


_FIELDS = {
    **dict.fromkeys(("prompt", "startFrameFileId", "spokenDialogue", "voiceDescription"), _text),
    **dict.fromkeys(("imageFileIds", "videoFileIds", "audioFileIds"), _files),
    **dict.fromkeys(("generateAudio", "suppressBackgroundMusic", "isOutputTemporary", "hideFromUi"), _flag),
    "durationSeconds": lambda value: value is None or _whole(value, 1, 30),
    "aspectRatio": _ratio,
    "quality": lambda value: value in {"LOW", "STANDARD", "HIGH", "MAX"},
    "contentPolicyConfig": _policy,
    "watermarkMode": lambda value: value in {"AUTO", "VIDEO_GEN", "NONE"},
    "numResults": lambda value: _whole(value, 1, 100),
}
