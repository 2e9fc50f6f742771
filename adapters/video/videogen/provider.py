"""Answers the video port with VideoGen's tool executions."""

from collections.abc import Sequence
from pathlib import Path

import structlog

from adapters.kit.http import Client
from adapters.video.videogen.notes import Notes
from adapters.video.videogen.orders import Orders
from adapters.video.videogen.pace import Pace
from adapters.video.videogen.uploads import PAUSES, Uploads
from adapters.video.videogen.wire import answers, calls
from adapters.video.videogen.wire.answers import Execution, Status
from adapters.video.videogen.wire.progress import parted, progress
from bot.domain.errors import Expired, NotCancellable, ProviderError, Unavailable, Unclear
from bot.domain.job import Charged, ProviderTask
from bot.ports.parts import Parts
from bot.ports.video import Order, Progress, Running

BASE_URL = "https://api.videogen.io"
KEY_NAME = "VIDEOGEN_API_KEY"


def connected(parts: Parts) -> Client:
    key = parts.settings["api_key"]
    headers = {"authorization": f"Bearer {key}", "x-videogen-client": "clapper"}
    base = parts.settings.get("base_url") or BASE_URL
    return Client("videogen", base, lambda: headers, parts.files, watch=parts.watch)


class VideoGen:
    """`pauses` is how long to wait between looks at a file that was just sent."""

    name = "videogen"
    in_flight = 120.0  # as long as a caller waits for an answer

    def __init__(self, parts: Parts, *, pauses: Sequence[float] = PAUSES) -> None:
        self._client = connected(parts)
        notes = Notes(parts.storage.notes if parts.storage else None)
        self._orders = Orders(self._client, notes, parts.clock)
        self._uploads = Uploads(self._client, notes, parts.clock, pauses)
        self._pace = Pace(parts.clock)
        self._waiting: set[str] = set()
        self._log = structlog.get_logger()

    async def submit(self, order: Order) -> ProviderTask:
        calls.terms(order)  # what cannot be said is refused before anything is sent
        try:
            files = await self._uploads.ids(order.request.references)
            task = await self._orders.begin(order.key)
        except Expired as error:
            raise Unavailable(error.message) from error
        return _task(task or await self._pay(order, calls.create(order, files)), order)

    async def poll(self, task: ProviderTask) -> Progress:
        execution = await self._client.ask(calls.execution(task.id), answers.execution)
        self._tell_waiting(execution)
        found = progress(execution, *calls.asked(task.route), self._pace.pause(task.id))
        if not isinstance(found, Running):
            self._pace.over(task.id)
        return found

    async def cancel(self, task: ProviderTask) -> Charged:
        """VideoGen says yes even where it comes too late, so the execution is looked at afterwards. It promises no credits back."""
        await self._client.ask(calls.cancel(task.id), answers.cancelled)
        self._pace.over(task.id)
        try:
            execution = await self._client.ask(calls.execution(task.id), answers.execution)
        except ProviderError:
            return Charged.maybe
        if execution.status is Status.succeeded:
            raise NotCancellable("it was finished already")
        return Charged.maybe

    async def find(self, order: Order) -> ProviderTask | None:
        task = await self._orders.find(order)
        return _task(task, order) if task else None

    async def download(self, file: str, into: Path) -> None:
        id, link = parted(file)
        if link:
            try:
                await self._client.save(link, into)
            except Expired:
                self._log.info("a film's address is renewed", action="videogen.renew", file=id)
            else:
                return
        await self._client.save(await self._link(id), into)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _pay(self, order: Order, call: calls.Call) -> str:
        try:
            task = await self._client.pay(call, answers.started)
        except Unclear:
            raise
        except ProviderError:
            await self._orders.refused(order.key)
            raise
        await self._orders.took(order.key, task)
        return task

    async def _link(self, id: str) -> str:
        """A fresh address of a film. Raises Expired where VideoGen keeps it no longer, Unavailable where it is not ready."""
        file = await self._client.ask(calls.hydrate(id), answers.file)
        if not file.link:
            raise Unavailable("its film is not ready to be fetched yet")
        return file.link

    def _tell_waiting(self, execution: Execution) -> None:
        """Accounts may have every execution approved by a person at VideoGen first: the operator is told, once."""
        id = execution.tool_execution_id
        if execution.status is not Status.awaiting_approval:
            self._waiting.discard(id)
        elif id not in self._waiting:
            self._waiting.add(id)
            self._log.warning("VideoGen waits for an approval in its own app", action="videogen.approval", task=id)


def _task(id: str, order: Order) -> ProviderTask:
    return ProviderTask(id=id, route=calls.route(order), key_name=KEY_NAME)
