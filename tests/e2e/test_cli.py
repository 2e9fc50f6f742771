"""The command line, run as people and scripts run it."""

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import av
import pytest
from PIL import Image

from tests.e2e.shell import Said, Shell

COMMANDS = (
    "run",
    "ask",
    "parse",
    "quote",
    "check",
    "merge",
    "models",
    "status",
    "cancel",
    "library",
    "drive",
    "admin",
    "doctor",
    "db",
)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "picture.png"
    Image.linear_gradient("L").resize((640, 360)).convert("RGB").save(path)
    return str(path)


def tells(said: Said, sentence: str, code: int = 1) -> None:
    """Refused with a sentence and no traceback."""
    assert said.code == code, said.err
    assert sentence in said.err
    assert "Traceback" not in said.out + said.err


def test_help_names_every_command(shell: Shell):
    said = shell.clapper("--help")
    assert said.code == 0
    for command in COMMANDS:
        assert f"  {command} " in said.out
    assert shell.clapper("-h").out == said.out


def test_help_loads_nothing_heavy(shell: Shell):
    code = "import bot.cli, bot.cli.boundary, sys; print(sorted({'pydantic', 'rich', 'structlog', 'httpx', 'sqlmodel', 'av', 'PIL', 'numpy', 'starlette', 'apscheduler', 'asyncio'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], env=shell.env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_said(shell: Shell):
    assert shell.clapper("--version").out == "clapper 0.1.0\n"


@pytest.mark.parametrize("words", [("dance",), ("models", "--jsn"), ("check",), ("cancel",), ("db",), ()])
def test_wrong_usage_is_exit_code_2(shell: Shell, words: tuple[str, ...]):
    said = shell.clapper(*words)
    assert said.code == 2
    assert "Usage: " in said.out + said.err


def test_parse_gives_its_document(shell: Shell, picture: str):
    said = shell.clapper("parse", "8 seconds, vertical, with audio: a fox runs --seed 7", "-a", picture, "--json")
    assert said.code == 0
    assert said.document == {
        "verb": None,
        "prompt": "a fox runs",
        "settings": {
            "seconds": {"value": 8, "origin": "said"},
            "aspect": {"value": "9:16", "origin": "said"},
            "audio": {"value": True, "origin": "said"},
            "seed": {"value": 7, "origin": "said"},
        },
        "references": [{"token": "@Image1", "kind": "image", "role": "first_frame", "source": picture}],
        "problems": [],
    }


def test_flags_of_a_wish_need_no_quoting(shell: Shell):
    found = shell.clapper("parse", "a", "cat", "--ar", "9:16", "--duration", "8", "--json").document
    assert (found["prompt"], found["settings"]["aspect"]["value"], found["settings"]["seconds"]["value"]) == (
        "a cat",
        "9:16",
        8,
    )


def test_a_flag_nobody_knows_is_a_problem_with_exit_code_1(shell: Shell):
    said = shell.clapper("parse", "a cat", "--yess", "--json")
    assert said.code == 1
    assert "--yess" in said.document["problems"][0]


def test_what_lies_elsewhere_can_be_attached_too(shell: Shell, picture: str):
    words = ("-a", "https://host/a.png?size=1", "-a", "/space/old film.mp4", "-a", "asset:A-ABCD", "-a", picture)
    found = shell.clapper("parse", "a cat", *words, "--json").document
    assert (found["prompt"], found["problems"]) == ("a cat", [])
    assert [one["source"] for one in found["references"]] == [
        picture, "https://host/a.png?size=1", "/space/old film.mp4", "A-ABCD",
    ]  # fmt: skip


def test_a_verb_is_told_apart_from_a_wish(shell: Shell):
    assert "the command 'status'" in shell.clapper("parse", "status").out


def test_nothing_at_all_gets_a_how_to(shell: Shell):
    said = shell.clapper("parse", "")
    assert said.code == 0
    assert len(said.out) > 80
    assert said.err == ""


def test_files_that_cannot_be_read_are_all_named(shell: Shell, tmp_path: Path):
    said = shell.clapper("parse", "a cat", "-a", "gone.png", "-a", str(tmp_path), "-a", "https://host/a.png", "--json")
    tells(said, "gone.png is not there; check the name.")
    assert "http" not in said.err
    assert f"{tmp_path} is a folder" in said.err
    assert set(said.document) == {"error"}


