"""Where a message goes: the channel it was asked in, or the person's direct message where the bot may not write there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.chat.slack.clients import Clients
from bot.domain.chat import Conversation, MessageRef
from bot.domain.job import card_id
from bot.ports.storage import Storage

MOST_KNOWN = 4096
ONLY = "only-"
"""Begins the id of a message that one person alone was shown: it cannot be answered in a thread, and is edited in its own way."""
DIRECT = "D"
"""Begins the id of a direct message."""

_INVITE = "This is here because I am not in the channel you asked in. To have films there, invite me: type /invite there and choose me."
WHY: Mapping[str, str] = {
    "not_in_channel": _INVITE,
    "channel_not_found": _INVITE,
    "is_archived": "This is here because the channel you asked in is archived. Ask in one that is open to have films there.",
    "thread_not_found": "This is here because the message you asked with is gone.",
    "restricted_action": "This is here because the settings of the channel you asked in do not let me write there. Ask in another one to have films there.",
}
"""Why a card is in a direct message, by the code that refused it in its channel."""


def only(ts: str, key: str) -> str:
    """The id of a message that one person alone was shown, with the key it was posted for."""
    return f"{ONLY}{ts}:{key}"


def key_of(id: str) -> str:
    """The key that such a message was posted for; "" where its id does not say."""
    return id.partition(":")[2]


def why_of(code: str) -> str:
    """The key of WHY for a code of Slack's, "" where it is no matter of the channel."""
    return "restricted_action" if code.startswith("restricted_action") else code if code in WHY else ""


_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")


@dataclass(frozen=True, slots=True)
class Place:
    """`thread` is empty at the top of a channel; `why` is a key of WHY where the message was meant for another channel."""

    workspace: str
    channel: str
    thread: str = ""
    why: str = ""

    def conversation(self, asked: Conversation) -> Conversation:
        """As it was asked for, unless the message really is elsewhere."""
        if self.channel == asked.channel:
            return asked
        return Conversation(asked.platform, asked.workspace, self.channel, self.thread)


class Places:
    def __init__(self, clients: Clients, storage: Storage) -> None:
        self._clients, self._storage = clients, storage
        self._direct: dict[tuple[str, str], str] = {}

    async def of(self, conversation: Conversation) -> Place:
        if _PERSON.fullmatch(conversation.channel):
            return await self.direct(conversation.workspace, conversation.channel)
        return Place(conversation.workspace, conversation.channel, conversation.thread)

    async def direct(self, workspace: str, person: str, why: str = "") -> Place:
        """The direct message with this person."""
        known = self._direct.get((workspace, person))
        if known is None:
            opened = await self._clients.call(workspace, "conversations_open", users=person)
            known = self._direct[workspace, person] = opened["channel"]["id"]
            if len(self._direct) > MOST_KNOWN:
                del self._direct[next(iter(self._direct))]
        return Place(workspace, known, why=why)

    async def of_author(self, job: str, why: str) -> Place | None:
        """The direct message with the person whose job this is."""
        found = await self._storage.jobs.get(job)
        return None if found is None else await self.direct(found.author.workspace, found.author.id, why)

    async def of_film(self, conversation: Conversation, clip: str) -> Place:
        """The thread the film was asked in, or the one under its job's card: wherever that card really is."""
        place = await self.of(conversation)
        card = await self._card(clip)
        if card is None or card.id.startswith(ONLY):
            return place
        there = card.conversation
        if there.channel != place.channel:
            return Place(there.workspace, there.channel, there.thread or card.id)
        return Place(place.workspace, place.channel, place.thread or card.id)

    async def of_asker(self, clip: str) -> Place | None:
        """The direct message with the person whose film this is."""
        film = await self._storage.clips.get(clip)
        return None if film is None else await self.of_author(film.job, "")

    async def _card(self, clip: str) -> MessageRef | None:
        film = await self._storage.clips.get(clip)
        posting = None if film is None else await self._storage.cards.get(card_id(film.job))
        return None if posting is None else posting.message
