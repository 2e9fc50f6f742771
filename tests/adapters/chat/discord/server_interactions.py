"""Interactions of the Discord test server: what a person does, the one first answer in 3 s, and what may follow for 15 minutes."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.adapters.chat.discord.server_errors import refused
from tests.adapters.chat.discord.server_gateway import Gateway
from tests.adapters.chat.discord.server_messages import Messages
from tests.adapters.chat.discord.server_reading import read
from tests.adapters.chat.discord.server_replies import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    MODAL,
    SAY,
    SUBMIT,
    UPDATE,
    Interaction,
    Reply,
)
from tests.adapters.chat.discord.server_values import EPHEMERAL, LOADING, Channel, Message, User
from tests.adapters.chat.discord.server_wire import channel_wire, member_wire, message_wire, user_wire
from tests.adapters.chat.discord.server_world import World
from tests.adapters.chat.discord.validator import Flaw, choices_flaws, message_flaws, modal_flaws

FIRST_ANSWER, TOKEN_LIVES = timedelta(seconds=3), timedelta(minutes=15)
ORIGINAL = "@original"


class Interactions:
    def __init__(self, world: World, gateway: Gateway, messages: Messages) -> None:
        self._world, self._gateway, self._messages = world, gateway, messages
        self.all: dict[str, Interaction] = {}

    @property
    def calls(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        hook = "/webhooks/{application}/{token}"
        return {
            ("POST", "/interactions/{id}/{token}/callback"): self._callback,
            ("POST", hook): self._followup,
            ("GET", f"{hook}/messages/{{message}}"): self._get,
            ("PATCH", f"{hook}/messages/{{message}}"): self._edit,
            ("DELETE", f"{hook}/messages/{{message}}"): self._delete,
        }

    async def start(
        self, doing: int, user: User, channel: Channel, data: Mapping[str, Any], message: Message | None = None
    ) -> Reply:
        """Sends it over the gateway and waits for the first answer, as long as Discord would."""
        world = self._world
        new = Interaction(
            world.snowflake(), f"aW{secrets.token_urlsafe(40)}", doing, user, channel, world.clock.now(), message
        )
        self.all[new.token] = new
        began = asyncio.get_running_loop().time()
        await self._gateway.dispatch("INTERACTION_CREATE", lambda _: self._wire(new, data), channel.guild)
        try:
            await asyncio.wait_for(new.done.wait(), world.patience)
            new.seconds = (new.seconds or 0) - began
        except TimeoutError:
            pass
        return Reply(new)

    def _wire(self, one: Interaction, data: Mapping[str, Any]) -> dict[str, Any]:
        world, guild = self._world, one.channel.guild
        wire: dict[str, Any] = {
            "id": str(one.id),
            "application_id": str(world.application),
            "type": one.doing,
            "token": one.token,
            "version": 1,
            "data": data,
            "channel": channel_wire(world, one.channel) | {"permissions": str(one.user.permissions)},
            "channel_id": str(one.channel.id),
            "locale": "en-US",
            "app_permissions": str(world.allowed(one.channel)),
            "entitlements": [],
            "entitlement_sku_ids": [],
            "attachment_size_limit": self._messages.upload_limit(one.channel),
            "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
            "context": 0 if guild else 1,
        }
        if guild:
            member = member_wire(guild, one.user) | {
                "user": user_wire(one.user),
                "permissions": str(one.user.permissions),
            }
            about = {"id": str(guild.id), "locale": "en-US", "features": []}
            wire |= {"guild_id": str(guild.id), "guild": about, "guild_locale": "en-US", "member": member}
        else:
            wire["user"] = user_wire(one.user)
        return wire | ({"message": message_wire(world, one.message)} if one.message else {})

    async def _callback(self, request: web.Request) -> Any:
        info = request.match_info
        found = self.all.get(info["token"])
        if found is None or str(found.id) != info["id"]:
            raise refused(10062)
        payload, uploads = await read(self._world, request, self._messages.upload_limit(found.channel))
        found.attempts += 1
        if found.kind:
            raise refused(40060)
        if self._world.clock.now() - found.at > FIRST_ANSWER:
            raise refused(10062)
        kind, data = payload.get("type"), payload.get("data") or {}
        self._messages.hold(_kind_flaws(found, kind, payload), "answer to an interaction")
        self._messages.hold(_data_flaws(kind, data), f"answer of type {kind}")
        found.kind = kind
        try:
            await self._do(found, kind, data, uploads)
        except BaseException:
            found.kind = 0
            raise
        found.seconds = asyncio.get_running_loop().time()
        found.done.set()
        self._world.touch()
        return self._answered(found) if request.query.get("with_response") in {"1", "true"} else None

    async def _do(self, one: Interaction, kind: int, data: Mapping[str, Any], uploads: Any) -> None:
        match kind:
            case 4:
                one.original = await self._messages.create(one.channel, data, uploads, via=one.token, to=one.user)
            case 5:
                one.original = await self._think(one, data.get("flags") or 0)
            case 6:
                one.original = one.message
            case 7:
                assert one.message is not None
                one.original = await self._messages.change(one.message, data, uploads, token=one.token)
            case 8:
                one.choices = data["choices"]
            case _:
                one.modal = data

    async def _think(self, one: Interaction, flags: int) -> Message:
        world = self._world
        new = Message(
            world.snowflake(), one.channel, world.bot, world.clock.now(), flags=flags | LOADING, via=one.token
        )
        new.visible_to = one.user if flags & EPHEMERAL else None
        one.channel.messages[new.id] = new
        await self._messages.tell("MESSAGE_CREATE", new)
        return new

    def _answered(self, one: Interaction) -> dict[str, Any]:
        about: dict[str, Any] = {"id": str(one.id), "type": one.doing}
        resource: dict[str, Any] = {"type": one.kind}
        if one.original is not None and one.kind in {SAY, DEFER, UPDATE}:
            about |= {
                "response_message_id": str(one.original.id),
                "response_message_loading": one.original.loading,
                "response_message_ephemeral": one.original.ephemeral,
            }
            resource["message"] = message_wire(self._world, one.original)
        return {"interaction": about} | ({"resource": resource} if one.kind in {SAY, DEFER, UPDATE} else {})

    def _hook(self, request: web.Request) -> Interaction:
        """Refuses a token that is unknown or older than 15 minutes, and one whose interaction is not yet answered."""
        found = self.all.get(request.match_info["token"])
        if request.match_info["application"] != str(self._world.application):
            raise refused(10015)
        if found is None or self._world.clock.now() - found.at > TOKEN_LIVES:
            raise refused(50027)
        if not found.kind:
            raise refused(10015)
        return found

    def _message(self, request: web.Request, one: Interaction) -> Message:
        id = request.match_info["message"]
        if id == ORIGINAL:
            found = one.original
        else:
            found = next(
                (message for message in (*one.followups, one.original) if message and str(message.id) == id), None
            )
        if found is None or found.deleted:
            raise refused(10008)
        return found

    async def _followup(self, request: web.Request) -> Any:
        """The first one after "… is thinking" takes its place."""
        one = self._hook(request)
        payload, uploads = await read(self._world, request, self._messages.upload_limit(one.channel))
        if one.original is not None and one.original.loading:
            changed = {name: value for name, value in payload.items() if name != "flags"}
            changed |= {"flags": payload["flags"] & ~EPHEMERAL} if "flags" in payload else {}
            made = await self._messages.change(one.original, changed, uploads, token=one.token)
        else:
            made = await self._messages.create(one.channel, payload, uploads, via=one.token, to=one.user)
            one.followups.append(made)
        self._world.touch()
        return message_wire(self._world, made)

    async def _get(self, request: web.Request) -> Any:
        return message_wire(self._world, self._message(request, self._hook(request)))

    async def _edit(self, request: web.Request) -> Any:
        one = self._hook(request)
        payload, uploads = await read(self._world, request, self._messages.upload_limit(one.channel))
        message = self._message(request, one)
        return message_wire(self._world, await self._messages.change(message, payload, uploads, token=one.token))

    async def _delete(self, request: web.Request) -> None:
        await self._messages.forget(self._message(request, self._hook(request)))


def _kind_flaws(one: Interaction, kind: Any, payload: Any) -> list[Flaw]:
    """Which answers fit what was done: https://discord.com/developers/docs/interactions/receiving-and-responding."""
    fits = {
        COMMAND: {SAY, DEFER, MODAL},
        COMPONENT: {SAY, DEFER, DEFER_UPDATE, UPDATE, MODAL},
        AUTOCOMPLETE: {CHOICES},
        SUBMIT: {SAY, DEFER} | ({DEFER_UPDATE, UPDATE} if one.message else set()),
    }[one.doing]
    extra = set(payload) - {"type", "data"}
    flaws = [Flaw((name,), "UNKNOWN_KEY", "a field that Discord does not know here") for name in sorted(extra)]
    if kind not in fits:
        flaws.append(Flaw(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {sorted(fits)}, is {kind!r}"))
    return flaws


def _data_flaws(kind: int, data: Mapping[str, Any]) -> list[Flaw]:
    match kind:
        case 5 if set(data) - {"flags"} or (data.get("flags") or 0) & ~EPHEMERAL:
            return [
                Flaw(("data",), "DEFERRED", f"a deferred answer says at most that it is ephemeral, not {sorted(data)}")
            ]
        case 6 if data and any(data.values()):
            return [Flaw(("data",), "DEFERRED", f"a deferred update says nothing, not {sorted(data)}")]
        case 8:
            return list(choices_flaws(data))
        case 9:
            return list(modal_flaws(data))
        case 4:
            return list(message_flaws(data, uploads=_names(data), interaction=True))
        case _:
            return []


def _names(data: Mapping[str, Any]) -> list[str]:
    return [str(one.get("filename", "")) for one in data.get("attachments") or ()]
