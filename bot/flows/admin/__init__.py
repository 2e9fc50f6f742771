"""`admin`: what admins decide for their workspace and its channels, and the log of it."""

from bot.flows.admin.admin import Answer, admin, answer, pressed
from bot.flows.admin.who import OPERATOR

__all__ = ["OPERATOR", "Answer", "admin", "answer", "pressed"]
