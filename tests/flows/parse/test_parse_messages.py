"""What messages mean, as tables: `wishes`, `flags`, `media`, `verbs`, and `traps` that must stay story."""

import tomllib
from pathlib import Path

import pytest

from bot.domain.chat import Attachment
from bot.domain.request import Origin, Parsed, Settings
from bot.flows.parse import parse, unparse, uploads

HERE = Path(__file__).parent
NAMES = {
    "kling": "kling-3.0",
    "kling 3.0": "kling-3.0",
    "kling-3.0": "kling-3.0",
    "seedance": "seedance-2",
    "seedance-2": "seedance-2",
    "seedance 2.0": "seedance-2",
    "seedance-2-fast": "seedance-2-fast",
    "seedance 2.0 fast": "seedance-2-fast",
    "wan": "wan-3.0",
    "animatic": "animatic",
}


def table(name: str) -> dict:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


WISHES = [row for name in ("wishes", "flags", "media") for row in table(name)["wish"]]
STORIES = [(group, story) for group, rows in table("traps").items() for story in rows["stories"]]
COMMANDS = table("verbs")["commands"]
MENTIONS = table("verbs")["wishes"]


def files(row: dict) -> tuple[Attachment, ...]:
    return tuple(Attachment(name, name) for name in row.get("attach", ()))


def settings(parsed: Parsed) -> dict:
    said = {name: setting.value for name, setting in parsed.settings.items()}
    return said | ({"camera": [list(map(str, move)) for move in said["camera"]]} if "camera" in said else {})


def references(parsed: Parsed) -> list[str]:
    return [
        f"{r.token} {r.role}{'!' if r.role_origin is Origin.said else ''} {r.source.value}" for r in parsed.references
    ]


@pytest.mark.parametrize("row", WISHES, ids=lambda row: row["text"][:60])
def test_a_wish_is_understood(row):
    parsed = parse(row["text"], attachments=files(row), names=NAMES)
    expected = (None, row["prompt"], row.get("settings", {}), row.get("references", []))
    assert (parsed.verb, parsed.prompt, settings(parsed), references(parsed)) == expected
    wanted = row.get("problems", [])
    assert len(parsed.problems) == len(wanted)
    assert all(part in problem for part, problem in zip(wanted, parsed.problems, strict=True)), parsed.problems


@pytest.mark.parametrize(("group", "story"), STORIES, ids=lambda value: value[:60])
def test_story_is_never_taken_for_settings(group, story):
    assert parse(story, names=NAMES) == Parsed(verb=None, prompt=story)


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row["text"])
def test_a_command_is_told_from_a_wish(row):
    parsed = parse(row["text"], names=NAMES, me=row.get("me", ""))
    assert (parsed.verb, parsed.prompt, parsed.problems) == (row["verb"], row["rest"], ())


@pytest.mark.parametrize("row", MENTIONS, ids=lambda row: row["text"])
def test_the_bots_own_mention_is_no_part_of_the_wish(row):
    assert parse(row["text"], names=NAMES, me=row["me"]) == Parsed(verb=None, prompt=row["prompt"])


@pytest.mark.parametrize("row", [*WISHES, *({"text": story} for _, story in STORIES)], ids=lambda row: row["text"][:60])
def test_a_request_written_out_reads_back_the_same(row):
    request = parse(row["text"], attachments=files(row), names=NAMES).request
    written = unparse(request, names=NAMES)
    assert parse(written, attachments=uploads(request), names=NAMES).request == request


def test_the_tables_are_large_and_a_third_are_traps():
    assert len(WISHES) + len(STORIES) + len(COMMANDS) + len(MENTIONS) >= 150
    assert 3 * len(STORIES) >= len(WISHES) + len(STORIES) + len(COMMANDS) + len(MENTIONS)


def test_every_setting_said_is_marked_as_said():
    parsed = parse("A fox, 8 seconds [Push in] --ar 9:16", names=NAMES)
    assert {name: setting.origin for name, setting in parsed.settings.items()} == {
        "seconds": Origin.said,
        "aspect": Origin.said,
        "camera": Origin.said,
    }


def test_any_model_name_is_taken_where_no_names_are_known():
    assert parse("a fox --model Veo-3.1").settings.model.value == "veo-3.1"
    assert parse("a fox, use veo").settings == Settings()
