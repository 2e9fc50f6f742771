"""A chat: where people write, press and watch."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from bot.domain.card import Card, CardMedia
from bot.domain.chat import Attachment, ChatEvent, Conversation, MessageRef, Person, Press


class Ears(Protocol):
    """What a platform tells the bot; the router answers it."""

    async def receive(self, event: ChatEvent) -> bool:
        """Saves the event, once by its key, and returns; the work is done afterwards. False where it was received before."""
        ...

    async def press(self, press: Press) -> None:
        """Does what a button does, now. Raises UserError where it does not apply, to be told to the presser alone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLimits:
    """`upload_bytes` is the largest file the platform takes, None where it shows the Drive's own bytes and needs no upload."""

    upload_bytes: int | None = None


class ChatPlatform(Protocol):
    name: str
    limits: ChatLimits

    async def run(self, ears: Ears) -> None:
        """Listens until cancelled."""
        ...

    async def post(self, conversation: Conversation, card: Card, *, key: str, to: Person | None = None) -> MessageRef:
        """Posts once for `key`, even when called again after a lost answer; `to` makes it visible to one person only."""
        ...

    async def edit(self, message: MessageRef, card: Card) -> None: ...

    async def upload(self, conversation: Conversation, film: CardMedia, *, key: str) -> None:
        """Brings a film of the Drive into the conversation, once for `key`."""
        ...

    def open_attachment(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The attachment's bytes as they arrive. Raises BadMedia where it cannot be had."""
        ...

    async def aclose(self) -> None: ...
