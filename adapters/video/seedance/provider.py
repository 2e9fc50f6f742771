"""Answers the video port: orders become Ark tasks, known again by their mark, settled by their tokens."""

from collections.abc import Mapping
from pathlib import Path

from adapters.kit.http import Client
from adapters.kit.public import public_link
from adapters.video.seedance.region import KEY_NAME, base_url, region
from adapters.video.seedance.wire import calls
from adapters.video.seedance.wire.answers import Status, Ticket, gone, progress, record, taken
from adapters.video.seedance.wire.listing import Listed, Page, earliest, ours, page_of
from bot.domain.errors import Expired, NotCancellable, Unavailable, Unclear
from bot.domain.job import Charged, ProviderTask
from bot.domain.media import MediaKind
from bot.ports.files import Files
from bot.ports.parts import Parts
from bot.ports.video import Order, Progress

SECONDS = 120.0
LINK_SECONDS = calls.EXPIRES_SECONDS
MOST_PAGES = 20


class Seedance:
    """`settings`: `api_key`, and where they are said `base_url` and `region` (`cn` or `intl`)."""

    name = "seedance"
    in_flight = 120.0  # as long as a caller waits for an answer

    def __init__(self, parts: Parts) -> None:
        """Raises BadSettings for a region there is not, and for a base URL that is none."""
        key, base = parts.settings.get("api_key", ""), base_url(parts.settings)
        self._region = region(parts.settings)
        self._files: Files | None = parts.files
        auth = {"authorization": f"Bearer {key}"}
        self._client = Client(self.name, base, lambda: auth, parts.files, seconds=SECONDS, watch=parts.watch)

    async def submit(self, order: Order) -> ProviderTask:
        call = calls.create(order, self._region, await self._links(order))
        sent = calls.contents(order.request)
        return self._task(await self._client.pay(call, lambda answer: taken(answer, sent)), order)

    async def poll(self, task: ProviderTask) -> Progress:
        self._check(task)
        return await self._client.ask(calls.look(task.id), lambda answer: progress(answer, task.route))

    async def cancel(self, task: ProviderTask) -> Charged:
        """Only what is queued can be stopped. Looks first: of a task that has ended DELETE would destroy the record, film and all."""
        self._check(task)
        found = await self._client.ask(calls.look(task.id), record)
        match found.status:
            case Status.queued:
                await self._client.ask(calls.delete(task.id), gone)
            case Status.running:
                raise NotCancellable("it has begun and runs to its end")
            case Status.succeeded:
                raise NotCancellable("it is finished")
            case Status.failed | Status.cancelled | Status.expired:
                pass
        return Charged.no

    async def find(self, order: Order) -> ProviderTask | None:
        """Ark knows no key of ours; but a task gives back the mark it was sent with."""
        found = ours(await self._recent(order), order, calls.model_id(order, self._region))
        return self._task(found, order) if found else None

    async def download(self, file: str, into: Path) -> None:
        """An address is good for a day; where it no longer is, the task is asked once for another."""
        task, which, url = file.split(" ", 2)
        try:
            await self._client.save(url, into)
        except Expired:
            files = await self._client.ask(calls.look(task), lambda answer: record(answer).files)
            if which not in files:
                raise
            await self._client.save(files[which], into)

    async def aclose(self) -> None:
        await self._client.aclose()

    def _task(self, id: str, order: Order) -> ProviderTask:
        return ProviderTask(id=id, route=Ticket.of(order).route, region=self._region, key_name=KEY_NAME)

    def _check(self, task: ProviderTask) -> None:
        """A task of the other region is unknown here, and by no means gone."""
        if task.region != self._region:
            raise Unavailable(f"its task is in the region {task.region}, and ARK_BASE_URL is in {self._region}")

    async def _links(self, order: Order) -> Mapping[str, str]:
        """Public addresses of the films, which Ark fetches itself. Raises InvalidInput where there are none."""
        films = (one for one in order.request.references if one.kind is MediaKind.video)
        return {film.key: await public_link(film, self._files, LINK_SECONDS) for film in films}

    async def _recent(self, order: Order) -> list[Listed]:
        """The list, back to before the order. Raises Unclear where it does not end."""
        listed: dict[str, Listed] = {}
        for number in range(1, MOST_PAGES + 1):
            page = await self._client.ask(calls.page(number), page_of)
            listed |= {one.id: one for one in page.items}
            if _enough(page, list(listed.values()), earliest(order.sent_at)):
                return list(listed.values())
        raise Unclear("its list of tasks is too long to be read")


def _enough(page: Page, listed: list[Listed], since: float) -> bool:
    """Whether nothing that follows can be of interest; what comes first in the list is not documented, so it is looked at."""
    last = page.total is not None and len(listed) >= page.total and len(page.items) < calls.PAGE
    if last or not page.items:
        return True
    times = [one.created_at for one in listed if one.created_at is not None]
    newest_first = len(times) == len(listed) and times == sorted(times, reverse=True) and times[0] > times[-1]
    return newest_first and times[-1] < since
