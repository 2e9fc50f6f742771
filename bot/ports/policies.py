"""What admins decided of their workspaces and channels, and the log of it."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.chat import Conversation
from bot.domain.policy import Change, Policy


class Policies(Protocol):
    async def at(self, conversation: Conversation) -> Sequence[Policy]:
        """What was decided of its workspace and of its channel, the wider place first; none where nothing was."""
        ...

    async def of(self, place: tuple[str, str]) -> Sequence[Policy]:
        """Every policy of (platform, workspace), its own first, then by channel."""
        ...

    async def known(self, conversation: Conversation) -> bool:
        """Whether anything was ever asked, said or decided in its workspace, and in its channel where one is named."""
        ...

    async def change(self, policy: Policy, changes: Sequence[Change], *, beside: Sequence[Policy] = ()) -> None:
        """Saves a policy, and others `beside` it, with their lines of the audit log, all or nothing.

        Raises Stale unless the stored version of each is its `version - 1`.
        """
        ...

    async def changes(self, place: tuple[str, str], limit: int = 50, skip: int = 0) -> Sequence[Change]:
        """The audit log, newest first, without the first `skip`."""
        ...
