"""Every row of every models.toml is complete, sourced, and can be chosen and quoted as it stands."""

import tomllib
from datetime import UTC, date, datetime

import pytest

from bot.domain.catalogue import Catalogue, checked, override, read_models
from bot.domain.errors import NotSupported
from bot.domain.media import MediaKind, Role
from bot.domain.model import Model
from bot.domain.pricing import PriceUnit
from bot.domain.request import Reference, Task, VideoRequest
from bot.domain.rules import Rules
from bot.flows.choose import choose
from bot.flows.quote import quote
from tests.shelf import VIDEO, all_models, film, picture, shelf, sound, wish

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PROVIDERS = {"animatic", "google", "hedra", "kling", "minimax", "seedance", "videogen", "wan"}
KINDS = {
    Role.first_frame: MediaKind.image,
    Role.last_frame: MediaKind.image,
    Role.reference_image: MediaKind.image,
    Role.reference_video: MediaKind.video,
    Role.reference_audio: MediaKind.audio,
}
# The tiers that people ask for by name, and the model each means on 2026-11-20.
ASKED_FOR = {
    "seedance": "seedance-2",
    "seedance-2-fast": "seedance-2-fast",
    "seedance-2-mini": "seedance-2-mini",
    "seedance-2.5": "seedance-2.5",
    "kling v3 standard": "kling-3",
    "wan 3": "wan-3",
    "wan 2.7": "wan-2.7-t2v",
    "wan-2.6": "wan-2.6-t2v",
    "veo 3.1": "veo-3.1",
    "veo-fast": "veo-3.1-fast",
    "veo-lite": "veo-3.1-lite",
    "omni": "omni-1.2",
    "t2v-01": "t2v-01",
    "t2v-01-director": "t2v-01-director",
    "i2v-01": "i2v-01",
    "i2v-01-director": "i2v-01-director",
    "i2v-01-live": "i2v-01-live",
    "s2v-01": "s2v-01",
    "hailuo-02": "hailuo-02",
    "hailuo": "hailuo-2.3",
    "hailuo-fast": "hailuo-2.3-fast",
    "h3": "minimax-h3",
    "hedra": "hedra-avatar",
    "videogen": "videogen",
}


@pytest.fixture(params=all_models(), ids=lambda model: model.id)
def model(request: pytest.FixtureRequest) -> Model:
    return request.param


def usual(model: Model, task: Task) -> VideoRequest:
    """The least that a model takes for a task."""
    references: list[Reference] = []
    if task in {Task.first_frame, Task.first_last}:
        references.append(picture("@Image1", Role.first_frame))
    if task is Task.first_last:
        references.append(picture("@Image2", Role.last_frame))
    if task is Task.references:
        references += {
            Role.reference_image: [picture("@Image1")],
            Role.reference_video: [film("@Video1")],
            Role.reference_audio: [sound("@Audio1")],
        }[next(role for role, rule in model.roles if role.startswith("reference") and rule.alone)]
    if (rule := model.rule(Role.reference_audio)) and rule.min_count:
        references.append(sound("@Audio1"))
    return wish("A heron takes off", *references, model=model.id)


def test_every_provider_describes_its_models() -> None:
    assert {model.provider for model in all_models()} == PROVIDERS
    assert {file.parent.name for file in VIDEO.glob("*/models.toml")} == PROVIDERS


def test_the_files_agree_with_each_other() -> None:
    assert checked(all_models()) == all_models()


def test_a_row_is_complete_and_says_where_its_facts_are_from(model: Model) -> None:
    assert len(model.source) > 10
    assert model.price.unit is PriceUnit.free or len(model.price.source) > 10
    assert all(note.endswith(".") for note in model.notes)
    estimated = any(rate.unconfirmed for rate in model.price.rates)
    assert not estimated or model.notes, "what is not certain is explained"


def test_limits_of_a_role_are_of_its_own_kind(model: Model) -> None:
    for role, rule in model.roles:
        kind = KINDS[role]
        assert rule.media.formats
        assert {mime.partition("/")[0] for mime in rule.media.formats} == {str(kind)}
        assert 0 <= rule.min_count <= rule.max_count
        if kind is MediaKind.image:
            assert (rule.media.max_seconds, rule.total_seconds) == (None, None)


def test_every_task_a_model_names_has_the_roles_it_takes(model: Model) -> None:
    roles = {role for role, _ in model.roles}
    if Task.first_frame in model.tasks:
        assert Role.first_frame in roles
    if Task.first_last in model.tasks:
        assert {Role.first_frame, Role.last_frame} <= roles
    if Task.references in model.tasks:
        assert roles & {Role.reference_image, Role.reference_video, Role.reference_audio}


def test_a_retired_row_names_a_live_successor(model: Model) -> None:
    if model.retired_on is None:
        assert model.replaced_by is None
        return
    assert model.replaced_by is not None
    follower = shelf().get(model.replaced_by)
    assert follower is not None
    assert not follower.retired(NOW.date())


def test_a_row_can_be_chosen_for_each_of_its_tasks_and_quoted_at_its_defaults(model: Model) -> None:
    models = override(all_models(), {model.id: {"retired_on": "never", "replaced_by": ""}})
    catalogue = Catalogue(models=models, connected=frozenset({model.provider}), default=model.id)
    live = catalogue.get(model.id)
    assert live is not None
    for task in model.tasks - {Task.edit, Task.extend}:  # those are asked for in other words, not by roles
        request = usual(model, task)
        choice, problems = choose(request, catalogue, Rules(public_links=True), NOW.date())
        assert choice is not None
        assert (choice.model, choice.task, choice.adjustments, problems) == (model.id, task, (), ())
        if model.price.unit is PriceUnit.unknown:
            with pytest.raises(NotSupported):
                quote(choice, live, request, Rules(), NOW)
        else:
            found = quote(choice, live, request, Rules(), NOW)
            assert (found.credits == 0) == (model.price.unit is PriceUnit.free)


def test_every_rate_is_reachable(model: Model) -> None:
    """A rate hidden behind an earlier one would never be charged, and nobody would notice."""
    seen: list[tuple] = []
    for rate in model.price.rates:
        mine = (rate.resolution, rate.audio, rate.seconds, rate.video_in)
        hidden = any(all(a is None or a == b for a, b in zip(earlier, mine, strict=True)) for earlier in seen)
        assert not hidden, f"{rate} comes after a rate that always matches first"
        seen.append(mine)


@pytest.mark.parametrize(("name", "id"), ASKED_FOR.items())
def test_the_names_people_use_mean_what_they_expect(name: str, id: str) -> None:
    assert shelf().names()[name] == id


def test_the_vendors_own_ids_are_names_too(model: Model) -> None:
    if model.provider in {"hedra", "videogen"} or not model.wire_id:
        return  # their slugs are other vendors' names
    assert shelf().names()[model.wire_id.lower()] == model.id


def test_files_are_read_alike_by_name_and_by_hand() -> None:
    text = (VIDEO / "kling" / "models.toml").read_text(encoding="utf-8")
    read = read_models("kling", tomllib.loads(text))
    assert read == tuple(model for model in all_models() if model.provider == "kling")
    assert [model.id for model in read if model.retired(date(2026, 9, 14))] == []
    assert len([model for model in read if model.retired(date(2026, 9, 15))]) == 6
