"""What Discord delivers, as chat events: made from the library's own objects, which read real payloads."""

import discord
import pytest

from adapters.chat.discord.buttons import Handle
from adapters.chat.discord.events import FileId, Names, animate, file_id, message, press, readable, spool_key
from adapters.chat.discord.threads import adrift, conversation, same, settled, where
from bot.domain.chat import Attachment, Conversation, Person, Press

ME, ROLE, GUILD, CHANNEL, ASKER = 10, 11, 20, 300_000_000_000_000_030, 40


def user(id: int, name: str, **more) -> dict:
    return {"id": str(id), "username": name, "discriminator": "0", "avatar": None, "global_name": None, **more}


def file(id: int, name: str = "cat.png") -> dict:
    return {"id": str(id), "filename": name, "size": 12, "url": f"https://cdn.test/{id}?ex=1", "proxy_url": "", "content_type": "image/png"}  # fmt: skip


def written(content: str = "", **more) -> dict:
    return {
        "id": "100",
        "channel_id": str(CHANNEL),
        "type": 0,
        "author": user(ASKER, "asker", global_name="Asker"),
        "content": content,
        "timestamp": "2026-11-20T12:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "flags": 0,
        **more,
    }


@pytest.fixture
def place():
    """A client that knows one server with one channel and the bot's own role, and reads payloads as it would live."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    state = client._connection
    role = {"id": str(ROLE), "name": "Clapper", "permissions": "0", "position": 1, "color": 0, "colors": {"primary_color": 0}, "hoist": False, "managed": True, "mentionable": False, "tags": {"bot_id": str(ME)}}  # fmt: skip
    channel = {"id": str(CHANNEL), "type": 0, "name": "films", "position": 0, "permission_overwrites": []}
    guild = discord.Guild(data={"id": str(GUILD), "name": "Studio", "roles": [role], "channels": [channel], "members": [], "threads": []}, state=state)  # type: ignore[typeddict-item]  # fmt: skip
    state._add_guild(guild)
    return state, guild.get_channel(CHANNEL)


def heard(place, content="", **more):
    state, channel = place
    return message(discord.Message(state=state, channel=channel, data=written(content, guild_id=str(GUILD), **more)), ME)  # type: ignore[arg-type]  # fmt: skip


def direct(place, content):
    state, _ = place
    where = discord.DMChannel(me=None, state=state, data={"id": "31", "type": 1, "recipients": [user(ASKER, "asker")]})  # type: ignore[arg-type,typeddict-item]  # fmt: skip
    return message(discord.Message(state=state, channel=where, data=written(content, channel_id="31")), ME)  # type: ignore[arg-type]  # fmt: skip


MENTIONS = {"mentions": [user(ME, "clapper", bot=True)]}


def test_a_mention_is_addressed_and_the_bots_name_is_not_part_of_the_wish(place):
    came = heard(place, f"<@{ME}> a fox crosses the lake", attachments=[file(7)], **MENTIONS)
    assert came is not None
    assert not came.hidden
    assert came.message.key == f"discord:{CHANNEL}:100"
    assert came.message.conversation == Conversation("discord", str(GUILD), str(CHANNEL))
    assert came.message.author == Person("discord", str(GUILD), str(ASKER), "Asker")
    assert came.message.text == "a fox crosses the lake"
    assert came.message.attachments == (Attachment(f"{CHANNEL}/100/7", "cat.png", "image/png", 12),)
    assert came.message.addressed


def test_a_direct_message_is_addressed_without_a_mention(place):
    came = direct(place, "a fox")
    assert came.message.addressed
    assert came.message.conversation == Conversation("discord", "@31", "31")


def test_a_message_to_others_is_not_addressed(place):
    assert not heard(place, "yes").message.addressed


@pytest.mark.parametrize("more", [{"author": user(9, "other", bot=True)}, {"webhook_id": "8"}, {"type": 7}])
def test_what_no_person_wrote_is_not_heard(place, more):
    assert heard(place, f"<@{ME}> hi", **(MENTIONS | more)) is None


def test_the_bots_role_calls_it_and_hidden_words_are_known_as_hidden(place):
    hidden = heard(place, "", mention_roles=[str(ROLE)])
    assert (hidden.message.addressed, hidden.message.text, hidden.hidden) == (True, "", True)
    shown = heard(place, f"<@&{ROLE}> a fox", mention_roles=[str(ROLE)])
    assert (shown.message.addressed, shown.message.text, shown.hidden) == (True, "a fox", False)


def test_a_mention_with_nothing_else_is_not_hidden(place):
    assert not heard(place, f"<@{ME}>", **MENTIONS).hidden


def reply_to(author: int, **more) -> dict:
    before = written("earlier", id="90", author=user(author, "x", bot=author == ME), attachments=[file(5)])
    return {"type": 19, "message_reference": {"message_id": "90", "channel_id": str(CHANNEL)}, "referenced_message": before, **more}  # fmt: skip


def test_a_reply_to_the_bot_is_addressed_and_brings_the_files_it_replies_to(place):
    came = heard(place, "make this move", **reply_to(ME))
    assert came.message.addressed
    assert [one.id for one in came.message.earlier] == [f"{CHANNEL}/90/5"]


def test_a_reply_to_somebody_else_is_addressed_only_by_a_mention_and_brings_their_files(place):
    assert not heard(place, "nice", **reply_to(77)).message.addressed
    called = heard(place, f"<@{ME}> animate this", **reply_to(77, **MENTIONS))
    assert called.message.addressed
    assert [one.id for one in called.message.earlier] == [f"{CHANNEL}/90/5"]


def test_a_reply_to_a_message_that_is_gone_is_heard_all_the_same(place):
    came = heard(place, f"<@{ME}> a fox", **(reply_to(77, **MENTIONS) | {"referenced_message": None}))
    assert came.message.earlier == ()


def test_a_reply_to_what_discord_hides_is_known_as_such(place):
    hidden = {"content": "", "attachments": []}
    before = written(id="90", author=user(77, "x"), **hidden)
    more = reply_to(77, **MENTIONS) | {"referenced_message": before}
    assert heard(place, f"<@{ME}> animate this", **more).unseen
    assert not heard(place, f"<@{ME}> animate this", **more, attachments=[file(7)]).unseen
    assert not heard(place, f"<@{ME}> animate this", **reply_to(77, **MENTIONS)).unseen
    own = reply_to(ME, **MENTIONS) | {
        "referenced_message": written(id="90", author=user(ME, "clapper", bot=True), **hidden)
    }
    assert not heard(place, f"<@{ME}> yes", **own).unseen


def test_a_message_of_a_server_that_is_not_known_yet_is_no_direct_message(place):
    state, _ = place
    where = discord.PartialMessageable(state=state, id=33, guild_id=44)
    came = message(discord.Message(state=state, channel=where, data=written("", guild_id="44", channel_id="33")), ME)  # type: ignore[arg-type]  # fmt: skip
    assert came is not None
    assert not came.message.addressed
    assert adrift(came.message.conversation)


def test_a_thread_is_in_its_channel_and_in_a_private_one_nobody_else_reads_along(place):
    for kind, circle in ((11, str(CHANNEL)), (12, "!70")):
        told = {"id": "70", "type": kind, "parent_id": str(CHANNEL), "guild_id": str(GUILD)}
        meta = {"archived": False, "auto_archive_duration": 60, "archive_timestamp": "2026-11-20T12:00:00+00:00"}
        known = {
            **told,
            "name": "boats",
            "owner_id": "1",
            "message_count": 1,
            "member_count": 1,
            "thread_metadata": meta,
        }
        thread = discord.Thread(guild=place[1].guild, state=place[0], data=known)  # type: ignore[arg-type]
        here = conversation(GUILD, 70, thread)
        assert (here.channel, here.circle, where(here), adrift(here)) == (str(CHANNEL), circle, "70", False)
        assert settled(Conversation("discord", str(GUILD), "70", "70"), told) == here
    assert same(here, Conversation("discord", str(GUILD), "70"))
    assert not same(here, Conversation("discord", str(GUILD), str(CHANNEL)))


def test_the_files_of_a_forwarded_message_are_the_messages_own(place):
    snapshot = {"message": {"type": 0, "content": "", "embeds": [], "attachments": [file(6)], "timestamp": "2026-11-20T12:00:00+00:00", "edited_timestamp": None, "flags": 0, "mentions": [], "mention_roles": [], "components": []}}  # fmt: skip
    came = heard(place, f"<@{ME}> animate", message_snapshots=[snapshot], **MENTIONS)
    assert [one.id for one in came.message.attachments] == [f"{CHANNEL}/100/6"]


def test_people_and_places_are_told_by_name(place):
    came = heard(place, f"<@{ME}> <@50> walks through <#{CHANNEL}> <:wave:5>", mentions=[user(ME, "clapper", bot=True), user(50, "kim", global_name="Kim")])  # fmt: skip
    assert came.message.text == "Kim walks through #films :wave:"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("<@1> and <@!2>", "Ann and somebody"),
        ("ask <@&3>", "ask crew"),
        ("</clapper make:9> <a:spin:8>", "/clapper make :spin:"),
        ("at <t:1795176000:R>", "at 20 November 2026 12:00 UTC"),
        ("at <t:99999999999:R>", "at 16 November 5138 09:46 UTC"),
        ("a <b> 3 < 4 <@x> @Image1", "a <b> 3 < 4 <@x> @Image1"),
        ("first\nsecond <@7> third", "first\nsecond third"),
    ],
)
def test_what_discord_writes_for_its_clients_is_made_readable(said, text):
    assert readable(said, Names(users={1: "Ann"}, roles={3: "crew"}, own=frozenset({7}))) == text


@pytest.mark.parametrize(
    ("id", "found"),
    [
        ("30/100/7", FileId(attachment=7, channel=30, message=100)),
        ("i/55/7", FileId(attachment=7, interaction=55)),
        ("", None),
        ("no-such-thing", None),
        ("30/100/7/8", None),
        ("../../etc", None),
        ("i/../7", None),
    ],
)
def test_a_files_id_says_where_it_is_found_again(id, found):
    assert file_id(id) == found


def test_a_commands_file_has_a_place_of_its_own_in_the_spool():
    assert spool_key(FileId(attachment=7, interaction=55)) == ".discord/55/7"


def interaction(place, **more) -> discord.Interaction:
    state, _ = place
    payload = {"id": "500", "application_id": str(ME), "type": 3, "token": "t", "version": 1, "channel_id": "31", "channel": {"id": "31", "type": 1, "recipients": []}, "user": user(ASKER, "asker", global_name="Asker"), "entitlements": [], "authorizing_integration_owners": {}, "attachment_size_limit": 10485760, "app_permissions": "0", "locale": "en-US", "data": {"component_type": 2, "custom_id": "x"}, **more}  # fmt: skip
    return discord.Interaction(data=payload, state=state)  # type: ignore[arg-type]


def test_a_press_is_known_by_its_interaction_and_says_what_the_button_said(place):
    assert press(interaction(place), Handle("edit", "J-1", 7), '{"prompt": "A wolf"}') == Press(
        "discord:i:500",
        Conversation("discord", "@31", "31"),
        Person("discord", "@31", str(ASKER), "Asker"),
        "edit",
        "J-1",
        '{"prompt": "A wolf"}',
        7,
    )


def test_animating_a_message_takes_its_files_and_only_without_any_its_words(place):
    state, channel = place
    with_file = discord.Message(state=state, channel=channel, data=written("my cat, yesterday", attachments=[file(7)]))  # type: ignore[arg-type]  # fmt: skip
    words = discord.Message(state=state, channel=channel, data=written("a fox at dawn"))  # type: ignore[arg-type]
    one, other = (animate(interaction(place), target, ME) for target in (with_file, words))
    assert (one.verb, one.text, [file.id for file in one.attachments]) == ("make", "", [f"{CHANNEL}/100/7"])
    assert (other.verb, other.text, other.attachments) == ("make", "a fox at dawn", ())
