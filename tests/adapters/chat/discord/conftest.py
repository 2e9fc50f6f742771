"""A Discord of our own for these tests, which must end without anything that the real one would refuse."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.chat.discord.server import Discord


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    async with Discord().serving() as server:
        yield server
    assert server.violations == []
