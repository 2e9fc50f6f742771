"""What is told about the work for whoever watches the machines: how often, how long, how it ended. Never a person's words, never a secret."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from bot.domain.job import Job
from bot.domain.standing import Standing


class Step(Protocol):
    """A piece of work that is being done."""

    def note(self, **labels: str) -> None:
        """What turns out on the way, such as a status."""
        ...


class Watch(Protocol):
    """Labels take few values, such as a state, a provider or a kind of error: never an id. Nothing here raises, nor waits for anybody."""

    def step(self, name: str, *, of: str = "", **labels: str) -> AbstractContextManager[Step]:
        """A piece of work, counted and timed from entering to leaving, with the error's kind where it raises; a span where traces are collected.

        `of` is the job (of a batch, the one that people see) whose trace it belongs to; a step within a step belongs where that does.
        """
        ...

    def count(self, name: str, amount: float = 1, **labels: str) -> None: ...

    def took(self, name: str, seconds: float, **labels: str) -> None:
        """A time that was measured elsewhere."""
        ...

    def moved(self, job: Job) -> None:
        """The job was saved in another state than before."""
        ...

    async def page(self, standing: Standing | None, problems: Mapping[str, str]) -> tuple[bytes, str] | None:
        """What was counted, and its type of content, for whoever collects it; None where nobody does.

        `standing` is None while the database does not answer, `problems` are what is not well with this process.
        """
        ...

    async def aclose(self) -> None:
        """Hands over what is still to be told, within a few seconds."""
        ...


class Unnoted:
    """Nobody wants to know."""

    def note(self, **labels: str) -> None:
        del labels


class Unwatched:
    """Nobody watches."""

    def step(self, name: str, *, of: str = "", **labels: str) -> AbstractContextManager[Step]:
        del name, of, labels
        return nullcontext(_UNNOTED)

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        del name, amount, labels

    def took(self, name: str, seconds: float, **labels: str) -> None:
        del name, seconds, labels

    def moved(self, job: Job) -> None:
        del job

    async def page(self, standing: Standing | None, problems: Mapping[str, str]) -> tuple[bytes, str] | None:
        del standing, problems

    async def aclose(self) -> None:
        """There is nothing to hand over."""


_UNNOTED = Unnoted()
