"""What Discord delivers, as chat events. Nothing here reads or writes.

A file is named by where it can be found again, never by its address, which expires:

- `<channel>/<message>/<attachment>`: the message is fetched anew for a fresh address.
- `i/<interaction>/<attachment>`: a file given to a command is in no message, and its address comes with the interaction alone.
  The listener lets the command be received, acknowledges, and brings such files home under `spool_key` in the Drive's files (where every
  replica finds them). Whoever opens one waits for it while it is on its way; after a crash in between it is said to be missing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import discord

from adapters.chat.discord.buttons import Handle
from adapters.chat.discord.threads import PLATFORM, conversation, workspace
from bot.domain.chat import Attachment, Command, Conversation, Message, Person, Press

SPOOL = ".discord"
_WRITTEN = frozenset({discord.MessageType.default, discord.MessageType.reply})
_MARK = re.compile(
    r"<(?:@!?(?P<user>\d+)|@&(?P<role>\d+)|#(?P<channel>\d+)|a?:(?P<emoji>\w+):\d+|/(?P<command>[^:<>]+):\d+|t:(?P<time>-?\d{1,11})(?::\w)?)>"
)
_CALL = re.compile(r"(?:(?<![ \t])[ \t]++)?<@[!&]?(\d+)>[ \t]*")
"""A run of spaces is looked at once, however long."""

_FILE = re.compile(
    r"(?:(?P<channel>\d{1,20})/(?P<message>\d{1,20})|i/(?P<interaction>\d{1,20}))/(?P<attachment>\d{1,20})"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, and whether Discord hid what it says: the bot was called by its role or a silent reply, which do not open it.

    Such a one is answered with a hint (`HINT`) and not received. `unseen` is one that replies to a message that is hidden.
    """

    message: Message
    hidden: bool = False
    unseen: bool = False


UNSEEN = (
    "Discord shows me only messages that mention me. Where your film is to use that one's pictures or clips, "
    "choose Apps, Animate this on it, or send them together with your wish."
)
HINT = "I was called, but Discord does not let me read that. Type @ and pick me from the list of people, not of roles, then write your wish."


@dataclass(frozen=True, slots=True, kw_only=True)
class FileId:
    """Where a file is found again: in a message, or where `interaction` is not 0, in the spool."""

    attachment: int
    channel: int = 0
    message: int = 0
    interaction: int = 0


def file_id(id: str) -> FileId | None:
    """An attachment's id read again; None for what none of ours looks like."""
    found = _FILE.fullmatch(id)
    return FileId(**{name: int(value) for name, value in found.groupdict().items() if value}) if found else None


def spool_key(file: FileId) -> str:
    """The Files key of a command's file."""
    return f"{SPOOL}/{file.interaction}/{file.attachment}"


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in a text are called. `own` are the ids of the bot and its role: calling it is not part of what was said."""

    users: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)
    own: frozenset[int] = frozenset()


def readable(text: str, names: Names) -> str:
    """The text as people see it: names for ids, dates for time stamps, emoji by name."""
    own = {str(id) for id in names.own}
    without = _CALL.sub(lambda found: " " if found[1] in own else found[0], text)
    return _MARK.sub(lambda found: _word(found, names), without).strip()


def _word(found: re.Match[str], names: Names) -> str:
    # People are named without @: "@Image1" is how a file is named, and somebody may be called so.
    id = int(found[found.lastgroup or 0]) if found.lastgroup in {"user", "role", "channel", "time"} else 0
    match found.lastgroup:
        case "user":
            return names.users.get(id, "somebody")
        case "role":
            return names.roles.get(id, "a role")
        case "channel":
            return f"#{names.channels.get(id, 'channel')}"
        case "emoji":
            return f":{found['emoji']}:"
        case "command":
            return f"/{found['command']}"
        case _:
            return _date(id, found[0])


def _date(stamp: int, otherwise: str) -> str:
    try:
        return f"{datetime.fromtimestamp(stamp, UTC):%-d %B %Y %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return otherwise


def message(came: discord.Message, me: int) -> Heard | None:
    """A message a person wrote; None for those of bots, webhooks and Discord itself. `me` is the bot's own user id."""
    if came.author.bot or came.webhook_id is not None or came.type not in _WRITTEN:
        return None
    mentioned = any(user.id == me for user in came.mentions)
    role = any(role.tags is not None and role.tags.bot_id == me for role in came.role_mentions)
    guild = came.guild.id if came.guild else getattr(came.channel, "guild_id", None)  # one that is not known yet
    direct = guild is None
    before = _replied_to(came)
    replied = before is not None and before.author.id == me
    text = readable(came.content, names(came, me))
    attachments = _attachments(came)
    opened = direct or mentioned or bool(came.content or attachments or came.stickers)
    told = Message(
        key=f"{PLATFORM}:{came.channel.id}:{came.id}",
        conversation=conversation(guild, came.channel.id, came.channel),
        author=person(came.author, guild, came.channel.id),
        text=text,
        attachments=attachments,
        addressed=direct or mentioned or role or replied,
        earlier=_attachments(before) if before is not None else (),
    )
    shut = before is not None and not replied and not _shows(before)  # the bot's own cards are all components
    unseen = shut and mentioned and not direct and not attachments
    return Heard(told, hidden=told.addressed and not opened, unseen=unseen)


