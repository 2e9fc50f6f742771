"""Camera movements: the fifteen names people write in square brackets, and how to say them in words."""

from enum import StrEnum


class Movement(StrEnum):
    truck_left = "Truck left"
    truck_right = "Truck right"
    pan_left = "Pan left"
    pan_right = "Pan right"
    push_in = "Push in"
    pull_out = "Pull out"
    pedestal_up = "Pedestal up"
    pedestal_down = "Pedestal down"
    tilt_up = "Tilt up"
    tilt_down = "Tilt down"
    zoom_in = "Zoom in"
    zoom_out = "Zoom out"
    shake = "Shake"
    tracking_shot = "Tracking shot"
    static_shot = "Static shot"


MOST_TOGETHER = 3

Move = tuple[Movement, ...]
"""Movements made together, at most MOST_TOGETHER; a camera setting is a tuple of these, in sequence."""
