"""A typed yes or no, and help with prompts."""

import re

import pytest

from bot.domain.camera import Movement
from bot.domain.tips import HOW_TO, TIPS
from bot.domain.verbs import VERBS as OFFERED
from bot.flows.parse import hints, parse, verdict
from bot.flows.parse.hints import NO_ACTION, NO_CAMERA, NO_SCENE
from bot.flows.parse.verbs import VERBS

YES = ["yes", "Yes!", "y", "yep", "OK", "ok.", "confirm", "go", "Go ahead", "👍", "👍🏽", "✅", " yes \n", "ｙｅｓ"]
NO = ["no", "No.", "n", "nope", "cancel", "stop", "don't", "don’t", "DONT", "❌", "👎🏿"]
NEITHER = [
    "",
    "yes, but vertical",
    "no audio",
    "yesterday",
    "go west",
    "not yet",
    "cancel J-ABCDEFGHIJ",
    "ok make it 8 seconds",
    "don't stop",
    "maybe",
    "yes?",
    "no one is here",
    "👍👎",
    "oui",
    "y" * 1000,
]


@pytest.mark.parametrize("text", YES)
def test_a_clear_yes_confirms(text):
    assert verdict(text) is True


@pytest.mark.parametrize("text", NO)
def test_a_clear_no_declines(text):
    assert verdict(text) is False


@pytest.mark.parametrize("text", NEITHER)
def test_anything_else_decides_nothing(text):
    assert verdict(text) is None


def test_a_complete_prompt_gets_no_hint():
    assert hints("A lighthouse keeper winds the great lamp as the fog rolls in [Push in]") == ()
    assert hints("She walks through the street of @Image2, the camera follows her") == ()


def test_each_missing_part_is_hinted_at():
    assert hints("a portrait of the queen") == (NO_ACTION, NO_SCENE, NO_CAMERA)
    assert hints("the queen dances under a red moon, close-up shot") == ()
    assert hints("the queen dances") == (NO_SCENE, NO_CAMERA)
    assert "“/clapper delete …”" in hints("Delete banana")[0]
    assert "“/clapper cinematic …”" in hints("cinematic 一只狐狸在黎明穿过结冰的湖面")[0]
    assert not any("/clapper" in hint for hint in hints("library"))
    assert hints("the queen in the garden, wide shot") == (NO_ACTION,)
    assert hints("the queen dances in the garden") == (NO_CAMERA,)


def test_stacked_adjectives_are_named():
    said = hints("The camera pans as a beautiful, stunning and gorgeous woman walks in the rain")
    assert said == ("“beautiful, stunning, gorgeous” is 3 adjectives in a row: one strong one films better.",)
    assert hints("The camera pans as a beautiful, lonely woman walks in the rain") == ()


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "   ",
        "猫が屋根の上にいる",
        "一只猫",
        "قطة على السطح",
        "un gato en la playa",
        "un chat dans le jardin",
        "eine Katze auf dem Dach",
        "uma gata no telhado",
        "кот на крыше",
        "🦊🌊",
        "12345",
        "“the cat”",
    ],
)
def test_no_hint_where_the_prompt_is_not_english(prompt):
    assert hints(prompt) == ()


def test_a_verb_the_vocabulary_lacks_is_given_the_benefit_of_the_doubt():
    assert NO_ACTION not in hints("a smith burnishes the blade in a forge")


def test_the_tips_name_every_movement_and_the_formula():
    assert all(f"[{movement}]" in TIPS for movement in Movement)
    assert all(part in TIPS for part in ("Subject + action", "Scene + action", "Camera + action"))


def test_the_how_to_names_every_command_there_is_and_only_flags_that_exist():
    told = re.sub(r" \([^)]*\)", "", HOW_TO.rpartition("Commands: ")[2]).split(", ")
    assert set(told) == {*VERBS} - {"help", "admin"}
    assert {"make", *VERBS} == {verb.name for verb in OFFERED}
    flags = [word for word in HOW_TO.split() if word.startswith("--")]
    assert len(flags) > 15
    assert not any("I do not know" in problem for flag in flags for problem in parse(f"a fox {flag}").problems)


def test_the_examples_of_the_how_to_are_understood():
    for example in HOW_TO.split("For example:\n")[1].splitlines()[:3]:
        parsed = parse(example)
        assert parsed.settings.seconds is not None
        assert all("is named, but" in problem for problem in parsed.problems)


@pytest.mark.parametrize(
    "line",
    [f"{verb.name} {one}" for verb in OFFERED if verb.name != "make" for one in verb.usage.split(" | ")],
)
def test_what_the_how_to_says_of_a_command_is_understood_as_it_stands(line):
    """Without a slash, as people write who mention the bot."""
    assert parse(line.replace("…", "ABCDEFGHIJ")).verb == line.split()[0]


def test_what_each_chat_offers_is_said_in_a_hundred_characters():
    assert all(0 < len(verb.say) <= 100 for verb in OFFERED)
    assert len({verb.name for verb in OFFERED}) == len(OFFERED)
