"""Threads that do what the event loop asks for."""

import asyncio
import threading

import pytest

from adapters.storage.sql.hands import Hands


async def test_so_many_at_once_and_no_more_threads_than_are_needed():
    hands, gate, here = Hands(2, "hand"), threading.Event(), threading.Semaphore(0)

    def wait() -> str:
        here.release()
        assert gate.wait(10)
        return threading.current_thread().name

    asked = [hands.do(wait) for _ in range(5)]
    for _ in range(2):
        assert await asyncio.to_thread(here.acquire, timeout=10)
    assert not here.acquire(blocking=False), "a third one began"
    gate.set()
    assert set(await asyncio.gather(*asked)) == {"hand-0", "hand-1"}
    hands.close()

    alone = Hands(8, "one")
    names = [await alone.do(lambda: threading.current_thread().name) for _ in range(20)]
    alone.close()
    assert len(set(names)) <= 2, "one that was free was passed over"


async def test_what_breaks_is_told_to_whoever_asked_and_to_nobody_else():
    hands = Hands(1, "hand")
    with pytest.raises(ZeroDivisionError):
        await hands.do(lambda: 1 // 0)
    assert await hands.do(lambda: 1) == 1
    hands.close()


async def test_who_does_not_wait_any_more_keeps_nobody_from_the_next():
    hands, gate = Hands(1, "hand"), threading.Event()
    given_up = hands.do(lambda: gate.wait(10))
    given_up.cancel()
    gate.set()
    assert await hands.do(lambda: 2) == 2
    hands.close()


async def test_closing_finishes_what_was_asked_for_and_takes_no_more():
    hands, done = Hands(1, "hand"), []
    asked = [hands.do(lambda number=number: done.append(number)) for number in range(5)]
    await asyncio.to_thread(hands.close)
    await asyncio.gather(*asked)
    assert done == [0, 1, 2, 3, 4]
    with pytest.raises(RuntimeError, match="closed"):
        hands.do(lambda: None)
