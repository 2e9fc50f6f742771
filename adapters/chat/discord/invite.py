"""How the bot is invited, and which of its permissions are missing somewhere."""

from collections.abc import Mapping
from urllib.parse import urlencode

import discord

NEEDED: Mapping[str, str] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""Each permission by discord.py's name, in the words of Discord's own settings."""

PERMISSIONS = discord.Permissions(**dict.fromkeys(NEEDED, True))
SCOPES = ("bot", "applications.commands")


def invite_link(application: int) -> str:
    """The page on which somebody adds the bot to their server."""
    asked = {"client_id": application, "permissions": PERMISSIONS.value, "scope": " ".join(SCOPES)}
    return f"https://discord.com/oauth2/authorize?{urlencode(asked)}"


def missing(held: discord.Permissions, *, thread: bool = False) -> tuple[str, ...]:
    """What the bot may not do here, in words. In a thread another permission than in its channel says who may write."""
    if held.administrator:
        return ()
    unneeded = "send_messages" if thread else "send_messages_in_threads"
    return tuple(words for name, words in NEEDED.items() if name != unneeded and not getattr(held, name))


def missing_sentence(names: tuple[str, ...]) -> str:
    """What to tell who can change it; empty where nothing is missing."""
    if not names:
        return ""
    *most, last = names
    listed = f"{', '.join(most)} and {last}" if most else last
    return f"I lack {'permissions' if most else 'a permission'} here: {listed}. Whoever runs this server can give {'them' if most else 'it'} to my role in the channel's settings."
