"""How little a process gets that opens strangers' files: no keys, so much memory, so large a file."""

import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

LARGEST_FILE = 4 * 1024**3
_ROOT = Path(__file__).resolve().parents[2]
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "IMAGEIO_FFMPEG_EXE")


def environment(own: Mapping[str, str] | None = None) -> dict[str, str]:
    """The few variables a worker needs and `own`, so that a hostile file that takes it over finds no keys."""
    way = os.pathsep.join(dict.fromkeys([*filter(None, sys.path), str(_ROOT)]))
    return {
        "PYTHONPATH": way,
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        **(own or {}),
    }


def command(module: str, *arguments: str) -> tuple[str, ...]:
    """Our own interpreter running a module; the folder it happens to start in is no place to import from."""
    return (sys.executable, "-P", "-m", module, *arguments)


def confine(memory_bytes: int) -> None:
    """Binds this very process, for good."""
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))