def _shows(other: discord.Message) -> bool:
    """Whether anything of a message is to be seen: none is without anything at all."""
    return bool(other.content or other.attachments or other.embeds or other.stickers or other.message_snapshots)


def _replied_to(came: discord.Message) -> discord.Message | None:
    """The message this one answers, where the delivery brought it and it still exists."""
    if came.type is not discord.MessageType.reply or came.reference is None:
        return None
    resolved = came.reference.resolved
    return resolved if isinstance(resolved, discord.Message) else None


def names(came: discord.Message, me: int) -> Names:
    """What a message's ids are called, as far as its delivery says."""
    own = {role.id for role in came.role_mentions if role.tags is not None and role.tags.bot_id == me}
    return Names(
        users={user.id: user.display_name for user in came.mentions},
        roles={role.id: role.name for role in came.role_mentions},
        channels={channel.id: channel.name for channel in came.channel_mentions},
        own=frozenset({me, *own}),
    )


def _attachments(came: discord.Message) -> tuple[Attachment, ...]:
    """A message's files, those of a message forwarded in it included."""
    forwarded = [one for snapshot in came.message_snapshots for one in snapshot.attachments]
    return tuple(attachment(one, f"{came.channel.id}/{came.id}") for one in (*came.attachments, *forwarded))


def attachment(file: discord.Attachment, where: str) -> Attachment:
    """A file as announced; `where` is the first half of its id."""
    mime = (file.content_type or "").partition(";")[0].strip()
    return Attachment(id=f"{where}/{file.id}", name=file.filename, mime=mime, bytes=file.size)


def person(user: discord.abc.User, guild: int | None, channel: int) -> Person:
    """Somebody in that channel."""
    return Person(PLATFORM, workspace(guild, channel), str(user.id), user.display_name)


def asker(interaction: discord.Interaction[Any]) -> Person:
    return person(interaction.user, interaction.guild_id, interaction.channel_id or 0)


def here(interaction: discord.Interaction[Any]) -> Conversation:
    """Discord says with each which channel its thread belongs to."""
    return conversation(interaction.guild_id, interaction.channel_id or 0, interaction.channel)


def press(interaction: discord.Interaction[Any], handle: Handle, value: str = "") -> Press:
    """A pressed button, or with `value` a filled form."""
    return Press(
        key=f"{PLATFORM}:i:{interaction.id}",
        conversation=here(interaction),
        author=asker(interaction),
        action=handle.action,
        job=handle.job,
        value=value,
        revision=handle.revision,
        item=handle.item,
    )


def command(
    interaction: discord.Interaction[Any], verb: str, text: str, files: Sequence[discord.Attachment] = ()
) -> Command:
    """A used command; `files` are those given to it as options."""
    return Command(
        key=f"{PLATFORM}:i:{interaction.id}",
        conversation=here(interaction),
        author=asker(interaction),
        verb=verb,
        text=text,
        attachments=tuple(attachment(file, f"i/{interaction.id}") for file in files),
    )


def animate(interaction: discord.Interaction[Any], target: discord.Message, me: int) -> Command:
    """A message to be animated: its files, or its text where it has none, since words beside a picture are seldom about its film."""
    files = _attachments(target)
    text = "" if files else readable(target.content, names(target, me))
    made = command(interaction, "make", text)
    return Command(made.key, made.conversation, made.author, made.verb, made.text, files)
