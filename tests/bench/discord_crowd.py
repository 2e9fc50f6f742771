"""A test Discord in a process of its own, with a crowd that presses buttons: what it costs does not weigh on the bot's process.

Prints its environment for the bot, waits until the bot is connected, then presses `rate` times a second and prints what it saw.
"""

import asyncio
import gc
import json
import sys

from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.server_values import Message, User

SECONDS = 5
WARM_UP = 20
PLENTY = (100_000, 1.0)


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


async def crowd(discord: Discord, card: Message, ben: User, rate: int) -> None:
    """Ben has no say in it: each press is saved, acknowledged, looked at, and answered to him alone."""
    loop = asyncio.get_running_loop()
    began, latest, pressing = loop.time(), 0.0, []
    for number in range(rate * SECONDS):
        due = began + number / rate
        latest = max(latest, loop.time() - due)
        await asyncio.sleep(max(0.0, due - loop.time()))
        pressing.append(asyncio.create_task(discord.press(card, "Confirm", ben)))
    replies = await asyncio.gather(*pressing)
    await discord.until(lambda: all(one.ephemeral for one in replies), seconds=60)
    took = [one.seconds for one in replies if one.kind == "nothing"]
    say(latest_seconds=latest, seconds=took, violations=discord.violations)


async def main() -> None:
    async with Discord().serving() as discord:
        discord.limits.other = discord.limits.all_together = PLENTY
        guild = discord.guild("Studio")
        room, ada, ben = discord.room(guild), discord.user("Ada"), discord.user("Ben")
        say(**discord.environment)
        await discord.connected(seconds=60)
        card = await discord.answer(room, after=await discord.mention(room, ada, "A fox crosses the frozen lake"))
        await discord.until(lambda: "Confirm" in card.labels)
        for _ in range(WARM_UP):
            await discord.press(card, "Confirm", ben)
        gc.disable()  # a pause of its own would be taken for the bot's
        await crowd(discord, card, ben, int(sys.argv[1]))


asyncio.run(main())
