"""What a card of `cinematic` keeps in mind for a day: who asked for what, and the text as it stands."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.chat import Attachment, Command, Conversation, Message, Person, Press
from bot.domain.errors import BadRequest
from bot.domain.request import Parsed
from bot.flows.parse import parse
from bot.ports.house import House

KEPT = timedelta(hours=24)
OVER = "This prompt is more than a day old, or not from here. Ask for it again: “cinematic: …”."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`line` and `attachments` are what was asked, as it was heard; `text` is the prompt of this `telling`.

    `shots` counts what its card tells of, `note` says why the writer was another than meant. `pressed` is the key of the press that it
    was last told anew for.
    """

    card: str
    asker: Person
    place: Conversation
    line: str
    attachments: tuple[Attachment, ...]
    text: str
    shots: int
    telling: int = 1
    note: str = ""
    pressed: str = ""

    @property
    def item(self) -> str:
        """Which text a button is about."""
        return f"{self.telling}-{hashlib.sha256(self.text.encode()).hexdigest()[:8]}"

    @property
    def item_of_form(self) -> str:
        """The same for the button with the form: chats tell buttons apart by action and item."""
        return f"{self.item}-form"

    def parsed(self, house: House) -> Parsed:
        return parse(self.line, attachments=self.attachments, names=house.catalogue.names())


def line_of(event: Message | Command) -> str:
    """The event as one line, so that it is read the same once more."""
    return f"/{event.verb} {event.text}" if isinstance(event, Command) else event.text


async def keep(kept: Kept, house: House) -> None:
    asker, place = kept.asker, kept.place
    noted = {
        "asker": [asker.platform, asker.workspace, asker.id, asker.name],
        "place": [place.platform, place.workspace, place.channel, place.thread],
        "line": kept.line,
        "attachments": [[one.id, one.name, one.mime, one.bytes] for one in kept.attachments],
        "text": kept.text,
        "shots": kept.shots,
        "telling": kept.telling,
        "note": kept.note,
        "pressed": kept.pressed,
    }
    await house.storage.notes.put(_key(kept.card), json.dumps(noted), house.clock.now() + KEPT)


async def of_card(card: str, house: House) -> Kept | None:
    """None where this card is no such one, or one of long ago."""
    note = await house.storage.notes.get(_key(card))
    if note is None:
        return None
    noted = json.loads(note)
    return Kept(
        card=card,
        asker=Person(*noted["asker"]),
        place=Conversation(*noted["place"]),
        line=noted["line"],
        attachments=tuple(Attachment(*one) for one in noted["attachments"]),
        text=noted["text"],
        shots=noted["shots"],
        telling=noted["telling"],
        note=noted["note"],
        pressed=noted["pressed"],
    )


async def pressed_on(event: Press, house: House) -> Kept:
    """What the pressed card keeps in mind, for whoever asked for it and for those who see it where it stands. Raises BadRequest."""
    kept = await of_card(event.job, house)
    if kept is None or not (_asked_by(kept, event.author) or kept.place == event.conversation):
        raise BadRequest(OVER)
    return kept


def _asked_by(kept: Kept, person: Person) -> bool:
    asker = kept.asker
    return (asker.platform, asker.workspace, asker.id) == (person.platform, person.workspace, person.id)


def _key(card: str) -> str:
    return f"cinematic:{card}"
