"""Which execution is whose: VideoGen echoes nothing of an order and dates nothing, so it is noted what was there before each."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from adapters.kit.http import Client
from adapters.video.videogen.notes import Notes
from adapters.video.videogen.wire import answers, calls
from bot.domain.errors import Unavailable, Unclear
from bot.ports.clock import Clock
from bot.ports.video import Order

KEEP = timedelta(days=30)
PAGE, MOST_PAGES = 200, 10
AROUND = timedelta(minutes=2)
"""An order sent this long before another may still have landed after it."""
ANSWERING = timedelta(seconds=70)
"""So long after it was sent an order may still be answered: the paid call is given up after sixty."""
NOBODY = "-"
"""Noted where nothing had been made yet: an execution's id looks otherwise."""
_UNANSWERED = "unanswered"


class Orders:
    """The list holds only an id and a tool for each execution, newest first; it is cut at the newest one that was there before.

    It holds those of the key's owner alone. What another program of the same owner begins in the very moment an answer is lost cannot
    be told from the order's own: the bot is best given an account that nothing else uses.
    """

    def __init__(self, client: Client, notes: Notes, clock: Clock) -> None:
        self._client, self._notes, self._clock = client, notes, clock
        self._marking = asyncio.Lock()
        self._log = structlog.get_logger()

    async def begin(self, key: str) -> str:
        """The task that this order has already, else nothing, once it is noted what was there before it.

        An order whose answer was lost before keeps what was noted then. Raises Unavailable and what the list is refused with.
        """
        if task := await self._notes.get(_task_of(key)):
            return task
        if not await self._notes.get(_before(key)):
            page = await self._client.ask(calls.executions(limit=1), answers.page)
            newest = next((one.tool_execution_id for one in page.tool_executions), NOBODY)
            await self._note(_before(key), newest)
        await self._mark(key, answered=False)
        return ""

    async def took(self, key: str, task: str) -> None:
        """VideoGen took the order. Never raises: the task matters more than the note of it."""
        try:
            await self._note(_task_of(key), task)
            await self._note(_owner_of(task), key)
            await self._mark(key, answered=True)
        except Unavailable as error:
            self._log.error("a taken order was not noted", action="videogen.unnoted", task=task, why=error.message)

    async def refused(self, key: str) -> None:
        """VideoGen certainly did not take the order: nothing of it is to be looked for. Never raises."""
        try:
            await self._note(_before(key), "")
            await self._mark(key, answered=True)
        except Unavailable as error:
            self._log.warning("a refused order was not noted", action="videogen.unnoted", why=error.message)

    async def find(self, order: Order) -> str | None:
        """The task of an order whose answer was lost, None where there is none. Raises Unclear, and Unavailable while that may change."""
        if task := await self._notes.get(_task_of(order.key)):
            return task
        before = await self._notes.get(_before(order.key))
        if before == "" or (before is None and self._notes.lasting and self._clock.now() - order.sent_at < KEEP):
            return None  # it was refused; or it ended before its call, as the note comes first
        if before is None:
            raise Unclear("what VideoGen had made before this order is not known any more")
        since = await self._since(before)
        clips = [one.tool_execution_id for one in since if one.tool_type == answers.VIDEO_CLIP]
        free = [id for id in clips if await self._notes.get(_owner_of(id)) in (None, order.key)]
        if not free:
            return None
        await self._check_alone(order, free, [one.tool_execution_id for one in since])
        await self.took(order.key, free[0])
        return free[0]

    async def _since(self, before: str) -> list[answers.Listed]:
        """What was begun after `before`, newest first. Raises Unclear where the list does not reach back to it."""
        found, cursor, more = list[answers.Listed](), "", True
        for _ in range(MOST_PAGES):
            page = await self._client.ask(calls.executions(PAGE, cursor), answers.page)
            for one in page.tool_executions:
                if one.tool_execution_id == before:
                    return found
                found.append(one)
            cursor = page.next_cursor or ""
            more = page.has_more and bool(cursor)
            if not more:
                break
        if before == NOBODY and not more:
            return found
        raise Unclear("its list does not reach back to this order")

    async def _check_alone(self, order: Order, free: Sequence[str], since: Sequence[str]) -> None:
        """Raises Unclear where what was found may be another order's, Unavailable while that one may still be answered."""
        rivals = [
            at for key, at in (await self._unanswered()).items() if await self._rivals(order, key, at, free, since)
        ]
        if rivals and self._clock.now() - max(rivals) < ANSWERING:
            raise Unavailable("another order is on its way, and its answer tells which is whose")
        if rivals or len(free) > 1:
            raise Unclear(f"{len(free)} of its films may be this order's")

    async def _rivals(self, order: Order, key: str, at: datetime, free: Sequence[str], since: Sequence[str]) -> bool:
        """Whether another order may have begun one of these: not what was there before it."""
        if key == order.key or at < order.sent_at - AROUND:
            return False
        before = await self._notes.get(_before(key))
        after = since[: since.index(before)] if before in since else since
        return not set(free).isdisjoint(after)

    async def _unanswered(self) -> Mapping[str, datetime]:
        held = json.loads(await self._notes.get(_UNANSWERED) or "{}")
        return {key: datetime.fromisoformat(at) for key, at in held.items()}

    async def _mark(self, key: str, *, answered: bool) -> None:
        """One note holds all orders, so that they can be listed.

        Two bots that write it in the same instant may lose a mark; then only the number of films tells one lost answer from another.
        """
        async with self._marking:
            now = self._clock.now()
            held = {one: at for one, at in (await self._unanswered()).items() if one != key and now - at < KEEP}
            marks = held if answered else {**held, key: now}
            await self._note(_UNANSWERED, json.dumps({one: at.isoformat() for one, at in marks.items()}))

    async def _note(self, key: str, text: str) -> None:
        await self._notes.put(key, text, self._clock.now() + KEEP)


def _before(key: str) -> str:
    return f"before:{key}"


def _task_of(key: str) -> str:
    return f"order:{key}"


def _owner_of(task: str) -> str:
    return f"task:{task}"
