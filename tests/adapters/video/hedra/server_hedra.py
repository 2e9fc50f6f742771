"""Hedra's API v2 as its published description has it: it accepts what that allows, and nothing else."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from aiohttp import web

from tests.adapters.video.hedra.accepts_hedra import FIELDS, INPUTS, SPEECH, check, wrong
from tests.vendor import Refused, Vendor, Work

KEY = "sk_hedra_test"
NOW = "2026-11-20T10:00:00Z"
TYPES = {"text", "image", "audio", "video", "voice", "three_d", "rich_text"}
RATIOS = {"16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"}
PORTRAIT = {
    "needs": {"start", "sound"},
    "resolutions": {"540p", "720p", "1080p"},
    "ratios": RATIOS,
    "takes": {"start", "sound"},
}
MODELS: Mapping[str, Mapping[str, Any]] = {
    "together/hedra-avatar": PORTRAIT,
    "together/hedra-character-3": PORTRAIT,
    "fal/grok-video-t2v": {"needs": set(), "resolutions": {"480p", "720p"}, "ratios": RATIOS, "takes": set()},
    "fal/veo-31": {
        "needs": set(),
        "resolutions": {"720p", "1080p"},
        "ratios": {"16:9", "9:16"},
        "takes": {"start", "end", "reference_image_ids", "reference_video_ids", "reference_audio_ids", "video_id"},
    },
}
IDS = {
    "26f0fc66-152b-40ab-abed-76c43df99bc8": "together/hedra-avatar",
    "d1dd37a3-e39a-4854-a298-6510289f9cf2": "together/hedra-character-3",
}


class HedraVendor(Vendor):
    """`generations` by id: its status, its film's name, and what went wrong. `credits` is what is left."""

    def __init__(self) -> None:
        super().__init__()
        self.assets: dict[str, dict[str, Any]] = {}
        self.generations: dict[str, dict[str, Any]] = {}
        self.voices: list[str] = [str(uuid4())]
        self.stillborn: dict[int, str] = {}
        self.credits = 480

    def routes(self) -> list[tuple[str, str, str, Work]]:
        return [
            ("create", "POST", "/generations", self._keyed(self._create)),
            ("poll", "GET", "/generations/{id}/status", self._keyed(self._status)),
            ("asset", "POST", "/assets", self._keyed(self._asset)),
            ("upload", "POST", "/assets/{id}/upload", self._keyed(self._upload)),
            ("store", "PUT", "/store/{id}", self._store),
            ("voices", "GET", "/voices", self._keyed(self._voices)),
            ("models", "GET", "/models", self._keyed(self._models)),
            ("credits", "GET", "/billing/credits", self._keyed(self._credits)),
        ]

    def _keyed(self, work: Work) -> Work:
        async def checked(request: web.Request, body: Any) -> Any:
            if request.headers.get("X-API-Key") != KEY:
                raise Refused(401, {"detail": "Invalid API key"})
            return await work(request, body)

        return checked

    async def _asset(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        if not isinstance(body, dict) or set(body) != {"name", "type"} or body["type"] not in TYPES:
            raise wrong("type", "Input should be 'text', 'image', 'audio', 'video', 'voice', 'three_d' or 'rich_text'")
        id = str(uuid4())
        self.assets[id] = {**body, "bytes": None}
        made = {**body, "id": id, "workspace_id": None, "upload_url": None}
        if body["type"] == "video":  # another host, as S3 is
            made["upload_url"] = f"{self.url.replace('127.0.0.1', 'localhost')}/store/{id}?X-Amz-Signature=s"
        return made

    async def _upload(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        asset = self.assets.get(request.match_info["id"])
        if asset is None or asset["type"] == "video":
            raise Refused(404, {"detail": "Asset not found"})
        if not request.content_type.startswith("multipart/form-data") or b'name="file"; filename=' not in body:
            raise wrong("file", "Field required")
        asset["bytes"] = body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0]
        return {"id": request.match_info["id"], "type": asset["type"], "name": asset["name"]}

    async def _store(self, request: web.Request, body: Any) -> web.Response:
        if "X-API-Key" in request.headers or "authorization" in request.headers:
            raise Refused(400, {"message": "Only one auth mechanism allowed"})
        self.assets[request.match_info["id"]]["bytes"] = body
        return web.Response()

    async def _create(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        if not isinstance(body, dict):
            raise wrong("", "Input should be an object")
        check(body, FIELDS, "", "type", "generated_video_inputs")
        self._consistent(body)
        size = body.get("batch_size", 1)
        ids = body.get("generation_ids") or [body.get("generation_id") or str(uuid4())]
        if any(id in self.generations for id in ids):
            raise Refused(409, {"error": {"type": "ALREADY_EXISTS", "message": "Generation already exists"}})
        if self.credits < 10 * size:
            trouble = {"type": "INSUFFICIENT_BALANCE", "message": "Not enough credits", "credits_needed": 10 * size}
            raise Refused(402, {"error": {**trouble, "credits_available": self.credits}})
        results = [self._begun(number, id) for number, id in enumerate(ids)]
        first = next(one for one in results if one["id"])
        both = {"batch_generation_id": str(uuid4()), "batch_results": results}
        return {
            **body,
            **{name: first[name] for name in ("id", "asset_id", "created_at", "status", "progress")},
            "eta_sec": 95,
            **both,
        }

    def _begun(self, number: int, id: str) -> dict[str, Any]:
        if number in self.stillborn:
            nothing = {"id": None, "asset_id": None, "status": "error", "progress": 0.0}
            return {**nothing, "created_at": NOW, "error": self.stillborn[number], "eta_sec": None}
        self.credits -= 10
        self.started.append(id)
        self.generations[id] = {"status": "queued", "progress": 0.0, "asset_id": str(uuid4())}
        return {"id": id, "created_at": NOW, "error": None, "eta_sec": 95, **self.generations[id]}

    def _consistent(self, body: dict[str, Any]) -> None:
        inputs, size = body["generated_video_inputs"], body.get("batch_size", 1)
        check(inputs, INPUTS, "generated_video_inputs.", "text_prompt")
        if (speech := body.get("audio_generation")) is not None:
            check(speech, SPEECH, "audio_generation.", "voice_id", "text")
            if speech["voice_id"] not in self.voices:
                raise wrong("audio_generation.voice_id", "Voice not found")
        if "generation_id" in body and ("generation_ids" in body or size > 1):
            raise wrong("generation_id", "generation_id and generation_ids are mutually exclusive")
        if size > 1 and len(body.get("generation_ids", ())) != size:
            raise wrong("generation_ids", "Length must match batch_size")
        slug = body.get("model_slug") or IDS.get(body.get("ai_model_id", ""))
        if slug not in MODELS or ("model_slug" in body) == ("ai_model_id" in body):
            raise wrong("model_slug", "Unknown model")
        self._suits(MODELS[slug], body, inputs)

    def _suits(self, model: Mapping[str, Any], body: dict[str, Any], inputs: dict[str, Any]) -> None:
        if inputs.get("resolution") not in model["resolutions"]:
            raise wrong("generated_video_inputs.resolution", f"Input should be one of {sorted(model['resolutions'])}")
        if inputs.get("aspect_ratio") not in model["ratios"]:
            raise wrong("generated_video_inputs.aspect_ratio", f"Input should be one of {sorted(model['ratios'])}")
        given = {
            "start": "start_keyframe_id" in body or "start_keyframe_url" in body,
            "end": "end_keyframe_id" in body or "end_keyframe_url" in body,
            "sound": "audio_id" in body or "audio_generation" in body,
            **{
                name: name in body
                for name in ("reference_image_ids", "reference_video_ids", "reference_audio_ids", "video_id")
            },
        }
        there = {name for name, is_there in given.items() if is_there}
        if missing := model["needs"] - there:
            raise wrong(
                {"start": "start_keyframe_id", "sound": "audio_id"}[min(missing)], "Field required by this model"
            )
        if extra := there - model["takes"]:
            raise wrong(min(extra), "Not supported by this model")
        self._there(body)

    def _there(self, body: dict[str, Any]) -> None:
        """Every asset that is named has been uploaded, and is of the kind its field takes."""
        for field, kind in {
            "start_keyframe_id": "image",
            "end_keyframe_id": "image",
            "audio_id": "audio",
            "reference_image_ids": "image",
            "reference_video_ids": "video",
            "reference_audio_ids": "audio",
            "video_id": "video",
        }.items():
            named = body.get(field, [])
            for id in named if isinstance(named, list) else [named]:
                asset = self.assets.get(id)
                if asset is None or not asset["bytes"]:
                    raise Refused(404, {"error": {"type": "NOT_FOUND", "message": "Asset not found", "param": field}})
                if asset["type"] != kind:
                    raise wrong(field, f"Asset is not of type {kind}")

    async def _status(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        id = request.match_info["id"]
        found = self.generations.get(id)
        if found is None:
            raise Refused(404, {"detail": "Generation not found"})
        return {"id": id, "type": "video", "created_at": NOW, **found}

    async def _voices(self, request: web.Request, body: Any) -> web.Response:
        voices = [
            {"id": id, "type": "voice", "name": f"Voice {n}", "asset": {"type": "voice", "labels": []}}
            for n, id in enumerate(self.voices)
        ]
        return web.json_response(voices)

    async def _models(self, request: web.Request, body: Any) -> web.Response:
        if request.query.getall("types", []) != ["video"]:
            raise wrong("types", "Input is not valid")
        price = {"credit_cost": 6, "unit_scale": 1, "billing_unit": "second"}
        pricing = {"base_cost": None, "credits_per_second": 6, "modifiers": {"resolution": {"540p": 0.5, "1080p": 2.0}}}
        one = {"type": "video", "description": None, "price_details": price, "pricing": pricing}
        by_slug = {slug: id for id, slug in IDS.items()}
        return web.json_response(
            [{**one, "id": by_slug.get(slug, str(uuid4())), "name": slug, "slug": slug} for slug in MODELS]
        )

    async def _credits(self, request: web.Request, body: Any) -> Mapping[str, Any]:
        return {"remaining": self.credits, "expiring": 0, "used": 20, "workspace_credit_pool": None}
