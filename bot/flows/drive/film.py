"""A film's own card: it plays, says what it is and where, and has a button for all that can follow."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.card import Action, Button, Card, Field, FieldKind, FormField, Style, film_media
from bot.domain.chat import ChatEvent, Conversation, Person, Press
from bot.domain.drive import TRASH_LIFETIME, Clip
from bot.domain.errors import Stale
from bot.domain.job import Job, call_number, reply_id
from bot.domain.units import size_text
from bot.flows.decided import decided
from bot.flows.drive.rights import may_change
from bot.flows.origin import origin
from bot.flows.race import MOST_RACES
from bot.flows.show.films import film_buttons, offers
from bot.flows.show.words import kept_until, seconds, shorten
from bot.ports.house import House

FOLLOWED = timedelta(days=7)
MOST_FOLLOWED = 10
LONGEST_ALT = 120
HIDDEN = "That film is not here any more"


async def film_card(
    clip: Clip, event: ChatEvent, house: House, *, title: str = "", notes: tuple[str, ...] = ()
) -> Card:
    """The card of this film for this person, which answers the event and shows the film as it is from now on."""
    card = reply_id(event.key)
    await _note(clip, event, card, house)
    return await _drawn(clip, event, house, card, _Told(title, notes))


async def follow(clip: Clip, house: House, *, on: str = "", title: str = "", notes: tuple[str, ...] = ()) -> bool:
    """Every card that shows this film shows it as it is now: its job's, and its own ones, where it is still for those who see them.

    The one of the id `on` says what was done; False where that is none of them.
    """
    await _job_card(clip, house)
    noted = await _noted(clip, house)
    for card, event in noted.items():
        if card == on or await _still_for(clip, event, card, house):
            told = _Told(title, notes) if card == on else _Told()
            shown = await _drawn(clip, event, house, card, told)
        else:
            shown = Card(title=HIDDEN, job=card)
        await house.storage.cards.revise(card, shown)
    return on in noted


async def _still_for(clip: Clip, event: ChatEvent, card: str, house: House) -> bool:
    """Whether the film is for whoever sees this card: for one person, or for all who are there."""
    posting, here = await house.storage.cards.get(card), event.conversation.circle
    if posting is None or posting.to is not None:
        mine = may_change(clip, event.author, house.rules)
        return mine or clip.seen_by(event.author, here, house.clock.now())
    return clip.shared or clip.channel == here


@dataclass(frozen=True, slots=True)
class _Told:
    title: str = ""
    notes: tuple[str, ...] = ()


async def _drawn(clip: Clip, event: ChatEvent, house: House, card: str, told: _Told) -> Card:
    job = await origin(clip, event, house)
    gone = clip.trashed_at is not None
    return Card(
        title=told.title or (f"{clip.name}, in the trash" if gone else clip.name),
        text=clip.prompt,
        fields=_fields(clip, job),
        notes=told.notes,
        media=() if gone else (film_media(clip, shorten(clip.prompt, LONGEST_ALT)),),
        buttons=await _buttons(clip, job, event, house),
        job=card,
    )


async def _buttons(clip: Clip, job: Job | None, event: ChatEvent, house: House) -> tuple[Button, ...]:
    mine = may_change(clip, event.author, house.rules)
    if clip.trashed_at is not None:
        return (Button(Action.restore, "Restore", Style.primary, item=clip.id),) if mine else ()
    rules = await decided(event.conversation, house.rules, house.storage.policies)
    onward = film_buttons(clip, job, offers(house.catalogue, rules, house.clock.now().date()))
    if not mine:
        return tuple(button for button in onward if button.action is not Action.save)
    path = FormField("path", "Path on the Drive", FieldKind.line, clip.drive_path)
    hours = round(TRASH_LIFETIME.total_seconds() / 3600)
    question = f"Put {shorten(clip.name, 60)} in the trash? It can be restored for {hours} hours."
    return (
        *onward,
        Button(Action.rename, "Rename", item=clip.id, form=(path,)),
        Button(Action.delete, "Delete", Style.danger, confirm=question, item=clip.id),
    )


def _fields(clip: Clip, job: Job | None) -> tuple[Field, ...]:
    made = f"{clip.made_at.day} {clip.made_at:%b %Y, %H:%M} UTC by {clip.owner.name or 'somebody'}"
    rows = (
        ("Film", clip.drive_path),
        ("Model", clip.title or clip.model),
        ("Length", seconds(round(clip.seconds, 2))),
        ("Size", f"{clip.width} × {clip.height}, {size_text(clip.bytes)}"),
        ("Seed", _seed(clip, job)),
        ("Made", made),
        ("Kept", kept_until(clip).removeprefix("kept ")),
        ("Id", clip.id),
        ("Job", clip.job),
    )
    return tuple(Field(name, value) for name, value in rows if value)


def _seed(clip: Clip, job: Job | None) -> str:
    result = job.result if job else None
    if result is None:
        return ""
    if result.seed is not None:
        return str(result.seed + call_number(clip.id) - 1)
    seeds = zip(result.clips, result.seeds, strict=False)
    return next((str(seed) for one, seed in seeds if one.id == clip.id), "")


async def _job_card(clip: Clip, house: House) -> None:
    """A job that is over shows its films as they are; it came to its end when it did."""
    for _ in range(MOST_RACES):
        job = await house.storage.jobs.get(clip.job)
        if job is None or not job.ended:
            return
        try:
            anew = replace(job.move(job.state, house.clock.now()), changed_at=job.changed_at)
            await house.storage.jobs.save(anew)
        except Stale:
            continue
        return


async def _note(clip: Clip, event: ChatEvent, card: str, house: House) -> None:
    """Who sees the film on which card: the last few of them follow it."""
    person, place = event.author, event.conversation
    noted = json.loads(await house.storage.notes.get(_key(clip)) or "{}")
    noted.pop(card, None)
    noted[card] = [
        [person.platform, person.workspace, person.id, person.name],
        [place.platform, place.workspace, place.channel, place.thread],
    ]
    last = dict(list(noted.items())[-MOST_FOLLOWED:])
    await house.storage.notes.put(_key(clip), json.dumps(last), house.clock.now() + FOLLOWED)


async def _noted(clip: Clip, house: House) -> dict[str, Press]:
    """Each card with a press that stands for whoever looks at it."""
    noted = json.loads(await house.storage.notes.get(_key(clip)) or "{}")
    return {
        card: Press(card, Conversation(*place), Person(*person), Action.film, card, item=clip.id)
        for card, (person, place) in noted.items()
    }


def _key(clip: Clip) -> str:
    return f"film:{clip.id}"