def test_models_gives_the_matrix(shell: Shell):
    models = shell.clapper("models", "--json").document["models"]
    rows = {model["id"]: model for model in models}
    documented = {
        "id", "provider", "title", "tier", "tasks", "seconds", "aspects", "resolutions", "audio", "roles", "price",
        "retired_on", "replaced_by",
    }  # fmt: skip
    assert all(documented <= set(row) for row in models)
    assert rows["animatic"]["connected"]
    assert {row["provider"] for row in models} >= {
        "animatic",
        "seedance",
        "kling",
        "wan",
        "google",
        "minimax",
        "hedra",
        "videogen",
    }
    assert any(row["retired_on"] and row["replaced_by"] in rows for row in models)
    here, every = shell.clapper("models"), shell.clapper("models", "--all").out.splitlines()
    usable = [row["id"] for row in models if row["connected"] and not row["retired"]]
    assert [line.split("\t")[0] for line in here.out.splitlines()] == usable
    assert f"{len(models) - len(usable)} more need a key or are retired: `clapper models --all`" in here.err
    assert "\x1b" not in here.out
    assert every[: len(usable)] == here.out.splitlines()
    assert {line.split("\t")[0] for line in every} == {row["id"] for row in models}


def test_quote_gives_its_document_and_starts_nothing(shell: Shell, picture: str):
    said = shell.clapper("quote", "a fox runs, 3 seconds, 4k", "-a", picture, "--json")
    assert said.code == 0
    found = said.document
    assert (found["task"], found["model"], found["provider"]) == ("first_frame", "animatic", "animatic")
    assert found["settings"]["seconds"] == {"value": 3, "origin": "said"}
    assert (found["credits"], [line["credits"] for line in found["lines"]]) == ("0.00", ["0.00"])
    assert "adaptive (16:9 as the picture)" in shell.clapper("quote", "a fox runs", "-a", picture).out
    (adjusted,) = found["adjustments"]
    assert (adjusted["setting"], adjusted["asked"], adjusted["given"]) == ("resolution", "4k", "1080p")
    assert found["problems"] == []
    assert shell.clapper("status", "--all", "--json").document == {"jobs": []}


def test_a_wish_that_cannot_be_made_has_no_price(shell: Shell, tmp_path: Path):
    (tmp_path / "small.png").write_bytes(b"this is no picture")
    said = shell.clapper("quote", "a fox", "-a", "small.png", "--json")
    assert said.code == 1
    assert any("small.png" in problem for problem in said.document["problems"])


def test_check_tells_every_problem_of_every_file(shell: Shell, picture: str, tmp_path: Path):
    (tmp_path / "text.jpg").write_text("no picture")
    Image.new("RGB", (100, 900)).save(tmp_path / "narrow.png")
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (640, 360)).save(tmp_path / "turned.jpg", exif=turned)
    said = shell.clapper("check", picture, "text.jpg", "narrow.png", "gone.mp4", "turned.jpg", "--json")
    assert said.code == 1
    good, text, narrow, gone, mended = said.document["files"]
    assert (mended["ok"], [one["mend"] for one in mended["problems"]]) == (True, ["It is turned upright."])
    assert (good["ok"], good["kind"], good["media"]["width"], good["media"]["height"]) == (True, "image", 640, 360)
    assert (good["problems"], text["ok"], text["media"], len(text["problems"])) == ([], False, None, 1)
    assert len(narrow["problems"]) == 2
    assert all(set(problem) == {"what", "limit", "found", "mend", "mendable"} for problem in narrow["problems"])
    assert "not there" in gone["problems"][0]["found"]
    alone = shell.clapper("check", "turned.jpg")
    assert (alone.code, alone.out[:31]) == (0, "fine, will be mended  turned.jp")


def test_check_knows_models_and_roles(shell: Shell, picture: str):
    fine = shell.clapper("check", picture, "--model", "kling", "--role", "first_frame")
    assert (fine.code, fine.out[:4]) == (0, "fine")
    wrong = shell.clapper("check", picture, "--role", "reference_video", "--json")
    assert wrong.code == 1
    assert wrong.document["files"][0]["problems"][0]["limit"] == "a film"
    tells(shell.clapper("check", picture, "--model", "klinge"), "There is no model 'klinge'. Did you mean")
    tells(shell.clapper("check", picture, "--role", "star"), "There is no role 'star'; there are reference_image")


