"""The edge of the program: whatever goes wrong becomes one sentence and an exit code, never a traceback."""

import errno
import io
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from bot.domain.errors import ClapperError
from config import BadSettings

INTERRUPTED = 130
UNWRITTEN = frozenset({errno.ENOSPC, errno.EBADF, errno.EIO})


def guarded(program: Callable[[], Any]) -> None:
    """Runs the program and leaves with its exit code."""
    _open_streams()
    try:
        try:
            program()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        _let_go(sys.stdout)  # who reads has gone
        sys.exit(1)
    except (ClapperError, BadSettings, OSError) as error:
        refuse(f"What there was to say could not be printed: {why}." if (why := _unprinted(error)) else sentence(error))
    except Exception as error:  # noqa: BLE001 - the last net: people get a sentence, the file gets the rest
        refuse(f"Something broke here ({type(error).__name__}). {_written(error)}")


def refuse(say: str) -> None:
    """Says why not, on stderr; with --json on stdout, too, as a document. Leaves with 1."""
    from bot.cli.out import complain, document

    try:
        complain(say)
        sys.stderr.flush()
    except OSError:
        _let_go(sys.stderr)
    try:
        if "--json" in sys.argv[1:]:
            document({"error": say})
        sys.stdout.flush()
    except OSError:
        _let_go(sys.stdout)
    sys.exit(1)


def _open_streams() -> None:
    """Every stream is there: on one that was closed, reading and printing fail like anywhere else instead of as a bug.

    Its number is taken too, or the next file opened, a database, would get it and whatever is printed.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            there = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            if there != number:
                os.dup2(there, number)
                os.close(there)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - as long as the program
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _unprinted(error: Exception) -> str:
    """Why stdout takes no more; "" where it does. An error of writing does not say which file it was: an empty line tells."""
    if not isinstance(error, OSError) or error.filename or error.errno not in UNWRITTEN:
        return ""
    try:
        print(flush=True)
    except OSError as found:
        _let_go(sys.stdout)
        return (found.strerror or type(found).__name__).lower()
    return ""


def _let_go(stream: TextIO) -> None:
    """What is still to be written goes nowhere: Python would complain of it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


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
