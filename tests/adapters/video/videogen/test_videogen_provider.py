"""VideoGen spoken to over real sockets: films, cancels, renewed addresses, and how often it is asked."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.video.videogen import create, examine
from adapters.video.videogen.pace import Pace
from bot.domain.errors import (
    BadCredentials,
    Expired,
    InvalidInput,
    NotCancellable,
    OutOfCredit,
    Unavailable,
)
from bot.domain.job import Charged, ProviderTask
from bot.ports.examine import Seen
from bot.ports.parts import Parts
from bot.ports.video import Failed, Finished, Running
from tests.adapters.video.videogen.server_videogen import KEY
from tests.adapters.video.videogen.stand_videogen import VideoGenStand
from tests.fakes import SetClock
from tests.vendor import GONE, film, status


async def test_a_wish_becomes_films_byte_for_byte(stand: VideoGenStand, tmp_path: Path) -> None:
    task = await stand.provider.submit(stand.order(count=2))
    assert task == ProviderTask(id="vg_tool_1", route="count=2&seconds=4", key_name="VIDEOGEN_API_KEY")
    assert stand.vendor.started == [task.id]
    stand.advance(task.id, "running")
    assert await stand.provider.poll(task) == Running(fraction=0.4, ask_again_in=5.0)
    stand.advance(task.id, "finished")
    done = await stand.provider.poll(task)
    assert isinstance(done, Finished)
    assert (len(done.files), done.details) == (2, {})
    for number, file in enumerate(done.files):
        await stand.provider.download(file.id, tmp_path / str(number))
        assert (tmp_path / str(number)).read_bytes() == film()
    assert stand.vendor.complaints == []
    headers = [seen.headers for seen in stand.vendor.seen]
    assert all(one["authorization"] == f"Bearer {KEY}" and one["x-videogen-client"] == "clapper" for one in headers)
    assert not any(KEY in str(seen.headers) for seen in stand.vendor.cdn_seen)


async def test_fewer_films_than_asked_for_are_delivered_with_a_word_about_it(stand: VideoGenStand) -> None:
    task = await stand.provider.submit(stand.order(count=3))
    stand.vendor.finish(task.id, results=2)
    done = await stand.provider.poll(task)
    assert isinstance(done, Finished)
    assert len(done.files) == 2
    assert done.details == {"note": "VideoGen made 2 of the 3 films asked for."}


async def test_credit_and_keys_are_told_apart(stand: VideoGenStand) -> None:
    stand.vendor.credits = 0
    with pytest.raises(OutOfCredit, match="Not enough credits"):
        await stand.provider.submit(stand.order())
    with pytest.raises(BadCredentials):
        await stand.another(key="sk_videogen_live_wrong").submit(stand.order("J-TWO-1"))


async def test_a_film_without_a_mark_needs_a_plan(stand: VideoGenStand) -> None:
    order = stand.order()
    order = replace(order, model=replace(order.model, wire=(("watermark_mode", "NONE"),)))
    with pytest.raises(InvalidInput) as told:
        await stand.provider.submit(order)
    assert told.value.mend == "Tell your operator: the VideoGen account lacks an add-on that this needs."
    stand.vendor.plan = True
    await stand.provider.submit(order)


async def test_a_cancel_stops_what_runs_and_promises_no_credits_back(stand: VideoGenStand) -> None:
    task = await stand.provider.submit(stand.order())
    stand.advance(task.id, "running")
    assert await stand.provider.cancel(task) is Charged.maybe
    assert stand.vendor.execution(task.id).status == "cancelled"
    after = await stand.provider.poll(task)
    assert isinstance(after, Failed)
    assert after.charged is Charged.maybe


async def test_a_cancel_that_is_heard_too_late_is_not_believed(stand: VideoGenStand) -> None:
    task = await stand.provider.submit(stand.order())
    stand.advance(task.id, "finished")
    with pytest.raises(NotCancellable):
        await stand.provider.cancel(task)
    stand.vendor.play("cancel", status(409, {"message": "It is over."}))
    with pytest.raises(NotCancellable):
        await stand.provider.cancel(task)
    stand.vendor.play("poll", status(500))
    assert await stand.provider.cancel(task) is Charged.maybe


async def test_an_expired_address_is_renewed_once(stand: VideoGenStand, tmp_path: Path) -> None:
    task = await stand.provider.submit(stand.order())
    stand.advance(task.id, "finished")
    done = await stand.provider.poll(task)
    assert isinstance(done, Finished)
    stand.vendor.expire(stand.vendor.execution(task.id).files[0])
    await stand.provider.download(done.files[0].id, tmp_path / "film")
    assert (tmp_path / "film").read_bytes() == film()
    assert not any(KEY in str(seen.headers) for seen in stand.vendor.cdn_seen)
    stand.vendor.play("file", GONE, GONE)
    with pytest.raises(Expired):
        await stand.provider.download(done.files[0].id, tmp_path / "film")


async def test_a_film_without_an_address_is_asked_for_one(stand: VideoGenStand, tmp_path: Path) -> None:
    task = await stand.provider.submit(stand.order())
    stand.advance(task.id, "finished")
    (id,) = stand.vendor.execution(task.id).files
    await stand.provider.download(id, tmp_path / "film")
    assert (tmp_path / "film").read_bytes() == film()
    stand.vendor.stored[id].status = "pending"
    with pytest.raises(Unavailable, match="not ready to be fetched"):
        await stand.provider.download(id, tmp_path / "film")
    del stand.vendor.stored[id]
    with pytest.raises(Expired):
        await stand.provider.download(id, tmp_path / "film")


async def test_what_waits_for_an_approval_goes_on_and_is_told_once(stand: VideoGenStand) -> None:
    task = await stand.provider.submit(stand.order())
    stand.vendor.execution(task.id).status = "awaiting_approval"
    with capture_logs() as logs:
        for _ in range(3):
            assert await stand.provider.poll(task) == Running(fraction=0.0, ask_again_in=5.0)
    assert [one["action"] for one in logs] == ["videogen.approval"]


@pytest.mark.parametrize(("tasks", "pause"), [(1, 5.0), (6, 5.0), (10, 8.0), (1000, 800.0)])
def test_all_looks_together_stay_under_five_thousand_an_hour(tasks: int, pause: float) -> None:
    pace = Pace(SetClock())
    for _ in range(2):
        pauses = [pace.pause(f"vg_tool_{n}") for n in range(tasks)]
    assert pauses[-1] == pause
    assert sum(3600 / one for one in pauses) <= 5000
    for n in range(tasks - 1):
        pace.over(f"vg_tool_{n}")
    assert pace.pause(f"vg_tool_{tasks - 1}") == 5.0


async def test_films_that_are_done_leave_more_looks_to_the_others(stand: VideoGenStand) -> None:
    tasks = [await stand.provider.submit(stand.order(f"J-{n}-1")) for n in range(8)]
    for task in tasks:
        last = await stand.provider.poll(task)
    assert last == Running(fraction=0.0, ask_again_in=6.4)
    stand.advance(tasks[0].id, "finished")
    await stand.provider.poll(tasks[0])
    await stand.provider.cancel(tasks[1])
    assert await stand.provider.poll(tasks[7]) == Running(fraction=0.0, ask_again_in=5.0)


def test_what_nobody_asks_about_any_more_slows_nothing_down() -> None:
    clock = SetClock()
    pace = Pace(clock)
    for n in range(100):
        pace.pause(f"vg_tool_{n}")
    clock.forward(2 * 3600 + 1)
    assert pace.pause("vg_tool_100") == 5.0


def parts(stand: VideoGenStand, **settings: str) -> Parts:
    return Parts(settings=settings, folder=stand.folder, clock=SetClock())


async def test_the_doctor_is_told_whether_the_key_works(stand: VideoGenStand) -> None:
    url = stand.vendor.url
    assert await examine(parts(stand, api_key=KEY, base_url=url)) == [Seen("VIDEOGEN_API_KEY (“clapper”) works.")]
    (refused,) = await examine(parts(stand, api_key="wrong", base_url=url))
    assert refused.found == "VideoGen refuses VIDEOGEN_API_KEY: The API key is not valid."
    assert refused.stops
    stand.vendor.play("me", status(500))
    (away,) = await examine(parts(stand, api_key=KEY, base_url=url))
    assert away.found == "VideoGen cannot be asked just now: status 500."
    assert (bool(away.mend), away.stops) == (True, False)
    assert {seen.route for seen in stand.vendor.seen} == {"me"}, "only free questions"


async def test_it_is_made_from_its_settings(stand: VideoGenStand) -> None:
    storage: Any = SimpleNamespace(notes=stand.notebook)
    made = create(replace(parts(stand, api_key=KEY, base_url=stand.vendor.url), storage=storage))
    assert (await made.submit(stand.order())).id == stand.vendor.started[0]
    await made.aclose()
