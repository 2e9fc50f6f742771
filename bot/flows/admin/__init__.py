"""`admin`: what admins decide for their workspace and its channels, and the log of it."""

from bot.flows.admin.admin import admin, pressed

__all__ = ["admin", "pressed"]
