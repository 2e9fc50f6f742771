"""One set of tools for all: their processes take a while to start."""

import pytest

from adapters.media.ffmpeg.pool import Pool
from adapters.media.ffmpeg.tools import FFmpegTools


@pytest.fixture(scope="session")
def tools():
    tools = FFmpegTools(Pool())
    yield tools
    tools.pool.close()
