"""Values of the domain as columns and JSON, and back: the only file that knows both."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import structlog
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python
from sqlalchemy import Row

from adapters.storage.sql.columns import storable
from adapters.storage.sql.rows import AssetRow, CardRow, ChangeRow, ClipRow, EventRow, JobRow, LedgerRow, PolicyRow
from bot.domain.card import Card, Posting
from bot.domain.chat import ChatEvent, Command, Conversation, Message, MessageRef, Person, Press
from bot.domain.drive import Asset, Clip
from bot.domain.job import Job
from bot.domain.ledger import EntryKind, LedgerEntry
from bot.domain.policy import Change, Policy

T = TypeVar("T")
R = TypeVar("R")
Columns = dict[str, Any]

EVENTS: dict[str, type[ChatEvent]] = {"message": Message, "press": Press, "command": Command}
_KINDS = {kind: name for name, kind in EVENTS.items()}


@cache
def _adapter(kind: type[T]) -> TypeAdapter[T]:
    return TypeAdapter(kind)


@cache
def _writer(kind: type) -> TypeAdapter[Any]:
    """Of a tuple with one of them, since a dataclass takes no settings of its own."""
    return TypeAdapter(tuple[kind], config=ConfigDict(ser_json_inf_nan="constants"))  # pyright: ignore[reportInvalidTypeForm]


def dump(value: object) -> str:
    """Any value of the domain as JSON; Decimals and instants as text, so that nothing is rounded."""
    try:
        # As its type says, which takes a third of the time of looking at each value.
        return _writer(type(value)).dump_json((value,), warnings=False)[1:-1].decode()
    except PydanticSerializationError:  # a lone surrogate somewhere: JSON from outside may carry one
        plain = _scrubbed(to_jsonable_python(value, inf_nan_mode="constants"))
        return to_json(plain, inf_nan_mode="constants").decode()


def _scrubbed(plain: Any) -> Any:
    match plain:
        case str():
            return storable(plain)
        case list():
            return [_scrubbed(one) for one in plain]
        case dict():
            return {name: _scrubbed(one) for name, one in plain.items()}
        case _:
            return plain


class UnreadableRow(ValueError):
    """What is stored is no value of its type. The words of it stay out of the message: they are people's."""


def load(kind: type[T], text: str) -> T:
    """The value again. What is missing takes its default, what is unknown is passed over: old and newer rows load alike."""
    try:
        return _adapter(kind).validate_json(text)
    except ValidationError as error:
        fields = sorted({".".join(map(str, one["loc"])) for one in error.errors(include_input=False)})
        raise UnreadableRow(f"a stored {kind.__name__} cannot be read: {', '.join(fields)}") from None


def readable(rows: Iterable[R], value: Callable[[R], T]) -> list[T]:
    """The rows' values. One row that cannot be read is logged by name and left out, so that it stops no other."""
    found: list[T] = []
    for row in rows:
        try:
            found.append(value(row))
        except UnreadableRow as error:
            name = getattr(row, "id", None) or getattr(row, "key", None)
            structlog.get_logger().error(str(error), action="unreadable_row", row=name)
    return found


def place_columns(place: Conversation) -> Columns:
    return {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread,
    }


def event_columns(event: ChatEvent, at: datetime) -> Columns:
    return {
        **place_columns(event.conversation),
        "key": event.key,
        "kind": _KINDS[type(event)],
        "body": dump(event),
        "received_at": at,
        "claims": 0,
    }


def event_of(row: EventRow) -> ChatEvent:
    kind = EVENTS.get(row.kind)
    if kind is None:
        raise UnreadableRow(f"a stored event is of the unknown kind {row.kind!r}")
    return load(kind, row.body)


def job_columns(job: Job) -> Columns:
    """What `save` writes anew each time."""
    return {
        "state": job.state.value,
        "version": job.version,
        "provider": job.choice.provider if job.choice else None,
        "model": job.choice.model if job.choice else None,
        "confirmed_at": job.confirmed_at,
        "submitted_at": job.submitted_at,
        "next_step_at": job.next_step_at,
        "line": job.line,
        "batch": job.batch,
        "person": person_of(job) if job.limited else "",
        "at_once": job.at_once,
        "per_minute": job.per_minute,
        "body": dump(job),
    }


def new_job_columns(job: Job) -> Columns:
    """What never changes, too."""
    return {
        **place_columns(job.conversation),
        "id": job.id,
        "author_platform": job.author.platform,
        "author_workspace": job.author.workspace,
        "author_id": job.author.id,
        "made_at": job.made_at,
        **job_columns(job),
    }


