"""Who is an admin here, and how somebody becomes one."""

from collections.abc import Mapping

from bot.domain.card import Card, Field
from bot.domain.chat import Conversation, Person
from bot.domain.errors import NotAllowed
from bot.flows.rights import is_admin
from bot.ports.house import House

BY_CHAT: Mapping[str, str] = {
    "slack": "in Slack, the workspace's admins and owners",
    "discord": "in Discord, whoever may manage the server (Manage Server)",
    "web": "on this page, whoever opens it with its token, or is signed in as an admin",
    "terminal": "in a terminal, whoever uses it",
}
"""Whom each chat itself calls an admin."""
OPERATOR = "operator"
"""The name and id of who decides on the command line, in the audit log."""


async def check_admin(person: Person, conversation: Conversation, house: House) -> None:
    """Raises NotAllowed with who is one, and BadRequest where the chat cannot say just now."""
    if not await is_admin(person, conversation, house):
        raise NotAllowed(
            f"Only an admin decides that. Admins are, {_by_chat(person)}, and those whom the operator of Clapper lists. "
            "Ask one of them to do it, or to make you one. Nothing was changed."
        )


async def who(person: Person, house: House) -> Card:
    """For somebody who is one."""
    listed = sorted(one.partition(":")[2] for one in house.rules.admins if one.startswith(f"{person.platform}:"))
    why = "the chat says so"
    if person.id == person.name == OPERATOR:
        why = "whoever has this machine's shell is"
    elif person.id in listed:
        why = "the operator lists you"
    return Card(
        title="Who is an admin here",
        fields=(
            Field("You", f"an admin: {why}"),
            Field("By the chat", _by_chat(person)),
            Field("By the operator", ", ".join(listed) or "nobody"),
        ),
        notes=('The operator lists people in the settings, as admins = ["platform:id"].',),
    )


def _by_chat(person: Person) -> str:
    return BY_CHAT.get(person.platform, "those whom the chat itself calls so")
