"""Everything the Discord test server knows, and how to add to it."""

import asyncio
import hashlib
import hmac
import mimetypes
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.adapters.chat.discord.server_errors import refused
from tests.adapters.chat.discord.server_values import (
    DM,
    PERMISSIONS,
    TEXT,
    THREAD,
    Channel,
    Clock,
    File,
    Guild,
    Message,
    Role,
    User,
)

EPOCH = 1_420_070_400_000
INVITED = 274_878_024_704
"""What the invite link asks for: see, send (in threads too), embed, attach, read history."""
LINK_LIVES = timedelta(hours=24)
NAMED_USER = re.compile(r"<@!?(\d+)>")
NAMED_ROLE = re.compile(r"<@&(\d+)>")


class World:
    """The state behind the calls.

    `old_edits`: how many edits of messages over an hour old a channel takes in so many seconds; Discord tells nobody its own.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.token = f"MTA0.{secrets.token_hex(4)}.{secrets.token_hex(16)}"
        self.secret = secrets.token_bytes(16)
        self.url = ""
        self.shards = 1
        self.message_content = False
        self.patience = 3.3
        self.violations: list[str] = []
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.files: dict[int, File] = {}
        self.commands: dict[int, list[dict[str, Any]]] = {}
        self.syncs: list[int] = []
        self.nonces: dict[tuple[int, str], Message] = {}
        self.old_edits: tuple[int, float] = (3, 20.0)
        self.edited_late: dict[int, list[datetime]] = {}
        self._last = 0
        self._waiting: set[asyncio.Event] = set()
        self.bot = self.user("Clapper", bot=True)
        self.application = self.bot.id

    def snowflake(self) -> int:
        """Always rising, and readable as the time by the server's clock."""
        new = (int(self.clock.now().timestamp() * 1000) - EPOCH) << 22
        self._last = max(new, self._last + 1)
        return self._last

    def touch(self) -> None:
        for event in self._waiting:
            event.set()

    async def until(self, true: Callable[[], Any], seconds: float = 10) -> Any:
        """Waits for `true` to give something true, which it gives back; looks again whenever anything happened here."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(seconds):
                while not (found := true()):
                    await event.wait()
                    event.clear()
                return found
        except TimeoutError:
            raise AssertionError(f"it did not come about within {seconds:g} s") from None
        finally:
            self._waiting.discard(event)

    def user(self, name: str, *, bot: bool = False, dms_open: bool = True, id: int | None = None) -> User:
        new = User(id or self.snowflake(), re.sub(r"\W", "", name).lower() or "someone", name, bot, dms_open)
        self.users[new.id] = new
        return new

    def guild(
        self, name: str, *, tier: int = 0, permissions: int = INVITED, id: int | None = None, room: int | None = None
    ) -> Guild:
        """A server with the bot, a text channel "general" (of the id `room`), and the bot's own managed role."""
        id = id or self.snowflake()
        everyday = sum(PERMISSIONS.values()) & ~PERMISSIONS["manage_messages"]
        everyone = Role(id, "@everyone", 0)
        role = Role(self.snowflake(), "Clapper", permissions, managed=True)
        owner = self.user(f"{name} owner")
        owner.permissions = everyday | PERMISSIONS["manage_messages"]
        new = Guild(id, name, owner, everyone, role, tier)
        new.roles = {one.id: one for one in (everyone, role)}
        new.members = {one.id: one for one in (owner, self.bot)}
        self.guilds[id] = new
        self.channel(new, "general", room)
        return new

    def channel(self, guild: Guild, name: str, id: int | None = None, *, kind: int = TEXT) -> Channel:
        new = Channel(id or self.snowflake(), kind, name, guild)
        guild.channels[new.id] = self.channels[new.id] = new
        return new

    def thread(self, parent: Channel, name: str, id: int | None = None) -> Channel:
        new = Channel(id or self.snowflake(), THREAD, name, parent.guild, parent)
        self.channels[new.id] = new
        return new

    def dm_with(self, user: User) -> Channel:
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        new = Channel(self.snowflake(), DM, recipient=user)
        self.channels[new.id] = new
        return new

    def at(self, id: Any) -> Channel:
        found = self.channels.get(int(id)) if str(id).isdigit() else None
        if found is None:
            raise refused(10003)
        return found

    def allowed(self, channel: Channel) -> int:
        """What the bot may do there."""
        if channel.guild is None:
            return sum(PERMISSIONS.values())
        denied = channel.denied | (channel.parent.denied if channel.parent else 0)
        return (channel.guild.everyone.permissions | channel.guild.bot_role.permissions) & ~denied

    def may(self, channel: Channel, name: str) -> bool:
        return bool(self.allowed(channel) & PERMISSIONS[name])

    def keep(self, name: str, content: bytes, channel: Channel, **more: Any) -> File:
        """A file that is in memory anyway."""
        digest = hashlib.sha256(content).hexdigest()
        new = File(self.snowflake(), named(name), mime(name), len(content), digest, content, place=channel.id, **more)
        self.files[new.id] = new
        return new

    def link(self, file: File) -> str:
        """Signed, and gone after a day: ex, is and hm as Discord has them."""
        now = self.clock.now()
        expires, issued = f"{int((now + LINK_LIVES).timestamp()):x}", f"{int(now.timestamp()):x}"
        path = f"/{'ephemeral-' if file.ephemeral else ''}attachments/{file.place}/{file.id}/{file.name}"
        return f"{self.url}{path}?ex={expires}&is={issued}&hm={self.signature(path, expires, issued)}&"

    def signature(self, path: str, expires: str, issued: str) -> str:
        return hmac.new(self.secret, f"{path} {expires} {issued}".encode(), hashlib.sha256).hexdigest()

    def named_in(self, text: str) -> tuple[list[User], list[Role]]:
        """Users and roles that a text mentions, each once, in order."""
        users = [self.users[int(id)] for id in NAMED_USER.findall(text) if int(id) in self.users]
        known = {role.id: role for guild in self.guilds.values() for role in guild.roles.values()}
        roles = [known[int(id)] for id in NAMED_ROLE.findall(text) if int(id) in known]
        return list(dict.fromkeys(users)), list(dict.fromkeys(roles))


def named(name: str) -> str:
    """File names lose their spaces and odd characters on the way in."""
    return re.sub(r"[^\w.-]", "", name.strip().replace(" ", "_")) or "unknown"


def mime(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
