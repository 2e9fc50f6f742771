"""What comes in from a chat: people, conversations, and the three kinds of event."""

from dataclasses import dataclass
from datetime import datetime

PRIVATE = "!"
"""What the thread begins with of a conversation that not everybody in its channel reads."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where an answer belongs: a thread, a direct message or a web conversation."""

    platform: str
    workspace: str
    channel: str
    thread: str = ""

    @property
    def circle(self) -> str:
        """Who reads along: those in the channel, or in the thread alone where that is private. The channel's rules hold in both."""
        return self.thread if self.thread.startswith(PRIVATE) else self.channel


@dataclass(frozen=True, slots=True)
class Person:
    platform: str
    workspace: str
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message the bot posted, so that it can be edited."""

    conversation: Conversation
    id: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as its platform announces it; nothing here is checked yet. `id` is the platform's own handle."""

    id: str
    name: str = ""
    mime: str = ""
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A person wrote where the bot reads. `key` is the same for every delivery of the same message; `at` is when it came in.

    `addressed` is False where nobody spoke to the bot: only an answer to a price that waits in this conversation counts then.
    `earlier` are the files of the messages before it in its thread, or of the one it replies to; those of the newest message first.
    """

    key: str
    conversation: Conversation
    author: Person
    text: str
    attachments: tuple[Attachment, ...] = ()
    at: datetime | None = None
    addressed: bool = True
    earlier: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Press:
    """A person pressed a button. `revision` is that of the card they were looking at, where the platform knows it.

    `value` is a form as it was filled: a JSON object of its fields, or for Edit a whole message. `item` is the button's own: which
    film, page or place it is about. `job` is the id of the job, or of the card where it belongs to no job.
    """

    key: str
    conversation: Conversation
    author: Person
    action: str
    job: str
    value: str = ""
    revision: int | None = None
    item: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A person used a command: a verb of Clapper's and the rest of the line."""

    key: str
    conversation: Conversation
    author: Person
    verb: str
    text: str
    attachments: tuple[Attachment, ...] = ()


ChatEvent = Message | Press | Command
