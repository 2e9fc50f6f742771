"""The Slack adapter connected to a Slack of our own, for the promises that every chat keeps."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from weakref import WeakKeyDictionary

from adapters.chat import slack as adapter
from bot.domain.chat import Conversation, Person
from bot.ports.chat import ChatPlatform
from bot.ports.parts import Parts
from tests.adapters.chat.slack.server.slack import Slack
from tests.adapters.chat.slack.server.switches import EVERY

PLACE = Conversation("slack", "local", "c1")
PERSON = Person("slack", "local", Slack.ASKER, "Asker")
MANY = 1_000_000
_servers: WeakKeyDictionary[ChatPlatform, Slack] = WeakKeyDictionary()


@asynccontextmanager
async def standing(parts: Parts) -> AsyncIterator[ChatPlatform]:
    """In Socket Mode, in the workspace `local` with the channel `c1`."""
    async with Slack(team=PLACE.workspace, channel=PLACE.channel).serving() as slack:
        platform = adapter.create(replace(parts, settings={**parts.settings, **slack.settings}))
        _servers[platform] = slack
        try:
            yield platform
        finally:
            await platform.aclose()
        assert slack.violations == []


def _suffering(begin: Callable[[Slack], None]) -> Callable[[ChatPlatform], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def suffer(platform: ChatPlatform) -> AsyncIterator[None]:
        slack = _servers[platform]
        begin(slack)
        try:
            yield
        finally:
            slack.clear()

    return suffer


TROUBLE = {
    "away": _suffering(lambda slack: slack.cut(EVERY, times=MANY)),
    "out of order": _suffering(lambda slack: slack.break_down(EVERY, times=MANY)),
    "asking for patience": _suffering(lambda slack: slack.limit(EVERY, retry_after=120, times=MANY)),
}
