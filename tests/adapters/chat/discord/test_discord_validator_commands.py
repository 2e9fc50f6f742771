"""Discord's limits on commands and their choices are kept at their very edge."""

import pytest

from tests.adapters.chat.discord.validator import choices_flaws, commands_flaws


def codes(flaws):
    return {flaw.code for flaw in flaws}


def command(**more):
    return {"name": "make", "description": "Makes a film"} | more


def option(name="a", kind=3, **more):
    return {"type": kind, "name": name, "description": "x"} | more


@pytest.mark.parametrize(
    "good",
    [
        command(options=[option(f"o{n}") for n in range(25)]),
        command(options=[option("group", 2, options=[option("sub", 1, options=[option("file", 11)])])]),
        command(options=[option(choices=[{"name": str(n), "value": str(n)} for n in range(25)])]),
        command(name="x" * 32, description="x" * 100),
        {"name": "Animate this", "type": 3},
    ],
)
def test_commands_that_just_fit_pass(good):
    assert list(commands_flaws([good])) == []


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (command(name="Make"), "APPLICATION_COMMAND_INVALID_NAME"),
        (command(name="make it"), "APPLICATION_COMMAND_INVALID_NAME"),
        (command(name="x" * 33), "BASE_TYPE_BAD_LENGTH"),
        (command(description="x" * 101), "BASE_TYPE_BAD_LENGTH"),
        ({"name": "make"}, "STRING_TYPE_CONVERT"),
        (command(options=[option(f"o{n}") for n in range(26)]), "BASE_TYPE_BAD_LENGTH"),
        (command(options=[option(), option()]), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"),
        (command(options=[option("a"), option("b", required=True)]), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"),
        (command(options=[option(choices=[{"name": str(n), "value": n} for n in range(26)])]), "BASE_TYPE_BAD_LENGTH"),
        (command(options=[option(choices=[{"name": "a", "value": "a"}], autocomplete=True)]), "AUTOCOMPLETE"),
        (command(options=[option("a", 1), option("b", 3)]), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
        (command(options=[option("a", 2, options=[option("b", 2)])]), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
        (command(options=[option(f"o{n}", choices=[{"name": "x" * 100, "value": "x" * 100}] * 9) for n in range(5)]), "APPLICATION_COMMAND_TOO_LARGE"),
        (command(options=[option(file_types=["image"])]), "UNKNOWN_KEY"),
        ({"name": "Animate this", "type": 3, "description": "a"}, "CONTEXT_MENU"),
        (command(type=9), "BASE_TYPE_CHOICES"),
    ],
)  # fmt: skip
def test_commands_that_discord_would_not_take_are_flaws(bad, code):
    assert code in codes(commands_flaws([bad]))


def test_commands_are_counted_and_each_has_its_own_name():
    assert "TOO_MANY" in codes(commands_flaws([command(name=f"m{n}") for n in range(101)]))
    assert "APPLICATION_COMMANDS_DUPLICATE_NAME" in codes(commands_flaws([command(), command()]))


def test_at_most_25_choices_complete_an_option():
    choices = [{"name": str(n), "value": str(n)} for n in range(26)]
    assert list(choices_flaws({"choices": choices[:25]})) == []
    assert codes(choices_flaws({"choices": choices})) == {"BASE_TYPE_BAD_LENGTH"}