def test_ask_makes_a_film_from_a_picture(shell: Shell, picture: str, tmp_path: Path):
    (tmp_path / "film.mp4").write_bytes(b"precious")
    wish = "the camera rises, 1 second, 480p, return last frame [Push in]"
    said = shell.clapper("ask", wish, "-a", picture, "--yes", "--out", "film.mp4", "--json")
    assert said.code == 0, said.err
    made = said.document
    assert (made["state"], made["model"], made["credits"], made["failure"]) == ("complete", "animatic", "0.00", None)
    (file,) = made["files"]
    assert set(file) == {"path", "drive_path", "width", "height", "seconds", "poster", "last_frame"}
    assert (file["path"], file["seconds"]) == (str(tmp_path / "film-2.mp4"), 1)
    assert (tmp_path / "film.mp4").read_bytes() == b"precious"
    with av.open(str(file["path"])) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", file["width"], file["height"])
        assert sum(1 for _ in film.decode(video=0)) > 20
    with Image.open(file["poster"]) as poster, Image.open(file["last_frame"]) as last:
        assert (poster.format, last.size) == ("JPEG", (file["width"], file["height"]))
    listed = shell.clapper("status", "--all", "--json").document["jobs"]
    assert [(job["job"], job["state"]) for job in listed] == [(made["job"], "complete")]
    tells(shell.clapper("cancel", made["job"]), "there is nothing left to cancel")
    found = shell.clapper("library", "rises", "today", "--json").document
    assert (found["title"], found["page"], found["pages"]) == ("1 film with “rises”, of today", 1, 1)
    there = shell.clapper("drive", "videos", "--json").document
    assert (there["folder"], there["folders"], there["films"]) == ("videos/", [], found["films"])
    assert {name: found["films"][0][name] for name in ("drive_path", "poster")} == {
        name: file[name] for name in ("drive_path", "poster")
    }


def test_ask_spends_nothing_where_nobody_can_confirm(shell: Shell):
    said = shell.clapper("ask", "a fox runs, 1 second")
    assert said.code == 1
    assert "run it again with --yes" in said.out
    assert "Make this film?" in said.out
    with contextlib.closing(sqlite3.connect(shell.folder / "data" / "clapper.db")) as database:
        waiting = database.execute("SELECT count(*) FROM events").fetchone()
    assert waiting == (0,), "another process would take it, and look for this machine's files on its own"


def test_ask_keeps_to_one_document_when_refused(shell: Shell, tmp_path: Path):
    (tmp_path / "not.png").write_bytes(b"")
    said = shell.clapper("ask", "a fox", "-a", "not.png", "--yes", "--json")
    assert said.code == 1
    assert (said.document["state"], said.document["files"]) == ("declined", [])
    assert "not.png" in said.document["failure"]


def test_ask_answers_a_question(shell: Shell):
    said = shell.clapper("ask", "status")
    assert (said.code, said.err) == (0, "")
    assert "Nothing is running" in said.out


def test_a_typed_yes_makes_the_film_and_shows_it_coming(shell: Shell):
    with shell.terminal("ask", "a fox runs, 1 second, 480p", "--out", "fox.mp4") as terminal:
        terminal.wait_for(r"Make it\? \[y/N\] ")
        terminal.type("y\n")
        terminal.wait_for("Your film is ready")
        assert terminal.end() == 0
    assert "Rendering" in terminal.plain
    assert "so far" in terminal.plain
    assert (shell.folder / "fox.mp4").stat().st_size > 1000


@pytest.mark.parametrize("answer", ["n\n", "\x04", "\x03"])
def test_anything_but_a_yes_is_a_no(shell: Shell, answer: str):
    with shell.terminal("ask", "a fox runs, 1 second") as terminal:
        terminal.wait_for(r"Make it\? \[y/N\] ")
        terminal.type(answer)
        assert terminal.end() == 1
    assert "Nothing was started and nothing was charged." in terminal.plain
    assert "Traceback" not in terminal.plain


def test_ctrl_c_cancels_a_running_film(shell: Shell):
    with shell.terminal("ask", "a fox runs, 60 seconds, 1080p", "--yes") as terminal:
        terminal.wait_for("so far")
        terminal.interrupt()
        terminal.wait_for("Cancelled")
        assert terminal.end() == 1
    assert "Traceback" not in terminal.plain
    assert "^C" not in terminal.plain, "an echo in the middle of the card pushes it off its place"
    assert "Asking the provider to stop" not in terminal.plain.rpartition("Cancelled")[2]


def test_cancel_and_status_reach_a_job_of_another_process(shell: Shell):
    with shell.terminal("ask", "a fox runs, 60 seconds, 1080p", "--yes") as terminal:
        terminal.wait_for("so far")
        (job,) = shell.clapper("status", "--json").document["jobs"]
        assert job["state"] in {"queued", "submitting", "processing"}
        assert shell.clapper("cancel", job["job"], "--json").document["state"] == "cancelled"
        terminal.wait_for("Cancelled")
        assert terminal.end() == 1
    tells(shell.clapper("cancel", "J-NONE"), "There is no job 'J-NONE'.")
