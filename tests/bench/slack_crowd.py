"""A test Slack in a process of its own, with a crowd that mentions the bot: what it costs does not weigh on the bot's process.

Prints its settings for the bot, waits until the bot is connected, then mentions it `rate` times a second and prints what it saw.
"""

import asyncio
import gc
import json
import sys

from tests.adapters.chat.slack.server.slack import Slack

WISH = "A fox crosses the frozen lake"
WARM_UP = 5
SECONDS = 5


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


async def crowd(slack: Slack, rate: int) -> None:
    """Each mention comes as two events, an app_mention and a message."""
    loop = asyncio.get_running_loop()
    began, latest = loop.time(), 0.0
    for number in range(rate * SECONDS):
        due = began + number / rate
        latest = max(latest, loop.time() - due)
        await asyncio.sleep(max(0.0, due - loop.time()))
        await slack.mention(slack.GENERAL, slack.ASKER, f"{WISH} {number}", wait=False)
    say(latest_seconds=latest)


async def main() -> None:
    async with Slack().serving() as slack:
        slack.echo = False
        say(**slack.environment())
        await slack.until(lambda: len(slack.sockets.open) >= 2, seconds=60)
        for _ in range(WARM_UP):
            said = await slack.mention(slack.GENERAL, slack.ASKER, WISH)
            await slack.card(slack.GENERAL, thread=said.thread)
        slack.post.log.clear()
        gc.disable()  # a pause of its own would be taken for the bot's
        await crowd(slack, int(sys.argv[1]))
        await slack.until(lambda: all(one.done.is_set() for one in slack.post.log), seconds=30)
        took = [one.seconds for one in slack.post.log]
        say(seconds=took, again=sum(len(one.attempts) > 1 for one in slack.post.log), violations=slack.violations)


asyncio.run(main())
