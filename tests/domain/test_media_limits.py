"""Limits: every problem at once, with the limit, the value and the mend."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.limits import AUDIO_LIMITS, IMAGE_LIMITS, VIDEO_LIMITS
from bot.domain.media import Media, MediaKind, MediaLimits, Problem

PICTURE = Media(kind=MediaKind.image, mime="image/jpeg", bytes=2_000_000, width=1600, height=900)
FILM = Media(
    kind=MediaKind.video, mime="video/mp4", bytes=5_000_000, width=1280, height=720,
    seconds=8.0, fps=24.0, video_codec="h264", audio_codec="aac",
)  # fmt: skip
SOUND = Media(kind=MediaKind.audio, mime="audio/mpeg", bytes=300_000, seconds=8.0, audio_codec="mp3")


def said(limits: MediaLimits, media: Media) -> list[tuple[str, bool]]:
    return [(problem.say, problem.mendable) for problem in limits.check(media)]


def test_ordinary_files_have_no_problems():
    assert IMAGE_LIMITS.check(PICTURE) == ()
    assert VIDEO_LIMITS.check(FILM) == ()
    assert AUDIO_LIMITS.check(SOUND) == ()


def test_everything_wrong_with_a_picture_is_told_at_once():
    picture = replace(
        PICTURE, mime="image/avif", bytes=41_310_000, width=9000, height=900,
        traits=frozenset({"alpha", "cmyk", "16-bit", "animated", "rotated"}),
    )  # fmt: skip
    assert said(replace(IMAGE_LIMITS, alpha=False), picture) == [
        (
            "Format: AVIF, the limit is JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or HEIF. It is converted to JPEG.",
            True,
        ),
        ("Animation: a moving picture, the limit is a still. Its first frame is taken.", True),
        ("Orientation: stored turned on its side, the limit is upright. It is turned upright.", True),
        ("Colours: CMYK, made for print, the limit is RGB. They are converted to RGB.", True),
        ("Colour depth: 16 bits, the limit is 8 bits. It is reduced to 8 bits.", True),
        ("Transparency: see-through parts, the limit is none. It is flattened onto white.", True),
        ("File size: 41.3 MB, the limit is 30 MB. It is saved again, smaller.", True),
        ("Picture size: 9000 x 900 px, the limit is 300 to 6000 px a side. It is scaled down.", True),
        ("Width over height: 10, the limit is 0.4 to 2.5. Crop it to a less extreme shape.", False),
    ]


def test_everything_wrong_with_a_film_is_told_at_once():
    film = replace(
        FILM, mime="video/x-matroska", seconds=21.5, fps=120.0, width=400, height=300, video_codec="vp9", audio_codec="opus"
    )  # fmt: skip
    assert said(VIDEO_LIMITS, film) == [
        ("Format: MKV, the limit is MP4 or MOV. It is converted to MP4.", True),
        ("Video codec: VP9, the limit is H.264 or H.265. It is converted to H.264.", True),
        ("Audio codec: Opus, the limit is AAC or MP3. It is converted to AAC.", True),
        (
            "Picture size: 400 x 300 px, the limit is 0.3 megapixels to 2.09 megapixels. Send a larger version of it.",
            False,
        ),
        ("Length: 21.5 s, the limit is 2 s to 15 s. Cut out the part you need.", False),
        ("Frame rate: 120 frames a second, the limit is 24 to 60. Export it at a rate within the limit.", False),
    ]


def test_a_value_just_past_its_limit_is_told_from_it():
    ((told, _),) = said(IMAGE_LIMITS, replace(PICTURE, bytes=30_000_001))
    assert told.startswith("File size: 30,000,001 bytes, the limit is 30 MB.")


def test_a_small_picture_is_not_blown_up():
    assert said(IMAGE_LIMITS, replace(PICTURE, width=200, height=200)) == [
        ("Picture size: 200 x 200 px, the limit is 300 to 6000 px a side. Send a larger version of it.", False)
    ]


def test_a_picture_that_would_be_too_narrow_once_scaled_is_not_scaled():
    narrow = MediaLimits(min_side=300, max_side=2000)
    (problem,) = narrow.check(replace(PICTURE, width=4000, height=500))
    assert not problem.mendable


def test_a_heavy_sound_or_film_is_not_mended():
    assert said(AUDIO_LIMITS, replace(SOUND, bytes=16_000_000)) == [
        ("File size: 16 MB, the limit is 15 MB. Export it at a lower bit rate.", False)
    ]


@pytest.mark.parametrize(("seconds", "fps"), [(15.2, 23.97), (15.0, 23.976), (15.19, 24.0), (2.0, 60.0), (1.99, 59.94)])
def test_what_providers_call_fifteen_seconds_at_24_frames_is_accepted(seconds, fps):
    assert VIDEO_LIMITS.check(replace(FILM, seconds=seconds, fps=fps)) == ()


@pytest.mark.parametrize(("seconds", "mendable"), [(15.2, True), (15.5, True), (15.6, False), (30.0, False)])
def test_a_strict_model_has_the_end_trimmed_where_little_is_lost(seconds, mendable):
    strict = replace(VIDEO_LIMITS, slack_seconds=0)
    (problem,) = strict.check(replace(FILM, seconds=seconds))
    assert (problem.what, problem.limit, problem.mendable) == ("Length", "2 s to 15 s", mendable)


def test_a_problem_without_a_limit_reads_as_a_sentence():
    problem = Problem("a.txt", "", "It is a text file", "Send a picture.")
    assert problem.say == "a.txt: It is a text file. Send a picture."
    assert Problem("The file", "", "It is gone", "").say == "The file: It is gone."


@given(
    st.integers(1, 20_000),
    st.integers(1, 20_000),
    st.integers(100, 5000) | st.none(),
    st.integers(10_000, 30_000_000) | st.none(),
)
def test_what_is_said_to_be_mended_by_scaling_really_is(width, height, max_side, max_pixels):
    limits = MediaLimits(max_side=max_side, max_pixels=max_pixels)
    media = replace(PICTURE, width=width, height=height)
    problems = limits.check(media)
    scale = limits.scale(media)
    assert bool(problems) == (scale < 1)
    smaller = replace(media, width=max(1, int(width * scale)), height=max(1, int(height * scale)))
    assert not limits.check(smaller)


@given(
    st.integers(0, 10**9), st.floats(0, 1000), st.floats(0, 500), st.sampled_from(["video/mp4", "image/heic", "x/y"])
)
def test_checking_never_fails_and_always_speaks(size, seconds, fps, mime):
    media = replace(FILM, bytes=size, seconds=seconds, fps=fps, mime=mime, width=None)
    for problem in (*VIDEO_LIMITS.check(media), *IMAGE_LIMITS.check(media), *MediaLimits().check(media)):
        assert problem.what
        assert problem.limit
        assert problem.found
        assert problem.mend.endswith(".")
