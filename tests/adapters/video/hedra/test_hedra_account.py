"""What the doctor hears of an account at Hedra, for free."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.video import hedra
from bot.ports.examine import Seen
from tests.adapters.video.hedra.stand_hedra import HedraStand, open_stand, parts
from tests.vendor import status


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[HedraStand]:
    async with open_stand(tmp_path) as found:
        yield found


async def test_the_doctor_asks_for_free_what_the_key_is_good_for(stand: HedraStand, tmp_path: Path) -> None:
    seen = await hedra.examine(parts(stand.vendor, tmp_path, voice_id="nobody"))
    price = 'costs 6 credits a second (540p × 0.5; 1080p × 2). Set its price in dollars under [models."hedra-{}"].'
    assert seen == [
        Seen("HEDRA_API_KEY works: 480 credits are left."),
        Seen(
            "Hedra has no voice 'nobody' for this key.",
            "Set voice_id under [providers.hedra] to an id that GET /voices lists, or leave it out: the first is taken then.",
        ),
        Seen(f"Hedra Avatar {price.format('avatar')}"),
        Seen(f"Hedra Character 3 {price.format('character-3')}"),
    ]
    assert {one.method for one in stand.vendor.seen} == {"GET"}
    assert stand.vendor.complaints == []


async def test_the_doctor_knows_a_voice_and_a_model_by_their_ids(stand: HedraStand, tmp_path: Path) -> None:
    offer = {"id": "26f0fc66-152b-40ab-abed-76c43df99bc8", "pricing": {"credits_per_second": 4}}
    stand.vendor.play("models", status(200, [offer]))
    seen = await hedra.examine(parts(stand.vendor, tmp_path, voice_id=stand.vendor.voices[0]))
    assert [one.found for one in seen] == [
        "HEDRA_API_KEY works: 480 credits are left.",
        'Hedra Avatar costs 4 credits a second. Set its price in dollars under [models."hedra-avatar"].',
        "Hedra does not list Hedra Character 3.",
    ]


async def test_the_doctor_names_an_empty_account_a_missing_model_and_a_wrong_key(
    stand: HedraStand, tmp_path: Path
) -> None:
    stand.vendor.credits = 0
    stand.vendor.play("models", status(200, []))
    seen = await hedra.examine(parts(stand.vendor, tmp_path))
    assert [(one.found, bool(one.mend), one.stops) for one in seen] == [
        ("HEDRA_API_KEY works: 0 credits are left.", True, False),
        ("Hedra does not list Hedra Avatar.", True, False),
        ("Hedra does not list Hedra Character 3.", True, False),
    ]
    (wrong,) = await hedra.examine(parts(stand.vendor, tmp_path, api_key="sk_wrong"))
    assert (wrong.found, wrong.stops) == ("Hedra does not accept HEDRA_API_KEY.", True)
    stand.vendor.play("credits", status(503))
    (away,) = await hedra.examine(parts(stand.vendor, tmp_path))
    assert (away.found, away.stops) == ("Hedra could not be asked: status 503.", False)
    stand.vendor.play("credits", status(500, {"message": "Something broke."}))
    (broken,) = await hedra.examine(parts(stand.vendor, tmp_path))
    assert broken.found == "Hedra could not be asked: Something broke."
