"""What is told about the work for whoever watches the machines: how often, how long, how it ended. Never a person's words, never a secret."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Watch(Protocol):
    """Labels take few values, such as a state, a provider or a kind of error: never an id."""

    def step(self, name: str, **labels: str) -> AbstractContextManager[object]:
        """A piece of work, counted and timed from entering to leaving, with the error's kind where it raises; a span where traces are collected."""
        ...

    def count(self, name: str, amount: float = 1, **labels: str) -> None: ...


class Unwatched:
    """Nobody watches."""

    def step(self, name: str, **labels: str) -> AbstractContextManager[object]:
        del name, labels
        return nullcontext()

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        del name, amount, labels
