"""Orders as the core makes them, for each model and task."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.media import Role
from bot.domain.request import Reference, Setting, VideoRequest
from bot.ports.video import Order
from tests.adapters.video.seedance.stand_seedance import order, reference
from tests.shelf import chosen, wish

SENT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

FIRST = reference("@Image1", Role.first_frame, "first", "image/png", width=1600, height=900)
LAST = reference("@Image2", Role.last_frame, "last", "image/jpeg", width=1600, height=900)
TEA = reference("@Image1", Role.reference_image, "tea-1", "image/jpeg", width=1600, height=900)
CUP = reference("@Image2", Role.reference_image, "tea-2", "image/webp", width=1600, height=900)
FILM = reference("@Video1", Role.reference_video, "tea.mp4", "video/mp4", width=1280, height=720, seconds=8.0)
SOUND = reference("@Audio1", Role.reference_audio, "tea.mp3", "audio/mpeg", seconds=5.0)
TASKS: Mapping[str, tuple[str, tuple[Reference, ...]]] = {
    "text": ("A heron takes off", ()),
    "first_frame": ("It takes off", (FIRST,)),
    "first_last": ("It takes off and lands", (FIRST, LAST)),
    "references": ("Tea is poured into @Image2", (TEA, CUP, FILM, SOUND)),
    "edit": ("Edit @Video1 so that it snows", (FILM,)),
    "extend": ("Extend @Video1 by a few seconds", (FILM,)),
}


def asked(model: str, task: str, callback: str = "", **said: Any) -> Order:
    """The order for a task, its settings resolved by the core."""
    prompt, references = TASKS[task]
    request = wish(prompt, *references, model=model, **said)
    choice = chosen(request)
    assert (choice.model, str(choice.task)) == (model, task)
    made = order("J-ONE-1", replace(request, settings=choice.settings), model, callback)
    return replace(made, sent_at=SENT)


def told(prompt: str, *references: Reference, **said: Any) -> VideoRequest:
    return VideoRequest(
        prompt=prompt,
        references=references,
        settings=replace(wish().settings, **{name: Setting(value) for name, value in said.items()}),
    )
