"""A wish becomes a job with a price, which waits for its Confirm."""

from datetime import timedelta
from itertools import count

from bot.domain.chat import ChatEvent
from bot.domain.job import Job, Parent, State, job_id
from bot.domain.request import Parsed
from bot.flows.allowed import switched_on
from bot.flows.decided import decided
from bot.flows.parse import hints
from bot.flows.prepare import prepare
from bot.ports.house import House


async def wish(
    event: ChatEvent, parsed: Parsed, house: House, *notes: str, parent: Parent | None = None, id: str = ""
) -> Job:
    """A new job, awaiting confirmation, with `notes` for its card. The same event heard again finds the job it made before.

    `id` is there where the job is not the event's own, but one that other events may ask for too. Raises NotAllowed where films are
    switched off.
    """
    id = id or job_id(event.key)
    if (known := await house.storage.jobs.get(id)) is not None:
        return known
    switched_on(await decided(event.conversation, house.rules, house.storage.policies))
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
        parent=parent,
        asked_at=now,
        next_step_at=now + timedelta(seconds=house.rules.confirm_seconds),
    )
    await house.storage.jobs.add(job)
    return job


async def waiting_id(told: str, house: House) -> str:
    """The id of the job for whatever is `told`: the same for all who ask for the same, until that was answered or changed.

    So two presses at the same moment, even on two machines, are one job.
    """
    for number in count():
        id = job_id(f"{number}:{told}")
        job = await house.storage.jobs.get(id)
        if job is None or _waits(job, house):
            return id
    raise AssertionError("there is always another number")


def _waits(job: Job, house: House) -> bool:
    """Whether it still waits for its answer, as it was asked."""
    asked = job.state is State.awaiting_confirmation and job.asked_version == 1
    return asked and job.next_step_at is not None and job.next_step_at > house.clock.now()
