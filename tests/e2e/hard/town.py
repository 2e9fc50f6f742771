"""Replicas of the real program on one PostgreSQL and one Drive, before both chats and every paid provider, each a server of the test's own."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.app import RealClock
from config import names
from tests import databases
from tests.adapters.chat.discord.server import Discord
from tests.adapters.chat.discord.server_values import Channel, User
from tests.adapters.chat.slack.server.slack import Slack
from tests.adapters.video.hedra.server_hedra import HedraVendor
from tests.contracts.test_video_paid import Case
from tests.e2e.hard.line import Line
from tests.e2e.programs import Program, program
from tests.vendor import Stand

SOAK = os.environ.get("CLAPPER_SOAK") == "1"
LEASE = 2.0
ROOMS = 450  # a server of Discord's has at most 500
SERVERS = 5 if SOAK else 1
ENOUGH = 10**6  # credits: an account that is empty after some minutes is another test
EACH_FAILS = 5
"""So many orders at a provider, and one of them comes to nothing there: its person is told, and what was reserved is given back."""
WISHES: Mapping[str, str] = {
    "seedance": "Heron {name} takes off, 4 seconds, 720p, 16:9, use seedance-2-mini",
    "kling": "Heron {name} takes off, 3 seconds, use kling-3",
    "wan": "Heron {name} takes off, 2 seconds, 480p, use wan-3",
    "google": "Heron {name} takes off, 3 seconds, 720p, use omni-1.2",
    "minimax": "Heron {name} takes off, 4 seconds, 768p, use minimax-h3",
    "videogen": "Heron {name} takes off, 5 seconds, use videogen",
    "hedra": "Heron {name} talks --voice 'Hello' --model hedra-avatar",
}
"""What is typed for each provider; `{name}` is how its order is known again at the provider."""
PICTURED = frozenset({"hedra"})
_OPERATOR = """
[models."hedra-avatar".price]
unit = "clip"
rates = [{ usd = "0.30" }]
[models."videogen".price]
unit = "clip"
rates = [{ usd = "0.30" }]
"""
_ROOMY = '[models."{id}"]\nlimits = [{{ at_once = 40, per_minute = 5000, source = "this test" }}]\n'
_MODELS = (
    "seedance-2-mini",
    "wan-3",
    "omni-1.2",
    "minimax-h3",
    "hedra-avatar",
    "videogen",
)  # Kling keeps its own few places


@dataclass(repr=False)
class Town:
    """`late` is how often, of one, a film is not ready when it is first asked after. `database` is asked directly, the programs go by `line`.

    `failed` are the orders that came to nothing at their provider.
    """

    folder: Path
    slack: Slack
    discord: Discord
    ada: User
    rooms: list[Channel]
    stands: Mapping[str, Stand]
    line: Line
    database: str
    bots: Sequence[Program] = ()
    late: float = 0.0
    dice: random.Random = field(default_factory=random.Random)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    named: int = 0
    failed: list[str] = field(default_factory=list)

    def next_name(self) -> str:
        self.named += 1
        return f"N{self.named:04d}"

    async def start(self, *bots: Program) -> None:
        await asyncio.gather(*(asyncio.to_thread(bot.start) for bot in bots or self.bots))

    async def heard(self) -> None:
        """Waits until both chats can reach somebody."""
        await self.slack.connected(1)
        await self.discord.connected()

    async def kill(self, bot: Program) -> None:
        await asyncio.to_thread(bot.kill)

    def orders(self, name: str) -> list[str]:
        """The films that providers took orders for under this name, and so charge for."""
        return [
            task for stand in self.stands.values() for task, body in stand.vendor.orders.items() if name in str(body)
        ]

    @property
    def ordered(self) -> int:
        return sum(len(stand.vendor.started) for stand in self.stands.values())

    async def healthz(self, bot: Program) -> int:
        """Its answer; 0 where there is none."""
        async with httpx.AsyncClient(timeout=10) as http:
            try:
                return (await http.get(f"{bot.url}/healthz")).status_code
            except httpx.TransportError:
                return 0

    def land(self, stand: Stand, task: str) -> None:
        """A film is ready as soon as it is begun, or a second later; some cannot be made."""
        end = "finished" if self.ordered % EACH_FAILS else "failed"
        if end == "failed":
            self.failed.append(task)
        if self.dice.random() >= self.late:
            stand.advance(task, end)
            return
        stand.advance(task, "running")
        asyncio.get_running_loop().call_later(1.0, stand.advance, task, end)


async def until(true: Callable[[], Any], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)  # other processes are being waited for


@asynccontextmanager
async def town(folder: Path, *, replicas: int = 2, settings: str = "", **env: str) -> AsyncIterator[Town]:
    """Not started yet. `env` is added to every program's environment, `settings` to the operator's file."""
    database = databases.postgresql(databases._postgresql_template())
    async with AsyncExitStack() as stack:
        stack.callback(databases.drop, database)
        line = await stack.enter_async_context(Line(database).serving())
        slack = await stack.enter_async_context(Slack().serving())
        discord = await stack.enter_async_context(Discord().serving())
        stands = {
            name: await stack.enter_async_context(Case(name, "open_stand").open(folder / name)) for name in WISHES
        }
        ada = discord.user("Ada")
        guilds = [discord.guild(f"Studio {number}") for number in range(SERVERS)]
        for guild in guilds:
            guild.members[ada.id] = ada
        rooms = [discord.channel(guild, f"room-{number}") for guild in guilds for number in range(ROOMS)]
        made = Town(folder, slack, discord, ada, rooms, stands, line, database)
        given = _environment(made, settings) | env
        for stand in stands.values():
            stand.vendor.clock = RealClock()
            stand.vendor.landing = lambda task, stand=stand: made.land(stand, task)
            if isinstance(stand.vendor, HedraVendor):
                stand.vendor.credits = ENOUGH
        slack.post.retry_after = (0.1, 1.0, 3.0, 10.0)
        discord.patience = 4.0
        made.bots = [stack.enter_context(program(_own(folder, number), given)) for number in range(replicas)]
        yield made
        for task in made.tasks:
            task.cancel()


def _environment(here: Town, settings: str) -> dict[str, str]:
    operator = here.folder / "clapper.toml"
    operator.write_text(settings + _OPERATOR + "".join(_ROOMY.format(id=id) for id in _MODELS))
    given: dict[str, str] = {}
    for name, stand in here.stands.items():
        keys = names.PROVIDERS[name]
        given |= {keys[setting]: value for setting, value in stand.parts.settings.items() if setting in keys}
    return given | {
        **here.slack.environment(),
        **here.discord.environment,
        "CLAPPER_CONFIG": str(operator),
        "CLAPPER_DATABASE_URL": here.line.url,
        "CLAPPER_DRIVE": f"file:{here.folder}/drive",
        "CLAPPER_LEASE_SECONDS": str(LEASE),
        "CLAPPER_TICK_SECONDS": "0.5",
    }


def _own(folder: Path, number: int) -> Path:
    own = folder / f"replica-{number}"
    own.mkdir()
    return own
