"""Listens to Discord until cancelled: whatever happens to a connection or comes over it, a new one is made."""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from logging import INFO, getLogger
from typing import Any

import discord
import structlog
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.chat.discord.calls import Calls, DiscordRefused
from adapters.chat.discord.commands import commands
from adapters.chat.discord.counter import Interaction
from adapters.chat.discord.handlers import Handlers
from adapters.chat.discord.invite import missing
from adapters.chat.discord.options import Options
from adapters.chat.discord.places import Places, knows_nothing
from adapters.chat.discord.sent import Sent
from adapters.chat.discord.shards import hang_up, keeping_sessions
from adapters.chat.discord.sync import sync
from bot.domain.chat import Command
from bot.domain.errors import Later, UserError
from bot.ports.storage import Storage

log = structlog.get_logger()

INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
STEADY_SECONDS = 60.0
CLOSE_SECONDS = 3.0
SYNC_AGAIN_SECONDS = 60.0
AUTHENTICATION_FAILED, INVALID_INTENTS, DISALLOWED_INTENTS = 4004, 4013, 4014
BAD_TOKEN = "Discord does not take DISCORD_TOKEN. Copy the token from the Bot page of your application at discord.com/developers, or reset it there."  # noqa: S105 - a sentence
NO_INTENT = (
    "Discord refuses an intent (close code {code}): Clapper asks for guilds, guild messages and direct messages alone, which need no approval. "
    "Look at the Bot page of your application at discord.com/developers, and that DISCORD_TOKEN is that application's."
)


class Client(discord.AutoShardedClient):
    """One connection with its shards. What comes is handed on; nothing that cannot be read ends it."""

    def __init__(self, options: Options, handlers: Handlers | None = None) -> None:
        super().__init__(
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=30.0,
        )
        self._named_gateway = yarl.URL(f"{options.gateway_url}/") if options.gateway_url else None
        self._answers = handlers
        self._unread: set[str] = set()
        self.came = asyncio.Event()
        _point(options, self._named_gateway)
        self._guard_parsers()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        _point_gateway(self._named_gateway or gateway)
        with keeping_sessions():
            await super().launch_shard(self._named_gateway or gateway, shard_id, initial=initial)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Where the operator names the gateway, a lost session is taken up there too, not where Discord says."""
        self.came.set()
        if self._named_gateway is not None:
            self._get_websocket(shard_id=shard_id).gateway = self._named_gateway

    async def on_ready(self) -> None:
        log.info("Listening to Discord", action="discord.ready", guilds=len(self.guilds), shards=self.shard_count)

    async def on_message(self, message: discord.Message) -> None:
        if self._answers is not None and self.user is not None:
            await self._answers.message(message, self.user.id)

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


def _point(options: Options, gateway: yarl.URL | None) -> None:
    """discord.py keeps its addresses in its classes, for every client of the process: here alone they are set."""
    Route.BASE = options.api_url
    if gateway is not None:
        _point_gateway(gateway)


def _point_gateway(gateway: yarl.URL) -> None:
    """Used where a session cannot be taken up again and a shard begins anew."""
    DiscordWebSocket.DEFAULT_GATEWAY = gateway


@dataclass(frozen=True, slots=True)
class _Nobody:
    storage: Storage

    def models(self) -> Sequence[tuple[str, str]]:
        return ()

    async def used(self, interaction: Interaction, command: Command, files: Sequence[discord.Attachment]) -> None: ...


@asynccontextmanager
async def new_tree(storage: Storage) -> AsyncIterator[app_commands.CommandTree[Any]]:
    """The commands, to be described; nobody answers them."""
    _quieten()
    client = discord.Client(intents=INTENTS)
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(client)
    for command in commands(_Nobody(storage)):
        tree.add_command(command)
    yield tree


@dataclass(slots=True)
class _Patience:
    pause: float = FIRST_PAUSE
    began: float = field(default_factory=time.monotonic)

    async def rest(self) -> None:
        """Longer each time, from the beginning again once a connection held for a while."""
        if time.monotonic() - self.began > STEADY_SECONDS:
            self.pause = FIRST_PAUSE
        await asyncio.sleep(self.pause * random.uniform(0.8, 1.2))  # noqa: S311 - so that replicas do not come all at once
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        self.began = time.monotonic()


async def listen(
    options: Options,
    handlers: Handlers,
    *,
    calls: Calls,
    sent: Sent,
    places: Places,
    start: Callable[[Coroutine[Any, Any, None]], object],
) -> None:
    """Never ends by itself once it has begun. Raises UserError where Discord refuses the token at the start, or an intent."""
    patience, began = _Patience(), False
    _quieten()
    while True:
        client = Client(options, handlers)
        tree = Tree(client)
        for command in commands(handlers):
            tree.add_command(command)
        places.missing = client.missing
        try:
            await _connected(client, options, lambda tree=tree: start(_synced(tree, calls, sent)))
        except UserError:
            raise
        except discord.LoginFailure as error:
            if not began and not client.came.is_set():
                raise UserError(BAD_TOKEN) from error
            log.warning("Discord does not take the token any more", action="discord.login")
        except Exception as error:  # noqa: BLE001 - whatever ended this connection, the next one is made
            log.warning("The connection to Discord is made anew", action="discord.lost", why=repr(error))
        finally:
            places.missing = knows_nothing
            began = began or client.came.is_set()
            await _closed(client)
        await patience.rest()


def _quieten() -> None:
    """discord.py writes whole payloads down at DEBUG, and misses at every start what only voice needs."""
    getLogger("discord").setLevel(max(INFO, getLogger().level))
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


async def _connected(client: Client, options: Options, signed_in: Callable[[], object]) -> None:
    try:
        await client.login(options.token)
        signed_in()
        await client.connect()
    except discord.PrivilegedIntentsRequired as error:
        raise UserError(NO_INTENT.format(code=DISALLOWED_INTENTS)) from error
    except discord.ConnectionClosed as closed:
        if closed.code in {INVALID_INTENTS, DISALLOWED_INTENTS}:
            raise UserError(NO_INTENT.format(code=closed.code)) from closed
        if closed.code == AUTHENTICATION_FAILED:
            raise discord.LoginFailure("the gateway does not take the token") from closed
        raise


async def _synced(tree: app_commands.CommandTree[Any], calls: Calls, sent: Sent) -> None:
    while True:
        try:
            await sync(tree, calls, sent)
        except (Later, OSError) as away:
            await asyncio.sleep(away.seconds if isinstance(away, Later) else SYNC_AGAIN_SECONDS)
        except DiscordRefused as refused:
            log.warning(
                "Discord does not take the commands", action="discord.sync", code=refused.code, say=refused.message
            )
            return
        else:
            return


async def _closed(client: Client) -> None:
    # A client whose login never began has nothing to close, and breaks where it is asked to.
    with suppress(Exception):
        await asyncio.wait_for(client.close(), CLOSE_SECONDS)
    await hang_up(client)
