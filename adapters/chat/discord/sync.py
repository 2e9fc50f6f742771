"""Whether Discord knows the commands as they are now: they are told when they changed, and at no other start."""

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from discord import app_commands

from adapters.chat.discord.calls import Calls, DiscordRefused
from adapters.chat.discord.commands import fingerprint
from adapters.chat.discord.invite import invite_link
from adapters.chat.discord.options import options
from adapters.chat.discord.sent import Sent
from bot.domain.errors import Later, UserError
from bot.ports.parts import Parts
from bot.ports.storage import Storage

log = structlog.get_logger()

COMMANDS = "commands"
KEPT = timedelta(days=10 * 365)
AGAIN_SECONDS = 60.0


async def sync(tree: app_commands.CommandTree[Any], calls: Calls, sent: Sent, *, always: bool = False) -> int | None:
    """How many commands Discord was told of; None where it knows them already. Raises as a call does."""
    application = await application_id(calls)
    seen, now = await sent.get(COMMANDS, str(application)), fingerprint(tree)
    if seen.get("fingerprint") == now and not always:
        return None
    told = [command.to_dict(tree) for command in tree.get_commands()]
    await calls.call("PUT", f"/applications/{application}/commands", told)
    await sent.put(COMMANDS, str(application), {"fingerprint": now}, kept=KEPT)
    log.info("Discord was told of the commands", action="discord.sync", commands=len(told))
    return len(told)


async def keep_told(storage: Storage, calls: Calls, sent: Sent) -> None:
    """Tells Discord of the commands as soon as it can be told."""
    from adapters.chat.discord.client import new_tree  # noqa: PLC0415 - it needs a client, which is heavy to load

    while True:
        try:
            async with new_tree(storage) as tree:
                await sync(tree, calls, sent)
        except (Later, OSError) as away:
            await asyncio.sleep(away.seconds if isinstance(away, Later) else AGAIN_SECONDS)
        except DiscordRefused as refused:
            log.warning(
                "Discord does not take the commands", action="discord.sync", code=refused.code, say=refused.message
            )
            return
        else:
            return


async def application_id(calls: Calls) -> int:
    return int((await calls.call("GET", "/applications/@me"))["id"])


async def sync_now(parts: Parts) -> int:
    """What `clapper discord sync` does: tells Discord of the commands, whatever it knows. Raises UserError."""
    from adapters.chat.discord.client import new_tree  # noqa: PLC0415 - it needs a client, which is heavy to load

    assert parts.storage is not None
    calls = Calls(options(parts.settings))
    try:
        async with new_tree(parts.storage) as tree:
            return await sync(tree, calls, Sent(parts.storage.notes, parts.clock), always=True) or 0
    except (DiscordRefused, Later, OSError) as error:
        raise _unreached(error) from error
    finally:
        await calls.aclose()


async def invite_now(parts: Parts) -> str:
    """What `clapper discord invite` says: the address that adds the bot to a server. Raises UserError."""
    calls = Calls(options(parts.settings))
    try:
        return invite_link(await application_id(calls))
    except (DiscordRefused, Later, OSError) as error:
        raise _unreached(error) from error
    finally:
        await calls.aclose()


def _unreached(error: Exception) -> UserError:
    if isinstance(error, Later):
        return UserError(
            "Discord does not take DISCORD_TOKEN, or asks to wait. Copy the token anew from the Bot page of your application at discord.com/developers, and try again in a few minutes."
        )
    return UserError(
        f"Discord does not answer as it should ({error}). Check DISCORD_TOKEN and the connection, then try again."
    )
