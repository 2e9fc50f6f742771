"""Opening a picture: only in the format it was sniffed as, never a bomb, always decoded to its end."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pillow_heif
from PIL import Image, ImageOps, ImageSequence

from bot.domain.errors import Unreadable
from bot.domain.units import side_text

MAX_PIXELS = 100_000_000
MAX_FRAME_PIXELS = 400_000_000
DAMAGED = "It is cut off or damaged: not all of it can be read."
_ALPHA_MODES = {"RGBA", "LA", "PA", "RGBa", "La"}
_ORIENTATION = 0x0112
_BITS_PER_SAMPLE = 258

pillow_heif.register_heif_opener()


@contextmanager
def opened(path: Path, reader: str) -> Iterator[Image.Image]:
    """A picture whose header was read and whose size is sane; raises Unreadable from whatever a decoder makes of a bad file."""
    with reading(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # The size is judged here, before anything is decoded, so that the sentence can name it.
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(path, formats=[reader]) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                most = f"at most {MAX_PIXELS // 1_000_000} million pixels can be opened"
                raise Unreadable(f"It is {side_text(width, height)} large; {most}.")
            Image.MAX_IMAGE_PIXELS = MAX_PIXELS
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield image


@contextmanager
def reading() -> Iterator[None]:
    """Turns what decoders raise on bad files into Unreadable."""
    try:
        yield
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        # Decoders answer hostile bytes with any error there is (struct.error, IndexError, SyntaxError …).
        raise Unreadable(DAMAGED) from error


def decode(image: Image.Image) -> None:
    """Decodes every pixel of every frame, within a bound."""
    left = MAX_FRAME_PIXELS
    for frame in ImageSequence.Iterator(image):
        frame.load()
        left -= image.width * image.height
        if left < 0:
            break
    image.seek(0)


def traits(image: Image.Image, path: Path) -> frozenset[str]:
    found = {
        "alpha": image.mode in _ALPHA_MODES or "transparency" in image.info,
        "cmyk": image.mode == "CMYK",
        "16-bit": _deep(image, path),
        "animated": getattr(image, "is_animated", False),
        "rotated": _orientation(image) != 1,
    }
    return frozenset(name for name, there in found.items() if there)


def _deep(image: Image.Image, path: Path) -> bool:
    if image.mode.startswith("I") or image.mode == "F":
        return True
    if image.format == "PNG":
        with path.open("rb") as file:
            return file.read(25)[24] == 16
    bits = getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, (8,))
    return max(bits if isinstance(bits, tuple) else (bits,)) > 8


def _orientation(image: Image.Image) -> int:
    turned = image.getexif().get(_ORIENTATION, 1)
    return turned if isinstance(turned, int) and 1 <= turned <= 8 else 1


def displayed_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if _orientation(image) >= 5 else (width, height)


def upright(image: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(image)
