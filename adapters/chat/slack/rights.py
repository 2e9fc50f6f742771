"""Who may decide for a whole workspace by Slack's own word: its admins and owners, and those of its organisation."""

from collections.abc import Mapping
from typing import Any

from adapters.chat.slack.clients import Clients, SlackRefused
from adapters.chat.slack.events import PLATFORM
from adapters.chat.slack.refusals import Refusals
from adapters.kit.known import Known
from bot.domain.chat import Conversation, Person
from bot.ports.clock import Clock

KNOWN_SECONDS = 60.0
WORKSPACE = ("is_admin", "is_owner", "is_primary_owner")
ORGANISATION = ("is_admin", "is_owner")
STRANGERS = frozenset({"user_not_found", "user_not_visible"})


class Rights:
    def __init__(self, clients: Clients, refusals: Refusals, clock: Clock) -> None:
        self._clients, self._refusals = clients, refusals
        self._known = Known(clock, KNOWN_SECONDS)

    async def admin(self, person: Person, conversation: Conversation) -> bool:
        """Raises Later or OSError where Slack cannot say just now."""
        workspace = conversation.workspace
        here = (person.platform, conversation.platform, person.workspace) == (PLATFORM, PLATFORM, workspace)
        if not here or not person.id:
            return False
        if (known := self._known.get(workspace, person.id)) is not None:
            return known
        try:
            said = await self._clients.call(workspace, "users_info", user=person.id)
        except SlackRefused as refused:
            if refused.code not in STRANGERS:
                self._refusals.tell(workspace, "slack.rights", refused)
                raise ConnectionError(f"Slack does not say who is an admin: {refused.code}") from refused
            return self._known.put(False, workspace, person.id)
        return self._known.put(decides(said.get("user") or {}, workspace), workspace, person.id)


def decides(user: Mapping[str, Any], workspace: str) -> bool:
    """From a user object: https://docs.slack.dev/reference/objects/user-object.

    Who takes part in a shared channel from outside is an admin at home, which counts for nothing here. In an organisation a person is of
    several workspaces, and its own admins decide in all of them.
    """
    of_organisation: Mapping[str, Any] = user.get("enterprise_user") or {}
    teams = {user.get("team_id"), *(of_organisation.get("teams") or ())}
    gone = user.get("deleted") or user.get("is_bot") or user.get("is_stranger")
    if gone or workspace not in teams:
        return False
    by_workspace = any(user.get(name) is True for name in WORKSPACE)
    return by_workspace or any(of_organisation.get(name) is True for name in ORGANISATION)
