"""`clapper ask`: the whole way once, in the terminal."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TextIO, cast

from bot.app import App, opened
from bot.cli import documents
from bot.cli import out as printed
from bot.cli.interrupts import Interrupts
from bot.cli.ready import PLATFORM, attached, check_drive, drive_folder, ready
from bot.domain.card import Card, Tone
from bot.domain.chat import Attachment, ChatEvent, Press
from bot.domain.drive import Clip
from bot.domain.job import Job, State
from bot.flows.hear import hear
from bot.ports.chat import Ears
from config import Settings


class Asked(Protocol):
    @property
    def job(self) -> str | None: ...
    @property
    def card(self) -> Card | None: ...


class Asks(Protocol):
    """What the terminal offers beyond a chat platform."""

    saved: Mapping[str, Path]
    trouble: Sequence[str]

    def interrupt(self) -> None: ...

    async def ask(
        self, ears: Ears, text: str, attachments: Sequence[Attachment], *, yes: bool, out: Path | None, to: TextIO
    ) -> Asked: ...


class Here:
    """The ears of one wish, heard by this process alone: it names files of this machine, and whatever lies in the inbox is anybody's."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def receive(self, event: ChatEvent) -> bool:
        """Hears it out before answering."""
        assert not isinstance(event, Press)
        await hear(event, self._app.house)
        self._app.router.tick()
        return True

    async def press(self, press: Press) -> None:
        await self._app.router.press(press)


def ask(text: str, named: Sequence[str], *, yes: bool, out: Path | None, json: bool) -> int:
    """Exit code 0 where a film was made, or a question answered; 1 otherwise."""
    settings = ready(working=True)
    there = attached(named)
    check_drive(settings)
    interrupts = Interrupts()
    work = _ask(settings, text + there.elsewhere, there.files, interrupts, yes=yes, out=out, json=json)
    return interrupts.run(work)


async def _ask(
    settings: Settings,
    text: str,
    files: Sequence[Attachment],
    interrupts: Interrupts,
    *,
    yes: bool,
    out: Path | None,
    json: bool,
) -> int:
    async with opened(settings, platforms=[PLATFORM]) as app:
        await app.work()
        terminal = cast(Asks, app.house.platforms[PLATFORM])
        to = sys.stderr if json else sys.stdout
        interrupts.taken = terminal.interrupt
        asked = await terminal.ask(Here(app), text, files, yes=yes, out=out, to=to)
        interrupts.taken = None
        if asked.job is None:
            return _answered(asked.card, json=json)
        job = await app.house.storage.jobs.get(asked.job)
        assert job is not None
        if json:
            made = [_file(clip, terminal.saved, settings) for clip in job.result.clips] if job.result else []
            printed.document(documents.asked(job, made))
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
    folder = drive_folder(settings)
    return folder / key if folder and key else None


def _text(path: Path | None) -> str | None:
    return str(path.absolute()) if path else None
