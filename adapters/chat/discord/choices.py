"""What Discord offers while somebody types: models and jobs whose words contain it, and films that are found by it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from discord import app_commands

from adapters.chat.discord.limits import CHOICE, CHOICES
from adapters.chat.discord.text import cut, units
from bot.domain.chat import Person
from bot.domain.drive import Clip, Wanted
from bot.domain.job import ENDED, State
from bot.ports.storage import Storage

LOOKED_AT = 200
OPEN = tuple(state for state in State if state not in ENDED)


def matching(offered: Iterable[tuple[str, str]], typed: str) -> list[app_commands.Choice[str]]:
    """Those of the (value, label) whose value or label contains what was typed, best first: where it begins one, then the rest as they came."""
    wanted = " ".join(typed.split()).casefold()
    found: dict[str, tuple[bool, str]] = {}
    for value, label in offered:
        words = f"{value} {label}".casefold()
        if value.strip() and units(value) <= CHOICE and wanted in words:
            begins = value.casefold().startswith(wanted) or label.casefold().startswith(wanted)
            found.setdefault(value, (not begins, cut(label, CHOICE) or value))
    ranked = sorted(found.items(), key=lambda item: item[1][0])
    return [app_commands.Choice(name=label, value=value) for value, (_, label) in ranked[:CHOICES]]


async def jobs(storage: Storage, who: Person) -> Sequence[tuple[str, str]]:
    """This person's open jobs, newest first."""
    found = await storage.jobs.find(author=who, states=OPEN, limit=LOOKED_AT)
    return [(job.id, f"{job.id} · {job.state.value.replace('_', ' ')} · {job.request.prompt}") for job in found]


def wanted(who: Person, channel: str, typed: str, *, trashed: bool = False) -> Wanted:
    """Films whose words begin with those that were typed so far."""
    words = tuple(typed.split())
    return Wanted(viewer=who, now=datetime.now(UTC), channel=channel, words=words, trashed=trashed)


async def films(storage: Storage, wanted: Wanted, *, by_path: bool = False) -> list[app_commands.Choice[str]]:
    """The newest of them, by id, which stays theirs whatever they are called; or by path, as words to look for."""
    found = await storage.clips.find(wanted, limit=CHOICES)
    chosen = {clip.drive_path if by_path else clip.id: _told(clip) for clip in found.clips}
    return [app_commands.Choice(name=told, value=value) for value, told in chosen.items() if units(value) <= CHOICE]


def _told(clip: Clip) -> str:
    return cut(f"{clip.drive_path} · {clip.seconds:.3g} s · {clip.prompt or f'{clip.width} × {clip.height}'}", CHOICE)
