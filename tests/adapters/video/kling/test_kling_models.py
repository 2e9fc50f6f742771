"""What Kling's models are said to cost and to allow, against its own table."""

import itertools
from datetime import date
from decimal import Decimal

import pytest

from bot.domain import pricing
from bot.domain.media import Role
from bot.domain.model import Model, Sound
from bot.domain.request import Reference, Task, VideoRequest
from bot.domain.rules import Rules
from bot.flows.choose import choose
from bot.flows.quote import quote
from tests.fakes import NOON
from tests.shelf import RULES, TODAY, all_models, film, picture, shelf, wish

LIVE = [model for model in all_models() if model.provider == "kling" and not model.retired(TODAY)]
CENTS = Rules().credits_per_dollar
UNIT = Decimal("0.14")

# Units a second by (silent, with sound, with a film given in), at 720p, 1080p and 4k: kling.ai/document-api/pricing/base/video, October 2026.
TABLE: dict[str, dict[str, tuple[str, str, str]]] = {
    "kling-3": {"720p": ("0.6", "0.9", ""), "1080p": ("0.8", "1.2", ""), "4k": ("3", "3", "")},
    "kling-3-turbo": {"720p": ("0.8", "0.8", ""), "1080p": ("1", "1", "")},
    "kling-3-omni": {"720p": ("0.6", "0.8", "0.9"), "1080p": ("0.8", "1", "1.2")},
    "kling-2.6": {"720p": ("0.3", "0.3", ""), "1080p": ("0.5", "1", "")},
    "kling-2.5-turbo": {"720p": ("0.3", "0.3", ""), "1080p": ("0.5", "0.5", "")},
    "kling-o1": {"720p": ("0.6", "0.6", "0.9"), "1080p": ("0.8", "0.8", "1.2")},
}


T, F, L, R, E = Task.text, Task.first_frame, Task.first_last, Task.references, Task.edit
# id -> its names in the older and the newer API, tasks, shortest and longest film, its only lengths, sound
ROWS: dict[str, tuple[str | None, str | None, set[Task], tuple[float, float], tuple[float, ...], Sound]] = {
    "kling-3": ("kling-v3", "kling-3.0", {T, F, L}, (3, 15), (), Sound.optional),
    "kling-3-turbo": (None, "kling-3.0-turbo", {T, F}, (3, 15), (), Sound.always),
    "kling-3-omni": (None, "kling-3.0-omni", {T, F, L, R, E}, (3, 15), (), Sound.optional),
    "kling-2.6": ("kling-v2-6", None, {T, F, L}, (5, 10), (5, 10), Sound.optional),
    "kling-2.5-turbo": ("kling-v2-5-turbo", None, {T, F, L}, (5, 10), (5, 10), Sound.never),
    "kling-o1": (None, "kling-o1", {T, F, L, R, E}, (3, 10), (), Sound.never),
}
RETIRED = {
    "kling-2.1": "kling-v2-1",
    "kling-2.1-master": "kling-v2-1-master",
    "kling-2-master": "kling-v2-master",
    "kling-1.6": "kling-v1-6",
    "kling-1.5": "kling-v1-5",
    "kling-1": "kling-v1",
}


def test_every_model_of_the_documents_is_there_and_no_other() -> None:
    assert {model.id for model in all_models() if model.provider == "kling"} == set(ROWS) | set(RETIRED)


@pytest.mark.parametrize("model", LIVE, ids=lambda model: model.id)
def test_a_live_row_makes_what_the_documents_say(model: Model) -> None:
    old, new, tasks, lengths, only, sound = ROWS[model.id]
    named = dict(model.wire)
    assert (named.get("v1"), named.get("v3"), set(model.tasks)) == (old, new, tasks)
    assert (model.seconds.minimum, model.seconds.maximum, model.seconds.choices) == (*lengths, only)
    assert (model.audio, model.aspects, model.max_prompt) == (sound, ("16:9", "9:16", "1:1"), 2500)
    assert set(model.resolutions) == set(TABLE[model.id])
    assert ("negative" in model.honours) is (old is not None)
    for role, rule in model.roles:
        if role is not Role.reference_video:
            bounds = (rule.media.min_side, rule.media.min_aspect, rule.media.max_aspect, rule.media.max_bytes)
            assert bounds == (300, 0.4, 2.5, 10 * 2**20)
            assert set(rule.media.formats) == {"image/jpeg", "image/png"}


