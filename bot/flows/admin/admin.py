"""`admin`: shows and changes what holds for a workspace and its channels, for admins alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.card import Action, Card, Tone
from bot.domain.chat import Command, Conversation, Message, Person, Press
from bot.domain.errors import BadRequest, UserError
from bot.flows.admin import cards
from bot.flows.admin.change import Changed, change
from bot.flows.admin.matters import DEFAULTS, MODELS
from bot.flows.admin.values import Known
from bot.flows.admin.who import check_admin, who
from bot.flows.admin.words import Asked, Decision, Log, Show, Who, read
from bot.flows.decided import Decider, Layers, decided, layers
from bot.flows.show.form import form_values
from bot.ports.house import House

REMEMBERED = timedelta(days=2)
"""For how long a press that comes once more is known."""
OVER = "This card is not yours, or too old. Say “admin” for a new one. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Answer:
    """`changes` are what was decided, nothing where it was so already."""

    card: Card
    changes: tuple[Changed, ...] = ()


async def admin(text: str, event: Message | Command, house: House) -> Card:
    """What answers a line, for its author's eyes alone. Whoever may not is told so in it; raises Stale where another admin was faster."""
    try:
        await check_admin(event.author, event.conversation, house)
        return (await answer(text, event.conversation, event.author, house)).card
    except UserError as refused:
        return Card(title="That did not work", text=refused.say, tone=Tone.problem)


async def answer(text: str, place: Conversation, person: Person, house: House) -> Answer:
    """Does what an admin or the operator says. Raises BadRequest, and Stale where another was faster."""
    known = Known(house.catalogue, house.clock.now().date(), place.platform)
    asked = await asyncio.to_thread(read, text, known)  # a time zone is looked for on the disk
    return await _done(asked, place, person, house)


async def pressed(event: Press, house: House) -> None:
    """A button of the card, which becomes the card of what it did. The presser's rights are looked at each time.

    Raises UserError, and Stale where another admin was faster.
    """
    noted = f"admin:{event.key}"
    if await house.storage.notes.get(noted) is not None:
        return
    card = await _pressed_on(event, house)
    await check_admin(event.author, event.conversation, house)
    if event.item == "budget":
        done = await _done(_filled(event, card, house), event.conversation, event.author, house)
    else:
        done = await answer(event.item, event.conversation, event.author, house)
    shown = done.card
    if done.changes:
        holding = cards.holding(await _layers(event.conversation, house), _usual(event.conversation, house))
        shown = replace(holding, notes=(*(f"{one.name}: {one.value}" for one in shown.fields), *shown.notes, *holding.notes))  # fmt: skip
    await house.storage.notes.put(noted, event.item, house.clock.now() + REMEMBERED)
    await house.storage.cards.revise(event.job, replace(shown, job=event.job))


async def _pressed_on(event: Press, house: House) -> Card:
    """The card under the button, shown to this one person here. Raises BadRequest where it has no such button."""
    posting = await house.storage.cards.get(event.job)
    if posting is None or posting.card is None or posting.job is not None or posting.to is None:
        raise BadRequest(OVER)
    here, there, to = event.conversation, posting.conversation, posting.to
    same = (here.platform, here.workspace, here.channel) == (there.platform, there.workspace, there.channel)
    offered = any((one.action, one.item) == (Action.admin, event.item) for one in posting.card.buttons)
    if not same or to.id != event.author.id or not offered:
        raise BadRequest(OVER)
    return posting.card


def _filled(event: Press, card: Card, house: House) -> Sequence[Decision]:
    """What was changed in the form; what was left as it was offered is nobody's decision. Raises BadRequest."""
    filled, known = form_values(event.value) or {}, Known(house.catalogue, house.clock.now().date(), event.conversation.platform)  # fmt: skip
    form = next(button.form for button in card.buttons if button.item == event.item)
    said: list[Decision] = []
    for field in form:
        value = filled.get(field.name, field.value).strip()
        if value != field.value:
            asked = read(f"budget {field.name} {value or 'none'}", known)
            said += asked if isinstance(asked, tuple) else ()
    if not said:
        raise BadRequest("Nothing was filled in, so nothing was changed.")
    return tuple(said)


async def _done(asked: Asked | Sequence[Decision], place: Conversation, person: Person, house: House) -> Answer:
    match asked:
        case Show():
            return Answer(cards.holding(await _layers(place, house), _usual(place, house)))
        case Who():
            return Answer(await who(person, house))
        case Log(page):
            skip = (page - 1) * cards.PAGE
            where = (place.platform, place.workspace)
            lines = await house.storage.policies.changes(where, limit=cards.PAGE + 1, skip=skip)
            rules = await decided(place, house.rules, house.storage.policies)
            return Answer(cards.log(lines, page, place, rules.zone))
        case _:
            return await _decide(asked, place, person, house)


async def _decide(decisions: Sequence[Decision], place: Conversation, person: Person, house: House) -> Answer:
    done = await change(decisions, _usual(place, house), place, person, house)
    found = await _layers(place, house)
    card = cards.changed(done, found, _unusable(done, found, house))
    return Answer(card, tuple(one for one in done if one.was != one.now))


def _usual(place: Conversation, house: House) -> Decider:
    """Which place is meant where none is said: the channel, unless there is none or nobody else reads along."""
    platform = house.platforms.get(place.platform)
    alone = platform is not None and platform.alone
    return Decider.workspace if alone or not place.channel else Decider.channel


async def _layers(place: Conversation, house: House) -> Layers:
    return await layers(place, house.rules, house.storage.policies)


def _unusable(done: Sequence[Changed], found: Layers, house: House) -> Sequence[str]:
    """What of the models that were decided about cannot be used as it is."""
    rules, notes = found[-1][1], list[str]()
    usable = {model.id for model in house.catalogue.usable(house.clock.now().date())}
    if any(one.matter is MODELS for one in done) and rules.models is not None:
        if missing := sorted(rules.models - usable):
            notes.append(f"Not connected here, so it cannot be used yet: {', '.join(missing)}.")
        if not rules.models & usable:
            notes.append("No film can be made here until one of the models that are allowed is connected.")
    default = DEFAULTS["model"].holds(rules)
    if any(one.matter in {MODELS, DEFAULTS["model"]} for one in done) and default is not None:
        id = house.catalogue.names().get(default.lower(), default)
        if rules.models is not None and id not in rules.models:
            notes.append(
                f"The default model, {default}, is not one of those that are allowed here, so another is taken."
            )
    return notes
