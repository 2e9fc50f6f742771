"""The task of an order whose answer was lost, looked up by its prompt: the provider takes no key of ours."""

import asyncio
from datetime import timedelta
from unicodedata import normalize

from adapters.kit.http import Client
from adapters.video.wan.memory import Memory
from adapters.video.wan.wire import answers
from adapters.video.wan.wire.answers import Item, Lost, Status
from adapters.video.wan.wire.create import sent_prompt, wire_model
from bot.domain.errors import Unavailable, Unclear
from bot.ports.clock import Clock
from bot.ports.video import Order

LISTED = timedelta(hours=23)  # a task is listed for 24 hours
SKEW = timedelta(minutes=10)  # how far our clock and theirs may be apart
ANSWERED = timedelta(seconds=15)  # by then an order of the same words, sent by another replica, has its answer
MOST_PAGES = 20
MOST_CANDIDATES = 40
LEAST_CUT = 200  # letters of a prompt that another which was cut off would share
UNPAID = frozenset({Status.failed, Status.canceled})


class Finding:
    """One order at a time: two that were lost with the same words must not be given the same task."""

    def __init__(self, client: Client, memory: Memory, clock: Clock) -> None:
        self._client, self._memory, self._clock = client, memory, clock
        self._one = asyncio.Lock()

    async def task(self, order: Order) -> str | None:
        """None where no task of the last hours can be it. Raises Unclear where that cannot be told, Unavailable where it can later."""
        if self._clock.now() - order.sent_at > LISTED:
            raise Unclear("the order is older than what the provider still lists")
        async with self._one:
            found = await self._match(order)
            if found is not None:
                await self._memory.keep(found, order.key)
            return found

    async def _match(self, order: Order) -> str | None:
        unknown: dict[str, Item] = {}
        for item in await self._listed(order):
            owner = await self._memory.owner(item.task_id)
            if owner == order.key:
                return item.task_id
            if owner is None:
                unknown[item.task_id] = item
        if len(unknown) > MOST_CANDIDATES:
            raise Unclear(f"{len(unknown)} tasks of that time could be it")
        told = {task: await self._client.ask(answers.look(task), answers.lost_in) for task in unknown}
        found = match(sent_prompt(order), told)
        if found is not None and not _of_model(unknown[found], order):
            raise Unclear("a task of these words is said to be of another model")
        if found is not None and self._memory.shared and self._young(unknown[found]):
            raise Unavailable("a task of these words was made just now, and another replica may be about to note it")
        return found

    def _young(self, item: Item) -> bool:
        return item.made_at is not None and self._clock.now() - item.made_at < ANSWERED

    async def _listed(self, order: Order) -> list[Item]:
        found: list[Item] = []
        for number in range(1, MOST_PAGES + 1):
            page = await self._client.ask(answers.tasks(number), answers.page_in)
            found += [item for item in page.data if _may_be(item, order)]
            if number >= page.total_page:
                return list({item.task_id: item for item in found}.values())
        raise Unclear(f"more than {MOST_PAGES * answers.PAGE} tasks are listed")


def match(prompt: str, told: dict[str, Lost]) -> str | None:
    """The one task with exactly this prompt. A task that does not tell its prompt may be it, unless it cost nothing anyway."""
    same = [
        task for task, one in told.items() if prompt and one.prompt is not None and _plain(one.prompt) == _plain(prompt)
    ]
    silent = [one for one in told.values() if (not prompt or one.prompt is None) and one.status not in UNPAID]
    if any(one.status is not Status.succeeded for one in silent):
        raise Unavailable("a task that may be it is still being made, and tells its prompt when it is done")
    if len(same) > 1 or silent:
        raise Unclear(f"{len(same) + len(silent)} tasks could be it")
    if not same and any(
        one.prompt and one.status not in UNPAID and _alike(one.prompt, prompt) for one in told.values()
    ):
        raise Unclear("a task has nearly these words: that they come back unchanged is not documented")
    return same[0] if same else None


def _plain(prompt: str) -> str:
    """A prompt however its spaces and its letters are written."""
    return " ".join(normalize("NFKC", prompt).split())


def _alike(one: str, other: str) -> bool:
    """Whether these are the same letters, or one is the beginning of the other."""
    shorter, longer = sorted((_letters(one), _letters(other)), key=len)
    return shorter == longer or (len(shorter) >= LEAST_CUT and longer.startswith(shorter))


def _letters(prompt: str) -> str:
    return "".join(filter(str.isalnum, normalize("NFKC", prompt).casefold()))


def _may_be(item: Item, order: Order) -> bool:
    """By time and family, where the list tells them; that it names models as orders do is not documented of each."""
    fresh = item.made_at is None or item.made_at >= order.sent_at - SKEW
    return fresh and (_of_model(item, order) or "wan" in item.model_name.lower())


def _of_model(item: Item, order: Order) -> bool:
    """A dated name of a model begins with the plain one."""
    named, wanted = item.model_name, wire_model(order.model)
    return not named or named.startswith(wanted) or wanted.startswith(named)
