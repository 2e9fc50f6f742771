"""How Google's answers are read: how far a film is, where it is, what it cost, and why there is none. Pure: no sockets."""

import json
from decimal import Decimal
from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.kit.http import Call
from adapters.video.google.wire import omni, veo
from adapters.video.google.wire.route import Film, Route, route_of
from bot.domain.errors import Expired, InvalidInput, OutOfCredit, Rejected, Unavailable
from bot.domain.job import Charged, RemoteFile
from bot.domain.model import Choice, Model
from bot.domain.request import Task
from bot.domain.rules import Rules
from bot.flows.quote import quote
from bot.ports.video import Failed, Finished, Running
from tests.adapters.video.google.stand_google import order
from tests.shelf import all_models

OMNI_ROUTE = Route(door="gemini", model="gemini-omni-1.2-flash", each=Decimal("0.56"))
VEO_ROUTE = Route(door="vertex", model="veo-3.1-generate-001", count=2, each=Decimal("3.2"))
OPERATION = "projects/p/locations/us-central1/publishers/google/models/veo-3.1-lite-generate-001/operations/abc"


def answer(body: Any, status: int = 200) -> Answer:
    return Answer(status=status, headers={}, body=body)


def test_an_order_that_was_taken_has_a_name() -> None:
    assert veo.begun(answer({"name": OPERATION}), mend="") == OPERATION


@pytest.mark.parametrize("body", [None, {}, {"name": ""}, {"name": "x"}, [], {"id": "", "status": "queued"}])
def test_an_answer_without_a_task_is_no_answer(body: Any) -> None:
    with pytest.raises(ValueError):
        veo.begun(answer(body), mend="")
    with pytest.raises(ValueError):
        omni.begun(answer(body), mend="")


def made(status: str, *blocks: dict[str, Any], **more: Any) -> omni.Interaction:
    steps = [
        {"type": "user_input", "content": [{"type": "video", "data": "AAAA"}]},
        {"type": "thought", "signature": "…"},
        {"type": "model_output", "content": list(blocks)},
    ]
    body = {"id": "v1_x", "object": "interaction", "status": status, "steps": steps, **more}
    return omni.interaction(answer(json.loads(json.dumps(body))), mend="")


def test_the_first_answer_is_only_a_task() -> None:
    body = {"id": "v1_…", "status": "in_progress", "object": "interaction", "model": "gemini-omni-flash-preview"}
    assert omni.begun(answer(body), mend="") == "v1_…"
    found = omni.interaction(answer(body), mend="")
    assert (found.id, omni.progress(found, OMNI_ROUTE)) == ("v1_…", Running(ask_again_in=5.0))
    assert omni.progress(made("queued"), OMNI_ROUTE) == Running(ask_again_in=5.0)


def test_a_finished_film_is_where_its_answer_says() -> None:
    uri = "https://generativelanguage.googleapis.com/v1beta/files/abc-1:download?alt=media"
    done = omni.progress(made("completed", {"type": "video", "mime_type": "video/mp4", "uri": uri}), OMNI_ROUTE)
    film = Film(door="gemini", task="v1_x", model="gemini-omni-1.2-flash", uri=uri)
    assert done == Finished(files=(RemoteFile(id=str(film)),))
    assert Film.read(str(film)) == film
    assert omni.file_of(uri) == "v1beta/files/abc-1"
    assert omni.address(uri) == "v1beta/files/abc-1:download?alt=media"
    assert omni.file_of("files/abc-1") == "v1beta/files/abc-1"
    assert omni.address("https://elsewhere.example/film.mp4") == "https://elsewhere.example/film.mp4"


@pytest.mark.parametrize(("data", "large"), [("AAAA", None), ("large string 3", 3)])
def test_a_film_inside_the_answer_is_remembered_by_its_place(data: str, large: int | None) -> None:
    usage = {"total_output_tokens": 57920, "output_tokens_by_modality": [{"modality": "video", "tokens": 57920}]}
    done = omni.progress(made("completed", {"type": "video", "data": data}, usage=usage), OMNI_ROUTE)
    assert isinstance(done, Finished)
    assert Film.read(done.files[0].id).large == large
    assert done.usd == Decimal("0.56"), "by the seconds, as no price for tokens is set"


def test_what_is_reported_is_what_is_charged() -> None:
    usage = {"total_output_tokens": 60000, "output_tokens_by_modality": [{"modality": "VIDEO", "tokens": 57920}]}
    by_token = Route(door="gemini", model="m", each=Decimal(1), per_million=Decimal("17.5"))
    done = omni.progress(made("completed", {"type": "video", "uri": "files/u"}, usage=usage), by_token)
    assert isinstance(done, Finished)
    assert done.usd == Decimal("1.0136")


