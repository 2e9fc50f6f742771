"""A Slack that answers, and holds whatever was sent against Slack's limits at the end."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.chat.slack.server.slack import Slack


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with Slack().serving() as served:
        yield served
        assert served.violations == []
