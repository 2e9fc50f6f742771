"""What MiniMax's models take, make and cost, figure by figure, beside its documents of 2026-10-08."""

import pytest

from bot.domain.media import Role
from bot.domain.request import Reference
from tests.adapters.video.figures import bounds, pace, taken, usd
from tests.shelf import all_models, model, picture, wish

MINIMAX = [one for one in all_models() if one.provider == "minimax"]
HAILUO = ("hailuo-2.3", "hailuo-2.3-fast", "hailuo-02")
OLD = ("t2v-01", "t2v-01-director", "i2v-01", "i2v-01-director", "i2v-01-live", "s2v-01")
NEW = ("minimax-h3", "minimax-h3-max")
FIRST, LAST = picture("@Image1", Role.first_frame), picture("@Image2", Role.last_frame)

# (model, resolution, seconds) -> dollars; None where MiniMax publishes nothing and so nothing is quoted.
CLIPS = {
    ("hailuo-2.3", "768p", 6): ("0.28", "sure"),
    ("hailuo-2.3", "768p", 10): ("0.56", "sure"),
    ("hailuo-2.3", "1080p", 6): ("0.49", "unconfirmed"),
    ("hailuo-2.3-fast", "768p", 6): ("0.19", "sure"),
    ("hailuo-2.3-fast", "768p", 10): None,
    ("hailuo-2.3-fast", "1080p", 6): None,
    ("hailuo-02", "512p", 6): ("0.10", "sure"),
    ("hailuo-02", "512p", 10): None,
    ("hailuo-02", "768p", 6): ("0.28", "unconfirmed"),
    ("hailuo-02", "768p", 10): ("0.56", "unconfirmed"),
    ("hailuo-02", "1080p", 6): None,
}
SECONDS = {
    ("minimax-h3", "768p"): ("0.08", "sure"),
    ("minimax-h3", "2k"): ("0.13", "sure"),
    ("minimax-h3-max", "480p"): ("0.05", "sure"),
    ("minimax-h3-max", "768p"): ("0.08", "sure"),
}


def test_a_clip_costs_what_minimax_publishes_and_what_it_does_not_publish_has_no_price() -> None:
    assert {(id, at, long): usd(model(id), at, seconds=long) for id, at, long in CLIPS} == CLIPS
    assert {id: model(id).price.unit for id in HAILUO} == dict.fromkeys(HAILUO, "clip")
    assert {id: model(id).price.unit for id in OLD} == dict.fromkeys(OLD, "unknown")


def test_a_second_of_h3_costs_what_minimax_publishes() -> None:
    assert {(id, at): usd(model(id), at) for id, at in SECONDS} == SECONDS
    h3, best = (model(id).price for id in NEW)
    assert (h3.free_images, str(h3.usd_per_image), h3.input_seconds, h3.input_rates) == (5, "0.04", True, ())
    assert (best.free_images, str(best.usd_per_image), best.input_seconds) == (2, "0.074", True)
    given = {at: best.input_rate(resolution=at, audio=True, seconds=5, video_in=True) for at in ("480p", "768p")}
    assert {at: rate and str(rate.usd) for at, rate in given.items()} == {"480p": "0.0553", "768p": "0.143"}


@pytest.mark.parametrize(
    ("id", "references", "made"),
    [
        ("hailuo-2.3", (), {"768p": "6 or 10 s", "1080p": "6 s"}),
        ("hailuo-2.3", (FIRST,), {"768p": "6 or 10 s", "1080p": "6 s"}),
        ("hailuo-2.3-fast", (FIRST,), {"768p": "6 or 10 s", "1080p": "6 s"}),
        ("hailuo-02", (), {"768p": "6 or 10 s", "1080p": "6 s"}),
        ("hailuo-02", (FIRST,), {"512p": "6 or 10 s", "768p": "6 or 10 s", "1080p": "6 s"}),
        ("hailuo-02", (FIRST, LAST), {"768p": "6 or 10 s", "1080p": "6 s"}),
        ("t2v-01", (), {"720p": "6 s"}),
        ("t2v-01-director", (), {"720p": "6 s"}),
        ("i2v-01", (FIRST,), {"720p": "6 s"}),
        ("i2v-01-director", (FIRST,), {"720p": "6 s"}),
        ("i2v-01-live", (FIRST,), {"720p": "6 s"}),
        ("s2v-01", (picture("@Image1"),), {}),
        ("minimax-h3", (), {"768p": "4 to 15 s", "2k": "4 to 15 s"}),
        ("minimax-h3-max", (), {"480p": "5 to 15 s", "768p": "5 to 15 s"}),
    ],
)
def test_films_are_as_large_and_long_as_minimax_makes_them(
    id: str, references: tuple[Reference, ...], made: dict[str, str]
) -> None:
    request = wish("A heron", *references)
    assert request.task in model(id).tasks
    there = model(id).under(request).resolutions
    assert {at: model(id).under(request, at).seconds.words for at in there} == made


