"""How far an order is, by what Hedra answers of each of its results."""

from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.video.hedra.wire.answers import (
    Look,
    Route,
    Status,
    balance,
    found,
    looked,
    offers,
    progress,
    route,
    started,
)
from adapters.video.hedra.wire.trouble import Trouble
from bot.domain.errors import BadCredentials, Expired, Unavailable
from bot.domain.job import Charged, ProviderTask, RemoteFile
from bot.ports.video import Failed, Finished, Running

A, B, C = (f"00000000-0000-4000-8000-00000000000{letter}" for letter in "abc")
MADE = {
    "id": A,
    "asset_id": B,
    "created_at": "2026-11-20T10:00:00Z",
    "status": "queued",
    "progress": 0.0,
    "eta_sec": 95,
}
ITEM = {"id": A, "asset_id": B, "created_at": "2026-11-20T10:00:00Z", "status": "queued", "progress": 0.0}


def answer(body: Any, status: int = 200) -> Answer:
    return Answer(status=status, headers={}, body=body)


def look(id: str, status: Status = Status.processing, share: float = 0.5, **more: Any) -> Look:
    return Look(id=id, status=status, progress=share, **more)


def done(id: str) -> Look:
    return look(id, Status.complete, 1.0, download_url=f"https://cdn.example/{id}.mp4?s=1")


def test_a_created_generation_is_a_task_that_outlives_a_restart() -> None:
    echo = {"type": "video", "batch_size": 1, "batch_generation_id": C, "batch_results": [ITEM], "something_new": 1}
    task = started(answer(MADE | echo), {"start_keyframe_id": "@Image1"})
    assert (task.id, task.key_name) == (A, "HEDRA_API_KEY")
    again = ProviderTask(id=task.id, route=task.route, region=task.region, key_name=task.key_name)
    assert route(again) == Route(ids=(A,), eta=95.0, tokens={"start_keyframe_id": "@Image1"})


def test_an_answer_without_a_list_of_results_counts_by_its_own_id() -> None:
    assert route(started(answer(MADE), {})) == Route(ids=(A,), eta=95.0)
    nothing = [ITEM | {"id": None, "status": "error", "error": "No."}]
    assert route(started(answer(MADE | {"batch_results": nothing}), {})).ids == (A,)


def test_results_that_failed_at_once_are_remembered_with_their_reason() -> None:
    items = [
        ITEM | {"eta_sec": 120},
        ITEM | {"id": None, "status": "error", "error": "w" * 300},
        ITEM | {"id": C, "status": "complete"},
    ]
    task = started(answer(MADE | {"batch_results": items}), {})
    assert route(task) == Route(ids=(A, "", C), why={1: "w" * 200}, eta=120.0)
    assert progress(route(task), [look(A), None, done(C)]) == Running(fraction=0.75, eta=30.0, ask_again_in=5.0)
    ended = progress(route(task), [done(A), None, done(C)])
    assert isinstance(ended, Finished)
    assert ended.details == {"note": f"Result 2 of 3 was not made: {'w' * 200}."}
    assert [file.id for file in ended.files] == [
        f"{A} https://cdn.example/{A}.mp4?s=1",
        f"{C} https://cdn.example/{C}.mp4?s=1",
    ]


@pytest.mark.parametrize(
    "body", [MADE | {"status": "dreaming"}, {"status": "queued"}, [], None, "ok", MADE | {"batch_results": [{}]}]
)
def test_an_answer_to_a_create_call_that_nobody_understands_is_loud(body: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        started(answer(body), {})


@pytest.mark.parametrize("status", Status)
def test_the_published_example_of_a_status(status: Status) -> None:
    links = {name: f"https://x.example/{name}" for name in ("url", "download_url", "streaming_url")}
    body = {
        "id": A,
        "asset_id": B,
        "type": "video",
        "status": status.value,
        "progress": 1.0,
        "created_at": "2026-11-20T10:00:00Z",
        **links,
    }
    found = looked(answer(body))
    assert found is not None
    assert (found.id, found.status, found.file) == (A, status, "https://x.example/download_url")


def test_a_complete_film_is_where_it_can_be_downloaded_or_else_seen() -> None:
    file = looked(
        answer({"id": A, "status": "complete", "progress": 1, "url": "https://x.example/u", "download_url": None})
    )
    assert file is not None
    assert file.file == "https://x.example/u"
    with pytest.raises(ValueError, match="without an address"):
        looked(answer({"id": A, "status": "complete", "progress": 1}))


@pytest.mark.parametrize("told", [{}, {"progress": None}, {"progress": -0.1}])
def test_a_film_is_not_lost_to_a_progress_that_is_odd(told: dict[str, Any]) -> None:
    """It is no more than a bar on the card; the film is there, and paid for."""
    film = looked(answer({"id": A, "status": "complete", "url": "https://x.example/u", **told}))
    assert isinstance(progress(Route(ids=(A,)), [film]), Finished)
    going = looked(answer({"id": A, "status": "processing", **told}))
    assert progress(Route(ids=(A,)), [going]) == Running(fraction=0.0, ask_again_in=5.0)


def test_a_status_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="moderating"):
        looked(answer({"id": A, "status": "moderating", "progress": 0.1}))


