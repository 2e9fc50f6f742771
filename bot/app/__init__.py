"""The one place where names become adapters."""

from bot.app.adapters import adapter, make_folder
from bot.app.app import App, RealClock, opened
from bot.app.decided import catalogue, rules

__all__ = ["App", "RealClock", "adapter", "catalogue", "make_folder", "opened", "rules"]
