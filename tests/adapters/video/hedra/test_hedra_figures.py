"""What Hedra's own models take and make, figure by figure, beside its published descriptions."""

import pytest

from bot.domain.media import Role
from bot.domain.model import Model
from tests.adapters.video.figures import bounds, pace, taken
from tests.shelf import all_models

PORTRAITS = [one for one in all_models() if one.provider == "hedra"]


def test_both_models_are_there_by_slug_and_by_id() -> None:
    assert [dict(one.wire) for one in PORTRAITS] == [
        {"v2": "together/hedra-avatar", "v2_id": "26f0fc66-152b-40ab-abed-76c43df99bc8"},
        {"v2": "together/hedra-character-3", "v2_id": "d1dd37a3-e39a-4854-a298-6510289f9cf2"},
    ]


@pytest.mark.parametrize("model", PORTRAITS, ids=lambda model: model.id)
def test_a_portrait_is_made_as_hedra_makes_it(model: Model) -> None:
    assert set(model.resolutions) == {"540p", "720p", "1080p"}
    assert set(model.aspects) == {"1:1", "4:3", "3:4", "16:9", "9:16", "9:21", "21:9"}
    assert (model.seconds.maximum, model.seconds.follows_sound, model.audio) == (600, True, "always")
    assert (model.max_count, model.honours) == (8, {"seed", "voice"})
    assert taken(model) == {"first_frame": (1, 1), "reference_audio": (1, 4)}


@pytest.mark.parametrize("model", PORTRAITS, ids=lambda model: model.id)
def test_a_portrait_and_its_recordings_are_as_large_and_long_as_hedra_takes_them(model: Model) -> None:
    assert bounds(model, Role.first_frame, "max_bytes") == (10 * 2**20,)
    speech = bounds(model, Role.reference_audio, "max_bytes", "min_seconds", "max_seconds")
    assert speech == (104_800_000, 0.5, 600)


@pytest.mark.parametrize("model", PORTRAITS, ids=lambda model: model.id)
def test_what_hedra_does_not_publish_is_not_made_up(model: Model) -> None:
    assert (model.price.unit, pace(model)) == ("unknown", [])
    assert all(rule.unconfirmed for _, rule in model.roles), "the limits are those of its other API"
