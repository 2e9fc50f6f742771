"""Our Discord does with messages and files what Discord does, as discord.py sees it, and refuses what Discord refuses."""

import io

import aiohttp
import discord as library
import pytest
from discord.http import Route

from tests.adapters.chat.discord.server_client import NOBODY, Client, addressed, card, connected

MIB = 1 << 20


@pytest.fixture
async def bot(discord):
    discord.guild("Studio")
    async with connected(discord, Client()) as client:
        yield client


@pytest.fixture
def guild(discord, bot):
    return next(iter(discord.guilds.values()))


@pytest.fixture
def room(discord, guild):
    return discord.room(guild)


@pytest.fixture
def place(bot, room):
    return bot.get_channel(room.id)


@pytest.fixture
def ada(discord):
    return discord.user("Ada")


async def code_of(call) -> int:
    with pytest.raises(library.HTTPException) as refused:
        await call
    return refused.value.code


async def test_a_mention_arrives_with_its_words_and_files(discord, bot, room, ada):
    await discord.mention(room, ada, "a red kite", files=[("kite one.png", b"abc")])
    heard = await bot.heard.get()
    assert (heard.author.display_name, heard.content) == ("Ada", f"<@{bot.user.id}> a red kite")
    assert bot.user in heard.mentions
    assert [(one.filename, one.size, await one.read()) for one in heard.attachments] == [("kite_one.png", 3, b"abc")]


async def test_a_file_of_a_person_is_served_from_disk(discord, bot, room, ada, tmp_path):
    (tmp_path / "film.mp4").write_bytes(b"abcd")
    await discord.mention(room, ada, "this", files=[tmp_path / "film.mp4"])
    (heard,) = (await bot.heard.get()).attachments
    assert (heard.content_type, heard.size, await heard.read()) == ("video/mp4", 4, b"abcd")


async def test_words_and_files_that_do_not_concern_the_bot_are_hidden(discord, bot, room, ada):
    await discord.say(room, ada, "between us", files=[("a.png", b"abc")])
    heard = await bot.heard.get()
    assert (heard.content, heard.attachments) == ("", [])
    fetched = await heard.channel.fetch_message(heard.id)
    assert (fetched.content, fetched.attachments) == ("", [])


async def test_the_bots_role_is_named_and_the_words_stay_hidden(discord, bot, guild, room, ada):
    await discord.mention(room, ada, "a kite", as_role=True)
    heard = await bot.heard.get()
    assert (heard.content, heard.mentions) == ("", [])
    assert [one.id for one in heard.role_mentions] == [guild.bot_role.id]
    assert heard.guild.self_role.id == guild.bot_role.id


async def test_direct_messages_are_shown(discord, bot, ada):
    await discord.dm(ada, "a kite")
    heard = await bot.heard.get()
    assert (heard.content, heard.guild) == ("a kite", None)
    await heard.channel.send("Hello")
    assert [one.text for one in discord.seen(ada, discord.dm_with(ada))] == ["a kite", "Hello"]


async def test_a_reply_shows_what_it_answers_and_mentions_the_bot_unless_told_not_to(discord, bot, place, room, ada):
    await place.send("Which one?")
    (asked,) = discord.said(room)
    await discord.say(room, ada, "the red one", reply_to=asked)
    heard = await bot.heard.get()
    assert (heard.content, heard.reference.resolved.content) == ("the red one", "Which one?")
    await discord.say(room, ada, "psst", reply_to=asked, ping=False)
    heard = await bot.heard.get()
    assert (heard.content, heard.reference.resolved.content) == ("", "Which one?")


async def test_what_it_replies_to_is_hidden_where_it_does_not_concern_the_bot(discord, bot, room, ada):
    first = await discord.say(room, ada, "look", files=[("a.png", b"abc")])
    await bot.heard.get()
    await discord.mention(room, ada, "animate that", reply_to=first)
    resolved = (await bot.heard.get()).reference.resolved
    assert (resolved.id, resolved.content, resolved.attachments) == (first.id, "", [])


