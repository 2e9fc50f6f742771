"""What the doctor looks at, one check a function; each only looks, and leaves nothing behind."""

import asyncio
from collections.abc import Sequence

from bot.cli.boundary import sentence
from bot.cli.checks.edges import platforms, providers
from bot.cli.checks.finding import Check, Finding, Standing, broken
from bot.cli.checks.places import data_folder, database, drive, environment
from bot.cli.checks.tools import fonts, media_tools
from bot.domain.errors import ClapperError, Unreadable
from config import Settings

__all__ = ["CHECKS", "Finding", "Standing", "guarded"]

CHECKS: Sequence[Check] = (environment, data_folder, database, drive, media_tools, fonts, platforms, providers)
SECONDS = 30
MENDS = {
    "database": "Look whether it runs and CLAPPER_DATABASE_URL is right.",
    "drive": "Make it writable, or set CLAPPER_DRIVE to another place.",
    "media tools": "Install Clapper again: they come with its packages.",
    "fonts": "Install Clapper again: they come with its packages.",
}


async def guarded(check: Check, settings: Settings) -> Sequence[Finding]:
    """A check that breaks is a finding too."""
    name = check.__name__.replace("_", " ")
    mend = MENDS.get(name, "")
    try:
        return await asyncio.wait_for(check(settings), SECONDS)
    except TimeoutError:
        return [broken(name, f"No answer within {SECONDS} s.", mend)]
    except Unreadable as error:
        return [broken(name, error.why, mend)]
    except (ClapperError, OSError) as error:
        return [broken(name, sentence(error), mend)]
    except Exception as error:  # noqa: BLE001 - the doctor goes on to the next check
        return [broken(name, f"{type(error).__name__}: {error}.", mend)]
