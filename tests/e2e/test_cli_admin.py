"""`clapper admin`: the operator decides for any workspace, and the log says that it was the operator."""

from pathlib import Path

from tests.e2e.shell import Shell

PLACE = ("--platform", "slack", "--workspace", "T1")


def test_the_operator_decides_for_a_workspace_and_a_channel_and_is_in_the_log(tmp_path: Path):
    shell = Shell(tmp_path)
    done = shell.clapper("admin", *PLACE, "--new", "budget", "people", "12.50", "--json").document
    assert done["changes"] == [{"what": "Budget of each person", "where": "workspace", "was": None, "now": "12.50"}]
    told = shell.clapper("admin", *PLACE, "--channel", "C1", "--new", "models", "kling-3,", "animatic")
    assert (told.code, "Models\tall → animatic, kling-3\n" in told.out) == (0, True), told.err
    log = shell.clapper("admin", *PLACE, "log", "--json").document
    assert [field["value"] for field in log["fields"]] == [
        "operator in C1: Models, not decided → animatic, kling-3",
        "operator everywhere: Budget of each person, not decided → 12.50 credits a month",
    ]
    for words, say in (
        (("--platform", "slak", "--workspace", "T1"), "There is no platform 'slak'. Name one of discord, slack, web, terminal."),
        (("--platform", "slack", "--workspace", "T2", "off"), "Clapper knows no workspace 'T2' on slack"),
        ((*PLACE, "--channel", "C2", "off"), "Clapper knows no channel 'C2' of workspace 'T1' on slack"),
        ((*PLACE, "off", "here"), "Which channel is meant cannot be told here."),
    ):  # fmt: skip
        said = shell.clapper("admin", *words)
        assert (said.code, said.out, say in said.err) == (1, "", True)
