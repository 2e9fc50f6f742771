"""`clapper library` and `clapper drive`: the films of this terminal, and those of its space."""

from pathlib import Path
from typing import Any

from bot.app import opened
from bot.cli import out
from bot.cli.interrupts import run
from bot.cli.jobs import login
from bot.cli.ready import PLATFORM, drive_folder, ready
from bot.domain.chat import Conversation, Person
from bot.domain.drive import Clip
from bot.flows.library.library import Page, check_page, facts, found
from bot.flows.library.listing import Listing, What
from config import Settings

WORKSPACE = "local"
"""The terminal's own."""


def library(words: str, page: int | None, *, json: bool) -> int:
    return _show(What.library, words, page, json=json)


def drive(folder: str, page: int | None, *, json: bool) -> int:
    return _show(What.drive, folder, page, json=json)


def _show(what: What, text: str, number: int | None, *, json: bool) -> int:
    """Raises BadRequest for a page that is not there."""
    settings = ready(working=True)
    me = Person(PLATFORM, WORKSPACE, login(), login())
    listing = Listing(what=what, text=text, asker=me, place=Conversation(PLATFORM, WORKSPACE, ""), card="")
    page = run(_found(settings, listing, number))
    check_page(page, what)
    if json:
        out.document(_document(page, drive_folder(settings)))
    else:
        _tell(page, me)
    return 0


async def _found(settings: Settings, listing: Listing, number: int | None) -> Page:
    async with opened(settings, platforms=[]) as app:
        return await found(listing, number, app.house)


def _tell(page: Page, me: Person) -> None:
    out.say(page.title)
    folders = [("", row.name, row.value) for row in page.folder.folders] if page.folder else []
    films = [(str(number), clip.drive_path, facts(clip, me)) for number, clip in enumerate(page.clips, page.first)]
    if folders or films:
        out.table(("", "Path", "Film"), [*folders, *films])
    if page.number < page.pages:
        out.complain(f"Page {page.number} of {page.pages}; `--page {page.number + 1}` shows the next.")


def _document(page: Page, root: Path | None) -> dict[str, Any]:
    told = {
        "title": page.title,
        "page": page.number,
        "pages": page.pages,
        "total": page.total,
        "films": [_film(clip, root) for clip in page.clips],
    }
    if page.folder is None:
        return told
    folders = [{"path": row.name, "films": int(row.value.partition(" ")[0])} for row in page.folder.folders]
    return told | {"folder": page.folder.path, "folders": folders}


def _film(clip: Clip, root: Path | None) -> dict[str, Any]:
    return {
        "id": clip.id,
        "drive_path": clip.drive_path,
        "path": _on_disk(clip.key, root),
        "poster": _on_disk(clip.poster, root),
        "prompt": clip.prompt,
        "model": clip.model,
        "title": clip.title,
        "seconds": clip.seconds,
        "width": clip.width,
        "height": clip.height,
        "bytes": clip.bytes,
        "owner": clip.owner.name,
        "job": clip.job,
        "made_at": clip.made_at.isoformat(),
        "expires_at": clip.expires_at.isoformat() if clip.expires_at else None,
    }


def _on_disk(key: str, root: Path | None) -> str | None:
    """Where a Drive of local files keeps it."""
    return str(root / key) if root and key else None
