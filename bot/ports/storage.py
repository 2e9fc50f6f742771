"""What is remembered: one small Protocol for each thing. Every method is one transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.budget import Budget
from bot.domain.card import Card, Posting
from bot.domain.chat import ChatEvent, Conversation, Message, MessageRef, Person
from bot.domain.drive import Asset, Clip, Found, Wanted
from bot.domain.job import Job, State
from bot.domain.ledger import LedgerEntry
from bot.domain.standing import Standing
from bot.ports.ledger import Ledger
from bot.ports.lines import Lines
from bot.ports.passing import Passing
from bot.ports.policies import Policies


class Inbox(Protocol):
    """Events as they came, each once by its key, until they are done."""

    async def receive(self, event: ChatEvent, at: datetime) -> bool:
        """False where an event of this key is there already."""
        ...

    async def claim(
        self, platforms: Collection[str], worker: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[tuple[ChatEvent, int]]:
        """Events on these platforms that are not done and not leased, oldest first, now leased to `worker` until `until`.

        Each comes with how often somebody began on it before.
        """
        ...

    async def done(self, key: str, at: datetime) -> None: ...

    async def renew(self, worker: str, keys: Collection[str], until: datetime) -> None: ...

    async def messages(self, conversation: Conversation, skip: int = 0) -> Sequence[tuple[datetime, Message]]:
        """What people wrote here, oldest first, without the first `skip`."""
        ...


class Jobs(Protocol):
    async def add(self, job: Job) -> bool:
        """Saves a new job and its card's place (wanted = the job's version); False where the id is there already."""
        ...

    async def get(self, id: str) -> Job | None: ...

    async def save(
        self,
        job: Job,
        ledger: Sequence[LedgerEntry] = (),
        *,
        calls: Sequence[Job] = (),
        within: Sequence[Budget] = (),
        hold: bool = False,
    ) -> None:
        """Saves the job after exactly one move, with its ledger entries, and wants its card shown anew: all or nothing.

        Ends the job's lease, unless `hold` says that its worker goes on with it. Raises Stale unless the stored version is `job.version - 1`.
        `calls` are new jobs to add with it, which have no card of their own.

        Raises Overspent, with nothing saved, where what these entries reserve does not fit in each budget of `within`. No two callers are
        given the same credits.
        """
        ...

    async def claim(
        self, platforms: Collection[str], worker: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Job]:
        """Jobs of conversations on these platforms whose `next_step_at` has come and whose lease, if any, ran out; earliest first; now leased to `worker` until `until`.

        No two callers are given the same job: one statement with SKIP LOCKED on PostgreSQL, one immediate transaction on SQLite.
        """
        ...

    async def rest(self, job: Job, worker: str, until: datetime) -> None:
        """Ends `worker`'s lease and has the job come back then: nothing about it is new, so it stays as it is and its card with it.

        Nothing happens where the job was moved meanwhile.
        """
        ...

    async def renew(self, worker: str, ids: Collection[str], until: datetime) -> None:
        """Keeps leases that `worker` still holds."""
        ...

    async def find(
        self,
        *,
        conversation: Conversation | None = None,
        workspace: tuple[str, str] | None = None,
        author: Person | None = None,
        states: Collection[State] = (),
        batch: str | None = "",
        limit: int = 50,
    ) -> Sequence[Job]:
        """Newest first. `workspace` is (platform, workspace); an author is matched by platform, workspace and id; no states means all.

        Calls of a batch are found only as those of this `batch`; None finds them like any job.
        """
        ...


class Cards(Protocol):
    """Where each card stands: the chat is brought to `wanted`, one edit at a time."""

    async def say(self, id: str, conversation: Conversation, card: Card, to: Person | None = None) -> None:
        """A card of no job, said once: nothing happens where the id is there already."""
        ...

    async def behind(
        self, platforms: Collection[str], worker: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Posting]:
        """Cards on these platforms with shown < wanted, not leased and not put off; now leased to `worker`. Oldest wait first."""
        ...

    async def take(
        self, id: str, worker: str, now: datetime, until: datetime, *, put_off: datetime | None = None
    ) -> Posting | None:
        """Leases this one card if it is behind, not leased and not put off, at least not after `put_off`; None otherwise."""
        ...

    async def revise(self, id: str, card: Card) -> None:
        """Wants another card in the place of one of no job; nothing happens where there is none of this id."""
        ...

    async def render(self, id: str, revision: int, card: Card) -> None:
        """Stores the card as it will be shown at this revision; an older one never replaces a newer."""
        ...

    async def shown(
        self, id: str, worker: str, revision: int, message: MessageRef | None, retry_at: datetime | None = None
    ) -> None:
        """Ends the lease: the chat shows this revision; or with `retry_at`, it does not and is to be tried again then.

        Where `worker` has lost the lease, whoever holds it now shows the card. What came over a newer one meanwhile is then shown again:
        the card counts as shown up to this revision only.
        """
        ...

    async def get(self, id: str) -> Posting | None: ...

    async def revisions(self, conversation: Conversation) -> Mapping[str, int]:
        """Card ids of a conversation, oldest first, with the revision last rendered (0: not yet)."""
        ...


class Clips(Protocol):
    async def add(self, clip: Clip) -> None:
        """Saves the clip; nothing happens where its id is there already."""
        ...

    async def get(self, id: str) -> Clip | None: ...

    async def at(self, key: str) -> Clip | None:
        """The clip whose film, poster or last frame lies under this Files key."""
        ...

    async def find(self, wanted: Wanted, skip: int = 0, limit: int = 10) -> Found:
        """Newest first, without the first `skip`."""
        ...

    async def change(self, clip: Clip) -> None:
        """Saves a clip after one change. Raises Stale unless the stored version is `clip.version - 1`."""
        ...

    async def expired(self, now: datetime, limit: int) -> Sequence[Clip]:
        """Temporary clips whose time is over, and those whose time in the trash is; none that a job which is not over yet is to join."""
        ...

    async def forget(self, id: str) -> None:
        """Forgets the clip and its reserved keys."""
        ...


class Names(Protocol):
    """Which clip holds which Files key, before and after the clip itself is saved; and how full a Drive is."""

    async def reserve(self, clip: str, key: str) -> bool:
        """Claims a key for this clip. True also where it holds it already; False where another clip does."""
        ...

    async def held(self, clip: str) -> Sequence[str]:
        """Every key that this clip claimed."""
        ...

    async def release(self, clip: str, key: str) -> None:
        """Gives the key back; nothing happens where the clip does not hold it."""
        ...

    async def used(self, workspace: tuple[str, str], owner: str | None = None) -> int:
        """How many bytes the films there take, without those in the trash: of (platform, workspace), or of one person's own Drive by their id."""
        ...


