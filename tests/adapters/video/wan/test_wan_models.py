"""The rows of Wan against Model Studio's own table: lengths, sizes, sound, dollars a second, places, and the files it takes."""

from decimal import Decimal

import pytest

from bot.domain.media import Media, MediaKind, Role
from bot.domain.model import Sound
from tests.shelf import all_models, model

P480, P720, P1080 = "480p", "720p", "1080p"
ALL, LARGE = {P480, P720, P1080}, {P720, P1080}
TEN = {P720: "0.10", P1080: "0.15"}
YUAN_2_5 = {P480: "0.3", P720: "0.6", P1080: "1.0"}
FLASH_2_2 = {P480: "0.10", P720: "0.20", P1080: "0.48"}
LENGTH = tuple[float, float]
# id -> what it is called there, resolutions, lengths, sound, most characters, calls a minute and films at once
ROWS: dict[str, tuple[str, set[str], LENGTH, Sound, int, tuple[int, int]]] = {
    "wan-3": ("wan3.0-video", ALL, (2, 30), Sound.optional, 20_000, (300, 5)),
    "wan-3-prime": ("wan3.0-video-prime", ALL, (2, 30), Sound.optional, 20_000, (300, 5)),
    "wan-2.7-t2v": ("wan2.7-t2v", LARGE, (2, 15), Sound.always, 5000, (300, 5)),
    "wan-2.7-i2v": ("wan2.7-i2v", LARGE, (2, 15), Sound.always, 5000, (300, 5)),
    "wan-2.7-r2v": ("wan2.7-r2v", LARGE, (2, 15), Sound.always, 5000, (300, 5)),
    "wan-2.7-edit": ("wan2.7-videoedit", LARGE, (2, 10), Sound.always, 5000, (300, 5)),
    "wan-2.6-t2v": ("wan2.6-t2v", LARGE, (2, 15), Sound.always, 1500, (300, 5)),
    "wan-2.6-i2v": ("wan2.6-i2v", LARGE, (2, 15), Sound.always, 1500, (300, 5)),
    "wan-2.6-i2v-flash": ("wan2.6-i2v-flash", LARGE, (2, 15), Sound.optional, 1500, (300, 5)),
    "wan-2.6-r2v": ("wan2.6-r2v", LARGE, (2, 10), Sound.always, 1500, (300, 5)),
    "wan-2.6-r2v-flash": ("wan2.6-r2v-flash", LARGE, (2, 10), Sound.optional, 1500, (300, 5)),
    "wan-2.5-t2v": ("wan2.5-t2v-preview", ALL, (5, 10), Sound.always, 1500, (300, 5)),
    "wan-2.5-i2v": ("wan2.5-i2v-preview", ALL, (5, 10), Sound.always, 1500, (300, 5)),
    "wan-2.2-t2v": ("wan2.2-t2v-plus", {P480, P1080}, (5, 5), Sound.never, 800, (120, 2)),
    "wan-2.2-i2v": ("wan2.2-i2v-plus", {P480, P1080}, (5, 5), Sound.never, 800, (120, 2)),
    "wan-2.2-i2v-flash": ("wan2.2-i2v-flash", ALL, (5, 5), Sound.never, 800, (120, 2)),
    "wan-2.2-kf2v": ("wan2.2-kf2v-flash", ALL, (5, 5), Sound.never, 800, (120, 2)),
}
DOLLARS = {
    "wan-3": {P480: "0.05", P720: "0.10", P1080: "0.20"},
    "wan-3-prime": {P480: "0.068", P720: "0.14", P1080: "0.28"},
    **dict.fromkeys((id for id in ROWS if "2.7" in id or "2.6" in id), TEN),
}
YUAN = {
    "wan-2.5-t2v": YUAN_2_5,
    "wan-2.5-i2v": YUAN_2_5,
    "wan-2.2-t2v": {P480: "0.14", P1080: "0.70"},
    "wan-2.2-i2v": {P480: "0.14", P1080: "0.70"},
    "wan-2.2-i2v-flash": FLASH_2_2,
    "wan-2.2-kf2v": FLASH_2_2,
}
BOTH_SUMS = {"wan-3", "wan-3-prime", "wan-2.7-i2v", "wan-2.7-r2v", "wan-2.7-edit", "wan-2.6-r2v", "wan-2.6-r2v-flash"}


def test_every_row_of_the_table_is_there_and_no_other() -> None:
    assert {one.id for one in all_models() if one.provider == "wan"} == set(ROWS) == set(DOLLARS | YUAN)


@pytest.mark.parametrize("id", ROWS)
def test_a_row_makes_what_the_table_says(id: str) -> None:
    row, (wire, resolutions, lengths, sound, characters, places) = model(id), ROWS[id]
    limit = row.limit(None)
    assert limit is not None
    assert row.wire_id == wire
    assert set(row.resolutions) == resolutions
    assert (row.seconds.minimum, row.seconds.maximum) == lengths
    assert (row.audio, row.max_prompt) == (sound, characters)
    assert (limit.per_minute, limit.at_once, limit.unconfirmed) == (*places, "wan-3" in id)


@pytest.mark.parametrize("id", ROWS)
def test_a_second_costs_what_the_table_says(id: str) -> None:
    row = model(id)
    rates = {rate.resolution: rate for rate in row.price.rates}
    assert set(rates) == set(row.resolutions)
    assert row.price.input_seconds is (id in BOTH_SUMS)
    for resolution, usd in DOLLARS.get(id, {}).items():
        assert rates[resolution].usd == Decimal(usd)
        assert rates[resolution].unconfirmed is ("2.6" in id)
    for resolution, yuan in YUAN.get(id, {}).items():
        assert 0 <= rates[resolution].usd - Decimal(yuan) / Decimal("7.1") <= Decimal("0.002")
        assert rates[resolution].unconfirmed


def of_kind(role: Role) -> Media:
    """One that every row takes."""
    kind = {"image": MediaKind.image, "video": MediaKind.video, "audio": MediaKind.audio}
    name = "image" if role.endswith("frame") else role.removeprefix("reference_")
    mime = {"image": "image/png", "video": "video/mp4", "audio": "audio/wav"}[name]
    sized = {} if name == "audio" else {"width": 640, "height": 640}
    seconds = None if name == "image" else 5.0
    return Media(kind=kind[name], mime=mime, bytes=1000, seconds=seconds, **sized)


MEGABYTE = 1024 * 1024
OLD = {Role.first_frame: 10, Role.last_frame: 10, Role.reference_image: 10}
NEW = {Role.first_frame: 20, Role.last_frame: 20, Role.reference_image: 20}


@pytest.mark.parametrize("id", ROWS)
def test_no_file_is_larger_than_what_is_taken(id: str) -> None:
    row = model(id)
    pictures = NEW if row.max_prompt and row.max_prompt >= 5000 else OLD
    most = {**pictures, Role.reference_video: 100, Role.reference_audio: 15}
    for role, rule in row.roles:
        good = of_kind(role)
        assert rule.media.check(good) == ()
        assert rule.media.max_bytes == most[role] * MEGABYTE
