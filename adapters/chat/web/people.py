"""Who uses the page: one person where nobody logs in by name, and everyone an identity provider knows as themselves."""

import hashlib
import re
from base64 import b32encode
from dataclasses import dataclass
from math import inf

from bot.domain.chat import Conversation, Person

PLATFORM = "web"
WORKSPACE = "local"
OPERATOR = Person(PLATFORM, WORKSPACE, "you", "You")
"""Whoever has the token, or the machine itself."""
PLACE = Conversation(PLATFORM, WORKSPACE, "")
"""The workspace, where nothing of one conversation is meant."""
_OWNED = re.compile(r"(u[a-z2-7]{24})-")
_LETTERS = 24


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person at the page; `session` names their login, "" where there is none; it ends at `until`, seconds since 1970."""

    person: Person
    session: str = ""
    until: float = inf


def person_id(issuer: str, subject: str) -> str:
    """The same for each login of one account, of letters that are safe in every path and address, and never another's."""
    digest = hashlib.sha256(f"{issuer}\0{subject}".encode(errors="surrogatepass")).digest()
    return f"u{b32encode(digest)[:_LETTERS].decode().lower()}"


def own(person: Person, id: str) -> str:
    """A conversation's id with whose it is in front: so every replica knows before anything is said in it."""
    return id if person.id == OPERATOR.id else f"{person.id}-{id}"


def owner(id: str) -> Person:
    """Whose a conversation is, by its id."""
    owned = _OWNED.match(id)
    return Person(PLATFORM, WORKSPACE, owned[1]) if owned else OPERATOR


def owns(person: Person, id: str) -> bool:
    return owner(id).id == person.id