@pytest.mark.parametrize("id", RETIRED)
def test_a_row_that_is_over_names_what_follows(id: str) -> None:
    row = next(model for model in all_models() if model.id == id)
    assert (dict(row.wire), row.retired_on, row.replaced_by) == ({"v1": RETIRED[id]}, date(2026, 9, 15), "kling-3")


def quoted(request: VideoRequest) -> tuple[Decimal, float, bool]:
    """Credits, seconds and whether there is sound."""
    choice, problems = choose(request, shelf("kling"), RULES, TODAY)
    assert choice is not None
    assert problems == ()
    model = shelf().get(choice.model)
    assert model is not None
    settings = choice.settings
    assert settings.seconds is not None
    assert settings.audio is not None
    return quote(choice, model, request, RULES, NOON).credits, settings.seconds.value, settings.audio.value


@pytest.mark.parametrize("model", LIVE, ids=lambda model: model.id)
def test_a_quote_is_what_klings_table_asks(model: Model) -> None:
    given: list[tuple[Reference, ...]] = [()] + ([(film("@Video1"),)] if model.rule(Role.reference_video) else [])
    for (resolution, units), audio, files in itertools.product(TABLE[model.id].items(), (False, True), given):
        asked = wish("A heron", *files, model=model.id, resolution=resolution, audio=audio, seconds=10.0)
        told, seconds, sounding = quoted(asked)
        column = 2 if files else int(sounding)
        assert told == pricing.credits(Decimal(units[column]) * UNIT * Decimal(seconds), CENTS)


def test_an_edited_film_is_never_quoted_for_less_than_its_length() -> None:
    for id in ("kling-3-omni", "kling-o1"):
        told, seconds, _ = quoted(wish("Edit @Video1: snow", film("@Video1", 10.2), model=id, seconds=5.0))
        assert (told, seconds) == (pricing.credits(Decimal("1.26"), CENTS), 10.0)


# Films of 3 s that were made, and the units their tasks reported.
@pytest.mark.parametrize(("id", "units"), [("kling-3-turbo", "2.4"), ("kling-3-omni", "1.8")])
def test_no_quote_is_lower_than_what_was_really_charged(id: str, units: str) -> None:
    told, _, _ = quoted(wish("A heron", model=id, seconds=3.0, resolution="720p"))
    assert told >= pricing.credits(Decimal(units) * UNIT, CENTS)


@pytest.mark.parametrize("model", LIVE, ids=lambda model: model.id)
def test_each_model_has_places_of_its_own(model: Model) -> None:
    limit = model.limit("720p")
    assert limit is not None
    assert (limit.at_once, limit.per_minute, limit.line, limit.unconfirmed) == (5, None, f"kling/{model.id}", True)


def test_films_that_kling_fetches_itself_need_a_public_address() -> None:
    links = [model.rule(Role.reference_video) for model in LIVE if model.rule(Role.reference_video)]
    assert [rule.by_link for rule in links if rule] == [True, True]
    choice, problems = choose(wish("x", film("@Video1"), model="kling-3-omni"), shelf("kling"), Rules(), TODAY)
    assert choice is not None
    assert "fetches reference films from a public address" in problems[0]


def test_a_last_frame_goes_with_a_first_one_where_kling_says_so() -> None:
    end = picture("@Image1", Role.last_frame)
    _, problems = choose(wish("x", end, model="kling-3"), shelf("kling"), RULES, TODAY)
    assert "does not take last frames alone (@Image1)" in problems[0]


def test_models_that_only_api_keys_open_say_so() -> None:
    assert {model.id for model in LIVE if model.needs} == {"kling-3-turbo", "kling-3-omni", "kling-o1"}
    assert {model.id for model in LIVE if "v1" not in dict(model.wire)} == {model.id for model in LIVE if model.needs}


def test_models_whose_parts_a_prompt_points_at_need_one() -> None:
    start = picture("@Image1", Role.first_frame)
    for id, needed in (("kling-3", False), ("kling-3-omni", True), ("kling-o1", True)):
        _, problems = choose(wish("", start, model=id), shelf("kling"), RULES, TODAY)
        assert any("needs words" in one for one in problems) is needed
