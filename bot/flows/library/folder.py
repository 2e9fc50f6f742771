"""A folder of the Drive: the folders in it with how many films each holds, and the films that lie there."""

from collections import Counter
from dataclasses import dataclass, replace

from bot.domain.card import Field
from bot.domain.drive import MOST_COUNTED, Clip, Wanted
from bot.domain.paths import SPACE, safe_path
from bot.ports.house import House

MOST_FOLDERS = 10


@dataclass(frozen=True, slots=True)
class Folder:
    """`path` is "" for one's own Drive, or ends with a slash; `more` are folders that are not named."""

    path: str
    films: tuple[Clip, ...]
    folders: tuple[Field, ...]
    more: int = 0

    @property
    def title(self) -> str:
        inside = sum(row.name != SPACE for row in self.folders) + self.more
        told = [_films(len(self.films))] if self.films or not inside else []
        told += [f"{inside} folder{'' if inside == 1 else 's'}"] if inside else []
        return f"{'The space' if self.path.startswith(SPACE) else 'Your Drive'}{_below(self.path)}: {', '.join(told)}"


def folder_path(text: str) -> str:
    """The folder that a person means: their own Drive, `/space/`, or one of either."""
    asked = text.strip().strip('"“”')
    if asked.rstrip("/").lower() in {"/space", "space"}:
        return SPACE
    return f"{safe_path(asked, '')}/" if asked.strip("./ ") else ""


async def folder(path: str, nothing: Wanted, house: House) -> Folder:
    """What lies there, of the newest films that are counted."""
    found = await house.storage.clips.find(replace(nothing, folder=path), limit=MOST_COUNTED)
    inside = [(clip, clip.drive_path[len(path) :]) for clip in found.clips]
    counted = Counter(rest.split("/")[0] for _, rest in inside if "/" in rest)
    rows = [Field(f"{path}{name}/", _films(number)) for name, number in sorted(counted.items())]
    more = max(0, len(rows) - MOST_FOLDERS)
    if not path and (shared := (await house.storage.clips.find(replace(nothing, folder=SPACE), limit=1)).total):
        rows = [*rows[:MOST_FOLDERS], Field(SPACE, f"{_films(shared)} of this workspace")]
    films = tuple(clip for clip, rest in inside if "/" not in rest)
    return Folder(path, films, tuple(rows[: MOST_FOLDERS + 1]), more)


def _films(number: int) -> str:
    return f"{number} film{'' if number == 1 else 's'}"


def _below(path: str) -> str:
    rest = path.removeprefix(SPACE)
    return f", {rest}" if rest else ""
