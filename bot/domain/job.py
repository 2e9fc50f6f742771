"""A job: one confirmed wish on its way to a film, and the only moves it may make.

awaiting_confirmation -> queued -> submitting -> processing -> finalizing -> complete
with the ends error, cancelled, declined, expired, and unclear, where a person must decide.
"""

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from bot.domain.card import Action
from bot.domain.chat import Conversation, Person
from bot.domain.drive import Clip
from bot.domain.model import Choice
from bot.domain.pricing import Quote
from bot.domain.request import VideoRequest


class State(StrEnum):
    awaiting_confirmation = "awaiting_confirmation"
    queued = "queued"
    submitting = "submitting"
    processing = "processing"
    finalizing = "finalizing"
    complete = "complete"
    error = "error"
    cancelled = "cancelled"
    declined = "declined"
    expired = "expired"
    unclear = "unclear"


MOVES: Mapping[State, frozenset[State]] = {
    State.awaiting_confirmation: frozenset({State.queued, State.declined, State.expired}),
    # queued -> processing: the answer of a call that was thought never to have started came after all.
    State.queued: frozenset({State.submitting, State.processing, State.cancelled, State.error}),
    State.submitting: frozenset({State.queued, State.processing, State.unclear, State.cancelled, State.error}),
    State.processing: frozenset({State.finalizing, State.cancelled, State.error}),
    State.finalizing: frozenset({State.complete, State.cancelled, State.error}),
    State.unclear: frozenset({State.queued, State.processing, State.error}),
    State.complete: frozenset(),
    State.error: frozenset(),
    State.cancelled: frozenset(),
    State.declined: frozenset(),
    State.expired: frozenset(),
}

BATCH_MOVES: Mapping[State, frozenset[State]] = {
    # A batch makes no paid call of its own: its calls do, and it ends when they have.
    State.awaiting_confirmation: frozenset({State.processing}),
    State.processing: frozenset({State.complete, State.unclear}),
    State.unclear: frozenset({State.complete, State.cancelled}),
}
"""What a job of several calls may do besides."""

ENDED = frozenset(state for state, onward in MOVES.items() if not onward)
RUNNING = frozenset({State.queued, State.submitting, State.processing, State.finalizing})


MANY_AHEAD = 500
"""So many before one in line, or more: they are not counted further."""


def counted(ahead: int) -> str:
    """How many that is in words."""
    return f"{ahead} or more" if ahead >= MANY_AHEAD else str(ahead)


class ForbiddenMove(ValueError):
    """A move that is not in MOVES: a bug in a flow, never a person's doing."""


class Charged(StrEnum):
    no = "no"
    maybe = "maybe"
    yes = "yes"


