"""One interaction with the Discord test server, and what its person sees of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.adapters.chat.discord.server_values import Channel, Message, User

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
SAY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
KINDS = {
    SAY: "message",
    DEFER: "thinking",
    DEFER_UPDATE: "nothing",
    UPDATE: "updated",
    CHOICES: "choices",
    MODAL: "modal",
}


@dataclass(slots=True, eq=False)
class Interaction:
    """`message` is the one whose button was pressed; `original` the first answer's; `kind` is empty until it is answered."""

    id: int
    token: str
    doing: int
    user: User
    channel: Channel
    at: datetime
    message: Message | None = None
    kind: int = 0
    original: Message | None = None
    modal: Mapping[str, Any] | None = None
    choices: list[Mapping[str, Any]] = field(default_factory=list)
    followups: list[Message] = field(default_factory=list)
    seconds: float | None = None
    attempts: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person sees of the bot's answer: `kind` is message, thinking, nothing, updated, choices, modal, or "failed" after 3 s.

    It stays current: a thinking message that is filled in later shows here, and so do follow-ups.
    """

    interaction: Interaction

    @property
    def kind(self) -> str:
        return KINDS.get(self.interaction.kind, "failed")

    @property
    def message(self) -> Message | None:
        return self.interaction.original

    @property
    def messages(self) -> list[Message]:
        """The first answer and every follow-up, as far as they are written."""
        all = [*([self.interaction.original] if self.interaction.original else []), *self.interaction.followups]
        return [one for one in dict.fromkeys(all) if not one.loading and not one.deleted]

    @property
    def text(self) -> str:
        return "\n".join(one.text for one in self.messages)

    @property
    def ephemeral(self) -> bool:
        return any(one.ephemeral for one in (self.interaction.original, *self.interaction.followups) if one)

    @property
    def modal(self) -> Mapping[str, Any]:
        assert self.interaction.modal is not None, f"no modal opened: {self.kind}"
        return self.interaction.modal

    @property
    def choices(self) -> list[Mapping[str, Any]]:
        return self.interaction.choices

    @property
    def seconds(self) -> float | None:
        """From the event's leaving to the first answer's arriving."""
        return self.interaction.seconds
