"""The draft of a merge: films are put in, moved and left out by buttons, until somebody presses Merge."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.card import Action, Card, Tone
from bot.domain.chat import ChatEvent, Command, Message, Press
from bot.domain.drive import Clip, in_trash
from bot.domain.errors import BadRequest, Stale
from bot.domain.job import Job, State, job_id, reply_id
from bot.domain.join import MOST, Join
from bot.domain.media import Role
from bot.domain.request import Reference, Source, SourceKind, VideoRequest
from bot.flows.access import check_access
from bot.flows.allowed import switched_on
from bot.flows.decided import decided
from bot.flows.merge.films import Chosen, of_clip
from bot.flows.merge.wish import drafted, how, how_of, looked_at, path_of, request_of, revised
from bot.flows.parse.merging import Merging
from bot.flows.sight import seen
from bot.ports.house import House

KEPT = timedelta(days=30)
MOVED_ON = "The films changed after that card was shown. Look at the card as it is now, then press again."
CARRIED = "Its films went on in a newer card."


async def arrange(event: Press, house: House) -> None:
    """Add to merge, Up, Down and Leave out. Raises UserError, and Stale where somebody was faster."""
    switched_on(await decided(event.conversation, house.rules, house.storage.policies))
    if event.action == Action.add_to_merge:
        await _add(event, house)
    else:
        await _move(event, house)


async def opened(said: Merging, found: Chosen, event: Message | Command, house: House) -> None:
    """A draft here with what the line named; the films of one that waits elsewhere in this channel go on in it. Raises Stale."""
    place = await _place(event, house)
    if place.job is not None and place.job.answered_with != event.key:
        now = house.clock.now()
        closing = place.job.move(State.declined, now, next_step_at=None, answered_with=event.key, hints=(CARRIED,))
        await house.storage.jobs.save(closing)
        place = replace(place, number=place.number + 1, job=None, before=closing)
    if place.job is None:
        await _new(place, _carried(said, found, place.before, event), event, house)


def is_open(job: Job | None, house: House) -> bool:
    """Whether it is a merge that still waits for its Merge button."""
    if job is None or job.request.join is None or job.state is not State.awaiting_confirmation:
        return False
    return job.quote is not None and house.clock.now() < job.quote.valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a person's draft in a channel is: `job` waits, or would be the `number`-th there; `before` is the one that was last."""

    key: str
    number: int
    job: Job | None
    before: Job | None

    @property
    def id(self) -> str:
        return _id(self.key, self.number)


async def _place(event: ChatEvent, house: House) -> _Place:
    """Drafts are counted, so that two who open one at the same moment open the same."""
    where, who = event.conversation, event.author.id
    key = f"merge:{json.dumps((where.platform, where.workspace, where.channel, who))}"
    number, before = int(await house.storage.notes.get(key) or "1"), None
    while (job := await house.storage.jobs.get(_id(key, number))) is not None:
        if is_open(job, house):
            return _Place(key=key, number=number, job=job, before=None)
        number, before = number + 1, job
    return _Place(key=key, number=number, job=None, before=before)


def _id(key: str, number: int) -> str:
    return job_id(f"{key}:{number}")


async def _new(place: _Place, request: VideoRequest, event: ChatEvent, house: House) -> None:
    wished = await looked_at(request, event.author, house)
    if not await house.storage.jobs.add(drafted(place.id, event, wished, house)):
        raise Stale(f"merge {place.id} was opened by somebody else")
    await house.storage.notes.put(place.key, str(place.number), house.clock.now() + KEPT)


async def _revise(job: Job, references: Sequence[Reference], key: str, house: House) -> None:
    request = request_of(references, how_of(job.request), path_of(job.request))
    await house.storage.jobs.save(revised(job, await looked_at(request, job.author, house), key, house))


def _carried(said: Merging, found: Chosen, before: Job | None, event: ChatEvent) -> VideoRequest:
    """What was named now, after the films of the draft that this very event closed."""
    if before is None or before.answered_with != event.key or before.state is not State.declined:
        return request_of(found.references, how(said), said.path)
    films, there = list(before.request.of_role(Role.reference_video)), _sources(before.request.references)
    films += [ref for ref in found.films if ref.source not in there]
    sounds = found.sounds or before.request.of_role(Role.reference_audio)
    return request_of((*films, *sounds), how(said, how_of(before.request)), said.path or path_of(before.request))


