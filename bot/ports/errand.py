"""What an operator can have an adapter do from the command line: `ERRANDS` in `adapters.chat.<name>.errands`, where there are any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # named here alone: help is shown without loading what parts are made of
    from collections.abc import Awaitable, Callable

    from bot.ports.parts import Parts


@dataclass(frozen=True, slots=True)
class Errand:
    """`clapper <adapter> <name>`: `say` is its line of help; `run` gives what to print and raises UserError."""

    name: str
    say: str
    run: Callable[[Parts], Awaitable[str]]
