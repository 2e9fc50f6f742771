"""Mending: the file becomes acceptable, the words say how, and nothing else changes."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from bot.domain.limits import AUDIO_LIMITS, IMAGE_LIMITS, VIDEO_LIMITS
from bot.domain.media import MediaLimits
from tests.adapters.media import making

STRICT = MediaLimits(formats=("image/jpeg", "image/png"), max_side=600, min_side=200, max_bytes=200_000, alpha=False)


async def mended(tools, path, into, limits):
    """The words and what the mended file is; it must keep the limits and need no second mending."""
    words = await tools.fit(path, into, limits)
    media = await tools.probe(into)
    assert limits.check(media) == ()
    assert await tools.fit(into, into.with_stem("again"), limits) == ()
    assert not into.with_stem("again").exists()
    return words, media


async def test_what_needs_no_mending_is_left_alone(tools, tmp_path):
    path = making.picture(tmp_path / "a.jpg")
    assert await tools.fit(path, tmp_path / "b.jpg", IMAGE_LIMITS) == ()
    assert not (tmp_path / "b.jpg").exists()


async def test_a_heic_becomes_a_jpeg(tools, tmp_path):
    path = making.picture(tmp_path / "a.heic", making.scene(500, 400))
    words, media = await mended(tools, path, tmp_path / "b.jpg", STRICT)
    assert words == ("converted from HEIC to JPEG",)
    assert (media.mime, media.width, media.height) == ("image/jpeg", 500, 400)


async def test_a_picture_on_its_side_is_stored_upright(tools, tmp_path):
    path = making.turned_jpeg(tmp_path / "a.jpg", 6)
    words, media = await mended(tools, path, tmp_path / "b.jpg", IMAGE_LIMITS)
    assert words == ("turned upright",)
    assert (media.width, media.height) == (480, 640)
    with Image.open(tmp_path / "b.jpg") as image:
        assert image.size == (480, 640)
        red, green, _ = image.getpixel((470, 10))  # the block of the top left corner is at the top right now
        assert red > 200 > green
        assert not image.getexif()


async def test_alpha_is_flattened_onto_white(tools, tmp_path):
    image = making.scene(400, 400, "RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    words, media = await mended(tools, making.picture(tmp_path / "a.png", image), tmp_path / "b.png", STRICT)
    assert words == ("transparency flattened onto white",)
    assert media.traits == frozenset()
    with Image.open(tmp_path / "b.png") as flat:
        assert flat.getextrema() == ((255, 255),) * 3


async def test_alpha_stays_where_it_may(tools, tmp_path):
    path = making.picture(tmp_path / "a.png", making.scene(1400, 600, "RGBA"), compress_level=1)
    words, media = await mended(tools, path, tmp_path / "b.png", MediaLimits(max_side=1200))
    assert words == ("scaled from 1400 x 600 px to 1200 x 514 px",)
    assert media.traits == {"alpha"}


async def test_print_colours_become_screen_colours(tools, tmp_path):
    image = Image.new("RGB", (400, 300), (200, 60, 40)).convert("CMYK")
    words, media = await mended(tools, making.picture(tmp_path / "a.jpg", image), tmp_path / "b.jpg", IMAGE_LIMITS)
    assert words == ("converted from CMYK to RGB",)
    assert media.traits == frozenset()
    with Image.open(tmp_path / "b.jpg") as image:
        assert np.allclose(image.getpixel((100, 100)), (200, 60, 40), atol=6)


async def test_sixteen_bits_become_eight_without_losing_the_light(tools, tmp_path):
    grey = Image.fromarray(np.linspace(0, 65535, 400 * 400).reshape(400, 400).astype("uint16"))
    words, media = await mended(tools, making.picture(tmp_path / "a.png", grey), tmp_path / "b.png", IMAGE_LIMITS)
    assert words == ("reduced from 16 to 8 bits",)
    assert media.traits == frozenset()
    with Image.open(tmp_path / "b.png") as image:
        assert image.getextrema() == (0, 255)
    words, media = await mended(tools, making.deep_png(tmp_path / "c.png"), tmp_path / "d.png", IMAGE_LIMITS)
    assert (words, media.traits) == (("reduced from 16 to 8 bits",), frozenset())


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
async def test_an_animation_gives_its_first_frame(tools, tmp_path, name):
    words, media = await mended(tools, making.animation(tmp_path / name), tmp_path / "b.jpg", STRICT)
    assert "first frame of the animation taken" in words
    assert "animated" not in media.traits
    with Image.open(tmp_path / "b.jpg") as image:
        red, green, _ = image.getpixel((20, 20))
        assert red > 200 > green


async def test_a_large_and_heavy_picture_is_scaled_and_saved_anew(tools, tmp_path):
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (700, 1000, 3), np.uint8))
    path = making.picture(tmp_path / "a.png", noise, compress_level=1)
    words, media = await mended(tools, path, tmp_path / "b.jpg", STRICT)
    assert words[0] == "converted from PNG to JPEG"
    assert words[1] == "scaled from 1000 x 700 px to 600 x 420 px"
    assert words[2].endswith(f"instead of {path.stat().st_size / 1e6:.1f} MB")
    assert media.bytes <= 200_000


async def test_everything_wrong_at_once_is_mended_at_once(tools, tmp_path):
    image = making.scene(900, 700, "RGBA")
    image.putalpha(image.getchannel("G"))
    exif = Image.Exif()
    exif[0x0112] = 8
    path = making.picture(tmp_path / "a.webp", image, exif=exif)
    words, media = await mended(tools, path, tmp_path / "b.jpg", STRICT)
    assert words == (
        "converted from WebP to JPEG",
        "turned upright",
        "transparency flattened onto white",
        "scaled from 700 x 900 px to 466 x 600 px",
    )
    assert (media.width, media.height) == (466, 600)


async def test_a_wide_colour_space_is_brought_to_the_common_one(tools, tmp_path):
    """A profile says what the numbers mean; models read numbers."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ"))
    path = making.picture(tmp_path / "a.png", making.scene(1000, 800), icc_profile=profile.tobytes())
    await mended(tools, path, tmp_path / "b.jpg", STRICT)
    with Image.open(tmp_path / "b.jpg") as image:
        assert "icc_profile" not in image.info


