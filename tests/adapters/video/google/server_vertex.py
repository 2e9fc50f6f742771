"""Vertex AI as its public documents describe it, for Veo; strict about every field."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.adapters.video.google.server_google import FILMS, among, decoded, fields, refuse
from tests.vendor import Vendor, Work

EXPRESS, TOKEN = "vertex-key", "vertex-token"
VEO = {"veo-3.1-generate-001", "veo-3.1-fast-generate-001", "veo-3.1-lite-generate-001"}


class VertexVendor(Vendor):
    """`projects` is whose token is taken; an express key belongs to a project that is not told. `made` is each operation."""

    def __init__(self, place: str = "projects/p/locations/us-central1/") -> None:
        super().__init__()
        self.place = place
        self.made: dict[str, dict[str, Any]] = {}
        self.received: dict[str, Any] = {}

    def routes(self) -> list[tuple[str, str, str, Work]]:
        models = "/v1beta1/{place:(?:projects/[^/]+/locations/[^/]+/)?}publishers/google/models/{model:[^:/]+}"
        return [
            ("create", "POST", f"{models}:predictLongRunning", self.create),
            ("poll", "POST", f"{models}:fetchPredictOperation", self.poll),
            ("models", "GET", "/v1/publishers/google/models/{model}", self.model),
        ]

    async def create(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._key(request)
        model = request.match_info["model"]
        if model not in VEO:
            raise refuse(404, f"Publisher Model `{model}` is no longer available.")
        check_prediction(body, model)
        place = self.place or "projects/1234/locations/global/"
        name = f"{place}publishers/google/models/{model}/operations/op-{len(self.started)}"
        self.started.append(name)
        self.made[name], self.received[name] = {"name": name}, body
        return {"name": name}

    async def poll(self, request: web.Request, body: Any) -> web.StreamResponse:
        """A film comes in this answer, so what is said of the `file` route happens to it."""
        self._key(request)
        fields(body, "request", {"operationName": str}, ("operationName",))
        name = body["operationName"]
        if name not in self.made or request.match_info["model"] not in name:
            raise refuse(404, "The operation was not found.")
        text = json.dumps(self.made[name]).encode()
        mood = self._next("file") if "response" in self.made[name] else None
        if mood and mood.kind == "gone":
            raise refuse(404, "The operation was not found.")
        answer = web.StreamResponse(headers={"content-type": "application/json"})
        answer.content_length = len(text) + (1000 if mood and mood.kind == "longer" else 0)
        await answer.prepare(request)
        await answer.write(text[: len(text) // 2] if mood and mood.kind == "cut" else text)
        if mood and request.transport is not None:
            request.transport.abort()
        return answer

    async def model(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        self._key(request, place=False)
        return {"name": f"publishers/google/models/{request.match_info['model']}"}

    def finish(self, name: str, *films: bytes, filtered: int = 0, reasons: tuple[str, ...] = ()) -> None:
        videos = [{"bytesBase64Encoded": base64.b64encode(one).decode(), "mimeType": "video/mp4"} for one in films]
        response = {"@type": "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"}
        told = {"raiMediaFilteredCount": filtered, **({"raiMediaFilteredReasons": list(reasons)} if reasons else {})}
        self.made[name] |= {"done": True, "response": response | told | ({"videos": videos} if videos else {})}

    def _key(self, request: web.Request, *, place: bool = True) -> None:
        where = request.match_info.get("place", "")
        if request.headers.get("x-goog-api-key") == EXPRESS and (not where or not place):
            return
        if request.headers.get("authorization") == f"Bearer {TOKEN}" and (where == self.place or not place):
            return
        raise refuse(401, "Request had invalid authentication credentials. Expected OAuth 2 access token.")


def check_prediction(body: Any, model: str) -> None:
    fields(body, "request", {"instances": list, "parameters": dict, "labels": dict}, ("instances", "parameters"))
    if len(body["instances"]) != 1:
        raise refuse(400, "One instance is expected")
    one, asked = body["instances"][0], body["parameters"]
    media = {"image": dict, "lastFrame": dict, "video": dict, "referenceImages": list}
    fields(one, "instances[0]", {"prompt": str, **media})
    sorts = {
        "sampleCount": int, "durationSeconds": int, "aspectRatio": str, "resolution": str, "generateAudio": bool,
        "seed": int, "negativePrompt": str, "personGeneration": str, "storageUri": str,
    }  # fmt: skip
    fields(asked, "parameters", sorts, ("generateAudio", "sampleCount"))
    among(asked["sampleCount"], {1, 2, 3, 4}, "sampleCount")
    among(asked["aspectRatio"], {"16:9", "9:16"}, "aspectRatio")
    among(asked["resolution"], {"720p", "1080p"} | ({"4k"} if "lite" not in model else set()), "resolution")
    among(asked["personGeneration"], {"dont_allow", "allow_adult", "allow_all"}, "personGeneration")
    if not 0 <= asked.get("seed", 0) < 2**32:
        raise refuse(400, "seed must be a uint32")
    check_media(one, asked, model)


def check_media(one: Any, asked: Any, model: str) -> None:
    pictures, film = one.get("referenceImages", []), one.get("video")
    if "lastFrame" in one and "image" not in one:
        raise refuse(400, "lastFrame needs image")
    if pictures and (film or "image" in one):
        raise refuse(400, "referenceImages go with nothing else")
    if (pictures or film or "lastFrame" in one) and "lite" in model:
        raise refuse(400, "Unsupported by this model")
    if film:
        if asked["resolution"] != "720p" or "durationSeconds" in asked or "image" in one:
            raise refuse(400, "A film is carried on by 7 s at 720p")
    else:
        among(asked.get("durationSeconds"), {8} if pictures else {4, 6, 8}, "durationSeconds")
    for picture in pictures:
        fields(picture, "referenceImages", {"image": dict, "referenceType": str}, ("image", "referenceType"))
        among(picture["referenceType"], {"ASSET"}, "referenceType")
    if len(pictures) > 3:
        raise refuse(400, "At most 3 reference images")
    stills = [one[name] for name in ("image", "lastFrame") if name in one] + [picture["image"] for picture in pictures]
    for held, mimes in [
        *((still, {"image/png", "image/jpeg"}) for still in stills),
        *([(film, FILMS)] if film else []),
    ]:
        fields(held, "media", {"bytesBase64Encoded": str, "mimeType": str}, ("bytesBase64Encoded", "mimeType"))
        among(held["mimeType"], mimes, "mimeType")
        decoded(held["bytesBase64Encoded"], "bytesBase64Encoded")