def job_of(row: JobRow | Row[Any]) -> Job:
    """A job that rests, or is let in, has only its column moved on; so has one that is measured by other limits than before."""
    job = load(Job, row.body)
    if (job.next_step_at, job.at_once, job.per_minute) == (row.next_step_at, row.at_once, row.per_minute):
        return job  # as it mostly is: to copy one takes twice as long as to read it
    return replace(job, next_step_at=row.next_step_at, at_once=row.at_once, per_minute=row.per_minute)


def person_of(job: Job) -> str:
    """The author as one word."""
    return f"{job.author.platform}\x1f{job.author.workspace}\x1f{job.author.id}"


def job_card_columns(job: Job) -> Columns:
    return {
        **place_columns(job.conversation),
        "id": job.card_id,
        "job": job.id,
        "wanted": job.version,
        "shown": 0,
        "rendered": 0,
        "wanted_at": job.changed_at,
        "waiting_since": job.changed_at,
    }


def said_card_columns(id: str, place: Conversation, card: Card, to: Person | None, at: datetime) -> Columns:
    return {
        **place_columns(place),
        "id": id,
        "wanted": 1,
        "shown": 0,
        "rendered": 1,
        "card": dump(card),
        "recipient": dump(to) if to else None,
        "wanted_at": at,
        "waiting_since": at,
    }


def posting_of(row: CardRow | Row[Any]) -> Posting:
    return Posting(
        id=row.id,
        conversation=Conversation(row.platform, row.workspace, row.channel, row.thread),
        job=row.job,
        wanted=row.wanted,
        shown=row.shown,
        rendered=row.rendered,
        card=load(Card, row.card) if row.card else None,
        message=load(MessageRef, row.message) if row.message else None,
        to=load(Person, row.recipient) if row.recipient else None,
    )


def clip_columns(clip: Clip) -> Columns:
    return {
        "id": clip.id,
        "platform": clip.owner.platform,
        "workspace": clip.workspace,
        "key": clip.key,
        "poster": clip.poster,
        "last_frame": clip.last_frame,
        "made_at": clip.made_at,
        "expires_at": clip.expires_at,
        "owner": clip.owner.id,
        "owner_name": clip.owner.name.lower(),
        "channel": clip.channel,
        "drive_path": clip.drive_path,
        "model": clip.model,
        "shared": clip.shared,
        "seconds": clip.seconds,
        "bytes": clip.bytes,
        "version": clip.version,
        "trashed_at": clip.trashed_at,
        "body": dump(clip),
    }


def clip_of(row: ClipRow | Row[Any]) -> Clip:
    return load(Clip, row.body)


def asset_columns(asset: Asset) -> Columns:
    return {"id": asset.id, "body": dump(asset)}


def asset_of(row: AssetRow) -> Asset:
    return load(Asset, row.body)


def ledger_columns(entry: LedgerEntry) -> Columns:
    return {
        "kind": entry.kind.value,
        "credits": entry.credits,
        "job": entry.job,
        "platform": entry.person.platform,
        "workspace": entry.person.workspace,
        "person_id": entry.person.id,
        "person_name": entry.person.name,
        "at": entry.at,
        "channel": entry.channel,
        "model": entry.model,
    }


def entry_of(row: LedgerRow | Row[Any]) -> LedgerEntry:
    return LedgerEntry(
        kind=EntryKind(row.kind),
        credits=row.credits,
        job=row.job,
        person=Person(row.platform, row.workspace, row.person_id, row.person_name),
        at=row.at,
        channel=row.channel,
        model=row.model,
    )


def policy_of(row: PolicyRow | Row[Any]) -> Policy:
    return replace(load(Policy, row.body), version=row.version)


def change_columns(change: Change) -> Columns:
    return {
        "platform": change.platform,
        "workspace": change.workspace,
        "channel": change.channel,
        "person_id": change.person.id,
        "person_name": change.person.name,
        "what": change.what,
        "was": change.was,
        "now": change.now,
        "at": change.at,
    }


def change_of(row: ChangeRow) -> Change:
    return Change(
        platform=row.platform,
        workspace=row.workspace,
        channel=row.channel,
        person=Person(row.platform, row.workspace, row.person_id, row.person_name),
        at=row.at,
        what=row.what,
        was=row.was,
        now=row.now,
    )
