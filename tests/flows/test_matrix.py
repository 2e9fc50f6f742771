"""The capability matrix is plain JSON with everything people compare models by (G9)."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.catalogue import override
from bot.domain.rules import Rules
from bot.flows.models import models
from tests.shelf import all_models, shelf

TODAY = date(2026, 11, 20)
PROMISED = ["id", "provider", "title", "tier", "tasks", "seconds", "aspects", "resolutions", "audio", "roles", "price", "retired_on", "replaced_by"]  # fmt: skip


def row(id: str, rules: Rules | None = None) -> dict:
    found = models(shelf("kling"), rules or Rules(), TODAY)
    return next(one for one in found["models"] if one["id"] == id)


def test_every_model_has_every_promised_key_in_plain_json() -> None:
    found = models(shelf(), Rules(), TODAY)
    assert json.loads(json.dumps(found)) == found
    assert [one["id"] for one in found["models"]] == [one.id for one in all_models()]
    assert all(set(PROMISED) <= set(one) for one in found["models"])


ONE = {"max_count": 1, "min_count": 0, "total_seconds": None, "alone": True, "with_frames": True}
KLING_2_6 = {
    "id": "kling-2.6",
    "provider": "kling",
    "title": "Kling 2.6",
    "tier": "standard",
    "tasks": ["first_frame", "first_last", "text"],
    "seconds": {
        "minimum": 5.0,
        "maximum": 10.0,
        "choices": [5.0, 10.0],
        "step": 1.0,
        "default": 5.0,
        "auto": False,
        "say": "5 or 10 s",
    },
    "aspects": ["16:9", "9:16", "1:1"],
    "resolutions": ["720p", "1080p"],
    "audio": "optional",
    "roles": {"first_frame": ONE, "last_frame": ONE},
    "retired_on": None,
    "replaced_by": None,
    "connected": True,
    "retired": False,
    "when": [
        {
            "tasks": [],
            "roles": [],
            "resolution": "720p",
            "seconds": None,
            "aspects": None,
            "resolutions": None,
            "audio": "never",
        },
        {
            "tasks": ["first_last"],
            "roles": [],
            "resolution": None,
            "seconds": None,
            "aspects": None,
            "resolutions": ["1080p"],
            "audio": None,
        },
    ],
}


def test_a_row_says_what_a_model_takes_makes_and_costs() -> None:
    found = {key: row("kling-2.6")[key] for key in (*PROMISED, "connected", "retired", "when")}
    price = found.pop("price")
    assert found == KLING_2_6
    assert price["unit"] == "second"
    assert price["rates"][0] == {
        "usd": "0.042",
        "resolution": "720p",
        "audio": None,
        "seconds": None,
        "video_in": None,
        "unconfirmed": False,
    }
    assert price["say"] == "4.20 to 14.00 credits a second"


@pytest.mark.parametrize(
    ("id", "say"),
    [
        ("animatic", "free"),
        ("videogen", "not known"),
        ("seedance-2", "about 7.03 to 77.76 credits a second"),
        ("kling-3-turbo", "11.20 to 14.00 credits a second"),
        ("veo-3.1-fast", "about 15.00 to 35.00 credits a second"),
        ("hailuo-2.3-fast", "19.00 credits a clip"),
    ],
)
def test_a_price_is_told_in_credits(id: str, say: str) -> None:
    assert row(id)["price"]["say"] == say


def test_the_price_follows_the_operators_rate() -> None:
    assert row("kling-3-turbo", Rules(credits_per_dollar=Decimal(1)))["price"]["say"] == "0.11 to 0.14 credits a second"


def test_retired_models_name_their_day_and_their_successor() -> None:
    found = row("seedance-1.5-pro")
    assert (found["retired"], found["retired_on"], found["replaced_by"]) == (True, "2026-11-11", "seedance-2-fast")


def test_a_model_switched_off_is_not_shown() -> None:
    catalogue = replace(shelf(), models=override(all_models(), {"kling-3": {"enabled": False}}))
    assert "kling-3" not in {one["id"] for one in models(catalogue, Rules(), TODAY)["models"]}
