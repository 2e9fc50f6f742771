"""`clapper models`: the capability matrix."""

from datetime import UTC, datetime
from typing import Any

from bot.app import catalogue, rules
from bot.cli import out
from bot.cli.ready import ready
from bot.flows.models import models as matrix

HEAD = ("Model", "Tasks", "Length", "Sizes", "Ratios", "Sound", "Price", "")
TASKS = {
    "text": "text",
    "first_frame": "first",
    "first_last": "first+last",
    "references": "refs",
    "edit": "edit",
    "extend": "extend",
}


def models(*, every: bool, json: bool) -> int:
    settings = ready()
    found = matrix(catalogue(settings), rules(settings), datetime.now(UTC).date())
    if json:
        out.document(found)
        return 0
    ready_here = [model for model in found["models"] if _usable(model)]
    others = [model for model in found["models"] if not _usable(model)]
    out.table(HEAD, [_row(model) for model in (*ready_here, *(sorted(others, key=_retired) if every else ()))])
    if others and not every:
        out.complain(f"{len(others)} more need a key or are retired: `clapper models --all` shows them.")
    return 0


def _usable(model: dict[str, Any]) -> bool:
    return model["connected"] and not model["retired"]


def _retired(model: dict[str, Any]) -> bool:
    return model["retired"]


def _row(model: dict[str, Any]) -> tuple[str, ...]:
    tasks = " ".join(words for task, words in TASKS.items() if task in model["tasks"])
    return (
        model["id"],
        tasks,
        model["seconds"]["say"],
        " ".join(model["resolutions"]),
        " ".join(model["aspects"]),
        model["audio"],
        model["price"]["say"],
        _standing(model),
    )


def _standing(model: dict[str, Any]) -> str:
    """Whether it can be used here and now, and what to use instead."""
    if model["retired"]:
        return f"retired, use {model['replaced_by']}" if model["replaced_by"] else "retired"
    return "ready" if model["connected"] else f"needs a key for {model['provider']}"
