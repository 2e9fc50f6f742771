"""What every adapter is made from: `adapters.<kind>.<name>.create(parts)` answers that kind's port."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.chat import Conversation
from bot.domain.rules import Rules
from bot.ports.clock import Clock
from bot.ports.files import Files
from bot.ports.media import MediaTools
from bot.ports.storage import Storage
from bot.ports.watch import Unwatched, Watch


async def _well() -> Mapping[str, str]:
    return {}


async def _plain(_: Conversation) -> Rules:
    return Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`settings` are this adapter's own (`api_key`, `base_url`, `port` …), `folder` is its private folder on the local disk.

    `health` names what is not well and why; empty when all is. `doors` are ASGI applications by the beginning of their path ("/slack/"),
    served beside the web page to anyone who knocks: each checks for itself who that is; None where there is no web page. `models` are those that can be chosen
    just now, as (id, title). `decided` gives the rules as they hold in a place. An adapter takes what it needs and leaves the rest; what is made before its neighbours (storage, files,
    media) is given None for them.
    """

    settings: Mapping[str, str]
    folder: Path
    clock: Clock
    storage: Storage | None = None
    files: Files | None = None
    media: MediaTools | None = None
    health: Callable[[], Awaitable[Mapping[str, str]]] = _well
    doors: MutableMapping[str, Any] | None = field(default_factory=dict)
    decided: Callable[[Conversation], Awaitable[Rules]] = _plain
    watch: Watch = field(default_factory=Unwatched)
    models: Callable[[], Sequence[tuple[str, str]]] = tuple
