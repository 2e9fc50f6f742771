"""What is done with a film on the Drive by a button: shown, saved to the space, renamed, put in the trash and taken out again."""

from bot.domain.card import Action, Card
from bot.domain.chat import Press
from bot.domain.drive import Clip
from bot.domain.errors import BadRequest
from bot.domain.job import card_id
from bot.flows.drive.change import Changed, deleted, renamed, restored, saved
from bot.flows.drive.film import film_card, follow
from bot.flows.drive.rights import changeable
from bot.flows.library import relist
from bot.flows.show.form import form_values
from bot.flows.sight import seen
from bot.ports.house import House


async def drive(event: Press, house: House) -> None:
    """The film's card follows, and so does every other that shows it. Raises UserError."""
    if event.action == Action.film:
        clip = await seen(event.item, event, house)
        await _say(clip, event, house, await film_card(clip, event, house))
        return
    changed = await _change(event, house)
    if await follow(changed.clip, house, on=event.job, title=changed.title, notes=changed.notes):
        return
    if event.action == Action.restore and await relist(event.job, house):
        return
    card = await film_card(changed.clip, event, house, title=changed.title, notes=changed.notes)
    await house.storage.cards.say(card.job, event.conversation, card, to=event.author)


async def _change(event: Press, house: House) -> Changed:
    clip = await changeable(event.item, event, house)
    match event.action:
        case Action.rename:
            filled = form_values(event.value)
            wanted = filled.get("path", "") if filled is not None else event.value
            return await renamed(clip, wanted, event.key, house)
        case Action.save:
            return await saved(clip, event.key, house)
        case Action.delete:
            return await deleted(clip, house)
        case Action.restore:
            return await restored(clip, house)
        case _:
            raise BadRequest(f"There is no action {event.action!r}.")


async def _say(clip: Clip, event: Press, house: House, card: Card) -> None:
    """To all who see the list it was chosen from, where that and the film are for them; else to the presser alone."""
    posting = await house.storage.cards.get(card_id(event.job))
    public = posting is not None and posting.to is None and (clip.shared or clip.channel == event.conversation.circle)
    lasting = clip.trashed_at is None and clip.expires_at is None
    to = None if public and lasting else event.author
    await house.storage.cards.say(card.job, event.conversation, card, to=to)
