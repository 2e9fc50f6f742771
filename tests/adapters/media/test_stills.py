"""Posters, last frames and contact sheets."""

import numpy as np
import pytest
from PIL import Image

from bot.domain.errors import Unreadable
from bot.domain.media import Box, centre_crop
from tests.adapters.media import making


def pixels(path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


@pytest.mark.parametrize(
    "made",
    [
        {"sound": None, "settings": {"bf": "3", "preset": "medium"}},
        {"sound": "aac", "settings": {"bf": "3", "preset": "medium"}},
        {"sound": "aac", "settings": {"g": "7"}},
        {"codec": "libx265", "settings": {"x265-params": "log-level=none"}},
        {"codec": "libvpx-vp9", "sound": "libopus", "settings": {"cpu-used": "8", "deadline": "realtime"}},
    ],
)
async def test_the_last_frame_is_the_very_last(tools, tmp_path, made):
    """Only one frame, the last, is green: the one before would be told apart."""
    name = "a.webm" if "vp9" in made.get("codec", "") else "a.mp4"
    path = making.film(tmp_path / name, seconds=1.5, last=(20, 200, 40), size=(320, 240), **made)
    await tools.last_frame(path, tmp_path / "last.png")
    last = pixels(tmp_path / "last.png")
    assert last.shape == (240, 320, 3)
    assert np.abs(last - (20, 200, 40)).max() < 25


async def test_the_last_frame_of_a_film_held_upright_is_upright(tools, tmp_path):
    path = making.turned_film(tmp_path / "a.mp4", 90, size=(640, 360), seconds=1)
    await tools.last_frame(path, tmp_path / "last.png")
    last = pixels(tmp_path / "last.png")
    assert last.shape == (640, 360, 3)
    red, green, _ = last[630, 10]  # turned a quarter to the left, the top left corner lies at the bottom left
    assert red > 180 > green


async def test_a_poster_shows_something_and_fits_a_card(tools, tmp_path):
    path = making.film(tmp_path / "a.mp4", seconds=2, size=(1920, 1080), dark_start=True, sound=None)
    await tools.poster(path, tmp_path / "poster.jpg")
    poster = pixels(tmp_path / "poster.jpg")
    assert poster.shape == (720, 1280, 3)
    assert poster.mean() > 60
    small = making.film(tmp_path / "b.mp4", seconds=1, size=(320, 240), sound=None)
    await tools.poster(small, tmp_path / "small.jpg")
    assert pixels(tmp_path / "small.jpg").shape == (240, 320, 3)


async def test_a_film_that_is_dark_throughout_still_has_a_poster(tools, tmp_path):
    dark = making.film(tmp_path / "a.mp4", seconds=0.2, last=(0, 0, 0), dark_start=True, sound=None, rate=10)
    await tools.poster(dark, tmp_path / "poster.jpg")
    assert pixels(tmp_path / "poster.jpg").shape == (480, 640, 3)


async def test_there_is_no_still_of_a_sound(tools, tmp_path):
    with pytest.raises(Unreadable, match="no film in it"):
        await tools.poster(making.mp3_with_cover(tmp_path / "a.mp3"), tmp_path / "poster.jpg")
    assert not (tmp_path / "poster.jpg").exists()


@pytest.mark.parametrize(("count", "size"), [(1, (472, 436)), (2, (900, 436)), (4, (1756, 436)), (5, (1328, 828))])
async def test_a_sheet_has_a_tile_for_each_input(tools, tmp_path, count, size):
    path = making.picture(tmp_path / "a.jpg", making.scene(400, 300))
    stills = [(path, f"@Image{number} reference image", None) for number in range(1, count + 1)]
    await tools.sheet(stills, tmp_path / "sheet.jpg")
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert (sheet.format, sheet.size) == ("JPEG", size)


async def test_a_sheet_dims_what_the_crop_leaves_out(tools, tmp_path):
    white = making.picture(tmp_path / "a.png", Image.new("RGB", (1600, 1200), "white"))
    await tools.sheet([(white, "@Image1 first frame", centre_crop(1600, 1200, 1))], tmp_path / "sheet.jpg")
    row = pixels(tmp_path / "sheet.jpg")[36 + 150].mean(axis=1)
    left, middle, right = (row[36 + at] for at in (20, 200, 380))
    assert max(left, right) < 110
    assert middle > 240


async def test_pictures_films_and_sounds_share_a_sheet(tools, tmp_path):
    stills = [
        (making.picture(tmp_path / "a.heic"), "@Image1 first frame", None),
        (making.turned_jpeg(tmp_path / "b.jpg"), "@Image2 last frame", Box(0, 100, 480, 480)),
        (making.film(tmp_path / "c.mp4"), "@Video1 reference video", None),
        (making.sound(tmp_path / "d.mp3", 2, "libmp3lame"), "@Audio1 reference audio", None),
        (making.animation(tmp_path / "e.gif"), "@Image3 a very long label that does not fit under one tile", None),
    ]
    await tools.sheet(stills, tmp_path / "sheet.jpg")
    sheet = pixels(tmp_path / "sheet.jpg")
    orange = (np.abs(sheet - (255, 180, 84)).sum(axis=2) < 40)[428:728, 464:864]
    assert orange.sum() > 1500  # the wave of the sound, in the second row
    assert sheet[36 + 150 - 2, 892 + 200 - 2].min() > 200  # the play mark of the film, third in the first row
