"""The one place where names become adapters."""

from bot.app.adapters import adapter, make_folder
from bot.app.app import App, opened
from bot.app.clock import RealClock
from bot.app.decided import catalogue, rules

__all__ = ["App", "RealClock", "adapter", "catalogue", "make_folder", "opened", "rules"]
