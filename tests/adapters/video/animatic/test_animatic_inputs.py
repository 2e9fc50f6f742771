"""Strangers' files: opened as what they may be, or refused in a sentence that names them."""

from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from adapters.video.animatic.clips import Clip
from adapters.video.animatic.plan import Input
from adapters.video.animatic.stills import open_still
from bot.domain.errors import InvalidInput
from bot.domain.media import MediaKind, Role
from tests.adapters.video.animatic.making import ffmpeg, made


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


def picture_of(path: Path, picture: Image.Image, format: str) -> tuple[int, int, int]:
    """The middle of a saved picture as the renderer opens it."""
    picture.save(path, format=format)
    opened = open_still(path, "@Image1")
    assert opened.mode == "RGB"
    middle = opened.getpixel((opened.width // 2, opened.height // 2))
    assert isinstance(middle, tuple)
    red, green, blue = middle
    return int(red), int(green), int(blue)


def near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 6


def test_a_phones_picture_is_opened(tmp_path: Path) -> None:
    pillow_heif.register_heif_opener()
    assert near(picture_of(tmp_path / "image1", Image.new("RGB", (64, 48), (200, 60, 30)), "HEIF"), (200, 60, 30))


def test_a_printers_picture_keeps_its_colours(tmp_path: Path) -> None:
    assert near(picture_of(tmp_path / "image1", Image.new("CMYK", (64, 48), (0, 255, 255, 0)), "JPEG"), (255, 0, 0))


def test_sixteen_bits_keep_their_brightness(tmp_path: Path) -> None:
    deep = Image.fromarray(np.full((48, 64), 0xA000, np.uint16))
    assert near(picture_of(tmp_path / "image1", deep, "PNG"), (0xA0, 0xA0, 0xA0))


def test_what_is_see_through_lies_on_paper(tmp_path: Path) -> None:
    assert near(picture_of(tmp_path / "image1", Image.new("RGBA", (64, 48), (9, 9, 9, 0)), "PNG"), (255, 255, 255))


def test_a_picture_is_as_upright_as_its_camera_was_held(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (64, 48)).save(tmp_path / "image1", format="JPEG", exif=turned)
    assert open_still(tmp_path / "image1", "@Image1").size == (48, 64)


def test_a_huge_picture_is_held_small(tmp_path: Path) -> None:
    Image.new("L", (9000, 8000), 90).save(tmp_path / "image1", format="PNG", compress_level=1)
    assert open_still(tmp_path / "image1", "@Image1").size == (4500, 4000)


@pytest.mark.parametrize("format", ["PPM", "ICO", "TGA", "EPS"])
def test_a_format_nobody_sends_is_not_even_tried(tmp_path: Path, format: str) -> None:
    Image.new("RGB", (32, 32), (200, 60, 30)).save(tmp_path / "image1", format=format)
    with pytest.raises(InvalidInput, match="cannot be opened as a picture"):
        open_still(tmp_path / "image1", "@Image1")


def test_a_film_in_a_format_nobody_sends_is_not_even_tried(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=24:duration=1", "-f", "mpegts", str(tmp_path / "video1"))
    with pytest.raises(InvalidInput, match="cannot be decoded as a film"):
        Clip(tmp_path / "video1", "@Video1")
