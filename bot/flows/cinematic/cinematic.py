"""`cinematic`: an idea written as a prompt that films well, used as a wish, or told another way."""

import json
from dataclasses import replace
from datetime import timedelta

from bot.domain import camera
from bot.domain.card import Action, Card
from bot.domain.chat import Command, Message, Press
from bot.domain.errors import BadRequest
from bot.domain.job import reply_id
from bot.domain.request import Parsed, Setting, VideoRequest
from bot.flows.allowed import switched_on
from bot.flows.begin import Begun
from bot.flows.cinematic.asked import HOW, Asked, asked
from bot.flows.cinematic.kept import OVER, Kept, keep, line_of, of_card, pressed_on
from bot.flows.cinematic.page import page
from bot.flows.cinematic.uses import as_used
from bot.flows.cinematic.write import write
from bot.flows.decided import decided
from bot.flows.edit import changed
from bot.flows.show.form import form_values
from bot.flows.wish import waiting_id, wish
from bot.ports.house import House

REMEMBERED = timedelta(days=2)
"""For how long a press that comes once more is known."""
MOVED_ON = "The text was written anew after that card was shown. Look at the card as it is now, then press again."


async def cinematic(parsed: Parsed, event: Message | Command, house: House) -> Card:
    """The card with the prompt. The same event heard again gives the same text. Raises BadRequest."""
    card = reply_id(event.key)
    if (kept := await of_card(card, house)) is not None:
        return await _page(kept, house)
    rules = await decided(event.conversation, house.rules, house.storage.policies)
    switched_on(rules)
    idea = asked(parsed, house, rules)
    if idea is None:
        return Card(title="Tell me the idea", text=HOW)
    written = await write(idea.brief, house)
    kept = Kept(
        card=card,
        asker=event.author,
        place=event.conversation,
        line=line_of(event),
        attachments=event.attachments,
        text=written.text,
        shots=written.shots,
        note=written.note,
    )
    await keep(kept, house)
    return page(kept, idea, parsed)


async def rewrite(event: Press, house: House) -> None:
    """The same idea told another way, in the place of the text there is. Raises BadRequest."""
    kept = await pressed_on(event, house)
    if kept.pressed == event.key:
        return
    await _check_item(kept, event, house)
    switched_on(await decided(event.conversation, house.rules, house.storage.policies))
    idea = await _asked(kept, house)
    brief = replace(idea.brief, telling=kept.telling + 1)
    written = await write(brief, house)
    now = await pressed_on(event, house)
    if now.item != kept.item:  # somebody else had it written anew meanwhile
        return
    told = replace(
        kept, text=written.text, shots=written.shots, note=written.note, telling=brief.telling, pressed=event.key
    )
    await keep(told, house)
    await house.storage.cards.revise(kept.card, await _page(told, house))


async def use(event: Press, house: House) -> None:
    """A cost card for the prompt, with the person's own files and settings: the presser's wish, which waits for a Confirm like any other.

    The same press heard again makes nothing more, nor does another one of the same text while that still waits. Raises UserError.
    """
    noted = await house.storage.notes.get(_pressed(event))
    if noted is not None and await house.storage.jobs.get(noted) is not None:
        return
    kept = await pressed_on(event, house)
    await _check_item(kept, event, house)
    wanted = await _wanted(kept, event, house)
    id = noted or await _id(wanted, event, house)
    if noted is None:
        await house.storage.notes.put(_pressed(event), id, house.clock.now() + REMEMBERED)
    await wish(event, wanted, house, id=id)


async def _page(kept: Kept, house: House) -> Card:
    return page(kept, await _asked(kept, house), kept.parsed(house))


async def _asked(kept: Kept, house: House) -> Asked:
    """Raises BadRequest where a newer version of this bot reads no idea in it any more."""
    rules = await decided(kept.place, house.rules, house.storage.policies)
    idea = asked(kept.parsed(house), house, rules)
    if idea is None:
        raise BadRequest(OVER)
    return idea


async def _check_item(kept: Kept, event: Press, house: House) -> None:
    """Raises BadRequest where the button was about another text than the one there is; the card is then shown as it is."""
    if event.item not in {kept.item, kept.item_of_form}:
        await house.storage.cards.revise(kept.card, await _page(kept, house))
        raise BadRequest(MOVED_ON)


def _pressed(event: Press) -> str:
    return f"use:{event.key}"


async def _wanted(kept: Kept, event: Press, house: House) -> Parsed:
    """The wish: the text as it stands or as it was changed in the form, with the settings and files of the line.

    What is to be avoided stands in the text already.
    """
    parsed = kept.parsed(house)
    references = as_used(parsed.references, (await _asked(kept, house)).brief.uses)
    moves = camera.moves_in(kept.text)
    settings = replace(parsed.settings, negative=None, camera=Setting(moves) if moves else None)
    request = VideoRequest(prompt=kept.text, settings=settings, references=references)
    problems = parsed.problems
    filled = form_values(event.value) if event.value.strip() else {}
    prompt = event.value if filled is None else filled.get("prompt", kept.text)
    if prompt.replace("\r\n", "\n").strip() != kept.text:
        if not prompt.strip():
            raise BadRequest("The prompt is empty. Write what is to be seen.")
        request, more = changed(Begun(request, None), json.dumps({"prompt": prompt}), house)
        problems = (*problems, *more)
    return Parsed(
        verb=None,
        prompt=request.prompt,
        settings=request.settings,
        references=request.references,
        problems=tuple(dict.fromkeys(problems)),
    )


async def _id(wanted: Parsed, event: Press, house: House) -> str:
    """The same for the same text of the same person."""
    told = (Action.use, event.job, event.conversation, event.author.id, wanted.prompt, repr(wanted.settings))
    return await waiting_id(f"cinematic:{told!r}", house)