async def test_a_changed_message_is_told(discord, bot, room, ada):
    asked = await discord.mention(room, ada, "a kit")
    await discord.rewrite(asked, f"<@{bot.user.id}> a kite")
    assert (await bot.changed.get()).content.endswith("a kite")


async def test_a_card_keeps_its_picture_over_edits(discord, place, room):
    picture = library.File(io.BytesIO(b"abc"), "a.png")
    sent = await place.send(view=card(picture="a.png"), file=picture)
    shown = room.messages[sent.id]
    assert [one.whole for one in shown.files] == [b"abc"]
    assert await sent.attachments[0].read() == b"abc"
    partial = place.get_partial_message(sent.id)
    await partial.edit(view=card("Now", picture="a.png"), attachments=sent.attachments, allowed_mentions=NOBODY)
    assert (shown.text, shown.labels, [one.name for one in shown.files]) == ("Now", ["Confirm"], ["a.png"])
    assert [one.by_token for one in shown.edits] == [""]


async def test_the_same_nonce_is_the_same_message_for_some_minutes(discord, place, room):
    sent = [await place.send(text, nonce="J-1-card") for text in ("one", "two")]
    assert sent[0].id == sent[1].id
    discord.clock.forward(minutes=6)
    await place.send("three", nonce="J-1-card")
    assert [one.text for one in discord.said(room)] == ["one", "three"]


async def test_an_answer_that_is_lost_was_a_message_all_the_same(discord, place, room):
    discord.lose_answer("POST /channels/*/messages")
    with pytest.raises((aiohttp.ClientError, OSError)):
        await place.send("one", nonce="J-1-card")
    await place.send("one", nonce="J-1-card")
    assert len(discord.said(room)) == 1


async def test_a_line_that_is_cut_brought_nothing(discord, place, room):
    discord.cut("POST /channels/*/messages")
    with pytest.raises((aiohttp.ClientError, OSError)):
        await place.send("one")
    assert discord.said(room) == []


async def test_unknown_things_have_their_own_codes(discord, bot, place):
    assert await code_of(bot.fetch_channel(4)) == 10003
    assert await code_of(place.fetch_message(4)) == 10008
    assert await code_of(bot.fetch_user(4)) == 10013
    assert await code_of(bot.fetch_guild(4)) == 10004
    gone = await place.send("one")
    await gone.delete()
    assert await code_of(gone.edit(content="two", allowed_mentions=NOBODY)) == 10008


async def test_nobody_edits_what_another_wrote(discord, place, room, ada):
    written = await discord.say(room, ada, "mine")
    assert await code_of(place.get_partial_message(written.id).edit(content="no", allowed_mentions=NOBODY)) == 50005


@pytest.mark.parametrize(
    ("right", "code"), [("view_channel", 50001), ("send_messages", 50013), ("attach_files", 50013)]
)
async def test_a_missing_right_is_refused(discord, place, room, *, right, code):
    await discord.deny(room, right)
    assert await code_of(place.send("one", file=library.File(io.BytesIO(b"abc"), "a.txt"))) == code
    await discord.allow(room, right)
    await place.send("one")


async def test_a_reply_needs_the_right_to_read_history(discord, place, room, ada):
    asked = await discord.mention(room, ada, "a kite")
    await discord.deny(room, "read_message_history")
    assert await code_of(place.send("one", reference=place.get_partial_message(asked.id))) == 160002
    assert await code_of(place.fetch_message(asked.id)) == 50001
    assert [one async for one in place.history()] == []


async def test_history_is_newest_first_and_without_what_one_person_sees(discord, place):
    for text in ("one", "two", "three"):
        await place.send(text)
    assert [one.content async for one in place.history(limit=2)] == ["three", "two"]


async def test_a_closed_door_is_refused(discord, bot):
    shy = discord.user("Bo", dms_open=False)
    assert await code_of((await bot.fetch_user(shy.id)).send("Hello")) == 50007


