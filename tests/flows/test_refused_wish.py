"""What a model refuses of a request is told all at once, each with its limit and its mend."""

from dataclasses import replace

import pytest

from bot.domain.media import Role
from bot.domain.request import Reference, VideoRequest
from bot.flows.choose import choose
from tests.shelf import RULES, TODAY, chosen, film, model, picture, shelf, sound, wish

WIDE = picture("@Image1", Role.first_frame, 1920, 1080)
TALL = picture("@Image1", Role.first_frame, 900, 1600)
END = picture("@Image2", Role.last_frame)


def heavy(reference: Reference, bytes: int = 30_000_000) -> Reference:
    assert reference.media is not None
    return replace(reference, media=replace(reference.media, bytes=bytes))


# A request -> everything that must be put right, at once.
TWELVE = tuple(picture(f"@Image{n}") for n in range(1, 13))
REFUSED: dict[str, tuple[VideoRequest, tuple[str, ...]]] = {
    "a prompt too long": (
        wish("x" * 2600, model="kling"),
        ("The prompt has 2,600 characters, and Kling 3.0 takes at most 2,500. Shorten it by 100.",),
    ),
    "no words where words are needed": (
        wish("  ", WIDE, model="minimax-h3"),
        ("MiniMax H3 needs words that say what should happen. Write a sentence or two.",),
    ),
    "nothing at all": (
        wish("", model="kling"),
        ("Kling 3.0 needs words that say what should happen. Write a sentence or two.",),
    ),
    "too many pictures": (
        wish("x", *TWELVE, model="seedance"),
        ("Seedance 2.0 takes at most 9 reference pictures, and there are 12. Leave out @Image10, @Image11, @Image12.",),
    ),
    "files too heavy together, those that go by link not counted": (
        wish("x", heavy(picture("@Image1")), heavy(picture("@Image2")), heavy(film("@Video1")), model="seedance"),
        ("The files weigh 60 MB together, and Seedance 2.0 takes at most 47 MB. Send smaller ones, or leave some out.",),
    ),
    "two first frames": (
        wish("x", WIDE, replace(WIDE, token="@Image2"), model="kling"),
        ("Kling 3.0 takes at most 1 first frame, and there are 2. Leave out @Image2.",),
    ),
    "sounds too long and alone": (
        wish("x", sound("@Audio1"), sound("@Audio2", 14.0), model="seedance"),
        (
            "The sounds are 19 s long together, and Seedance 2.0 takes at most 15 s. Shorten them, or leave one out.",
            "Seedance 2.0 does not take sounds alone (@Audio1, @Audio2). Add a picture or a film.",
        ),
    ),
    "frames among references": (
        wish("x", WIDE, film("@Video1"), model="seedance"),
        (
            (
                "Seedance 2.0 does not mix a first or last frame (@Image1) with reference films (@Video1). "
                "Use the picture as a reference too, or leave out @Video1."
            ),
        ),
    ),
    "a last frame alone": (
        wish("x", END, model="seedance"),
        ("Seedance 2.0 does not take last frames alone (@Image2). Add a first frame.",),
    ),
    "a portrait without a voice": (
        wish("x", TALL, model="hedra"),
        ("Hedra Avatar needs 1 sound, and there are 0. Attach what is missing, or give a line to speak with --voice.",),
    ),
    "a sound and nothing else": (
        wish("", sound("@Audio1"), model="seedance-2.5"),
        ("Seedance 2.5 needs words that say what should happen. Write a sentence or two.",),
    ),
    "too many files in all": (
        wish("x", *TWELVE[:4], film("@Video1"), film("@Video2"), model="wan-2.7-r2v"),
        ("Wan 2.7 (references) takes at most 5 files in all, and there are 6. Leave out 1.",),
    ),
    "everything at once": (
        wish("", *TWELVE, film("@Video1", 16.0), model="minimax-h3"),
        (
            "MiniMax H3 needs words that say what should happen. Write a sentence or two.",
            "MiniMax H3 takes at most 12 files in all, and there are 13. Leave out 1.",
            "MiniMax H3 takes at most 9 reference pictures, and there are 12. Leave out @Image10, @Image11, @Image12.",
            "The reference films are 16 s long together, and MiniMax H3 takes at most 15 s. Shorten them, or leave one out.",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_all_that_must_be_put_right_is_told_at_once_and_the_choice_is_kept_for_the_edit(case: str) -> None:
    request, sentences = REFUSED[case]
    named = request.settings.model
    assert named is not None
    one = model(shelf().names()[named.value])
    choice, problems = choose(request, shelf(one.provider), RULES, TODAY)
    assert choice is not None
    assert choice.model == one.id
    assert problems[: len(sentences)] == sentences
    assert all("would take all this" in hint for hint in problems[len(sentences) :])


def test_a_refusal_names_a_connected_model_that_would_take_it_all() -> None:
    _, problems = choose(wish("x", *TWELVE, model="seedance"), shelf("seedance"), RULES, TODAY)
    assert problems[-1] == "Seedance 2.5 would take all this: say “use seedance-2.5”."


def test_a_line_to_speak_takes_the_place_of_a_recording() -> None:
    assert chosen(wish("x", TALL, model="hedra", voice="Hello team")).model == "hedra-avatar"


def test_two_clips_that_measure_a_little_over_are_still_within_the_total() -> None:
    assert chosen(wish("x", film("@Video1", 7.6), film("@Video2", 7.6), model="seedance")).model == "seedance-2"
