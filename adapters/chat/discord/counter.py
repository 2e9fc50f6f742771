"""Who answers the commands, and what completes their options while somebody types."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol

import discord
from discord import app_commands

from adapters.chat.discord import choices, events
from adapters.chat.discord.limits import COMMAND_DESCRIPTION
from adapters.chat.discord.text import cut
from bot.domain.chat import Command, Person
from bot.ports.storage import Storage

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]
Complete = Callable[[Interaction, str], Coroutine[Any, Any, Choices]]
Offered = Callable[[Person], Awaitable[Sequence[tuple[str, str]]]]


class Counter(Protocol):
    """Who answers commands: the platform. `models` are (id, title) of what can be chosen just now."""

    @property
    def storage(self) -> Storage: ...

    def models(self) -> Sequence[tuple[str, str]]: ...

    async def used(self, interaction: Interaction, command: Command, files: Sequence[discord.Attachment]) -> None:
        """`files` are those given as options, to be brought home while their addresses last."""
        ...


def typing(offered: Offered) -> Complete:
    """Completes with those of what is offered that contain what was typed."""

    async def complete(interaction: Interaction, current: str) -> Choices:
        return choices.matching(await offered(events.asker(interaction)), current)

    return complete


def films(counter: Counter, *, trashed: bool = False, by_path: bool = False) -> Complete:
    """Completes with films: nobody loads them all to choose from."""

    async def complete(interaction: Interaction, current: str) -> Choices:
        who, circle = events.asker(interaction), events.here(interaction).circle
        wanted = choices.wanted(who, circle, current, trashed=trashed)
        return await choices.films(counter.storage, wanted, by_path=by_path)

    return complete


def models(counter: Counter) -> Complete:
    async def offered(_: Person) -> Sequence[tuple[str, str]]:
        return [(id, f"{title} · {id}") for id, title in counter.models()]

    return typing(offered)


def description(text: str) -> str:
    return cut(text, COMMAND_DESCRIPTION) or "–"
