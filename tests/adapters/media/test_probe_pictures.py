"""What a picture really is."""

import hashlib

import pytest
from PIL import Image

from bot.domain.errors import Unreadable
from bot.domain.media import Media, MediaKind
from tests.adapters.media import making


async def test_a_plain_picture_is_told_whole(tools, tmp_path):
    path = making.picture(tmp_path / "claimed.mp4.jpg")
    held = path.read_bytes()
    assert await tools.probe(path) == Media(
        kind=MediaKind.image,
        mime="image/jpeg",
        bytes=len(held),
        sha256=hashlib.sha256(held).hexdigest(),
        width=640,
        height=480,
    )


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.png", "image/png"),
        ("a.webp", "image/webp"),
        ("a.bmp", "image/bmp"),
        ("a.tiff", "image/tiff"),
        ("a.gif", "image/gif"),
        ("a.heic", "image/heic"),
        ("a.avif", "image/avif"),
    ],
)
async def test_every_kind_of_picture_is_known_by_its_bytes(tools, tmp_path, name, mime):
    made = making.picture(tmp_path / name)
    path = made.rename(tmp_path / "no-name-at-all")
    media = await tools.probe(path)
    assert (media.kind, media.mime, media.width, media.height, media.traits) == (
        MediaKind.image,
        mime,
        640,
        480,
        frozenset(),
    )


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
async def test_a_picture_on_its_side_is_measured_as_it_is_shown(tools, tmp_path, orientation):
    media = await tools.probe(making.turned_jpeg(tmp_path / "a.jpg", orientation))
    assert (media.width, media.height, media.traits) == (480, 640, {"rotated"})


async def test_an_upside_down_picture_keeps_its_sides(tools, tmp_path):
    media = await tools.probe(making.turned_jpeg(tmp_path / "a.jpg", 3))
    assert (media.width, media.height, media.traits) == (640, 480, {"rotated"})


@pytest.mark.parametrize(
    ("name", "mode", "trait"),
    [("a.png", "RGBA", "alpha"), ("a.png", "LA", "alpha"), ("a.jpg", "CMYK", "cmyk"), ("a.tiff", "CMYK", "cmyk")],
)
async def test_what_a_strict_model_refuses_is_named(tools, tmp_path, name, mode, trait):
    media = await tools.probe(making.picture(tmp_path / name, making.scene(mode=mode)))
    assert media.traits == {trait}


async def test_a_see_through_palette_counts_as_alpha(tools, tmp_path):
    image = making.scene(mode="P")
    media = await tools.probe(making.picture(tmp_path / "a.png", image, transparency=3))
    assert media.traits == {"alpha"}


async def test_sixteen_bits_are_found_in_colour_and_in_grey(tools, tmp_path):
    grey = Image.fromarray((making.np.arange(400 * 400).reshape(400, 400) % 65536).astype("uint16"))
    assert (await tools.probe(making.deep_png(tmp_path / "colour.png"))).traits == {"16-bit"}
    assert (await tools.probe(making.picture(tmp_path / "grey.png", grey))).traits == {"16-bit"}
    assert (await tools.probe(making.picture(tmp_path / "grey.tiff", grey))).traits == {"16-bit"}


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
async def test_a_moving_picture_is_a_picture_that_moves(tools, tmp_path, name):
    media = await tools.probe(making.animation(tmp_path / name))
    assert media.kind is MediaKind.image
    assert "animated" in media.traits
    assert (media.width, media.height) == (400, 320)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.bmp", "a.tiff", "a.heic"])
@pytest.mark.parametrize("part", [0.5, 0.95])
async def test_a_picture_that_is_cut_off_is_refused(tools, tmp_path, name, part):
    whole = making.picture(tmp_path / name, making.scene().effect_spread(9)).read_bytes()
    path = tmp_path / f"cut-{name}"
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(Unreadable, match="cut off or damaged"):
        await tools.probe(path)


async def test_a_bomb_is_refused_by_its_header_alone(tools, tmp_path):
    path = making.bomb_png(tmp_path / "bomb.png")
    assert path.stat().st_size < 3_000_000
    with pytest.raises(Unreadable, match=r"50000 x 50000 px large; at most 100 million pixels"):
        await tools.probe(path)


async def test_a_bomb_among_the_frames_of_a_gif_is_refused(tools, tmp_path):
    small = making.animation(tmp_path / "a.gif", 2).read_bytes()
    at = small.rindex(b"\x2c\x00\x00\x00\x00")  # the last frame's place and size
    path = tmp_path / "bomb.gif"
    path.write_bytes(small[: at + 5] + b"\xff\xff\xff\xff" + small[at + 9 :])
    with pytest.raises(Unreadable, match="damaged"):
        await tools.probe(path)
