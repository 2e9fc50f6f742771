"""What the doctor hears of Discord: what works, what is missing where, and what to do."""

from pathlib import Path

import pytest

from adapters.chat.discord import examine
from adapters.chat.discord.invite import NEEDED
from bot.domain.errors import UserError
from bot.ports.parts import Parts
from tests.adapters.chat.discord.server_values import PERMISSIONS
from tests.fakes import SetClock

INVITE = "https://discord.com/oauth2/authorize?client_id="


@pytest.fixture
def ask(discord):
    async def examined(**settings):
        given = {**discord.settings, **settings}
        return await examine(Parts(settings=given, folder=Path(), clock=SetClock()))

    return examined


async def test_where_all_is_well_it_says_so_in_one_sentence(ask, discord):
    discord.guild("Studio")
    discord.guild("Garden")
    (seen,) = await ask()
    assert (seen.found, seen.mend) == ("DISCORD_TOKEN works: Clapper, 2 servers.", "")
    assert discord.gateway.sessions == []


async def test_a_bot_without_a_server_is_told_how_to_be_added(ask):
    _, seen = await ask()
    assert seen.found == "The bot is in no server yet."
    assert seen.mend.startswith(f"Add it to one: {INVITE}")
    assert not seen.stops


async def test_missing_permissions_are_named_by_server(ask, discord):
    discord.guild("Studio")
    discord.guild("Garden", permissions=PERMISSIONS["view_channel"] | PERMISSIONS["send_messages"])
    discord.guild("Attic").everyone.permissions = sum(PERMISSIONS[name] for name in NEEDED)
    _, seen = await ask()
    lack = "Send Messages in Threads, Embed Links, Attach Files, Read Message History"
    assert seen.found == f"In Garden the bot lacks {lack}."
    assert INVITE in seen.mend


async def test_many_servers_are_not_all_listed(ask, discord):
    for number in range(8):
        discord.guild(f"Room {number}", permissions=PERMISSIONS["view_channel"])
    seen = await ask()
    assert len(seen) == 1 + 5 + 1
    assert seen[-1].found == "In 3 more servers it lacks permissions, too."


async def test_a_token_that_is_refused_stops_and_another_secret_is_told_from_its_shape(ask):
    (seen,) = await ask(token="MTA0.wrong.wrong")
    assert (seen.found, seen.stops) == ("Discord refuses DISCORD_TOKEN.", True)
    (seen,) = await ask(token="a-client-secret")
    assert "0 dots where a bot's token has 2" in seen.found
    with pytest.raises(UserError, match="is a number"):
        await ask(token="123456")


async def test_discord_away_or_out_of_order_is_told_apart(ask, discord):
    (seen,) = await ask(api_url="http://127.0.0.1:9")
    assert (seen.found, seen.stops) == ("Discord cannot be reached.", True)
    discord.fail("GET /gateway/bot", status=503)
    (seen,) = await ask()
    assert (seen.found, seen.stops) == ("Discord answers /gateway/bot with status 503.", False)
