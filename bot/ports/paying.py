"""The last moment before a paid call goes out: whoever makes it looks once more whether it is still to be made."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Look = Callable[[], Awaitable[None]]


async def _free() -> None:
    """Nobody minds."""


_LOOK: ContextVar[Look] = ContextVar("look", default=_free)


@contextmanager
def looking(look: Look) -> Iterator[None]:
    """Paid calls that are made within look so first. It reaches them past every adapter, which has no part in it."""
    token = _LOOK.set(look)
    try:
        yield
    finally:
        _LOOK.reset(token)


async def last_look() -> None:
    """To be awaited when all is ready and nothing is sent yet. What it raises holds the call back."""
    await _LOOK.get()()
