"""Every code of Hedra's is one typed error, with what was charged and which attachment is meant."""

from typing import Any

import pytest

from adapters.kit.answers import Answer
from adapters.video.hedra.wire import assets
from adapters.video.hedra.wire.answers import looked, progress, route, started
from adapters.video.hedra.wire.trouble import ANOTHER_TRY, MEANINGS, NO_SUCH_FILE, PLAN, refused
from bot.domain.errors import (
    BadCredentials,
    Busy,
    Expired,
    InvalidInput,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    RejectionKind,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged
from bot.ports.video import Failed

ID = "00000000-0000-4000-8000-000000000001"
TOKENS = {"start_keyframe_id": "@Image1", "audio_id.0": "@Audio1", "audio_id.1": "@Audio2"}


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    return Answer(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=body)


def told(error: ProviderError) -> tuple[Any, ...]:
    """Everything that an error says."""
    more = tuple(getattr(error, name) for name in ("kind", "retry_after") if hasattr(error, name))
    return type(error), error.message, error.mend, error.reference, *more


def ended(**trouble: Any) -> Failed:
    """What a generation that failed like this makes of its order."""
    task = started(answer(200, {"id": ID, "status": "queued"}), TOKENS)
    body = {
        "id": ID,
        "asset_id": ID,
        "type": "video",
        "status": "error",
        "progress": 0.4,
        "created_at": "2026-11-20T10:00:00Z",
    }
    found = progress(route(task), [looked(answer(200, {**body, **trouble}))])
    assert isinstance(found, Failed)
    return found


POLICY, PERSON = RejectionKind.policy, RejectionKind.real_person
BY_TYPE: dict[str, tuple[type[ProviderError], type[ProviderError], type[ProviderError], Charged]] = {
    # of a refused create call; of a refused free call; of a generation that failed, and what that may cost
    "INVALID_ARGUMENT": (InvalidInput, InvalidInput, InvalidInput, Charged.no),
    "FAILED_PRECONDITION": (InvalidInput, InvalidInput, InvalidInput, Charged.no),
    "NOT_FOUND": (InvalidInput, Expired, Expired, Charged.maybe),
    "GONE": (InvalidInput, Expired, Expired, Charged.maybe),
    "ALREADY_EXISTS": (Unclear, Unavailable, Unavailable, Charged.maybe),
    "ALREADY_IN_PROGRESS": (Unclear, Unavailable, Unavailable, Charged.maybe),
    "UNAUTHORIZED": (BadCredentials, BadCredentials, BadCredentials, Charged.maybe),
    "PERMISSION_DENIED": (BadCredentials, BadCredentials, BadCredentials, Charged.maybe),
    "INSUFFICIENT_BALANCE": (OutOfCredit, OutOfCredit, OutOfCredit, Charged.no),
    "MISSING_CREDITS": (OutOfCredit, OutOfCredit, OutOfCredit, Charged.no),
    "MODERATION_FAILED": (Rejected, Rejected, Rejected, Charged.no),
    "RESOURCE_EXHAUSTED": (RateLimited, RateLimited, Busy, Charged.maybe),
    "DEADLINE_EXCEEDED": (Unclear, Unavailable, Unavailable, Charged.maybe),
    "UNAVAILABLE": (Unclear, Unavailable, Unavailable, Charged.maybe),
    "INTERNAL": (Unclear, Unavailable, Unavailable, Charged.maybe),
    "UNKNOWN": (Unclear, Unavailable, Unavailable, Charged.maybe),
}


def test_every_published_type_has_a_meaning() -> None:
    assert set(MEANINGS) == set(BY_TYPE)


@pytest.mark.parametrize("type", BY_TYPE)
@pytest.mark.parametrize("envelope", ["error", "detail", "bare"])
def test_a_type_means_one_error_in_whatever_envelope(type: str, envelope: str) -> None:
    trouble = {"type": type, "message": "Hedra's own words."}
    body = trouble if envelope == "bare" else {envelope: trouble}
    paid, free, _, _ = BY_TYPE[type]
    for found, expected in (
        (refused(answer(400, body), paid=True), paid),
        (refused(answer(400, body), paid=False), free),
    ):
        assert (found.__class__, found.message) == (expected, "Hedra's own words.")


@pytest.mark.parametrize("type", BY_TYPE)
def test_a_generation_that_failed_says_why_and_what_it_may_cost(type: str) -> None:
    _, _, expected, charged = BY_TYPE[type]
    found = ended(error={"type": type, "message": "Hedra's own words."}, error_message="Shorter.")
    assert (found.error.__class__, found.error.message, found.charged) == (expected, "Hedra's own words.", charged)


def test_a_failure_of_a_type_that_nobody_knows_is_still_one() -> None:
    found = ended(error={"type": "SOLAR_FLARE", "message": "Too much sun."})
    assert (told(found.error), found.charged) == ((Unavailable, "Too much sun.", "", None), Charged.maybe)


def test_a_failure_without_an_error_has_its_message_or_none() -> None:
    assert told(ended(error=None, error_message="It broke.").error) == (Unavailable, "It broke.", "", None)
    bare = {"type": "INTERNAL", "message": None}
    assert told(ended(error=bare, error_message="It broke.").error) == (Unavailable, "It broke.", "", None)
    assert told(ended(error={"type": None, "message": "No."}).error) == (Unavailable, "No.", "", None)
    assert told(ended().error) == (Unavailable, "it failed without a reason", "", None)


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ({"reason_code": "MODERATION_LIKENESS"}, (Rejected, "No.", "", "@Image1", PERSON)),
        ({"reason_code": "MODERATION_LIKENESS", "param": "audio_id[1]"}, (Rejected, "No.", "", "@Audio2", PERSON)),
        ({"reason_code": "MODERATION_OUTPUT_TRANSIENT"}, (Rejected, "No.", ANOTHER_TRY, None, POLICY)),
        ({"reason_code": None, "param": "start_keyframe_id"}, (Rejected, "No.", "", "@Image1", POLICY)),
        (
            {"reason_code": "SOMETHING_NEW", "param": "generated_video_inputs.text_prompt"},
            (Rejected, "No.", "", None, POLICY),
        ),
    ],
)
def test_what_was_moderated_is_told_apart(trouble: dict[str, Any], expected: tuple[Any, ...]) -> None:
    found = ended(error={"type": "MODERATION_FAILED", "message": "No.", "violations": [], **trouble})
    assert (told(found.error), found.charged) == (expected, Charged.no)


