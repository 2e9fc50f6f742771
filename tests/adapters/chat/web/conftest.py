"""A served page with a scripted bot behind it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.adapters.chat.web.scripted import Bot


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with Bot(tmp_path).served() as served:
        yield served


@pytest.fixture
async def web(bot: Bot) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=bot.url, timeout=10) as client:
        yield client
