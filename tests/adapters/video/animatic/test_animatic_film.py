"""What animatic makes of an order: the file, its length and size, its first and last picture, its sound."""

import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageDraw

from adapters.video.animatic.plan import FPS, OUTCOME, Input, Plan, read_document, read_plan, write_plan
from adapters.video.animatic.render import render
from bot.domain.camera import Movement
from bot.domain.errors import InvalidInput
from bot.domain.media import MediaKind, Role

PLAN = Plan(
    key="J-TEST-1",
    prompt="A heron takes off",
    seconds=0.5,
    aspect="adaptive",
    resolution="480p",
    audio=False,
    watermark=False,
    last_frame=False,
    count=1,
    seed=11,
    camera=(),
    inputs=(),
    submitted=1,
)


def made(folder: Path, **asked: object) -> Path:
    """Renders an order in this process and gives the film."""
    folder.mkdir(exist_ok=True)
    plan = replace(PLAN, **asked)  # pyright: ignore[reportArgumentType]
    write_plan(folder, plan)
    assert read_plan(folder) == plan
    render(folder, plan)
    return folder / "film-1.mp4"


def still(
    folder: Path, token: str, role: Role, colour: tuple[int, int, int], size: tuple[int, int] = (640, 360)
) -> Input:
    folder.mkdir(exist_ok=True)
    picture = Image.new("RGB", size, colour)
    ImageDraw.Draw(picture).ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill=(235, 225, 200))
    name = token.lstrip("@").lower()
    picture.save(folder / name, format="PNG")
    return Input(token=token, kind=MediaKind.image, role=role, file=name)


def ffmpeg(*arguments: str) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", *arguments], check=True)


def tone(folder: Path, seconds: float, token: str = "@Audio1") -> Input:
    folder.mkdir(exist_ok=True)
    ffmpeg("-f", "lavfi", "-i", f"sine=440:duration={seconds}", "-f", "wav", str(folder / token.lstrip("@").lower()))
    return Input(token=token, kind=MediaKind.audio, role=Role.reference_audio, file=token.lstrip("@").lower())


def clip(folder: Path, source: str, token: str = "@Video1", sound: bool = False) -> Input:
    """`source` is an FFmpeg test source of two seconds."""
    folder.mkdir(exist_ok=True)
    heard = ("-f", "lavfi", "-i", "sine=660:duration=2") if sound else ()
    name = token.lstrip("@").lower()
    ffmpeg("-f", "lavfi", "-i", source, *heard, "-pix_fmt", "yuv420p", "-shortest", "-f", "mp4", str(folder / name))
    return Input(token=token, kind=MediaKind.video, role=Role.reference_video, file=name)


def frames(film: Path) -> list[np.ndarray]:
    with av.open(str(film)) as opened:
        return [frame.to_ndarray(format="rgb24").astype(np.int16) for frame in opened.decode(video=0)]


def sound(film: Path) -> np.ndarray | None:
    with av.open(str(film)) as opened:
        if not opened.streams.audio:
            return None
        return np.concatenate([frame.to_ndarray() for frame in opened.decode(audio=0)], axis=1)


