"""What Hedra answers of generations, and how far an order is by them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from adapters.kit.answers import Answer
from adapters.kit.aside import Aside
from adapters.kit.fetchable import Address
from adapters.kit.http import Call
from adapters.video.hedra.wire.trouble import Tokens, Trouble, failed, refused
from bot.domain.errors import Expired, ProviderError
from bot.domain.job import Charged, ProviderTask, RemoteFile
from bot.ports.video import Failed, Finished, Progress, Running

KEY_NAME = "HEDRA_API_KEY"
ASK_AGAIN = 5.0  # as Hedra's starter kit does
MOST_WORDS = 200


class Status(StrEnum):
    queued = "queued"
    processing = "processing"
    finalizing = "finalizing"
    complete = "complete"
    error = "error"


ENDED = frozenset({Status.complete, Status.error})


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Item(_Lenient):
    """One result of a batch; one that failed at once has no id."""

    id: str | None = None
    status: Status
    error: str | None = None
    eta_sec: float | None = None


class Made(_Lenient):
    id: str = Field(min_length=1)
    status: Status
    eta_sec: float | None = None
    batch_results: list[Item] = Field(default_factory=list)


class Look(_Lenient):
    """How far one generation is."""

    id: str
    status: Status
    progress: float | None = None
    eta_sec: float | None = None
    error: Trouble | None = None
    error_message: str | None = None
    url: Aside[Address] = None
    download_url: Aside[Address] = None

    @property
    def file(self) -> str:
        """Where the film is. Raises ValueError where a complete one names no address."""
        found = self.download_url or self.url
        if not found:
            raise ValueError("a complete generation without an address")
        return found

    @property
    def trouble(self) -> Trouble:
        told = self.error or Trouble()
        return told if told.message else told.model_copy(update={"message": self.error_message or ""})


class Balance(_Lenient):
    remaining: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What is needed to ask after an order again: an id for each result, empty where it failed at once, and then why.

    `eta` is what was expected for the whole at the beginning; `tokens` says where the attachments stood.
    """

    ids: tuple[str, ...]
    why: Mapping[int, str] = field(default_factory=dict)
    eta: float | None = None
    tokens: Tokens = field(default_factory=dict)

    def task(self) -> ProviderTask:
        first = next(id for id in self.ids if id)
        return ProviderTask(id=first, route=json.dumps(asdict(self), ensure_ascii=False), key_name=KEY_NAME)


def route(task: ProviderTask) -> Route:
    found = json.loads(task.route)
    why = {int(index): words for index, words in found["why"].items()}
    return Route(ids=tuple(found["ids"]), why=why, eta=found["eta"], tokens=found["tokens"])


def started(answer: Answer, tokens: Tokens) -> ProviderTask:
    """The task of a create call. Raises what Hedra refused."""
    if not answer.ok:
        raise refused(answer, paid=True, tokens=tokens)
    made = Made.model_validate(answer.body)
    ids = tuple(item.id or "" for item in made.batch_results)
    if not any(ids):
        return Route(ids=(made.id,), eta=made.eta_sec, tokens=tokens).task()
    items = enumerate(made.batch_results)
    why = {index: (item.error or "no reason given")[:MOST_WORDS] for index, item in items if not item.id}
    etas = [eta for eta in (made.eta_sec, *(item.eta_sec for item in made.batch_results)) if eta is not None]
    return Route(ids=ids, why=why, eta=max(etas, default=None), tokens=tokens).task()


def status(id: str) -> Call:
    return Call(method="GET", path=f"generations/{id}/status")


def looked(answer: Answer) -> Look | None:
    """None where Hedra says itself that it has no such generation; a gateway's own page saying 404 raises ValueError."""
    if answer.status == 404:
        if not _own_word(answer.body):
            raise ValueError("a 404 that is not Hedra's")
        return None
    if not answer.ok:
        raise refused(answer, paid=False)
    found = Look.model_validate(answer.body)
    if found.status is Status.complete:
        _ = found.file
    return found


