"""The library: films found, listed a page at a time, and numbered so that people can speak of them."""

from bot.flows.library.library import library, listed, relist, turn

__all__ = ["library", "listed", "relist", "turn"]
