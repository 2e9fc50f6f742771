"""The Drive's bytes in a folder of this machine."""

from pathlib import Path

from adapters.files.local.files import LocalFiles
from bot.ports.parts import Parts


def create(parts: Parts) -> LocalFiles:
    """`settings["root"]` is the folder; it is made when the first file is kept."""
    return LocalFiles(Path(parts.settings["root"]))