class Assets(Protocol):
    async def add(self, asset: Asset) -> None:
        """Saves an input file's row; nothing happens where its id is there already."""
        ...

    async def get(self, id: str) -> Asset | None: ...


class Claims(Protocol):
    """Who of several replicas does what only one may do, such as being connected as a shard."""

    async def take(self, name: str, worker: str, now: datetime, until: datetime) -> bool:
        """Whether it is this worker's until then: it was nobody's, or its own already, or its time had run out."""
        ...

    async def drop(self, name: str, worker: str) -> None:
        """Gives it back; nothing happens where it is another's."""
        ...


class Statistics(Protocol):
    async def ahead(self, job: Job) -> int:
        """How many are let in before it: of its line, else the queued jobs of the same provider that were confirmed earlier; MANY_AHEAD for so many or more.

        Who has as many films on the way as they may is passed over, and does not count.
        """
        ...

    async def typical_seconds(self, model: str) -> float | None:
        """The median time from submission to completion of the last 20 jobs of this model, None under 3."""
        ...

    async def counts(self) -> Mapping[State, int]:
        """Jobs by state; the calls of a batch are not counted beside it."""
        ...

    async def standing(self, now: datetime) -> Standing:
        """How much waits and for how long, over all replicas."""
        ...


class Notes(Protocol):
    """What an adapter keeps in mind across restarts and replicas: short texts by key, such as what it sent and under which id it was taken."""

    async def get(self, key: str) -> str | None: ...

    async def put(self, key: str, text: str, until: datetime) -> None:
        """Replaces what was noted under this key. It may be forgotten after `until`."""
        ...

    async def swap(self, key: str, before: str | None, text: str, until: datetime) -> bool:
        """As `put`, but only where exactly `before` is noted, None for nothing; False, and nothing noted, where it is not."""
        ...

    async def forget(self, now: datetime) -> None:
        """Drops what was to be kept until before `now`."""
        ...


class Storage(Protocol):
    @property
    def inbox(self) -> Inbox: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def assets(self) -> Assets: ...
    @property
    def clips(self) -> Clips: ...
    @property
    def names(self) -> Names: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def claims(self) -> Claims: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def statistics(self) -> Statistics: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def passing(self) -> Passing: ...

    async def aclose(self) -> None: ...
