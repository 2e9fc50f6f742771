"""Our gateway does what Discord's does: shards, intents, resuming, and every way to end."""

import asyncio
import json
from typing import Any

import aiohttp
import discord as library
import pytest

from tests.adapters.chat.discord.server_client import NEEDED, Client, addressed, connected


@pytest.fixture
def guild(discord):
    return discord.guild("Studio")


@pytest.fixture
def room(discord, guild):
    return discord.room(guild)


@pytest.fixture
def ada(discord):
    return discord.user("Ada")


async def ended(discord, client) -> BaseException:
    """How the client ends by itself."""
    async with addressed(discord):
        with pytest.raises(Exception) as why:
            await client.start(discord.token)
        await client.close()
    return why.value


def wanting(**more) -> Client:
    return Client(library.Intents(guilds=True, guild_messages=True, **more))


@pytest.mark.parametrize("intent", ["message_content", "members", "presences"])
async def test_privileged_intents_are_refused(discord, intent):
    assert isinstance(await ended(discord, wanting(**{intent: True})), library.PrivilegedIntentsRequired)


async def test_content_is_shown_where_it_was_allowed(discord, room, ada):
    discord.message_content = True
    async with connected(discord, wanting(message_content=True)) as bot:
        await discord.say(room, ada, "between us")
        assert (await bot.heard.get()).content == "between us"


async def test_without_the_intent_of_direct_messages_none_come(discord, room, ada):
    async with connected(discord, wanting()) as bot:
        await discord.dm(ada, "psst")
        await discord.mention(room, ada, "a kite")
        assert (await bot.heard.get()).channel.id == room.id


async def test_guilds_come_whole(discord, guild, room):
    async with connected(discord, Client()) as bot:
        await bot.wait_until_ready()
        known: Any = bot.get_guild(guild.id)
        place: Any = bot.get_channel(room.id)
        me: Any = bot.user
        assert (known.name, known.filesize_limit, known.me.id) == ("Studio", 10 << 20, me.id)
        rights = place.permissions_for(known.me)
        assert (rights.attach_files, rights.create_public_threads) == (True, False)


async def test_a_denied_right_is_known_at_once(discord, guild, room, ada):
    async with connected(discord, Client()) as bot:
        await discord.deny(room, "attach_files")
        await discord.mention(room, ada, "a kite")
        heard: Any = await bot.heard.get()
        assert not heard.channel.permissions_for(heard.guild.me).attach_files


async def test_each_guild_belongs_to_one_shard(discord, ada):
    """(guild id >> 22) % shards; direct messages come to the first."""
    discord.shards = 2
    guilds = [discord.guild(f"Guild {n}", id=(n << 22) + (1 << 60)) for n in range(4)]
    async with connected(discord, Client()) as bot:
        assert {one.shard: one.shards for one in discord.gateway.open} == {0: 2, 1: 2}
        heard = []
        for one in guilds:
            await discord.mention(discord.room(one), ada, "a kite")
            told: Any = await bot.heard.get()
            heard.append(told.guild.shard_id)
        assert heard == [0, 1, 0, 1]
        await discord.dm(ada, "psst")
        assert (await bot.heard.get()).content == "psst"


async def drop(discord):
    await discord.gateway.drop(4000)


async def cut(discord):
    discord.gateway.cut()


async def reconnect(discord):
    await discord.gateway.reconnect()


async def resumable(discord):
    await discord.gateway.invalidate(resumable=True)


@pytest.mark.parametrize("harm", [drop, cut, reconnect, resumable])
async def test_a_lost_line_is_resumed_and_nothing_is_missed(discord, room, ada, harm):
    async with connected(discord, Client()) as bot:
        await harm(discord)
        await discord.mention(room, ada, "a kite")
        assert (await bot.heard.get()).content.endswith("a kite")
        await discord.until(lambda: discord.gateway.resumed == 1)
        assert discord.gateway.identified == 1


async def test_an_invalid_session_begins_anew(discord, room, ada):
    async with connected(discord, Client()) as bot:
        await discord.gateway.invalidate()
        await discord.until(lambda: discord.gateway.identified == 2)
        await discord.connected()
        await discord.mention(room, ada, "a kite")
        assert (await bot.heard.get()).content.endswith("a kite")


async def test_an_event_that_cannot_be_read_ends_discord_py(discord, guild):
    client = Client()
    ending = asyncio.create_task(ended(discord, client))
    await discord.connected()
    await discord.gateway.send("MESSAGE_CREATE", {"id": "1"})
    assert isinstance(await asyncio.wait_for(ending, 10), KeyError)


async def test_two_programs_with_one_token_both_hear(discord, room, ada):
    discord.gateway.identify_seconds = 0
    async with connected(discord, Client()) as one, connected(discord, Client()) as other:
        await discord.until(lambda: len([line for line in discord.gateway.open if line.seq > 1]) == 2)
        await discord.mention(room, ada, "a kite")
        assert (await one.heard.get()).id == (await other.heard.get()).id


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", 4002),
        ('{"d": 1}', 4002),
        ('{"op": 77}', 4001),
        ('{"op": 8, "d": {}}', 4003),
        ('{"op": 2, "d": {"token": "wrong", "intents": 1}}', 4004),
        ("twice", 4005),
        ({"seq": 99}, 4007),
        ({"shard": [2, 2]}, 4010),
        ({"intents": 1 << 40}, 4013),
        ({"intents": 1 << 15}, 4014),
    ],
)
async def test_what_makes_no_sense_ends_the_line_with_its_code(discord, guild, said, code):
    mine = {"token": discord.token, "intents": NEEDED.value}
    identify = json.dumps({"op": 2, "d": mine})
    async with aiohttp.ClientSession() as web, web.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as line:
        if said == "twice":
            await line.send_str(identify)
            said = identify
        elif isinstance(said, dict) and "seq" in said:
            await line.send_str(identify)
            await discord.connected()
            resume = {"token": discord.token, "session_id": discord.gateway.sessions[0].id} | said
            said = json.dumps({"op": 6, "d": resume})
        elif isinstance(said, dict):
            said = json.dumps({"op": 2, "d": mine | said})
        await line.send_str(said)
        while (await line.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
        assert line.close_code == code


async def test_who_does_not_beat_is_dropped(discord):
    discord.gateway.heartbeat_seconds = 0.05
    async with aiohttp.ClientSession() as web, web.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as line:
        while (await line.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
        assert line.close_code == 4009


async def test_who_talks_too_much_is_dropped(discord):
    async with aiohttp.ClientSession() as web, web.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as line:
        for _ in range(121):
            await line.send_str('{"op": 1, "d": null}')
        while (await line.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
        assert line.close_code == 4008


async def test_another_encoding_is_a_violation(discord):
    async with aiohttp.ClientSession() as web, web.ws_connect(f"{discord.gateway_url}?v=10&encoding=etf") as line:
        await line.receive()
        assert line.close_code == 4012
    assert len(discord.forgive()) == 1
