"""Answers the video port for Wan on Model Studio (DashScope)."""

from collections.abc import Mapping
from pathlib import Path

from adapters.kit.http import Client
from adapters.video.wan.finding import Finding
from adapters.video.wan.memory import Memory
from adapters.video.wan.places import Places
from adapters.video.wan.region import KNOWN, base_url, region
from adapters.video.wan.wire import answers
from adapters.video.wan.wire.answers import Status
from adapters.video.wan.wire.checks import check
from adapters.video.wan.wire.create import create, route, sent_prompt, wire_model
from adapters.video.wan.wire.route import NOWHERE, read
from bot.domain.errors import Expired, NotCancellable, Unavailable
from bot.domain.job import Charged, ProviderTask
from bot.ports.parts import Parts
from bot.ports.video import Finished, Order, Progress

KEY_NAME = "DASHSCOPE_API_KEY"


class Wan:
    """`settings`: `api_key`; `base_url` for another region than Singapore; `workspace` where the key has several."""

    name = "wan"
    in_flight = 120.0  # as long as a caller waits for an answer

    def __init__(self, parts: Parts) -> None:
        url = base_url(parts.settings.get("base_url", ""))
        self.region = region(url)
        auth = _auth(parts.settings)
        self.client = Client(self.name, url, lambda: auth, parts.files, watch=parts.watch)
        self._memory = Memory(parts.storage, parts.clock)
        self._places = Places(self.client, parts.clock)
        self._finding = Finding(self.client, self._memory, parts.clock)
        self._sending: dict[str, tuple[str, str]] = {}

    async def submit(self, order: Order) -> ProviderTask:
        check(order)
        call = create(order, await self._places.of(order))
        self._sending[order.key] = _words(order)
        try:
            task = await self.client.pay(call, lambda answer: answers.started(answer, route(order)))
            await self._memory.keep(task, order.key)
        finally:
            self._sending.pop(order.key, None)
        return self._task(task, order)

    async def poll(self, task: ProviderTask) -> Progress:
        """Raises Unavailable for a task of another region, which would look like one that is gone."""
        if task.region != self.region and {task.region, self.region} <= KNOWN:
            raise Unavailable(f"the task is in {task.region}, and this bot now asks {self.region}")
        found = await self.client.ask(answers.look(task.id), answers.task_in)
        return answers.progress(found, read(task.route))

    async def cancel(self, task: ProviderTask) -> Charged:
        """Only a task that still waits in line can be stopped, which is for seconds."""
        try:
            await self.client.ask(answers.cancel(task.id), answers.cancelled)
        except NotCancellable:
            found = await self.client.ask(answers.look(task.id), answers.task_in)
            if found.output.task_status not in {Status.canceled, Status.failed}:
                raise
        return Charged.no

    async def find(self, order: Order) -> ProviderTask | None:
        """Raises Unavailable while an order of the same words is on its way from here: its task could be taken for this one's."""
        if _words(order) in self._sending.values():
            raise Unavailable("an order of the same words is just being sent")
        task = await self._finding.task(order)
        return None if task is None else self._task(task, order)

    async def download(self, file: str, into: Path) -> None:
        """`file` is a task's id and the link it gave; one that ran out is asked for anew, once."""
        task, _, link = file.partition(" ")
        try:
            await self.client.save(link, into)
        except Expired:
            found = await self.client.ask(answers.look(task), answers.task_in)
            match answers.progress(found, NOWHERE):
                case Finished(files=(fresh, *_)) if fresh.id != file:
                    await self.client.save(fresh.id.partition(" ")[2], into)
                case _:
                    raise

    async def aclose(self) -> None:
        await self.client.aclose()

    def _task(self, id: str, order: Order) -> ProviderTask:
        return ProviderTask(id=id, route=str(route(order)), region=self.region, key_name=KEY_NAME)


def _auth(settings: Mapping[str, str]) -> Mapping[str, str]:
    """The headers that carry the key, and the workspace where one is named."""
    workspace = settings.get("workspace", "")
    named = {"X-DashScope-WorkSpace": workspace} if workspace else {}
    return {"Authorization": f"Bearer {settings.get('api_key', '')}"} | named


def _words(order: Order) -> tuple[str, str]:
    return wire_model(order.model), sent_prompt(order)
