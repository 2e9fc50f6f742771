"""Opening a local file off the event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import BinaryIO


@asynccontextmanager
async def opened(opening: Callable[[], BinaryIO]) -> AsyncIterator[BinaryIO]:
    """What `opening` opens in a thread, closed afterwards, also where its reader goes away while it is still being opened."""
    task = asyncio.create_task(asyncio.to_thread(opening))
    try:
        file = await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_close)  # a thread cannot be stopped
        raise
    try:
        yield file
    finally:
        file.close()


def _close(task: asyncio.Task[BinaryIO]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()
