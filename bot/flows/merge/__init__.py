"""Films joined into one: chosen by a line or by buttons, joined here for nothing, and brought home like any other film."""