def _own_word(body: Any) -> bool:
    """Whether a 404 is about the generation: what serves the API says `Not Found` of a path that is none, as behind a wrong base URL."""
    return isinstance(body, dict) and bool(body.get("error") or body.get("detail", "Not Found") != "Not Found")


def found(order_ids: Sequence[str], looks: Sequence[Look | None], tokens: Tokens) -> ProviderTask | None:
    """The task of an order whose answer was lost, by what its reserved ids say."""
    return Route(ids=tuple(order_ids), tokens=tokens).task() if any(looks) else None


def progress(route: Route, looks: Sequence[Look | None]) -> Progress:
    """`looks` are one for each id of the route; None where there is none, or no longer. Raises Expired where all are gone."""
    there = [look for look in looks if look is not None]
    if not there:
        raise Expired("no such generation")
    if any(look.status not in ENDED for look in there):
        return _running(route, looks)
    done = [look for look in there if look.status is Status.complete]
    if not done:
        return _failed(route, there)
    files = tuple(RemoteFile(id=f"{look.id} {look.file}") for look in done)
    notes = " ".join(_notes(route, looks))
    return Finished(files=files, details={"note": notes} if notes else {})


def _running(route: Route, looks: Sequence[Look | None]) -> Running:
    shares = [_share(look) for look, id in zip(looks, route.ids, strict=True) if id]
    fraction = sum(shares) / len(shares)
    etas = [look.eta_sec for look in looks if look is not None and look.eta_sec is not None]
    expected = None if route.eta is None else max(0.0, route.eta * (1 - fraction))
    return Running(fraction=fraction, eta=max(etas, default=expected), ask_again_in=ASK_AGAIN)


def _share(look: Look | None) -> float:
    if look is None:
        return 0.0
    return 1.0 if look.status in ENDED else min(max(look.progress or 0.0, 0.0), 1.0)


def _failed(route: Route, looks: Sequence[Look]) -> Failed:
    """The first failure speaks for all; anything that may be charged says so."""
    ends = [failed(look.trouble, route.tokens) for look in looks]
    charged = Charged.no if all(one is Charged.no for _, one in ends) else Charged.maybe
    return Failed(error=ends[0][0], charged=charged)


def _notes(route: Route, looks: Sequence[Look | None]) -> list[str]:
    """A sentence for each result that did not come."""
    said: list[str] = []
    for index, look in enumerate(looks):
        words = route.why.get(index) or _reason(look, route)
        if words:
            said.append(f"Result {index + 1} of {len(looks)} was not made: {words.rstrip('.')}.")
    return said


def _reason(look: Look | None, route: Route) -> str:
    if look is None:
        return "Hedra has nothing of it"
    if look.status is Status.complete:
        return ""
    error: ProviderError = failed(look.trouble, route.tokens)[0]
    return " ".join(error.message.split())[:MOST_WORDS]


CREDITS = Call(method="GET", path="billing/credits")


def balance(answer: Answer) -> Balance:
    if not answer.ok:
        raise refused(answer, paid=False)
    return Balance.model_validate(answer.body)


MODELS = Call(method="GET", path="models", query=(("types", "video"),))


class Pricing(_Lenient):
    base_cost: float | None = None
    credits_per_second: float | None = None
    modifiers: dict[str, dict[str, float]] = Field(default_factory=dict)


class Offer(_Lenient):
    """A model as GET /models lists it."""

    id: str
    slug: str | None = None
    name: str = ""
    pricing: Pricing | None = None


def offers(answer: Answer) -> tuple[Offer, ...]:
    if not answer.ok:
        raise refused(answer, paid=False)
    if not isinstance(answer.body, list):
        raise TypeError("a list of models was expected")
    return tuple(Offer.model_validate(one) for one in answer.body)
