"""The Discord adapter connected to a Discord of our own, for the suite that every chat platform is held to."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from importlib import import_module

from bot.domain.chat import Conversation, Person
from bot.ports.chat import ChatPlatform
from bot.ports.parts import Parts
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.server_trouble import Fault, Harm

GUILD, ROOM, ADA = 1_100_000_000_000_000_001, 1_100_000_000_000_000_002, 1_100_000_000_000_000_003
PLACE = Conversation("discord", str(GUILD), str(ROOM))
PERSON = Person("discord", str(GUILD), str(ADA), "Ada")
MANY = 1_000_000
_servers: dict[int, Discord] = {}


def server_of(platform: ChatPlatform) -> Discord:
    """The Discord that this platform talks to."""
    return _servers[id(platform)]


@asynccontextmanager
async def standing(parts: Parts) -> AsyncIterator[ChatPlatform]:
    """In a guild with one room and one person: PLACE and PERSON."""
    async with Discord().serving() as discord:
        guild = discord.guild("Studio", id=GUILD, room=ROOM)
        ada = discord.user("Ada", id=ADA)
        guild.members[ada.id] = ada
        settings = {**parts.settings, **discord.settings}
        platform = import_module("adapters.chat.discord").create(replace(parts, settings=settings))
        _servers[id(platform)] = discord
        try:
            yield platform
        finally:
            await platform.aclose()
            del _servers[id(platform)]
        assert discord.violations == []


def _suffering(harm: Harm, *, status: int = 500, seconds: float = 0.0) -> Callable[[ChatPlatform], AbstractAsyncContextManager[object]]:  # fmt: skip
    @asynccontextmanager
    async def suffer(platform: ChatPlatform) -> AsyncIterator[None]:
        fault = Fault("* *", harm, MANY, status, seconds=seconds)
        faults = server_of(platform).faults
        faults.append(fault)
        try:
            yield
        finally:
            faults.remove(fault)

    return suffer


TROUBLE = {
    "away": _suffering(Harm.cut),
    "out of order": _suffering(Harm.fail, status=503),
    "asking for patience": _suffering(Harm.limit, seconds=120.0),
}
