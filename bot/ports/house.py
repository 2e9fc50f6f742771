"""Everything a flow may reach, in one value: made once by the app, handed to every step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.catalogue import Catalogue
from bot.domain.rules import Rules
from bot.ports.chat import ChatPlatform
from bot.ports.clock import Clock
from bot.ports.fetch import Fetch
from bot.ports.files import Files
from bot.ports.media import MediaTools
from bot.ports.storage import Storage
from bot.ports.video import VideoProvider
from bot.ports.watch import Unwatched, Watch
from bot.ports.writer import Writer


def _nowhere(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """`folder` is local scratch space; `worker` names this process in leases.

    `callback` gives the address at which a provider may say that a job's task changed, "" where this bot has none.
    `serves` names the platforms whose jobs this process carries on: its own, and those that have no process of their own.
    """

    storage: Storage
    files: Files
    media: MediaTools
    fetch: Fetch
    clock: Clock
    platforms: Mapping[str, ChatPlatform]
    providers: Mapping[str, VideoProvider]
    catalogue: Catalogue
    rules: Rules
    folder: Path
    worker: str
    serves: frozenset[str]
    callback: Callable[[str], str] = _nowhere
    writer: Writer | None = None
    watch: Watch = field(default_factory=Unwatched)
