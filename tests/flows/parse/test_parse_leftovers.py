"""A setting that stayed in the story is pointed out, once, where it could have been meant."""

import pytest

from bot.flows.parse import hints, left_in_story, parse

MEANT = [
    ("a fox runs for 8 seconds", "“8 seconds” was left in the story; say it after a comma to set the length."),
    ("a rocket launch in 5 secs", "“5 secs” was left in the story; say it after a comma to set the length."),
    ("a fox naps for half a minute in the sun", "“half a minute” was left in the story; say it after a comma to set"),
    ("a man watches a 8 second video of a fox", "“8 second” was left in the story"),
    ("a fox leaps 4:3 then sleeps", "“4:3” was left in the story; say it after a comma to set the shape."),
    ("she films it in 4k", "“4k” was left in the story; say it after a comma to set the resolution."),
    ("un renard dort pendant 6 secondes", "“6 secondes” was left in the story"),
]
STORY = [
    "",
    "after 4 seconds the door opens",
    "4 seconds later the door opens",
    "8 seconds of rain",
    "the wave hits in the last 8 seconds",
    "a 16:9 television",
    "a 1080p monitor",
    "a neon sign says 16:9",
    "the train leaves at 7:30",
    "the score 3:4 glows",
    "a vintage car from the 1960s",
    "it costs $4k",
    "A banner reads “8 seconds, 16:9, 1080p”",
    "[0-3s] wide shot, [3-6s] close-up",
    "Wide shot, 2 seconds. Close-up, 3 seconds.",
]


@pytest.mark.parametrize(("prompt", "said"), MEANT)
def test_what_could_have_been_a_setting_is_pointed_out(prompt, said):
    (hint,) = left_in_story(prompt)
    assert said in hint
    assert hints(prompt)[0] == hint


@pytest.mark.parametrize("prompt", STORY)
def test_what_is_plainly_story_is_not_pointed_out(prompt):
    assert left_in_story(prompt) == ()


def test_a_setting_that_is_set_is_not_asked_for_again():
    parsed = parse("a fox runs for 8 seconds in 4k light, 5 seconds")
    assert parsed.prompt == "a fox runs for 8 seconds in 4k light"
    assert len(left_in_story(parsed.prompt)) == 2
    (hint,) = left_in_story(parsed.prompt, parsed.settings)
    assert "“4k”" in hint
    assert hints(parsed.prompt, parsed.settings)[0] == hint


def test_every_setting_left_in_one_sentence_is_named_once():
    assert len(left_in_story("he waits 8 seconds, she waits 8 seconds, both in 4:3 light on 720p film")) == 3
