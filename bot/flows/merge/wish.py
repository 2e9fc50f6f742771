"""A merge as a job: what it is made of, what it is called, and its start. It costs nothing, so the books never hear of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.chat import ChatEvent, Person
from bot.domain.drive import Clip
from bot.domain.job import Job, State
from bot.domain.join import FEWEST, MERGED, Format, Join
from bot.domain.media import Role
from bot.domain.model import Choice
from bot.domain.pricing import Quote, QuoteLine
from bot.domain.request import Reference, Setting, Settings, SourceKind, VideoRequest
from bot.flows.intake.intake import called
from bot.flows.line import in_line
from bot.flows.merge.films import numbered
from bot.flows.merge.promise import faded, length, too_many
from bot.flows.parse.merging import Merging
from bot.flows.room import full, in_space
from bot.flows.sheets import contact_sheet
from bot.ports.house import House

TITLE = "Merge"
FREE = QuoteLine("Free: joining films costs nothing", Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """A merge looked at: it can be started where `problems` is empty."""

    request: VideoRequest
    problems: tuple[str, ...]
    sheet: str


def path_of(request: VideoRequest) -> str:
    """Where it is to be saved, "" where nobody said."""
    path = request.settings.drive_path
    return path.value if path else ""


def request_of(references: Sequence[Reference], how: Join, path: str = "") -> VideoRequest:
    """The films and the sound in their order; `path` is where to save it on the Drive, "" for the usual place."""
    kept = numbered(references)
    sound = any(ref.role is Role.reference_audio for ref in kept)
    settings = Settings(drive_path=Setting(path)) if path else Settings()
    return VideoRequest(prompt=described(kept), settings=settings, references=kept, join=replace(how, soundtrack=sound))


def described(references: Sequence[Reference]) -> str:
    """`Merged from a.mp4, b.mp4`: what the film is known by in the library."""
    names = [called(ref) for ref in references if ref.role is Role.reference_video]
    return f"Merged from {', '.join(names)}" if names else "Merge"


async def looked_at(request: VideoRequest, person: Person, house: House) -> Wished:
    """Everything that is wrong with it at once, and its contact sheet."""
    films, how = request.of_role(Role.reference_video), how_of(request)
    lasting = [(called(ref), ref.media.seconds) for ref in films if ref.media]
    problems = [*too_many(len(films), len(request.of_role(Role.reference_audio))), *faded(how, lasting)]
    if len(films) < FEWEST:
        there = {0: "none is chosen yet", 1: "one is chosen"}[len(films)]
        problems.append(f"A merge takes at least {FEWEST} films; {there}. Add {'two' if not films else 'another'}.")
    if no_room := await full(person, house, shared=in_space(request)):
        problems.append(no_room)
    return Wished(request=request, problems=tuple(problems), sheet=await _sheet(films, house))


def how(said: Merging, before: Join | None = None) -> Join:
    """How the films are to be joined: what was said, else as `before`."""
    before = before or Join()
    fade = before.fade_seconds if said.fade_seconds is None else said.fade_seconds
    return Join(format=said.format or before.format, fill=said.fill or before.fill, fade_seconds=fade)


def how_of(request: VideoRequest) -> Join:
    """As the merge has it."""
    assert request.join is not None
    return request.join


def length_of(request: VideoRequest) -> float:
    """How long the whole will be, in seconds."""
    films = request.of_role(Role.reference_video)
    return length([ref.media.seconds for ref in films if ref.media], how_of(request))


def agree(request: VideoRequest) -> bool:
    """Whether the streams will probably be copied as they are: as far as sizes tell, and nothing is to be made of them."""
    how, films = how_of(request), request.of_role(Role.reference_video)
    sizes = {(ref.media.width, ref.media.height) for ref in films if ref.media}
    return how.format is Format.auto and not how.fade_seconds and not how.soundtrack and len(sizes) == 1


def drafted(id: str, event: ChatEvent, wished: Wished, house: House) -> Job:
    """A new merge of whoever asks, which waits for its Merge button."""
    now = house.clock.now()
    job = Job(
        id=id,
        conversation=event.conversation,
        author=event.author,
        request=wished.request,
        made_at=now,
        changed_at=now,
        answered_with=event.key,
    )
    return replace(job, **_asked(wished, now, house))


def revised(job: Job, wished: Wished, key: str, house: House) -> Job:
    """The draft with other films or settings: what was pressed on its older card counts no more."""
    now = house.clock.now()
    asked = _asked(wished, now, house)
    return job.move(
        job.state, now, request=wished.request, **asked, asked_version=job.version + 1, answered_with=key
    )  # fmt: skip


def started(job: Job, person: Person, key: str, house: House) -> Job:
    """The draft in line to be joined: nothing is reserved, as nothing is spent."""
    now = house.clock.now()
    return job.move(State.queued, now, **_begun(job, person, now, house), answered_with=key)


def begun(id: str, event: ChatEvent, wished: Wished, house: House) -> Job:
    """A new merge that waits for nobody."""
    job = drafted(id, event, wished, house)
    return replace(job, state=State.queued, **_begun(job, event.author, job.made_at, house))


def _begun(job: Job, person: Person, now: datetime, house: House) -> dict[str, object]:
    return {"confirmed_by": person, "confirmed_at": now, **in_line(job, house, now)}


def _asked(wished: Wished, now: datetime, house: House) -> dict[str, object]:
    request, stands = wished.request, timedelta(seconds=house.rules.confirm_seconds)
    return {
        "choice": Choice(model=MERGED, provider="", title=TITLE, task=request.task, settings=request.settings),
        "quote": Quote(credits=Decimal(0), lines=(FREE,), estimated=False, valid_until=now + stands),
        "problems": wished.problems,
        "sheet": wished.sheet,
        "asked_at": now,
        "next_step_at": now + stands,
    }


async def _sheet(films: Sequence[Reference], house: House) -> str:
    stills = []
    for number, ref in enumerate(films, 1):
        if key := await _still(ref, house):
            stills.append((key, f"{number} {called(ref)}", None))
    return await contact_sheet(stills, house)


async def _still(reference: Reference, house: House) -> str:
    if reference.source.kind is not SourceKind.clip:
        return reference.key
    clip: Clip | None = await house.storage.clips.get(reference.source.value)
    return (clip.poster or clip.key) if clip else ""
