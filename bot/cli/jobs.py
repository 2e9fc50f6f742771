"""`clapper status` and `clapper cancel`: the jobs of this bot, whoever asked and wherever."""

from collections.abc import Sequence
from dataclasses import replace
from getpass import getuser

from bot.app import opened
from bot.cli import documents, out
from bot.cli.interrupts import run
from bot.cli.ready import ready
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.flows.cancel import cancel as cancel_job
from bot.flows.race import settled
from bot.flows.show.words import shorten
from bot.flows.status import OPEN, line
from bot.ports.house import House
from config import Settings

MOST = 50


def status(id: str | None, *, every: bool, json: bool) -> int:
    jobs = run(_listed(ready(working=True), id, every=every))
    if json:
        out.document({"jobs": [documents.one_job(job) for job in jobs]})
    elif not jobs:
        out.say("Nothing is running.")
    else:
        rows = [(job.id, line(job), job.author.name or job.author.id, shorten(job.request.prompt, 60)) for job in jobs]
        out.table(("Job", "State", "For", "Prompt"), rows)
    return 0


def cancel(id: str, *, json: bool) -> int:
    """Raises BadRequest where there is no such job or nothing left to cancel."""
    job = run(_cancelled(ready(working=True), id))
    if json:
        out.document(documents.one_job(job))
    else:
        out.say(f"Job {job.id} is {job.state.value}.")
    return 0


async def _listed(settings: Settings, id: str | None, *, every: bool) -> Sequence[Job]:
    async with opened(settings, platforms=[]) as app:
        if id is not None:
            return [await _found(app.house, id)]
        return await app.house.storage.jobs.find(states=() if every else OPEN, limit=MOST)


async def _cancelled(settings: Settings, id: str) -> Job:
    """Who may use this shell may cancel anything; it is done in the author's right and said in the operator's name."""
    async with opened(settings, platforms=[]) as app:

        async def once() -> Job:
            job = await _found(app.house, id)
            return await cancel_job(job, replace(job.author, name=f"the operator ({login()})"), app.house)

        return await settled(once)


async def _found(house: House, id: str) -> Job:
    job = await house.storage.jobs.get(id.strip().upper())
    if job is None:
        raise BadRequest(f"There is no job {id!r}. `clapper status --all` lists them.")
    return job


def login() -> str:
    try:
        return getuser()
    except (OSError, KeyError):
        return "someone"
