"""Seedance before an Ark of our own, for the promises every provider keeps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.video.seedance import create
from bot.domain.media import Media, MediaKind, Role
from bot.domain.request import Reference, Setting, Settings, Source, SourceKind, VideoRequest
from bot.ports.parts import Parts
from bot.ports.video import Order, VideoProvider
from tests.adapters.video.seedance.server_seedance import KEY, Ark, error
from tests.fakes import SetClock
from tests.shelf import model
from tests.vendor import Cabinet, Mood, status

PICTURE = b"\x89PNG\r\n\x1a\n a picture, as far as anyone here looks"
PUBLIC = "https://films.example"


class SeedanceStand:
    memory = "listing"
    stops = "queued"

    def __init__(self, provider: VideoProvider, vendor: Ark, made_from: Parts) -> None:
        self.provider, self.vendor, self.parts = provider, vendor, made_from

    def order(self, key: str = "J-ONE-1", **settings: Any) -> Order:
        usual = {
            "seconds": 4.0,
            "aspect": "adaptive",
            "resolution": "480p",
            "audio": False,
            "watermark": False,
            "last_frame": False,
        }
        said = {name: Setting(value) for name, value in (usual | settings).items()}
        first = reference("@Image1", Role.first_frame, "picture", "image/png")
        request = VideoRequest(prompt="The heron takes off", settings=Settings(**said), references=(first,))
        return order(key, request, "seedance-2-mini")

    def advance(self, task: str, state: str) -> None:
        self.vendor.advance(task, state)

    def bad_key(self) -> Mood:
        words = "The API key in the request is missing or invalid."
        return status(401, error("AuthenticationError", words, "Unauthorized"))

    def no_credit(self) -> Mood:
        words = "The request failed because your account has an overdue balance."
        return status(403, error("AccountOverdueError", words, "Forbidden"))

    def limited(self) -> Mood:
        words = "The request exceeded the account's limit of requests per minute for this model."
        body = error("ModelAccountRpmRateLimitExceeded", words, "TooManyRequests")
        return status(429, body, retry_after="7")


def reference(token: str, role: Role, key: str, mime: str, **facts: Any) -> Reference:
    kind = MediaKind(mime.partition("/")[0])
    media = Media(kind=kind, mime=mime, bytes=1000, **facts)
    return Reference(token=token, kind=kind, role=role, source=Source(SourceKind.upload, key), media=media, key=key)


def order(key: str, request: VideoRequest, name: str = "seedance-2", callback: str = "") -> Order:
    job = key.rpartition("-")[0]
    sent = datetime.now(UTC)
    return Order(key=key, job=job, model=model(name), request=request, sent_at=sent, callback=callback)


def parts(folder: Path, vendor: Ark, public: str = PUBLIC, **settings: str) -> Parts:
    (folder / "drive").mkdir(parents=True, exist_ok=True)
    (folder / "drive" / "picture").write_bytes(PICTURE)
    said = {"api_key": KEY, "base_url": f"{vendor.url}/api/v3", "region": vendor.region, **settings}
    files: object = Cabinet(folder / "drive", public)
    return Parts(settings=said, folder=folder / "own", clock=SetClock(), files=files)  # pyright: ignore[reportArgumentType]


@asynccontextmanager
async def open_stand(folder: Path) -> AsyncIterator[SeedanceStand]:
    vendor = Ark()
    async with vendor.serving():
        made_from = parts(folder, vendor)
        provider = create(made_from)
        try:
            yield SeedanceStand(provider, vendor, made_from)
        finally:
            await provider.aclose()
