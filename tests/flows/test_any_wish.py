"""Whatever is asked of whichever models are connected, nothing is given that is not made, and nothing said is lost (A8)."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.media import Role
from bot.domain.model import AUTO, Choice, Sound
from bot.domain.request import VideoRequest
from bot.flows.choose import choose
from bot.flows.suit import why_not
from tests.shelf import RULES, TODAY, all_models, film, model, picture, shelf, sound, wish

PICTURES = st.builds(picture, st.just("@Image"), st.sampled_from([Role.first_frame, Role.last_frame, Role.reference_image]),
                     st.integers(300, 6000), st.integers(300, 6000))  # fmt: skip
REFERENCES = st.lists(
    PICTURES
    | st.builds(film, st.just("@Video"), st.floats(2, 15))
    | st.builds(sound, st.just("@Audio"), st.floats(2, 15)),
    max_size=4,
)
SAID = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from([name for one in all_models() for name in (one.id, one.title)]) | st.text(max_size=12),
        "seconds": st.floats(-10, 1000, allow_nan=False) | st.sampled_from([AUTO, 5.0, 10.0, float("inf")]),
        "aspect": st.sampled_from(["adaptive", "16:9", "9:16", "1:1", "21:9", "5:4", "0:1", "wide"]),
        "resolution": st.sampled_from(["360p", "480p", "720p", "768P", "1080p", "2k", "4K", "8k", "HD"]),
        "audio": st.booleans(),
        "watermark": st.booleans(),
        "last_frame": st.booleans(),
        "web_search": st.booleans(),
        "seed": st.integers(0, 2**32),
        "negative": st.text(min_size=1, max_size=9),
        "voice": st.text(min_size=1, max_size=9),
        "count": st.integers(-3, 200),
        "temporary": st.booleans(),
        "drive_path": st.text(min_size=1, max_size=9),
    },
)
CONNECTED = st.sets(st.sampled_from(sorted({one.provider for one in all_models()})), min_size=1)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), REFERENCES, SAID, CONNECTED)
def test_nothing_is_given_that_the_model_does_not_make_and_nothing_said_is_lost_in_silence(
    prompt: str, references: list, said: dict, connected: set
) -> None:
    request = wish(prompt, *references, **said)
    catalogue = replace(shelf(), connected=frozenset(connected))
    choice, problems = choose(request, catalogue, RULES, TODAY)
    if choice is None:
        assert problems
        assert all(why_not(one, request) for one in catalogue.usable(TODAY))
        return
    _is_makeable(choice, request, catalogue.usable(TODAY))
    told = {one.setting for one in choice.adjustments}
    for name, value in said.items():
        given_value = getattr(choice.settings, name)
        if name not in told:
            assert given_value is not None, name
            assert _same(name, given_value.value, value, request), f"{name}: {value} -> {given_value}"
        else:
            assert all(one.why for one in choice.adjustments if one.setting == name)


def _is_makeable(choice: Choice, request: VideoRequest, usable: tuple) -> None:
    got = choice.settings
    one = model(choice.model)
    assert one in usable
    assert why_not(one, request) is None
    resolution = got.resolution.value if got.resolution else None
    one = one.under(request, resolution)
    assert resolution in (one.resolutions or (None,))
    assert (got.aspect.value if got.aspect else None) in (one.aspects or (None,))
    assert got.seconds is not None
    assert one.seconds.fit(got.seconds.value) == got.seconds.value
    assert got.audio is not None
    assert got.audio.value in {Sound.never: {False}, Sound.always: {True}}.get(one.audio, {True, False})
    assert got.count is not None
    assert 1 <= got.count.value <= 100
    for name in ("seed", "negative", "voice"):
        assert getattr(got, name) is None or name in one.honours
    for name in ("watermark", "web_search"):
        setting = getattr(got, name)
        assert setting is None or not setting.value or name in one.honours


def _same(name: str, had: object, said: object, request: VideoRequest) -> bool:
    if name == "model":
        return had == shelf().names().get(str(said).strip().lower())
    if name == "resolution":
        return had == str(said).lower()
    if name == "aspect" and had != said:  # the same shape under another name
        return bool(request.references) and "adaptive" in (had, said)
    if name == "seconds" and had != said:  # a sound of nearly that length
        return bool(request.of_role(Role.reference_audio))
    return had == said
