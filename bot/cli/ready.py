"""What most commands begin with: settings, quiet logs, and the files a person named."""

import mimetypes
from collections.abc import Sequence
from pathlib import Path

from bot.domain.chat import Attachment
from bot.domain.errors import BadMedia
from config import Settings, load

PLATFORM = "terminal"

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
    return settings


def attachments(paths: Sequence[Path]) -> tuple[Attachment, ...]:
    """Files of this machine as a chat would announce them. Raises BadMedia, naming every one that cannot be read."""
    wrong = [why for path in paths if (why := unreadable(path))]
    if wrong:
        raise BadMedia("\n".join(wrong))
    return tuple(Attachment(str(path.absolute()), path.name, mime(path), path.stat().st_size) for path in paths)


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
