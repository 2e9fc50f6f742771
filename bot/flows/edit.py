"""Edit: the same job with a changed wish and a new price, in the same card."""

from dataclasses import replace

from bot.domain.chat import Person
from bot.domain.errors import BadRequest
from bot.domain.job import Job, State
from bot.domain.request import Parsed, Settings, VideoRequest
from bot.flows.access import check_access
from bot.flows.parse import hints, parse, uploads
from bot.flows.prepare import prepare, priced
from bot.flows.show.form import as_flags, form_values, unchanged, with_roles
from bot.ports.house import House


async def edit(job: Job, person: Person, value: str, house: House) -> Job:
    """`value` is a whole message, or a JSON object of the form's fields. Raises NotAllowed, BadRequest or Stale."""
    check_access(job, person, house.rules)
    if job.state is not State.awaiting_confirmation:
        raise BadRequest(f"Job {job.id} is past changing. Send a new request instead.")
    request, problems = changed(job, value, house)
    prepared = await prepare(request, job.conversation, job.author, house, problems)
    edited = replace(priced(job, prepared, house), hints=hints(request.prompt, request.settings))
    await house.storage.jobs.save(edited)
    return edited


def changed(job: Job, value: str, house: House) -> tuple[VideoRequest, tuple[str, ...]]:
    """The wish as edited, and what could not be understood in it."""
    filled = form_values(value)
    if filled is None:
        parsed = _read(value, job, house)
        return _with_known(parsed, job.request), parsed.problems
    same = unchanged(job, filled)
    prompt = filled.get("prompt", job.request.prompt)
    parsed = _read(f"{prompt} {as_flags(filled, same)}".strip(), job, house)
    kept = replace(
        parsed.request, settings=_over(job.request.settings, parsed.settings), references=job.request.references
    )
    return with_roles(kept, filled), parsed.problems


def _read(text: str, job: Job, house: House) -> Parsed:
    return parse(text, attachments=uploads(job.request), names=house.catalogue.names())


def _with_known(parsed: Parsed, before: VideoRequest) -> VideoRequest:
    """Files that were there before are not taken in again; those that the new text does not repeat stay."""
    known = {ref.source: ref for ref in before.references}
    fresh = [
        replace(known[ref.source], token=ref.token, role=ref.role, role_origin=ref.role_origin)
        if ref.source in known
        else ref
        for ref in parsed.references
    ]
    named = {ref.source for ref in fresh}
    missing = [ref for ref in before.references if ref.source not in named]
    return replace(parsed.request, references=(*fresh, *missing))


def _over(before: Settings, said: Settings) -> Settings:
    """What was said before, with what is said now on top."""
    return replace(before, **dict(said.items()))
