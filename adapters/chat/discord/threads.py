"""Where in Discord a conversation is: a thread belongs to its channel, whose rules hold in it."""

from collections.abc import Mapping
from typing import Any

import discord

from bot.domain.chat import PRIVATE, Conversation

PLATFORM = "discord"
DIRECT = "@"
"""What the workspace of direct messages begins with: those with each person are one of their own."""

# https://docs.discord.com/developers/resources/channel#channel-object-channel-types
THREADS, PRIVATE_THREAD = frozenset({10, 11, 12}), 12


def workspace(guild: int | None, channel: int) -> str:
    """Direct messages share nothing with each other: no library, no Drive, no jobs."""
    return f"{DIRECT}{channel}" if guild is None else str(guild)


def is_direct(there: Conversation) -> bool:
    return there.workspace.startswith(DIRECT)


def conversation(guild: int | None, channel: int, known: object) -> Conversation:
    """`known` is the channel as discord.py has it; what it does not know may be a thread, and is `adrift` until Discord was asked."""
    space = workspace(guild, channel)
    if isinstance(known, discord.Thread):
        return _in(space, str(known.parent_id), str(channel), private=known.is_private())
    strange = known is None or isinstance(known, discord.PartialMessageable)
    return Conversation(PLATFORM, space, str(channel), str(channel) if strange and guild is not None else "")


def where(there: Conversation) -> str:
    """The channel of Discord's: a thread is one with an id of its own."""
    return there.thread.removeprefix(PRIVATE) or there.channel


def same(one: Conversation, other: Conversation) -> bool:
    """Whether both are one place: cards of a thread may be noted under the thread alone, from when it was a channel of its own."""
    return (one.platform, one.workspace, where(one)) == (other.platform, other.workspace, where(other))


def adrift(there: Conversation) -> bool:
    """Whether it is not known yet which channel it belongs to, or whether it is one itself."""
    return there.thread == there.channel


def settled(there: Conversation, told: Mapping[str, Any]) -> Conversation:
    """The same, as Discord tells of the channel."""
    id, kind, parent = where(there), told.get("type"), told.get("parent_id")
    if kind not in THREADS or not parent:
        return Conversation(PLATFORM, there.workspace, id)
    return _in(there.workspace, str(parent), id, private=kind == PRIVATE_THREAD)


def _in(space: str, channel: str, thread: str, *, private: bool) -> Conversation:
    return Conversation(PLATFORM, space, channel, f"{PRIVATE}{thread}" if private else thread)
