"""How much waits and for how long, all replicas taken together: what is asked of the database for whoever watches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.job import State


@dataclass(frozen=True, slots=True)
class Backlog:
    """`seconds` is how long the oldest of them waits; 0 where there is none."""

    waiting: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Queue:
    """Confirmed jobs of one provider and line that were not sent yet."""

    provider: str
    line: str
    backlog: Backlog


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`due` are jobs whose next step could be made and which nobody took; `events` and `cards` are by platform, those that are done left out."""

    jobs: Mapping[State, int]
    queues: Sequence[Queue] = ()
    due: Backlog = Backlog()
    events: Mapping[str, Backlog] = field(default_factory=dict)
    cards: Mapping[str, Backlog] = field(default_factory=dict)
