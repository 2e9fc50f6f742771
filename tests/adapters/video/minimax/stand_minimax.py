"""MiniMax before its server: `open_stand` with H3 on the newer API, `open_stand_v1` with Hailuo on the older."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from adapters.video.minimax import create
from bot.domain.job import Job, State
from bot.domain.media import Media, MediaKind, Role
from bot.domain.model import FRAME_TASKS
from bot.domain.request import Reference, Setting, Settings, Source, SourceKind, VideoRequest
from bot.ports.parts import Parts
from bot.ports.video import Order, VideoProvider
from tests.adapters.video.minimax.server_minimax import KEY, MinimaxVendor, bad_key, limited, no_credit
from tests.fakes import NOON, SetClock
from tests.shelf import model
from tests.vendor import Cabinet, Mood

PUBLIC = "https://clapper.example"


@dataclass
class Remembered:
    """As much of a storage as the adapter reads: notes by key, and other jobs."""

    kept: dict[str, str] = field(default_factory=dict)
    until: dict[str, datetime] = field(default_factory=dict)
    others: list[Job] = field(default_factory=list)
    broken: bool = False

    @property
    def notes(self) -> "Remembered":
        return self

    @property
    def jobs(self) -> "Remembered":
        return self

    async def get(self, key: str) -> str | None:
        return self.kept.get(key)

    async def put(self, key: str, text: str, until: datetime) -> None:
        if self.broken:
            raise OSError("the database is away")
        self.kept[key], self.until[key] = text, until

    async def find(self, *, states: Collection[State], batch: str | None = "", limit: int) -> Sequence[Job]:
        return [job for job in self.others if job.state in states and batch in (None, job.batch)][:limit]


def reference(
    token: str, role: Role = Role.first_frame, key: str = "picture", mime: str = "image/png", **facts: Any
) -> Reference:
    kind = MediaKind(token.strip("@0123456789").lower())
    media = Media(kind=kind, mime=mime, **{"bytes": 1000, "width": 640, "height": 360, **facts})
    return Reference(token=token, kind=kind, role=role, source=Source(SourceKind.upload, token), key=key, media=media)


def order(
    id: str, *references: Reference, key: str = "J-ONE-1", prompt: str = "A heron takes off", **said: Any
) -> Order:
    """A resolved order: what is not said is the model's own for that task."""
    chosen = model(id)
    request = VideoRequest(prompt=prompt, references=references)
    under = chosen.under(request, said.get("resolution") or next(iter(chosen.resolutions), None))
    usual = {
        "seconds": under.seconds.default,
        "resolution": next(iter(under.resolutions), None),
        "aspect": "adaptive" if request.task in FRAME_TASKS else next(iter(under.aspects), None),
        "audio": chosen.audio == "always",
        "count": 1,
    }
    callback = said.pop("callback", "")
    values = {name: Setting(value) for name, value in (usual | said).items() if value is not None}
    request = VideoRequest(prompt=prompt, references=references, settings=Settings(**values))
    return Order(key=key, job=key.rpartition("-")[0], model=chosen, request=request, sent_at=NOON, callback=callback)


@dataclass
class MinimaxStand:
    provider: VideoProvider
    vendor: MinimaxVendor
    api: str
    parts: Parts
    storage: Remembered
    memory: str
    stops: str

    def order(self, key: str = "J-ONE-1", **settings: Any) -> Order:
        if self.api == "v1":
            return order("hailuo-2.3-fast", reference("@Image1"), key=key, **settings)
        return order("minimax-h3", key=key, **{"seconds": 4.0, "aspect": "16:9"} | settings)

    def advance(self, task: str, state: str) -> None:
        self.vendor.advance(task, state)

    def bad_key(self) -> Mood:
        return bad_key(self.api)

    def no_credit(self) -> Mood:
        return no_credit(self.api)

    def limited(self) -> Mood:
        return limited(self.api)


@asynccontextmanager
async def _open(folder: Path, api: str, memory: str, stops: str) -> AsyncIterator[MinimaxStand]:
    shelf, clock, storage = folder / "shelf", SetClock(), Remembered()
    shelf.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (640, 360), (60, 90, 140)).save(shelf / "picture", format="PNG")
    async with MinimaxVendor(clock).serving() as vendor:
        assert isinstance(vendor, MinimaxVendor)
        settings = {"api_key": KEY, "base_url": vendor.url}
        files, notes = Cabinet(shelf, PUBLIC), storage
        parts = Parts(settings=settings, folder=folder, clock=clock, files=files, storage=notes)  # pyright: ignore[reportArgumentType] - as much of each as is used
        provider = create(parts)
        try:
            yield MinimaxStand(provider, vendor, api, parts, storage, memory, stops)
        finally:
            await provider.aclose()


def open_stand(folder: Path) -> Any:
    return _open(folder, "v2", "listing", "queued")


def open_stand_v1(folder: Path) -> Any:
    return _open(folder, "v1", "blind", "never")
