"""Reads the figures of a model's row as the providers' own tables have them, to compare them with those."""

from typing import Any

from bot.domain.media import Role
from bot.domain.model import Model


def usd(model: Model, resolution: str | None, *, audio: bool = True, seconds: float = 6.0) -> tuple[str, str] | None:
    """Dollars a unit and whether a source is sure of them; None where there is no price."""
    rate = model.price.rate(resolution=resolution, audio=audio, seconds=seconds, video_in=False)
    return rate and (str(rate.usd), "unconfirmed" if rate.unconfirmed else "sure")


def taken(model: Model) -> dict[str, tuple[int, int]]:
    """The least and the most files of each role."""
    return {str(role): (rule.min_count, rule.max_count) for role, rule in model.roles}


def bounds(model: Model, role: Role, *names: str) -> tuple[Any, ...]:
    """What one file of a role may be, by the names of its limits."""
    rule = model.rule(role)
    assert rule is not None, f"{model.id} takes no {role}"
    return tuple(getattr(rule.media, name) for name in names)


def pace(model: Model) -> list[tuple[str, int | None, int | None, str]]:
    """Each limit: its line, calls a minute, films at once, and whether a source is sure of it."""
    return [
        (one.line, one.per_minute, one.at_once, "unconfirmed" if one.unconfirmed else "sure") for one in model.limits
    ]
