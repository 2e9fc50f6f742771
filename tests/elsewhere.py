"""A place with no settings: for tests of how they are read. Whoever wants it imports the fixture."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import names


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path) -> Iterator[None]:
    """Each test stands in an empty folder, with none of these names in its environment; all is put back."""
    before, folder = dict(os.environ), Path.cwd()
    for name in (*names.environment(), "CLAPPER_CONFIG"):
        os.environ.pop(name, None)
    os.chdir(tmp_path)
    yield
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(before)
