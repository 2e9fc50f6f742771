"""The Hailuo and 01 models: ordered by the older API, which keeps no list and stops nothing."""

from dataclasses import dataclass
from pathlib import Path

from adapters.kit.body import Inline
from adapters.kit.http import Client
from adapters.kit.public import public_link
from adapters.video.minimax.wire import files, v1
from adapters.video.minimax.wire.route import Route
from bot.domain.errors import Expired, NotCancellable, Unclear
from bot.domain.job import Charged, ProviderTask
from bot.domain.request import Reference
from bot.ports.files import Files
from bot.ports.video import Order, Progress

LINK_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Hailuo:
    client: Client
    files: Files | None
    region: str

    async def submit(self, order: Order) -> ProviderTask:
        pictures = {one.token: await self._picture(one, order) for one in order.request.references}
        task = await self.client.pay(v1.create(order, pictures), v1.created)
        return ProviderTask(id=task, route=Route.of("v1", order).text, region=self.region, key_name="MINIMAX_API_KEY")

    async def poll(self, task: ProviderTask) -> Progress:
        return await self.client.ask(v1.query(task.id), v1.progress)

    async def cancel(self, task: ProviderTask) -> Charged:
        raise NotCancellable(f"MiniMax cannot stop a task of this model; {task.id} is made and charged all the same.")

    async def find(self, order: Order) -> ProviderTask | None:
        raise Unclear(
            f"MiniMax keeps no list of tasks of {order.model.title}, so nobody can say whether one was begun."
        )

    async def download(self, file: str, into: Path) -> None:
        """An address holds for an hour, so each fetch asks for one of its own, and once more where that one is gone already."""
        try:
            await self._fetch(file, into)
        except Expired:
            await self._fetch(file, into)

    async def _fetch(self, file: str, into: Path) -> None:
        address = await self.client.ask(files.retrieve(file), files.address)
        await self.client.save(address, into)

    async def _picture(self, reference: Reference, order: Order) -> str | Inline:
        rule = order.model.rule(reference.role)
        if rule is None or not rule.by_link:
            return files.inline(reference)
        return await public_link(reference, self.files, LINK_SECONDS)
