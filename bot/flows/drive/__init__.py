"""The Drive: films shown, renamed, saved to the space, put in the trash and taken out again, by buttons and by words."""

from bot.flows.drive.drive import drive
from bot.flows.drive.words import words

__all__ = ["drive", "words"]
