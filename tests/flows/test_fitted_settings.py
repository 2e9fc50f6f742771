"""Every setting is given as said, or the difference is explained with a model that would honour it (A8)."""

from dataclasses import replace

import pytest

from bot.domain.media import Role
from bot.domain.model import AUTO, Adjustment
from bot.domain.request import Setting, VideoRequest
from tests.shelf import chosen, film, picture, sound, wish

WIDE = picture("@Image1", Role.first_frame, 1920, 1080)
TALL = picture("@Image1", Role.first_frame, 900, 1600)


# A model with these settings said -> each setting given, and the adjustment it takes.
SEEDANCE, HAILUO, KLING, VEO, H3 = "Seedance 2.0", "Hailuo 2.3", "Kling 3.0", "Veo 3.1", "MiniMax H3"
SETTINGS: dict[str, tuple[VideoRequest, dict[str, object], tuple[Adjustment, ...]]] = {
    "seconds too many": (
        wish(model="seedance", seconds=20.0), {"seconds": 15.0},
        (Adjustment("seconds", "20", "15", f"{SEEDANCE} makes 4 to 15 s.", "seedance-2.5"),),
    ),
    "seconds not among few": (
        wish(model="veo", seconds=7.0), {"seconds": 8.0},
        (Adjustment("seconds", "7", "8", f"{VEO} makes 4, 6 or 8 s.", "omni-1.2"),),
    ),
    "seconds left to the model": (wish(model="seedance", seconds=AUTO), {"seconds": AUTO}, ()),
    "seconds narrowed by the resolution": (
        wish("x", WIDE, model="hailuo", seconds=10.0, resolution="1080p"), {"seconds": 6.0, "resolution": "1080p"},
        (Adjustment("seconds", "10", "6", f"{HAILUO} makes 6 s at 1080p.", "kling-3"),),
    ),
    "seconds narrowed by references": (
        wish("x", picture("@Image1"), model="veo", seconds=4.0), {"seconds": 8.0},
        (Adjustment("seconds", "4", "8", f"{VEO} makes 8 s from references.", "omni-1.2"),),
    ),
    "seconds narrowed by a film": (
        wish("x", film("@Video1"), model="kling-3-omni", seconds=15.0), {"seconds": 10.0},
        (Adjustment("seconds", "15", "10", "Kling 3.0 Omni makes 3 to 10 s with reference films.", "seedance-2"),),
    ),
    "seconds set by the sound": (
        wish("x", TALL, sound("@Audio1", 33.3), model="hedra", seconds=8.0), {"seconds": 33.3, "audio": True},
        (Adjustment("seconds", "8", "33.3", "With Hedra Avatar the film is as long as its sound.", "animatic"),),
    ),
    "ratio it does not make": (
        wish(model="kling", aspect="21:9"), {"aspect": "16:9"},
        (Adjustment("aspect", "21:9", "16:9", f"{KLING} makes 16:9, 9:16 or 1:1.", "animatic"),),
    ),
    "a ratio nobody makes": (
        wish(model="seedance", aspect="2:1"), {"aspect": "16:9"},
        (Adjustment("aspect", "2:1", "16:9", f"{SEEDANCE} makes adaptive, 16:9, 4:3, 1:1, 3:4, 9:16 or 21:9."),),
    ),
    "no ratio at all": (
        wish(model="seedance", aspect="wide"), {"aspect": "16:9"},
        (Adjustment("aspect", "wide", "16:9", f"{SEEDANCE} makes adaptive, 16:9, 4:3, 1:1, 3:4, 9:16 or 21:9."),),
    ),
    "ratio where the picture decides": (
        wish("x", TALL, model="kling", aspect="16:9"), {"aspect": "adaptive"},
        (Adjustment("aspect", "16:9", "adaptive", f"{KLING} follows the shape of the picture.", "seedance-2"),),
    ),
    "ratio where the picture decides the same": (wish("x", TALL, model="kling", aspect="9:16"), {"aspect": "adaptive"}, ()),
    "ratio where the model decides": (
        wish(model="hailuo", aspect="9:16"), {},
        (Adjustment("aspect", "9:16", "", f"{HAILUO} decides the ratio itself.", "minimax-h3"),),
    ),
    "adaptive it makes": (wish("x", TALL, model="seedance", aspect="adaptive"), {"aspect": "adaptive"}, ()),
    "adaptive it does not make, a picture of its shape": (
        wish("x", TALL, model="veo", aspect="adaptive"), {"aspect": "9:16"}, (),
    ),
    "adaptive it does not make, a square picture": (
        wish("x", picture("@Image1", Role.first_frame, 1000, 1000), model="veo", aspect="adaptive"), {"aspect": "16:9"},
        (Adjustment("aspect", "adaptive", "16:9", f"{VEO} makes 16:9 or 9:16.", "seedance-2"),),
    ),
    "adaptive to nothing": (
        wish(model="minimax-h3", aspect="adaptive"), {"aspect": "16:9"},
        (Adjustment("aspect", "adaptive", "16:9", "There is no picture whose shape to follow.", "animatic"),),
    ),
    "ratio not said, a tall picture": (wish("x", TALL, model="veo"), {"aspect": "9:16"}, ()),
    "resolution between two": (
        wish(model="minimax-h3", resolution="1080p"), {"resolution": "768p"},
        (Adjustment("resolution", "1080p", "768p", f"{H3} makes 768p or 2k.", "hailuo-2.3"),),
    ),
    "resolution in capitals": (wish(model="seedance", resolution="4K"), {"resolution": "4k"}, ()),
    "resolution for some tasks only": (
        wish(model="hailuo-02", resolution="512p"), {"resolution": "768p"},
        (Adjustment("resolution", "512p", "768p", "Hailuo 02 makes 768p or 1080p."),),
    ),
    "resolution the sound needs": (wish(model="kling-2.6", audio=True), {"resolution": "1080p", "audio": True}, ()),
    "resolution without the sound": (
        wish(model="kling-2.6", audio=True, resolution="720p"), {"resolution": "720p", "audio": False},
        (Adjustment("audio", "on", "off", "Kling 2.6 makes no sound at 720p.", "kling-3"),),
    ),
    "resolution where the model decides": (
        wish(model="videogen", resolution="720p"), {},
        (Adjustment("resolution", "720p", "", "VideoGen decides the resolution itself.", "seedance-2"),),
    ),
    "sound it cannot make": (
        wish(model="hailuo", audio=True), {"audio": False},
        (Adjustment("audio", "on", "off", f"{HAILUO} makes no sound.", "minimax-h3"),),
    ),
    "silence it cannot make": (
        wish(model="wan-2.7", audio=False), {"audio": True},
        (Adjustment("audio", "off", "on", "Wan 2.7 (text) always makes sound; it cannot be switched off.", "wan-2.2-t2v"),),
    ),
    "sound not said": (wish(model="veo"), {"audio": False}, ()),
    "sound not said, but brought": (wish("x", picture("@Image1"), sound("@Audio1"), model="seedance"), {"audio": True}, ()),
    "sound brought and refused": (wish("x", picture("@Image1"), sound("@Audio1"), model="seedance", audio=False), {"audio": False}, ()),
    "a line to speak": (
        wish(model="seedance", voice="Ship it"), {"audio": True},
        (Adjustment("voice", "Ship it", "", f"{SEEDANCE} takes no lines to speak.", "videogen"),),
    ),
    "a line to speak, taken": (wish(model="videogen", voice="Ship it"), {"audio": True, "voice": "Ship it"}, ()),
    "seed": (wish(model="veo", seed=42), {"seed": 42}, ()),
    "seed not taken": (
        wish(model="kling", seed=42), {},
        (Adjustment("seed", "42", "", f"{KLING} takes no seeds.", "veo-3.1"),),
    ),
    "negative": (wish(model="kling", negative="rain"), {"negative": "rain"}, ()),
    "watermark it cannot set": (
        wish(model="veo", watermark=True), {"watermark": False},
        (Adjustment("watermark", "on", "off", f"{VEO} sets no watermark.", "seedance-2"),),
    ),
    "no watermark, nothing to do": (wish(model="veo", watermark=False), {"watermark": False}, ()),
    "web search": (wish(model="seedance", web_search=True), {"web_search": True}, ()),
    "web search it cannot do": (
        wish(model="kling", web_search=True), {"web_search": False},
        (Adjustment("web_search", "on", "off", f"{KLING} does not search the web.", "seedance-2"),),
    ),
    "web search with a picture": (
        wish("x", WIDE, model="seedance", web_search=True), {"web_search": False},
        (Adjustment("web_search", "on", "off", "The web is searched only where a film is made from words alone."),),
    ),
    "more results than a call gives": (wish(model="veo", count=9), {"count": 9}, ()),
    "several results of a model that makes one a call": (wish(model="kling", count=100), {"count": 100}, ()),
    "too many results": (
        wish(model="kling", count=200), {"count": 100},
        (Adjustment("count", "200", "100", "One wish makes 1 to 100 films."),),
    ),
    "what Clapper sees to itself": (
        wish(model="kling", last_frame=True, temporary=True, drive_path="/space/a.mp4"),
        {"last_frame": True, "temporary": True, "drive_path": "/space/a.mp4"}, (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SETTINGS, ids=str)
def test_a_setting_is_given_as_said_or_the_difference_is_explained(case: str) -> None:
    request, expected, adjustments = SETTINGS[case]
    choice = chosen(request)
    values = {name: one.value for name, one in choice.settings.items()}
    assert {name: values.get(name) for name in expected} == expected
    told = tuple(replace(one, instead=None) for one in choice.adjustments)
    assert told == tuple(replace(one, instead=None) for one in adjustments)
    for found, one in zip(choice.adjustments, adjustments, strict=True):
        assert (found.instead is None) == (one.instead is None), f"{found.instead} for {case}"


def test_the_model_that_would_honour_it_is_one_that_is_connected_where_there_is_one() -> None:
    asked = wish(model="hailuo", audio=True)
    assert chosen(asked, "minimax").adjustments[0].instead == "minimax-h3"
    assert chosen(wish(model="hailuo-02", negative="rain"), "minimax", "kling").adjustments[0].instead == "kling-3"


def test_a_model_that_would_honour_it_but_is_not_connected_is_named_as_such() -> None:
    assert chosen(wish(model="seedance", negative="rain"), "seedance").adjustments == (
        Adjustment(
            "negative", "rain", "", "Seedance 2.0 takes no negative prompts. Google is not connected here.", "veo-3.1"
        ),
    )


@pytest.mark.parametrize("case", SETTINGS, ids=str)
def test_whoever_is_named_instead_does_honour_the_setting(case: str) -> None:
    request, _, _ = SETTINGS[case]
    for adjustment in chosen(request).adjustments:
        if adjustment.instead is None:
            continue
        there = replace(request, settings=replace(request.settings, model=Setting(adjustment.instead)))
        assert adjustment.setting not in {one.setting for one in chosen(there).adjustments}
