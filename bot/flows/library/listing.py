"""A list of films as its card keeps it in mind, so that it can be paged, and the numbers that were last seen mean what was seen."""

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.chat import Conversation, Person, Press
from bot.domain.errors import BadRequest, NotAllowed
from bot.ports.house import House

KEPT = timedelta(hours=24)
OVER = "This list is more than a day old. Ask for it again: “library”."


class What(StrEnum):
    library = "library"
    trash = "trash"
    drive = "drive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`text` is what was asked for, as written; `card` is the id of the card that shows it."""

    what: What
    text: str
    asker: Person
    place: Conversation
    card: str


async def keep(listing: Listing, house: House) -> None:
    asker, place = listing.asker, listing.place
    noted = {
        "what": listing.what,
        "text": listing.text,
        "asker": [asker.platform, asker.workspace, asker.id, asker.name],
        "place": [place.platform, place.workspace, place.channel, place.thread],
    }
    await house.storage.notes.put(_key(listing.card), json.dumps(noted), house.clock.now() + KEPT)


async def kept(card: str, house: House) -> Listing | None:
    """What this card lists; None where it is no list, or one of long ago."""
    note = await house.storage.notes.get(_key(card))
    if note is None:
        return None
    noted = json.loads(note)
    return Listing(
        what=What(noted["what"]),
        text=noted["text"],
        asker=Person(*noted["asker"]),
        place=Conversation(*noted["place"]),
        card=card,
    )


async def own(event: Press, house: House) -> Listing:
    """The list on whose card this was pressed, for whoever asked for it. Raises BadRequest or NotAllowed."""
    listing = await kept(event.job, house)
    if listing is None:
        raise BadRequest(OVER)
    asker, presser = listing.asker, event.author
    if (asker.platform, asker.workspace, asker.id) != (presser.platform, presser.workspace, presser.id):
        raise NotAllowed(f"This list is {asker.name or 'somebody'}'s. Ask for your own: “{listing.what}”.")
    return listing


def _key(card: str) -> str:
    return f"list:{card}"
