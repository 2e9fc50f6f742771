"""Google's adapter before a Google of our own: Omni for the contract suite, and Veo on Vertex AI beside it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from adapters.video.google import create
from bot.domain.media import Media, MediaKind, Role
from bot.domain.request import Reference, Setting, Settings, Source, SourceKind, VideoRequest
from bot.ports.parts import Parts
from bot.ports.video import Order
from tests.adapters.video.google import server_google, server_vertex
from tests.fakes import NOON, SetClock
from tests.shelf import model
from tests.vendor import Cabinet, Mood, film, status

MIMES = {MediaKind.image: "image/png", MediaKind.video: "video/mp4"}


def reference(token: str, role: Role) -> Reference:
    """A file of the stand's cabinet: `picture` or `film`."""
    kind = MediaKind.video if token.startswith("@Video") else MediaKind.image
    key = "film" if kind is MediaKind.video else "picture"
    media = Media(kind=kind, mime=MIMES[kind], bytes=1000, width=640, height=360)
    return Reference(token=token, kind=kind, role=role, source=Source(SourceKind.upload, "1"), key=key, media=media)


def order(id: str, *references: Reference, prompt: str = "A heron takes off", **settings: Any) -> Order:
    said = {"aspect": "16:9", "seconds": 8.0, "resolution": "720p", "audio": True} | settings
    key, callback = said.pop("key", "J-ONE-1"), said.pop("callback", "")
    chosen = Settings(**{name: Setting(value) for name, value in said.items()})
    request = VideoRequest(prompt=prompt, settings=chosen, references=references)
    return Order(key=key, job=key.rpartition("-")[0], model=model(id), request=request, sent_at=NOON, callback=callback)


class _Stand:
    memory = "blind"

    def __init__(self, vendor: Any, parts: Parts) -> None:
        self.vendor, self.parts = vendor, parts
        self.provider = create(parts)

    def limited(self) -> Mood:
        words = server_google.error(429, "Resource has been exhausted", "RESOURCE_EXHAUSTED")
        return status(429, words, retry_after="7")

    def no_credit(self) -> Mood:
        words = "Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing."
        return status(429, server_google.error(429, words, "RESOURCE_EXHAUSTED"))


class OmniStand(_Stand):
    stops = "running"

    def order(self, key: str = "J-ONE-1", **settings: Any) -> Order:
        return order("omni-1.2", key=key, **{"seconds": 3.0, "resolution": "360p"} | settings)

    def advance(self, task: str, state: str) -> None:
        made = self.vendor.made[task]
        match state:
            case "queued":
                made["status"] = "queued"
            case "running":
                made["status"] = "in_progress"
            case "finished":
                self.vendor.finish(task, film())
            case "refused":
                made |= {"status": "completed", "usage": {"total_output_tokens": 0}, "steps": []}
            case "failed":
                made |= {"status": "failed", "errors": [{"code": 13, "message": "Internal error."}]}
            case "paused":
                made["status"] = "paused"

    def bad_key(self) -> Mood:
        return status(400, server_google.bad_key())


class VertexStand(_Stand):
    stops = "never"

    def order(self, key: str = "J-ONE-1", **settings: Any) -> Order:
        return order("veo-3.1-lite", key=key, **{"seconds": 4.0, "audio": False} | settings)

    def advance(self, task: str, state: str) -> None:
        made = self.vendor.made[task]
        match state:
            case "queued" | "running":
                made.pop("done", None)
            case "finished":
                self.vendor.finish(task, film())
            case "refused":
                self.vendor.finish(
                    task, filtered=1, reasons=("It violates our usage guidelines. Support codes: 58061214",)
                )
            case "failed":
                made |= {"done": True, "error": {"code": 13, "message": "Internal error."}}
            case "paused":
                made |= {"done": "paused"}

    def bad_key(self) -> Mood:
        return status(
            401, server_google.error(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED")
        )


def parts(folder: Path, settings: Mapping[str, str]) -> Parts:
    cabinet = folder / "drive"
    cabinet.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 36), (60, 90, 140)).save(cabinet / "picture", format="PNG")
    (cabinet / "film").write_bytes(film())
    files: Any = Cabinet(cabinet)
    return Parts(settings=settings, folder=folder / "own", clock=SetClock(), files=files)


@asynccontextmanager
async def open_stand(folder: Path) -> AsyncIterator[OmniStand]:
    async with server_google.OmniVendor().serving() as vendor:
        stand = OmniStand(vendor, parts(folder, {"api_key": server_google.KEY, "base_url": vendor.url}))
        yield stand
        await stand.provider.aclose()


@asynccontextmanager
async def open_stand_vertex(folder: Path, *, express: bool = False) -> AsyncIterator[VertexStand]:
    vendor = server_vertex.VertexVendor("" if express else "projects/p/locations/us-central1/")
    key = (
        {"vertex_api_key": server_vertex.EXPRESS} if express else {"access_token": server_vertex.TOKEN, "project": "p"}
    )
    async with vendor.serving():
        stand = VertexStand(vendor, parts(folder, {**key, "vertex_base_url": vendor.url}))
        yield stand
        await stand.provider.aclose()