def test_each_model_takes_as_many_files_as_minimax_does() -> None:
    first, last = {"first_frame": (0, 1)}, {"last_frame": (0, 1)}
    references = {"reference_image": (0, 9), "reference_video": (0, 3), "reference_audio": (0, 3)}
    assert {one.id: taken(one) for one in MINIMAX} == {
        "hailuo-2.3": first,
        "hailuo-2.3-fast": first,
        "hailuo-02": first | last,
        "t2v-01": {},
        "t2v-01-director": {},
        "i2v-01": first,
        "i2v-01-director": first,
        "i2v-01-live": first,
        "s2v-01": {"reference_image": (1, 1)},
        **dict.fromkeys(NEW, first | last | references),
    }
    for id in NEW:
        assert model(id).max_files == 12
        assert [
            rule.total_seconds for role, rule in model(id).roles if role in ("reference_video", "reference_audio")
        ] == [15, 15]
        assert not any(rule.with_frames for role, rule in model(id).roles if role.startswith("reference"))


def test_a_picture_for_the_older_api_is_under_20_mb_and_over_300_px() -> None:
    shape = ("max_bytes", "min_side", "min_aspect", "max_aspect", "formats")
    mimes = ("image/jpeg", "image/png", "image/webp")
    for id in HAILUO:
        assert bounds(model(id), Role.first_frame, *shape) == (20_000_000 - 1, 301, 0.4, 2.5, mimes)


@pytest.mark.parametrize("id", NEW)
def test_a_file_for_h3_is_as_its_documents_have_it(id: str) -> None:
    sides = ("max_bytes", "min_side", "max_side", "min_aspect", "max_aspect")
    assert bounds(model(id), Role.reference_image, *sides) == (30 * 2**20, 256, 5760, 0.4, 2.5)
    assert {f"image/{one}" for one in ("jpeg", "png", "webp", "heic", "heif")} == {
        *bounds(model(id), Role.first_frame, "formats")[0]
    }
    film = ("max_bytes", "min_seconds", "max_seconds", "min_fps", "max_fps", "video_codecs", "formats")
    assert bounds(model(id), Role.reference_video, *film) == (
        *(50 * 2**20, 2, 15, 23.976, 60, ("h264", "hevc")),
        ("video/mp4", "video/quicktime"),
    )
    sound = ("max_bytes", "min_seconds", "max_seconds", "formats")
    assert bounds(model(id), Role.reference_audio, *sound) == (15 * 2**20, 2, 15, ("audio/wav", "audio/mpeg"))


def test_what_each_model_reads_and_makes_beside_the_picture() -> None:
    brackets = {one.id for one in MINIMAX if one.camera == "brackets"}
    assert brackets == {*HAILUO, "t2v-01-director", "i2v-01-director"}
    assert {one.id: one.max_prompt for one in MINIMAX} == dict.fromkeys((*HAILUO, *OLD), 2000) | dict.fromkeys(
        NEW, 7000
    )
    assert {one.id for one in MINIMAX if one.audio == "always"} == set(NEW)
    assert not any(one.honours for one in MINIMAX), "no seed, no negative, no watermark"
    ratios = {"21:9", "16:9", "4:3", "1:1", "3:4", "9:16"}
    for id in NEW:
        assert set(model(id).aspects) == {"adaptive", *ratios}
        assert set(model(id).under(wish("A heron")).aspects) == ratios, "from words alone it must be a real one"


def test_the_hailuo_series_shares_twenty_calls_a_minute_and_h3_has_thirty_films_at_once() -> None:
    assert [pace(model(id)) for id in HAILUO] == [[("hailuo", 20, None, "sure")]] * 3
    assert [pace(model(id)) for id in OLD] == [[("hailuo", 20, None, "unconfirmed")]] * 6
    assert [pace(model(id)) for id in NEW] == [[("h3", 300, 30, sure)] for sure in ("sure", "unconfirmed")]
