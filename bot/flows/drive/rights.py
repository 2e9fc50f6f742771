"""Who may change a film: its owner, or somebody the operator allows."""

from bot.domain.chat import ChatEvent, Person
from bot.domain.drive import TRASH_LIFETIME, Clip
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.rules import Rules
from bot.ports.house import House


def may_change(clip: Clip, person: Person, rules: Rules) -> bool:
    same = (clip.owner.platform, clip.workspace) == (person.platform, person.workspace)
    return same and (clip.owned_by(person) or f"{person.platform}:{person.id}" in rules.approvers)


async def changeable(id: str, event: ChatEvent, house: House) -> Clip:
    """The clip of this id, for somebody who may change it. Raises BadRequest where there is none, NotAllowed for others who see it."""
    clip, now = await house.storage.clips.get(id), house.clock.now()
    if clip is None or _over(clip, house):
        raise BadRequest("That film is not here any more.")
    check(clip, event, house, hidden=not clip.seen_by(event.author, event.conversation.circle, now))
    return clip


def check(clip: Clip, event: ChatEvent, house: House, *, hidden: bool = False) -> None:
    """Raises NotAllowed, or BadRequest where the film is `hidden` from this person anyway."""
    if may_change(clip, event.author, house.rules):
        return
    if hidden:
        raise BadRequest("That film is not here any more.")
    raise NotAllowed(f"{clip.drive_path} is {clip.owner.name or 'somebody'}'s film; only they can change it.")


def _over(clip: Clip, house: House) -> bool:
    """Whether its time is over, though it was not swept yet."""
    now = house.clock.now()
    trashed = clip.trashed_at is not None and clip.trashed_at + TRASH_LIFETIME <= now
    return trashed or (clip.expires_at is not None and clip.expires_at <= now)
