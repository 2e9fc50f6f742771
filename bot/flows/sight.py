"""Which film a button or a word means, and whether this person may see it here."""

import json

from bot.domain.chat import Command, Conversation, Message, Person, Press
from bot.domain.drive import Clip, Wanted, drive_key, safe_path
from bot.domain.errors import BadRequest
from bot.domain.job import State
from bot.ports.house import House

RECENT = 20
_LAST = frozenset({"last", "previous"})


async def seen(id: str, event: Message | Command | Press, house: House) -> Clip:
    """The clip of this id, the trash included. Raises BadRequest where there is none that this person may see here."""
    clip = await house.storage.clips.get(id)
    if clip is None or not clip.seen_by(event.author, event.conversation.channel, house.clock.now()):
        raise BadRequest("That film is not here any more.")
    return clip


async def named(word: str, event: Message | Command, house: House) -> Clip:
    """The film that a word means: its id, its Drive path, `last`, or its number on the list that this person saw last.

    Raises BadRequest where it means none that they may see, or one in the trash.
    """
    clip = await _meant(word.strip(), event, house)
    if clip is None or not clip.seen_by(event.author, event.conversation.channel, house.clock.now()):
        raise BadRequest(f"There is no film {word.strip()!r} that you can see here. “library” lists them.")
    if clip.trashed_at is not None:
        raise BadRequest(f"{clip.drive_path} is in the trash. Restore it first.")
    return clip


def listing_key(conversation: Conversation, person: Person) -> str:
    """The note that holds the list of films which this person saw last in this conversation: a JSON object of number -> clip id."""
    place = (conversation.platform, conversation.workspace, conversation.channel, conversation.thread, person.id)
    return f"listing:{json.dumps(place)}"


async def _meant(word: str, event: Message | Command, house: House) -> Clip | None:
    if word.lower() in _LAST:
        return await _last(event.conversation, house)
    if word.isdecimal():
        return await _numbered(int(word), event, house)
    if (clip := await house.storage.clips.get(word)) is not None:
        return clip
    for path in dict.fromkeys((safe_path(word), safe_path(word, ""))):
        if (clip := await house.storage.clips.at(drive_key(path, event.author))) is not None:
            return clip
    return None


async def _numbered(number: int, event: Message | Command, house: House) -> Clip | None:
    note = await house.storage.notes.get(listing_key(event.conversation, event.author))
    listed = json.loads(note) if note else {}
    if (id := listed.get(str(number))) is not None:
        return await house.storage.clips.get(id)
    wanted = Wanted(viewer=event.author, channel=event.conversation.channel, now=house.clock.now())
    found = await house.storage.clips.find(wanted, skip=max(0, number - 1), limit=1)
    return found.clips[0] if found.clips and number else None


async def _last(conversation: Conversation, house: House) -> Clip | None:
    done = await house.storage.jobs.find(conversation=conversation, states=(State.complete,), limit=RECENT)
    ids = (job.result.clips[-1].id for job in done if job.result and job.result.clips)
    first = next(ids, None)
    return await house.storage.clips.get(first) if first else None
