"""Listens to Discord until cancelled: whatever happens to a connection or comes over it, a new one is made."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import discord
import structlog

from adapters.chat.discord.calls import Calls
from adapters.chat.discord.client import Client, Seat, Tree, Turn, quieten
from adapters.chat.discord.commands import commands
from adapters.chat.discord.handlers import Handlers
from adapters.chat.discord.hold import COUNT, Pace, Shards, Turns, ended
from adapters.chat.discord.options import Options
from adapters.chat.discord.places import Places, knows_nothing
from adapters.chat.discord.sent import Sent
from adapters.chat.discord.sessions import Left, Sessions, catch_up
from adapters.chat.discord.shards import hang_up
from adapters.chat.discord.sync import keep_told
from adapters.kit.roster import Roster
from bot.domain.errors import Later, UserError
from bot.ports.clock import Clock
from bot.ports.storage import Claims

log = structlog.get_logger()

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
STEADY_SECONDS = 60.0
CLOSE_SECONDS = 3.0
NOTE_SECONDS = 1.0
AUTHENTICATION_FAILED, SHARDS_REQUIRED, INVALID_INTENTS, DISALLOWED_INTENTS = 4004, 4011, 4013, 4014
BAD_TOKEN = "Discord does not take DISCORD_TOKEN. Copy the token from the Bot page of your application at discord.com/developers, or reset it there."  # noqa: S105 - a sentence
NO_INTENT = (
    "Discord refuses an intent (close code {code}): Clapper asks for guilds, guild messages and direct messages alone, which need no approval. "
    "Look at the Bot page of your application at discord.com/developers, and that DISCORD_TOKEN is that application's."
)
TOO_FEW = "Discord asks for more shards than {count}: set shards in [platforms.discord] to auto, or to a larger number, for every replica at once."


class MoreShards(Exception):
    """The bot has grown: its servers are too many for so few shards."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What Discord says of the application: its id, how many shards it is to have, where, and how many may begin at once."""

    application: int
    shards: int
    gateway: str
    concurrency: int


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


@dataclass(slots=True, kw_only=True)
class Listener:
    """`start` does work beside the events. `claims` and `roster` are shared with the other replicas, `worker` names this one.

    `connected` are the shards that it is.
    """

    options: Options
    handlers: Handlers
    calls: Calls
    sent: Sent
    places: Places
    clock: Clock
    claims: Claims
    roster: Roster
    worker: str
    pace: Pace
    start: Callable[[Coroutine[Any, Any, None]], object]
    counted: Callable[[int], None]
    connected: dict[int, Client] = field(default_factory=dict)

    async def listen(self) -> None:
        """Never ends by itself once it has begun. Raises UserError where Discord refuses the token at the start, or an intent."""
        patience, began, grown = _Patience(), False, False
        quieten()
        self.places.missing = self._missing
        try:
            while True:
                try:
                    plan = await self._plan(agree=not grown)
                    self.start(keep_told(self.handlers.storage, self.calls, self.sent))
                    began, grown = True, False
                    await self._shards(plan).run()
                except UserError:
                    raise
                except discord.LoginFailure as error:
                    if not began:
                        raise UserError(BAD_TOKEN) from error
                    log.warning("Discord does not take the token any more", action="discord.login")
                except MoreShards:
                    grown = True
                except Exception as error:  # noqa: BLE001 - whatever ended this, it is begun anew
                    log.warning("Discord is asked anew", action="discord.lost", why=repr(error))
                await patience.rest()
        finally:
            self.places.missing = knows_nothing

    def _missing(self, channel: str) -> tuple[str, ...]:
        return next((lack for client in self.connected.values() if (lack := client.missing(channel))), ())

    async def _plan(self, *, agree: bool) -> Plan:
        """Who comes while others are connected is connected as they are (`agree`): the number that Discord wants grows with the bot."""
        client = Client(self.options)
        try:
            await client.login(self.options.token)
            shards, gateway, starts = await client.http.get_bot_gateway()
        finally:
            await _closed(client)
        others = (await self.roster.look()).alive.values() if agree and not self.options.shards else ()
        agreed = max((int(has.get(COUNT) or 0) for has in others), default=0)
        if starts["remaining"] <= 0:
            hours = starts["reset_after"] / 3_600_000
            log.error("The bot was started too often today", action="discord.starts", hours=round(hours, 1))
            raise Later(LONGEST_PAUSE)  # one more, and Discord takes the token away
        count = self.options.shards or agreed or shards
        assert client.application_id is not None
        return Plan(client.application_id, count, gateway, max(1, starts["max_concurrency"]))

    def _shards(self, plan: Plan) -> Shards:
        turn = Turns(
            application=plan.application,
            concurrency=plan.concurrency,
            claims=self.claims,
            clock=self.clock,
            worker=self.worker,
            pace=self.pace,
        )
        sessions = Sessions(self.sent, plan.application)

        async def connect(shard: int) -> None:
            await self._connected(Seat(shard, plan.shards, plan.gateway), turn, sessions)

        return Shards(
            application=plan.application,
            count=plan.shards,
            claims=self.claims,
            roster=self.roster,
            clock=self.clock,
            worker=self.worker,
            pace=self.pace,
            connect=connect,
            counted=self.counted,
        )

    async def _connected(self, seat: Seat, turn: Turn, sessions: Sessions) -> None:
        """As this shard until cancelled. Raises UserError where Discord refuses an intent, MoreShards where it wants more of them."""
        patience, name = _Patience(), f"{seat.shard}/{seat.count}"
        while True:
            client = Client(self.options, self.handlers, seat, turn)
            tree = Tree(client)
            for command in commands(self.handlers):
                tree.add_command(command)
            self.connected[seat.shard] = client
            beside: list[asyncio.Task[None]] = []
            try:
                await client.login(self.options.token)
                beside.append(asyncio.create_task(_kept(client, seat, name, sessions)))
                await _connect(client, seat, fixed=bool(self.options.shards))
            except (UserError, MoreShards):
                raise
            except discord.LoginFailure:
                log.warning("Discord does not take the token any more", action="discord.login")
            except Exception as error:  # noqa: BLE001 - whatever ended this connection, the next one is made
                log.warning("The connection to Discord is made anew", action="discord.lost", why=repr(error))
            finally:
                del self.connected[seat.shard]
                await ended(beside)
                await _closed(client)
            await patience.rest()


