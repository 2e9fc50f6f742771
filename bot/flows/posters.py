"""The films of one wish side by side."""

from collections.abc import Sequence

from bot.domain.drive import Clip
from bot.domain.job import Job
from bot.flows.sheets import contact_sheet
from bot.flows.show.fields import film_number
from bot.ports.house import House


async def posters(job: Job, clips: Sequence[Clip], house: House) -> str:
    """The Files key of a contact sheet of several films, each with its number, "" for one or where it cannot be drawn."""
    if len(clips) < 2:
        return ""
    return await contact_sheet(
        [(clip.poster, f"{film_number(job, clip)} {clip.name}", None) for clip in clips if clip.poster], house
    )
