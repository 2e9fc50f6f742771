"""Hedra's adapter before a server that speaks its API v2."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from PIL import Image

from adapters.video.hedra import create
from bot.domain.catalogue import override
from bot.domain.media import Media, MediaKind, Role
from bot.domain.model import Model
from bot.domain.request import Reference, Setting, Settings, Source, SourceKind, VideoRequest
from bot.ports.files import Files
from bot.ports.parts import Parts
from bot.ports.storage import Storage
from bot.ports.video import Order, VideoProvider
from tests.adapters.video.hedra.server_hedra import KEY, HedraVendor
from tests.fakes import NOON, SetClock
from tests.shelf import model
from tests.vendor import Cabinet, Mood, film, status

USUAL = {"seconds": 2.0, "aspect": "9:16", "resolution": "540p", "voice": "Hello team", "count": 1}
STATES: dict[str, dict[str, Any]] = {
    "queued": {"status": "queued", "progress": 0.0},
    "running": {"status": "processing", "progress": 0.4},
    "paused": {"status": "moderating", "progress": 0.4},
    "failed": {"status": "error", "progress": 0.4, "error": {"type": "INTERNAL", "message": "A worker died."}},
    "refused": {
        "status": "error",
        "progress": 0.4,
        "error": {"type": "MODERATION_FAILED", "reason_code": "MODERATION_LIKENESS", "message": "A real person."},
        "error_message": "A real person.",
    },
}


def passed_on(**facts: Any) -> Model:
    """A model of an operator's own, of the kinds that Hedra passes on for others."""
    row = {
        "provider": "hedra",
        "title": "Passed on",
        "tasks": ["text", "first_frame", "first_last", "references", "edit", "extend"],
        "seconds": {"minimum": 4, "maximum": 8, "choices": [4, 6, 8], "default": 8},
        "aspects": ["16:9", "9:16"],
        "resolutions": ["720p", "1080p"],
        "audio": "optional",
        "honours": ["seed", "negative"],
        "max_count": 8,
        "source": "GET /models.",
        "price": {"unit": "unknown", "source": "GET /models."},
        "wire": {"v2": "fal/veo-31"},
        "role": [{"role": role.value, "max_count": 4, "media": {}} for role in Role],
    }
    return override((), {"passed-on": {**row, **facts}})[0]


@dataclass
class HedraStand:
    provider: VideoProvider
    vendor: HedraVendor
    parts: Parts
    memory: str = "keyed"
    stops: str = "never"

    def order(self, key: str = "J-ONE-1", **settings: Any) -> Order:
        said = USUAL | settings
        portrait = Reference(
            token="@Image1",
            kind=MediaKind.image,
            role=Role.first_frame,
            source=Source(SourceKind.upload, "1"),
            key="portrait",
            media=Media(kind=MediaKind.image, mime="image/png", bytes=1000, width=360, height=640),
        )
        request = VideoRequest(
            prompt="@Image1 talks at the camera",
            settings=Settings(**{name: Setting(value) for name, value in said.items()}),
            references=(portrait,),
        )
        return Order(key=key, job=key.rpartition("-")[0], model=model("hedra-avatar"), request=request, sent_at=NOON)

    def advance(self, task: str, state: str) -> None:
        generation = self.vendor.generations[task]
        if state != "finished":
            generation.update(STATES[state])
            return
        name = f"{task}.mp4"
        self.vendor.films[name] = film()
        link = self.vendor.link(name)
        generation.update(status="complete", progress=1.0, url=f"{link}&inline", download_url=link, streaming_url=None)

    def bad_key(self) -> Mood:
        return status(401, {"detail": "Invalid API key"})

    def no_credit(self) -> Mood:
        trouble = {"type": "INSUFFICIENT_BALANCE", "message": "Not enough credits"}
        return status(402, {"error": {**trouble, "credits_needed": 120, "credits_available": 30}})

    def limited(self) -> Mood:
        return status(429, {"detail": "Too many requests"}, retry_after="7")


def parts(vendor: HedraVendor, folder: Path, storage: Storage | None = None, **settings: str) -> Parts:
    """`folder` gets what an order needs."""
    drive = folder / "drive"
    drive.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (360, 640), (60, 90, 140)).save(drive / "portrait", format="PNG")
    given = {"api_key": KEY, "base_url": vendor.url, **settings}
    files = cast("Files", Cabinet(drive))
    return Parts(settings=given, folder=folder / "own", clock=SetClock(), files=files, storage=storage)


@asynccontextmanager
async def open_stand(folder: Path) -> AsyncIterator[HedraStand]:
    vendor = HedraVendor()
    async with vendor.serving():
        given = parts(vendor, folder)
        provider = create(given)
        try:
            yield HedraStand(provider, vendor, given)
        finally:
            await provider.aclose()
