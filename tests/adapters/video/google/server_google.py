"""The Gemini API as its public documents describe it, for Omni: interactions and their files; strict about every field."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from tests.vendor import Refused, Vendor, Work

KEY = "gemini-key"
WORDS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
OMNI = {"gemini-omni-1.2-flash": 15, "gemini-omni-1.1-flash": 10}
MOST = {"gemini-omni-1.2-flash": (6, 1), "gemini-omni-1.1-flash": (10, 3)}  # reference pictures, films
BETWEEN = 10  # the longest film between two frames, and the longest that is added to one
RETIRED = {"gemini-omni-flash-preview"}
TASKS = {"text_to_video", "image_to_video", "reference_to_video", "edit", "extend"}
IMAGES = {"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"}
FILMS = {"video/mp4", "video/quicktime"}


def error(code: int, message: str, status: str = "", details: Iterable[Any] = ()) -> dict[str, Any]:
    """The envelope of every Google error."""
    return {
        "error": {"code": code, "message": message, "status": status or WORDS[code], "details": list(details)},
    }


def refuse(code: int, message: str) -> Refused:
    return Refused(code, error(code, message))


def fields(found: Any, where: str, allowed: Mapping[str, Any], needed: Iterable[str] = ()) -> None:
    """Refuses what has other fields, other types, or lacks one."""
    if not isinstance(found, dict):
        raise refuse(400, f"Invalid value at '{where}': an object is expected")
    for name, value in found.items():
        if name not in allowed:
            raise refuse(
                400, f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field."
            )
        kind = allowed[name]
        if type(value) is not kind:
            raise refuse(400, f"Invalid value at '{where}.{name}' ({kind.__name__}), {value!r}")
    for name in needed:
        if name not in found:
            raise refuse(400, f"{where}.{name} is required")


def among(value: Any, allowed: Iterable[Any], where: str) -> None:
    if value not in allowed:
        raise refuse(400, f"{value!r} at '{where}' is not supported; use one of {sorted(allowed)}")


def decoded(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as wrong:
        raise refuse(400, f"Invalid value at '{where}' (TYPE_BYTES), Base64 decoding failed") from wrong


class OmniVendor(Vendor):
    """`made` is each interaction as it stands; `received` the bytes of the files that came with it."""

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[str, dict[str, Any]] = {}
        self.received: dict[str, list[bytes]] = {}
        self.files: dict[str, str] = {}

    def routes(self) -> list[tuple[str, str, str, Work]]:
        return [
            ("create", "POST", "/v1/interactions", self.create),
            ("poll", "GET", "/v1/interactions/{id}", self.poll),
            ("cancel", "POST", "/v1/interactions/{id}/cancel", self.cancel),
            ("state", "GET", "/v1beta/files/{id:[a-z0-9]+}", self.state),
            ("address", "GET", "/v1beta/files/{id:[a-z0-9]+}:download", self.download),
            ("models", "GET", "/v1/models", self.models),
        ]

    async def create(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._key(request)
        check_interaction(body)
        id = f"v1_{len(self.started)}abc"
        self.received[id] = [
            decoded(block["data"], "data") for block in body["input"][0]["content"] if block["type"] != "text"
        ]
        self.started.append(id)
        self.made[id] = {"id": id, "status": "in_progress", "object": "interaction", "model": body["model"]}
        return self.made[id]

    async def poll(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        return self._made(request)

    async def cancel(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        made = self._made(request)
        if made["status"] not in {"queued", "in_progress"}:
            raise Refused(400, error(400, "The interaction is not running.", "FAILED_PRECONDITION"))
        made["status"] = "cancelled"
        return made

    async def state(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._key(request)
        id = request.match_info["id"]
        if id not in self.files:
            raise refuse(403, "You do not have permission to access the File or it may not exist.")
        return {"name": f"files/{id}", "mimeType": "video/mp4", "state": self.files[id]}

    async def download(self, request: web.Request, body: Any) -> web.StreamResponse:
        self._key(request)
        if request.query.get("alt") != "media" or self.files.get(request.match_info["id"]) != "ACTIVE":
            raise refuse(400, "The file is not to be downloaded.")
        return web.Response(status=302, headers={"location": self.link(request.match_info["id"])})

    async def models(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._key(request)
        return {"models": [{"name": "models/gemini-omni-1.2-flash"}]}

    def finish(self, id: str, film: bytes, *, tokens: int = 57920, state: str = "ACTIVE") -> None:
        """A film as `delivery: uri` gives it."""
        name = f"file{self.started.index(id)}"
        self.files[name], self.films[name] = state, film
        self.end(id, {"uri": f"{self.url}/v1beta/files/{name}:download?alt=media"}, tokens)

    def end(self, id: str, where: Mapping[str, str], tokens: int) -> None:
        self.made[id] |= {
            "status": "completed",
            "usage": {
                "total_output_tokens": tokens,
                "output_tokens_by_modality": [{"modality": "video", "tokens": tokens}],
            },
            "steps": [
                {"type": "user_input", "content": [{"type": "text", "text": "…"}]},
                {"type": "thought", "signature": "…"},
                {"type": "model_output", "content": [{"type": "video", "mime_type": "video/mp4", **where}]},
            ],
        }

    def _made(self, request: web.Request) -> dict[str, Any]:
        self._key(request)
        id = request.match_info["id"]
        if id not in self.made:
            raise refuse(404, "The interaction was not found.")
        return self.made[id]

    def _key(self, request: web.Request) -> None:
        if "x-goog-api-key" not in request.headers:
            raise refuse(403, "Method doesn't allow unregistered callers.")
        if request.headers["x-goog-api-key"] != KEY:
            raise Refused(400, bad_key())


def bad_key() -> dict[str, Any]:
    reason = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    return error(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", [reason])


def check_interaction(body: Any) -> None:
    kinds = {
        "model": str, "input": list, "background": bool, "store": bool, "generation_config": dict,
        "response_format": dict, "webhook_config": dict, "previous_interaction_id": str,
    }  # fmt: skip
    fields(body, "interaction", kinds, ("model", "input"))
    if body["model"] in RETIRED:
        raise refuse(404, f"models/{body['model']} is no longer available.")
    if body["model"] not in OMNI:
        raise refuse(404, f"models/{body['model']} is not found.")
    if body.get("background") and body.get("store") is False:
        raise refuse(400, "background needs store.")
    if body.get("background") is not True:
        raise refuse(400, "This server makes films in the background only.")
    check_format(body["response_format"], OMNI[body["model"]])
    check_content(body)
    if hook := body.get("webhook_config"):
        fields(hook, "webhook_config", {"uris": list, "user_metadata": dict}, ("uris",))
        if not all(uri.startswith("http") for uri in hook["uris"]):
            raise refuse(400, "webhook_config.uris must be addresses")


def check_format(found: Any, longest: int) -> None:
    names = ("type", "aspect_ratio", "delivery", "duration", "resolution")
    fields(found, "response_format", dict.fromkeys(names, str), ("type",))
    among(found["type"], {"video"}, "response_format.type")
    among(found["aspect_ratio"], {"16:9", "9:16"}, "aspect_ratio")
    among(found["delivery"], {"uri", "inline"}, "delivery")
    among(found["resolution"], {"360p", "720p", "1080p", "4k"}, "resolution")
    among(found["duration"], {f"{seconds}s" for seconds in range(3, longest + 1)}, "duration")


def check_content(body: Any) -> None:
    config = body["generation_config"]
    fields(config, "generation_config", {"seed": int, "video_config": dict}, ("video_config",))
    fields(config["video_config"], "video_config", {"task": str}, ("task",))
    among(config["video_config"]["task"], TASKS, "task")
    if len(body["input"]) != 1 or body["input"][0].get("type") != "user_input":
        raise refuse(400, "input must be one user_input")
    fields(body["input"][0], "input", {"type": str, "content": list}, ("content",))
    count = {"image": 0, "video": 0, "text": 0}
    for block in body["input"][0]["content"]:
        among(block.get("type"), count, "content.type")
        count[block["type"]] += 1
        wants = {"text": str} if block["type"] == "text" else {"data": str, "mime_type": str}
        fields(block, "content", {"type": str, **wants}, wants)
        if block["type"] != "text":
            among(block["mime_type"], IMAGES if block["type"] == "image" else FILMS, "mime_type")
    task = config["video_config"]["task"]
    right = {
        "text_to_video": not count["image"] and not count["video"],
        "image_to_video": 1 <= count["image"] <= 2 and not count["video"],
        "reference_to_video": bool(count["image"] or count["video"]),
        "edit": count["video"] == 1,
        "extend": count["video"] == 1,
    }[task]
    if not right:
        raise refuse(400, f"The task {task} does not go with {count}")
    check_amounts(body, task, count)


def check_amounts(body: Any, task: str, count: Mapping[str, int]) -> None:
    pictures, films = MOST[body["model"]]
    tags = set(re.findall(r"<(?:IMAGE_REF_\d+|FIRST_FRAME|LAST_FRAME)>", json.dumps(body["input"])))
    frames = len(tags & {"<FIRST_FRAME>", "<LAST_FRAME>"})
    if count["image"] - frames > pictures or count["video"] > films:
        raise refuse(400, f"{body['model']} takes {pictures} reference images and {films} videos, not {count}")
    if tags and len(tags) != count["image"]:
        raise refuse(400, f"{count['image']} images, and the prompt has tags for {sorted(tags)}")
    seconds = int(body["response_format"]["duration"].removesuffix("s"))
    if seconds > BETWEEN and (task == "extend" or (task == "image_to_video" and count["image"] == 2)):
        raise refuse(400, f"The task {task} makes at most {BETWEEN} s")
