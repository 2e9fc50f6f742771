"""The router: what comes in is heard, and what is due is done."""

from bot.router.router import Router

__all__ = ["Router"]
