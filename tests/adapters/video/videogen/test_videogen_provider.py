"""VideoGen spoken to over real sockets: films, files, lost answers, cancels and renewed addresses."""

from collections.abc import AsyncIterator
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
    RateLimited,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged, ProviderTask
from bot.domain.media import Role
from bot.domain.request import Reference
from bot.ports.examine import Seen
from bot.ports.parts import Parts
from bot.ports.video import Failed, Finished, Running
from tests.adapters.video.videogen.server_videogen import KEY
from tests.adapters.video.videogen.stand_videogen import Notebook, VideoGenStand, open_stand
from tests.fakes import SetClock
from tests.shelf import film as a_film
from tests.shelf import picture, sound
from tests.vendor import AFTER, BEFORE, GARBLED, GONE, film, status


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[VideoGenStand]:
    async with open_stand(tmp_path) as made:
        yield made


def on_shelf(stand: VideoGenStand, reference: Reference, content: bytes = b"bytes") -> Reference:
    key = reference.token.lstrip("@").lower()
    (stand.folder / key).write_bytes(content)
    return replace(reference, key=key)


async def lose(stand: VideoGenStand, key: str, mood: Any = AFTER) -> None:
    stand.vendor.play("create", mood)
    with pytest.raises(Unclear):
        await stand.provider.submit(stand.order(key))


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


async def test_files_go_out_in_three_steps_and_once(stand: VideoGenStand) -> None:
    stand.vendor.looks = 2
    given = [
        on_shelf(stand, picture("@Image1", Role.first_frame), b"first"),
        on_shelf(stand, picture("@Image2"), b"second"),
        on_shelf(stand, a_film("@Video1"), film()),
        on_shelf(stand, sound("@Audio1"), b"sound"),
    ]
    await stand.provider.submit(stand.order("J-ONE-1", *given))
    bytes_there = {one.id: one.content for one in stand.vendor.stored.values()}
    body = stand.vendor.calls("create")[0].body
    sent = [body["startFrameFileId"], *body["imageFileIds"], *body["videoFileIds"], *body["audioFileIds"]]
    assert [bytes_there[id] for id in sent] == [b"first", b"second", film(), b"sound"]
    assert not any(KEY in str(seen.headers) for seen in stand.vendor.calls("put"))
    assert stand.vendor.complaints == []
    await stand.another().submit(stand.order("J-TWO-1", *given))
    again = stand.vendor.calls("create")[1].body
    assert again == body
    assert len(stand.vendor.calls("upload")) == len(stand.vendor.calls("put")) == 4


async def test_another_file_under_the_same_name_is_sent_anew(stand: VideoGenStand) -> None:
    one = on_shelf(stand, picture("@Image1", Role.first_frame))
    for sha256 in ("aa", "bb", "aa"):
        assert one.media
        given = replace(one, media=replace(one.media, sha256=sha256))
        await stand.provider.submit(stand.order(f"J-{sha256}-{len(stand.vendor.started)}", given))
    assert len(stand.vendor.calls("upload")) == 2


async def test_a_file_that_videogen_kept_no_longer_is_sent_again(stand: VideoGenStand) -> None:
    one = on_shelf(stand, picture("@Image1", Role.first_frame))
    await stand.provider.submit(stand.order("J-ONE-1", one))
    stand.vendor.stored.clear()
    await stand.provider.submit(stand.order("J-TWO-1", one))
    assert len(stand.vendor.started) == 2
    assert len(stand.vendor.calls("put")) == 2


async def test_a_file_that_is_not_ready_yet_starts_nothing_and_is_not_sent_again(stand: VideoGenStand) -> None:
    stand.vendor.looks = 5
    one = on_shelf(stand, picture("@Image1", Role.first_frame))
    with pytest.raises(Unavailable, match="still busy with a file"):
        await stand.provider.submit(stand.order("J-ONE-1", one))
    assert stand.vendor.calls("create") == []
    await stand.provider.submit(stand.order("J-ONE-1", one))
    assert len(stand.vendor.calls("put")) == len(stand.vendor.started) == 1


async def test_a_file_that_cannot_be_read_is_named(stand: VideoGenStand) -> None:
    stand.vendor.spoilt = True
    one = on_shelf(stand, picture("@Image1", Role.first_frame))
    with pytest.raises(InvalidInput) as told:
        await stand.provider.submit(stand.order("J-ONE-1", one))
    assert (told.value.reference, told.value.message) == ("@Image1", "it cannot read a file")
    stand.vendor.spoilt = False
    await stand.provider.submit(stand.order("J-ONE-1", one))
    assert len(stand.vendor.calls("put")) == 2


async def test_a_file_that_is_gone_from_the_drive_is_named(stand: VideoGenStand) -> None:
    with pytest.raises(InvalidInput, match="no longer on the Drive") as told:
        await stand.provider.submit(stand.order("J-ONE-1", replace(picture("@Image1"), key="gone")))
    assert told.value.reference == "@Image1"
    assert stand.vendor.calls("create") == []


@pytest.mark.parametrize("mood", [AFTER, GARBLED])
async def test_a_lost_answer_is_found_in_the_list_and_not_sent_again(stand: VideoGenStand, mood: Any) -> None:
    stand.vendor.add()
    await lose(stand, "J-ONE-1", mood)
    stand.vendor.add("GENERATE_IMAGE")
    found = await stand.provider.find(stand.order())
    assert found == ProviderTask(id=stand.vendor.started[0], route="count=1&seconds=4", key_name="VIDEOGEN_API_KEY")
    assert await stand.provider.submit(stand.order()) == found
    assert len(stand.vendor.calls("create")) == 1


