"""Answers of every provider, spoilt field by field: what comes of them is one typed error, and never money or a film."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import Expired, ProviderError, Unavailable, Unclear
from bot.domain.job import ProviderTask
from bot.ports.video import Failed, Finished, Running
from tests.contracts.test_video_paid import CASES
from tests.vendor import Stand, status

DEEP: list[Any] = []
for _ in range(500):
    DEEP = [DEEP]
USUAL, ODD = (None, ""), (-1, 10**30, [None], "\ud800\x00", DEEP)
ASTRAY = ("javascript:alert(1)", "file:///etc/passwd", "//169.254.169.254/", "not an address")
PAGES = ("<html>not here</html>", {}, [], {"message": "no Route matched with those values"}, {"detail": "Not Found"})
CODES = (301, 400, 403, 404, 405, 409, 413, 422, 451, 499, 500, 503, 520)
Where = tuple[str | int, ...]


@pytest.fixture(params=CASES, ids=lambda case: f"{case.name}{case.opener.removeprefix('open_stand')}")
async def stand(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stand]:
    """A provider before its server; what it logs is nobody's key and nobody's prompt."""
    with capture_logs() as logs:
        async with request.param.open(tmp_path) as made:
            yield made
            await made.provider.aclose()
    secrets = [
        value for name, value in made.parts.settings.items() if name.endswith(("key", "token")) and len(value) > 7
    ]
    assert not any(secret in str(logs) for secret in (*secrets, made.order().request.prompt))


def places(body: Any, at: Where = ()) -> Iterator[Where]:
    """Every place in an answer, itself first."""
    yield at
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, one in inside:
        yield from places(one, (*at, name))


def put(body: Any, at: Where, change: Callable[[Any], Any]) -> Any:
    """The answer with one place changed."""
    if not at:
        return change(body)
    first, *rest = at
    if isinstance(body, list):
        return [put(one, tuple(rest), change) if number == first else one for number, one in enumerate(body)]
    return {name: put(one, tuple(rest), change) if name == first else one for name, one in body.items()}


def spoilt(body: Any) -> Iterator[tuple[str, Any]]:
    """What was done to it, and what it is then; of the odd values each place is given one, in turn."""
    for number, at in enumerate(places(body)):
        for value in (*USUAL, ODD[number % len(ODD)]):
            yield f"{at} = {str(value)[:20]!r}", put(body, at, lambda _, value=value: value)
        if at and isinstance(at[-1], str):
            yield (
                f"{at} left out",
                put(body, at[:-1], lambda one, name=at[-1]: {k: v for k, v in one.items() if k != name}),
            )


async def submitted(stand: Stand, key: str, state: str) -> ProviderTask:
    task = await stand.provider.submit(stand.order(key))
    stand.advance(stand.vendor.started[-1], state)
    return task


async def test_a_spoilt_answer_to_an_order_gives_its_task_or_nobody_knows(stand: Stand) -> None:
    await stand.provider.submit(stand.order())
    wrong: list[str] = []
    for number, (what, body) in enumerate(spoilt(stand.vendor.told["create"])):
        stand.vendor.play("create", status(200, body))
        try:
            task = await stand.provider.submit(stand.order(f"J-{number}-1"))
            if not task.id or not f"{task.id}{task.route}".encode() or "\x00" in task.id:
                wrong.append(f"{what}: a task {task.id[:20]!r}")
        except Unclear:
            pass
        except Exception as error:  # noqa: BLE001 - each is told with what brought it about
            wrong.append(f"{what}: {error!r}"[:300])
    assert wrong == []


@pytest.mark.parametrize("state", ["running", "finished"])
async def test_a_spoilt_answer_about_a_film_ends_nothing(stand: Stand, state: str) -> None:
    """It is told of as it is in spite of it, or asked after again."""
    task = await submitted(stand, "J-ONE-1", state)
    await stand.provider.poll(task)
    wrong: list[str] = []
    for what, body in spoilt(stand.vendor.told["poll"]):
        stand.vendor.play("poll", status(200, body))
        try:
            wrong += [f"{what}: {fault}" for fault in faults(await stand.provider.poll(task), state)]
        except Expired as error:
            wrong.append(f"{what}: {error!r}")
        except ProviderError:
            pass
        except Exception as error:  # noqa: BLE001 - as above
            wrong.append(f"{what}: {error!r}"[:300])
    assert wrong == []


def faults(said: Running | Finished | Failed, state: str) -> Iterator[str]:
    """What may not be said of a film that is truly in that state."""
    match said:
        case Failed(error=error) if not _could_be_empty(error):
            yield f"failed by {error!r}"
        case Finished(files=files):
            if state != "finished":
                yield "finished"
            if not files or not all(file.id.strip() for file in files):
                yield "no file"
            if any(
                "\x00" in f"{file.id}{file.last_frame}" or not f"{file.id}{file.last_frame}".encode() for file in files
            ):
                yield "a file that no database takes"


def _could_be_empty(error: ProviderError) -> bool:
    """Vertex AI answers an empty list, or none at all, where its safety filter took every film away."""
    return "safety filter" in error.message


async def test_a_film_at_what_is_no_address_is_not_done_yet(stand: Stand) -> None:
    task = await submitted(stand, "J-ONE-1", "finished")
    await stand.provider.poll(task)
    whole = stand.vendor.told["poll"]
    links = [at for at in places(whole) if str(_at(whole, at)).startswith("http")]
    for at in links:
        for astray in ASTRAY:
            stand.vendor.play("poll", status(200, put(whole, at, lambda _, astray=astray: astray)))
            try:
                said = await stand.provider.poll(task)
            except Unavailable:
                continue
            assert isinstance(said, Finished)
            assert not any(astray in f"{file.id} {file.last_frame}" for file in said.files), (at, astray)


def _at(body: Any, at: Where) -> Any:
    for name in at:
        body = body[name]
    return body


async def test_a_gateways_page_says_nothing_about_a_film(stand: Stand) -> None:
    """Whatever its status: a wrong base URL after a restart would else end every film that is being made."""
    task = await submitted(stand, "J-ONE-1", "running")
    ended: list[str] = []
    for code in CODES:
        for page in PAGES:
            stand.vendor.play("poll", status(code, page))
            try:
                said = await stand.provider.poll(task)
            except Expired:
                ended.append(f"{code} {page}")
            except ProviderError:
                pass
            else:
                ended.append(f"{code} {page}: {said}")
    assert ended == []


async def test_a_gateways_page_never_says_that_an_order_is_nowhere(stand: Stand) -> None:
    """It would be sent, and paid, a second time."""
    route = {"keyed": "poll", "listing": "list", "blind": ""}[stand.memory]
    if not route:
        return
    order = stand.order()
    stand.vendor.play("create", status(502))
    with pytest.raises(Unclear):
        await stand.provider.submit(order)
    nowhere: list[str] = []
    for code in (200, *CODES):
        for page in PAGES:
            stand.vendor.play(route, status(code, page))
            try:
                await stand.provider.find(order)
            except ProviderError:
                pass
            else:
                nowhere.append(f"{code} {page}")
            stand.vendor.moods.clear()
    assert nowhere == []


async def test_a_spoilt_list_breaks_nothing(stand: Stand) -> None:
    if stand.memory == "blind":
        return
    route = {"keyed": "poll", "listing": "list"}[stand.memory]
    order = stand.order()
    stand.vendor.play("create", status(502))
    with pytest.raises(Unclear):
        await stand.provider.submit(order)
    await submitted(stand, "J-TWO-1", "running")
    stand.vendor.told.clear()
    for key in (order, stand.order("J-TWO-1")):
        with suppress(ProviderError):
            await stand.provider.find(key)
    wrong: list[str] = []
    for what, body in spoilt(stand.vendor.told[route]):
        stand.vendor.play(route, status(200, body))
        try:
            await stand.provider.find(order)
        except ProviderError:
            pass
        except Exception as error:  # noqa: BLE001 - as above
            wrong.append(f"{what}: {error!r}"[:300])
        stand.vendor.moods.clear()
    assert wrong == []


async def test_what_was_used_costs_what_the_core_believes_or_nothing(stand: Stand) -> None:
    """A cost is a number: what no number can say is left to the quote."""
    task = await submitted(stand, "J-ONE-1", "finished")
    await stand.provider.poll(task)
    whole: Mapping[str, Any] = stand.vendor.told["poll"]
    for at in places(whole):
        for value in (10**400, "1e999999", float("nan")):
            stand.vendor.play("poll", status(200, put(whole, at, lambda _, value=value: value)))
            try:
                said = await stand.provider.poll(task)
            except ProviderError:
                continue
            if isinstance(said, Finished) and said.usd is not None:
                assert isinstance(said.usd, Decimal)
                assert said.usd.is_finite()
