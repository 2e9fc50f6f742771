"""How everything of the Discord test server looks on the wire; ids are strings, as Discord sends them."""

from collections.abc import Mapping
from typing import Any

from tests.adapters.chat.discord.server_values import (
    COMPONENTS_V2,
    DM,
    THREAD,
    Channel,
    File,
    Guild,
    Message,
    Role,
    User,
)
from tests.adapters.chat.discord.server_world import World

Wire = dict[str, Any]
JOINED = "2024-01-01T00:00:00.000000+00:00"


def user_wire(user: User) -> Wire:
    return {
        "id": str(user.id),
        "username": user.name,
        "discriminator": "0000" if user.bot else "0",
        "global_name": None if user.bot else user.title,
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
        "avatar_decoration_data": None,
        "primary_guild": None,
    }


def member_wire(guild: Guild, user: User) -> Wire:
    """Without the user, as it stands beside one."""
    roles = [str(guild.bot_role.id)] if user.bot else [str(one) for one in user.roles]
    plain = {"nick": None, "avatar": None, "roles": roles, "joined_at": JOINED, "premium_since": None}
    return plain | {"deaf": False, "mute": False, "flags": 0, "pending": False, "communication_disabled_until": None}


def role_wire(role: Role, bot: User) -> Wire:
    colours = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    return {
        "id": str(role.id),
        "name": role.name,
        "color": 0,
        "colors": colours,
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": int(role.managed),
        "permissions": str(role.permissions),
        "managed": role.managed,
        "mentionable": False,
        "flags": 0,
        **({"tags": {"bot_id": str(bot.id)}} if role.managed else {}),
    }


def channel_wire(world: World, channel: Channel) -> Wire:
    wire: Wire = {"id": str(channel.id), "type": channel.kind, "flags": 0}
    wire["last_message_id"] = str(max(channel.messages)) if channel.messages else None
    if channel.kind == DM:
        assert channel.recipient is not None
        return wire | {"recipients": [user_wire(channel.recipient)]}
    assert channel.guild is not None
    wire |= {"guild_id": str(channel.guild.id), "name": channel.name, "rate_limit_per_user": 0}
    if channel.kind == THREAD:
        return wire | _thread(world, channel)
    denied = {"id": str(world.bot.id), "type": 1, "allow": "0", "deny": str(channel.denied)}
    overwrites = [denied] if channel.denied else []
    return wire | {"position": 0, "nsfw": False, "topic": None, "parent_id": None, "permission_overwrites": overwrites}


def _thread(world: World, channel: Channel) -> Wire:
    assert channel.parent is not None
    metadata = {
        "archived": channel.archived,
        "auto_archive_duration": 1440,
        "archive_timestamp": JOINED,
        "locked": channel.locked,
        "create_timestamp": JOINED,
    }
    return {
        "parent_id": str(channel.parent.id),
        "owner_id": str(world.bot.id),
        "message_count": len(channel.messages),
        "member_count": 1,
        "total_message_sent": len(channel.messages),
        "thread_metadata": metadata,
        "member": {"id": str(channel.id), "user_id": str(world.bot.id), "join_timestamp": JOINED, "flags": 0},
    }


def guild_wire(world: World, guild: Guild) -> Wire:
    """Whole, as GUILD_CREATE has it."""
    threads = [one for one in world.channels.values() if one.kind == THREAD and one.guild is guild and not one.archived]
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "premium_tier": guild.tier,
        "member_count": len(guild.members),
        "members": [member_wire(guild, one) | {"user": user_wire(one)} for one in guild.members.values()],
        "roles": [role_wire(one, world.bot) for one in guild.roles.values()],
        "channels": [channel_wire(world, one) for one in guild.channels.values()],
        "threads": [channel_wire(world, one) for one in threads],
        "unavailable": False,
        "joined_at": JOINED,
        "large": False,
        "features": [],
        "preferred_locale": "en-US",
        "nsfw_level": 0,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "afk_timeout": 300,
        "system_channel_flags": 0,
        **dict.fromkeys(("icon", "splash", "banner", "description", "afk_channel_id", "system_channel_id")),
        **{
            name: []
            for name in ("emojis", "stickers", "voice_states", "presences", "stage_instances", "guild_scheduled_events")
        },
    }