@dataclass(frozen=True, slots=True)
class Failure:
    """What a person is told when a job ends badly: what happened, whether it cost anything, what to do next."""

    say: str
    charged: Charged
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTask:
    """How to find a submitted task again; `key_name` names the credential, never holds it."""

    id: str
    route: str = ""
    region: str = ""
    key_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A result as the provider holds it: `id` is a URL or handle that its own `download` understands."""

    id: str
    mime: str = "video/mp4"
    last_frame: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Parent:
    """The film that a wish came from, by its clip's id and its Drive path then, and which button was pressed under it."""

    clip: str
    path: str
    how: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the provider made, and how much of it is home: `clips` are on the Drive, the first `delivered` of them in the chat.

    `notes` are the provider's sentences about what it could not do as asked.

    `credits` is what the provider reports it cost, None where it reports nothing and the quote stands. `seed` is the first film's, the
    next are one higher each; `seeds` are those of a batch, film by film. `sheet` is the Files key of a numbered contact sheet of several films.
    """

    files: tuple[RemoteFile, ...]
    clips: tuple[Clip, ...] = ()
    delivered: int = 0
    credits: Decimal | None = None
    seed: int | None = None
    notes: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far the films of a batch are, as its card counts them; the rest of `films` are being made.

    While none has begun, so many others are let in `ahead` of the first. `asking` is the id of the call that the card asks a person
    about, "" where it asks nothing, and `asked` that call's version since when it is unclear. `held` says why the next call waits for other
    films of its author, "" where it does not.
    """

    films: int
    ready: int = 0
    in_line: int = 0
    failed: int = 0
    ahead: int = 0
    asking: str = ""
    asked: int = 0
    held: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Films of one person that are counted against limits of theirs: `on_the_way`, `begun` within the last minute, and waiting `before` one in line."""

    on_the_way: int = 0
    begun: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Times are aware UTC; `eta` is in seconds from `changed_at`; `progress` is from 0 to 1.

    `state_version` is the version at which the present state began. `asked_version` is the version at which the present question about money (a price, an unclear call) first stood on the card, at
    `asked_at`: an answer to an older card does not count. `answered_with` is the key of the event that answered the last one, so that
    its redelivery answers nothing twice. `agreed_by` is who said the first yes to a price that needs a second person's too, with the event of key `agreed_with`. `trouble` says in words why the present step is being tried again, where that is our own fault.
    `attempt` counts the confirmations that each allow one paid call; `tries` counts failures of the present step in a row. `stopping` is true from a cancel until the
    provider has been asked to stop. `sheet` is the Files key of the contact sheet of the inputs.

    `line` names whom it shares a provider's places with; a queued job of a line without a `next_step_at` waits for its turn. A wish
    that takes several `calls` is a batch: each call is a job of its own, whose `batch` is the id of the one job people see, and `tally`
    is what that one's card counts. `parent` is there where the wish came from a button under a film. `at_once` and `per_minute` are how many
    films of its author may be on their way and begin in a minute where it is made; they hold while it waits in line, and it is counted against them then.
    """

    id: str
    conversation: Conversation
    author: Person
    request: VideoRequest
    made_at: datetime
    changed_at: datetime
    choice: Choice | None = None
    quote: Quote | None = None
    problems: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    sheet: str = ""
    state: State = State.awaiting_confirmation
    version: int = 1
    state_version: int = 1
    asked_version: int = 1
    asked_at: datetime | None = None
    answered_with: str = ""
    confirmed_by: Person | None = None
    confirmed_at: datetime | None = None
    agreed_by: Person | None = None
    agreed_with: str = ""
    attempt: int = 0
    provider_task: ProviderTask | None = None
    submitted_at: datetime | None = None
    progress: float | None = None
    eta: float | None = None
    result: Result | None = None
    failure: Failure | None = None
    tries: int = 0
    trouble: str = ""
    stopping: bool = False
    next_step_at: datetime | None = None
    line: str = ""
    batch: str = ""
    calls: int = 1
    tally: Tally | None = None
    parent: Parent | None = None
    at_once: int | None = None
    per_minute: int | None = None

    @property
    def limited(self) -> bool:
        """Whether it waits in line for other films of its author too."""
        return bool(self.line) and (self.at_once is not None or self.per_minute is not None)

    @property
    def waits(self) -> bool:
        """Whether it waits in line for its turn."""
        return bool(self.line) and self.state is State.queued and self.next_step_at is None

    @property
    def order_key(self) -> str:
        """The idempotency key of the one paid call that the present confirmation allows, however often it is tried."""
        return f"{self.id}-{self.attempt}"

    @property
    def card_id(self) -> str:
        return card_id(self.id)

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def waits_for_second(self) -> bool:
        """Whether the question on its card (a price, a call to be made again) was answered by one person, and needs another's yes."""
        asks = self.state in {State.awaiting_confirmation, State.unclear} or bool(self.tally and self.tally.asking)
        return self.agreed_by is not None and asks

    def answered(self, key: str) -> bool:
        """Whether the event of this key answered it before: it may be heard twice."""
        return key in {self.answered_with, self.agreed_with}

    def move(self, state: State, at: datetime, **changes: Any) -> "Job":
        """The job after this move, its version one higher. A change within one state is a move to the same state.

        Raises ForbiddenMove for a move that MOVES does not have, nor BATCH_MOVES where it takes several calls.
        """
        batch = BATCH_MOVES.get(self.state, frozenset()) if changes.get("calls", self.calls) > 1 else frozenset()
        if state is not self.state and state not in MOVES[self.state] | batch:
            raise ForbiddenMove(f"job {self.id} cannot go from {self.state} to {state}")
        if state is not self.state:
            changes.setdefault("state_version", self.version + 1)
            changes.setdefault("tries", 0)
            changes.setdefault("trouble", "")
        return replace(self, state=state, version=self.version + 1, changed_at=at, **changes)


def job_id(event_key: str) -> str:
    """The id of the job that an event starts: the same event always gives the same id, so a redelivery starts nothing twice."""
    return f"J-{b32encode(hashlib.sha256(event_key.encode()).digest())[:10].decode()}"


def call_id(batch: str, number: int) -> str:
    """The id of a batch's call, numbered from 1: made twice, it is the same."""
    return f"{batch}-{number}"


def call_number(id: str) -> int:
    return int(id.rpartition("-")[2])


def card_id(job: str) -> str:
    """The id of a job's card; one that belongs to no job and was said in answer to an event is its own."""
    return job if job.startswith("S-") else f"C-{job.removeprefix('J-')}"


def reply_id(event_key: str) -> str:
    """The id of the one card that answers an event."""
    return job_id(event_key).replace("J-", "S-", 1)
