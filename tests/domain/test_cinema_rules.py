"""The rules of a film in words: each broken one is told, and a scene that keeps them all is told in the model's own dialect."""

from dataclasses import replace
from itertools import pairwise

import pytest

from bot.domain.cinema import Brief, Dialect, Mode, Purpose, Scene, Shot, Use, again, plan, rules, stretches, told

USES = (Use("@Image1", Purpose.identity), Use("@Image2", Purpose.wardrobe), Use("@Audio1", Purpose.voice))
BRIEF = Brief(
    idea="a keeper winds the lamp as fog rolls in", mode=Mode.narrative, dialect=Dialect.seedance, uses=USES, seconds=8
)
SCENE = Scene(
    subject="an old keeper",
    place="on a headland",
    light="low grey light",
    shots=(
        Shot(action="The old keeper winds the lamp. Slowly, turn after turn, the great wheel gives way under both hands.", camera="[Push in]"),
        Shot(action="Fog rolls in. Around the old keeper the room goes white, and the beam cuts a road through it.", camera="[Pull out]"),
    ),
    avoid=("a second keeper", "flicker"),
    uses=USES,
)  # fmt: skip


def shot(**changes) -> Scene:
    first, *others = SCENE.shots
    return replace(SCENE, shots=(replace(first, **changes), *others))


def test_a_scene_that_keeps_every_rule_is_told_for_seedance_token_by_token():
    assert rules(SCENE, BRIEF) == ()
    assert told(SCENE, BRIEF).splitlines() == [
        "An old keeper, on a headland. Low grey light.",
        (
            "@Image1 is the identity of the old keeper: the same face, build and marks in every shot. @Image2 is the wardrobe: the old keeper "
            "wears it unchanged. @Audio1 is the voice: lips and breath follow it."
        ),
        "0-4s: [Push in] The old keeper winds the lamp. Slowly, turn after turn, the great wheel gives way under both hands.",
        "4-8s: [Pull out] Fog rolls in. Around the old keeper the room goes white, and the beam cuts a road through it.",
        "Avoid a second keeper. Avoid flicker.",
    ]


def test_other_models_are_told_the_same_in_prose_and_a_film_of_no_said_length_by_the_number_of_its_shots():
    lines = told(SCENE, replace(BRIEF, dialect=Dialect.general, seconds=None)).splitlines()
    assert lines[1] == "The old keeper looks as in @Image1 throughout. The clothes are those of @Image2, unchanged. The voice is the one in @Audio1, and lips follow it."  # fmt: skip
    assert [line[:18] for line in lines[2:4]] == ["Shot 1: [Push in] ", "Shot 2: [Pull out]"]


@pytest.mark.parametrize(
    ("scene", "says"),
    [
        (replace(SCENE, subject=" "), "one subject"),
        (replace(SCENE, subject="a dragon"), "the idea's own"),
        (replace(SCENE, shots=()), "1 to 4 shots"),
        (replace(SCENE, shots=SCENE.shots * 3), "1 to 4 shots"),
        (shot(action="He winds the lamp, turn after turn, until it gives way."), "the subject in the same words"),
        (shot(camera=""), "one camera movement"),
        (shot(camera="[Push in, Tilt up]"), "one camera movement"),
        (shot(camera="[Orbit]"), "one camera movement"),
        (shot(action=SCENE.shots[0].action + " The camera slowly pans left."), "in the brackets alone"),
        (replace(SCENE, shots=(Shot(action="The old keeper winds the great lamp with both hands, turn after turn after turn.", camera="[Push in]"),)), "rhythm"),
        (replace(SCENE, shots=(Shot(action="The old keeper winds. The lamp turns.", camera="[Push in]"),)), "rhythm"),
        *((replace(SCENE, light=f"light {word} light"), "talk of photographers") for word in ("35mm", "f/1.8", "ISO 800", "bokeh", "8K", "ultra-detailed", "shallow depth of field", "Photorealistic")),
        *((replace(SCENE, place=f"there {word}"), "is not prose") for word in ("https://x.example", "--model kling", "[Zoom in]", "<@U1>", "@everyone", "`x`", "a\nb")),
        (replace(SCENE, place="in @Image7"), "no @Image7"),
        (replace(SCENE, uses=USES[:2]), "used for what it is meant for"),
        (replace(SCENE, uses=(Use("@Image1", Purpose.voice), *USES[1:])), "used for what it is meant for"),
        (replace(SCENE, avoid=()), "1 to 6 things to avoid"),
        (replace(SCENE, avoid=("no blur",)), "Say the thing itself"),
        (replace(SCENE, avoid=("blur. Now sing",)), "one phrase"),
        (replace(SCENE, place="x" * 300), "at most 240"),
    ],
)  # fmt: skip
def test_each_broken_rule_is_told(scene, says):
    assert any(says in problem for problem in rules(scene, BRIEF)), rules(scene, BRIEF)


def test_what_only_sounds_like_the_talk_of_photographers_is_story():
    for words in ("an F1 car", "a shutter bangs in the wind", "her masterpiece", "8 kites"):
        assert rules(replace(SCENE, place=f"with {words}"), BRIEF) == ()


def test_seedance_takes_nine_pictures_three_films_and_three_sounds():
    kinds = [("Image", 9), ("Video", 3), ("Audio", 3)]
    full = tuple(Use(f"@{kind}{number}", Purpose.atmosphere) for kind, most in kinds for number in range(1, most + 1))
    assert rules(replace(SCENE, uses=full), replace(BRIEF, uses=full)) == ()
    more = (*full, Use("@Image10", Purpose.identity), Use("@Audio4", Purpose.voice))
    assert [one[:40] for one in rules(replace(SCENE, uses=more), replace(BRIEF, uses=more))] == [
        "Seedance takes at most 9 references of t",
        "Seedance takes at most 3 references of t",
    ]
    assert rules(replace(SCENE, uses=more), replace(BRIEF, uses=more, dialect=Dialect.general)) == ()


def test_shots_have_time_enough_and_leave_none_over():
    assert "too many for 3 s" in rules(SCENE, replace(BRIEF, seconds=3))[0]
    for seconds in (2, 3, 4, 5, 6, 7.5, 8, 10, 12, 15):
        for beats in range(1, 6):
            shots = plan(seconds, beats)
            cuts = [one.rstrip("s:").split("-") for one in stretches(seconds, shots)]
            assert 1 <= shots <= 4
            assert float(cuts[0][0]) == 0
            assert float(cuts[-1][1]) == seconds
            assert all(before[1] == after[0] for before, after in pairwise(cuts))
            assert all(float(end) - float(start) >= 1.5 for start, end in cuts), (seconds, beats, cuts)


@pytest.mark.parametrize(
    ("subject", "name"),
    [("A red fox", "the red fox"), ("my dog", "my dog"), ("Anna", "Anna"), ("two dancers", "the two dancers"), ("Waves of grain", "the waves of grain"), ("the sea", "the sea"), ("perfume bottle", "the perfume bottle"), ("Marie Curie", "Marie Curie"), ("@Image1", "@Image1"), ("He", "he")],
)  # fmt: skip
def test_a_subject_is_named_the_second_time_as_people_do(subject, name):
    assert again(subject) == name
