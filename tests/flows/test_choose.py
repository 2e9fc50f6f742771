"""A request goes to a model that can do it, and every setting that is not given as said is explained (A8)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.catalogue import override
from bot.domain.media import Role
from bot.domain.model import AUTO, Adjustment, Choice, Sound
from bot.domain.request import Origin, Setting, Settings, Task, VideoRequest
from bot.domain.rules import Rules
from bot.flows.choose import choose
from bot.flows.suit import why_not
from tests.shelf import all_models, film, model, picture, shelf, sound, wish

TODAY = date(2026, 11, 20)
RULES = Rules()
WIDE = picture("@Image1", Role.first_frame, 1920, 1080)
TALL = picture("@Image1", Role.first_frame, 900, 1600)
END = picture("@Image2", Role.last_frame)


def chosen(request: VideoRequest, *connected: str, default: str = "seedance-2", rules: Rules = RULES) -> Choice:
    choice, problems = choose(request, shelf(*connected, default=default), rules, TODAY)
    assert problems == ()
    assert choice is not None
    return choice


def given_to(
    request: VideoRequest, *connected: str, default: str = "seedance-2", rules: Rules = RULES
) -> dict[str, object]:
    return {name: one.value for name, one in chosen(request, *connected, default=default, rules=rules).settings.items()}


def test_a_plain_wish_goes_to_the_default_with_every_setting_and_where_it_came_from() -> None:
    assert chosen(wish(seconds=8.0)) == Choice(
        model="seedance-2",
        provider="seedance",
        title="Seedance 2.0",
        task=Task.text,
        settings=Settings(
            model=Setting("seedance-2", Origin.default),
            seconds=Setting(8.0, Origin.said),
            aspect=Setting("16:9", Origin.model),
            resolution=Setting("720p", Origin.model),
            audio=Setting(False, Origin.model),
            watermark=Setting(False, Origin.default),
            count=Setting(1, Origin.default),
        ),
    )


def test_what_is_said_beats_the_operators_default_and_that_beats_the_models() -> None:
    rules = Rules(
        defaults=Settings(
            seconds=Setting(9.0),
            aspect=Setting("9:16"),
            resolution=Setting("1080p"),
            audio=Setting(True),
            count=Setting(1),
        )
    )
    settings = chosen(wish(seconds=6.0, audio=False), rules=rules).settings
    assert settings.seconds == Setting(6.0, Origin.said)
    assert settings.audio == Setting(False, Origin.said)
    assert settings.aspect == Setting("9:16", Origin.default)
    assert settings.resolution == Setting("1080p", Origin.default)


def test_an_operators_default_that_a_model_does_not_make_is_fitted_without_a_word() -> None:
    rules = Rules(
        defaults=Settings(seconds=Setting(60.0), aspect=Setting("5:4"), resolution=Setting("8k"), seed=Setting(7))
    )
    choice = chosen(wish(), rules=rules)
    assert choice.adjustments == ()
    assert choice.settings.seconds == Setting(15.0, Origin.model)
    assert choice.settings.aspect == Setting("16:9", Origin.model)
    assert choice.settings.resolution == Setting("720p", Origin.model)
    assert choice.settings.seed is None


def test_the_operators_default_model_is_used_where_nobody_names_one() -> None:
    rules = Rules(defaults=Settings(model=Setting("kling")))
    assert chosen(wish(), rules=rules).settings.model == Setting("kling-3", Origin.default)
    assert chosen(wish(), "seedance", rules=rules).model == "seedance-2"


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("seedance", "seedance-2"),
        ("Seedance 2.0", "seedance-2"),
        ("doubao-seedance-2-0-260128", "seedance-2"),
        ("seedance-2-mini", "seedance-2-mini"),
        ("KLING", "kling-3"),
        ("kling 3", "kling-3"),
        ("kling-v3", "kling-3"),
        ("wan", "wan-3"),
        ("veo", "veo-3.1"),
        ("veo-3.1-fast-generate-001", "veo-3.1-fast"),
        ("omni", "omni-1.2"),
        ("hailuo", "hailuo-2.3"),
        ("MiniMax-Hailuo-02", "hailuo-02"),
        ("minimax", "minimax-h3"),
        ("videogen", "videogen"),
    ],
)
def test_people_find_a_model_by_any_of_its_names(name: str, id: str) -> None:
    choice = chosen(wish(model=name))
    assert choice.settings.model == Setting(id, Origin.said)
    assert choice.adjustments == ()


# What was named, what is connected -> which model, and what is said about it. The default is Seedance 2.0.
NAMED: dict[str, tuple[VideoRequest, tuple[str, ...], str, str]] = {
    "not connected": (wish(model="kling"), ("seedance", "animatic"), "seedance-2", "Kling is not connected here."),
    "unknown": (wish(model="klingg"), (), "seedance-2", "There is no model called 'klingg'; did you mean kling-3 or kling-1?"),
    "unknown and like nothing": (wish(model="zzzzzz"), (), "seedance-2", "There is no model called 'zzzzzz'."),
    "retired": (
        wish(model="seedance-pro"), (), "seedance-2-fast",
        "Seedance 1.5 Pro was retired on 11 November 2026; Seedance 2.0 Fast follows it.",
    ),
    "retired, its follower not connected": (
        wish(model="kling-1.6"), ("seedance",), "seedance-2",
        "Kling 1.6 was retired on 15 September 2026; Kling 3.0 follows it. Kling is not connected here.",
    ),
    "retired, its follower not for this": (
        wish("x", film("@Video1"), model="kling-1.6"), (), "kling-3-omni",
        "Kling 1.6 was retired on 15 September 2026; Kling 3.0 follows it. Kling 3.0 cannot make a film from references.",
    ),
    "only for pictures": (wish(model="hailuo-fast"), (), "hailuo-2.3", "Hailuo 2.3 Fast cannot make a film from words alone."),
    "only for words": (wish("x", WIDE, model="t2v-01-director"), ("minimax",), "hailuo-2.3", "T2V-01 Director cannot make a film from a first frame."),
    "a sibling by its family": (wish("x", WIDE, model="wan 2.7"), (), "wan-2.7-i2v", "Wan 2.7 (text) cannot make a film from a first frame."),
    "without a last frame": (wish("x", WIDE, END, model="kling-turbo"), ("kling",), "kling-3", "Kling 3.0 Turbo cannot make a film with a last frame."),
    "without reference films": (wish("x", film("@Video1"), model="kling"), (), "kling-3-omni", "Kling 3.0 cannot make a film from references."),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMED, ids=str)
def test_a_named_model_that_cannot_be_had_is_replaced_and_that_is_told(case: str) -> None:
    request, connected, id, why = NAMED[case]
    choice = chosen(request, *connected)
    asked = request.settings.model
    assert asked is not None
    assert choice.adjustments[0] == Adjustment("model", asked.value, id, why)
    assert choice.settings.model == Setting(id, Origin.default)


def test_a_role_that_a_model_does_not_know_moves_the_request_to_one_that_does() -> None:
    request = wish("x", picture("@Image1"), sound("@Audio1"), model="kling-3-omni")
    choice = chosen(request, "kling", "seedance")
    assert choice.model.startswith("seedance-2")
    assert choice.adjustments == (Adjustment("model", "kling-3-omni", choice.model, "Kling 3.0 Omni takes no sounds."),)


def test_a_default_that_does_not_take_the_request_is_replaced_and_that_is_told() -> None:
    choice = chosen(wish("x", WIDE, END), "minimax", default="hailuo-2.3")
    why = "Hailuo 2.3 cannot make a film with a last frame."
    assert choice.adjustments == (Adjustment("model", "hailuo-2.3", "hailuo-02", why),)


NOBODY: dict[str, tuple[VideoRequest, tuple[str, ...], tuple[str, ...]]] = {
    "nothing is connected": (
        wish(model="kling"), ("nobody",), ("No video provider is connected here. Ask the operator to connect one.",),
    ),
    "only others could": (
        wish("x", WIDE, END), ("videogen",),
        ("No connected model can make a film with a last frame with these attachments. Veo 3.1 could. Google is not connected here.",),
    ),
    "a named model and no other connected could": (
        wish("x", WIDE, END, model="videogen"), ("videogen",),
        (
            "VideoGen cannot make a film with a last frame.",
            "No connected model can make a film with a last frame with these attachments. Veo 3.1 could. Google is not connected here.",
        ),
    ),
    "no model there is could": (
        wish("x", END, picture("@Image3"), film("@Video1"), sound("@Audio1"), model="wan"), ("kling",),
        (
            "Wan is not connected here.",
            "No connected model can make a film with a last frame with these attachments. Animatic could. Animatic is not connected here.",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOBODY, ids=str)
def test_where_no_usable_model_can_do_it_there_is_no_choice_but_sentences(case: str) -> None:
    request, connected, sentences = NOBODY[case]
    catalogue = replace(shelf(), connected=frozenset(connected))
    assert choose(request, catalogue, RULES, TODAY) == (None, sentences)


def test_a_retired_model_without_a_follower_gives_way_to_the_default() -> None:
    models = override(all_models(), {"seedance-1.5-pro": {"replaced_by": ""}})
    catalogue = replace(shelf(), models=models)
    choice, _ = choose(wish(model="seedance-pro"), catalogue, RULES, TODAY)
    assert choice is not None
    why = "Seedance 1.5 Pro was retired on 11 November 2026."
    assert choice.adjustments == (Adjustment("model", "seedance-pro", "seedance-2", why),)


def test_models_that_follow_each_other_in_a_ring_end_at_the_default() -> None:
    models = override(all_models(), {"kling-3": {"retired_on": date(2026, 1, 1), "replaced_by": "kling-1"}})
    catalogue = replace(shelf(), models=models)
    choice, _ = choose(wish(model="kling-1"), catalogue, RULES, TODAY)
    assert choice is not None
    assert choice.model == "seedance-2"
    assert choice.adjustments[0].why == (
        "Kling 1.0 was retired on 15 September 2026; Kling 3.0 follows it. Kling 3.0 was retired on 1 January 2026."
    )


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
    "too many results": (
        wish(model="veo", count=9), {"count": 4},
        (Adjustment("count", "9", "4", f"{VEO} makes 1 to 4 at a time.", "videogen"),),
    ),
    "one result at a time": (
        wish(model="kling", count=200), {"count": 1},
        (Adjustment("count", "200", "1", f"{KLING} makes one at a time."),),
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


# A request -> everything that must be put right, at once.
TWELVE = tuple(picture(f"@Image{n}") for n in range(1, 13))
REFUSED: dict[str, tuple[VideoRequest, tuple[str, ...]]] = {
    "a prompt too long": (
        wish("x" * 2600, model="kling"),
        ("The prompt has 2,600 characters, and Kling 3.0 takes at most 2,500. Shorten it by 100.",),
    ),
    "no words where words are needed": (
        wish("  ", WIDE, model="minimax-h3"),
        ("MiniMax H3 needs words that say what should happen. Write a sentence or two.",),
    ),
    "nothing at all": (
        wish("", model="kling"),
        ("Kling 3.0 needs words that say what should happen. Write a sentence or two.",),
    ),
    "too many pictures": (
        wish("x", *TWELVE, model="seedance"),
        ("Seedance 2.0 takes at most 9 reference pictures, and there are 12. Leave out @Image10, @Image11, @Image12.",),
    ),
    "two first frames": (
        wish("x", WIDE, replace(WIDE, token="@Image2"), model="kling"),
        ("Kling 3.0 takes at most 1 first frame, and there are 2. Leave out @Image2.",),
    ),
    "sounds too long and alone": (
        wish("x", sound("@Audio1"), sound("@Audio2", 14.0), model="seedance"),
        (
            "The sounds are 19 s long together, and Seedance 2.0 takes at most 15 s. Shorten them, or leave one out.",
            "Seedance 2.0 does not take sounds alone (@Audio1, @Audio2). Add a picture or a film.",
        ),
    ),
    "frames among references": (
        wish("x", WIDE, film("@Video1"), model="seedance"),
        (
            (
                "Seedance 2.0 does not mix a first or last frame (@Image1) with reference films (@Video1). "
                "Use the picture as a reference too, or leave out @Video1."
            ),
        ),
    ),
    "a last frame alone": (
        wish("x", END, model="seedance"),
        ("Seedance 2.0 does not take last frames alone (@Image2). Add a first frame.",),
    ),
    "a portrait without a voice": (
        wish("x", TALL, model="hedra"),
        ("Hedra Avatar needs 1 sound, and there are 0. Attach what is missing.",),
    ),
    "a sound and nothing else": (
        wish("", sound("@Audio1"), model="seedance-2.5"),
        ("Seedance 2.5 needs words that say what should happen. Write a sentence or two.",),
    ),
    "too many files in all": (
        wish("x", *TWELVE[:4], film("@Video1"), film("@Video2"), model="wan-2.7-r2v"),
        ("Wan 2.7 (references) takes at most 5 files in all, and there are 6. Leave out 1.",),
    ),
    "everything at once": (
        wish("", *TWELVE, film("@Video1", 16.0), model="minimax-h3"),
        (
            "MiniMax H3 needs words that say what should happen. Write a sentence or two.",
            "MiniMax H3 takes at most 12 files in all, and there are 13. Leave out 1.",
            "MiniMax H3 takes at most 9 reference pictures, and there are 12. Leave out @Image10, @Image11, @Image12.",
            "The reference films are 16 s long together, and MiniMax H3 takes at most 15 s. Shorten them, or leave one out.",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_all_that_must_be_put_right_is_told_at_once_and_the_choice_is_kept_for_the_edit(case: str) -> None:
    request, sentences = REFUSED[case]
    named = request.settings.model
    assert named is not None
    one = model(shelf().names()[named.value])
    choice, problems = choose(request, shelf(one.provider), RULES, TODAY)
    assert choice is not None
    assert choice.model == one.id
    assert problems[: len(sentences)] == sentences
    assert all("would take all this" in hint for hint in problems[len(sentences) :])


def test_a_refusal_names_a_connected_model_that_would_take_it_all() -> None:
    _, problems = choose(wish("x", *TWELVE, model="seedance"), shelf("seedance"), RULES, TODAY)
    assert problems[-1] == "Seedance 2.5 would take all this: say “use seedance-2.5”."


def test_a_line_to_speak_takes_the_place_of_a_recording() -> None:
    assert chosen(wish("x", TALL, model="hedra", voice="Hello team")).model == "hedra-avatar"


def test_two_clips_that_measure_a_little_over_are_still_within_the_total() -> None:
    assert chosen(wish("x", film("@Video1", 7.6), film("@Video2", 7.6), model="seedance")).model == "seedance-2"


PICTURES = st.builds(picture, st.just("@Image"), st.sampled_from([Role.first_frame, Role.last_frame, Role.reference_image]),
                     st.integers(300, 6000), st.integers(300, 6000))  # fmt: skip
REFERENCES = st.lists(
    PICTURES
    | st.builds(film, st.just("@Video"), st.floats(2, 15))
    | st.builds(sound, st.just("@Audio"), st.floats(2, 15)),
    max_size=4,
)
SAID = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from([name for one in all_models() for name in (one.id, one.title)]) | st.text(max_size=12),
        "seconds": st.floats(-10, 1000, allow_nan=False) | st.sampled_from([AUTO, 5.0, 10.0, float("inf")]),
        "aspect": st.sampled_from(["adaptive", "16:9", "9:16", "1:1", "21:9", "5:4", "0:1", "wide"]),
        "resolution": st.sampled_from(["360p", "480p", "720p", "768P", "1080p", "2k", "4K", "8k", "HD"]),
        "audio": st.booleans(),
        "watermark": st.booleans(),
        "last_frame": st.booleans(),
        "web_search": st.booleans(),
        "seed": st.integers(0, 2**32),
        "negative": st.text(min_size=1, max_size=9),
        "voice": st.text(min_size=1, max_size=9),
        "count": st.integers(-3, 200),
        "temporary": st.booleans(),
        "drive_path": st.text(min_size=1, max_size=9),
    },
)
CONNECTED = st.sets(st.sampled_from(sorted({one.provider for one in all_models()})), min_size=1)


@settings(max_examples=250, deadline=None)
@given(st.text(max_size=30), REFERENCES, SAID, CONNECTED)
def test_nothing_is_given_that_the_model_does_not_make_and_nothing_said_is_lost_in_silence(
    prompt: str, references: list, said: dict, connected: set
) -> None:
    request = wish(prompt, *references, **said)
    catalogue = replace(shelf(), connected=frozenset(connected))
    choice, problems = choose(request, catalogue, RULES, TODAY)
    if choice is None:
        assert problems
        assert all(why_not(one, request) for one in catalogue.usable(TODAY))
        return
    _is_makeable(choice, request, catalogue.usable(TODAY))
    told = {one.setting for one in choice.adjustments}
    for name, value in said.items():
        given_value = getattr(choice.settings, name)
        if name not in told:
            assert given_value is not None, name
            assert _same(name, given_value.value, value, request), f"{name}: {value} -> {given_value}"
        else:
            assert all(one.why for one in choice.adjustments if one.setting == name)


def _is_makeable(choice: Choice, request: VideoRequest, usable: tuple) -> None:
    got = choice.settings
    one = model(choice.model)
    assert one in usable
    assert why_not(one, request) is None
    resolution = got.resolution.value if got.resolution else None
    one = one.under(request, resolution)
    assert resolution in (one.resolutions or (None,))
    assert (got.aspect.value if got.aspect else None) in (one.aspects or (None,))
    assert got.seconds is not None
    assert one.seconds.fit(got.seconds.value) == got.seconds.value
    assert got.audio is not None
    assert got.audio.value in {Sound.never: {False}, Sound.always: {True}}.get(one.audio, {True, False})
    assert got.count is not None
    assert 1 <= got.count.value <= one.max_count
    for name in ("seed", "negative", "voice"):
        assert getattr(got, name) is None or name in one.honours
    for name in ("watermark", "web_search"):
        setting = getattr(got, name)
        assert setting is None or not setting.value or name in one.honours


def _same(name: str, had: object, said: object, request: VideoRequest) -> bool:
    if name == "model":
        return had == shelf().names().get(str(said).strip().lower())
    if name == "resolution":
        return had == str(said).lower()
    if name == "aspect" and had != said:  # the same shape under another name
        return bool(request.references) and "adaptive" in (had, said)
    if name == "seconds" and had != said:  # a sound of nearly that length
        return bool(request.of_role(Role.reference_audio))
    return had == said


def test_credits_play_no_part_in_choosing() -> None:
    dear = replace(RULES, credits_per_dollar=Decimal(100_000))
    assert chosen(wish(model="veo", seconds=7.0), rules=dear) == chosen(wish(model="veo", seconds=7.0))