def differs(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


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


def test_another_ratio_cuts_the_middle_out(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    folder.mkdir()
    picture = Image.new("RGB", (900, 300), (200, 30, 30))
    picture.paste((30, 160, 60), (300, 0, 600, 300))
    picture.save(folder / "image1", format="PNG")
    wide = Input(token="@Image1", kind=MediaKind.image, role=Role.first_frame, file="image1")
    frame = frames(made(folder, aspect="1:1", inputs=(wide,), seconds=0.1, camera=((Movement.static_shot,),)))[0]
    assert np.abs(frame - np.array([30, 160, 60])).max() < 24


def test_a_static_shot_shows_the_picture_itself(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    picture = still(folder, "@Image1", Role.first_frame, (40, 90, 140), size=(854, 480))
    film = made(folder, inputs=(picture,), camera=((Movement.static_shot,),))
    source = np.asarray(Image.open(folder / "image1"), dtype=np.int16)
    shown = frames(film)
    assert differs(shown[0], source) < 2
    assert differs(shown[0], shown[-1]) < 0.5


def test_first_to_last_begins_and_ends_exactly_on_its_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    first = still(folder, "@Image1", Role.first_frame, (160, 50, 40), size=(854, 480))
    last = still(folder, "@Image2", Role.last_frame, (30, 70, 150), size=(854, 480))
    film = made(
        folder, inputs=(first, last), camera=((Movement.truck_right, Movement.push_in),), seconds=1.0, last_frame=True
    )
    shown = frames(film)
    assert differs(shown[0], np.asarray(Image.open(folder / "image1"), dtype=np.int16)) < 2
    assert differs(shown[-1], np.asarray(Image.open(folder / "image2"), dtype=np.int16)) < 2
    middle = shown[len(shown) // 2].mean(axis=(0, 1))
    assert 60 < middle[0] < 140
    assert differs(np.asarray(Image.open(folder / "last-1.png"), dtype=np.int16), shown[-1]) < 2


def test_a_montage_shows_what_the_prompt_names_in_its_order(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    inputs = (
        still(folder, "@Image1", Role.reference_image, (200, 40, 40)),
        still(folder, "@Image2", Role.reference_image, (40, 180, 60)),
        still(folder, "@Image3", Role.reference_image, (50, 60, 200)),
    )
    shown = frames(made(folder, prompt="@Image3 first, then @Image1 and @Image2", inputs=inputs, seconds=2.4))
    strongest = [int(shown[at].mean(axis=(0, 1)).argmax()) for at in (4, len(shown) // 2, -5)]
    assert strongest == [2, 0, 1]


def test_a_reference_film_is_cut_in_at_its_own_speed(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    film = clip(
        folder,
        "color=c=black:size=640x360:rate=25:duration=1,fade=t=in:st=0:d=0.01[a];color=c=white:size=640x360:rate=25:duration=1[b];[a][b]concat",
    )
    shown = frames(made(folder, inputs=(film,), aspect="1:1", seconds=1.6))
    bright = [float(frame.mean()) > 128 for frame in shown]
    assert abs(bright.index(True) - FPS) <= 1
    assert shown[0].shape[:2] == (480, 480)


def test_a_film_is_silent_unless_sound_is_asked_for_or_given(tmp_path: Path) -> None:
    assert sound(made(tmp_path / "quiet", seconds=0.2)) is None
    asked = sound(
        made(
            tmp_path / "asked",
            seconds=3.0,
            audio=True,
            inputs=(still(tmp_path / "asked", "@Image1", Role.first_frame, (9, 9, 9)),),
        )
    )
    assert asked is not None
    level = 20 * np.log10(np.sqrt(np.mean(asked**2)))
    assert -24 < level < -15
    assert np.abs(np.diff(asked, axis=1)).max() < 0.1


def test_reference_audio_is_trimmed_and_faded_to_the_film(tmp_path: Path) -> None:
    picture = still(tmp_path / "o", "@Image1", Role.first_frame, (40, 90, 140))
    heard = sound(made(tmp_path / "o", seconds=2.0, inputs=(picture, tone(tmp_path / "o", 5.0))))
    assert heard is not None
    assert abs(heard.shape[1] - 96_000) <= 2048
    loud = [float(np.sqrt(np.mean(heard[:, at : at + 2400] ** 2))) for at in (24_000, 48_000, 93_000)]
    assert loud[0] == pytest.approx(loud[1], rel=0.1)
    assert loud[2] < loud[1] * 0.2


def test_a_reference_film_keeps_its_own_sound_when_sound_is_asked_for(tmp_path: Path) -> None:
    film = clip(tmp_path / "o", "testsrc2=size=640x360:rate=24:duration=2", sound=True)
    heard = sound(made(tmp_path / "o", inputs=(film,), seconds=1.0, audio=True))
    assert heard is not None
    spectrum = np.abs(np.fft.rfft(heard[0, 9_600:38_400]))
    assert abs(float(spectrum.argmax()) * 48_000 / 28_800 - 660) < 5


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


@pytest.mark.parametrize(
    ("kind", "role", "content", "word"),
    [
        (MediaKind.image, Role.first_frame, b"not a picture", "picture"),
        (MediaKind.image, Role.first_frame, b"", "picture"),
        (MediaKind.image, Role.first_frame, b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "picture"),
        (MediaKind.video, Role.reference_video, b"#EXTM3U\nhttp://127.0.0.1/x.ts\n", "film"),
        (MediaKind.video, Role.reference_video, b"ffconcat version 1.0\nfile /etc/passwd\n", "film"),
        (MediaKind.audio, Role.reference_audio, b"RIFF....WAVE", "sound"),
    ],
)
def test_a_broken_file_gets_a_sentence_that_names_it(
    tmp_path: Path, kind: MediaKind, role: Role, content: bytes, word: str
) -> None:
    folder = tmp_path / "o"
    folder.mkdir()
    (folder / "input").write_bytes(content)
    broken = Input(token="@Thing1", kind=kind, role=role, file="input")
    with pytest.raises(InvalidInput, match=rf"@Thing1 cannot be .* {word}"):
        made(folder, inputs=(broken,), seconds=0.1)


def test_a_film_cut_off_in_the_middle_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    film = clip(folder, "testsrc2=size=640x360:rate=24:duration=2")
    whole = (folder / film.file).read_bytes()
    ffmpeg("-i", str(folder / film.file), "-c", "copy", "-movflags", "+faststart", "-f", "mp4", str(folder / "fast"))
    fast = (folder / "fast").read_bytes()
    (folder / film.file).write_bytes(fast[: len(whole) * 2 // 3])
    assert len(frames(made(folder, inputs=(film,), seconds=1.0))) == FPS
