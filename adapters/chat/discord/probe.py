"""Whether Discord would let the bot in, and what it may not do where: asked without connecting, posting or storing anything."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import discord

from adapters.chat.discord.calls import Calls
from adapters.chat.discord.invite import NEEDED, invite_link, missing
from adapters.chat.discord.options import options
from bot.ports.examine import Seen
from bot.ports.parts import Parts

SECONDS = 10.0
MOST_SERVERS = 200
MOST_NAMED = 5
TOKEN_PARTS = 3
OK, UNAUTHORIZED = 200, 401
COPY_ANEW = "Copy it anew from the Bot page of your application at discord.com/developers, or reset it there."
AWAY = Seen("Discord cannot be reached.", "Look at the network, a proxy, and DISCORD_API_URL.", stops=True)


class _Unwell(Exception):
    def __init__(self, seen: Seen) -> None:
        super().__init__(seen.found)
        self.seen = seen


async def examine(parts: Parts) -> Sequence[Seen]:
    """Raises UserError where the settings do not fit together."""
    given = options(parts.settings)
    calls = Calls(given)
    try:
        application = await _asked(calls, "/applications/@me")
        starts = await _asked(calls, "/gateway/bot")
        servers = await _asked(calls, f"/users/@me/guilds?limit={MOST_SERVERS}")
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return [AWAY]
    except _Unwell as unwell:
        return [unwell.seen]
    finally:
        await calls.aclose()
    invitation = invite_link(int(application["id"]))
    works = Seen(f"DISCORD_TOKEN works: {application['name']}, {_many(len(servers), 'server')}.")
    return [works, *_starts(starts), *_servers(servers, invitation)]


async def _asked(calls: Calls, path: str) -> Any:
    """Asked once: unlike the bot, the doctor does not wait until Discord answers."""
    given = calls.options
    headers, timeout = {"Authorization": f"Bot {given.token}"}, aiohttp.ClientTimeout(total=SECONDS)
    async with calls.session.get(f"{given.api_url}{path}", headers=headers, timeout=timeout) as answer:
        if answer.status == OK:
            return await answer.json()
        if answer.status == UNAUTHORIZED:
            raise _Unwell(Seen(f"Discord refuses DISCORD_TOKEN{_shape(given.token)}.", COPY_ANEW, stops=True))
        mend = "Ask again later; the bot itself waits until Discord answers."
        raise _Unwell(Seen(f"Discord answers {path.partition('?')[0]} with status {answer.status}.", mend))


def _shape(token: str) -> str:
    """What else it may be: an application's page shows several secrets."""
    if token.count(".") == TOKEN_PARTS - 1:
        return ""
    return (
        f", which has {token.count('.')} dots where a bot's token has 2: it may be the client secret or the public key"
    )


def _starts(told: Mapping[str, Any]) -> list[Seen]:
    left = told.get("session_start_limit") or {}
    if left.get("remaining", 1) >= told.get("shards", 1):
        return []
    hours = left.get("reset_after", 0) / 3_600_000
    found = f"The bot was started too often today: {_many(left['remaining'], 'connection')} left."
    return [Seen(found, f"Leave it running; there are more in {hours:.1f} hours.")]


def _servers(servers: Sequence[Mapping[str, Any]], invitation: str) -> list[Seen]:
    if not servers:
        return [Seen("The bot is in no server yet.", f"Add it to one: {invitation}")]
    lacking = [(one["name"], _lacking(discord.Permissions(int(one["permissions"])))) for one in servers]
    found = [(name, lack) for name, lack in lacking if lack]
    mend = f"Give its role these permissions, or invite it once more: {invitation}"
    seen = [Seen(f"In {name} the bot lacks {', '.join(lack)}.", mend) for name, lack in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        seen.append(Seen(f"In {_many(len(found) - MOST_NAMED, 'more server')} it lacks permissions, too.", mend))
    return seen


def _lacking(held: discord.Permissions) -> list[str]:
    """In its channels or their threads."""
    lack = {*missing(held), *missing(held, thread=True)}
    return [words for words in NEEDED.values() if words in lack]


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
