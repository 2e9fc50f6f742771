"""What a film was made from."""

from bot.domain.chat import ChatEvent
from bot.domain.drive import Clip
from bot.domain.job import Job
from bot.flows.status import may_read
from bot.ports.house import House


async def origin(clip: Clip, event: ChatEvent, house: House) -> Job | None:
    """The job that a film was made by: of a batch, the one that people see.

    None where it is gone, or was made from somebody's files in a channel that this person is not in: a film that is everybody's does not
    make its inputs so.
    """
    job = await house.storage.jobs.get(clip.job)
    if job is None or (job.author.platform, job.author.workspace) != (event.author.platform, event.author.workspace):
        return None
    return job if may_read(job, event) or not job.request.references else None
