"""The models there are: found by any name people use, and whether each can be used here and now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """`connected` names the providers that have their key; `default` is the model used when nobody names one."""

    models: tuple[Model, ...]
    connected: frozenset[str]
    default: str

    def get(self, id: str) -> Model | None:
        return next((model for model in self.models if model.id == id), None)

    def names(self) -> Mapping[str, str]:
        """Every lower-case name and alias -> model id."""
        return {name.lower(): model.id for model in self.models for name in (model.id, model.title, *model.aliases)}

    def usable(self, today: date) -> tuple[Model, ...]:
        """Models of connected providers that are not retired."""
        return tuple(m for m in self.models if m.provider in self.connected and not m.retired(today))