PAID = {"total_output_tokens": 9, "output_tokens_by_modality": [{"modality": "video", "tokens": 9}]}


@pytest.mark.parametrize(
    ("status", "more", "kind", "charged"),
    [
        ("completed", {"usage": {"total_output_tokens": 0}}, Rejected, Charged.no),
        ("completed", {}, Rejected, Charged.no),
        ("completed", {"usage": {"total_output_tokens": 40}}, Rejected, Charged.maybe),
        ("completed", {"usage": PAID}, Rejected, Charged.yes),
        ("failed", {"errors": [{"code": 13, "message": "Internal error."}]}, Unavailable, Charged.no),
        ("failed", {"errors": [{"code": "invalid_argument", "message": "Bad ratio."}]}, InvalidInput, Charged.no),
        ("failed", {}, Unavailable, Charged.no),
        ("cancelled", {}, Unavailable, Charged.maybe),
        ("cancelled", {"usage": {"total_output_tokens": 0}}, Unavailable, Charged.no),
        ("incomplete", {}, Unavailable, Charged.maybe),
        ("incomplete", {"usage": PAID}, Unavailable, Charged.yes),
        ("budget_exceeded", {}, OutOfCredit, Charged.maybe),
        ("requires_action", {}, InvalidInput, Charged.maybe),
        ("requires_continuation", {}, InvalidInput, Charged.maybe),
    ],
)
def test_an_end_without_a_film_is_told_for_what_it_is(
    status: str, more: dict[str, Any], kind: type[Exception], charged: Charged
) -> None:
    ended = omni.progress(made(status, **more), OMNI_ROUTE)
    assert isinstance(ended, Failed)
    assert type(ended.error) is kind
    assert ended.charged is charged


def test_a_fault_within_a_completed_interaction_is_told_as_it_is() -> None:
    """A step of the model's may hold a google.rpc.Status in place of a film."""
    step = {"type": "model_output", "content": [], "error": {"code": 13, "message": "The encoder broke."}}
    body = {"id": "v1_x", "status": "completed", "steps": [step]}
    ended = omni.progress(omni.interaction(answer(body), mend=""), OMNI_ROUTE)
    assert isinstance(ended, Failed)
    assert (type(ended.error), ended.error.message) == (Unavailable, "The encoder broke.")


def test_every_status_of_omni_is_read_and_no_other() -> None:
    for status in omni.Status:
        omni.progress(made(status), OMNI_ROUTE)
    with pytest.raises(ValueError, match="paused"):
        made("paused")
    assert omni.begun(answer({"id": "v1_x", "status": "paused"}), mend="") == "v1_x", "a task that is paid for is kept"


def test_what_the_model_says_instead_of_a_film_is_passed_on() -> None:
    ended = omni.progress(made("completed", {"type": "text", "text": "I cannot show this person."}), OMNI_ROUTE)
    assert isinstance(ended, Failed)
    assert ended.error.message == "I cannot show this person."


def test_a_film_that_is_not_whole_is_handed_over_with_a_word() -> None:
    ended = omni.progress(made("incomplete", {"type": "video", "uri": "files/u"}), OMNI_ROUTE)
    assert isinstance(ended, Finished)
    assert ended.details == {"note": "Google says that this film is not whole."}


@pytest.mark.parametrize(("state", "ready"), [("ACTIVE", True), ("PROCESSING", False)])
def test_a_film_is_there_once_google_has_put_its_file_together(state: str, ready: bool) -> None:
    assert omni.file_ready(answer({"name": "files/a", "state": state}), mend="") is ready


def test_a_file_that_failed_is_gone_and_a_strange_state_is_loud() -> None:
    with pytest.raises(Expired):
        omni.file_ready(answer({"state": "FAILED"}), mend="")
    for strange in ({"state": "RESTING"}, {}):
        with pytest.raises((ValueError, KeyError)):
            omni.file_ready(answer(strange), mend="")


def ended(**body: Any) -> Any:
    return veo.progress(veo.operation(answer({"name": OPERATION, **body}), mend=""), VEO_ROUTE, mend="")


def test_an_operation_runs_until_it_is_done() -> None:
    assert ended() == Running(ask_again_in=10.0)
    assert ended(done=False, metadata={"@type": "…"}) == Running(ask_again_in=10.0)