async def test_a_film_slightly_too_long_is_trimmed_without_loss(tools, tmp_path):
    path = making.film(tmp_path / "a.mp4", seconds=3.2, rate="24000/1001")
    limits = MediaLimits(formats=("video/mp4",), max_seconds=3, video_codecs=("h264",), audio_codecs=("aac",))
    words, media = await mended(tools, path, tmp_path / "b.mp4", limits)
    assert words == ("trimmed from 3.2 s to 3 s",)
    assert media.seconds == pytest.approx(2.97, abs=0.05)
    assert (media.video_codec, media.audio_codec, media.fps) == ("h264", "aac", 23.976)


async def test_a_film_of_another_make_and_size_is_converted(tools, tmp_path):
    quick = {"cpu-used": "8", "deadline": "realtime"}
    path = making.film(tmp_path / "a.webm", codec="libvpx-vp9", sound="libopus", size=(720, 540), settings=quick)
    limits = MediaLimits(
        formats=("video/mp4",), max_pixels=200_000, video_codecs=("h264",), audio_codecs=("aac", "mp3")
    )
    words, media = await mended(tools, path, tmp_path / "b.mp4", limits)
    assert words == (
        "converted from WebM to MP4",
        "pictures converted from VP9 to H.264",
        "sound converted from Opus to AAC",
        f"scaled from 720 x 540 px to {media.width} x {media.height} px",
    )
    assert media.aspect == pytest.approx(4 / 3, abs=0.01)


async def test_a_turned_film_that_is_scaled_comes_out_upright(tools, tmp_path):
    path = making.turned_film(tmp_path / "a.mp4", 90, size=(640, 360), seconds=1)
    words, media = await mended(tools, path, tmp_path / "b.mp4", MediaLimits(max_side=480))
    assert words == ("scaled from 360 x 640 px to 270 x 480 px",)
    assert (media.width, media.height, media.traits) == (270, 480, frozenset())


async def test_a_sound_is_trimmed_and_converted(tools, tmp_path):
    path = making.sound(tmp_path / "a.m4a", 3.3, "aac")
    limits = MediaLimits(formats=("audio/mpeg", "audio/wav"), max_seconds=3)
    words, media = await mended(tools, path, tmp_path / "b.wav", limits)
    assert words == ("converted from M4A to WAV", "trimmed from 3.3 s to 3 s")
    words, media = await mended(tools, path, tmp_path / "b.mp3", limits)
    assert (words[0], media.mime) == ("converted from M4A to MP3", "audio/mpeg")


async def test_what_cannot_be_mended_is_not_touched(tools, tmp_path):
    path = making.film(tmp_path / "a.mp4", seconds=1)
    assert [problem.mendable for problem in VIDEO_LIMITS.check(await tools.probe(path))] == [False]
    assert await tools.fit(path, tmp_path / "b.mp4", VIDEO_LIMITS) == ()
    short = making.sound(tmp_path / "a.wav", 1)
    assert await tools.fit(short, tmp_path / "b.wav", AUDIO_LIMITS) == ()
