"""The lines that jobs wait in."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.chat import Conversation
from bot.domain.job import Job, Others


class Lines(Protocol):
    """Who waits for a provider's places: queued jobs of one `line` that have no next step, over all replicas.

    A job that is `limited` waits for its author too: of the same author's limited jobs, whichever lines they are in, it is let in only as one
    of at most `job.at_once` that are on their way, and of at most `job.per_minute` that begin within a minute. It holds up nobody else meanwhile.
    """

    async def waiting(self, now: datetime, on: Collection[str] | None = None) -> Sequence[str]:
        """The lines in which somebody waits and which are not paused. `on` are the platforms whose jobs are meant, None for all."""
        ...

    async def admit(
        self,
        line: str,
        now: datetime,
        *,
        at_once: int | None,
        per_minute: int | None,
        on: Collection[str] | None = None,
    ) -> Sequence[str]:
        """Gives a turn to as many as there is room for: each of these jobs is due now. None is no limit.

        Turns go round: everybody who waits has one film let in before anybody has another. Who has nothing on the way takes part in the present round,
        who has in the next, and within one who confirmed first comes first; who is at a limit of their own is passed over and keeps the turn. Room is `at_once` less the jobs let in,
        sent or rendering since a day ago at most, and `per_minute` less those sent in the last minute. No two callers fill the same
        place. Let in are only jobs `on` these platforms: one that nobody carries on would keep its place from all others.
        """
        ...

    async def pause(self, line: str, until: datetime) -> None:
        """Nobody is let in before."""
        ...

    async def others(self, job: Job, now: datetime) -> Others:
        """The films that its author's limits count, and those of its author that wait before it in its line, MANY_AHEAD for so many or more."""
        ...

    async def places(self) -> Sequence[tuple[Conversation, int | None, int | None]]:
        """Where jobs wait that go to a provider: each channel, its thread left out, with the (at_once, per_minute) that they are measured by."""
        ...

    async def measure(self, place: Conversation, at_once: int | None, per_minute: int | None) -> None:
        """Whatever waits in this channel for a provider is measured by these from now on."""
        ...
