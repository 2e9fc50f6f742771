"""Which film a button or a word means, and whether this person may see it here."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.chat import ChatEvent, Command, Conversation, Message, Person
from bot.domain.drive import Clip, Wanted, drive_key, in_trash, safe_path
from bot.domain.errors import BadRequest
from bot.domain.job import State
from bot.domain.paths import film_path
from bot.ports.house import House

RECENT = 20
LISTED = timedelta(days=7)
"""For how long the numbers of a list mean its films."""
_LAST = re.compile(r"(?:the )?(?:last|previous|latest)(?: (?:film|video|clip|one))?", re.IGNORECASE)
_NUMBER = re.compile(r"(?:#|@(?:video|film|clip)|(?:film|video|clip|number)\s*#?)?([0-9]{1,4})", re.IGNORECASE)


async def seen(id: str, event: ChatEvent, house: House) -> Clip:
    """The clip of this id, the trash included. Raises BadRequest where there is none that this person may see here."""
    clip = await house.storage.clips.get(id)
    if clip is None or not _visible(clip, event, house):
        raise BadRequest("That film is not here any more.")
    return clip


async def named(word: str, event: Message | Command, house: House) -> Clip:
    """The film that a word means: its id, its Drive path, `last`, or its number on the list that this person saw last.

    Raises BadRequest where it means none that they may see, or one in the trash.
    """
    clip = await meant(word, event, house)
    if clip is None and _LAST.fullmatch(word.strip().strip('"“”')):
        raise BadRequest("No film was made in this conversation that is still there. “library” lists all of yours.")
    if clip is None:
        raise BadRequest(f"There is no film {word.strip()!r} that you can see here. “library” lists them.")
    if clip.trashed_at is not None:
        raise BadRequest(in_trash(clip))
    return clip


async def meant(
    word: str, event: Message | Command, house: House, *, listed: bool = False, trash: bool = False
) -> Clip | None:
    """The same, the trash included; None where it means none that they may see.

    With `listed` a number counts only on a list that was seen; with `trash` it is one of the list of the trash.
    """
    clip = await _meant(word.strip().strip('"“”'), event, house, listed=listed, trash=trash)
    return clip if clip is not None and _visible(clip, event, house) else None


def listing_key(conversation: Conversation, person: Person, *, trash: bool = False) -> str:
    """The note that holds the list of films which this person saw last in this conversation: a JSON object of number -> clip id."""
    place = (conversation.platform, conversation.workspace, conversation.channel, conversation.thread, person.id)
    return f"{'trash' if trash else 'listing'}:{json.dumps(place)}"


async def remember(
    place: Conversation, person: Person, numbers: Mapping[str, str], house: House, *, adds: bool, trash: bool = False
) -> None:
    """The numbers (-> clip id) that this person sees from now on, in this thread and in the channel around it.

    With `adds` they come to those seen before, as the next page of the same list does.
    """
    for where in {place, replace(place, thread="")}:
        key = listing_key(where, person, trash=trash)
        before = await _noted(key, house) if adds else {}
        await house.storage.notes.put(key, json.dumps({**before, **numbers}), house.clock.now() + LISTED)


async def last(conversation: Conversation, person: Person, house: House) -> Clip | None:
    """The newest film of this conversation that this person may see and that is not in the trash."""
    done = await house.storage.jobs.find(conversation=conversation, states=(State.complete,), limit=RECENT)
    for copy in (clip for job in done if job.result for clip in reversed(job.result.clips)):
        clip = await house.storage.clips.get(copy.id)
        if clip is None or clip.trashed_at is not None:
            continue
        if clip.seen_by(person, conversation.circle, house.clock.now()):
            return clip
    return None


async def at_path(path: str, person: Person, house: House) -> Clip | None:
    """The film under a Drive path as this person sees it: their own Drive, or the shared `/space/`; `.mp4` may be left out."""
    for safe in dict.fromkeys((safe_path(path), safe_path(path, ""), film_path(path))):
        if (clip := await house.storage.clips.at(drive_key(safe, person))) is not None:
            return clip
    return None


def _visible(clip: Clip, event: ChatEvent, house: House) -> bool:
    return clip.seen_by(event.author, event.conversation.circle, house.clock.now())


async def _meant(word: str, event: Message | Command, house: House, *, listed: bool, trash: bool) -> Clip | None:
    if _LAST.fullmatch(word):
        return await last(event.conversation, event.author, house)
    if number := _NUMBER.fullmatch(word):
        return await _numbered(int(number[1]), event, house, listed=listed, trash=trash)
    return await house.storage.clips.get(word.upper()) or await at_path(word, event.author, house)


async def _numbered(number: int, event: Message | Command, house: House, *, listed: bool, trash: bool) -> Clip | None:
    """Where no list was seen, its place among all films, the newest first."""
    place, person = event.conversation, event.author
    for where in dict.fromkeys((place, replace(place, thread=""))):
        numbers = await _noted(listing_key(where, person, trash=trash), house)
        if (id := numbers.get(str(number))) is not None:
            return await house.storage.clips.get(id)
    if listed or not number:
        return None
    wanted = Wanted(viewer=person, channel=place.circle, now=house.clock.now(), trashed=trash)
    found = await house.storage.clips.find(wanted, skip=number - 1, limit=1)
    return found.clips[0] if found.clips else None


async def _noted(key: str, house: House) -> Mapping[str, str]:
    note = await house.storage.notes.get(key)
    return json.loads(note) if note else {}
