"""A discord.py client connected to the Discord test server by its addresses alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord as library
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.adapters.chat.discord.server import Discord

NOBODY = library.AllowedMentions.none()
NEEDED = library.Intents(guilds=True, guild_messages=True, dm_messages=True)


class Client(library.AutoShardedClient):
    """Keeps what it hears; `tree` for commands; `pressed` and `typed` are asked in turn by tests."""

    def __init__(self, intents: library.Intents = NEEDED, **more: Any) -> None:
        super().__init__(intents=intents, allowed_mentions=NOBODY, max_ratelimit_timeout=30.0, **more)
        self.tree = app_commands.CommandTree(self)
        self.heard: asyncio.Queue[library.Message] = asyncio.Queue()
        self.changed: asyncio.Queue[library.Message] = asyncio.Queue()
        self.asked: asyncio.Queue[library.Interaction] = asyncio.Queue()
        self.again = asyncio.Event()

    async def on_message(self, message: library.Message) -> None:
        if message.author != self.user:
            self.heard.put_nowait(message)

    async def on_raw_message_edit(self, event: library.RawMessageUpdateEvent) -> None:
        if event.message.author != self.user:
            self.changed.put_nowait(event.message)

    async def on_interaction(self, interaction: library.Interaction) -> None:
        self.asked.put_nowait(interaction)

    async def on_shard_resumed(self, shard: int) -> None:
        self.again.set()


@asynccontextmanager
async def addressed(server: Discord) -> AsyncIterator[None]:
    """While it lasts discord.py goes to this server: it keeps its addresses on two classes."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = f"{server.url}/api/v10", yarl.URL(server.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def connected(server: Discord, client: Client) -> AsyncIterator[Client]:
    async with addressed(server):
        await client.login(server.token)
        running = asyncio.create_task(client.connect())
        try:
            await server.connected(server.shards)
            yield client
        finally:
            await client.close()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def card(text: str = "8 s, 16:9", *, custom_id: str = "clapper:confirm:J-1:1", picture: str = "") -> ui.LayoutView:
    """A small card with one button."""
    parts: list[ui.Item[Any]] = [ui.TextDisplay(text)]
    if picture:
        parts.append(ui.MediaGallery(library.MediaGalleryItem(f"attachment://{picture}")))
    row: ui.ActionRow[Any] = ui.ActionRow(ui.Button(label="Confirm", custom_id=custom_id))
    return ui.LayoutView(timeout=None).add_item(ui.Container(*parts, row))
