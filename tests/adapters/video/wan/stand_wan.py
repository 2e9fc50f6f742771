"""Wan before a Model Studio of ours, with files on a shelf."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from adapters.video.wan import create
from bot.domain.media import Media, MediaKind, Role
from bot.domain.model import Model
from bot.domain.request import Reference, Setting, Settings, Source, SourceKind, VideoRequest
from bot.ports.files import Files
from bot.ports.parts import Parts
from bot.ports.storage import Storage
from bot.ports.video import Order, VideoProvider
from tests.adapters.video.wan.server_wan import KEY, ModelStudio
from tests.fakes import SetClock
from tests.shelf import model
from tests.vendor import Cabinet, Mood, film, status

KINDS = {
    Role.first_frame: MediaKind.image,
    Role.last_frame: MediaKind.image,
    Role.reference_image: MediaKind.image,
    Role.reference_video: MediaKind.video,
    Role.reference_audio: MediaKind.audio,
}
MIMES = {MediaKind.image: "image/png", MediaKind.video: "video/mp4", MediaKind.audio: "audio/wav"}


@dataclass
class WanStand:
    provider: VideoProvider
    vendor: ModelStudio
    clock: SetClock
    parts: Parts
    memory: str = "listing"
    stops: str = "queued"

    def order(self, key: str = "J-ONE-1", **settings: Any) -> Order:
        return order(self.clock, key, **settings)

    def advance(self, task: str, state: str) -> None:
        self.vendor.advance(task, state)

    def bad_key(self) -> Mood:
        return refusal(401, "InvalidApiKey", "Invalid API-key provided.")

    def no_credit(self) -> Mood:
        return refusal(400, "Arrearage", "Access denied, please make sure your account is in good standing.")

    def limited(self) -> Mood:
        return replace(
            refusal(429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later."),
            headers={"retry-after": "7"},
        )


def refusal(code: int, name: str, words: str) -> Mood:
    return status(code, {"code": name, "message": words, "request_id": "7438d53d-6eb8-4596-8835-xxxxxx"})


def order(
    clock: SetClock,
    key: str = "J-ONE-1",
    of: str | Model = "wan-3",
    prompt: str = "A heron takes off",
    references: tuple[Reference, ...] = (),
    **said: Any,
) -> Order:
    """The shortest and smallest film of Wan 3.0, unless said otherwise; a setting that is None is not set."""
    chosen = of if isinstance(of, Model) else model(of)
    usual: dict[str, Any] = {"seconds": 2.0, "aspect": "16:9", "resolution": "480p", "audio": False, "watermark": False}
    values = {name: value for name, value in (usual | said).items() if value is not None}
    settings = Settings(
        **{name: value if isinstance(value, Setting) else Setting(value) for name, value in values.items()}
    )
    request = VideoRequest(prompt=prompt, settings=settings, references=references)
    return Order(key=key, job=key.rpartition("-")[0], model=chosen, request=request, sent_at=clock.now())


def reference(token: str, role: Role, *, key: str = "", bytes: int = 1000, seconds: float | None = None) -> Reference:
    kind = KINDS[role]
    length = seconds if seconds is not None else None if kind is MediaKind.image else 5.0
    return Reference(
        token=token,
        kind=kind,
        role=role,
        source=Source(SourceKind.upload, token),
        media=Media(kind=kind, mime=MIMES[kind], bytes=bytes, seconds=length),
        key=key or {MediaKind.image: "picture", MediaKind.video: "film", MediaKind.audio: "sound"}[kind],
    )


def _shelf(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (320, 240), (60, 90, 140)).save(folder / "picture", format="PNG")
    (folder / "film").write_bytes(film())
    (folder / "sound").write_bytes(b"RIFF$\x00\x00\x00WAVEfmt ")


@asynccontextmanager
async def open_stand(folder: Path, storage: Storage | None = None) -> AsyncIterator[WanStand]:
    await asyncio.to_thread(_shelf, folder / "drive")
    clock = SetClock()
    files: Files = Cabinet(folder / "drive")  # pyright: ignore[reportAssignmentType]
    async with ModelStudio(clock).serving() as vendor:
        assert isinstance(vendor, ModelStudio)
        parts = Parts(
            settings={"api_key": KEY, "base_url": vendor.url},
            folder=folder / "own",
            clock=clock,
            files=files,
            storage=storage,
        )
        provider = create(parts)
        try:
            yield WanStand(provider, vendor, clock, parts)
        finally:
            await provider.aclose()
