"""A Discord of our own for these tests, which must end without anything that the real one would refuse."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.studio import Living, living


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    async with Discord().serving() as server:
        yield server
    assert server.violations == []


@pytest.fixture
async def core(discord: Discord, tmp_path: Path) -> AsyncIterator[Living]:
    """One that has told Discord of its commands."""
    async with living(discord, tmp_path) as one:
        await discord.until(lambda: discord.syncs)
        yield one
