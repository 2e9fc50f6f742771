"""The calls of the Discord test server that a bot makes with its token: users, places, messages, commands."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.adapters.chat.discord.server_errors import invalid_form, refused
from tests.adapters.chat.discord.server_gateway import Gateway
from tests.adapters.chat.discord.server_lines import GUILDS
from tests.adapters.chat.discord.server_messages import Messages
from tests.adapters.chat.discord.server_reading import read
from tests.adapters.chat.discord.server_values import THREAD, Channel, Guild, Message
from tests.adapters.chat.discord.server_wire import (
    channel_wire,
    guild_wire,
    member_wire,
    message_wire,
    role_wire,
    user_wire,
)
from tests.adapters.chat.discord.server_world import World
from tests.adapters.chat.discord.validator import Flaw, commands_flaws

Answer = Callable[[web.Request], Awaitable[Any]]
CHANNEL, MESSAGE = "/channels/{channel}", "/channels/{channel}/messages/{message}"


class Rest:
    def __init__(self, world: World, gateway: Gateway, messages: Messages) -> None:
        self._world, self._gateway, self._messages = world, gateway, messages

    @property
    def calls(self) -> dict[tuple[str, str], Answer]:
        app = "/applications/{application}"
        return {
            ("GET", "/gateway"): self._where,
            ("GET", "/gateway/bot"): self._where,
            ("GET", "/users/@me"): self._me,
            ("GET", "/users/@me/guilds"): self._guilds,
            ("GET", "/users/{user}"): self._user,
            ("POST", "/users/@me/channels"): self._open_dm,
            ("GET", "/oauth2/applications/@me"): self._application,
            ("GET", "/applications/@me"): self._application,
            ("GET", f"{app}/commands"): self._commands,
            ("PUT", f"{app}/commands"): self._replace_commands,
            ("GET", app + "/guilds/{guild}/commands"): self._commands,
            ("PUT", app + "/guilds/{guild}/commands"): self._replace_commands,
            ("GET", "/guilds/{guild}"): self._guild,
            ("GET", "/guilds/{guild}/channels"): self._guild_channels,
            ("GET", "/guilds/{guild}/roles"): self._guild_roles,
            ("GET", "/guilds/{guild}/members/{user}"): self._member,
            ("GET", CHANNEL): self._channel,
            ("PATCH", CHANNEL): self._archive,
            ("POST", f"{CHANNEL}/typing"): self._typing,
            ("GET", f"{CHANNEL}/messages"): self._history,
            ("POST", f"{CHANNEL}/messages"): self._create,
            ("GET", MESSAGE): self._get,
            ("PATCH", MESSAGE): self._edit,
            ("DELETE", MESSAGE): self._delete,
            ("POST", f"{MESSAGE}/threads"): self._thread,
        }

    async def _where(self, request: web.Request) -> Any:
        url = self._world.url.replace("http", "ws", 1) + "/gateway"
        starts = {
            "total": 1000,
            "remaining": 1000,
            "reset_after": 14_400_000,
            "max_concurrency": self._gateway.concurrency,
        }
        return {"url": url} | (
            {"shards": self._world.shards, "session_start_limit": starts} if "bot" in request.path else {}
        )

    async def _me(self, request: web.Request) -> Any:
        return user_wire(self._world.bot) | {"verified": True, "mfa_enabled": False, "flags": 0}

    async def _guilds(self, request: web.Request) -> Any:
        """Rights as roles give them: what a channel takes away is not among them."""
        most = int(request.query.get("limit", 200))
        rights = [(one, one.everyone.permissions | one.bot_role.permissions) for one in self._world.guilds.values()]
        about: dict[str, Any] = {"icon": None, "banner": None, "owner": False, "features": []}
        return [about | {"id": str(one.id), "name": one.name, "permissions": str(may)} for one, may in rights[:most]]

    async def _user(self, request: web.Request) -> Any:
        id = request.match_info["user"]
        found = self._world.users.get(int(id)) if id.isdigit() else None
        if found is None:
            raise refused(10013)
        return user_wire(found)

    async def _open_dm(self, request: web.Request) -> Any:
        payload, _ = await read(self._world, request, 0)
        found = self._world.users.get(int(payload.get("recipient_id", 0)))
        if found is None:
            raise refused(10013)
        return channel_wire(self._world, self._world.dm_with(found))

    async def _application(self, request: web.Request) -> Any:
        world = self._world
        owner = next(iter(world.guilds.values())).owner if world.guilds else world.bot
        about = {
            "id": str(world.application),
            "name": "Clapper",
            "description": "",
            "icon": None,
            "owner": user_wire(owner),
        }
        return about | {
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": world.secret.hex(),
            "flags": (1 << 19) if world.message_content else 0,
            "team": None,
            "bot": user_wire(world.bot),
        }

    def _scope(self, request: web.Request) -> int:
        if request.match_info["application"] != str(self._world.application):
            raise refused(50001)
        return self._guild_of(request).id if "guild" in request.match_info else 0

    async def _commands(self, request: web.Request) -> Any:
        return self._world.commands.get(self._scope(request), [])

    async def _replace_commands(self, request: web.Request) -> Any:
        world, scope = self._world, self._scope(request)
        payload, _ = await read(world, request, 0)
        self._messages.hold(commands_flaws(payload), "commands")
        world.syncs.append(scope)
        ids = {(one["type"], one["name"]): one["id"] for one in world.commands.get(scope, [])}
        world.commands[scope] = [self._command(one, scope, ids) for one in payload]
        world.touch()
        return world.commands[scope]

    def _command(self, one: dict[str, Any], scope: int, ids: dict[tuple[int, str], str]) -> dict[str, Any]:
        kind = one.get("type", 1)
        id = ids.get((kind, one["name"]), str(self._world.snowflake()))
        rights = one.get("default_member_permissions")
        whole = {"description": "", "options": [], "nsfw": False} | one
        about = {"id": id, "application_id": str(self._world.application), "version": str(self._world.snowflake())}
        whole |= about | {"type": kind, "default_member_permissions": None if rights is None else str(rights)}
        return whole | ({"guild_id": str(scope)} if scope else {})

    def _guild_of(self, request: web.Request) -> Guild:
        id = request.match_info["guild"]
        found = self._world.guilds.get(int(id)) if id.isdigit() else None
        if found is None:
            raise refused(10004)
        return found

    async def _guild(self, request: web.Request) -> Any:
        return guild_wire(self._world, self._guild_of(request))

    async def _guild_channels(self, request: web.Request) -> Any:
        return [channel_wire(self._world, one) for one in self._guild_of(request).channels.values()]

    async def _guild_roles(self, request: web.Request) -> Any:
        return [role_wire(one, self._world.bot) for one in self._guild_of(request).roles.values()]

    async def _member(self, request: web.Request) -> Any:
        guild, id = self._guild_of(request), request.match_info["user"]
        found = guild.members.get(int(id)) if id.isdigit() else None
        if found is None:
            raise refused(10007)
        return member_wire(guild, found) | {"user": user_wire(found)}

    def _place(self, request: web.Request) -> Channel:
        found = self._world.at(request.match_info["channel"])
        self._messages.readable(found)
        return found

    async def _channel(self, request: web.Request) -> Any:
        return channel_wire(self._world, self._place(request))

    async def _archive(self, request: web.Request) -> Any:
        """Threads alone are changed here: archived, or opened again by anyone while they are not locked."""
        channel = self._place(request)
        payload, _ = await read(self._world, request, 0)
        if channel.kind != THREAD or set(payload) != {"archived"}:
            raise refused(50013)
        if channel.locked:
            raise refused(50083)
        channel.archived = bool(payload["archived"])
        self._world.touch()
        return channel_wire(self._world, channel)

    async def _typing(self, request: web.Request) -> None:
        channel = self._place(request)
        self._messages.may_send(channel, files=False, reply=False)
        channel.typing.append(self._world.clock.now())
        self._world.touch()

    def _wire(self, message: Message) -> Any:
        return message_wire(self._world, message, bare=not self._world.message_content)

    async def _history(self, request: web.Request) -> Any:
        """Newest first. Without the right to read history there is none: an empty list, not a refusal."""
        channel, query = self._place(request), request.query
        limit = int(query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise invalid_form([Flaw(("limit",), "NUMBER_TYPE_RANGE", "must be between 1 and 100")])
        if not self._world.may(channel, "read_message_history"):
            return []
        shown = [one for one in channel.messages.values() if one.visible_to is None]
        shown = [
            one for one in shown if one.id < int(query.get("before", 1 << 63)) and one.id > int(query.get("after", 0))
        ]
        shown.sort(key=lambda one: one.id, reverse="after" not in query)
        return sorted(map(self._wire, shown[:limit]), key=lambda one: -int(one["id"]))

    async def _create(self, request: web.Request) -> Any:
        channel = self._world.at(request.match_info["channel"])
        payload, uploads = await read(self._world, request, self._messages.upload_limit(channel))
        is_object = isinstance(payload, dict)
        self._messages.may_send(
            channel, files=bool(uploads), reply=is_object and bool(payload.get("message_reference"))
        )
        if is_object and (before := self._messages.sent_before(channel, payload)):
            return self._wire(before)
        return self._wire(await self._messages.create(channel, payload, uploads))

    async def _get(self, request: web.Request) -> Any:
        channel = self._place(request)
        if not self._world.may(channel, "read_message_history"):
            raise refused(50001)
        return self._wire(self._messages.of(channel, request.match_info["message"]))

    async def _edit(self, request: web.Request) -> Any:
        channel = self._place(request)
        payload, uploads = await read(self._world, request, self._messages.upload_limit(channel))
        message = self._messages.of(channel, request.match_info["message"])
        self._messages.mine(message)
        if channel.locked or channel.archived:
            raise refused(50083)
        if uploads and not self._world.may(channel, "attach_files"):
            raise refused(50013)
        return self._wire(await self._messages.change(message, payload, uploads))

    async def _delete(self, request: web.Request) -> None:
        channel = self._place(request)
        message = self._messages.of(channel, request.match_info["message"])
        if message.author is not self._world.bot and not self._world.may(channel, "manage_messages"):
            raise refused(50013)
        await self._messages.forget(message)

    async def _thread(self, request: web.Request) -> Any:
        """A thread's id is that of the message it starts at."""
        channel = self._place(request)
        message = self._messages.of(channel, request.match_info["message"])
        payload, _ = await read(self._world, request, 0)
        if not self._world.may(channel, "create_public_threads"):
            raise refused(50013)
        thread = self._world.thread(channel, str(payload.get("name", "")), message.id)
        made = channel_wire(self._world, thread)
        await self._gateway.dispatch("THREAD_CREATE", lambda _: made, channel.guild, GUILDS)
        return made
