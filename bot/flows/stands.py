"""Where a job stands in a chat: where it was asked for, and where its card is, which the chat may have had to put elsewhere."""

from bot.domain.chat import Conversation, MessageRef
from bot.domain.job import Job
from bot.ports.house import House


async def in_channel(job: Job, here: Conversation, house: House) -> bool:
    """Whether it was asked for in this channel, or its card is there."""
    if _channel(job.conversation) == _channel(here):
        return True
    card = await _card(job, house)
    return card is not None and _channel(card.conversation) == _channel(here)


async def under(job: Job, here: Conversation, house: House) -> bool:
    """Whether this thread hangs on the message that is its card."""
    card = await _card(job, house)
    return card is not None and card.id == here.thread and _channel(card.conversation) == _channel(here)


async def _card(job: Job, house: House) -> MessageRef | None:
    posting = await house.storage.cards.get(job.card_id)
    return posting.message if posting is not None else None


def _channel(place: Conversation) -> tuple[str, str, str]:
    return place.platform, place.workspace, place.channel