def test_a_person_among_several_pictures_is_not_guessed_at() -> None:
    body = {"error": {"type": "MODERATION_FAILED", "reason_code": "MODERATION_LIKENESS", "message": "No."}}
    two = {"start_keyframe_id": "@Image1", "end_keyframe_id": "@Image2"}
    assert told(refused(answer(422, body), paid=True, tokens=two)) == (Rejected, "No.", "", None, PERSON)
    assert told(refused(answer(422, body), paid=True, tokens=TOKENS)) == (Rejected, "No.", "", "@Image1", PERSON)


@pytest.mark.parametrize(
    ("reason", "mend"),
    [
        ("IMAGE_ASPECT_RATIO_UNSUPPORTED", "Crop the picture to another shape, or choose another model."),
        ("IMAGE_RESOLUTION_UNSUPPORTED", "Send the picture in another size, or choose another model."),
        ("SOMETHING_NEW", ""),
    ],
)
def test_a_picture_of_the_wrong_form_is_told_with_what_to_do(reason: str, mend: str) -> None:
    found = ended(error={"type": "INVALID_ARGUMENT", "reason_code": reason, "message": "No."})
    assert told(found.error) == (InvalidInput, "No.", mend, "@Image1" if mend else None)


@pytest.mark.parametrize("type", ["INSUFFICIENT_BALANCE", "MISSING_CREDITS"])
def test_missing_credits_are_counted(type: str) -> None:
    trouble = {"type": type, "message": "Too few.", "credits_needed": 1200, "credits_available": 30}
    mend = "This needs 1,200 credits, and 30 are left. Tell your operator, or choose another model."
    assert told(ended(error=trouble).error) == (OutOfCredit, "Too few.", mend, None)
    assert told(refused(answer(402, {"error": trouble}), paid=True)) == (OutOfCredit, "Too few.", mend, None)


