"""A small, strict Discord for tests: REST, gateway, CDN and interactions on one loopback port.

    async with Discord().serving() as discord:                    # the fixture `discord` in conftest.py
        guild = discord.guild("Studio", tier=2)                    # tiers 0-3: uploads of 10, 10, 50, 100 MiB
        ada, room = discord.user("Ada"), discord.room(guild)
        ... a bot started with discord.settings, or a program with discord.environment ...
        await discord.connected()
        asked = await discord.mention(room, ada, "a red kite", files=[("kite.png", png)])
        card = await discord.answer(room, after=asked)             # the bot's next message there
        reply = await discord.press(card, "Confirm", ada)          # a Reply: kind, message, text, ephemeral, modal, seconds
        await discord.until(lambda: "ready" in card.text)          # messages are live: text, labels, files, edits

PEOPLE (each by label or custom id, and only what a client would let them: a disabled button or an unknown option is a LookupError)
    await mention(channel, user, text, files=, reply_to=, as_role=False) -> Message      @-mentions the bot, or its managed role
    await say(channel, user, text, files=, reply_to=, ping=True) -> Message               without a mention
    await dm(user, text, files=, reply_to=) -> Message          rewrite(message, text)     seen(user, channel) -> [Message]
    await command("make", {"prompt": …, "file": ("a.png", bytes)}, user, channel) -> Reply      "clapper make" and "make" both do
    await autocomplete("make", "model", "see", user, channel, options={}) -> [{"name", "value"}]
    await context_menu("Animate this", message, user) -> Reply
    await press(message, which, user) -> Reply                  await select(message, which, values, user) -> Reply
    await submit(reply_with_modal, {label or custom id: value}, user) -> Reply
    await answer(channel, after=message) -> Message             await until(condition, seconds=10)

PLACES    user(name, dms_open=True)  guild(name, tier=0, permissions=INVITED)  channel(guild, name, kind=TEXT)  thread(parent, name, id of its message)
          dm_with(user)  room(guild)  await deny(channel, "attach_files", …)  await allow(channel, …)  message_content = True
KEPT      violations: list[str] (anything Discord would refuse as malformed; asserted empty by the fixture; `forgive()` gives and clears)
          calls: list[Call(method, path, status, at)]  syncs: bulk overwrites so far  commands()  latencies: seconds of first answers
          Message: .text .labels .buttons .control(which) .files .edits [Edit(at, payload, by_token)] .payload .nonce .deleted .ephemeral
          File: .name .size .sha256 .mime .whole (bodies up to 16 MiB) .head (the first MiB of larger ones)
TIME      clock.forward(minutes=16): 3 s for first answers, 15 min for tokens, 1 h for edits (30046, `old_edits`), 24 h for links;
          patience: how many real seconds a person waits for the first answer before Discord says that the interaction failed
STRICT    every message and every edit says `allowed_mentions` with an empty parse: discord.py leaves it out of an edit without content
          unless it is passed; files of a V2 message are all shown by a component. A program is started with asyncio.to_thread, since
          this server answers on the test's own loop.
TROUBLE   gate.clear() holds every file back until gate.set()     gateway.away = 2 refuses the next two connections
          fail("POST /channels/*/messages", status=502, times=1)   lose_answer(on)   cut(on)   delay(on, seconds)   hold(on) -> Fault: .done, .go   rate_limit(on, seconds)
          limits.rules["create message"] = (5, 5.0)                limits.exceeded
GATEWAY   await connected(shards=1)   shards = 2   gateway.reconnect()  .invalidate(resumable=)  .drop(code)  .cut()  .send(kind, data)
          .acking  .allow_resume  .heartbeat_seconds  .identified  .resumed  .closed
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

from tests.adapters.chat.discord.server_app import Door
from tests.adapters.chat.discord.server_gateway import Gateway
from tests.adapters.chat.discord.server_interactions import Interactions
from tests.adapters.chat.discord.server_lines import GUILDS
from tests.adapters.chat.discord.server_messages import Messages
from tests.adapters.chat.discord.server_people import People
from tests.adapters.chat.discord.server_reading import Upload
from tests.adapters.chat.discord.server_replies import Reply
from tests.adapters.chat.discord.server_rest import Rest
from tests.adapters.chat.discord.server_trouble import Call, Fault, Harm
from tests.adapters.chat.discord.server_values import PERMISSIONS, Channel, Guild, Message, User
from tests.adapters.chat.discord.server_wire import channel_wire
from tests.adapters.chat.discord.server_world import World


class Discord(World):
    def __init__(self) -> None:
        super().__init__()
        self.gateway = Gateway(self)
        self._messages = Messages(self, self.gateway)
        self._interactions = Interactions(self, self.gateway, self._messages)
        self._people = People(self, self.gateway, self._messages, self._interactions)
        rest = Rest(self, self.gateway, self._messages)
        self._door = Door(self, self.gateway, rest.calls | self._interactions.calls)
        self.limits = self._door.limits
        self.faults = self._door.faults
        self.gate = self._door.gate

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[Self]:
        async with self._door.open(port) as url:
            self.url = url
            yield self

    @property
    def settings(self) -> dict[str, str]:
        return {"token": self.token, "api_url": self.url, "gateway_url": self.gateway_url}

    @property
    def gateway_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/gateway"

    @property
    def environment(self) -> dict[str, str]:
        return {f"DISCORD_{name.upper()}": value for name, value in self.settings.items()}

    @property
    def calls(self) -> list[Call]:
        return self._door.calls

    @property
    def latencies(self) -> list[float]:
        return [one.seconds for one in self._interactions.all.values() if one.done.is_set() and one.seconds is not None]

    def forgive(self) -> list[str]:
        """The violations so far, and they are forgotten."""
        found, self.violations[:] = list(self.violations), []
        return found

    def room(self, guild: Guild, name: str = "general") -> Channel:
        return next(one for one in guild.channels.values() if one.name == name)

    async def deny(self, channel: Channel, *names: str) -> None:
        """Takes the bot's right to do this there; the gateway tells it."""
        await self._overwrite(channel, channel.denied | sum(PERMISSIONS[name] for name in names))

    async def allow(self, channel: Channel, *names: str) -> None:
        await self._overwrite(channel, channel.denied & ~sum(PERMISSIONS[name] for name in names))

    async def _overwrite(self, channel: Channel, denied: int) -> None:
        channel.denied = denied
        await self.gateway.dispatch("CHANNEL_UPDATE", lambda _: channel_wire(self, channel), channel.guild, GUILDS)

    async def connected(self, shards: int = 1, seconds: float = 20) -> None:
        await self.gateway.connected(shards, seconds)

    async def say(self, channel: Channel, user: User, text: str, *, files: Iterable[Upload] = (), reply_to: Message | None = None, ping: bool = True) -> Message:  # fmt: skip
        return await self._people.say(channel, user, text, files=files, reply_to=reply_to, ping=ping)

    async def mention(self, channel: Channel, user: User, text: str, *, files: Iterable[Upload] = (), reply_to: Message | None = None, as_role: bool = False) -> Message:  # fmt: skip
        assert not as_role or channel.guild is not None
        whom = f"<@&{channel.guild.bot_role.id}>" if as_role and channel.guild else f"<@{self.bot.id}>"
        return await self.say(channel, user, f"{whom} {text}", files=files, reply_to=reply_to)

    async def dm(self, user: User, text: str, *, files: Iterable[Upload] = (), reply_to: Message | None = None) -> Message:  # fmt: skip
        return await self.say(self.dm_with(user), user, text, files=files, reply_to=reply_to)

    async def rewrite(self, message: Message, text: str) -> None:
        await self._people.rewrite(message, text)

    def seen(self, user: User, channel: Channel) -> list[Message]:
        return self._people.seen(user, channel)

    def said(self, channel: Channel, after: Message | None = None) -> list[Message]:
        """The bot's messages there that everybody sees, oldest first."""
        start = after.id if after else 0
        known = channel.messages.values()
        return [one for one in known if one.author is self.bot and one.id > start and one.visible_to is None]

    async def answer(self, channel: Channel, after: Message | None = None, seconds: float = 10) -> Message:
        """The bot's first message there after this one, once it is there."""
        found = await self.until(lambda: self.said(channel, after), seconds)
        return found[0]

    async def command(self, name: str, options: Mapping[str, Any], user: User, channel: Channel) -> Reply:
        return await self._people.command(name, options, user, channel)

    async def autocomplete(self, name: str, option: str, text: str, user: User, channel: Channel, *, options: Mapping[str, Any] | None = None) -> list[Mapping[str, Any]]:  # fmt: skip
        return await self._people.autocomplete(name, (option, text), user, channel, options or {})

    async def context_menu(self, name: str, message: Message, user: User) -> Reply:
        return await self._people.context_menu(name, message, user)

    async def press(self, message: Message, which: str, user: User) -> Reply:
        return await self._people.press(message, which, user)

    async def select(self, message: Message, which: str, values: Sequence[str], user: User) -> Reply:
        return await self._people.select(message, which, values, user)

    async def submit(self, opened: Reply, values: Mapping[str, Any], user: User) -> Reply:
        return await self._people.submit(opened, values, user)

    def fail(self, on: str, *, status: int = 500, code: int = 0, times: int = 1) -> None:
        self._door.faults.append(Fault(on, Harm.fail, times, status, code))

    def lose_answer(self, on: str, *, times: int = 1) -> None:
        """The work is done; the connection ends before the answer."""
        self._door.faults.append(Fault(on, Harm.lose, times))

    def cut(self, on: str, *, times: int = 1) -> None:
        """The connection ends and nothing was done."""
        self._door.faults.append(Fault(on, Harm.cut, times))

    def delay(self, on: str, seconds: float, *, times: int = 1) -> None:
        self._door.faults.append(Fault(on, Harm.delay, times, seconds=seconds))

    def hold(self, on: str) -> Fault:
        """The work is done, which sets `done`; the answer waits for `go`."""
        self._door.faults.append(held := Fault(on, Harm.hold))
        return held

    def rate_limit(self, on: str, seconds: float, *, everywhere: bool = False, times: int = 1) -> None:
        self._door.faults.append(Fault(on, Harm.limit, times, seconds=seconds, everywhere=everywhere))
