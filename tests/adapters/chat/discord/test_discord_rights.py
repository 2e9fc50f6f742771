"""Discord's own admins decide for their server: its owner, and whoever may manage it. Nobody does in direct messages."""

from dataclasses import replace

import pytest

from bot.domain.errors import Later
from tests.adapters.chat.discord.server_values import Role
from tests.adapters.chat.discord.studio import living, studio

ADMINISTRATOR, MANAGE_SERVER, MANAGE_MESSAGES = 1 << 3, 1 << 5, 1 << 13


@pytest.fixture
async def made(discord, tmp_path):
    async with studio(discord, tmp_path) as one:
        yield one


def give(made, permissions: int) -> None:
    role = Role(made.discord.snowflake(), "Crew", permissions)
    made.guild.roles[role.id] = role
    made.ada.roles = [role.id]


@pytest.mark.parametrize(
    ("permissions", "decides"),
    [(0, False), (MANAGE_MESSAGES, False), (MANAGE_SERVER, True), (ADMINISTRATOR, True), (MANAGE_SERVER | 1, True)],
)
async def test_a_role_that_manages_the_server_decides(made, permissions, decides):
    give(made, permissions)
    assert await made.platform.admin(made.person(), made.place()) is decides
    assert await made.platform.admin(made.person(made.ben), made.place()) is False


async def test_what_everybody_may_counts_and_the_owner_always_decides(made):
    owner = made.person(made.guild.owner)
    assert await made.platform.admin(owner, made.place())
    assert not await made.platform.admin(made.person(), made.place())
    made.guild.everyone.permissions |= MANAGE_SERVER
    assert await made.platform.admin(made.person(made.ben), made.place())


async def test_nobody_decides_in_direct_messages_elsewhere_or_after_leaving(made, discord):
    give(made, ADMINISTRATOR)
    direct = made.place(discord.dm_with(made.ada))
    assert not await made.platform.admin(replace(made.person(), workspace=direct.workspace), direct)
    assert not await made.platform.admin(made.person(), replace(made.place(), workspace="1"))
    assert not await made.platform.admin(replace(made.person(), workspace="1"), replace(made.place(), workspace="1"))
    assert not await made.platform.admin(replace(made.person(), id="../@me"), made.place())
    del made.guild.members[made.ada.id]
    assert not await made.platform.admin(made.person(), made.place())


async def test_an_answer_holds_for_a_minute_and_none_is_guessed(made, discord):
    give(made, MANAGE_SERVER)
    discord.rate_limit("GET /guilds/*", 120)
    with pytest.raises(Later):
        await made.platform.admin(made.person(), made.place())
    discord.fail("GET /guilds/*", status=503)
    made.platform._calls._buckets.clear()
    with pytest.raises(OSError, match="503"):
        await made.platform.admin(made.person(), made.place())
    assert await made.platform.admin(made.person(), made.place())
    made.ada.roles = []
    made.clock.forward(59)
    assert await made.platform.admin(made.person(), made.place())
    made.clock.forward(2)
    assert not await made.platform.admin(made.person(), made.place())


async def test_what_comes_with_a_command_needs_no_call(discord, tmp_path):
    async with living(discord, tmp_path) as core:
        made = core.studio
        made.ada.permissions |= MANAGE_SERVER
        reply = await discord.command("status", {}, made.ada, made.room)
        await discord.until(lambda: reply.text)
        assert await made.platform.admin(made.person(), made.place())
        assert not made.called("GET", "/members/")
