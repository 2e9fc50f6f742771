"""From a film to the next wish: again, varied, continued, extended, or with the film as a reference."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.card import Action
from bot.domain.chat import Press
from bot.domain.drive import Clip, in_trash
from bot.domain.errors import BadRequest
from bot.domain.job import Job, Parent
from bot.domain.model import Model
from bot.domain.request import Origin, Parsed, Reference, Setting, Source, SourceKind, VideoRequest
from bot.flows.access import is_author
from bot.flows.begin import FILM, Begun, begun, continued, merged, pinned, referred, story
from bot.flows.edit import changed
from bot.flows.intake.intake import asset_id, called
from bot.flows.origin import origin
from bot.flows.parse.sources import LAST
from bot.flows.show.form import form_values
from bot.flows.sight import seen
from bot.flows.wish import waiting_id, wish
from bot.ports.house import House

KEPT = timedelta(days=2)
"""For how long a press that comes once more is known."""
LARGEST_FRESH_SEED = 2**31 - 1
"""Some models take no larger one."""
ELSE = "Continue it, or use it as a reference."
GONE = f"What this film was made from is not here any more, or is not yours to see. {ELSE}"
JOINED = f"This film was merged from others, so there is no prompt to film. {ELSE}"
NONE_LEFT = "None of these films is here any more."


@dataclass(frozen=True, slots=True)
class _Film:
    """The film that was pressed under, and the job it came from, None where that is not to be read; `all` its films where none is named."""

    clip: Clip
    job: Job | None
    all: bool = False


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is wanted, before it is prepared; `note` says what had to differ. `fresh` asks for another seed."""

    request: VideoRequest
    problems: tuple[str, ...] = ()
    note: str = ""
    fresh: bool = False


async def onward(event: Press, house: House) -> None:
    """A new cost card that names its parent: the presser's own wish, which waits for a Confirm like any other. Raises UserError.

    The same press heard again makes nothing more, nor does another one that asks for the same while that still waits.
    """
    place = f"onward:{event.key}"
    noted = await house.storage.notes.get(place)
    if noted is not None and await house.storage.jobs.get(noted) is not None:
        return
    how = Action(event.action)
    film = await _film(event, house)
    wanted = _wanted(how, film, event.value, house)
    id = noted or await _id(wanted, film, event, house)
    if noted is None:
        await house.storage.notes.put(place, id, house.clock.now() + KEPT)
    request = _reseeded(wanted.request, id) if wanted.fresh else wanted.request
    request = _lasting(request, film.job, event)
    parsed = Parsed(
        verb=None,
        prompt=request.prompt,
        settings=request.settings,
        references=request.references,
        problems=wanted.problems,
    )
    parent = Parent(film.clip.id, film.clip.drive_path, how)
    await wish(event, parsed, house, wanted.note, parent=parent, id=id)


async def _film(event: Press, house: House) -> _Film:
    """Raises BadRequest where it is not there for this person, or in the trash."""
    if not event.item and event.action == Action.again:
        return await _any_of_all(event, house)
    clip = await seen(event.item, event, house)
    if clip.trashed_at is not None:
        raise BadRequest(in_trash(clip))
    return _Film(clip, await origin(clip, event, house))


async def _any_of_all(event: Press, house: House) -> _Film:
    """All the films of a job again: as long as one of them is there."""
    job = await house.storage.jobs.get(event.job)
    for made in job.result.clips if job is not None and job.result is not None else ():
        try:
            clip = await seen(made.id, event, house)
        except BadRequest:
            continue
        source = await origin(clip, event, house)
        if clip.trashed_at is None and source is not None and source.id == event.job:
            return _Film(clip, source, all=True)
    raise BadRequest(NONE_LEFT)


def _wanted(how: Action, film: _Film, value: str, house: House) -> _Wish:
    """Raises BadRequest where there is nothing to film again or to carry on."""
    clip, job = film.clip, film.job
    if how is not Action.continue_ and how is not Action.reference and merged(clip, job):
        raise BadRequest(JOINED)
    match how:
        case Action.again:
            return _again(film, house)
        case Action.variation:
            if job is None:
                raise BadRequest(GONE)
            return _filled(begun(how, clip, job), value, house)
        case Action.continue_:
            return _continued(film, house)
        case Action.extend:
            return _extended(film, value, house)
        case _:
            return _referred(film, value, house)


