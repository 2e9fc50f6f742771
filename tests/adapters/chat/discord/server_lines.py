"""What a bot holds on to at the gateway of the Discord test server: its websockets, and the sessions that outlive them."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.adapters.chat.discord.server_values import DM, Guild

GUILDS, MEMBERS, PRESENCES, GUILD_MESSAGES, DM_MESSAGES, CONTENT = 1 << 0, 1 << 1, 1 << 8, 1 << 9, 1 << 12, 1 << 15
KNOWN_INTENTS = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, REQUEST_MEMBERS, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 8, 9, 10, 11
SENDS_A_MINUTE = 120


@dataclass(slots=True, eq=False)
class Line:
    """One websocket with its compressor."""

    socket: web.WebSocketResponse
    request: web.Request
    squeeze: Any
    session: "Session | None" = None
    listening: asyncio.Task[int | None] | None = None
    code: int | None = None
    sends: list[float] = field(default_factory=list)
    beaten: float = 0

    async def send(self, op: int, data: Any, *, kind: str | None = None, seq: int | None = None) -> None:
        text = json.dumps({"op": op, "d": data, "s": seq, "t": kind})
        await self.send_text(text)

    async def send_text(self, text: str) -> None:
        if self.socket.closed:
            return
        try:
            if self.squeeze is None:
                await self.socket.send_str(text)
            else:
                await self.socket.send_bytes(
                    self.squeeze.compress(text.encode()) + self.squeeze.flush(zlib.Z_SYNC_FLUSH)
                )
        except ConnectionError:
            return  # the peer left while it was spoken to; it resumes or it does not


@dataclass(slots=True, eq=False)
class Session:
    """What outlives a websocket: `sent` is everything since READY, for a RESUME to replay."""

    id: str
    shard: int
    shards: int
    intents: int
    line: Line | None
    sent: list[tuple[int, str, Any]] = field(default_factory=list)
    seq: int = 0
    dead: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def tell(self, kind: str, data: Any) -> None:
        async with self.turn:
            self.seq += 1
            self.sent.append((self.seq, kind, data))
            if self.line is not None:
                await self.line.send(DISPATCH, data, kind=kind, seq=self.seq)

    def concerns(self, guild: Guild | None, intent: int) -> bool:
        shard = (guild.id >> 22) % self.shards if guild else 0
        return not self.dead and shard == self.shard and (not intent or bool(self.intents & intent))


def message_intent(kind: int) -> int:
    """The intent that messages of this kind of place need."""
    return DM_MESSAGES if kind == DM else GUILD_MESSAGES
