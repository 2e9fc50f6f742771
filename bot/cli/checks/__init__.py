"""What the doctor looks at, one check a function; each only looks, and leaves nothing behind."""

import asyncio
import errno
from collections.abc import Sequence

from bot.cli.boundary import sentence
from bot.cli.checks.around import language_model, machine, public_address, traces
from bot.cli.checks.edges import platforms, providers
from bot.cli.checks.finding import Check, Finding, Standing, broken
from bot.cli.checks.people import people
from bot.cli.checks.places import data_folder, database, drive, environment
from bot.cli.checks.tools import fonts, media_tools
from bot.domain.errors import ClapperError, Unreadable
from config import Settings

__all__ = ["CHECKS", "Check", "Finding", "Standing", "guarded"]

CHECKS: Sequence[Check] = (
    environment,
    machine,
    data_folder,
    database,
    drive,
    media_tools,
    fonts,
    platforms,
    public_address,
    people,
    providers,
    language_model,
    traces,
)
SECONDS = 30
FULL = "Its disk is full: free some space there, or name a place with more."
MENDS = {
    "database": "Look whether it runs and CLAPPER_DATABASE_URL is right.",
    "drive": "Make it writable, or set CLAPPER_DRIVE to another place.",
    "media tools": "Install Clapper again: they come with its packages.",
    "fonts": "Install Clapper again: they come with its packages.",
}


async def guarded(check: Check, settings: Settings, seconds: float = SECONDS) -> Sequence[Finding]:
    """A check that breaks is a finding too, and one that hangs for so long."""
    name = check.__name__.replace("_", " ")
    mend = MENDS.get(name, "")
    try:
        return await asyncio.wait_for(check(settings), seconds)
    except TimeoutError:
        return [broken(name, f"No answer within {seconds:g} s.", mend)]
    except Unreadable as error:
        return [broken(name, error.why, mend)]
    except (ClapperError, OSError) as error:
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        return [broken(name, sentence(error), FULL if full else mend)]
    except Exception as error:  # noqa: BLE001 - the doctor goes on to the next check
        return [broken(name, f"{type(error).__name__}: {error}.", mend)]
