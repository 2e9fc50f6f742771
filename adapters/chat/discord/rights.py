"""Who may decide for a whole server by Discord's own word: its owner, and whoever may manage it or everything."""

from collections.abc import Mapping
from typing import Any

from adapters.chat.discord.calls import Calls, DiscordRefused
from adapters.chat.discord.counter import Interaction
from adapters.chat.discord.refusals import Refusals
from adapters.chat.discord.threads import PLATFORM, is_direct
from adapters.kit.known import Known
from bot.domain.chat import Conversation, Person
from bot.ports.clock import Clock

KNOWN_SECONDS = 60.0
ADMINISTRATOR, MANAGE_SERVER = 1 << 3, 1 << 5
"""https://docs.discord.com/developers/topics/permissions"""
STRANGERS = frozenset({10004, 10007, 10013, 50001})  # no such server, member or user, or one the bot is not in


class Rights:
    def __init__(self, calls: Calls, refusals: Refusals, clock: Clock) -> None:
        self._calls, self._refusals = calls, refusals
        self._known = Known(clock, KNOWN_SECONDS)

    def noted(self, interaction: Interaction) -> None:
        """What Discord says of whoever presses or commands comes with it: nobody needs to ask."""
        if interaction.guild_id is not None:
            self._known.put(
                _manages(interaction.permissions.value), str(interaction.guild_id), str(interaction.user.id)
            )

    async def admin(self, person: Person, conversation: Conversation) -> bool:
        """In direct messages nobody is. Raises Later or OSError where Discord cannot say just now."""
        server = conversation.workspace
        here = (person.platform, conversation.platform, person.workspace) == (PLATFORM, PLATFORM, server)
        if not here or is_direct(conversation) or not server.isdigit() or not person.id.isdigit():
            return False
        if (known := self._known.get(server, person.id)) is not None:
            return known
        try:
            guild = await self._calls.call("GET", f"/guilds/{server}")
            member = await self._calls.call("GET", f"/guilds/{server}/members/{person.id}")
        except DiscordRefused as refused:
            if refused.code not in STRANGERS:
                self._refusals.tell("discord.rights", refused)
                raise ConnectionError(f"Discord does not say who is an admin: {refused.code}") from refused
            return self._known.put(False, server, person.id)
        return self._known.put(_decides(person.id, guild, member), server, person.id)


def _decides(person: str, guild: Mapping[str, Any], member: Mapping[str, Any]) -> bool:
    """What a server's roles give: https://docs.discord.com/developers/topics/permissions#permission-hierarchy."""
    if str(guild.get("owner_id")) == person:
        return True
    theirs = {str(role) for role in member.get("roles") or ()} | {str(guild["id"])}  # everybody's has the server's id
    given = [int(role["permissions"]) for role in guild.get("roles") or () if str(role["id"]) in theirs]
    return any(map(_manages, given))


def _manages(permissions: int) -> bool:
    return bool(permissions & (ADMINISTRATOR | MANAGE_SERVER))
