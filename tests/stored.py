"""Small values to store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.budget import Purse, Scope
from bot.domain.card import Card
from bot.domain.chat import Conversation, Message, Person
from bot.domain.drive import Clip
from bot.domain.job import Job
from bot.domain.ledger import EntryKind, LedgerEntry
from bot.domain.model import Choice
from bot.domain.request import Settings, Task, VideoRequest

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(seconds=15)
ROOM = Conversation("web", "team", "room", "1")
HALL = Conversation("web", "team", "hall", "")
ASKER = Person("web", "team", "u1", "Asker")
OTHER = Person("web", "team", "u2", "Other")
WEB = ["web"]
CARD = Card(title="A film", text="is being made")


def at(seconds: float) -> datetime:
    """That long after NOON."""
    return NOON + timedelta(seconds=seconds)


def a_message(key: str, text: str = "a lighthouse", conversation: Conversation = ROOM) -> Message:
    return Message(key, conversation, ASKER, text)


def a_job(id: str = "J-1", **changes: Any) -> Job:
    """A job that is due at NOON."""
    job = Job(
        id=id,
        conversation=ROOM,
        author=ASKER,
        request=VideoRequest(prompt="a lighthouse"),
        made_at=NOON,
        changed_at=NOON,
        next_step_at=NOON,
    )
    return replace(job, **changes)


def a_choice(model: str = "animatic", provider: str = "animatic") -> Choice:
    return Choice(model=model, provider=provider, title=model.title(), task=Task.text, settings=Settings())


def purse(person: Person) -> Scope:
    """A person's own spending."""
    return Scope(Purse.person, person.platform, person.workspace, person.id)


def an_entry(
    kind: EntryKind, credits: str, job: str = "J-1", person: Person = ASKER, seconds: float = 0
) -> LedgerEntry:
    return LedgerEntry(kind=kind, credits=Decimal(credits), job=job, person=person, at=at(seconds))


def a_clip(id: str, **changes: Any) -> Clip:
    clip = Clip(
        id=id,
        workspace="team",
        owner=ASKER,
        job="J-1",
        drive_path=f"{id}.mp4",
        key=f"web-team/people/u1/{id}.mp4",
        bytes=1_000,
        seconds=5.0,
        width=1280,
        height=720,
        made_at=NOON,
    )
    return replace(clip, **changes)
