"""The tables. Columns are what is searched, ordered or compared; the whole value stands beside them as JSON."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Index, MetaData, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from adapters.storage.sql.columns import Instant, Money, Number, Words

NAMING = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
}


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of only the rows that wait, so that it stays small however many are finished."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


_ORDER = ("turn", "confirmed_at", "number")
_WAITS = "NOT (state <> 'queued' OR next_step_at IS NOT NULL)"
_ON_THE_WAY = "NOT (state NOT IN ('submitting', 'processing') AND (state <> 'queued' OR next_step_at IS NULL))"
_EMPTY = {"server_default": text("''")}
_FALSE = {"server_default": false()}
_ZERO = {"server_default": text("0")}


class Row(SQLModel):
    """`number` counts rows in order of arrival: it breaks ties between equal instants."""

    metadata = MetaData(naming_convention=NAMING)
    number: int | None = Field(default=None, primary_key=True, sa_type=Number)


class Placed(Row):
    """Where in which chat a thing belongs."""

    platform: str = Field(sa_type=Words)
    workspace: str = Field(sa_type=Words)
    channel: str = Field(sa_type=Words)
    thread: str = Field(sa_type=Words)


class EventRow(Placed, table=True):
    """`claims` counts how often somebody began to work on it."""

    __tablename__ = "events"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        _partial("ix_events_open", "received_at", "number", where="done_at IS NULL"),
        Index("ix_events_conversation", "platform", "workspace", "channel", "thread", "received_at", "number"),
    )
    key: str = Field(sa_type=Words, unique=True)
    kind: str = Field(sa_type=Words)
    body: str = Field(sa_type=Words)
    received_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    claims: int = 0
    leased_by: str | None = Field(default=None, sa_type=Words)
    leased_until: datetime | None = Field(default=None, sa_type=Instant)


class JobRow(Placed, table=True):
    """`completed_at` is when it first became complete; `holding` says that credits are reserved for it.

    `person` names whom a limited job is counted against, "" for one that is not: `at_once` and `per_minute` are that person's limits.
    `turn` orders those who wait in a line; what never waited in one has 0.
    """

    __tablename__ = "jobs"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        _partial("ix_jobs_due", "next_step_at", "number", where="next_step_at IS NOT NULL"),
        Index("ix_jobs_conversation", "platform", "workspace", "channel", "thread", "made_at", "number"),
        Index("ix_jobs_workspace", "platform", "workspace", "made_at", "number"),
        Index("ix_jobs_workspace_state", "platform", "workspace", "state"),
        Index("ix_jobs_author", "author_platform", "author_workspace", "author_id", "made_at", "number"),
        Index("ix_jobs_state", "state", "provider", "confirmed_at", "batch"),
        # With all that limits are held to, so that who is passed over is read without the rows.
        _partial("ix_jobs_turn", "line", *_ORDER, "platform", "person", "at_once", "per_minute", where=_WAITS),
        _partial("ix_jobs_waiting", "line", "author_platform", "author_workspace", "author_id", *_ORDER, where=_WAITS),
        _partial("ix_jobs_line", "line", "submitted_at", where="line <> ''"),
        _partial("ix_jobs_busy", "line", where=_ON_THE_WAY),
        _partial("ix_jobs_on_the_way", "person", where=f"person <> '' AND {_ON_THE_WAY}"),
        _partial("ix_jobs_begun", "submitted_at", "person", where="person <> ''"),
        _partial("ix_jobs_holding", "platform", "workspace", where="holding"),
        _partial("ix_jobs_batch", "batch", "number", where="batch <> ''"),
        _partial("ix_jobs_completed", "model", "completed_at", where="completed_at IS NOT NULL"),
    )
    id: str = Field(sa_type=Words, unique=True)
    author_platform: str = Field(sa_type=Words)
    author_workspace: str = Field(sa_type=Words)
    author_id: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    version: int
    provider: str | None = Field(default=None, sa_type=Words)
    model: str | None = Field(default=None, sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    submitted_at: datetime | None = Field(default=None, sa_type=Instant)
    completed_at: datetime | None = Field(default=None, sa_type=Instant)
    next_step_at: datetime | None = Field(default=None, sa_type=Instant)
    leased_by: str | None = Field(default=None, sa_type=Words)
    leased_until: datetime | None = Field(default=None, sa_type=Instant)
    line: str = Field(default="", sa_type=Words, sa_column_kwargs=_EMPTY)
    batch: str = Field(default="", sa_type=Words, sa_column_kwargs=_EMPTY)
    holding: bool = Field(default=False, sa_column_kwargs=_FALSE)
    person: str = Field(default="", sa_type=Words, sa_column_kwargs=_EMPTY)
    at_once: int | None = None
    per_minute: int | None = None
    turn: int = Field(default=0, sa_column_kwargs=_ZERO)
    body: str = Field(sa_type=Words)


class CardRow(Placed, table=True):
    """`wanted_at` is when the wanted revision came; `waiting_since` orders the line and starts anew at each put-off."""

    __tablename__ = "cards"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        _partial("ix_cards_behind", "waiting_since", "number", where="shown < wanted"),
        Index("ix_cards_conversation", "platform", "workspace", "channel", "thread", "number"),
    )
    id: str = Field(sa_type=Words, unique=True)
    job: str | None = Field(default=None, sa_type=Words, foreign_key="jobs.id")
    wanted: int
    shown: int = 0
    rendered: int = 0
    card: str | None = Field(default=None, sa_type=Words)
    message: str | None = Field(default=None, sa_type=Words)
    recipient: str | None = Field(default=None, sa_type=Words)
    wanted_at: datetime = Field(sa_type=Instant)
    waiting_since: datetime = Field(sa_type=Instant)
    retry_at: datetime | None = Field(default=None, sa_type=Instant)
    leased_by: str | None = Field(default=None, sa_type=Words)
    leased_until: datetime | None = Field(default=None, sa_type=Instant)


class ClipRow(Row, table=True):
    """`owner` is a person's id, `owner_name` what they are called in lower case. Its words are looked for in `search`."""

    __tablename__ = "clips"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_clips_owner", "platform", "workspace", "owner", "made_at", "number"),
        Index("ix_clips_channel", "platform", "workspace", "channel", "made_at", "number"),
        Index("ix_clips_bytes", "platform", "workspace", "owner", "shared", "trashed_at", "bytes"),
        Index("ix_clips_shared", "platform", "workspace", "shared", "made_at", "number"),
        _partial("ix_clips_expiring", "expires_at", where="expires_at IS NOT NULL"),
        _partial("ix_clips_trashed", "trashed_at", where="trashed_at IS NOT NULL"),
        Index("ix_clips_key", "key"),
        Index("ix_clips_poster", "poster"),
        Index("ix_clips_last_frame", "last_frame"),
    )
    id: str = Field(sa_type=Words, unique=True)
    platform: str = Field(sa_type=Words)
    workspace: str = Field(sa_type=Words)
    key: str = Field(sa_type=Words)
    poster: str = Field(sa_type=Words)
    last_frame: str = Field(sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    owner: str = Field(default="", sa_type=Words, sa_column_kwargs=_EMPTY)
    owner_name: str = Field(default="", sa_type=Words, sa_column_kwargs=_EMPTY)
    channel: str = Field(default="", sa_type=Words, sa_column_kwargs=_EMPTY)
    drive_path: str = Field(default="", sa_type=Words, sa_column_kwargs=_EMPTY)
    model: str = Field(default="", sa_type=Words, sa_column_kwargs=_EMPTY)
    shared: bool = Field(default=False, sa_column_kwargs=_FALSE)
    seconds: float = Field(default=0.0, sa_column_kwargs={"server_default": text("0")})
    bytes: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    trashed_at: datetime | None = Field(default=None, sa_type=Instant)
    body: str = Field(sa_type=Words)


class KeyRow(Row, table=True):
    """A Files key that a clip has claimed, before or after the clip itself is saved."""

    __tablename__ = "clip_keys"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_clip_keys_clip", "clip"),)
    key: str = Field(sa_type=Words, unique=True)
    clip: str = Field(sa_type=Words)


class AssetRow(Row, table=True):
    __tablename__ = "assets"  # pyright: ignore[reportAssignmentType]
    id: str = Field(sa_type=Words, unique=True)
    body: str = Field(sa_type=Words)


class NoteRow(Row, table=True):
    __tablename__ = "notes"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_notes_until", "until"),)
    key: str = Field(sa_type=Words, unique=True)
    text: str = Field(sa_type=Words)
    until: datetime = Field(sa_type=Instant)


class LineRow(Row, table=True):
    """A line that was told to wait, or is locked while turns are given; `turn` is the highest that was let in."""

    __tablename__ = "lines"  # pyright: ignore[reportAssignmentType]
    name: str = Field(sa_type=Words, unique=True)
    paused_until: datetime | None = Field(default=None, sa_type=Instant)
    turn: int = Field(default=0, sa_column_kwargs=_ZERO)


class LedgerRow(Row, table=True):
    __tablename__ = "ledger"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (
        Index("ix_ledger_job", "job", "number"),
        Index("ix_ledger_person", "platform", "workspace", "person_id", "at"),
        Index("ix_ledger_channel", "platform", "workspace", "channel", "at"),
        Index("ix_ledger_place", "platform", "workspace", "at", "number"),
    )
    kind: str = Field(sa_type=Words)
    credits: Decimal = Field(sa_type=Money)
    job: str = Field(sa_type=Words, foreign_key="jobs.id")
    platform: str = Field(sa_type=Words)
    workspace: str = Field(sa_type=Words)
    person_id: str = Field(sa_type=Words)
    person_name: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=Instant)
    channel: str = Field(default="", sa_type=Words, sa_column_kwargs=_EMPTY)
    model: str = Field(default="", sa_type=Words, sa_column_kwargs=_EMPTY)


class PolicyRow(Row, table=True):
    """What admins decided of a workspace, or of one of its channels."""

    __tablename__ = "policies"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (UniqueConstraint("platform", "workspace", "channel"),)
    platform: str = Field(sa_type=Words)
    workspace: str = Field(sa_type=Words)
    channel: str = Field(sa_type=Words)
    version: int
    body: str = Field(sa_type=Words)


class ChangeRow(Row, table=True):
    __tablename__ = "audit"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("ix_audit_place", "platform", "workspace", "number"),)
    platform: str = Field(sa_type=Words)
    workspace: str = Field(sa_type=Words)
    channel: str = Field(sa_type=Words)
    person_id: str = Field(sa_type=Words)
    person_name: str = Field(sa_type=Words)
    what: str = Field(sa_type=Words)
    was: str = Field(sa_type=Words)
    now: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=Instant)


class ClaimRow(Row, table=True):
    """What only one of several replicas does, and which one until when."""

    __tablename__ = "claims"  # pyright: ignore[reportAssignmentType]
    name: str = Field(sa_type=Words, unique=True)
    worker: str = Field(sa_type=Words)
    until: datetime = Field(sa_type=Instant)
