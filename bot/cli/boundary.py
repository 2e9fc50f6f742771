"""The edge of the program: whatever goes wrong becomes one sentence and an exit code, never a traceback."""

import io
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.domain.errors import ClapperError
from config import BadSettings

INTERRUPTED = 130


def guarded(program: Callable[[], Any]) -> None:
    """Runs the program and leaves with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        program()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Who reads has gone; writing the rest at exit would only complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (ClapperError, BadSettings, OSError) as error:
        refuse(sentence(error))
    except Exception as error:  # noqa: BLE001 - the last net: people get a sentence, the file gets the rest
        refuse(f"Something broke here ({type(error).__name__}). {_written(error)}")


def refuse(say: str) -> None:
    """Says why not, on stderr; with --json on stdout, too, as a document. Leaves with 1."""
    from bot.domain.plain import plain

    print(plain(say), file=sys.stderr)
    if "--json" in sys.argv[1:]:
        from bot.cli.out import document

        document({"error": say})
    sys.exit(1)


def sentence(error: Exception) -> str:
    """What an expected error has to say to people."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}." if error.filename else f"{error.strerror}."
    return str(error)


def _written(error: Exception) -> str:
    """Keeps the traceback where it can be found, and says where."""
    name = f"clapper-broke-{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.log"
    for folder in (Path(os.environ.get("CLAPPER_DATA") or "data"), Path(tempfile.gettempdir())):
        path = folder / name
        try:
            with path.open("x", encoding="utf-8") as file:
                path.chmod(0o600)
                traceback.print_exception(error, file=file)
        except OSError:
            continue
        return f"What happened is in {path.absolute()}; please report it with what you did."
    return "It could not be written down either: no folder here can be written to."
