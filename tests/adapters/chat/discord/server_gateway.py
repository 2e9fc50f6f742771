"""The gateway of the Discord test server: sessions of several shards, zlib-stream, resuming, and everything that goes wrong there."""

import asyncio
import json
import secrets
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import WSMsgType, web

from tests.adapters.chat.discord.server_lines import (
    ACK,
    CONTENT,
    DISPATCH,
    GUILDS,
    HELLO,
    INVALID,
    KNOWN_INTENTS,
    MEMBERS,
    PRESENCES,
    RECONNECT,
    SENDS_A_MINUTE,
    Line,
    Session,
)
from tests.adapters.chat.discord.server_values import Guild
from tests.adapters.chat.discord.server_wire import guild_wire, member_wire, user_wire
from tests.adapters.chat.discord.server_world import World


class Gateway:
    """`acking` False leaves heartbeats unanswered; `allow_resume` False answers every RESUME with an invalid session.

    `away` counts down how many connections are refused before they begin. A session may begin every `identify_seconds` in each of
    `concurrency` buckets of shards, and is invalid where it begins sooner.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.sessions: list[Session] = []
        self.lines: list[Line] = []
        self.heartbeat_seconds = 41.25
        self.acking = True
        self.allow_resume = True
        self.away = 0
        self.concurrency, self.identify_seconds = 16, 5.0
        self._began: dict[int, datetime] = {}
        self.identified = 0
        self.resumed = 0
        self.closed: list[int | None] = []

    @property
    def open(self) -> list[Session]:
        return [one for one in self.sessions if one.line is not None and not one.dead]

    async def connected(self, shards: int = 1, seconds: float = 20) -> None:
        """Waits until so many shards listen and were told of their guilds."""
        await self._world.until(lambda: len({one.shard for one in self.open if one.seq}) >= shards, seconds)

    async def dispatch(self, kind: str, make: Callable[[Session], Any], guild: Guild | None, intent: int = 0) -> int:
        """Tells every session of the guild's shard, the one of direct messages being 0; gives how many listen now."""
        reached = 0
        for session in self.sessions:
            if session.concerns(guild, intent):
                reached += session.line is not None
                await session.tell(kind, make(session))
        return reached

    async def reconnect(self) -> None:
        """Asks every client to come back (op 7)."""
        for session in self.open:
            if session.line:
                await session.line.send(RECONNECT, None)

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Op 9: the session is over, unless it may be resumed."""
        for session in self.open:
            session.dead = not resumable
            if session.line:
                await session.line.send(INVALID, resumable)

    async def drop(self, code: int) -> None:
        """Closes every connection with this code; 4000 may be resumed, 4004 is the end."""
        for line in list(self.lines):
            if line.listening is not None:
                line.code = code
                line.listening.cancel()  # whoever reads also closes: aiohttp's close waits for a reader to let go
        await self._world.until(lambda: not self.lines)

    def cut(self) -> None:
        """Connections end without a word."""
        for line in list(self.lines):
            if line.request.transport is not None:
                line.request.transport.abort()

    async def send(self, kind: str, data: Mapping[str, Any]) -> None:
        """An event as given, to every session: one that cannot be parsed, say."""
        for session in self.open:
            await session.tell(kind, data)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        if self.away > 0:
            self.away -= 1
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(max_msg_size=1 << 20)
        await socket.prepare(request)
        compress = request.query.get("compress")
        line = Line(socket, request, zlib.compressobj() if compress == "zlib-stream" else None)
        if (
            request.query.get("v") != "10"
            or request.query.get("encoding") != "json"
            or compress not in {None, "zlib-stream"}
        ):
            self._world.violations.append(f"gateway: it speaks no {dict(request.query)}")
            await socket.close(code=4012)
            return socket
        self.lines.append(line)
        line.beaten = asyncio.get_running_loop().time()
        await line.send(HELLO, {"heartbeat_interval": int(self.heartbeat_seconds * 1000), "_trace": []})
        line.listening = asyncio.create_task(self._listen(line))
        try:
            await asyncio.wait({line.listening})
            code = line.code if line.listening.cancelled() else line.listening.result()
            if code is not None:
                await socket.close(code=code)
        finally:
            line.listening.cancel()
            self.lines.remove(line)
            self._leave(line)
        return socket

    def _leave(self, line: Line) -> None:
        self.closed.append(line.socket.close_code)
        if line.session is not None and line.session.line is line:
            line.session.line = None
            line.session.dead = line.session.dead or line.socket.close_code in {1000, 1001}
        self._world.touch()

    async def _listen(self, line: Line) -> int | None:
        """Until the client leaves; gives a code where it is this server that ends the line."""
        loop = asyncio.get_running_loop()
        while True:
            late = line.beaten + 1.5 * self.heartbeat_seconds - loop.time()
            try:
                said = await line.socket.receive(timeout=max(late, 0.001))
            except TimeoutError:
                return 4009
            if said.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                return None
            line.sends = [*(at for at in line.sends if at > loop.time() - 60), loop.time()]
            code = 4008 if len(line.sends) > SENDS_A_MINUTE else await self._said(line, said.data)
            if code is not None:
                return code

    async def _said(self, line: Line, raw: str | bytes) -> int | None:
        """Answers one payload; gives a close code where the connection must end."""
        try:
            said = json.loads(raw)
            op, data = said["op"], said.get("d")
        except (ValueError, KeyError, TypeError):
            return 4002
        code: int | None = None
        match op:
            case 1:
                line.beaten = asyncio.get_running_loop().time()
                if self.acking:
                    await line.send(ACK, None)
            case 2:
                code = await self._identify(line, data)
            case 6:
                code = await self._resume(line, data)
            case 3 | 4 | 8 if line.session is None:
                code = 4003
            case 3 | 4:
                pass
            case 8:
                await self._members(line.session, data)
            case _:
                code = 4001
        return code

    async def _identify(self, line: Line, data: Mapping[str, Any]) -> int | None:
        if line.session is not None:
            return 4005
        if str(data.get("token", "")).removeprefix("Bot ") != self._world.token:
            return 4004
        shard, shards = data.get("shard", (0, 1))
        if not 0 <= shard < shards:
            return 4010
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            return 4013
        if intents & (MEMBERS | PRESENCES) or (intents & CONTENT and not self._world.message_content):
            return 4014
        session = Session(secrets.token_hex(16), shard, shards, intents, line)
        if self._too_soon(shard):
            await line.send(INVALID, False)
        else:
            line.session = session
            self.sessions.append(session)
            self.identified += 1
            await self._ready(session)
            self._world.touch()
        return None

    def _too_soon(self, shard: int) -> bool:
        now, bucket = self._world.clock.now(), shard % self.concurrency
        before, self._began[bucket] = self._began.get(bucket), now
        if before is None or now - before >= timedelta(seconds=self.identify_seconds):
            return False
        self._world.violations.append(f"gateway: shard {shard} begins {now - before} after another of its bucket")
        return True

    async def _ready(self, session: Session) -> None:
        world = self._world
        guilds = [one for one in world.guilds.values() if session.concerns(one, 0)]
        me = user_wire(world.bot) | {"verified": True, "mfa_enabled": False, "email": None, "flags": 0}
        ready = {
            "v": 10,
            "user": me,
            "session_type": "normal",
            "session_id": session.id,
            "resume_gateway_url": f"{world.url.replace('http', 'ws', 1)}/gateway",
            "guilds": [{"id": str(one.id), "unavailable": True} for one in guilds],
            "shard": [session.shard, session.shards],
            "application": {"id": str(world.application), "flags": (1 << 19) if world.message_content else 0},
            "private_channels": [],
            "user_settings": {},
            "relationships": [],
        }
        await session.tell("READY", ready)
        for guild in guilds if session.intents & GUILDS else ():
            await session.tell("GUILD_CREATE", guild_wire(world, guild))

    async def _resume(self, line: Line, data: Mapping[str, Any]) -> int | None:
        if str(data.get("token", "")).removeprefix("Bot ") != self._world.token:
            return 4004
        found = next((one for one in self.sessions if one.id == data.get("session_id") and not one.dead), None)
        if found is None or not self.allow_resume:
            await line.send(INVALID, False)
            return None
        if not isinstance(data.get("seq"), int) or data["seq"] > found.seq:
            return 4007
        async with found.turn:
            for seq, kind, event in [one for one in found.sent if one[0] > data["seq"]]:
                await line.send(DISPATCH, event, kind=kind, seq=seq)
            line.session, found.line = found, line
        await found.tell("RESUMED", {"_trace": []})
        self.resumed += 1
        self._world.touch()
        return None

    async def _members(self, session: Session | None, data: Mapping[str, Any]) -> None:
        guild = self._world.guilds.get(int(data.get("guild_id", 0)))
        if session is None or guild is None:
            return
        wanted = {int(id) for id in data.get("user_ids", [])}
        found = [one for one in guild.members.values() if not wanted or one.id in wanted]
        members = [member_wire(guild, one) | {"user": user_wire(one)} for one in found]
        chunk = {"guild_id": str(guild.id), "members": members, "chunk_index": 0, "chunk_count": 1, "not_found": []}
        await session.tell("GUILD_MEMBERS_CHUNK", chunk | {"nonce": data.get("nonce")})
