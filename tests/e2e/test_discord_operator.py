"""What an operator has of Discord on the command line: the invitation, the commands told anew, and the doctor's findings."""

import asyncio

import pytest

from tests.adapters.chat.discord.server import Discord
from tests.e2e.shell import Shell


@pytest.fixture
async def discord():
    async with Discord().serving() as one:
        yield one
        assert one.violations == []


@pytest.fixture
def clapper(tmp_path, discord):
    shell = Shell(tmp_path)

    async def call(*words, **settings):
        env = {f"DISCORD_{name.upper()}": value for name, value in {**discord.settings, **settings}.items()}
        return await asyncio.to_thread(shell.clapper, *words, env=env)

    return call


async def test_the_invitation_is_one_address_with_the_permissions_that_are_needed(clapper, discord):
    said = await clapper("discord", "invite")
    asked = f"client_id={discord.application}&permissions=274878024704&scope=bot+applications.commands"
    assert said.out == f"https://discord.com/oauth2/authorize?{asked}\n"


async def test_the_commands_are_told_at_once(clapper, discord):
    said = await clapper("discord", "sync")
    assert said.out.startswith("Discord was told of 2 commands")
    assert said.err == ""
    assert {one["name"] for one in discord.commands[0]} == {"clapper", "Animate this"}


async def test_a_chat_that_is_not_set_up_is_said_in_one_sentence(clapper):
    said = await clapper("discord", "invite", "--json", token="")
    assert (said.code, list(said.document)) == (1, ["error"])
    assert said.document["error"].startswith("Discord is not set up.")


async def test_the_doctor_asks_discord_and_posts_nothing(clapper, discord):
    discord.guild("Studio")
    said = await clapper("doctor", "--json")
    (found,) = [one for one in said.document["checks"] if one["name"] == "discord"]
    assert (found["standing"], found["found"]) == ("well", "DISCORD_TOKEN works: Clapper, 1 server.")
    assert {one.method for one in discord.calls} == {"GET"}
    assert discord.gateway.sessions == []
