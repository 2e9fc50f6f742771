"""What every paid provider keeps, each spoken to by its own client before a strict server of ours."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import (
    BadCredentials,
    Busy,
    Expired,
    NotCancellable,
    OutOfCredit,
    RateLimited,
    Rejected,
    Stale,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged, ProviderTask
from bot.ports.paying import looking
from bot.ports.video import Failed, Finished, Order, Running
from tests.vendor import AFTER, BEFORE, CUT, GARBLED, GONE, LONGER, SLOW, Stand, film, status

ROOT = Path(__file__).parents[1] / "adapters" / "video"
NAMES = sorted(path.parent.name for path in ROOT.glob("*/stand_*.py"))
PAID = sorted(
    path.parent.name
    for path in (Path(__file__).parents[2] / "adapters" / "video").glob("*/models.toml")
    if path.parent.name != "animatic"
)


@dataclass(frozen=True, slots=True)
class Case:
    """One way to open a stand; some providers have two APIs."""

    name: str
    opener: str

    @property
    def open(self) -> Callable[[Path], Any]:
        path = ROOT / self.name / f"stand_{self.name}.py"
        spec = spec_from_file_location(f"stand_{self.name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, self.opener)


_OPENS = re.compile(r"^(?:async )?def (open_stand\w*)\(|^(open_stand\w*) = ", re.MULTILINE)


def _cases() -> list[Case]:
    """Every opener of a stand file: some providers have two APIs."""
    texts = {name: (ROOT / name / f"stand_{name}.py").read_text(encoding="utf-8") for name in NAMES}
    return [Case(name, found[1] or found[2]) for name, text in texts.items() for found in _OPENS.finditer(text)]


CASES = _cases()


@pytest.fixture(params=CASES, ids=lambda case: f"{case.name}{case.opener.removeprefix('open_stand')}")
async def stand(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stand]:
    async with request.param.open(tmp_path) as made:
        yield made
        await asyncio.wait_for(made.provider.aclose(), 5)


async def submitted(stand: Stand, **settings: Any) -> tuple[Order, ProviderTask]:
    order = stand.order(**settings)
    return order, await stand.provider.submit(order)


async def finished(stand: Stand, task: ProviderTask) -> Finished:
    stand.advance(stand.vendor.started[-1], "finished")
    progress = await stand.provider.poll(task)
    assert isinstance(progress, Finished)
    return progress


def test_every_paid_provider_has_a_stand() -> None:
    assert NAMES == PAID


async def test_an_order_becomes_a_film_byte_for_byte(stand: Stand, tmp_path: Path) -> None:
    _, task = await submitted(stand)
    assert task.key_name
    assert task.key_name == task.key_name.upper(), "the name of the variable, never the key"
    for state in ("queued", "running"):
        stand.advance(stand.vendor.started[-1], state)
        progress = await stand.provider.poll(task)
        assert isinstance(progress, Running)
        assert progress.fraction is None or 0 <= progress.fraction <= 1
        assert 1 <= progress.ask_again_in <= 60
    done = await finished(stand, task)
    assert len(done.files) == 1
    await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    assert hashlib.sha256((tmp_path / "film.mp4").read_bytes()).digest() == hashlib.sha256(film()).digest()
    assert len(stand.vendor.started) == 1
    assert stand.vendor.complaints == []


async def test_one_order_is_one_paid_call(stand: Stand) -> None:
    await submitted(stand)
    assert len(stand.vendor.calls("create")) == len(stand.vendor.started) == 1


async def test_a_call_that_is_held_back_in_the_last_moment_is_not_made(stand: Stand) -> None:
    async def taken_over() -> None:
        raise Stale("another worker has it")

    with looking(taken_over), pytest.raises(Stale):
        await submitted(stand)
    assert stand.vendor.calls("create") == []


async def test_too_much_at_once_starts_nothing_and_says_how_long_to_wait(stand: Stand) -> None:
    mood = stand.limited()
    stand.vendor.play("create", mood)
    with pytest.raises((RateLimited, Busy)) as refused:
        await submitted(stand)
    said = {name.lower(): value for name, value in mood.headers.items()}.get("retry-after")
    if said and isinstance(refused.value, RateLimited):
        assert refused.value.retry_after == float(said)
    assert stand.vendor.started == []


async def test_a_wrong_key_and_an_empty_account_are_told_apart(stand: Stand) -> None:
    for mood, kind in ((stand.bad_key(), BadCredentials), (stand.no_credit(), OutOfCredit)):
        stand.vendor.play("create", mood)
        with pytest.raises(kind):
            await submitted(stand)
    assert stand.vendor.started == []


@pytest.mark.parametrize("mood", [AFTER, GARBLED], ids=lambda mood: mood.kind)
async def test_an_order_whose_answer_was_lost_is_found_or_nobody_knows_and_is_never_sent_again(
    stand: Stand, mood: Any
) -> None:
    order = stand.order()
    stand.vendor.play("create", mood)
    with pytest.raises(Unclear):
        await stand.provider.submit(order)
    if stand.memory == "blind":
        with pytest.raises(Unclear):
            await stand.provider.find(order)
    else:
        task = await stand.provider.find(order)
        assert task is not None
        stand.advance(stand.vendor.started[-1], "finished")
        assert isinstance(await stand.provider.poll(task), Finished)
    assert len(stand.vendor.started) == 1


@pytest.mark.parametrize("code", [500, 503])
async def test_a_breakdown_on_the_way_of_a_paid_call_never_promises_that_nothing_started(
    stand: Stand, code: int
) -> None:
    stand.vendor.play("create", status(code, "<html>Bad gateway</html>"))
    with pytest.raises(Unclear):
        await submitted(stand)


async def test_an_order_that_never_arrived_is_surely_not_there_or_nobody_knows(stand: Stand) -> None:
    order = stand.order()
    stand.vendor.play("create", BEFORE)
    with pytest.raises(Unclear):
        await stand.provider.submit(order)
    if stand.memory == "blind":
        with pytest.raises(Unclear):
            await stand.provider.find(order)
    else:
        assert await stand.provider.find(order) is None
    assert stand.vendor.started == []


async def test_an_order_that_lands_after_its_caller_is_gone_is_found_then(stand: Stand) -> None:
    order = stand.order()
    stand.vendor.play("create", SLOW)
    call = asyncio.ensure_future(stand.provider.submit(order))
    while not stand.vendor.calls("create"):
        await asyncio.sleep(0.01)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    if stand.memory == "blind":
        with pytest.raises(Unclear):
            await stand.provider.find(order)
        return
    assert await stand.provider.find(order) is None, "it is on its way: the core asks again once it must have landed"
    stand.vendor.go.set()
    await asyncio.wait_for(stand.vendor.landed.wait(), 5)
    assert await stand.provider.find(order) is not None
    assert len(stand.vendor.started) == 1


async def test_another_orders_task_is_never_taken_for_this_one(stand: Stand) -> None:
    if stand.memory == "blind":
        return
    await submitted(stand, key="J-TWO-1")
    try:
        assert await stand.provider.find(stand.order(key="J-ONE-1")) is None
    except Unclear:
        assert stand.memory == "listing", "only a list leaves room for doubt"


async def test_a_film_refused_later_fails_for_its_content_and_costs_nothing(stand: Stand) -> None:
    _, task = await submitted(stand)
    stand.advance(stand.vendor.started[-1], "refused")
    progress = await stand.provider.poll(task)
    assert isinstance(progress, Failed)
    assert isinstance(progress.error, Rejected)
    assert progress.charged is Charged.no


async def test_a_film_that_fails_by_the_providers_own_fault_is_told(stand: Stand) -> None:
    _, task = await submitted(stand)
    stand.advance(stand.vendor.started[-1], "failed")
    progress = await stand.provider.poll(task)
    assert isinstance(progress, Failed)
    assert not isinstance(progress.error, Rejected)


async def test_a_status_that_nobody_knows_is_no_end(stand: Stand) -> None:
    _, task = await submitted(stand)
    stand.advance(stand.vendor.started[-1], "paused")
    with pytest.raises(Unavailable):
        await stand.provider.poll(task)


@pytest.mark.parametrize(
    ("mood", "kind"),
    [(status(503, {}), Unavailable), (status(429, {}, retry_after="3"), RateLimited), (BEFORE, Unavailable)],
    ids=["503", "429", "cut"],
)
async def test_a_provider_that_is_away_says_nothing_about_the_film(
    stand: Stand, mood: Any, kind: type[Exception]
) -> None:
    _, task = await submitted(stand)
    stand.vendor.play("poll", mood)
    with pytest.raises((kind, RateLimited, Unavailable)):
        await stand.provider.poll(task)
    assert isinstance(await finished(stand, task), Finished)


@pytest.mark.parametrize("mood", [CUT, LONGER], ids=lambda mood: mood.kind)
async def test_a_film_that_did_not_come_whole_is_fetched_again(stand: Stand, tmp_path: Path, mood: Any) -> None:
    _, task = await submitted(stand)
    done = await finished(stand, task)
    stand.vendor.play("file", mood)
    stand.vendor.play("result", mood)
    with pytest.raises(Unavailable):
        await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == film()


async def test_a_link_that_ran_out_is_renewed_or_the_film_is_gone(stand: Stand, tmp_path: Path) -> None:
    _, task = await submitted(stand)
    done = await finished(stand, task)
    stand.vendor.play("file", GONE)
    try:
        await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    except Expired:
        pass
    else:
        assert (tmp_path / "film.mp4").read_bytes() == film()


async def test_the_key_goes_to_the_provider_alone(stand: Stand, tmp_path: Path) -> None:
    _, task = await submitted(stand)
    done = await finished(stand, task)
    await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    secrets = {"authorization", "x-api-key", "x-goog-api-key"}
    assert all(secrets & set(seen.headers) for seen in stand.vendor.calls("create"))
    assert not any(secrets & set(seen.headers) for seen in stand.vendor.cdn_seen)


@pytest.mark.parametrize("state", ["queued", "running"])
async def test_a_cancel_stops_what_can_be_stopped_and_says_so_of_the_rest(stand: Stand, state: str) -> None:
    _, task = await submitted(stand)
    stand.advance(stand.vendor.started[-1], state)
    stoppable = {"never": (), "queued": ("queued",), "running": ("queued", "running")}[stand.stops]
    if state not in stoppable:
        with pytest.raises(NotCancellable):
            await stand.provider.cancel(task)
        return
    assert await stand.provider.cancel(task) in {Charged.no, Charged.maybe}
    try:
        after = await stand.provider.poll(task)
    except Expired:
        return
    assert isinstance(after, Failed)


async def test_a_cancel_after_the_end_throws_no_film_away(stand: Stand, tmp_path: Path) -> None:
    _, task = await submitted(stand)
    done = await finished(stand, task)
    with suppress(NotCancellable):
        assert await stand.provider.cancel(task) is not Charged.no
    again = await stand.provider.poll(task)
    assert isinstance(again, Finished), "its record is still there"
    await stand.provider.download(done.files[0].id, tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == film()


async def test_the_doctor_asks_without_paying(stand: Stand) -> None:
    examine = import_module(f"adapters.video.{stand.provider.name}").examine
    seen = await examine(stand.parts)
    assert seen
    assert not any(one.stops or one.mend for one in seen), seen
    assert stand.vendor.started == []
