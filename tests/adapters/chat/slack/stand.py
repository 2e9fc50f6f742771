"""The Slack adapter connected to a Slack of our own, for the promises that every chat keeps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from adapters.chat import slack as adapter
from bot.ports.chat import ChatPlatform
from bot.ports.parts import Parts
from tests.adapters.chat.slack.server.slack import Slack


@asynccontextmanager
async def standing(parts: Parts) -> AsyncIterator[ChatPlatform]:
    """In Socket Mode, in the workspace `local` with the channel `c1`."""
    async with Slack(team="local", channel="c1").serving() as slack:
        platform = adapter.create(replace(parts, settings={**parts.settings, **slack.settings}))
        try:
            yield platform
        finally:
            await platform.aclose()
        assert slack.violations == []
