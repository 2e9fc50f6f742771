"""What a mention costs in processor time, beside a bare discord.py client that hears the same."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import discord as library

from adapters.chat.discord.client import Client
from adapters.chat.discord.handlers import Handlers
from adapters.chat.discord.options import options
from bot.domain.chat import ChatEvent
from tests.adapters.chat.discord import server_client
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.server_values import Message
from tests.adapters.chat.discord.server_wire import gateway_message
from tests.adapters.chat.discord.studio import Studio, studio
from tests.stored import NOON

EVENTS, ROUNDS = 400, 5
MOST_TIMES = 2.0


class Bare(library.AutoShardedClient):
    """As discord.py's own documentation sets one up, with the same intents; it looks whether it is mentioned."""

    def __init__(self) -> None:
        super().__init__(intents=server_client.NEEDED)
        self.heard = 0

    async def on_message(self, message: library.Message) -> None:
        assert self.user is not None
        self.heard += self.user.mentioned_in(message)


class Ears:
    """Notes that something came; with `save`, in a real inbox."""

    def __init__(self, save: Any = None) -> None:
        self.heard, self._save = 0, save

    async def receive(self, event: ChatEvent) -> bool:
        new = await self._save(event, NOON) if self._save else True
        self.heard += 1
        return new

    async def press(self, press: Any) -> None:
        raise AssertionError("presses are received and done later")


def ours(made: Studio, ears: Ears) -> Client:
    platform = made.platform
    handlers = Handlers(
        ears=ears, calls=platform._calls, storage=made.storage, whispers=platform._whispers,
        downloads=platform._downloads, places=platform._places, post=platform.post, models=tuple,
        rights=platform._rights, sent=platform._sent,
        start=platform._chores.start,
    )  # fmt: skip
    return Client(options(made.discord.settings), handlers)


def mentions(made: Studio) -> list[str]:
    """As they come over the gateway, each with an id of its own."""
    world = made.discord
    found = []
    for _ in range(EVENTS):
        text = f"<@{world.bot.id}> a red boat in the harbour, 8 seconds"
        said = Message(world.snowflake(), made.room, made.ada, world.clock.now(), text)
        said.mentions = [world.bot]
        found.append(json.dumps(gateway_message(world, said, bare=True)))
    return found


async def cost(client: library.AutoShardedClient, counter: Any, bodies: Sequence[str]) -> float:
    """Milliseconds of processor time for each, from its text until it is handled."""
    parse, before, began = client._connection.parsers["MESSAGE_CREATE"], counter.heard, time.process_time()
    for body in bodies:
        parse(json.loads(body))
        await asyncio.sleep(0)
    while counter.heard < before + len(bodies):
        await asyncio.sleep(0)
    return (time.process_time() - began) * 1000 / len(bodies)


async def test_a_mention_costs_at_most_twice_what_discord_py_alone_takes(tmp_path):
    """The better of several rounds each, in turns. What saving costs beside it is printed, not compared: the bare one saves nothing."""
    async with Discord().serving() as discord, studio(discord, tmp_path) as made:
        bare, ears, saving = Bare(), Ears(), Ears(made.storage.inbox.receive)
        clients = {"bare discord.py": (bare, bare), "ours": (ours(made, ears), ears), "ours, saved": (ours(made, saving), saving)}  # fmt: skip
        best = dict.fromkeys(clients, float("inf"))
        async with AsyncExitStack() as stack:
            for client, _ in clients.values():
                await stack.enter_async_context(server_client.connected(discord, client))
                await client.wait_until_ready()
            for _ in range(ROUNDS):
                bodies = mentions(made)
                for name, (client, counter) in clients.items():
                    best[name] = min(best[name], await cost(client, counter, bodies))
    print("\n" + ", ".join(f"{name} {ms:.3f} ms" for name, ms in best.items()) + " of processor time an event")
    assert bare.heard == ears.heard == saving.heard == ROUNDS * EVENTS
    assert best["ours"] < MOST_TIMES * best["bare discord.py"]
