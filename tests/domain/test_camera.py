"""Camera movements in brackets: read, corrected, told in words."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.camera import (
    MOST_TOGETHER,
    Movement,
    bracket,
    corrected,
    in_words,
    misspelt,
    movement,
    moves_in,
    problems_in,
    told_in_words,
)

M = Movement


def test_there_are_fifteen_movements_each_known_by_its_name():
    assert len(Movement) == 15
    assert all(movement(one.value) is one and movement(one.value.upper()) is one for one in Movement)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("truk left", M.truck_left),
        ("Trakc left", M.truck_left),
        ("zoom", M.zoom_in),
        ("Trcuk right", M.truck_right),
        ("PAN  rigth", M.pan_right),
        ("pan-left", M.pan_left),
        ("pan_left", M.pan_left),
        ("pan to the left", M.pan_left),
        ("panleft", M.pan_left),
        ("Push in", M.push_in),
        ("push", M.push_in),
        ("push out", M.pull_out),
        ("pull back", M.pull_out),
        ("dolly in", M.push_in),
        ("pedestl up", M.pedestal_up),
        ("crane down", M.pedestal_down),
        ("tlit up", M.tilt_up),
        ("zomm out", M.zoom_out),
        ("shke", M.shake),
        ("camera shake", M.shake),
        ("traking shot", M.tracking_shot),
        ("static", M.static_shot),
    ],
)
def test_misspelt_movements_are_recognised(written, meant):
    assert movement(written) is meant


@pytest.mark.parametrize(
    "written",
    [
        "snake",
        "shape",
        "shaken",
        "man left",
        "pull over",
        "zoom call",
        "push it",
        "door creaks",
        "0-3s",
        "",
        "pan",
        "Scene 1",
        "left",
        "fan right",
    ],
)
def test_other_words_are_no_movement(written):
    assert movement(written) is None


def test_moves_are_read_together_and_in_sequence():
    prompt = "[Truck left, Pan right] a fox [door creaks] wakes [zoom in]"
    assert moves_in(prompt) == ((M.truck_left, M.pan_right), (M.zoom_in,))
    assert moves_in("`[Zoom in]` and “[Pan left]” are only quoted") == ()


def test_brackets_are_corrected_and_nothing_else():
    assert corrected("[truk lft,pan rigth] x [0-3s] [Zoom in]") == "[Truck left, Pan right] x [0-3s] [Zoom in]"
    assert misspelt("[truk lft,pan rigth] x [0-3s] [Zoom in]") == ("[truk lft,pan rigth]",)


def test_more_than_three_together_are_cut_and_told():
    prompt = "[Truck left, Pan right, Tilt up, Zoom in]"
    assert moves_in(prompt) == ((M.truck_left, M.pan_right, M.tilt_up),)
    assert len(problems_in(prompt)) == 1
    assert f"At most {MOST_TOGETHER}" in problems_in(prompt)[0]


@pytest.mark.parametrize(
    ("prompt", "right", "moves"),
    [
        ("[Pan left, explode]", "[Pan left] [explode]", (M.pan_left,)),
        ("[zoom, shake]", "[Zoom in, Shake]", (M.zoom_in, M.shake)),
        ("[Trakc left, pan rigth]", "[Truck left, Pan right]", (M.truck_left, M.pan_right)),
        ("[zomm out and door creaks]", "[Zoom out] [door creaks]", (M.zoom_out,)),
        ("[pan, shke]", "[Shake] [pan]", (M.shake,)),
    ],
)
def test_each_movement_of_a_bracket_is_mended_whatever_stands_beside_it(prompt, right, moves):
    assert (corrected(prompt), moves_in(prompt), moves_in(right)) == (right, (moves,), (moves,))


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("[Pan left, explode]", "explode is not one of Truck left"),
        ("[Pan left, explode, burn]", "explode, burn are none of Truck left"),
        ("[pan, shake]", "write [Pan left] or [Pan right]"),
        ("[Orbit left]", "Orbit left is not one of Truck left"),
        ("[slow arc shot]", "slow arc shot is not one of Truck left"),
        ("[camera rolls clockwise]", "camera rolls clockwise is not one of Truck left"),
    ],
)
def test_what_is_no_movement_is_told_with_the_fifteen_that_are(prompt, said):
    (problem,) = problems_in(prompt)
    assert said in problem


@pytest.mark.parametrize(
    "prompt", ["[door creaks]", "[0-3s]", "[Man left]", "[pull over]", "[roll credits]", "[Orbit]"]
)
def test_a_bracket_that_does_not_look_like_a_movement_has_no_problem(prompt):
    assert (problems_in(prompt), corrected(prompt)) == ((), prompt)


def test_moves_are_told_in_words():
    assert in_words(()) == ""
    assert in_words(((M.push_in,),)) == "the camera pushes in"
    assert in_words(((M.truck_left, M.pan_right, M.tilt_up), (M.static_shot,))) == (
        "the camera trucks left while panning right and tilting up, then holds still"
    )


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("[Push in] A fox wakes", "The camera pushes in. A fox wakes"),
        ("A fox wakes [Push in]", "A fox wakes, the camera pushes in"),
        ("A fox wakes [push in] in the snow.", "A fox wakes, the camera pushes in, in the snow."),
        ("A fox wakes. [Tilt up] Snow falls.", "A fox wakes. The camera tilts up. Snow falls."),
        ("A fox wakes, [Shake].", "A fox wakes, the camera shakes."),
        ("[Pan left][Zoom in]", "The camera pans left. The camera zooms in."),
        ("[door creaks] A fox", "[door creaks] A fox"),
        ('A sign reads "[Push in]"', 'A sign reads "[Push in]"'),
    ],
)
def test_brackets_become_prose_where_they_stand(prompt, told):
    assert told_in_words(prompt) == told


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet='[]pan leftzoom,\n"`.', max_size=60))
def test_correcting_twice_changes_nothing_more(prompt):
    once = corrected(prompt)
    assert (corrected(once), moves_in(once), misspelt(once)) == (once, moves_in(prompt), ())


@given(st.lists(st.sampled_from(Movement), min_size=1, max_size=3))
def test_a_bracket_reads_back_as_its_moves(moves):
    assert moves_in(bracket(tuple(moves))) == (tuple(moves),)


def test_ten_thousand_brackets_are_read_at_once():
    began = time.thread_time()
    told_in_words("[pam lift]x" * 1_000 + "[" * 9_000)
    assert time.thread_time() - began < 1.0