def test_veos_films_are_remembered_by_their_place_in_the_answer() -> None:
    videos = [{"bytesBase64Encoded": one, "mimeType": "video/mp4"} for one in ("large string 0", "AAAA")]
    done = ended(done=True, response={"@type": "…", "raiMediaFilteredCount": 0, "videos": videos})
    films = [
        Film(door="vertex", task=OPERATION, model="veo-3.1-generate-001", number=0, large=0),
        Film(door="vertex", task=OPERATION, model="veo-3.1-generate-001", number=1),
    ]
    assert done == Finished(files=tuple(RemoteFile(id=str(film)) for film in films))
    assert [Film.read(file.id) for file in done.files] == films


def test_films_that_were_held_back_are_counted_and_not_charged() -> None:
    videos = [{"bytesBase64Encoded": "AAAA", "mimeType": "video/mp4"}]
    reasons = ["It violates our guidelines. Support codes: 58061214"]
    done = ended(done=True, response={"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": reasons, "videos": videos})
    assert isinstance(done, Finished)
    assert done.usd == Decimal("3.2"), "one film of two"
    assert done.details == {"note": f"Google's safety filter held back 1 of 2 films: {reasons[0]}"}


def test_all_films_held_back_are_a_refusal() -> None:
    reasons = ["The prompt violates. Support codes: 58061214", "And again."]
    done = ended(done=True, response={"raiMediaFilteredCount": 2, "raiMediaFilteredReasons": reasons})
    assert isinstance(done, Failed)
    assert isinstance(done.error, Rejected)
    assert done.error.message == " ".join(reasons)
    assert done.charged is Charged.no


def test_a_film_in_a_bucket_is_told_with_its_place_and_counts_as_paid() -> None:
    videos = [{"gcsUri": "gs://b/x/sample_0.mp4", "mimeType": "video/mp4"}]
    done = ended(done=True, response={"raiMediaFilteredCount": 0, "videos": videos})
    assert isinstance(done, Failed)
    assert "gs://b/x/sample_0.mp4" in done.error.message
    assert done.charged is Charged.yes


def test_an_operation_that_is_done_and_says_nothing_is_loud() -> None:
    assert veo.begun(answer({"name": OPERATION, "done": True}), mend="") == OPERATION, "a task that is paid for is kept"
    for strange in ({"done": True}, {"done": "paused"}):
        with pytest.raises(ValueError):
            ended(**strange)


def test_what_is_known_of_a_task_outlives_a_restart() -> None:
    route = route_of(order("veo-3.1-lite", seconds=6.0, count=3, audio=False), "vertex")
    assert route == Route(door="vertex", model="veo-3.1-lite-generate-001", count=3, each=Decimal("0.18"))
    assert Route.read(str(route)) == route
    assert Route.read(str(OMNI_ROUTE)) == OMNI_ROUTE


def credits(id: str, resolution: str, count: int) -> tuple[Decimal, Decimal]:
    """What the card says and what finished films are settled at, at a dollar a credit."""
    asked = order(id, resolution=resolution, count=count, seconds=8.0, prompt="A heron")
    settings = asked.request.settings
    choice = Choice(model=id, provider="google", title=id, task=Task.text, settings=settings)
    quoted = quote(choice, asked.model, asked.request, Rules(credits_per_dollar=Decimal(1)), asked.sent_at)
    each = route_of(asked, "x").each
    assert each is not None
    return quoted.credits, each * count


@pytest.mark.parametrize("model", [model for model in all_models() if model.provider == "google"], ids=lambda m: m.id)
def test_what_is_settled_is_never_more_than_was_on_the_card(model: Model) -> None:
    for resolution in model.resolutions:
        quoted, settled = credits(model.id, resolution, model.max_count)
        assert quoted == settled.quantize(Decimal("0.01"))


def test_the_card_names_at_least_what_a_finished_film_was_seen_to_cost() -> None:
    """Ten seconds of Omni 1.2 at 720p: 0.70 dollars by the price list that resellers quote."""
    asked = order("omni-1.2", seconds=10.0)
    assert route_of(asked, "gemini").each == Decimal("0.70")


def test_a_name_of_a_task_stays_one_part_of_its_address() -> None:
    assert omni.look("v1_a/../b?c").path == "v1/interactions/v1_a%2F..%2Fb%3Fc"
    assert omni.cancel("v1_a") == Call(method="POST", path="v1/interactions/v1_a/cancel")


def test_what_is_no_film_of_googles_is_gone() -> None:
    for strange in ("", "https://x.example/film.mp4", "door=gemini&task=a&model=b&number=x"):
        with pytest.raises(Expired):
            Film.read(strange)
