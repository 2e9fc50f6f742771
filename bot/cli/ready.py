"""What most commands begin with: settings, quiet logs, and the files a person named."""

import json
import mimetypes
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.app import make_folder
from bot.cli import out
from bot.domain.chat import Attachment
from bot.domain.errors import BadMedia, BadRequest, UserError
from bot.flows.parse.sources import CLIP_ID
from config import Settings, load, names, sources

PLATFORM = "terminal"

ELSEWHERE = re.compile(rf"https?://[^/]|asset:|drive:|/space/|{CLIP_ID}$", re.IGNORECASE)
"""How what is no file of this machine begins."""

MIMES = {".heic": "image/heic", ".heif": "image/heif", ".webp": "image/webp", ".avif": "image/avif"}
"""Types that not every machine's own table has."""


def ready(*, working: bool = False) -> Settings:
    """The settings, with logs on stderr for warnings only: a command's own words come first. Raises BadSettings.

    `working` is for commands whose adapters log; the others are quicker without.
    """
    settings = load()
    if working:
        from bot import log

        level = settings.log_level if settings.log_level in {"debug", "error"} else "warning"
        log.configure(settings.log_format, level, settings.secrets(), traces=level == "debug")
    for warning in misspelt():
        out.complain(warning)
    return settings


def misspelt() -> Iterator[str]:
    """A sentence for each name in the environment that looks like a setting and is none: it is never taken in silence."""
    for name, near in names.strangers(sources.variables()).items():
        yield f"{name} is no setting of Clapper's and does nothing{f'; did you mean {near}?' if near else '.'}"


def platform_named(said: str) -> str:
    """A chat by its name, forgiving in case. Raises BadRequest for one there is not."""
    known = (*sorted(names.PLATFORMS), PLATFORM)
    if (platform := said.strip().lower()) not in known:
        raise BadRequest(f"There is no platform {platform!r}. Name one of {', '.join(known)}.")
    return platform


def check_drive(settings: Settings) -> None:
    """Raises UserError where films could not be kept, before anything is begun."""
    folder = drive_folder(settings)
    if folder is None:
        return
    make_folder(settings.data)
    try:
        try_writing(folder)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise UserError(
            f"The Drive {str(folder)!r} cannot be written to: {why}. Make it writable or set CLAPPER_DRIVE to another place."
        ) from error


def drive_folder(settings: Settings) -> Path | None:
    """The folder of a Drive of local files; None for another kind."""
    if not settings.drive.startswith("file:"):
        return None
    return Path(settings.drive.removeprefix("file:").removeprefix("//")).absolute()


def try_writing(folder: Path) -> None:
    """Makes the folder where it is missing, and a small file in it for a moment. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".clapper-") as file:
        file.write(b"well")


@dataclass(frozen=True, slots=True)
class Attached:
    """What `-a` named: files of this machine, and in the grammar's own words what lies elsewhere."""

    files: tuple[Attachment, ...]
    elsewhere: str = ""


def attached(words: Sequence[str]) -> Attached:
    """Files of this machine as a chat would announce them; addresses, assets and Drive paths as a flag of the wish.

    Raises BadMedia, naming every file that cannot be read.
    """
    paths = [Path(word) for word in words if not _is_elsewhere(word)]
    wrong = [why for path in paths if (why := unreadable(path))]
    if wrong:
        raise BadMedia("\n".join(wrong))
    files = tuple(Attachment(str(path.absolute()), path.name, mime(path), path.stat().st_size) for path in paths)
    others = [word for word in words if _is_elsewhere(word)]
    return Attached(files, f" --attachments {json.dumps(others, ensure_ascii=False)}" if others else "")


def _is_elsewhere(word: str) -> bool:
    """A file of this machine wins, whatever it is called."""
    return ELSEWHERE.match(word) is not None and not os.path.lexists(word)


def unreadable(path: Path) -> str | None:
    """Why a file cannot be taken, as a sentence; None where it can."""
    try:
        if path.is_dir():
            return f"{path} is a folder; name a picture, film or sound in it."
        if not path.is_file():
            return f"{path} is not there; check the name." if not path.exists() else f"{path} is not an ordinary file."
        path.open("rb").close()
    except OSError as error:
        return f"{path} cannot be read: {(error.strerror or 'unknown reason').lower()}."
    return None


def mime(path: Path) -> str:
    """The type the name claims; what the file really is gets looked at later."""
    return MIMES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or ""
