"""What a message or a command leads to: an answer to a price, a verb's answer, or a new job with its cost card."""

from dataclasses import replace

from bot.domain.card import Card, Tone
from bot.domain.chat import Command, Message
from bot.domain.errors import UserError
from bot.domain.job import reply_id
from bot.domain.request import Parsed
from bot.domain.tips import HOW_TO
from bot.flows.answer import answer
from bot.flows.earlier import said, speaks_of, taken
from bot.flows.parse import parse, verdict
from bot.flows.race import settled
from bot.flows.read_freely import read_freely
from bot.flows.verb import verb
from bot.flows.wish import wish
from bot.ports.house import House


async def hear(event: Message | Command, house: House) -> None:
    """Answers with a card: the job's own, or one said once under the event's key. Never raises UserError."""
    try:
        card = await settled(lambda: _answer(event, house))
    except UserError as error:
        card = Card(title="That did not work", text=error.say, tone=Tone.problem)
    if card is not None:
        # A command is seen by its author alone, and so is its answer.
        to = event.author if isinstance(event, Command) else None
        if card.buttons:
            card = replace(card, job=reply_id(event.key))
        await house.storage.cards.say(reply_id(event.key), event.conversation, card, to=to)


def concerns_us(message: Message) -> bool:
    """Whether a message may be for the bot: it was spoken to, or this could be an answer to a price."""
    return message.addressed or _verdict(message) is not None


async def _answer(event: Message | Command, house: House) -> Card | None:
    if isinstance(event, Message):
        if (yes := _verdict(event)) is not None:
            return await answer(event, house, yes=yes)
        if not event.addressed:
            return None
    parsed, note = _understood(event, house)
    if parsed.verb is not None:
        return await verb(parsed, event, house)
    if not parsed.prompt.strip() and not parsed.references and not parsed.problems:
        return Card(title="Tell me what to film", text=HOW_TO)
    await wish(event, await read_freely(parsed, event, house), house, note)
    return None


def _verdict(message: Message) -> bool | None:
    """A typed yes or no; a message with files is a wish, whatever it says."""
    return None if message.attachments else verdict(message.text)


def _understood(event: Message | Command, house: House) -> tuple[Parsed, str]:
    """The event as parsed, and a sentence for its card where files from earlier in its thread are part of it."""
    text = event.text
    if isinstance(event, Command) and event.verb not in {"", "make"}:
        text = f"/{event.verb} {text}"
    names = house.catalogue.names()
    parsed = parse(text, attachments=event.attachments, names=names)
    before = taken(event)
    named = parsed.verb is not None or parsed.references  # an address or the last clip are files of its own too
    if not before or named or (parsed.prompt.strip() and not speaks_of(text)):
        return parsed, ""
    return parse(text, attachments=before, names=names), said(before)
