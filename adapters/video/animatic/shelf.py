"""The order folders on the disk, which several processes may share: laid down whole, looked at, emptied when they are old."""

import fcntl
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from adapters.video.animatic.plan import (
    LOCK,
    ORDER,
    OUTCOME,
    PROGRESS,
    read_document,
    read_plan,
    write_document,
)

KEPT_SECONDS = 23 * 60 * 60  # tidied once an hour: nothing stays longer than the 24 hours that are promised
LEFT_SECONDS = 60 * 60  # what was begun and not finished for so long was left by a process that died
REMEMBERED_SECONDS = 7 * 24 * 60 * 60
UNREADABLE = (ValueError, KeyError, TypeError)
UNREAD = "The order of this render cannot be read any more. Ask for it again."
GONE = ".gone"  # a name for each order that was here and is not any more


def is_open(folder: Path) -> bool:
    """Whether an order is there that has not ended and that no worker holds."""
    if (folder / OUTCOME).exists():
        return False
    try:
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError, NotADirectoryError):
        return False
    return True


def look(folder: Path) -> tuple[dict[str, Any] | None, dict[str, Any] | None, bool]:
    """The outcome, the progress, and whether there is an order at all."""
    return read_document(folder / OUTCOME), read_document(folder / PROGRESS), (folder / ORDER).exists()


def was_here(folder: Path) -> bool:
    return (folder.parent / GONE / folder.name).exists()


def begun(folder: Path) -> Path:
    """A fresh folder beside, under a name nobody else uses."""
    fresh = folder.with_name(f".new-{uuid4().hex}")
    fresh.mkdir(parents=True)
    return fresh


def put(fresh: Path, folder: Path) -> None:
    """Makes it the order, unless another process was faster with the same one."""
    try:
        fresh.rename(folder)
    except OSError:
        if not (folder / ORDER).exists():
            raise
        shutil.rmtree(fresh, ignore_errors=True)


def remove(folder: Path) -> None:
    """At once for every reader: it is renamed before it is emptied, and its name is kept."""
    names = folder.parent / GONE
    names.mkdir(parents=True, exist_ok=True)
    (names / folder.name).touch()
    gone = folder.with_name(f".old-{uuid4().hex}")
    with suppress(FileNotFoundError):
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def tidy(root: Path) -> list[str]:
    """Forgets what is old or was left half laid down; names the orders not yet ended, oldest first."""
    root.mkdir(parents=True, exist_ok=True)
    waiting: list[tuple[int, str]] = []
    for folder in [one for one in root.iterdir() if one.is_dir()]:
        with suppress(FileNotFoundError):  # another process tidies here too
            if folder.name == GONE:
                _forget_names(folder)
            elif folder.name.startswith("."):
                if _age(folder) > LEFT_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
            elif (folder / OUTCOME).exists():
                if _age(folder / OUTCOME) > KEPT_SECONDS:
                    remove(folder)
            else:
                waiting += _waiting(folder)
    return [name for _, name in sorted(waiting)]


def _waiting(folder: Path) -> list[tuple[int, str]]:
    try:
        return [(read_plan(folder).submitted, folder.name)]
    except (OSError, *UNREADABLE):
        write_document(folder / OUTCOME, {"error": "Unavailable", "message": UNREAD})
        return []


def _forget_names(names: Path) -> None:
    for name in names.iterdir():
        if _age(name) > REMEMBERED_SECONDS:
            name.unlink(missing_ok=True)


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime


def copy(source: Path, into: Path) -> None:
    """A second name for the same bytes where the disk allows it, else a copy."""
    into.parent.mkdir(parents=True, exist_ok=True)
    try:
        into.unlink(missing_ok=True)
        into.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, into)
