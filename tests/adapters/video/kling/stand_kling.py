"""Kling's adapter before Kling's other end, and orders as the core makes them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from adapters.video.kling import create
from bot.domain.media import Media, MediaKind, Role
from bot.domain.request import Reference, Setting, Settings, Source, SourceKind, VideoRequest
from bot.ports.parts import Parts
from bot.ports.video import Order, VideoProvider
from tests.adapters.video.kling.server_kling import ACCESS, API_KEY, SECRET, Kling
from tests.fakes import NOON, SetClock
from tests.shelf import model
from tests.vendor import Cabinet, Mood, status

PUBLIC = "https://clapper.example.com"
KEY = {"api_key": API_KEY}
PAIR = {"access_key": ACCESS, "secret_key": SECRET}


def picture(number: int, role: Role) -> Reference:
    return _reference(f"@Image{number}", MediaKind.image, role, "picture")


def clip(number: int = 1) -> Reference:
    return _reference(f"@Video{number}", MediaKind.video, Role.reference_video, "film")


def _reference(token: str, kind: MediaKind, role: Role, key: str) -> Reference:
    media = Media(kind=kind, mime="image/png", bytes=1000, width=640, height=360)
    return Reference(token=token, kind=kind, role=role, source=Source(SourceKind.upload, token), media=media, key=key)


def order(
    *references: Reference,
    key: str = "J-ONE-1",
    id: str = "kling-3",
    prompt: str = "A heron takes off",
    callback: str = "",
    **said: Any,
) -> Order:
    """A wish with its settings resolved; what is said as None is not there."""
    usual = {"seconds": 3.0, "aspect": "16:9", "resolution": "720p", "audio": False, "watermark": False, "count": 1}
    given = {name: Setting(value) for name, value in (usual | said).items() if value is not None}
    request = VideoRequest(prompt=prompt, settings=Settings(**given), references=references)
    return Order(key=key, job=key.rpartition("-")[0], model=model(id), request=request, sent_at=NOON, callback=callback)


@dataclass(kw_only=True)
class Stand:
    provider: VideoProvider
    vendor: Kling
    clock: SetClock
    parts: Parts
    memory: str = "keyed"
    stops: str = "never"

    def order(self, key: str = "J-ONE-1", **settings: Any) -> Order:
        return order(key=key, **settings)

    def advance(self, task: str, state: str) -> None:
        self.vendor.advance(task, state)

    def bad_key(self) -> Mood:
        return status(401, {"code": 1002, "message": "Authorization is invalid", "request_id": "r"})

    def no_credit(self) -> Mood:
        return status(429, {"code": 1102, "message": "Account balance not enough", "request_id": "r"})

    def limited(self) -> Mood:
        return status(429, {"code": 1302, "message": "Too many requests", "request_id": "r"}, retry_after="7")


@asynccontextmanager
async def open_stand(folder: Path, keys: Mapping[str, str] = KEY, base: str = PUBLIC) -> AsyncIterator[Stand]:
    """`keys` are the adapter's settings beside its address; `base` is where the bot's own files are public, "" for nowhere."""
    drive, clock = folder / "drive", SetClock()
    drive.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (640, 360), (60, 90, 140)).save(drive / "picture", format="PNG")
    (drive / "film").write_bytes(b"a film")
    vendor = Kling(clock)
    async with vendor.serving():
        settings = {"base_url": vendor.url, **keys}
        files: Any = Cabinet(drive, base)
        parts = Parts(settings=settings, folder=folder / "own", clock=clock, files=files)
        provider = create(parts)
        try:
            yield Stand(provider=provider, vendor=vendor, clock=clock, parts=parts)
        finally:
            await provider.aclose()


@asynccontextmanager
async def open_stand_by_key_pair(folder: Path) -> AsyncIterator[Stand]:
    """The older API, by tokens minted from an access and a secret key."""
    async with open_stand(folder, PAIR) as stand:
        yield stand