STATUSES: dict[int, tuple[type[ProviderError], type[ProviderError]]] = {
    # of the paid call, of a free one
    400: (InvalidInput, InvalidInput),
    401: (BadCredentials, BadCredentials),
    402: (OutOfCredit, OutOfCredit),
    403: (BadCredentials, BadCredentials),
    404: (InvalidInput, Unavailable),
    409: (Unclear, InvalidInput),
    410: (InvalidInput, Expired),
    413: (InvalidInput, InvalidInput),
    422: (InvalidInput, InvalidInput),
    429: (RateLimited, RateLimited),
    500: (Unclear, Unavailable),
    502: (Unclear, Unavailable),
    503: (Unclear, Unavailable),
    504: (Unclear, Unavailable),
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", [None, {}, {"detail": "Words."}, {"message": "Words."}, {"error": "Words."}, ["?"]])
def test_a_status_counts_where_the_body_says_nothing(status: int, body: Any) -> None:
    words = "Words." if isinstance(body, dict) and body else f"status {status}"
    paid, free = STATUSES[status]
    for found, expected in (
        (refused(answer(status, body), paid=True), paid),
        (refused(answer(status, body), paid=False), free),
    ):
        assert (found.__class__, found.message) == (expected, words)


def test_whatever_a_breakdown_says_the_order_may_have_begun() -> None:
    for type in BY_TYPE:
        assert isinstance(refused(answer(500, {"error": {"type": type, "message": "?"}}), paid=True), Unclear)
        assert isinstance(refused(answer(409, {"error": {"type": type, "message": "?"}}), paid=True), Unclear)


def test_patience_is_as_long_as_it_was_asked_for() -> None:
    assert told(refused(answer(429, None, retry_after="7"), paid=True)) == (RateLimited, "status 429", "", None, 7.0)
    body = {"error": {"code": "RESOURCE_EXHAUSTED", "message": "Slower."}}
    assert told(refused(answer(400, body), paid=False)) == (RateLimited, "Slower.", "", None, None)


def test_a_missing_right_and_a_missing_file_say_what_to_do() -> None:
    assert told(refused(answer(403, {"detail": "Forbidden"}), paid=True)) == (BadCredentials, "Forbidden", PLAN, None)
    gone = {"error": {"type": "NOT_FOUND", "message": "Asset not found", "param": "start_keyframe_id"}}
    expected = (InvalidInput, "Asset not found", NO_SUCH_FILE, "@Image1")
    assert told(refused(answer(404, gone), paid=True, tokens=TOKENS)) == expected


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        (
            [
                {
                    "loc": ["body", "video", "generated_video_inputs", "resolution"],
                    "msg": "Input should be '720p'",
                    "type": "enum",
                }
            ],
            (InvalidInput, "generated_video_inputs.resolution: Input should be '720p'", "", None),
        ),
        (
            [
                {"loc": ["body", "video", "audio_id", 1], "msg": "too long", "type": "x"},
                {"loc": ["body", "seed"], "msg": "odd", "type": "x"},
            ],
            (InvalidInput, "audio_id.1: too long; seed: odd", "", "@Audio2"),
        ),
        ([{"loc": ["body"], "msg": "Invalid JSON", "type": "x"}], (InvalidInput, "Invalid JSON", "", None)),
        ([{"msg": None}, "what"], (InvalidInput, "None", "", None)),
        ([3], (InvalidInput, "a field is wrong", "", None)),
    ],
)
def test_wrong_fields_are_named(detail: list[Any], expected: tuple[Any, ...]) -> None:
    assert told(refused(answer(422, {"detail": detail}), paid=True, tokens=TOKENS)) == expected


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (413, {"detail": "File too large"}, (InvalidInput, "File too large", "", "@Image1")),
        (401, {"detail": "Invalid API key"}, (BadCredentials, "Invalid API key", "", None)),
        (404, {"detail": "Not Found"}, (Unavailable, "Not Found", "", None)),
        (500, None, (Unavailable, "status 500", "", None)),
    ],
)
def test_a_file_that_is_not_taken_is_named(status: int, body: Any, expected: tuple[Any, ...]) -> None:
    with pytest.raises(ProviderError) as error:
        assets.made(answer(status, body), "@Image1")
    assert told(error.value) == expected
    with pytest.raises(ProviderError) as error:
        assets.sent(answer(status, body), "@Image1", stored=False)
    assert told(error.value) == expected


def test_what_the_film_store_refuses_is_not_blamed_on_the_key() -> None:
    with pytest.raises(Unavailable):
        assets.sent(answer(403, None), "@Video1", stored=True)
    assets.sent(answer(200, None), "@Video1", stored=True)
