"""Opening pictures people sent: upright, flat RGB, at a bounded size; what cannot be opened is said in a sentence."""

import math
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from adapters.video.animatic.inputs import PHONE_PICTURES, PICTURES
from bot.domain.errors import InvalidInput
from bot.domain.media import centre_crop

MOST_PIXELS = 120_000_000
ENOUGH_PIXELS = 12_000_000  # four times a frame of 1080p, with room to move in
PAPER = (255, 255, 255)


def open_still(path: Path, token: str) -> Image.Image:
    """The first frame of a picture file as RGB, at no more than a few times ENOUGH_PIXELS, so that a dozen fit into memory.

    Raises InvalidInput.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _image(path) as image:
                if math.prod(image.size) > MOST_PIXELS:
                    width, height = image.size
                    raise InvalidInput(  # noqa: TRY301 - the same sentence would only stand farther off
                        f"{token} has {width} x {height} pixels, the limit is {MOST_PIXELS:,} in all. Scale it down and attach it again."
                    )
                return _bounded(_flat(ImageOps.exif_transpose(image)))
    except InvalidInput:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, Image.DecompressionBombError) as error:
        raise InvalidInput(
            f"{token} cannot be opened as a picture. Save it as JPEG or PNG and attach it again."
        ) from error


def _image(path: Path) -> Image.Image:
    try:
        return Image.open(path, formats=PICTURES)
    except UnidentifiedImageError:
        import pillow_heif  # noqa: PLC0415 - only phones' pictures need it

        pillow_heif.register_heif_opener()
        return Image.open(path, formats=PHONE_PICTURES)


def _bounded(image: Image.Image) -> Image.Image:
    times = math.isqrt(math.prod(image.size) // ENOUGH_PIXELS)
    return image.reduce(times) if times > 1 else image


def _flat(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in {"I", "F"}:
        deep = np.nan_to_num(np.asarray(image, dtype=np.float32))
        top = max(float(deep.max()), 1.0)
        return Image.fromarray((np.clip(deep / (65535 if top > 255 else 255), 0, 1) * 255).astype(np.uint8)).convert(
            "RGB"
        )
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGB", clear.size, PAPER)
        paper.paste(clear, mask=clear.getchannel("A"))
        return paper
    return image.convert("RGB")


def cropped(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The centre of the picture in the film's ratio."""
    box = centre_crop(picture.width, picture.height, Fraction(*size))
    if (box.width, box.height) == picture.size:
        return picture
    return picture.crop((box.left, box.top, box.left + box.width, box.top + box.height))
