"""A request goes to the model that was named, or to one that can do it, and the difference is told."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.catalogue import override
from bot.domain.media import Role
from bot.domain.model import Adjustment, Choice
from bot.domain.request import Origin, Setting, Settings, Task, VideoRequest
from bot.domain.rules import Rules
from bot.flows.choose import choose
from tests.shelf import RULES, TODAY, all_models, chosen, film, picture, shelf, sound, wish

WIDE = picture("@Image1", Role.first_frame, 1920, 1080)
END = picture("@Image2", Role.last_frame)


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
