"""Threads that are asked from the event loop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import Any, TypeVar

T = TypeVar("T")
Asked = tuple[asyncio.AbstractEventLoop, asyncio.Future[Any], Callable[[], Any]]


class Hands:
    """At most so many threads, each begun when something is to be done and nobody is free.

    An executor keeps a future with a lock of its own for each call and copies it to the loop's; that took as long as a short statement.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._asked: SimpleQueue[Asked | None] = SimpleQueue()
        self._free = Semaphore(0)
        self._threads: list[Thread] = []
        self._open = True

    def do(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """Raises RuntimeError once it is closed."""
        if not self._open:
            raise RuntimeError("nothing is done any more: this is closed")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._asked.put((loop, done, work))
        if not self._free.acquire(blocking=False) and len(self._threads) < self._most:
            thread = Thread(target=self._serve, name=f"{self._name}-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return done

    def close(self) -> None:
        """Finishes what was asked for."""
        self._open = False
        for _ in self._threads:
            self._asked.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while (asked := self._asked.get()) is not None:
            _answer(*asked)
            del asked  # what came of it is not kept until somebody asks again
            self._free.release()


def _answer(loop: asyncio.AbstractEventLoop, done: asyncio.Future[Any], work: Callable[[], Any]) -> None:
    given, error = None, None
    try:
        given = work()
    except BaseException as broke:  # noqa: BLE001 - whoever asked is told
        error = broke
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(_settle, done, given, error)


def _settle(done: asyncio.Future[Any], given: object, error: BaseException | None) -> None:
    if done.cancelled():
        return
    if error is None:
        done.set_result(given)
    else:
        done.set_exception(error)
