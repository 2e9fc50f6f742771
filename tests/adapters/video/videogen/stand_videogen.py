"""VideoGen's adapter before its server."""

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from adapters.video.videogen.provider import VideoGen
from bot.domain.catalogue import read_models
from bot.domain.model import Model
from bot.domain.request import Reference, Setting, Settings, VideoRequest
from bot.ports.parts import Parts
from bot.ports.video import Order
from tests.adapters.video.videogen.server_videogen import KEY, VideoGenServer
from tests.fakes import NOON, SetClock
from tests.shelf import VIDEO
from tests.vendor import Cabinet, Mood, status

QUICK = (0.0, 0.0, 0.0)
(MODEL,) = read_models("videogen", tomllib.loads((VIDEO / "videogen" / "models.toml").read_text(encoding="utf-8")))


PROMPT = "A heron takes off"
CHEAPEST = {"seconds": 4.0, "aspect": "16:9", "audio": False, "count": 1}


def order(
    key: str = "J-ONE-1", *references: Reference, prompt: str = PROMPT, model: Model = MODEL, **settings: Any
) -> Order:
    """An order with just these settings."""
    given = Settings(**{name: Setting(value) for name, value in settings.items()})
    request = VideoRequest(prompt=prompt, settings=given, references=references)
    return Order(key=key, job=key.rpartition("-")[0], model=model, request=request, sent_at=NOON)


@dataclass
class Notebook:
    """Notes as a storage keeps them, and until when."""

    held: dict[str, str] = field(default_factory=dict)
    kept: dict[str, datetime] = field(default_factory=dict)
    broken: bool = False

    async def get(self, key: str) -> str | None:
        self._check()
        return self.held.get(key)

    async def put(self, key: str, text: str, until: datetime) -> None:
        self._check()
        self.held[key], self.kept[key] = text, until

    def _check(self) -> None:
        if self.broken:
            raise OSError("the disk is away")


@dataclass
class VideoGenStand:
    provider: VideoGen
    vendor: VideoGenServer
    clock: SetClock
    notebook: Notebook
    folder: Path
    memory: str = "listing"
    stops: str = "running"
    made: list[VideoGen] = field(default_factory=list)

    def order(self, key: str = "J-ONE-1", *references: Reference, prompt: str = PROMPT, **settings: Any) -> Order:
        return order(key, *references, prompt=prompt, **(CHEAPEST | settings))

    def advance(self, task: str, state: str) -> None:
        one = self.vendor.execution(task)
        match state:
            case "queued":
                one.status = "pending"
            case "running":
                one.status, one.progress = "running", 40
            case "finished":
                self.vendor.finish(task)
            case "refused":
                one.status = "failed"
                one.error = {"message": "The prompt was flagged by content moderation.", "code": None}
            case "failed":
                one.status, one.error = "failed", {"message": "The model did not answer.", "code": None}
            case "paused":
                one.status = "hibernating"

    def bad_key(self) -> Mood:
        return status(401, {"message": "The API key is not valid.", "code": "invalid_api_key"})

    def no_credit(self) -> Mood:
        needed = {"type": "upgrade_plan", "details": {}}
        return status(429, {"message": "Not enough credits", "code": "insufficient_credits", "requirement": needed})

    def limited(self) -> Mood:
        return status(429, {"message": "Too many requests", "code": "rate_limited"}, retry_after="7")

    @property
    def parts(self) -> Parts:
        """What the adapter is made from, and the doctor is given."""
        return self.parts_with(KEY, self.notebook)

    def parts_with(self, key: str, notebook: Notebook | None) -> Parts:
        storage: Any = SimpleNamespace(notes=notebook) if notebook else None
        files: Any = Cabinet(self.folder)
        settings = {"api_key": key, "base_url": self.vendor.url}
        return Parts(settings=settings, folder=self.folder, clock=self.clock, files=files, storage=storage)

    def another(self, key: str = KEY, notebook: Notebook | None = None, *, lasting: bool = True) -> VideoGen:
        """The adapter as another bot has it, or this one after a restart."""
        notes = (notebook or self.notebook) if lasting else None
        self.made.append(VideoGen(self.parts_with(key, notes), pauses=QUICK))
        return self.made[-1]


@asynccontextmanager
async def open_stand(folder: Path) -> AsyncIterator[VideoGenStand]:
    vendor, clock, notebook = VideoGenServer(), SetClock(), Notebook()
    async with vendor.serving():
        stand = VideoGenStand(None, vendor, clock, notebook, folder)  # pyright: ignore[reportArgumentType]
        stand.provider = stand.another()
        try:
            yield stand
        finally:
            for one in stand.made:
                await one.aclose()
