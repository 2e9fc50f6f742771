"""The threat model names its tests: each is there."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINES = [line for line in (ROOT / "docs/threats.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
THREATS = [line for line in LINES if "---" not in line and "tested by" not in line]


@cache
def there() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in texts for name in re.findall(r"^ *(?:async )?def (test_\w+)", text, re.MULTILINE)}


@pytest.mark.parametrize("line", THREATS, ids=lambda line: line.split("|")[1].strip()[:40])
def test_each_threat_has_tests_that_are_there(line):
    *_, named, _ = line.split("|")
    found = re.findall(r"`(\w+)`", named)
    assert found, "it names none"
    assert not set(found) - there()
