"""What animatic makes of an order: the file, its length and size, its results and its mark."""

import struct
from pathlib import Path

import av
import numpy as np
import pytest

from adapters.video.animatic.plan import FPS, OUTCOME, read_document
from bot.domain.camera import Movement
from bot.domain.media import Role
from tests.adapters.video.animatic.making import frames, made, still, tone


def boxes(film: Path) -> list[bytes]:
    """The names of an MP4's outermost boxes, in order."""
    content = film.read_bytes()
    names, at = [], 0
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        names.append(name)
        at += length
    return names


def test_a_film_is_h264_high_that_plays_while_it_loads(tmp_path: Path) -> None:
    film = made(tmp_path / "o", audio=True)
    with av.open(str(film)) as opened:
        video, voice = opened.streams.video[0], opened.streams.audio[0]
        assert (video.codec_context.name, video.profile, video.pix_fmt) == ("h264", "High", "yuv420p")
        assert (video.codec_context.colorspace, video.codec_context.color_primaries, video.codec_context.color_trc) == (
            1,
            1,
            1,
        )
        assert (voice.codec_context.name, voice.rate, voice.layout.name) == ("aac", 48_000, "stereo")
        assert video.average_rate == FPS
    assert boxes(film).index(b"moov") < boxes(film).index(b"mdat")


@pytest.mark.parametrize(
    ("aspect", "size"),
    [("16:9", (854, 480)), ("9:16", (480, 854)), ("1:1", (480, 480)), ("4:3", (640, 480)), ("21:9", (1120, 480))],
)
def test_ratio_and_resolution_are_exact(tmp_path: Path, aspect: str, size: tuple[int, int]) -> None:
    picture = still(tmp_path / "o", "@Image1", Role.first_frame, (40, 90, 140))
    film = made(tmp_path / "o", aspect=aspect, inputs=(picture,), seconds=0.2)
    assert frames(film)[0].shape[1::-1] == size


@pytest.mark.parametrize("seconds", [0.5, 1.0, 1.37])
def test_length_is_exact_to_the_frame(tmp_path: Path, seconds: float) -> None:
    picture = still(tmp_path / "o", "@Image1", Role.first_frame, (40, 90, 140))
    film = made(tmp_path / "o", seconds=seconds, inputs=(picture, tone(tmp_path / "o", 2.0)))
    assert len(frames(film)) == round(seconds * FPS)
    with av.open(str(film)) as opened:
        assert opened.duration is not None
        assert abs(opened.duration / av.time_base - seconds) < 1 / FPS


def test_adaptive_follows_the_first_picture(tmp_path: Path) -> None:
    picture = still(tmp_path / "o", "@Image1", Role.first_frame, (40, 90, 140), size=(600, 900))
    assert frames(made(tmp_path / "o", inputs=(picture,), seconds=0.2))[0].shape[:2] == (720, 480)


def test_the_watermark_marks_the_lower_right_corner_alone(tmp_path: Path) -> None:
    plain, marked = (
        frames(
            made(
                tmp_path / str(mark),
                watermark=mark,
                seconds=0.1,
                camera=((Movement.static_shot,),),
                inputs=(still(tmp_path / str(mark), "@Image1", Role.first_frame, (40, 60, 90)),),
            )
        )[0]
        for mark in (False, True)
    )
    changed = np.abs(plain - marked).max(axis=2) > 40
    down, across = np.nonzero(changed)
    assert len(down) > 100
    assert down.min() > 0.9 * 480
    assert across.min() > 0.6 * 854


def test_the_same_seed_makes_the_same_film_and_another_another(tmp_path: Path) -> None:
    one, same, other = (
        made(tmp_path / name, seconds=0.4, seed=seed).read_bytes() for name, seed in (("a", 5), ("b", 5), ("c", 6))
    )
    assert one == same
    assert one != other


def test_several_results_have_a_seed_each(tmp_path: Path) -> None:
    made(tmp_path / "o", count=3, seconds=0.2, last_frame=True)
    outcome = read_document(tmp_path / "o" / OUTCOME)
    assert outcome is not None
    assert (outcome["seed"], outcome["details"]["seeds"]) == (11, "11, 12, 13")
    assert [one["film"] for one in outcome["files"]] == ["film-1.mp4", "film-2.mp4", "film-3.mp4"]
    assert len({(tmp_path / "o" / one["last"]).read_bytes() for one in outcome["files"]}) == 3


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "[Push in]",
        "深圳的夜晚",
        "الثعلب يعبر الغابة",
        "👑" * 40,
        "a" * 3000,
        "0-3s: wide [Pan left] 3-5s: close",
        "\u200b\u202e\x00",
    ],
)
def test_any_words_can_be_set(tmp_path: Path, prompt: str) -> None:
    assert len(frames(made(tmp_path / "o", prompt=prompt, seconds=0.1))) == round(0.1 * FPS)


def test_letters_in_no_font_are_told(tmp_path: Path) -> None:
    made(tmp_path / "o", prompt="深圳的夜晚", seconds=0.1)
    outcome = read_document(tmp_path / "o" / OUTCOME)
    assert outcome is not None
    assert "Latin letters" in outcome["details"]["note"]