def test_only_hedra_itself_can_say_that_there_is_no_such_generation() -> None:
    assert looked(answer({"detail": "Generation not found"}, 404)) is None
    with pytest.raises(ValueError, match="not Hedra's"):
        looked(answer(None, 404))
    with pytest.raises(BadCredentials):
        looked(answer({"detail": "Invalid API key"}, 401))


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        (
            [look(A, share=0.5), look(B, Status.queued, 0.0), look(C, Status.finalizing, 1.0)],
            Running(fraction=0.5, eta=50.0),
        ),
        ([look(A, share=0.25, eta_sec=70), look(B, share=0.25, eta_sec=20), done(C)], Running(fraction=0.5, eta=70.0)),
        (
            [look(A, share=2.0), look(B, Status.error, 0.1), look(C, share=0.7)],
            Running(fraction=0.9, eta=pytest.approx(10.0)),
        ),
        ([look(A, share=0.6), None, None], Running(fraction=0.2, eta=80.0)),
    ],
)
def test_a_batch_is_as_far_as_its_results_are_together(looks: list[Look | None], expected: Running) -> None:
    said = progress(Route(ids=(A, B, C), eta=100.0), looks)
    assert isinstance(said, Running)
    assert (said.fraction, said.eta, said.ask_again_in) == (pytest.approx(expected.fraction), expected.eta, 5.0)


def test_an_order_that_was_found_again_does_not_know_its_time() -> None:
    assert progress(Route(ids=(A,)), [look(A)]) == Running(fraction=0.5, eta=None, ask_again_in=5.0)


def test_the_films_there_are_come_home_and_each_that_failed_is_told() -> None:
    bad = look(B, Status.error, 0.3, error=Trouble(type="MODERATION_FAILED", message="Blood."))
    said = progress(Route(ids=(A, B, C)), [done(A), bad, None])
    note = "Result 2 of 3 was not made: Blood. Result 3 of 3 was not made: Hedra has nothing of it."
    assert said == Finished(files=(RemoteFile(id=f"{A} https://cdn.example/{A}.mp4?s=1"),), details={"note": note})


def test_an_order_of_which_nothing_came_failed() -> None:
    moderated = look(A, Status.error, 0.3, error=Trouble(type="MODERATION_FAILED", message="Blood."))
    broken = look(B, Status.error, 0.3, error=Trouble(type="INTERNAL", message="Oops."))
    both = progress(Route(ids=(A, B)), [moderated, broken])
    assert isinstance(both, Failed)
    assert (both.error.message, both.charged) == ("Blood.", Charged.maybe)
    alone = progress(Route(ids=(B,)), [broken])
    assert isinstance(alone, Failed)
    assert isinstance(alone.error, Unavailable)
    with pytest.raises(Expired):
        progress(Route(ids=(A, B)), [None, None])


def test_an_order_is_found_where_any_of_its_ids_is_there() -> None:
    assert found((A, B), [None, None], {}) is None
    task = found((A, B), [None, look(B)], {"audio_id": "@Audio1"})
    assert task is not None
    assert route(task) == Route(ids=(A, B), tokens={"audio_id": "@Audio1"})


def test_credits_and_models_are_read_as_published() -> None:
    assert balance(answer({"remaining": 480, "expiring": 0, "used": 20, "workspace_credit_pool": 5})).remaining == 480
    price = {"price_details": {"credit_cost": 6, "unit_scale": 1, "billing_unit": "second"}}
    pricing = {"base_cost": None, "credits_per_second": 6, "modifiers": {"resolution": {"540p": 0.5}}}
    (offer,) = offers(answer([{"id": A, "name": "Avatar", "type": "video", "pricing": pricing, **price}]))
    assert offer.pricing is not None
    assert (offer.pricing.credits_per_second, offer.pricing.modifiers) == (6.0, {"resolution": {"540p": 0.5}})
