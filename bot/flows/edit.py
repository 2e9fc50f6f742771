"""Edit: the same job with a changed wish and a new price, in the same card."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.chat import Attachment, Person
from bot.domain.errors import BadRequest
from bot.domain.job import Job, State
from bot.domain.media import MediaKind
from bot.domain.request import Parsed, Reference, Settings, VideoRequest
from bot.flows.access import check_access
from bot.flows.allowed import switched_on
from bot.flows.decided import decided
from bot.flows.merge.change import change
from bot.flows.parse import hints, parse, uploads
from bot.flows.parse.tokens import split_token
from bot.flows.prepare import prepare, priced
from bot.flows.show.form import Asked, as_flags, form_values, unchanged, with_roles
from bot.ports.house import House


async def edit(job: Job, person: Person, value: str, house: House) -> Job:
    """`value` is a whole message, or a JSON object of the form's fields. Raises NotAllowed, BadRequest or Stale."""
    rules = await decided(job.conversation, house.rules, house.storage.policies)
    check_access(job, person, rules)
    if job.state is not State.awaiting_confirmation:
        raise BadRequest(f"Job {job.id} is past changing. Send a new request instead.")
    switched_on(rules)
    if not value.strip():
        raise BadRequest("Nothing was filled in, so nothing was changed. To have something else, send a new request.")
    if job.request.join is not None:
        return await change(job, person, value, house)
    request, problems = changed(job, value, house)
    prepared = await prepare(request, job.conversation, job.author, house, problems)
    edited = replace(priced(job, prepared, house), hints=hints(request.prompt, request.settings))
    await house.storage.jobs.save(edited)
    return edited


def changed(job: Asked, value: str, house: House) -> tuple[VideoRequest, tuple[str, ...]]:
    """The wish as edited, and what could not be understood in it.

    A prompt that nobody touched is not read again: what was story when it was written is story still.
    """
    before, filled = job.request, form_values(value)
    if filled is None:
        parsed = _read(value, uploads(before), house)
        return _with_known(parsed, before), parsed.problems
    flags = as_flags(filled, unchanged(job, filled))
    prompt = filled.get("prompt", before.prompt)
    if prompt == before.prompt:
        parsed = replace(_read(flags, (), house), prompt=prompt)
        settings = before.settings
    else:
        parsed = _read(f"{prompt} {flags}".strip(), _named(before.references), house)
        settings = replace(before.settings, camera=None)  # its movements stand in the prompt
    kept = replace(parsed.request, settings=_over(settings, parsed.settings), references=before.references)
    return with_roles(kept, filled), parsed.problems


def _read(text: str, attachments: Sequence[Attachment], house: House) -> Parsed:
    return parse(text, attachments=attachments, names=house.catalogue.names())


def _named(references: Sequence[Reference]) -> tuple[Attachment, ...]:
    """What stands for files that are in already, wherever they came from, so that a prompt may name them."""
    most: dict[MediaKind, int] = {}
    for one in references:
        most[one.kind] = max(most.get(one.kind, 0), split_token(one.token)[1])
    return tuple(
        Attachment(f"{kind}-{number}", mime=f"{kind}/*") for kind, last in most.items() for number in range(1, last + 1)
    )


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
