"""Brings in what a wish refers to: fetched, probed, kept, and mended to what a model takes."""

from bot.flows.intake.intake import intake
from bot.flows.intake.mend import mend

__all__ = ["intake", "mend"]
