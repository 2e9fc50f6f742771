"""Who decides for the page's workspace: whoever has the token, and those whom the identity provider calls what the operator lists."""

from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.chat.web.people import OPERATOR
from bot.domain.chat import Person
from bot.ports.storage import Notes


@dataclass(frozen=True, slots=True)
class Ranks:
    """`admins` are e-mail addresses in lower case and names of groups. What somebody is called is noted at each login, for every replica."""

    notes: Notes
    admins: tuple[str, ...]

    async def note(self, person: Person, called: str, until: float) -> None:
        """`called` is which of `admins` they are until this login ends, "" for none."""
        await self.notes.put(_key(person), called, datetime.fromtimestamp(until, UTC))

    async def admin(self, person: Person) -> bool:
        """Only as long as the operator still lists what they are called."""
        return person.id == OPERATOR.id or await self.notes.get(_key(person)) in self.admins


def _key(person: Person) -> str:
    return f"web:admin:{person.id}"
