"""H3 and H3 Max: ordered by the newer API, which lists its tasks, stops those that wait, and reports what was used."""

from dataclasses import dataclass
from pathlib import Path

from adapters.kit.body import Inline
from adapters.kit.http import Client
from adapters.video.minimax.memory import Memory
from adapters.video.minimax.wire import files, tasks, v2
from adapters.video.minimax.wire.listing import Item, listed, listing, may_be, window
from adapters.video.minimax.wire.route import Route
from adapters.video.minimax.wire.tariff import Tariff
from bot.domain.errors import Expired, Unavailable, Unclear
from bot.domain.job import Charged, ProviderTask, State
from bot.ports.video import Order, Progress

MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class H3:
    client: Client
    memory: Memory
    region: str

    async def submit(self, order: Order) -> ProviderTask:
        task = await self.client.pay(v2.create(order, await self._files(order)), v2.created)
        await self.memory.took(order, task)
        return self._task(order, task)

    async def poll(self, task: ProviderTask) -> Progress:
        tariff = Route.read(task.route).tariff
        return await self.client.ask(v2.query(task.id), lambda answer: tasks.progress(answer, task.id, tariff))

    async def cancel(self, task: ProviderTask) -> Charged:
        over = await self.client.ask(v2.query(task.id), tasks.may_cancel)
        return await self.client.ask(v2.cancel(task.id), tasks.cancelled) if over is None else over

    async def find(self, order: Order) -> ProviderTask | None:
        """Raises Unclear where a task there may be this order's or another's, and Unavailable while that will soon be known."""
        free: list[Item] = []
        for item in await self._like(order):
            owner = await self.memory.owner(item.id)
            if owner == order.key:
                return self._task(order, item.id)
            free += [item] if owner is None else []
        if not free:
            return None
        await self._only_mine(order, free)
        await self.memory.took(order, free[0].id)
        return self._task(order, free[0].id)

    async def download(self, file: str, into: Path) -> None:
        task, _, address = file.partition(" ")
        try:
            await self.client.save(address, into)
        except Expired:
            await self.client.save(await self.client.ask(v2.query(task), tasks.address), into)

    async def _files(self, order: Order) -> dict[str, str | Inline]:
        """Each file as it goes out: what does not fit into the order's body is uploaded first, which is free."""
        found: dict[str, str | Inline] = {one.token: files.inline(one) for one in order.request.references}
        for one in v2.by_upload(order):
            found[one.token] = await self.client.ask(
                files.upload(one), lambda answer, token=one.token: files.uploaded(answer, token)
            )
        return found

    async def _like(self, order: Order) -> list[Item]:
        """Every task of the list that may be the order's. Raises Unclear where the list is too long to be read to its end."""
        seen: dict[str, Item] = {}
        there: int | None = None
        for number in range(1, MOST_PAGES + 1):
            page = await self.client.ask(listing(order.model.wire_id, number), listed)
            there = page.total if there is None else there  # what is added while it is read pushes the others back
            seen |= {item.id: item for item in page.items}
            if len(seen) >= there or page.reaches_before(window(order)[0]):
                return [item for item in seen.values() if may_be(item, order)]
            if not page.items:
                break
        raise Unclear("MiniMax's list of tasks could not be read to its end.")

    async def _only_mine(self, order: Order, free: list[Item]) -> None:
        rivals = await self.memory.rivals(order)
        # One in trouble got no answer either: two that wait for each other's would do so until both give up.
        if any(job.state is State.submitting and not job.trouble for job in rivals):
            raise Unavailable("another order that looks the same is on its way just now")
        if len(free) > 1 or rivals or not self.memory.there:
            raise Unclear(f"MiniMax has {len(free)} tasks that may be this order's or another's.")

    def _task(self, order: Order, task: str) -> ProviderTask:
        route = Route.of("v2", order, Tariff.of(order))
        return ProviderTask(id=task, route=route.text, region=self.region, key_name="MINIMAX_API_KEY")
