"""Mending pictures: one upright 8-bit frame in plain colours, as large and as heavy as allowed."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from adapters.media.ffmpeg.pictures import opened, upright
from adapters.media.ffmpeg.probe import sniffed_file
from bot.domain.errors import Unreadable
from bot.domain.formats import format_name
from bot.domain.media import Media, MediaLimits
from bot.domain.units import side_text, size_text

QUALITIES = (92, 85, 77, 68)
SHRINK = 0.85
_DONE = {
    "animated": "first frame of the animation taken",
    "rotated": "turned upright",
    "cmyk": "converted from CMYK to RGB",
    "16-bit": "reduced from 16 to 8 bits",
}


def repaint(path: Path, into: Path, media: Media, limits: MediaLimits) -> tuple[str, ...]:
    """Writes JPEG, or PNG where `into` says so; the words say what was done."""
    as_png = into.suffix.lower() == ".png"
    keep_alpha = as_png and limits.alpha
    with opened(path, sniffed_file(path).reader) as image:
        image.seek(0)
        image.load()
        picture = plain(upright(image), keep_alpha=keep_alpha)
    scaled = _scaled(picture, limits.scale(media), limits.min_side or 1)
    written = _written(scaled, "PNG" if as_png else "JPEG", limits)
    into.write_bytes(written)
    mime = "image/png" if as_png else "image/jpeg"
    return tuple(_words(media, mime, flattened="alpha" in media.traits and not keep_alpha)) + tuple(
        _size_words(media, scaled, len(written), limits)
    )


def plain(image: Image.Image, *, keep_alpha: bool) -> Image.Image:
    """The same picture in L, RGB or, where wanted and needed, RGBA; in sRGB colours."""
    picture = _in_srgb(_eight_bit(image))
    see_through = picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info
    if not see_through:
        return picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")
    picture = picture.convert("RGBA")
    if keep_alpha:
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _eight_bit(image: Image.Image) -> Image.Image:
    if not (image.mode.startswith("I") or image.mode == "F"):
        return image
    values = np.asarray(image).astype(np.float64)
    most = (
        255.0 if values.max(initial=0) <= 1 and image.mode == "F" else 1 / 257
    )  # floats run from 0 to 1, shorts to 65,535
    return Image.fromarray(np.clip(np.rint(values * most), 0, 255).astype(np.uint8))


def _in_srgb(image: Image.Image) -> Image.Image:
    """Models read numbers as sRGB, whatever profile a phone or a print shop embedded."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK"}:
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        try:
            made_with = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            there = ImageCms.profileToProfile(image, made_with, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            there = None  # a broken profile is common and says nothing about the picture
        if there is not None:
            return there
    return image.convert("RGB") if image.mode == "CMYK" else image


def _scaled(picture: Image.Image, scale: float, smallest: int) -> Image.Image:
    if scale >= 1:
        return picture
    width, height = (max(smallest, int(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _written(picture: Image.Image, format: str, limits: MediaLimits) -> bytes:
    for tried in _tries(picture, format, limits.min_side or 1):
        if limits.max_bytes is None or len(tried) <= limits.max_bytes:
            return tried
    raise Unreadable(f"It cannot be made smaller than {size_text(limits.max_bytes or 0)} without spoiling it.")


def _tries(picture: Image.Image, format: str, smallest: int) -> Iterator[bytes]:
    """First as good as can be, then with less detail, then smaller."""
    qualities = QUALITIES if format == "JPEG" else (None,)
    while min(picture.size) >= smallest:
        for quality in qualities:
            yield _encoded(picture, format, quality)
        qualities = qualities[-1:]
        width, height = (int(side * SHRINK) for side in picture.size)
        if min(width, height) < 1:
            return
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)


def _encoded(picture: Image.Image, format: str, quality: int | None) -> bytes:
    made = io.BytesIO()
    if quality is None:
        picture.save(made, format, compress_level=6)
    else:
        picture.save(made, format, quality=quality, subsampling=0 if quality == QUALITIES[0] else 2)
    return made.getvalue()


def _words(media: Media, mime: str, *, flattened: bool) -> Iterator[str]:
    if media.mime != mime:
        yield f"converted from {format_name(media.mime)} to {format_name(mime)}"
    yield from (words for trait, words in _DONE.items() if trait in media.traits)
    if flattened:
        yield "transparency flattened onto white"


def _size_words(media: Media, scaled: Image.Image, written: int, limits: MediaLimits) -> Iterator[str]:
    if (media.width, media.height) != scaled.size:
        yield f"scaled from {side_text(media.width or 0, media.height or 0)} to {side_text(*scaled.size)}"
    if limits.max_bytes and media.bytes > limits.max_bytes:
        yield f"saved in {size_text(written)} instead of {size_text(media.bytes)}"