def _sources(references: Sequence[Reference]) -> set[Source]:
    return {ref.source for ref in references}


async def _add(event: Press, house: House) -> None:
    clip = await seen(event.item, event, house)
    if clip.trashed_at is not None:
        raise BadRequest(in_trash(clip))
    pressed = await house.storage.jobs.get(event.job)
    place = await _place(event, house)
    job = pressed if is_open(pressed, house) and pressed is not None and _same_space(pressed, event) else place.job
    if job is None:
        await _new(place, request_of((of_clip(clip),), Join()), event, house)
        return
    check_access(job, event.author, await decided(job.conversation, house.rules, house.storage.policies))
    _check_for(job, clip, house)
    if job.answered_with != event.key:
        _check_room(job, clip)
        await _revise(job, (*_films(job), of_clip(clip), *_sounds(job)), event.key, house)
    await _tell_elsewhere(job, clip, event, house)


def _check_for(job: Job, clip: Clip, house: House) -> None:
    """Raises BadRequest where the film is not for who began the merge to see, or not where its card stands."""
    if not clip.seen_by(job.author, job.conversation.circle, house.clock.now()):
        who = job.author.name or "whoever began this merge"
        raise BadRequest(f"{clip.heading} is not there for {who} to see where this merge is put together.")


def _check_room(job: Job, clip: Clip) -> None:
    """A film is put in once by its button: the form and the line take it as often as one likes."""
    films = _films(job)
    places = [number for number, ref in enumerate(films, 1) if (ref.source.kind, ref.source.value) == (SourceKind.clip, clip.id)]  # fmt: skip
    if places:
        raise BadRequest(f"{clip.heading} is film {places[0]} of this merge already. To have it in twice, press Edit.")
    if len(films) >= MOST:
        raise BadRequest(f"A merge takes at most {MOST} films, and this one has {len(films)}. Leave one out first.")


async def _tell_elsewhere(job: Job, clip: Clip, event: Press, house: House) -> None:
    """Who pressed in another thread than the draft's does not see its card change."""
    if job.conversation == event.conversation:
        return
    fresh = await house.storage.jobs.get(job.id) or job
    count = len(_films(fresh))
    card = Card(
        title=f"{clip.heading} is in your merge",
        text=f"It has {count} film{'s' if count != 1 else ''} now. Its card stands where you began it; say “merge” to have it here.",
        tone=Tone.done,
    )
    await house.storage.cards.say(reply_id(event.key), event.conversation, card, to=event.author)


async def _move(event: Press, house: House) -> None:
    job = await house.storage.jobs.get(event.job)
    if job is None or job.request.join is None or not _same_space(job, event):
        raise BadRequest(f"There is no merge {event.job} here.")
    check_access(job, event.author, await decided(job.conversation, house.rules, house.storage.policies))
    if job.answered_with == event.key:
        return
    if not is_open(job, house):
        raise BadRequest("This merge is not being put together any more. Begin a new one: “merge”.")
    if event.revision is not None and event.revision < job.asked_version:
        raise BadRequest(MOVED_ON)
    films = _arranged(list(_films(job)), event)
    await _revise(job, (*films, *_sounds(job)), event.key, house)


def _arranged(films: list[Reference], event: Press) -> list[Reference]:
    """The films after the press; `item` is the place of the film it is about, from 1. Raises BadRequest where there is none."""
    place = next((at for at in range(len(films)) if event.item == f"{at + 1}"), None)
    if place is None:
        raise BadRequest(MOVED_ON)
    film = films.pop(place)
    if event.action == Action.leave_out:
        return films
    films.insert(max(0, place + (-1 if event.action == Action.up else 1)), film)
    return films


def _films(job: Job) -> tuple[Reference, ...]:
    return job.request.of_role(Role.reference_video)


def _sounds(job: Job) -> tuple[Reference, ...]:
    return job.request.of_role(Role.reference_audio)


def _same_space(job: Job, event: ChatEvent) -> bool:
    here, there = event.conversation, job.conversation
    return (here.platform, here.workspace) == (there.platform, there.workspace)
