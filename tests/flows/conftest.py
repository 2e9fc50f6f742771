"""A stage for each test: the core on its own SQLite file, the doubles around it."""

import pytest

from tests.fakes import SetClock
from tests.houses import open_storage, staged, template


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    return template(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def stage(empty_database, tmp_path):
    clock = SetClock()
    storage = open_storage(empty_database, tmp_path, clock)
    yield staged(storage, tmp_path, clock)
    await storage.aclose()
