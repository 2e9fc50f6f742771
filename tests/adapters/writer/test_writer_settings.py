"""Setting a language model: all three variables or none, the key sealed, and a plain sentence where its packages are missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import config
from tests.elsewhere import elsewhere

ALL = {
    "CLAPPER_LLM_BASE_URL": "http://127.0.0.1:1/v1",
    "CLAPPER_LLM_API_KEY": "sk-sealed-key",
    "CLAPPER_LLM_MODEL": "small-1",
}


__all__ = ["elsewhere"]


def test_nobody_writes_unless_all_three_are_set():
    assert config.load().writer() is None
    os.environ |= ALL
    settings = config.load()
    assert settings.writer() == (
        "llm",
        {"base_url": "http://127.0.0.1:1/v1", "api_key": "sk-sealed-key", "model": "small-1"},
    )
    assert "sk-sealed-key" in settings.secrets()
    assert "sk-sealed-key" not in repr(settings)


@pytest.mark.parametrize("missing", ALL)
def test_half_a_language_model_is_told_in_one_sentence_that_names_what_is_missing(missing):
    os.environ |= {name: value for name, value in ALL.items() if name != missing}
    with pytest.raises(config.BadSettings) as refused:
        config.load()
    assert f"{missing} missing" in refused.value.say
    assert "sk-sealed-key" not in refused.value.say
    assert "\n" not in refused.value.say


def test_an_address_that_is_none_is_told():
    os.environ |= ALL | {"CLAPPER_LLM_BASE_URL": "localhost:1234"}
    with pytest.raises(config.BadSettings, match="CLAPPER_LLM_BASE_URL must be an address like"):
        config.load()


def test_its_packages_are_loaded_only_by_who_uses_them_and_where_they_are_missing_the_start_says_what_to_install():
    code = """
import sys
from pathlib import Path
import bot.app
from adapters.writer.llm import create
from bot.domain.errors import UserError
from bot.ports.parts import Parts
print([one for one in ("pydantic_ai", "openai", "httpx2") if one in sys.modules])
sys.modules["pydantic_ai"] = None
try:
    create(Parts(settings={}, folder=Path("."), clock=None))
except UserError as error:
    print(error.say)
"""
    root = Path(__file__).parents[3]
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    loaded, say = said.stdout.splitlines()
    assert loaded == "[]"
    assert "pip install 'clapper[llm]'" in say
