"""The connection to Discord: kept, taken up again, made anew, and where it goes; what stops a start is said in words."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from adapters.chat.discord import invite_address, sync_commands
from adapters.chat.discord.client import Client
from adapters.chat.discord.options import options
from adapters.chat.discord.platform import Discord as Platform
from bot.domain.errors import UserError
from tests.adapters.chat.discord.studio import living, studio


class Hearing:
    async def receive(self, event):
        return True

    async def press(self, press): ...


async def test_a_line_that_begins_before_the_clients_own_breaks_nothing_and_is_not_taken_for_it(discord):
    client = Client(options(discord.settings))
    assert client.named_gateway is not None
    await client.on_shard_connect(0)
    assert not client.came.is_set()


@pytest.mark.parametrize(("wanted", "told"), [(logging.DEBUG, logging.INFO), (logging.ERROR, logging.ERROR)])
async def test_discord_py_tells_no_payloads_and_no_more_than_the_operator_wants(
    discord, tmp_path, caplog, wanted, told
):
    caplog.set_level(wanted)
    async with living(discord, tmp_path):
        assert logging.getLogger("discord").getEffectiveLevel() == told


async def test_commands_are_synced_once_and_not_again(core, discord):
    async with asyncio.timeout(10):
        while await core.studio.storage.notes.get(f"discord:commands:{discord.application}") is None:
            await asyncio.sleep(0.01)
    await core.kill()
    await core.start()
    await core.priced()
    assert len(discord.syncs) == 1


@pytest.mark.parametrize("how", ["reconnect", "resumable", "session", "dropped", "cut", "unknown close"])
async def test_no_lost_connection_loses_a_mention(core, discord, how):
    gateway = discord.gateway
    match how:
        case "reconnect":
            await gateway.reconnect()
        case "resumable":
            await gateway.invalidate(resumable=True)
        case "session":
            await gateway.invalidate(resumable=False)
        case "dropped":
            await gateway.drop(1001)
        case "cut":
            gateway.cut()
        case _:
            await gateway.drop(4999)
    await discord.connected()
    await core.priced()


async def test_an_event_that_cannot_be_read_ends_nothing(core, discord):
    before = discord.gateway.identified
    await discord.gateway.send("MESSAGE_CREATE", {"nothing": "of what it needs"})
    await discord.gateway.send("INTERACTION_CREATE", {"id": "5"})
    await discord.gateway.send("SOMETHING_NEW", {"x": 1})
    await core.priced()
    assert discord.gateway.identified == before


async def test_a_token_that_discord_does_not_take_is_said_at_the_start(discord, tmp_path):
    async with studio(discord, tmp_path) as made:
        parts = replace(made.parts, settings={**discord.settings, "token": "wrong.wrong.wrong"})
        platform = Platform(parts)
        with pytest.raises(UserError, match="DISCORD_TOKEN"):
            await platform.run(Hearing())
        await platform.aclose()


@pytest.mark.parametrize("code", [4013, 4014])
async def test_a_refused_intent_is_named(discord, tmp_path, code):
    async with studio(discord, tmp_path) as made:
        listening = asyncio.create_task(made.platform.run(Hearing()))
        await discord.connected()
        await discord.gateway.drop(code)
        with pytest.raises(UserError, match=f"close code {code}"):
            await listening


async def test_a_discord_that_is_away_at_the_start_is_waited_for(discord, tmp_path):
    async with studio(discord, tmp_path) as made:
        discord.fail("GET /users/@me", status=503)
        listening = asyncio.create_task(made.platform.run(Hearing()))
        await discord.connected()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_a_session_is_taken_up_again_where_it_was_left(core, discord):
    await discord.gateway.reconnect()
    await discord.until(lambda: discord.gateway.resumed)
    await core.priced()


async def test_without_a_gateway_of_its_own_discord_is_asked_where_that_is(discord, tmp_path):
    async with studio(discord, tmp_path) as made:
        settings = {name: value for name, value in discord.settings.items() if name != "gateway_url"}
        platform = Platform(replace(made.parts, settings=settings))
        listening = asyncio.create_task(platform.run(Hearing()))
        await discord.connected()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await platform.aclose()


async def test_commands_can_be_told_and_the_invitation_asked_for_without_listening(discord, tmp_path):
    async with studio(discord, tmp_path) as made:
        assert await sync_commands(made.parts) == 2
        assert {one["name"] for one in discord.commands[0]} == {"clapper", "Animate this"}
        assert await sync_commands(made.parts) == 2
        assert len(discord.syncs) == 2
        assert f"client_id={discord.application}" in await invite_address(made.parts)
        with pytest.raises(UserError):
            await invite_address(replace(made.parts, settings={**discord.settings, "token": "wrong.wrong.wrong"}))


@asynccontextmanager
async def a_way_to(url: str, taken: list[str]) -> AsyncIterator[str]:
    """Another address that leads to the same server, and notes each time it is taken."""
    there = urlsplit(url)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append("taken")
        inner, outer = await asyncio.open_connection(there.hostname, there.port)
        ways = [asyncio.create_task(pump(*one)) for one in ((reader, outer), (inner, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        outer.close()
        writer.close()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/gateway"
    finally:
        server.close()


async def test_the_operators_gateway_is_taken_for_every_connection(discord, tmp_path):
    """Also where Discord names another to take the session up again, and where one begins anew."""
    taken: list[str] = []
    async with studio(discord, tmp_path) as made, a_way_to(discord.gateway_url, taken) as way:
        platform = Platform(replace(made.parts, settings={**discord.settings, "gateway_url": way}))
        listening = asyncio.create_task(platform.run(Hearing()))
        await discord.connected()
        await discord.gateway.reconnect()
        await discord.until(lambda: discord.gateway.resumed == 1)
        assert len(taken) == 2
        await discord.gateway.invalidate(resumable=False)
        await discord.until(lambda: discord.gateway.identified == 2)
        assert len(taken) == 3
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await platform.aclose()
