"""Addresses that an operator may have set by mistake: a sentence at the start, or they work."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest

from bot.domain.errors import BadSettings
from bot.ports.parts import Parts
from tests.contracts.test_video_paid import PAID
from tests.fakes import SetClock

KEYS: Mapping[str, Mapping[str, str]] = {
    **{name: {"api_key": "sk-0123456789", "base_url": "{}"} for name in PAID},
    "google": {"api_key": "AIza-0123456789", "base_url": "{}", "vertex_api_key": "AQ.0123", "vertex_base_url": "{}"},
}
MISTAKES = (
    "api.example.com/v1",
    "https://",
    "https://[::1",
    "ftp://api.example.com",
    "https://a b.example.com",
    "none",
)


def made(name: str, address: str, folder: Path) -> object:
    settings = {key: value.replace("{}", address) for key, value in KEYS[name].items()}
    parts = Parts(settings=settings, folder=folder, clock=SetClock(), files=None, storage=None)
    return import_module(f"adapters.video.{name}").create(parts)


@pytest.mark.parametrize("address", MISTAKES)
@pytest.mark.parametrize("name", PAID)
def test_a_base_url_that_is_no_address_stops_the_start_with_a_sentence(name: str, address: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no address"):
        made(name, address, tmp_path)


@pytest.mark.parametrize(
    "address", ["https://api.example.com", " https://api.example.com/ ", "http://127.0.0.1:9/v1//"]
)
@pytest.mark.parametrize("name", PAID)
def test_spaces_and_slashes_around_a_base_url_do_no_harm(name: str, address: str, tmp_path: Path) -> None:
    assert made(name, address, tmp_path)
