"""One tile of a contact sheet: a picture with its crop, a film with its play mark, a sound as its wave."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av.audio.resampler import AudioResampler
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from adapters.media.ffmpeg import films, pictures
from adapters.media.ffmpeg.probe import probe, sniffed_file
from adapters.media.ffmpeg.repaint import plain
from adapters.media.ffmpeg.stills import poster
from bot.domain.media import Box, Media, MediaKind
from bot.domain.units import seconds_text, side_text

WIDTH, HEIGHT, RADIUS, SMOOTH = 400, 300, 18, 4
OUTLINE, BAR, SHADE = "#ffffff", "#ffb454", (12, 13, 16)
TOP_OF_PLATE, FOOT_OF_PLATE = (44, 48, 60), (28, 30, 38)
BARS, RATE, LONGEST_WAVE = 56, 8000, 600.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of WIDTH x HEIGHT and what stands under it."""

    picture: Image.Image
    token: str
    role: str
    detail: str


def tile(path: Path, label: str, crop: Box | None) -> Tile:
    media = probe(path)
    token, _, role = label.partition(" ")
    match media.kind:
        case MediaKind.image:
            picture = _framed(_still(path), media, crop)
        case MediaKind.video:
            picture = _with_length(_with_play(_framed(poster(path), media, crop)), media)
        case MediaKind.audio:
            picture = _with_length(_wave(_loudness(path)), media)
    return Tile(picture, token, role, _detail(media))


def _detail(media: Media) -> str:
    size = side_text(media.width, media.height) if media.width and media.height else ""
    length = seconds_text(media.seconds) if media.seconds else ""
    return "  ·  ".join(part for part in (size, length) if part)


def _still(path: Path) -> Image.Image:
    with pictures.opened(path, sniffed_file(path).reader) as image:
        image.seek(0)
        image.draft("RGB", (WIDTH * 2, HEIGHT * 2))
        image.load()
        return plain(pictures.upright(image), keep_alpha=False).convert("RGB")


def _framed(picture: Image.Image, media: Media, crop: Box | None) -> Image.Image:
    """The whole picture before a soft echo of itself; what a crop leaves out is dimmed, what it keeps is outlined."""
    shown = ImageOps.contain(picture, (WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    if crop and media.width and media.height:
        shown = _cropped(shown, crop, shown.width / media.width, shown.height / media.height)
    if shown.size == (WIDTH, HEIGHT):
        return shown
    echo = ImageOps.fit(picture, (WIDTH // 4, HEIGHT // 4)).filter(ImageFilter.GaussianBlur(6)).resize((WIDTH, HEIGHT))
    plate = ImageEnhance.Brightness(ImageEnhance.Color(echo).enhance(0.5)).enhance(0.2)
    plate.paste(shown, ((WIDTH - shown.width) // 2, (HEIGHT - shown.height) // 2))
    return plate


def _cropped(shown: Image.Image, crop: Box, across: float, down: float) -> Image.Image:
    left, top = round(crop.left * across), round(crop.top * down)
    right = min(shown.width, round((crop.left + crop.width) * across))
    foot = min(shown.height, round((crop.top + crop.height) * down))
    dimmed = Image.blend(shown, Image.new("RGB", shown.size, SHADE), 0.68)
    dimmed.paste(shown.crop((left, top, right, foot)), (left, top))
    ImageDraw.Draw(dimmed).rectangle((left, top, right - 1, foot - 1), outline=OUTLINE, width=2)
    return dimmed


def rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """A mask with smooth round corners."""
    mask = Image.new("L", (size[0] * SMOOTH, size[1] * SMOOTH))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), radius * SMOOTH, fill=255)
    return mask.resize(size, Image.Resampling.LANCZOS)


def _with_play(picture: Image.Image) -> Image.Image:
    side = 68
    mark = Image.new("RGBA", (side * SMOOTH, side * SMOOTH))
    draw, unit = ImageDraw.Draw(mark), side * SMOOTH / 68
    draw.ellipse((0, 0, mark.width - 1, mark.height - 1), fill=(*SHADE, 175), outline=(255, 255, 255, 235), width=9)
    draw.polygon([(27 * unit, 20 * unit), (27 * unit, 48 * unit), (50 * unit, 34 * unit)], fill=OUTLINE)
    mark = mark.resize((side, side), Image.Resampling.LANCZOS)
    picture.paste(mark, ((WIDTH - side) // 2, (HEIGHT - side) // 2), mark)
    return picture


def _with_length(picture: Image.Image, media: Media) -> Image.Image:
    if not media.seconds:
        return picture
    text, font = seconds_text(media.seconds), ImageFont.load_default(18)
    width, height = round(ImageDraw.Draw(picture).textlength(text, font)) + 24, 32
    left, top = WIDTH - width - 14, HEIGHT - height - 14
    under = picture.crop((left, top, left + width, top + height))
    pill = Image.blend(under, Image.new("RGB", under.size, SHADE), 0.75)
    ImageDraw.Draw(pill).text((width / 2, height / 2), text, OUTLINE, font, anchor="mm")
    picture.paste(pill, (left, top), rounded(pill.size, height // 2))
    return picture


def _loudness(path: Path) -> np.ndarray:
    """BARS values from 0 to 1: how loud each part of the sound is beside its loudest."""
    pieces: list[np.ndarray] = []
    heard = 0
    with films.opened(path, sniffed_file(path).reader) as container:
        resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
        for frame in container.decode(container.streams.audio[0]):
            pieces += [part.to_ndarray().ravel() for part in resampler.resample(frame)]
            heard += frame.samples
            if heard > LONGEST_WAVE * frame.sample_rate:
                break
    samples = np.concatenate(pieces) if pieces else np.zeros(BARS, np.float32)
    parts = np.array_split(np.nan_to_num(samples), BARS)
    loud = np.array([float(np.sqrt(np.mean(part**2))) if part.size else 0.0 for part in parts])
    return loud / loud.max() if loud.max() > 0 else loud


def _wave(loudness: np.ndarray) -> Image.Image:
    mask = Image.new("L", (WIDTH * SMOOTH, HEIGHT * SMOOTH))
    draw = ImageDraw.Draw(mask)
    step = (WIDTH - 64) / BARS
    for number, loud in enumerate(loudness):
        left, half = 32 + number * step + 1, 3 + 92 * float(loud) ** 0.8
        box = (left * SMOOTH, (HEIGHT / 2 - half) * SMOOTH, (left + step - 2) * SMOOTH, (HEIGHT / 2 + half) * SMOOTH)
        draw.rounded_rectangle(box, (step - 2) / 2 * SMOOTH, fill=255)
    plate = _plate()
    plate.paste(Image.new("RGB", plate.size, BAR), mask=mask.resize(plate.size, Image.Resampling.LANCZOS))
    return plate


def _plate() -> Image.Image:
    """A quiet gradient from top to foot."""
    down = np.linspace(0, 1, HEIGHT)[:, None, None]
    colours = np.array(TOP_OF_PLATE) * (1 - down) + np.array(FOOT_OF_PLATE) * down
    return Image.fromarray(np.broadcast_to(colours, (HEIGHT, WIDTH, 3)).astype(np.uint8))
