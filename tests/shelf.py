"""Every model there is, as the program reads them, and requests to put before them."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain.catalogue import Catalogue, override, read_models
from bot.domain.media import Media, MediaKind, Role
from bot.domain.model import Choice, Model
from bot.domain.request import Reference, Setting, Settings, Source, SourceKind, VideoRequest
from bot.domain.rules import Rules
from bot.flows.choose import choose

TODAY = date(2026, 11, 20)
RULES = Rules(public_links=True)
VIDEO = Path(__file__).parents[1] / "adapters" / "video"


@cache
def all_models() -> tuple[Model, ...]:
    read = []
    for file in sorted(VIDEO.glob("*/models.toml")):
        read += read_models(file.parent.name, tomllib.loads(file.read_text(encoding="utf-8")))
    return override(read, {})


def shelf(*connected: str, default: str = "seedance-2") -> Catalogue:
    """All models, with these providers connected; none named means all."""
    everyone = frozenset(model.provider for model in all_models())
    return Catalogue(models=all_models(), connected=frozenset(connected) or everyone, default=default)


def model(id: str) -> Model:
    found = shelf().get(id)
    assert found is not None, id
    return found


def chosen(request: VideoRequest, *connected: str, default: str = "seedance-2", rules: Rules = RULES) -> Choice:
    """The choice for a request that nothing is wrong with."""
    choice, problems = choose(request, shelf(*connected, default=default), rules, TODAY)
    assert problems == ()
    assert choice is not None
    return choice


def picture(token: str, role: Role = Role.reference_image, width: int = 1600, height: int = 900) -> Reference:
    media = Media(kind=MediaKind.image, mime="image/png", bytes=1000, width=width, height=height)
    return _reference(token, role, media)


def film(token: str, seconds: float = 5.0) -> Reference:
    media = Media(kind=MediaKind.video, mime="video/mp4", bytes=1000, width=1280, height=720, seconds=seconds)
    return _reference(token, Role.reference_video, media)


def sound(token: str, seconds: float = 5.0) -> Reference:
    media = Media(kind=MediaKind.audio, mime="audio/wav", bytes=1000, seconds=seconds)
    return _reference(token, Role.reference_audio, media)


def _reference(token: str, role: Role, media: Media) -> Reference:
    return Reference(token=token, kind=media.kind, role=role, source=Source(SourceKind.upload, token), media=media)


def wish(prompt: str = "A heron takes off", *references: Reference, **said: Any) -> VideoRequest:
    """A request in which these settings were said."""
    settings = Settings(**{name: Setting(value) for name, value in said.items()})
    return VideoRequest(prompt=prompt, settings=settings, references=references)
