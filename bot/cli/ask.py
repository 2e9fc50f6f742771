"""`clapper ask`: the whole way once, in the terminal."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TextIO, cast

from bot.app import opened
from bot.cli import documents
from bot.cli import out as printed
from bot.cli.ready import PLATFORM, attachments, ready
from bot.domain.card import Card, Tone
from bot.domain.chat import Attachment
from bot.domain.drive import Clip
from bot.domain.job import Job, State
from bot.ports.chat import Ears
from bot.ports.house import House
from config import Settings

STOP_SECONDS = 10.0
LOOK_SECONDS = 0.05


class Asked(Protocol):
    @property
    def job(self) -> str | None: ...
    @property
    def card(self) -> Card | None: ...


class Asks(Protocol):
    """What the terminal offers beyond a chat platform."""

    saved: Mapping[str, Path]
    trouble: Sequence[str]

    async def ask(
        self, ears: Ears, text: str, attachments: Sequence[Attachment], *, yes: bool, out: Path | None, to: TextIO
    ) -> Asked: ...


def ask(text: str, files: Sequence[Path], *, yes: bool, out: Path | None, json: bool) -> int:
    """Exit code 0 where a film was made, or a question answered; 1 otherwise."""
    settings = ready(working=True)
    return asyncio.run(_ask(settings, text, attachments(files), yes=yes, out=out, json=json))


async def _ask(
    settings: Settings, text: str, attached: Sequence[Attachment], *, yes: bool, out: Path | None, json: bool
) -> int:
    async with opened(settings, platforms=[PLATFORM]) as app:
        await app.work()
        terminal = cast(Asks, app.house.platforms[PLATFORM])
        to = sys.stderr if json else sys.stdout
        asked = await terminal.ask(app.router, text, attached, yes=yes, out=out, to=to)
        if asked.job is None:
            return _answered(asked.card, json=json)
        job = await _settled(asked.job, app.house)
        if json:
            files = [_file(clip, terminal.saved, settings) for clip in job.result.clips] if job.result else []
            printed.document(documents.asked(job, files))
        else:
            _tell(job, terminal, settings)
        for sentence in terminal.trouble:
            printed.complain(sentence)
        return 0 if job.state is State.complete and not terminal.trouble else 1


def _answered(card: Card | None, *, json: bool) -> int:
    """Nothing to make came of it: a question was answered, or the person left before there was a price."""
    if json:
        failure = card.summary if card else "Interrupted before there was a price."
        printed.document({"job": None, "state": None, "model": None, "credits": None, "failure": failure, "files": []})
    return 0 if card is not None and card.tone is not Tone.problem and not json else 1


async def _settled(id: str, house: House) -> Job:
    """The job as it ended; a cancelled one is given a moment to stop its provider, so that its books are closed."""
    job = await house.storage.jobs.get(id)
    for _ in range(int(STOP_SECONDS / LOOK_SECONDS)):
        if job is not None and not job.stopping:
            break
        await asyncio.sleep(LOOK_SECONDS)
        job = await house.storage.jobs.get(id)
    assert job is not None
    return job


def _tell(job: Job, terminal: Asks, settings: Settings) -> None:
    """Where the films are; what else there is to say stood on the card."""
    if not job.ended and job.state is not State.unclear:
        printed.say(f"Job {job.id} goes on as soon as Clapper runs: `clapper run`, `clapper status {job.id}`.")
    for clip in job.result.clips if job.state is State.complete and job.result else ():
        path = terminal.saved.get(clip.key) or _on_disk(clip.key, settings)
        printed.say(str(path) if path else f"On the Drive: {clip.drive_path}")


def _file(clip: Clip, saved: Mapping[str, Path], settings: Settings) -> dict[str, Any]:
    return {
        "path": _text(saved.get(clip.key) or _on_disk(clip.key, settings)),
        "drive_path": clip.drive_path,
        "width": clip.width,
        "height": clip.height,
        "seconds": clip.seconds,
        "poster": _text(_on_disk(clip.poster, settings)),
        "last_frame": _text(_on_disk(clip.last_frame, settings)),
    }


def _on_disk(key: str, settings: Settings) -> Path | None:
    """Where a Drive of local files keeps this key."""
    if not key or not settings.drive.startswith("file:"):
        return None
    return Path(settings.drive.removeprefix("file:").removeprefix("//"), key).absolute()


def _text(path: Path | None) -> str | None:
    return str(path.absolute()) if path else None