@pytest.mark.parametrize(("tier", "limit"), [(0, 10 * MIB), (1, 10 * MIB), (2, 50 * MIB)])
async def test_a_file_over_the_guilds_limit_is_refused(discord, guild, place, room, *, tier, limit):
    guild.tier = tier
    assert await code_of(place.send(file=library.File(io.BytesIO(bytes(limit + 1)), "a.mp4"))) == 40005
    await place.send(file=library.File(io.BytesIO(bytes(limit)), "a.mp4"))
    (file,) = discord.said(room)[0].files
    assert (file.size, len(file.head)) == (limit, limit if limit <= 16 * MIB else MIB)


async def test_a_link_ends_after_a_day_and_the_message_has_a_new_one(discord, bot, place, room, ada):
    asked = await discord.mention(room, ada, "a kite", files=[("a.png", b"abc")])
    (old,) = (await bot.heard.get()).attachments
    discord.clock.forward(minutes=25 * 60)
    with pytest.raises(library.NotFound):
        await old.read()
    (new,) = (await place.fetch_message(asked.id)).attachments
    assert await new.read() == b"abc"
    new.url = new.url.replace("hm=", "hm=0")
    with pytest.raises(library.NotFound):
        await new.read()


async def test_edits_of_old_messages_run_out(discord, place, room):
    discord.old_edits = (1, 3600.0)
    sent = await place.send("one")
    discord.clock.forward(minutes=61)
    partial = place.get_partial_message(sent.id)
    await partial.edit(content="two", allowed_mentions=NOBODY)
    with pytest.raises(library.RateLimited) as limited:
        await partial.edit(content="three", allowed_mentions=NOBODY)
    assert limited.value.retry_after > 3500
    discord.clock.forward(minutes=60)
    await partial.edit(content="four", allowed_mentions=NOBODY)
    assert room.messages[sent.id].text == "four"


async def test_a_limit_is_told_in_headers_so_that_discord_py_keeps_it(discord, place):
    discord.limits.rules["create message"] = (2, 0.2)
    for number in range(5):
        await place.send(str(number))
    assert discord.limits.exceeded == []


@pytest.mark.parametrize("everywhere", [False, True])
async def test_too_many_requests_are_waited_for(discord, place, room, everywhere):
    discord.rate_limit("POST /channels/*/messages", 0.02, everywhere=everywhere)
    await place.send("one")
    assert [one.status for one in discord.calls if one.method == "POST"] == [429, 200]
    assert len(discord.said(room)) == 1


async def test_a_server_in_trouble_says_so(discord, place):
    discord.fail("POST /channels/*/messages", status=503)
    with pytest.raises(library.DiscordServerError):
        await place.send("one")


async def test_typing_is_seen(discord, place, room):
    await place.typing()
    assert len(room.typing) == 1


async def test_a_thread_begins_at_a_message(discord, bot, place, room, ada):
    discord.guilds[place.guild.id].bot_role.permissions |= 1 << 35
    sent = await place.send("one")
    thread = await sent.create_thread(name="Kites")
    assert (thread.id, thread.parent_id) == (sent.id, place.id)
    await thread.send("two")
    assert [one.text for one in discord.said(discord.at(thread.id))] == ["two"]


async def test_a_wrong_token_is_refused(discord):
    client = Client()
    async with addressed(discord):
        with pytest.raises(library.LoginFailure):
            await client.login("wrong")
    await client.close()


async def test_what_discord_would_not_take_is_refused_and_remembered(discord, bot, place):
    loud = library.AllowedMentions.all()
    assert await code_of(place.send("one", allowed_mentions=loud)) == 50035
    assert await code_of(place.send("x" * 2001)) == 50035
    assert await code_of(bot.http.request(Route("GET", "/no/such/call"))) == 0
    found = discord.forgive()
    assert [one.split(":")[0] for one in found] == ["message in general", "message in general", "no such call"]
    assert "2001" in found[1]