async def _connect(client: Client, seat: Seat, *, fixed: bool) -> None:
    try:
        await client.connect()
    except discord.PrivilegedIntentsRequired as error:
        raise UserError(NO_INTENT.format(code=DISALLOWED_INTENTS)) from error
    except discord.ConnectionClosed as closed:
        if closed.code in {INVALID_INTENTS, DISALLOWED_INTENTS}:
            raise UserError(NO_INTENT.format(code=closed.code)) from closed
        if closed.code == SHARDS_REQUIRED:
            raise (UserError(TOO_FEW.format(count=seat.count)) if fixed else MoreShards) from closed
        if closed.code == AUTHENTICATION_FAILED:
            raise discord.LoginFailure("the gateway does not take the token") from closed
        raise


async def _kept(client: Client, seat: Seat, name: str, sessions: Sessions) -> None:
    """What was said before this connection is heard first; then it is noted again and again how far this one came."""
    left: Left | None = None
    try:
        left = await sessions.left(name)
        if left is not None:
            await catch_up(client, seat.shard, left, client.named_gateway, client.came.wait)
    except Exception as error:  # noqa: BLE001 - what is said now is heard all the same
        log.warning("What was said meanwhile may be unheard", action="discord.session", why=repr(error))
    try:
        await client.came.wait()
        while True:
            await _noted(client, name, sessions)
            await asyncio.sleep(NOTE_SECONDS)
    finally:
        if client.came.is_set():
            await asyncio.shield(_noted(client, name, sessions))


async def _noted(client: Client, name: str, sessions: Sessions) -> None:
    try:
        if (now := client.heard()) is not None:
            await sessions.note(name, now)
    except Exception as away:  # noqa: BLE001 - the next time it is noted, and more is told again meanwhile
        log.info("A session is not noted", action="discord.session", why=type(away).__name__)


async def _closed(client: Client) -> None:
    # A client whose login never began has nothing to close, and breaks where it is asked to.
    with suppress(Exception):
        await asyncio.wait_for(client.close(), CLOSE_SECONDS)
    await hang_up(client)