def file_wire(world: World, file: File) -> Wire:
    link = world.link(file)
    wire: Wire = {"id": str(file.id), "filename": file.name, "size": file.size, "url": link, "proxy_url": link}
    wire |= {"content_type": file.mime, "content_scan_version": 0}
    for name in ("width", "height", "description"):
        if getattr(file, name) is not None:
            wire[name] = getattr(file, name)
    return wire | ({"ephemeral": True} if file.ephemeral else {})


def message_wire(world: World, message: Message, *, bare: bool = False, referred: bool = True) -> Wire:
    """`bare` hides what the message content intent is about; `referred` adds the message it replies to."""
    shows = not bare or visible(world, message)
    wire: Wire = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": 19 if message.reply_to else 0,
        "author": user_wire(message.author),
        "content": message.content if shows else "",
        "embeds": message.embeds if shows else [],
        "attachments": [file_wire(world, one) for one in message.files] if shows else [],
        "components": components_wire(world, message) if shows else [],
        "mentions": [user_wire(one) for one in message.mentions],
        "mention_roles": [str(one.id) for one in message.roles],
        "mention_everyone": False,
        "timestamp": message.at.isoformat(),
        "edited_timestamp": message.edited_at.isoformat() if message.edited_at else None,
        "flags": message.flags,
        "pinned": False,
        "tts": False,
        "nonce": message.nonce,
    }
    if message.author is world.bot:
        wire["application_id"] = str(world.application)
    if message.via:
        wire["webhook_id"] = str(world.application)
    if message.reply_to is not None and referred:
        wire |= _referred(world, message.reply_to, bare=bare)
    return wire


def _referred(world: World, other: Message, *, bare: bool) -> Wire:
    place = {"type": 0, "message_id": str(other.id), "channel_id": str(other.channel.id)}
    if other.channel.guild:
        place["guild_id"] = str(other.channel.guild.id)
    gone = other.deleted
    shown = None if gone else message_wire(world, other, bare=bare, referred=False)
    return {"message_reference": place, "referenced_message": shown}


def visible(world: World, message: Message) -> bool:
    """What is shown without the message content intent.

    https://discord.com/developers/docs/events/gateway#message-content-intent: own messages, direct messages, messages that mention the bot.
    """
    return message.author is world.bot or message.channel.kind == DM or world.bot in message.mentions


def gateway_message(world: World, message: Message, *, bare: bool) -> Wire:
    """As MESSAGE_CREATE and MESSAGE_UPDATE carry it: with guild and member."""
    wire = message_wire(world, message, bare=bare) | {"channel_type": message.channel.kind}
    guild = message.channel.guild
    if guild is None:
        return wire
    mentions = [user_wire(one) | {"member": member_wire(guild, one)} for one in message.mentions]
    return wire | {"guild_id": str(guild.id), "member": member_wire(guild, message.author), "mentions": mentions}


def components_wire(world: World, message: Message) -> list[Wire]:
    """Components as Discord gives them back: numbered, and media with their real addresses."""
    files = {one.name: one for one in message.files}
    numbers = iter(range(1, 1000))
    return [_component(world, one, files, numbers) for one in message.components]


def _component(world: World, part: Mapping[str, Any], files: Mapping[str, File], numbers: Any) -> Wire:
    wire = {"id": next(numbers)} | dict(part)
    for inside in ("accessory", "component"):
        if inside in part:
            wire[inside] = _component(world, part[inside], files, numbers)
    if "components" in part:
        wire["components"] = [_component(world, one, files, numbers) for one in part["components"]]
    if "items" in part:
        wire["items"] = [{**one, "media": _media(world, one["media"], files)} for one in part["items"]]
    for inside in ("media", "file"):
        if inside in part:
            wire[inside] = _media(world, part[inside], files)
    if part.get("type") == 13 and (file := files.get(part["file"]["url"].removeprefix("attachment://"))):
        wire |= {"name": file.name, "size": file.size}
    return wire


def _media(world: World, item: Mapping[str, Any], files: Mapping[str, File]) -> Wire:
    file = files.get(str(item["url"]).removeprefix("attachment://"))
    if file is None:
        return {"url": item["url"], "proxy_url": item["url"], "width": 0, "height": 0, "loading_state": 2}
    link = world.link(file)
    size = {"width": file.width, "height": file.height, "content_type": file.mime, "loading_state": 2}
    return {"url": link, "proxy_url": link, "attachment_id": str(file.id), "flags": 0, **size}


def shows_v2(message: Message) -> bool:
    return bool(message.flags & COMPONENTS_V2)