@pytest.mark.parametrize("mood", [BEFORE, status(500, {"message": "?"}), status(504, "<html>")])
async def test_an_order_that_did_not_arrive_is_nowhere(stand: VideoGenStand, mood: Any) -> None:
    stand.vendor.add()
    await lose(stand, "J-ONE-1", mood)
    assert await stand.provider.find(stand.order()) is None
    task = await stand.provider.submit(stand.order())
    assert stand.vendor.started == [task.id]
    assert await stand.provider.find(stand.order()) == task


async def test_an_order_that_lands_late_is_found_after_it_was_not(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1", BEFORE)
    assert await stand.provider.find(stand.order()) is None
    landed = stand.vendor.add()
    found = await stand.provider.find(stand.order())
    assert found
    assert found.id == landed.id


async def test_a_bot_that_starts_anew_finds_what_the_one_before_it_lost(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1")
    other = stand.another()
    assert (await other.find(stand.order())) is not None
    assert await other.find(stand.order("J-NEVER-1")) is None, "its note would have come before its call"


async def test_a_bot_that_remembers_nothing_says_so(stand: VideoGenStand) -> None:
    forgetful = stand.another(lasting=False)
    with pytest.raises(Unclear):
        await forgetful.find(stand.order())
    stand.vendor.play("create", AFTER)
    with pytest.raises(Unclear):
        await forgetful.submit(stand.order())
    assert await forgetful.find(stand.order()) is not None


async def test_films_of_two_lost_orders_are_never_guessed_at(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1", BEFORE)
    await lose(stand, "J-TWO-1")
    with pytest.raises(Unavailable, match="another order is on its way"):
        await stand.provider.find(stand.order("J-ONE-1"))
    stand.clock.forward(71)
    for key in ("J-ONE-1", "J-TWO-1"):
        with pytest.raises(Unclear):
            await stand.provider.find(stand.order(key))


async def test_what_was_there_before_an_order_is_another_ones(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1")
    await lose(stand, "J-TWO-1", BEFORE)
    assert await stand.provider.find(stand.order("J-TWO-1")) is None
    found = await stand.provider.find(stand.order("J-ONE-1"))
    assert found
    assert [found.id] == stand.vendor.started


async def test_orders_long_past_do_not_make_a_new_one_unclear(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1", BEFORE)
    stand.clock.forward(3600)
    await lose(stand, "J-TWO-1")
    later = replace(stand.order("J-TWO-1"), sent_at=stand.clock.now())
    found = await stand.provider.find(later)
    assert found
    assert [found.id] == stand.vendor.started


async def test_a_lost_order_is_told_from_one_that_was_answered(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1")
    answered = await stand.provider.submit(stand.order("J-TWO-1"))
    found = await stand.provider.find(stand.order("J-ONE-1"))
    assert found
    assert [found.id, answered.id] == stand.vendor.started


async def test_a_film_of_another_program_makes_it_unclear(stand: VideoGenStand) -> None:
    await lose(stand, "J-ONE-1")
    stand.vendor.add()
    with pytest.raises(Unclear, match="2 of its films may be this order's"):
        await stand.provider.find(stand.order())


async def test_an_order_that_was_refused_is_not_looked_for_among_others(stand: VideoGenStand) -> None:
    stand.vendor.play("create", stand.limited())
    with pytest.raises(RateLimited):
        await stand.provider.submit(stand.order())
    stand.vendor.add()
    assert await stand.provider.find(stand.order()) is None
    await lose(stand, "J-ONE-1")
    found = await stand.provider.find(stand.order())
    assert found
    assert [found.id] == stand.vendor.started, "what was there before is looked at anew with each try"


async def test_a_long_list_is_read_page_by_page(stand: VideoGenStand) -> None:
    stand.vendor.add()
    await lose(stand, "J-ONE-1")
    for _ in range(450):
        stand.vendor.add("GENERATE_IMAGE")
    found = await stand.provider.find(stand.order())
    assert found
    assert [found.id] == stand.vendor.started
    pages = [dict(seen.query) for seen in stand.vendor.calls("list")[1:]]
    assert [page.get("cursor") for page in pages] == [None, "200", "400"]


async def test_a_list_that_does_not_reach_back_decides_nothing(stand: VideoGenStand) -> None:
    stand.vendor.add()
    await lose(stand, "J-ONE-1")
    del stand.vendor.executions[1]
    with pytest.raises(Unclear, match="does not reach back"):
        await stand.provider.find(stand.order())


async def test_nothing_is_paid_that_could_not_be_found_again(stand: VideoGenStand) -> None:
    stand.vendor.play("list", status(503, {"message": "Down."}))
    with pytest.raises(Unavailable):
        await stand.provider.submit(stand.order())
    stand.notebook.broken = True
    with pytest.raises(Unavailable, match="our own storage"):
        await stand.provider.submit(stand.order())
    assert stand.vendor.calls("create") == []


async def test_a_task_that_cannot_be_noted_is_handed_over_all_the_same(stand: VideoGenStand) -> None:
    class Full(Notebook):
        async def put(self, key: str, text: str, until: Any) -> None:
            if stand.vendor.started:
                raise OSError("the disk is full")
            await super().put(key, text, until)

    with capture_logs() as logs:
        task = await stand.another(notebook=Full()).submit(stand.order())
    assert stand.vendor.started == [task.id]
    assert [(one["action"], one["task"]) for one in logs] == [("videogen.unnoted", task.id)]


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