def _again(film: _Film, house: House) -> _Wish:
    """The same wish with another seed, where there was one or the model takes one."""
    job = film.job
    if job is None or job.choice is None:
        raise BadRequest(GONE)
    request = job.request if film.all else begun(Action.again, film.clip, job).request
    model = house.catalogue.get(job.choice.model)
    fresh = job.request.settings.seed is not None or (model is not None and "seed" in model.honours)
    settings = replace(pinned(request.settings, job.choice), seed=None)
    return _Wish(replace(request, settings=settings), fresh=fresh)


def _filled(start: Begun, value: str, house: House) -> _Wish:
    """The wish as the form was filled in; words alone are a prompt."""
    if not value.strip():
        return _Wish(start.request)
    filled = form_values(value)
    request, problems = changed(start, json.dumps({"prompt": value} if filled is None else dict(filled)), house)
    return _Wish(request, problems)


def _continued(film: _Film, house: House) -> _Wish:
    model = house.catalogue.get(film.job.choice.model) if film.job and film.job.choice else None
    request, left = continued(film.clip, film.job, model)
    return _Wish(request, note=_without(left, f"this film begins with the last frame of {film.clip.name}"))


def _extended(film: _Film, value: str, house: House) -> _Wish:
    start = begun(Action.extend, film.clip, film.job)
    wanted = _filled(start, value, house)
    told = story(wanted.request.prompt).strip()
    request = replace(
        wanted.request,
        prompt=f"Extend {FILM}: {told}" if told else f"Extend {FILM}",
        references=start.request.references,
    )
    left = film.job.request.references if film.job else ()
    return replace(wanted, request=request, note=_without(left, f"{film.clip.name} itself is carried on"))


def _referred(film: _Film, value: str, house: House) -> _Wish:
    start = begun(Action.reference, film.clip, film.job)
    wanted = _filled(start, value, house)
    request = replace(wanted.request, references=start.request.references)
    model = _model(request, house)
    given = referred(request, film.clip, model, house.rules)
    if given is request or model is None:
        return replace(wanted, request=request)
    role = given.references[0].role.value.replace("_", " ")
    note = f"{model.title} is not given {film.clip.name} itself but its last frame, as the {role}."
    return replace(wanted, request=given, note=note)


def _model(request: VideoRequest, house: House) -> Model | None:
    """The one that was named."""
    said = request.settings.model
    id = house.catalogue.names().get(said.value.strip().lower()) if said else None
    return house.catalogue.get(id) if id else None


def _without(left: Sequence[Reference], because: str) -> str:
    """What became of files that the first film was made with."""
    names = ", ".join(f"{one.token} ({called(one)})" for one in left)
    return f"Without {names}: {because}." if names else ""


async def _id(wanted: _Wish, film: _Film, event: Press, house: House) -> str:
    """The same for the same wish of the same person from the same film."""
    here, who, request = event.conversation, event.author, wanted.request
    settings = [(name, repr(setting)) for name, setting in request.settings.items()]
    files = [(one.token, one.role, one.source.kind, one.source.value) for one in request.references]
    told = (event.action, film.clip.id, film.all, here, who.id, request.prompt, settings, files, wanted.problems)
    return await waiting_id(f"onward:{told!r}", house)


def _reseeded(request: VideoRequest, id: str) -> VideoRequest:
    """With a seed of this job's own: prepared twice, it is the same."""
    seed = int.from_bytes(hashlib.sha256(id.encode()).digest()[:4]) & LARGEST_FRESH_SEED
    return replace(request, settings=replace(request.settings, seed=Setting(seed, Origin.default)))


def _lasting(request: VideoRequest, job: Job | None, event: Press) -> VideoRequest:
    """With sources that mean the same file to this person and today, should it have to be brought anew."""
    own = job is None or is_author(job, event.author)
    return replace(request, references=tuple(_same(one, event, own=own) for one in request.references))


def _same(reference: Reference, event: Press, *, own: bool) -> Reference:
    source, media = reference.source, reference.media
    newest = source.kind is SourceKind.clip and source.value == LAST
    if media is None or not (newest or (source.kind is SourceKind.drive and not own)):
        return reference
    name = source.name or source.value.rsplit("/", 1)[-1]
    kept = Source(SourceKind.asset, asset_id(event.author, media.sha256), name, source.mime)
    return replace(reference, source=kept)
