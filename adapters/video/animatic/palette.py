"""Colours and places read from a prompt's words."""

import re
from dataclasses import dataclass
from enum import StrEnum

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """From the top of the sky down to the nearest shape, then the light and the accent."""

    top: Colour
    middle: Colour
    low: Colour
    far: Colour
    between: Colour
    near: Colour
    glow: Colour
    accent: Colour


class Place(StrEnum):
    mountains = "mountains"
    forest = "forest"
    sea = "sea"
    city = "city"
    desert = "desert"
    space = "space"
    stage = "stage"
    forms = "forms"


class Weather(StrEnum):
    dust = "dust"
    snow = "snow"
    rain = "rain"
    embers = "embers"
    none = "none"


PALETTES: dict[str, Palette] = {
    "dusk": Palette((34, 26, 72), (150, 62, 110), (248, 150, 96), (126, 62, 108), (70, 38, 86), (24, 16, 42), (255, 220, 160), (255, 190, 110)),
    "night": Palette((5, 9, 28), (15, 30, 72), (52, 84, 132), (30, 50, 92), (16, 29, 60), (5, 9, 22), (228, 236, 255), (150, 198, 255)),
    "dawn": Palette((78, 112, 166), (214, 168, 178), (253, 218, 182), (156, 132, 160), (98, 90, 128), (38, 40, 68), (255, 244, 220), (255, 226, 180)),
    "forest": Palette((18, 50, 56), (66, 116, 102), (208, 216, 160), (88, 128, 112), (40, 84, 78), (8, 28, 31), (252, 246, 204), (214, 236, 150)),
    "sea": Palette((8, 48, 88), (40, 126, 158), (190, 228, 216), (54, 122, 148), (20, 78, 110), (5, 30, 52), (255, 250, 228), (160, 240, 224)),
    "snow": Palette((84, 114, 152), (166, 190, 214), (236, 240, 244), (164, 184, 206), (108, 134, 168), (34, 52, 84), (255, 255, 255), (214, 238, 255)),
    "desert": Palette((48, 82, 128), (234, 172, 122), (253, 220, 166), (226, 154, 102), (188, 100, 66), (84, 38, 36), (255, 246, 214), (255, 214, 140)),
    "neon": Palette((8, 5, 24), (50, 15, 84), (204, 42, 134), (70, 26, 104), (36, 14, 68), (8, 5, 22), (255, 96, 172), (70, 240, 240)),
    "ember": Palette((18, 7, 9), (92, 20, 18), (230, 88, 38), (116, 34, 25), (64, 18, 18), (18, 7, 9), (255, 196, 100), (255, 156, 74)),
    "silver": Palette((20, 22, 26), (72, 76, 84), (190, 192, 194), (114, 118, 124), (62, 66, 72), (18, 20, 24), (252, 252, 250), (240, 220, 180)),
    "storm": Palette((16, 22, 32), (54, 68, 86), (152, 164, 170), (84, 98, 112), (48, 60, 74), (12, 17, 26), (226, 234, 238), (188, 214, 226)),
    "rose": Palette((58, 38, 78), (192, 116, 148), (251, 208, 198), (170, 104, 140), (108, 64, 106), (40, 24, 50), (255, 236, 226), (255, 214, 214)),
}  # fmt: skip

_COLOURS: tuple[tuple[str, str], ...] = (
    ("neon", "neon cyberpunk synthwave arcade club disco hologram robot robots"),
    ("ember", "fire flame flames lava volcano burning inferno forge explosion dragon ember embers war battle"),
    ("night", "night midnight moon moonlight moonlit star stars space galaxy planet astronaut spaceship dark nebula cosmos"),
    ("snow", "snow snowy winter ice icy glacier frost frozen arctic polar penguin ski"),
    ("dusk", "sunset dusk twilight evening golden sundown autumn"),
    ("dawn", "dawn sunrise morning spring mist fog misty cloud clouds"),
    ("desert", "desert dune dunes sand canyon camel mesa savanna savannah cowboy western"),
    ("forest", "forest jungle woods tree trees garden meadow leaf leaves moss bamboo fox deer bear grass green"),
    ("storm", "storm stormy rain raining rainy thunder lightning hurricane gale"),
    ("sea", "sea ocean underwater wave waves beach coast island ship sail whale fish dolphin harbour harbor lake river boat blue"),
    ("silver", "noir black white monochrome documentary factory steel office laboratory product watch car"),
    ("rose", "love wedding rose roses pink flower flowers blossom dance dancer ballet portrait dream candy cake"),
)  # fmt: skip
_PLACES: tuple[tuple[Place, str], ...] = (
    (Place.space, "space galaxy planet astronaut spaceship star stars nebula cosmos orbit moon rocket mars satellite"),
    (Place.city, "city street skyline skyscraper tower downtown neon rooftop alley tokyo london paris york traffic taxi building buildings cyberpunk market station"),
    (Place.sea, "sea ocean beach wave waves coast island ship boat sail whale dolphin harbour harbor lake river lighthouse underwater surf"),
    (Place.desert, "desert dune dunes sand camel savanna savannah canyon mesa pyramid"),
    (Place.forest, "forest jungle woods tree trees fox deer bear bamboo meadow garden cabin wolf owl"),
    (Place.mountains, "mountain mountains peak hill hills valley snow glacier cliff horizon landscape eagle fog mist castle village train volcano"),
    (Place.stage, "stage dance dancer singer concert band studio product interview portrait theatre theater ballet spotlight speaker bottle shoe watch perfume"),
)  # fmt: skip
_WEATHERS: tuple[tuple[Weather, str], ...] = (
    (Weather.snow, "snow snowy snowing winter blizzard snowflake snowflakes"),
    (Weather.rain, "rain raining rainy storm downpour thunder"),
    (Weather.embers, "fire flame flames lava ember embers burning forge volcano dragon sparks firefly fireflies"),
)
_WORD = re.compile(r"[^\W\d_]+")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _read(text: str, table: tuple[tuple[str, str], ...]) -> str | None:
    """The row that most words point to; the first of equals."""
    said = _words(text)
    scores = [(sum(word in row.split() for word in said), -number, name) for number, (name, row) in enumerate(table)]
    best = max(scores)
    return best[2] if best[0] else None


def named_palette(text: str) -> Palette | None:
    """The colours the words call for, None where they call for none."""
    name = _read(text, _COLOURS)
    return PALETTES[name] if name else None


def palette(text: str, seed: int) -> Palette:
    names = tuple(PALETTES)
    return named_palette(text) or PALETTES[names[seed % len(names)]]


def place(text: str, whole: str, seed: int) -> Place:
    """Where a shot plays: by its own words, else the whole prompt's, else by chance."""
    chance = (Place.forms, Place.mountains, Place.forms, Place.desert, Place.sea)
    found = _read(text, _PLACES) or _read(whole, _PLACES)
    return Place(found) if found else chance[seed % len(chance)]


def weather(text: str, where: Place) -> Weather:
    found = _read(text, _WEATHERS)
    if found:
        return Weather(found)
    return Weather.none if where is Place.space else Weather.dust


def relative(colour: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other colour mixed in."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue
