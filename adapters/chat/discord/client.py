"""discord.py's client as Clapper uses it: connected as one shard, and ended by nothing that comes over its line."""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from logging import INFO, getLogger
from typing import Any

import discord
import structlog
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.chat.discord.commands import commands
from adapters.chat.discord.counter import Interaction
from adapters.chat.discord.handlers import Handlers
from adapters.chat.discord.invite import missing
from adapters.chat.discord.options import Options
from adapters.chat.discord.sessions import Left
from adapters.chat.discord.shards import keeping_sessions
from bot.domain.chat import Command
from bot.ports.storage import Storage

log = structlog.get_logger()

INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
Turn = Callable[[int, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Seat:
    """As which of how many shards one is connected, and where; an empty address is discord.py's own."""

    shard: int = 0
    count: int = 1
    gateway: str = ""


ALONE = Seat()


async def _at_once(shard: int, ticket: str) -> None:
    del shard, ticket


class Client(discord.AutoShardedClient):
    """One connection, as a shard. What comes is handed on; nothing that cannot be read ends it.

    `turn` waits until a shard may begin a session: all processes of the application share how often that is.
    """

    def __init__(
        self, options: Options, handlers: Handlers | None = None, seat: Seat = ALONE, turn: Turn = _at_once
    ) -> None:
        super().__init__(
            shard_ids=[seat.shard],
            shard_count=seat.count,
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=30.0,
        )
        self.named_gateway = yarl.URL(f"{options.gateway_url}/") if options.gateway_url else None
        self._answers, self._seat, self._turn, self._ticket = handlers, seat, turn, _ticket()
        self._unsaved: dict[int, int] = {}
        self._unread: set[str] = set()
        self.came = asyncio.Event()
        Route.BASE = options.api_url  # discord.py keeps its addresses in its classes, for every client of the process
        self._guard_parsers()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Its turn is waited for first: a connection over which nothing is said for long is given up."""
        await self._turn(shard_id, self._ticket)
        gateway = self.named_gateway or (yarl.URL(self._seat.gateway) if self._seat.gateway else gateway)
        DiscordWebSocket.DEFAULT_GATEWAY = gateway  # for a session that cannot be taken up again
        with keeping_sessions():
            await super().launch_shard(gateway, shard_id, initial=initial)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        del initial
        await self._turn(shard_id or 0, self._ticket)
        self._ticket = _ticket()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if event == "message":
            self._unsaved[args[0].id] = self._sequence()
        super().dispatch(event, *args, **kwargs)

    def heard(self) -> Left | None:
        """How far everything of this session is saved; None while there is none."""
        line = self._line()
        if line is None or line.session_id is None or line.sequence is None:
            return None
        sequence = min((line.sequence, *(one - 1 for one in self._unsaved.values())))
        return Left(line.session_id, str(line.gateway), max(0, sequence))

    def _line(self) -> DiscordWebSocket | None:
        with suppress(KeyError):
            return self._get_websocket(shard_id=self._seat.shard)
        return None

    def _sequence(self) -> int:
        line = self._line()
        return (line.sequence or 0) if line is not None else 0

    async def on_shard_connect(self, shard_id: int) -> None:
        """Where the operator names the gateway, a lost session is taken up there too, not where Discord says.

        A line that reads on in the session of another connection may be told that one's beginning before the client's own is there.
        That is not its coming: who took it for that would let go of the old session while nobody hears by the new one.
        """
        del shard_id
        line = self._line()
        if line is None or line.session_id is None:
            return
        self.came.set()
        if self.named_gateway is not None:
            line.gateway = self.named_gateway

    async def on_ready(self) -> None:
        shard = f"{self._seat.shard}/{self._seat.count}"
        log.info("Listening to Discord", action="discord.ready", guilds=len(self.guilds), shard=shard)

    async def on_message(self, message: discord.Message) -> None:
        try:
            if self._answers is not None and self.user is not None:
                await self._answers.message(message, self.user.id)
        finally:
            self._unsaved.pop(message.id, None)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if self._answers is not None:
            await self._answers.interacted(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        del args, kwargs
        error = sys.exception()
        log.error("An event of Discord's broke", action="discord.event", kind=event_method, exc_info=error)

    def missing(self, channel: str) -> tuple[str, ...]:
        """What the bot may not do there, in words; empty where nothing is missing or the channel is not known."""
        found = self.get_channel(int(channel)) if channel.isdigit() else None
        if not isinstance(found, discord.abc.GuildChannel | discord.Thread) or found.guild.me is None:
            return ()
        try:
            held = found.permissions_for(found.guild.me)
        except discord.ClientException:  # a thread whose channel is not known
            return ()
        return missing(held, thread=isinstance(found, discord.Thread))

    def _guard_parsers(self) -> None:
        """An event that discord.py cannot read would end the whole client (seen with 2.7.1): it is told once and left out."""
        parsers = self._connection.parsers
        for name, parse in tuple(parsers.items()):
            if name not in {"READY", "RESUMED"}:
                parsers[name] = self._guarded(name, parse)

    def _guarded(self, name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        def read(told: Any) -> None:
            try:
                parse(told)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the next event is read
                if name not in self._unread:
                    self._unread.add(name)
                    why = type(error).__name__
                    log.warning("Discord sent what cannot be read", action="discord.strange", kind=name, why=why)

        return read


class Tree(app_commands.CommandTree[Client]):
    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        name = interaction.command.qualified_name if interaction.command else ""
        log.error("A command broke", action="discord.command", command=name, exc_info=error)


def _ticket() -> str:
    return secrets.token_hex(4)


@dataclass(frozen=True, slots=True)
class _Nobody:
    storage: Storage

    def models(self) -> Sequence[tuple[str, str]]:
        return ()

    async def used(self, interaction: Interaction, command: Command, files: Sequence[discord.Attachment]) -> None: ...


@asynccontextmanager
async def new_tree(storage: Storage) -> AsyncIterator[app_commands.CommandTree[Any]]:
    """The commands, to be described; nobody answers them."""
    quieten()
    client = discord.Client(intents=INTENTS)
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(client)
    for command in commands(_Nobody(storage)):
        tree.add_command(command)
    yield tree


def quieten() -> None:
    """discord.py writes whole payloads down at DEBUG, and misses at every start what only voice needs."""
    getLogger("discord").setLevel(max(INFO, getLogger().level))
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
