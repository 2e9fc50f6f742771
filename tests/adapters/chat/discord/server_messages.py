"""Messages as the Discord test server makes, changes and forgets them, and tells the gateway."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from tests.adapters.chat.discord.server_errors import invalid_form, refused
from tests.adapters.chat.discord.server_gateway import Gateway
from tests.adapters.chat.discord.server_lines import CONTENT, message_intent
from tests.adapters.chat.discord.server_trouble import too_many
from tests.adapters.chat.discord.server_values import (
    DM,
    EPHEMERAL,
    LOADING,
    MIB,
    THREAD,
    Channel,
    Edit,
    File,
    Message,
    User,
)
from tests.adapters.chat.discord.server_wire import gateway_message
from tests.adapters.chat.discord.server_world import World
from tests.adapters.chat.discord.validator import Before, Flaw, message_flaws

NONCE_LIVES = timedelta(minutes=5)
OLD = timedelta(hours=1)


class Messages:
    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world, self._gateway = world, gateway

    def hold(self, flaws: Iterable[Flaw], where: str) -> None:
        """Refuses what Discord would not take, and remembers it."""
        found = list(flaws)
        if found:
            self._world.violations += [f"{where}: {flaw}" for flaw in found]
            raise invalid_form(found)

    def upload_limit(self, channel: Channel) -> int:
        return channel.guild.upload_limit if channel.guild else 10 * MIB

    def may_send(self, channel: Channel, *, files: bool, reply: bool) -> None:
        world = self._world
        if channel.recipient is not None and not channel.recipient.dms_open:
            raise refused(50007)
        if not world.may(channel, "view_channel"):
            raise refused(50001)
        needed = ["send_messages_in_threads" if channel.kind == THREAD else "send_messages"]
        needed += ["attach_files"] if files else []
        if not all(world.may(channel, name) for name in needed):
            raise refused(50013)
        if reply and not world.may(channel, "read_message_history"):
            raise refused(160002)
        if channel.locked:
            raise refused(50083)

    def sent_before(self, channel: Channel, payload: Mapping[str, Any]) -> Message | None:
        """The message of the same nonce, where it is enforced and a few minutes old at most."""
        if not payload.get("enforce_nonce"):
            return None
        found = self._world.nonces.get((channel.id, str(payload.get("nonce"))))
        return found if found and self._world.clock.now() - found.at < NONCE_LIVES else None

    async def create(
        self,
        channel: Channel,
        payload: Mapping[str, Any],
        uploads: Sequence[File],
        *,
        via: str = "",
        to: User | None = None,
    ) -> Message:
        """A message of the bot's; `via` is the interaction's token, `to` whoever pressed or typed."""
        world = self._world
        where = f"{'answer' if via else 'message'} in {channel.name or 'a direct message'}"
        self.hold(message_flaws(payload, uploads=[one.name for one in uploads], interaction=bool(via)), where)
        if not (payload.get("content") or payload.get("components") or payload.get("embeds") or uploads):
            raise refused(50006)
        flags = payload.get("flags") or 0
        new = Message(world.snowflake(), channel, world.bot, world.clock.now(), flags=flags, via=via, payload=payload)
        new.nonce = payload.get("nonce")
        new.visible_to = to if flags & EPHEMERAL else None
        new.reply_to = self._reply(channel, payload)
        self._apply(new, payload, uploads)
        channel.messages[new.id] = new
        channel.archived = False
        if new.nonce is not None:
            world.nonces[channel.id, str(new.nonce)] = new
        await self.tell("MESSAGE_CREATE", new)
        return new

    def _reply(self, channel: Channel, payload: Mapping[str, Any]) -> Message | None:
        reference = payload.get("message_reference")
        if not reference:
            return None
        found = channel.messages.get(int(reference["message_id"]))
        if found is not None and not found.deleted and found.visible_to is None:
            return found
        if reference.get("fail_if_not_exists", True):
            unknown = Flaw(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
            raise invalid_form([unknown])
        return None

    def _apply(self, message: Message, payload: Mapping[str, Any], uploads: Sequence[File]) -> None:
        message.content = payload.get("content", message.content) or ""
        message.embeds = payload.get("embeds", message.embeds) or []
        message.components = payload.get("components", message.components) or []
        message.flags |= payload.get("flags") or 0
        self._files(message, payload.get("attachments"), uploads)
        allowed = payload.get("allowed_mentions") or {}
        users, roles = self._world.named_in(message.text)
        pinged = {str(id) for id in allowed.get("users") or ()}
        message.mentions = [one for one in users if str(one.id) in pinged]
        message.roles = [one for one in roles if str(one.id) in {str(id) for id in allowed.get("roles") or ()}]
        if message.reply_to and allowed.get("replied_user") and message.reply_to.author not in message.mentions:
            message.mentions.append(message.reply_to.author)

    def _files(self, message: Message, announced: Sequence[Mapping[str, Any]] | None, uploads: Sequence[File]) -> None:
        for one in uploads:
            one.place, one.ephemeral = message.channel.id, message.ephemeral
        if announced is None:
            message.files = [*message.files, *uploads]
            return
        old = {str(one.id): one for one in message.files}
        chosen = []
        for one in announced:
            id = str(one["id"])
            file = old[id] if id in old else uploads[int(id)]
            file.description = one.get("description", file.description)
            chosen.append(file)
        message.files = chosen

    def before(self, message: Message) -> Before:
        files = {str(one.id): one.name for one in message.files}
        return Before(message.flags, message.content, message.embeds, files, message.components)

    async def change(
        self, message: Message, payload: Mapping[str, Any], uploads: Sequence[File], *, token: str = ""
    ) -> Message:
        """An edit, by the bot's token or by an interaction's."""
        world = self._world
        names = [one.name for one in uploads]
        flaws = message_flaws(payload, uploads=names, before=self.before(message), interaction=bool(token))
        self.hold(flaws, f"edit in {message.channel.name or 'a direct message'}")
        if not token:
            self._not_too_old(message)
        self._apply(message, payload, uploads)
        message.flags &= ~LOADING
        message.edited_at = world.clock.now()
        message.edits.append(Edit(message.edited_at, payload, token))
        await self.tell("MESSAGE_UPDATE", message)
        return message

    def _not_too_old(self, message: Message) -> None:
        """30046 comes as a 429: https://github.com/aikaterna/aikaterna-cogs/issues/302."""
        now = self._world.clock.now()
        if now - message.at < OLD:
            return
        most, seconds = self._world.old_edits
        recent = [
            at for at in self._world.edited_late.get(message.channel.id, []) if (now - at).total_seconds() < seconds
        ]
        self._world.edited_late[message.channel.id] = recent
        if len(recent) >= most:
            wait = seconds - (now - recent[0]).total_seconds() if recent else seconds
            words = "Maximum number of edits to messages older than 1 hour reached. Try again later"
            raise too_many(wait, code=30046, message=words)
        recent.append(now)

    async def forget(self, message: Message) -> None:
        message.deleted = True
        message.channel.messages.pop(message.id, None)
        gone: dict[str, str] = {"id": str(message.id), "channel_id": str(message.channel.id)}
        if message.channel.guild:
            gone["guild_id"] = str(message.channel.guild.id)
        if message.visible_to is None:
            intent = message_intent(message.channel.kind)
            await self._gateway.dispatch("MESSAGE_DELETE", lambda _: gone, message.channel.guild, intent)
        self._world.touch()

    async def tell(self, kind: str, message: Message) -> None:
        """Those who may see the channel hear of it; an ephemeral message is nobody else's business."""
        world, channel = self._world, message.channel
        if message.visible_to is None and world.may(channel, "view_channel"):
            intent = message_intent(channel.kind)
            await self._gateway.dispatch(
                kind, lambda one: gateway_message(world, message, bare=not one.intents & CONTENT), channel.guild, intent
            )
        world.touch()

    def of(self, channel: Channel, id: str) -> Message:
        """What the bot's token reaches: not what one person alone sees."""
        found = channel.messages.get(int(id)) if id.isdigit() else None
        if found is None or found.visible_to is not None:
            raise refused(10008)
        return found

    def readable(self, channel: Channel) -> None:
        if channel.kind != DM and not self._world.may(channel, "view_channel"):
            raise refused(50001)

    def mine(self, message: Message) -> None:
        if message.author is not self._world.bot:
            raise refused(50005)
