"""The small mark in the corner."""

from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from adapters.video.animatic.fonts import Face, face
from adapters.video.animatic.planes import GREY, Planes, halves

TEXT = "Clapper \u00b7 animatic"
WHITE = 235


def marked(draw: Callable[[float], Planes], size: tuple[int, int]) -> Callable[[float], Planes]:
    """The same film with the mark in its lower right corner."""
    short = min(size)
    font = face(Face.label, max(11, round(short * 0.026)))
    box = font.getbbox(TEXT)
    margin = round(short * 0.075)
    at = (size[0] - margin - round(box[2]), size[1] - round(short * 0.026) - round(box[3]))
    letters = Image.new("L", size, 0)
    ImageDraw.Draw(letters).text(at, TEXT, font=font, fill=200)
    shade = letters.filter(ImageFilter.GaussianBlur(short * 0.004)).point([min(150, level) for level in range(256)])
    region = (at[0] - margin // 2, at[1] - margin // 2, size[0], size[1])
    region = (region[0] // 2 * 2, region[1] // 2 * 2, size[0], size[1])
    letters, shade = letters.crop(region), shade.crop(region)
    grey = letters.resize(halves(letters.size), Image.Resampling.BOX)

    def with_mark(t: float) -> Planes:
        under = draw(t)
        planes = Planes(under.y.copy(), under.u.copy(), under.v.copy())
        planes.y.paste(16, region, shade)
        planes.y.paste(WHITE, region, letters)
        half = (region[0] // 2, region[1] // 2, region[0] // 2 + grey.width, region[1] // 2 + grey.height)
        planes.u.paste(GREY, half, grey)
        planes.v.paste(GREY, half, grey)
        return planes

    return with_mark
