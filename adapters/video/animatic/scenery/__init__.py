"""Drawn places in layers, far to near, for the camera to move through."""

from collections.abc import Callable

import numpy as np

from adapters.video.animatic.palette import Palette, Place
from adapters.video.animatic.scenery.elsewhere import draw_city, draw_forms, draw_space, draw_stage
from adapters.video.animatic.scenery.land import draw_desert, draw_forest, draw_mountains, draw_sea
from adapters.video.animatic.scenery.paint import DRAWN_FINER, Layer, Size


def scenery(where: Place, colours: Palette, film: Size, seed: int) -> list[Layer]:
    """The layers of a place, the farthest first."""
    size = (round(film[0] * DRAWN_FINER), round(film[1] * DRAWN_FINER))
    return _DRAWERS[where](colours, size, np.random.default_rng(seed))


_DRAWERS: dict[Place, Callable[[Palette, Size, np.random.Generator], list[Layer]]] = {
    Place.mountains: draw_mountains,
    Place.forest: draw_forest,
    Place.sea: draw_sea,
    Place.city: draw_city,
    Place.desert: draw_desert,
    Place.space: draw_space,
    Place.stage: draw_stage,
    Place.forms: draw_forms,
}
