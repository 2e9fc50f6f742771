"""What a message or a command leads to: an answer to a price, a verb's answer, or a new job with its cost card."""

from dataclasses import dataclass, replace

from bot.domain.card import Card, Tone
from bot.domain.chat import Command, Message
from bot.domain.errors import NotAllowed, UserError
from bot.domain.job import reply_id
from bot.domain.request import Parsed
from bot.domain.tips import HOW_TO
from bot.flows.allowed import switched_on
from bot.flows.answer import answer
from bot.flows.decided import decided
from bot.flows.earlier import said, speaks_of, taken
from bot.flows.parse import parse, verdict
from bot.flows.race import settled
from bot.flows.read_freely import read_freely
from bot.flows.verb import verb
from bot.flows.wish import wish
from bot.ports.house import House


async def hear(event: Message | Command, house: House) -> None:
    """Answers with a card: the job's own, or one said once under the event's key. Never raises UserError."""
    # A command is seen by its author alone, and so is its answer; that somebody may not do a thing is no business of others either.
    private = isinstance(event, Command)
    try:
        reply = await settled(lambda: _answer(event, house))
    except UserError as error:
        reply = _Reply(
            Card(title="That did not work", text=error.say, tone=Tone.problem), private=isinstance(error, NotAllowed)
        )
    if (card := reply.card) is not None:
        to = event.author if private or reply.private else None
        if card.buttons:
            card = replace(card, job=reply_id(event.key))
        await house.storage.cards.say(reply_id(event.key), event.conversation, card, to=to)


@dataclass(frozen=True, slots=True)
class _Reply:
    """No card where a job's own is the answer; a `private` one is for the author alone."""

    card: Card | None = None
    private: bool = False


def concerns_us(message: Message) -> bool:
    """Whether a message may be for the bot: it was spoken to, or this could be an answer to a price."""
    return message.addressed or _verdict(message) is not None


async def _answer(event: Message | Command, house: House) -> _Reply:
    if isinstance(event, Message):
        if (yes := _verdict(event)) is not None:
            return _Reply(await answer(event, house, yes=yes))
        if not event.addressed:
            return _Reply()
    parsed, note = _understood(event, house)
    if parsed.verb is not None:
        return _Reply(await verb(parsed, event, house), private=parsed.verb == "admin")
    if not parsed.prompt.strip() and not parsed.references and not parsed.problems:
        return _Reply(Card(title="Tell me what to film", text=HOW_TO))
    switched_on(await decided(event.conversation, house.rules, house.storage.policies))
    await wish(event, await read_freely(parsed, event, house), house, note)
    return _Reply()


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
