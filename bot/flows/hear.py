"""What a message or a command leads to: an answer to a price, a verb's answer, or a new job with its cost card."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.card import Card, Field, Tone
from bot.domain.chat import Command, Message
from bot.domain.errors import BadRequest, UserError
from bot.domain.job import RUNNING, Job, State, job_id
from bot.domain.request import Parsed
from bot.domain.tips import HOW_TO, TIPS
from bot.flows.access import may_act
from bot.flows.cancel import cancel
from bot.flows.confirm import confirm, decline
from bot.flows.earlier import with_earlier
from bot.flows.models import models
from bot.flows.parse import hints, parse, verdict
from bot.flows.prepare import prepare
from bot.flows.race import settled
from bot.flows.status import status
from bot.ports.house import House

NOT_YET = "That is not built in yet."
RECENT = 50
STOPS = frozenset({"cancel", "stop", "stop it", "cancel it"})
CANCELLABLE = (State.awaiting_confirmation, *sorted(RUNNING))
_JOB_ID = re.compile(r"J-[A-Z0-9]+")


async def hear(event: Message | Command, house: House) -> None:
    """Answers with a card: the job's own, or one said once under the event's key. Never raises UserError."""
    try:
        card = await settled(lambda: _answer(event, house))
    except UserError as error:
        card = Card(title="That did not work", text=error.say, tone=Tone.problem)
    if card is not None:
        to = (
            event.author if isinstance(event, Command) else None
        )  # a command is seen by its author alone, and so is its answer
        await house.storage.cards.say(reply_id(event.key), event.conversation, card, to=to)


def concerns_us(message: Message) -> bool:
    """Whether a message may be for the bot: it was spoken to, or this could be an answer to a price."""
    return message.addressed or (not message.attachments and verdict(message.text) is not None)


def reply_id(key: str) -> str:
    """The id of the one card that answers an event."""
    return job_id(key).replace("J-", "S-", 1)


async def _answer(event: Message | Command, house: House) -> Card | None:
    if isinstance(event, Message):
        yes = verdict(event.text) if not event.attachments else None
        if yes is not None:
            return await _decide(event, house, yes=yes)
        if not event.addressed:
            return None
        text = event.text
    else:
        text = event.text if event.verb in {"", "make"} else f"/{event.verb} {event.text}"
    attachments, note = with_earlier(event)
    parsed = parse(text, attachments=attachments, names=house.catalogue.names())
    if parsed.verb is not None:
        return await _verb(parsed, event, house)
    if not parsed.prompt.strip() and not parsed.references and not parsed.problems:
        return Card(title="Tell me what to film", text=HOW_TO)
    await wish(event, parsed, house, note)
    return None


async def wish(event: Message | Command, parsed: Parsed, house: House, *notes: str) -> Job:
    """A new job, awaiting confirmation, with `notes` for its card. The same event heard again finds the job it made before."""
    id = job_id(event.key)
    if (known := await house.storage.jobs.get(id)) is not None:
        return known
    prepared = await prepare(parsed.request, event.conversation, event.author, house, parsed.problems)
    now = house.clock.now()
    job = Job(
        id=id,
        conversation=event.conversation,
        author=event.author,
        request=prepared.request,
        made_at=now,
        changed_at=now,
        choice=prepared.choice,
        quote=prepared.quote,
        problems=prepared.problems,
        hints=(*filter(None, notes), *hints(prepared.request.prompt, parsed.settings)),
        sheet=prepared.sheet,
        asked_at=now,
        next_step_at=now + timedelta(seconds=house.rules.confirm_seconds),
    )
    await house.storage.jobs.add(job)
    return job


async def _decide(event: Message, house: House, *, yes: bool) -> Card | None:
    """A typed yes or no is for the one price that it can mean; a typed stop also for the one film that runs."""
    near = await _near(event, house)
    if any(job.answered_with == event.key for job in near):
        return None  # heard again after a crash: it has its answer
    waiting = [job for job in near if job.state is State.awaiting_confirmation]
    mine = [job for job in waiting if job.author.id == event.author.id] or waiting
    if not event.addressed:
        mine = [job for job in mine if may_act(job, event.author, house.rules)]
    if not mine:
        return await _nothing_waits(event, house)
    if len(mine) > 1:
        raise BadRequest(f"{len(mine)} prices are waiting here. Press the button on the one you mean.")
    if not yes:
        await decline(mine[0], event.author, house)
    else:
        await _check_seen(mine[0], event, house)
        await confirm(mine[0], event.author, house, event.key)
    return None


async def _nothing_waits(event: Message, house: House) -> Card | None:
    if not event.addressed:
        return None
    if event.text.strip(" .!").lower() in STOPS:
        return await _cancel("", event, house)
    return Card(title="Nothing is waiting for an answer here", text=HOW_TO)


async def _near(event: Message, house: House) -> Sequence[Job]:
    """The jobs an answer may be about.

    Those of its conversation; where there are none, its author's under whose card it was written; and where it was said to the bot
    outside any such place, its author's in the same channel.
    """
    here = await house.storage.jobs.find(conversation=event.conversation, limit=RECENT)
    if here:
        return here
    place = event.conversation
    own = [
        job
        for job in await house.storage.jobs.find(author=event.author, limit=RECENT)
        if job.conversation.channel == place.channel
    ]
    under = [job for job in own if place.thread and await _shown_as(job, house) == place.thread]
    return under or (own if event.addressed else [])


async def _shown_as(job: Job, house: House) -> str:
    posting = await house.storage.cards.get(job.card_id)
    return posting.message.id if posting is not None and posting.message is not None else ""


async def _check_seen(job: Job, event: Message, house: House) -> None:
    """A yes is for a price that stood in the chat before it was written, never for one that came after."""
    posting = await house.storage.cards.get(job.card_id)
    shown = posting is not None and posting.shown >= job.asked_version
    if not shown or (event.at is not None and event.at < (job.asked_at or job.made_at)):
        raise BadRequest("That price came after you wrote your answer. Look at the card, then answer again.")


async def _verb(parsed: Parsed, event: Message | Command, house: House) -> Card:  # noqa: PLR0911 - one line for each verb
    match parsed.verb:
        case "help":
            return Card(title="How to ask for a film", text=HOW_TO)
        case "thanks":
            return Card(title="You are welcome", text="Write what you would like to see next.")
        case "tips":
            return Card(title="How to write a prompt", text=TIPS)
        case "models":
            return _models(house)
        case "status":
            return await status(parsed.prompt, event, house)
        case "cancel":
            return await _cancel(parsed.prompt, event, house)
        case _:
            return Card(title=f"{parsed.verb} is not here yet", text=NOT_YET, tone=Tone.problem)


def _models(house: House) -> Card:
    rows = models(house.catalogue, house.rules, house.clock.now().date())["models"]
    usable = [row for row in rows if row["connected"] and not row["retired"]]
    fields = tuple(
        Field(
            row["title"],
            f"{row['id']} · {row['seconds']['say']} · {', '.join(row['resolutions'])} · {row['price']['say']}",
        )
        for row in usable
    )
    others = len(rows) - len(usable)
    note = f"{others} more are known but not connected or retired; `clapper models` shows them all."
    return Card(title="What can be used here", fields=fields, notes=(note,) if others else ())


async def _cancel(wanted: str, event: Message | Command, house: House) -> Card:
    """Cancels the jobs named here, all of mine with `all`, or the only one there is."""
    jobs = await house.storage.jobs.find(conversation=event.conversation, states=CANCELLABLE)
    ids = set(_JOB_ID.findall(wanted.upper()))
    if ids:
        named = [job for job in jobs if job.id in ids]
    elif wanted.strip().lower() == "all":
        named = [job for job in jobs if job.author.id == event.author.id]
    else:
        named = list(jobs)
        if len(named) > 1:
            several = ", ".join(job.id for job in named)
            raise BadRequest(
                f"{len(named)} jobs are running here: {several}. Say “cancel” and the one you mean, or “cancel all”."
            )
    if not named:
        which = " and ".join(sorted(ids)) or "job of yours"
        raise BadRequest(f"No running {which} was found here. “status” lists what runs.")
    done = [await cancel(job, event.author, house) for job in named]
    return Card(title="; ".join(f"Job {job.id} is {job.state.value}" for job in done), tone=Tone.quiet)
