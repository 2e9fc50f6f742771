"""Work beside the answers: kept until it ends, and ended with the platform."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()


class Chores:
    """Nothing that is done here ever raises out of it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = True

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        """None once the platform is closed."""
        if not self._open:
            work.close()
            return None
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            log.exception("Work beside the chat broke", action="chat.chore")

    async def aclose(self) -> None:
        self._open = False
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
