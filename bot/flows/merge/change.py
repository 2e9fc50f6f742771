"""Edit: a draft with other films, in another order, or joined in another way."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from bot.domain.chat import Message, Person
from bot.domain.drive import in_trash
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.join import Fill, Format, Join
from bot.domain.media import Role
from bot.domain.request import Reference, VideoRequest
from bot.flows.merge.draft import is_open
from bot.flows.merge.films import chosen, of_clip
from bot.flows.merge.promise import faded, too_many
from bot.flows.merge.wish import how, how_of, looked_at, path_of, request_of, revised
from bot.flows.parse import parse
from bot.flows.parse.merging import read_merge
from bot.flows.show.form import form_values
from bot.ports.house import House

E = TypeVar("E", bound=StrEnum)


async def change(job: Job, person: Person, value: str, house: House) -> Job:
    """`value` is the form as filled, or a line as after `merge`. Raises BadRequest with every problem at once, and Stale."""
    if not is_open(job, house):
        raise BadRequest("This merge is not being put together any more. Begin a new one: “merge”.")
    filled = form_values(value)
    request = await (_told(job, person, value, house) if filled is None else _filled(job, filled, house))
    if wrong := faded(how_of(request)):
        raise BadRequest(wrong[0])
    edited = revised(job, await looked_at(request, job.author, house), "", house)
    await house.storage.jobs.save(edited)
    return edited


async def _told(job: Job, person: Person, line: str, house: House) -> VideoRequest:
    """What the line says, over what was there before; it needs to name films only where they change."""
    said = read_merge(parse(f"/merge {line.removeprefix('merge').strip()}").prompt)
    found = await chosen(said, (), Message("", job.conversation, person, line), house)
    if found.problems:
        raise BadRequest("\n".join(found.problems))
    films = found.films or job.request.of_role(Role.reference_video)
    sounds = found.sounds or job.request.of_role(Role.reference_audio)
    return request_of((*films, *sounds), how(said, how_of(job.request)), said.path or path_of(job.request))


async def _filled(job: Job, filled: Mapping[str, str], house: House) -> VideoRequest:
    there = {ref.source.value: ref for ref in job.request.references}
    films = job.request.of_role(Role.reference_video)
    if "films" in filled:
        ids = filled["films"].split()
        if wrong := too_many(len(ids)):
            raise BadRequest(wrong[0])
        films = [there.get(id) or await _film(id, job, house) for id in ids]
    sounds = job.request.of_role(Role.reference_audio)
    if sounds and filled.get("soundtrack", sounds[0].source.value) != sounds[0].source.value:
        sounds = ()
    path = filled.get("path", path_of(job.request)).strip()
    return request_of((*films, *sounds), _how(filled, how_of(job.request)), path)


async def _film(id: str, job: Job, house: House) -> Reference:
    """What a form names may be forged: only what its author may see here counts."""
    clip = await house.storage.clips.get(id)
    if clip is None or not clip.seen_by(job.author, job.conversation.circle, house.clock.now()):
        raise BadRequest(f"There is no film {id!r} that you can see here. “library” lists them.")
    if clip.trashed_at is not None:
        raise BadRequest(in_trash(clip))
    return of_clip(clip)


def _how(filled: Mapping[str, str], before: Join) -> Join:
    said = filled.get("fade", f"{before.fade_seconds:g}").strip()
    try:
        fade = float(said.lower().removesuffix("s").replace(",", ".") or 0)
    except ValueError:
        raise BadRequest(f"A cross-fade is a number of seconds such as 0.5, or 0 for cuts, not {said!r}.") from None
    return Join(
        format=_offered(Format, filled.get("format") or before.format),
        fill=_offered(Fill, filled.get("fill") or before.fill),
        fade_seconds=fade,
    )


def _offered(kind: type[E], value: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise BadRequest(f"A merge knows no {kind.__name__.lower()} {value!r}; there are {', '.join(kind)}.") from None
