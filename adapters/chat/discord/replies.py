"""The answers that Discord waits for: the first within 3 s, what follows within a quarter of an hour. None of them raises."""

from collections.abc import Mapping
from typing import Any

import discord
import structlog

from adapters.chat.discord.calls import Calls, DiscordRefused
from adapters.chat.discord.pictures import EPHEMERAL, NOBODY, V2
from adapters.chat.discord.whispers import Open
from bot.domain.errors import Later

log = structlog.get_logger()

Interaction = discord.Interaction[Any]

SAY, THINK, DEFER_UPDATE, UPDATE, FORM = 4, 5, 6, 7, 9
ANSWERED = 40060  # https://docs.discord.com/developers/topics/opcodes-and-status-codes


class Replies:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def tell(self, interaction: Interaction, shown: discord.ui.LayoutView) -> bool:
        """To this person alone. Whether it went."""
        return await self.answer(interaction, SAY, alone(shown))

    async def answer(
        self, interaction: Interaction, kind: int, told: Mapping[str, Any] | None, one: Open | None = None
    ) -> bool:
        """Whether it went; `one` learns whether the interaction is answered, by whomever."""
        went = answered = False
        try:
            await self._calls.answer(interaction.id, interaction.token, kind, told)
            went = answered = True
        except (DiscordRefused, Later, OSError) as error:
            why = f"{type(error).__name__} {error.code}" if isinstance(error, DiscordRefused) else type(error).__name__
            log.warning("An interaction is not answered", action="discord.answer", kind=kind, why=why)
            # Another process with the same token was faster, or only Discord's word was lost that it took the answer.
            answered = isinstance(error, DiscordRefused) and error.code == ANSWERED
        finally:
            if one is not None:
                one.failed = not answered
                one.answered.set()
        return went

    async def follow(self, interaction: Interaction, shown: discord.ui.LayoutView) -> bool:
        """One more message under the answered interaction."""
        hook = f"/webhooks/{interaction.application_id}/{interaction.token}"
        try:
            await self._calls.call("POST", hook, alone(shown))
        except (DiscordRefused, Later, OSError) as error:
            log.warning("An interaction is not answered whole", action="discord.follow", why=type(error).__name__)
            return False
        return True


def alone(shown: discord.ui.LayoutView) -> Mapping[str, Any]:
    """A message for one person alone, as an interaction's answer."""
    return {"components": shown.to_components(), "flags": V2 | EPHEMERAL, "allowed_mentions": NOBODY}
