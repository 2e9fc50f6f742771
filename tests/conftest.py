"""What holds for all tests."""

import gc
from collections.abc import Generator

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, not whether it is right.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests are read before the first one runs, and stay: looking through them for garbage takes a quarter of the reading."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
