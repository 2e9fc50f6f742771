"""The contact sheet: every input as a numbered tile on dark paper."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from adapters.media.ffmpeg.tiles import HEIGHT, RADIUS, WIDTH, Tile, rounded, tile
from bot.domain.media import Box

GAP, MARGIN, LABEL = 28, 36, 64
PAPER, INK, QUIET, ACCENT = "#15171c", "#f4f5f7", "#9aa1ad", "#ffb454"
COLUMNS = {1: 1, 2: 2, 3: 3, 5: 3, 6: 3, 9: 3}
MOST_COLUMNS = 4


def answer_sheet(stills: Sequence[tuple[str, str, Mapping[str, int] | None]], into: str) -> None:
    tiles = [tile(Path(path), label, Box(**crop) if crop else None) for path, label, crop in stills]
    sheet(tiles).save(into, "JPEG", quality=90, subsampling=0)


def sheet(tiles: Sequence[Tile]) -> Image.Image:
    columns = COLUMNS.get(len(tiles), MOST_COLUMNS)
    rows = max(1, -(-len(tiles) // columns))
    width = 2 * MARGIN + columns * WIDTH + (columns - 1) * GAP
    height = 2 * MARGIN + rows * (HEIGHT + LABEL) + (rows - 1) * GAP
    paper = Image.new("RGB", (width, height), PAPER)
    for number, placed in enumerate(tiles):
        row, column = divmod(number, columns)
        _place(paper, placed, MARGIN + column * (WIDTH + GAP), MARGIN + row * (HEIGHT + LABEL + GAP))
    return paper


def _place(paper: Image.Image, placed: Tile, left: int, top: int) -> None:
    paper.paste(placed.picture, (left, top), rounded(placed.picture.size, RADIUS))
    draw, large, small = ImageDraw.Draw(paper), ImageFont.load_default(22), ImageFont.load_default(17)
    line, indent = top + HEIGHT + 13, left + 3
    draw.text((indent, line), placed.token, ACCENT, large)
    start = indent + draw.textlength(placed.token, large) + 10
    draw.text((start, line), _cut(draw, placed.role, large, left + WIDTH - start), INK, large)
    draw.text((indent, line + 29), placed.detail, QUIET, small)


def _cut(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, room: float) -> str:
    """As much of the text as fits, with dots where some does not."""
    if draw.textlength(text, font) <= room:
        return text
    while text and draw.textlength(f"{text}...", font) > room:
        text = text[:-1]
    return f"{text.rstrip()}..."
