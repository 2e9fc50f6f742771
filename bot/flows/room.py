"""Whether a Drive has room for one more film. One that is paid for is kept however full it is, so this is asked before anybody pays."""

from bot.domain.chat import Person
from bot.domain.drive import SPACE
from bot.domain.request import VideoRequest
from bot.domain.units import size_text
from bot.ports.house import House

MEND = (
    "Delete films that are no longer needed (“library” lists them) and try again, or ask your operator for more room."
)


async def full(person: Person, house: House, shared: bool) -> str:
    """Why there is no room for another film, in a sentence for people with what to do; "" where there is.

    A person's quota counts their own Drive, the workspace's counts all films of the workspace, neither what is in the trash: whoever deletes has
    room at once, and can still take it out again.
    """
    place = (person.platform, person.workspace)
    mine, ours = house.rules.person_bytes, house.rules.workspace_bytes
    if mine is not None and not shared and (used := await house.storage.names.used(place, person.id)) >= mine:
        return f"Your Drive is full: {_of(used, mine)} are used. {MEND}"
    if ours is not None and (used := await house.storage.names.used(place)) >= ours:
        return f"The Drive of this workspace is full: {_of(used, ours)} are used. {MEND}"
    return ""


def in_space(request: VideoRequest) -> bool:
    """Whether the film that is wished for goes to the workspace's space."""
    path = request.settings.drive_path
    return path is not None and path.value.startswith(SPACE)


def _of(used: int, limit: int) -> str:
    """As in "10.2 of 10 GB", or "900 KB of 1 MB" where the units differ."""
    mine, all = size_text(used), size_text(limit)
    number, _, unit = mine.partition(" ")
    return f"{number} of {all}" if all.endswith(f" {unit}") else f"{mine} of {all}"
