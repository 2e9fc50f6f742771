"""VideoGen's adapter before its server, made anew for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.video.videogen.stand_videogen import VideoGenStand, open_stand


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[VideoGenStand]:
    async with open_stand(tmp_path) as made:
        yield made
