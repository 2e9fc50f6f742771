"""What is shown: pictures as they are, first to last, montages, films cut in."""

from pathlib import Path

import numpy as np
from PIL import Image

from adapters.video.animatic.plan import FPS, Input
from bot.domain.camera import Movement
from bot.domain.media import MediaKind, Role
from tests.adapters.video.animatic.making import clip, differs, ffmpeg, frames, made, still


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


def test_a_film_cut_off_in_the_middle_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    folder = tmp_path / "o"
    film = clip(folder, "testsrc2=size=640x360:rate=24:duration=2")
    whole = (folder / film.file).read_bytes()
    ffmpeg("-i", str(folder / film.file), "-c", "copy", "-movflags", "+faststart", "-f", "mp4", str(folder / "fast"))
    fast = (folder / "fast").read_bytes()
    (folder / film.file).write_bytes(fast[: len(whole) * 2 // 3])
    assert len(frames(made(folder, inputs=(film,), seconds=1.0))) == FPS
