"""What VideoGen takes and makes, figure by figure, beside its OpenAPI description of 2026-10-02."""

from bot.domain.media import Role
from bot.domain.model import AUTO
from tests.adapters.video.figures import bounds, pace, taken
from tests.adapters.video.videogen.stand_videogen import MODEL


def test_clips_are_as_videogen_makes_them() -> None:
    seconds = MODEL.seconds
    assert (seconds.minimum, seconds.maximum, seconds.step, seconds.fit(AUTO)) == (1, 30, 1, AUTO)
    assert (MODEL.resolutions, MODEL.audio, MODEL.max_count) == ((), "optional", 100)
    assert MODEL.aspects[0] == "16:9", "its own default"
    assert MODEL.tasks == {"text", "first_frame", "references", "edit"}
    assert MODEL.honours == {"watermark", "temporary", "voice"}


def test_it_takes_one_opening_frame_and_four_files_of_each_kind() -> None:
    each = {f"reference_{kind}": (0, 4) for kind in ("image", "video", "audio")}
    assert taken(MODEL) == {"first_frame": (0, 1)} | each
    assert all(rule.alone and rule.with_frames for _, rule in MODEL.roles), (
        "each may come by itself, or with all others"
    )


def test_five_hundred_orders_an_hour_are_not_passed() -> None:
    ((line, minute, at_once, sure),) = pace(MODEL)
    assert (line, at_once, sure) == ("", None, "sure")
    assert minute == 500 // 60


def test_what_videogen_does_not_publish_is_not_made_up() -> None:
    assert MODEL.price.unit == "unknown"
    for role in (Role.first_frame, Role.reference_image, Role.reference_video, Role.reference_audio):
        assert bounds(MODEL, role, "max_bytes") == (None,)
    assert all(rule.unconfirmed for _, rule in MODEL.roles)
