"""A real disk that is small: a file system of its own, which can be filled to the last byte and emptied again."""

import errno
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Disk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as ballast:
            for piece in (1 << 20, 1 << 14, 1 << 12, 1):
                _written(ballast, bytes(piece))

    def empty(self) -> None:
        self._ballast.unlink()


def _written(file, piece: bytes) -> None:
    try:
        while file.write(piece):
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Skips the test where nothing may be mounted."""
    folder.mkdir()
    if shutil.which("mount") is None:
        pytest.skip("there is no `mount` here")
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing may be mounted here: {done.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
