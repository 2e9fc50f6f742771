"""A chat: where people write, press and watch."""

from collections.abc import AsyncIterator
from typing import Protocol

from bot.domain.card import Card, CardMedia
from bot.domain.chat import Attachment, ChatEvent, Command, Conversation, Message, MessageRef, Person, Press


class Ears(Protocol):
    """What a platform tells the bot; the router answers it."""

    async def receive(self, event: ChatEvent) -> bool:
        """Saves the event, once by its key, and returns; the work is done afterwards. False where it was received before."""
        ...

    async def press(self, press: Press) -> None:
        """Does what a button does, now. Raises UserError where it does not apply, to be told to the presser alone."""
        ...


class Ranks(Protocol):
    async def admin(self, person: Person, conversation: Conversation) -> bool:
        """Whether the chat itself lets this person decide for the whole workspace. Raises OSError or Later where it cannot say just now."""
        ...


class ChatPlatform(Ranks, Protocol):
    """Posting, editing and uploading raise Later where the chat asks for patience, OSError where it is away.

    `alone` says that nobody but the one person who writes there reads along.
    """

    name: str
    alone: bool

    async def run(self, ears: Ears) -> None:
        """Listens until cancelled. Raises UserError where it cannot start."""
        ...

    async def fill(self, event: Message | Command) -> Message | Command:
        """The event with what its delivery left out: the author's name, files it did not carry, files from earlier in its thread."""
        ...

    async def post(self, conversation: Conversation, card: Card, *, key: str, to: Person | None = None) -> MessageRef:
        """Posts once for `key`, even when called again after a lost answer: then what stands there becomes this card.

        `to` makes it visible to one person only.
        """
        ...

    async def edit(self, message: MessageRef, card: Card, *, urgent: bool = True) -> None:
        """`urgent` is False where only the progress moved since the last edit: a chat that takes few edits puts such a one off."""
        ...

    async def upload(self, conversation: Conversation, film: CardMedia, *, key: str) -> str:
        """Brings a film of the Drive into the conversation, once for `key`.

        One that is larger than the chat takes is posted as a smaller copy; the words say so, and are empty where it is the film itself.
        """
        ...

    def open_attachment(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The attachment's bytes as they arrive. Raises BadMedia where it cannot be had."""
        ...

    async def aclose(self) -> None: ...
