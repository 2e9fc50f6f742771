"""Everything that goes wrong on a hard day, drawn at random and put right again."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from tests.e2e.hard.town import LEASE, Town
from tests.e2e.programs import Program
from tests.vendor import AFTER, BEFORE, CUT, GARBLED, LONGER, status

FEWEST_SECONDS, MOST_SECONDS = 1.0, 8.0
A_WHILE = 50  # calls
POSTS = "POST /channels/*/messages"


class Faults:
    """`injected` counts them by name; `recovered` is how long after each was over the next film came home."""

    def __init__(self, here: Town, dice: random.Random) -> None:
        self._here, self._dice = here, dice
        self.injected: Counter[str] = Counter()
        self.recovered: list[float] = []
        self._kinds: Mapping[str, Callable[[], Awaitable[None]]] = {
            "a replica is killed": self._kill,
            "both replicas are killed": self._kill_both,
            "a replica stands still": self._freeze,
            "the database is cut off": self._cut,
            "the database goes quiet": self._hush,
            "Slack is down": self._slack_down,
            "Discord is down": self._discord_down,
            "a chat's answers are lost": self._chat_loses,
            "a chat asks for patience": self._chat_limits,
            "the chats hang up": self._hang_up,
            "events are delivered again": self._redeliver,
            "providers break down": self._providers_down,
            "providers ask for patience": self._providers_limit,
            "answers to paid calls are lost": self._paid_lost,
            "films come slowly or cut off": self._films,
        }

    async def go_on(self, end: float) -> None:
        """One after the other until `end`; in the end nothing is wrong any more."""
        names = sorted(self._kinds)
        while time.monotonic() < end:
            await asyncio.sleep(self._dice.uniform(0.5, 4.0))
            name = self._dice.choice(names)
            self.injected[name] += 1
            await self._kinds[name]()
            if time.monotonic() < end:
                await self._recover()

    async def _recover(self) -> None:
        over, had = time.monotonic(), self._films_home
        while self._films_home == had and time.monotonic() - over < 120:
            await asyncio.sleep(0.05)  # other processes are being waited for
        self.recovered.append(time.monotonic() - over)

    @property
    def _films_home(self) -> int:
        return sum(len(stand.vendor.cdn_seen) for stand in self._here.stands.values())

    async def _a_while(self) -> None:
        await asyncio.sleep(self._dice.uniform(FEWEST_SECONDS, MOST_SECONDS))

    def _bot(self) -> Program:
        return self._dice.choice(list(self._here.bots))

    async def _kill(self) -> None:
        bot = self._bot()
        await self._here.kill(bot)
        await self._a_while()
        await self._here.start(bot)

    async def _kill_both(self) -> None:
        await asyncio.gather(*(self._here.kill(bot) for bot in self._here.bots))
        await self._here.start()

    async def _freeze(self) -> None:
        bot = self._bot()
        bot.freeze()
        await asyncio.sleep(self._dice.uniform(0.5, 3) * LEASE)
        bot.thaw()

    async def _cut(self) -> None:
        self._here.line.cut()
        await self._a_while()
        self._here.line.mend()

    async def _hush(self) -> None:
        self._here.line.hush()
        await self._a_while()
        self._here.line.mend()

    async def _slack_down(self) -> None:
        for on in ("*", "upload", "download"):
            self._here.slack.break_down(on, status=self._dice.choice([500, 503]), times=10**6)
        await self._a_while()
        self._here.slack.clear()

    async def _discord_down(self) -> None:
        self._here.discord.fail("*", status=self._dice.choice([500, 503]), times=10**6)
        await self._a_while()
        self._here.discord.faults.clear()

    async def _chat_loses(self) -> None:
        for method in ("chat.postMessage", "chat.update", "files.completeUploadExternal"):
            self._here.slack.lose(method, times=2)
        self._here.discord.lose_answer(POSTS, times=3)

    async def _chat_limits(self) -> None:
        self._here.slack.limit("*", retry_after=2, times=5)
        self._here.discord.rate_limit(POSTS, 2.0, times=5)

    async def _hang_up(self) -> None:
        await self._here.slack.sockets.drop()
        self._here.discord.gateway.cut()

    async def _redeliver(self) -> None:
        log = self._here.slack.post.log
        for delivery in self._dice.sample(log, min(len(log), 10)):
            await self._here.slack.again(delivery)

    async def _providers_down(self) -> None:
        for stand in self._here.stands.values():
            for route in ("poll", "file", "list"):
                stand.vendor.play(route, *[self._dice.choice([status(503, {}), status(500, {}), BEFORE])] * A_WHILE)
        await self._a_while()
        self._calm()

    async def _providers_limit(self) -> None:
        for stand in self._here.stands.values():
            stand.vendor.play("create", *[stand.limited()] * A_WHILE)
            stand.vendor.play("poll", *[status(429, {}, retry_after="2")] * A_WHILE)
        await self._a_while()
        self._calm()

    async def _paid_lost(self) -> None:
        for stand in self._here.stands.values():
            stand.vendor.play("create", self._dice.choice([AFTER, GARBLED]))

    async def _films(self) -> None:
        for stand in self._here.stands.values():
            stand.vendor.play("file", CUT, LONGER)
            stand.vendor.seconds = 1.0
        await self._a_while()
        for stand in self._here.stands.values():
            stand.vendor.seconds = 0.0

    def _calm(self) -> None:
        for stand in self._here.stands.values():
            stand.vendor.moods.clear()
