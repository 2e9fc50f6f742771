"""`clapper discord …`: what is done once, not at every start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ports.errand import Errand

if TYPE_CHECKING:
    from bot.ports.parts import Parts


async def _invite(parts: Parts) -> str:
    from adapters.chat.discord import invite_address  # noqa: PLC0415 - loaded when it is wanted

    return await invite_address(parts)


async def _sync(parts: Parts) -> str:
    from adapters.chat.discord import sync_commands  # noqa: PLC0415 - as above

    return f"Discord was told of {await sync_commands(parts)} commands; people see them as soon as they reload Discord."


ERRANDS = (
    Errand("invite", "The address that adds the bot to a server.", _invite),
    Errand("sync", "Tell Discord of the commands at once.", _sync),
)
