"""The invitation asks for what is needed and no more; what is missing is named."""

import discord

from adapters.chat.discord.invite import PERMISSIONS, invite_link, missing, missing_sentence


def test_the_permission_number_is_that_of_the_six_that_are_needed():
    assert PERMISSIONS.value == 274878024704


def test_the_link_names_the_application_its_permissions_and_both_scopes():
    assert invite_link(42) == "https://discord.com/oauth2/authorize?client_id=42&permissions=274878024704&scope=bot+applications.commands"  # fmt: skip


def test_nothing_is_missing_where_all_was_given_or_the_bot_is_an_administrator():
    assert missing(PERMISSIONS) == ()
    assert missing(discord.Permissions(administrator=True)) == ()
    assert missing_sentence(()) == ""


def test_what_is_missing_is_named_in_discords_own_words():
    held = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, read_message_history=True)
    assert missing(held) == ("Attach Files",)
    assert missing(held, thread=True) == ("Send Messages in Threads", "Attach Files")
    assert missing_sentence(missing(held, thread=True)).startswith("I lack permissions here: Send Messages in Threads and Attach Files.")  # fmt: skip
