"""The command line where something around it is wrong: settings, folders, keys, terminals, pipes."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.programs import Program
from tests.e2e.shell import CLAPPER, Said, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path, bare=True)


def refused(said: Said, sentence: str) -> None:
    assert said.code == 1
    assert sentence in said.err
    assert "Traceback" not in said.out + said.err


@pytest.mark.parametrize("command", [("run",), ("ask", "a fox", "--yes"), ("models",)])
def test_a_wrong_setting_stops_every_command_with_its_sentence(shell: Shell, command: tuple[str, ...]):
    said = shell.clapper(*command, env={"CLAPPER_WEB_PORT": "abc"})
    refused(said, "CLAPPER_WEB_PORT must be a whole number from 0 (any free port) to 65535, not 'abc'.")
    assert said.out == ""


def test_an_unknown_line_of_the_operators_file_gets_the_nearest_name(shell: Shell):
    (shell.folder / "clapper.toml").write_text("[timing]\nconfirm_minute = 3\n", encoding="utf-8")
    refused(shell.clapper("models"), "did you mean confirm_minutes?")


def test_a_key_for_a_provider_that_cannot_be_driven_stops_the_start(shell: Shell):
    (shell.folder / "clapper.toml").write_text(
        '[providers.ours]\nenabled = true\napi_key = "hush-hush"\n', encoding="utf-8"
    )
    said = shell.clapper("run")
    refused(said, "'ours' is set up, but")
    assert "hush-hush" not in said.out + said.err


def test_a_page_open_to_others_without_a_login_stops_the_start(shell: Shell):
    refused(shell.clapper("run", env={"CLAPPER_WEB_HOST": "0.0.0.0"}), "Set CLAPPER_WEB_TOKEN")


def test_a_data_folder_that_cannot_be_made_is_said(shell: Shell):
    (shell.folder / "file").write_text("in the way")
    env = {"CLAPPER_DATA": str(shell.folder / "file" / "data")}
    refused(shell.clapper("ask", "a fox", "--yes", env=env), "Set CLAPPER_DATA to one that can.")
    doctor = shell.clapper("doctor", "--json", env=env)
    assert doctor.code == 1
    broken = {check["name"] for check in doctor.document["checks"] if check["standing"] == "broken"}
    assert broken == {"data folder", "drive"}


def test_the_doctor_finds_a_good_house_well(shell: Shell):
    said = shell.clapper("doctor", "--json", env={"CLAPPER_WEB_PORT": "0", "CLAPPER_WEB_PROT": "1"})
    assert said.code == 0, said.out
    found = said.document
    assert found["ok"]
    assert {check["name"] for check in found["checks"]} == {
        "settings", "machine", "data folder", "database", "drive", "media tools", "fonts", "web", "people", "animatic",
    }  # fmt: skip
    notes = [check["mend"] for check in found["checks"] if check["standing"] == "note" and check["name"] == "settings"]
    assert notes == ["Did you mean CLAPPER_WEB_PORT?"]
    assert [*shell.folder.glob("**/.doctor*"), *shell.folder.glob("**/.clapper-*")] == []


def test_the_doctor_says_what_to_do_about_wrong_settings_and_a_taken_port(shell: Shell):
    said = shell.clapper(
        "doctor",
        env={
            "CLAPPER_WEB_HOST": "0.0.0.0",
            "ARK_API_KEY": "k",
            "ARK_BASE_URL": "http://127.0.0.1:9/api/v3",
            "CLAPPER_DATABASE_URL": "postgresql://me:hush@127.0.0.1:9/x",
        },
    )
    assert said.code == 1
    assert "Set CLAPPER_WEB_TOKEN" in said.out
    assert "seedance" in said.out
    assert "ARK_BASE_URL" in said.out
    assert "hush" not in said.out + said.err
    assert "Traceback" not in said.out + said.err


def test_the_doctor_reads_what_the_operator_says_of_models(shell: Shell):
    (shell.folder / "clapper.toml").write_text('[models."kling-3"]\nlimit = 3\n')
    said = shell.clapper("doctor")
    assert said.code == 1
    assert "perhaps 'limits'" in " ".join(said.out.split())


def test_the_doctor_knows_its_own_program_on_the_port_from_a_strangers(shell: Shell):
    program = Program(shell.folder)
    port = {"CLAPPER_WEB_PORT": str(program.port)}
    try:
        program.start()
        ours = shell.clapper("doctor", "--json", env=port)
    finally:
        program.end()
    with socket.create_server(("127.0.0.1", program.port)):
        theirs = shell.clapper("doctor", "--json", env=port)
    web = [next(check for check in said.document["checks"] if check["name"] == "web") for said in (ours, theirs)]
    assert (ours.code, web[0]["standing"], web[0]["found"]) == (
        0,
        "note",
        f"Clapper is serving on 127.0.0.1:{program.port} already.",
    )
    assert (theirs.code, web[1]["standing"], web[1]["mend"]) == (1, "broken", "Set CLAPPER_WEB_PORT to a free port.")


def test_no_home_no_login_name_and_no_locale_are_no_trouble(shell: Shell):
    bare = {"HOME": None, "USER": None, "LOGNAME": None, "LANG": None, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    said = shell.clapper("quote", "a fox \u2192 \u72d0", "--json", env=bare, cold=True)
    assert (said.code, said.document["credits"]) == (0, "0.00")
    assert "fox" in shell.clapper("parse", "a fox \u2192 \u72d0", env=bare, cold=True).out


def test_colours_only_where_they_are_wanted(shell: Shell):
    with shell.terminal("models") as terminal:
        assert terminal.end() == 0
    assert "\x1b[1m" in terminal.seen
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        with shell.terminal("models", env=env) as terminal:
            assert terminal.end() == 0
        assert "\x1b[3" not in terminal.seen


def test_escape_sequences_in_a_wish_never_reach_the_terminal(shell: Shell):
    with shell.terminal("parse", "a \x1b]0;evil\x07fox \x1b[31mred\u202e") as terminal:
        terminal.end()
    assert "\x1b]0" not in terminal.seen
    assert "\x1b[31m" not in terminal.seen
    assert "\u202e" not in terminal.seen


def test_a_reader_that_leaves_is_no_crash(shell: Shell):
    program = subprocess.Popen(
        [*CLAPPER, "models", "--json"], cwd=shell.folder, env=shell.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.close()
    assert program.stderr.read() == b""
    program.stderr.close()
    assert program.wait(60) == 1


def test_a_screen_that_takes_nothing_is_said_in_a_sentence(shell: Shell):
    ends = {">/dev/full": "no space left on device", ">&-": "bad file descriptor"}
    for end, why in ends.items():
        done = subprocess.run(
            ["sh", "-c", f'exec "$0" -m bot models --json {end}', sys.executable],
            cwd=shell.folder, env=shell.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (1, f"What there was to say could not be printed: {why}.\n")


@pytest.mark.parametrize("after", [0.15, 0.6, 1.4])
def test_ctrl_c_at_any_moment_of_the_start_leaves_no_traceback(shell: Shell, after: float):
    program = subprocess.Popen(
        [*CLAPPER, "ask", "a fox, 60 seconds"], cwd=shell.folder, env=shell.env, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    with contextlib.suppress(subprocess.TimeoutExpired):
        program.wait(after)
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert (program.returncode in {-signal.SIGINT, 130, 1}, err) == (True, ""), out


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a folder that cannot be written to even by root")
@pytest.mark.parametrize("command", [("run",), ("ask", "a fox", "--yes")])
def test_a_drive_that_cannot_be_written_to_stops_the_start_and_strange_names_are_told(
    shell: Shell, command: tuple[str, ...]
):
    said = shell.clapper(*command, env={"CLAPPER_DRIVE": "file:/proc/x", "CLAPPER_WEB_PROT": "1"})
    refused(said, "The Drive '/proc/x' cannot be written to")
    assert "CLAPPER_WEB_PROT is no setting of Clapper's and does nothing; did you mean CLAPPER_WEB_PORT?" in said.err


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_bug_is_one_sentence_and_a_file_with_the_rest(shell: Shell, words: tuple[str, ...]):
    (shell.folder / "data").mkdir()
    code = "from bot.cli.boundary import guarded; guarded(lambda: {}['a hidden key'])"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=shell.folder,
        env=shell.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (written,) = (shell.folder / "data").glob("clapper-broke-*.log")
    sentence = f"Something broke here (KeyError). What happened is in {written}; please report it with what you did."
    assert done.stderr == sentence + "\n"
    assert "a hidden key" in written.read_text()
    assert written.stat().st_mode & 0o077 == 0
    assert (json.loads(done.stdout) == {"error": sentence}) if words else (done.stdout == "")


def test_upgrading_twice_changes_once(shell: Shell):
    assert shell.clapper("db", "upgrade", "--json").document == {"changed": True}
    again = shell.clapper("db", "upgrade")
    assert (again.code, again.out) == (0, "The database was up to date already.\n")
