"""Which films a merge is of: words and ids made into references, every problem at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.domain.chat import Command, Message
from bot.domain.drive import Clip, Wanted
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.media import Media, MediaKind, Role
from bot.domain.request import Origin, Reference, Source, SourceKind, VideoRequest
from bot.flows.intake import intake
from bot.flows.intake.intake import asset_id, called
from bot.flows.merge.promise import too_many
from bot.flows.parse.merging import ATTACHED, Merging
from bot.flows.parse.sources import of_word
from bot.flows.sight import named
from bot.ports.house import House

Heard = Message | Command


@dataclass(slots=True)
class Chosen:
    """The films in their order and the sound under them, with what cannot be used as it is in sentences for people."""

    films: list[Reference] = field(default_factory=list)
    sounds: list[Reference] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def references(self) -> tuple[Reference, ...]:
        return numbered((*self.films, *self.sounds[:1]))


async def chosen(said: Merging, attached: Sequence[Reference], event: Heard, house: House) -> Chosen:
    """What the line and its files mean; the newest films first where they were asked for by number."""
    found = Chosen(problems=list(said.problems))
    if wrong := too_many(len(said.films)):
        return Chosen(problems=[*said.problems, *wrong])
    if said.newest:
        found.films += [of_clip(clip) for clip in reversed(await newest(event, house, said.newest))]
    for word in said.films:
        try:
            found.films += await _meant(word, attached, event, house)
        except BadRequest as error:
            found.problems.append(error.say)
    _sort_in(found, said.soundtrack, attached)
    await _taken_in(found, event, house)
    found.problems += [f"{called(ref)}: {problem.say}" for ref in _all(found) for problem in ref.problems]
    found.problems += too_many(len(found.films), len(found.sounds))
    return found


async def newest(event: Heard | Job, house: House, count: int) -> Sequence[Clip]:
    """The newest films that this person may see here, newest first."""
    wanted = Wanted(viewer=event.author, channel=event.conversation.circle, now=house.clock.now())
    return (await house.storage.clips.find(wanted, limit=count)).clips


def of_clip(clip: Clip) -> Reference:
    """A film of the library, named by its id: where it lies is looked up when it is joined."""
    seen = Media(
        kind=MediaKind.video, mime="video/mp4", bytes=clip.bytes, width=clip.width, height=clip.height, seconds=clip.seconds
    )  # fmt: skip
    return _film(Source(SourceKind.clip, clip.id, clip.heading), seen)


def numbered(references: Sequence[Reference]) -> tuple[Reference, ...]:
    """With tokens in their order."""
    counts = dict.fromkeys(MediaKind, 0)
    told: list[Reference] = []
    for reference in references:
        counts[reference.kind] += 1
        told.append(replace(reference, token=f"@{reference.kind.value.title()}{counts[reference.kind]}"))
    return tuple(told)


def _film(source: Source, media: Media | None = None) -> Reference:
    return Reference(
        token="@Video1",  # noqa: S106 - the name of a film, no password
        kind=MediaKind.video, role=Role.reference_video, source=source, role_origin=Origin.said, media=media,
    )  # fmt: skip


def _sound(source: Source) -> Reference:
    return Reference(
        token="@Audio1",  # noqa: S106 - the name of a sound, no password
        kind=MediaKind.audio, role=Role.reference_audio, source=source, role_origin=Origin.said,
    )  # fmt: skip


async def _meant(word: str, attached: Sequence[Reference], event: Heard, house: House) -> list[Reference]:
    """Raises BadRequest where it means no film."""
    if word.startswith("@"):
        return [_of_token(word, attached)]
    if word.upper().startswith("J-") and (films := await _of_job(word.upper(), event, house)):
        return films
    found = of_word(word)
    if found is not None and found.source.kind in {SourceKind.url, SourceKind.asset}:
        if found.kind is MediaKind.image:
            raise BadRequest(f"A merge takes films only; {word} is a picture. Leave it out.")
        return [_film(found.source)]
    path = word[len("drive:") :] if word.lower().startswith("drive:") else word
    return [of_clip(await named(path, event, house))]


def _of_token(token: str, attached: Sequence[Reference]) -> Reference:
    there = next((ref for ref in attached if ref.token == token), None)
    if there is None:
        raise BadRequest(f"{token} is named, but no such file came with this message. Attach it, or take the name out.")
    if there.kind is not MediaKind.video:
        what = "a picture" if there.kind is MediaKind.image else "a sound"
        raise BadRequest(f"A merge takes films only; {token} is {what}. Leave it out.")
    return _film(there.source)


async def _of_job(id: str, event: Heard, house: House) -> list[Reference]:
    """All films of a job, in their order."""
    job = await house.storage.jobs.get(id)
    ids = [clip.id for clip in job.result.clips] if job is not None and job.result else []
    return [of_clip(await named(clip, event, house)) for clip in ids]


def _sort_in(found: Chosen, soundtrack: str, attached: Sequence[Reference]) -> None:
    """The soundtrack, and the attached files that the line does not name: films come last, a sound plays under the whole."""
    named_already = {ref.source for ref in found.films}
    found.films += [
        _film(ref.source) for ref in attached if ref.kind is MediaKind.video and ref.source not in named_already
    ]
    found.problems += [
        f"A merge takes films only; {ref.source.name or ref.token} is a picture. Leave it out."
        for ref in attached
        if ref.kind is MediaKind.image and not any(ref.token in problem for problem in found.problems)
    ]
    sounds = [ref for ref in attached if ref.kind is MediaKind.audio]
    if soundtrack and soundtrack != ATTACHED:
        _name_sound(found, soundtrack, sounds)
    elif soundtrack and not sounds:
        found.problems.append("A soundtrack is asked for, but no sound came with this message. Attach one, or name it.")
    else:
        found.sounds += [_sound(ref.source) for ref in sounds]


def _name_sound(found: Chosen, word: str, sounds: Sequence[Reference]) -> None:
    if word.startswith("@"):
        there = [ref for ref in sounds if ref.token == word]
        found.sounds += [_sound(ref.source) for ref in there]
        if not there:
            found.problems.append(
                f"{word} is to be the soundtrack, but no such sound came with this message. Attach it."
            )
        return
    meant = of_word(word)
    if meant is None or meant.kind in {MediaKind.image, MediaKind.video}:
        found.problems.append(
            f"The soundtrack is a sound: an attached one, an address, asset:… or a sound on a Drive, not {word!r}. Name one."
        )
    else:
        found.sounds.append(_sound(meant.source))


def _all(found: Chosen) -> tuple[Reference, ...]:
    return (*found.films, *found.sounds)


async def _taken_in(found: Chosen, event: Heard, house: House) -> None:
    """Files that are no films of the library become assets of the workspace; each is looked into once."""
    outside = {ref.source: ref for ref in _all(found) if ref.media is None}
    if not outside:
        return
    request = VideoRequest(prompt="", references=tuple(outside.values()))
    read = await intake(request, event.conversation, event.author, house)
    inside = dict(zip(outside, (_as_asset(ref, event) for ref in read.references), strict=True))
    found.films = [inside.get(ref.source, ref) for ref in found.films]
    found.sounds = [inside.get(ref.source, ref) for ref in found.sounds]


def _as_asset(reference: Reference, event: Heard) -> Reference:
    if reference.media is None or reference.source.kind is SourceKind.asset:
        return reference
    name = reference.source.name or reference.source.value.rsplit("/", 1)[-1]
    id = asset_id(event.author, reference.media.sha256)
    return replace(reference, source=Source(SourceKind.asset, id, name, reference.source.mime))
