"""Brings a finished film home: fetched at once, kept on the Drive, probed, its poster and last frame cut, then told to the chat.

Each film that is home is saved, so that a crash goes on with the next one and fetches nothing twice.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from bot.domain.card import film_media
from bot.domain.drive import Clip, drive_key, numbered, safe_path
from bot.domain.errors import Expired, Later, ProviderError, Stale, Taken, Unavailable, Unreadable
from bot.domain.job import Charged, Failure, Job, RemoteFile, Result, State
from bot.domain.media import Media, MediaKind
from bot.flows.end import end, failure
from bot.flows.patience import GIVE_UP_TRIES, RESULT_LIFETIME
from bot.flows.poll import ask_later
from bot.flows.posters import posters
from bot.flows.settle import settle
from bot.flows.submit import title
from bot.ports.chat import ChatPlatform
from bot.ports.house import House
from bot.ports.video import VideoProvider

log = logging.getLogger(__name__)

MOST_NUMBERS = 1000
FALLBACK = (16, 9)
Download = Callable[[str, Path], Awaitable[None]]
"""Writes a film or a frame, as its maker names it, to a local file."""
_FRAMES = {"image/png": ".png", "image/jpeg": ".jpg"}


async def finish(job: Job, house: House) -> None:
    """finalizing -> complete, or error where the film is gone."""
    try:
        await _deliver(await _fetch_all(job, house), house)
    except (ProviderError, OSError, Unreadable, Later) as error:
        await _stumbled(await _as_it_is(job, house), error, house)


async def _as_it_is(job: Job, house: House) -> Job:
    """The job with the films that were saved before the stumble. Raises Stale where somebody ended it meanwhile."""
    fresh = await house.storage.jobs.get(job.id)
    if fresh is None or fresh.state is not job.state:
        raise Stale(f"job {job.id} was moved while its film came home")
    return fresh


async def _stumbled(job: Job, error: ProviderError | OSError | Unreadable | Later, house: House) -> None:
    match error:
        case Later(seconds=seconds):
            await (_complete(job, house) if _only_chat_is_missing(job, house) else _come_back(job, seconds, house))
        case Expired():
            await end(job, failure(error, Charged.yes, title(job)), house)
        case ProviderError() | OSError():
            # Whatever it is refused with for now, the film is made and paid for: its provider is asked until it would have dropped it.
            log.warning("bringing the film home failed: %s", type(error).__name__, extra={"job": job.id})
            away = Unavailable(str(error)) if isinstance(error, OSError) else error
            await (_complete(job, house) if _only_chat_is_missing(job, house) else ask_later(job, away, house))
        case Unreadable() if job.tries + 1 < GIVE_UP_TRIES:
            await ask_later(job, Unavailable(error.why), house)
        case Unreadable():
            say = f"{title(job)} delivered a file that is not a playable film: {error.why}"
            await end(job, Failure(say, Charged.yes, "Ask again, and tell your operator."), house)


async def _come_back(job: Job, seconds: float, house: House) -> None:
    """The chat says when: nothing went wrong, so the wait is neither counted nor lengthened."""
    now = house.clock.now()
    await house.storage.jobs.save(job.move(job.state, now, next_step_at=now + timedelta(seconds=seconds)))


def _only_chat_is_missing(job: Job, house: House) -> bool:
    """Whether every film is on the Drive and the chat has not taken them for a whole day: that is no failed job."""
    home = len(result_of(job).clips) >= len(result_of(job).files)
    return home and job.submitted_at is not None and house.clock.now() - job.submitted_at > RESULT_LIFETIME


async def _fetch_all(job: Job, house: House) -> Job:
    for number in range(len(result_of(job).clips), len(result_of(job).files)):
        job = await bring(job, number, _provider(job, house).download, house, state=job.state)
    return job


def _provider(job: Job, house: House) -> VideoProvider:
    provider = house.providers.get(job.choice.provider) if job.choice else None
    if provider is None:
        raise Unavailable(f"{title(job)} is not connected here")
    return provider


async def bring(job: Job, number: int, download: Download, house: House, *, state: State) -> Job:
    """The job in this state once its next film is home, saved so and held. Raises Stale where it was moved meanwhile."""
    film = _Film(job, number, download, house)
    clip = await film.bring()
    result = replace(result_of(job), clips=(*result_of(job).clips, clip))
    now = house.clock.now()
    job = job.move(state, now, result=result, next_step_at=now, tries=0)
    try:
        await house.storage.jobs.save(job, hold=True)
    except Stale:
        await _clean_up(film, clip)
        raise
    return job


async def _clean_up(film: "_Film", clip: Clip) -> None:
    fresh = await film.house.storage.jobs.get(film.job.id)
    if fresh is not None and fresh.state is State.cancelled:
        await film.throw_away(clip)


@dataclass(frozen=True, slots=True)
class _Film:
    """One film on its way home, with its place for scratch files."""

    job: Job
    number: int
    download: Download
    house: House

    @property
    def id(self) -> str:
        return film_id(self.job, self.number)

    def scratch(self, suffix: str) -> Path:
        return self.house.folder / f"{self.id}.{self.house.worker}{suffix}"

    async def bring(self) -> Clip:
        film = self.scratch(".mp4")
        remote = result_of(self.job).files[self.number]
        try:
            await self.download(remote.id, film)
            media = await self.house.media.probe(film)
            if media.kind is not MediaKind.video:
                raise Unreadable(f"it is {media.mime}")
            poster = await self._poster(film)
            last = await self._last_frame(remote, film) if _said(self.job, "last_frame") else ""
            await self._check_wanted()
            path, key = await _keep(self.job, film, self.id, self.house)
            clip = self._clip(media, path, key, poster, last)
            await self.house.storage.clips.add(clip)
            return clip
        finally:
            for suffix in (".mp4", ".jpg", ".png"):
                self.scratch(suffix).unlink(missing_ok=True)

    async def _check_wanted(self) -> None:
        """Raises Stale where the job was moved meanwhile: a cancelled film does not go to the Drive."""
        fresh = await self.house.storage.jobs.get(self.job.id)
        if fresh is None or fresh.version != self.job.version:
            raise Stale(f"job {self.job.id} was moved while its film came home")

    async def throw_away(self, clip: Clip) -> None:
        """Takes a film off the Drive again: its job was cancelled in the last moment."""
        for key in filter(None, (clip.key, clip.poster, clip.last_frame)):
            await self.house.files.forget(key)
        await self.house.storage.clips.forget(clip.id)

    async def _poster(self, film: Path) -> str:
        key, into = f".posters/{self.id}.jpg", self.scratch(".jpg")
        await self.house.media.poster(film, into)
        await _keep_fixed(into, key, self.house)
        return key

    async def _last_frame(self, remote: RemoteFile, film: Path) -> str:
        """From the provider where it has one, else cut from the film: no film is lost to what became of its frame."""
        into = self.scratch(".png")
        suffix = await self._given_frame(remote.last_frame, into) if remote.last_frame else ""
        if not suffix:
            await self.house.media.last_frame(film, into)
        key = f".frames/{self.id}{suffix or '.png'}"
        await _keep_fixed(into, key, self.house)
        return key

    async def _given_frame(self, id: str, into: Path) -> str:
        """How the name of the provider's own last frame ends; nothing where it does not give one that is a picture."""
        try:
            await self.download(id, into)
            return _FRAMES.get((await self.house.media.probe(into)).mime, "")
        except (ProviderError, Unreadable) as error:
            facts = {"action": "job.frame", "job": self.job.id}
            log.warning("a last frame is cut, as none came: %s", type(error).__name__, extra=facts)
            return ""

    def _clip(self, media: Media, path: str, key: str, poster: str, last: str) -> Clip:
        now = self.house.clock.now()
        lifetime = timedelta(seconds=self.house.rules.temporary_seconds)
        width, height = (media.width, media.height) if media.width and media.height else FALLBACK
        return Clip(
            id=self.id,
            workspace=self.job.author.workspace,
            owner=self.job.author,
            job=self.job.batch or self.job.id,
            drive_path=path,
            key=key,
            bytes=media.bytes,
            seconds=media.seconds or 0.0,
            width=width,
            height=height,
            made_at=now,
            poster=poster,
            last_frame=last,
            expires_at=now + lifetime if _said(self.job, "temporary") else None,
            prompt=self.job.request.prompt,
            model=self.job.choice.model if self.job.choice else "",
            title=self.job.choice.title if self.job.choice else "",
            channel=self.job.conversation.channel,
        )


async def _keep_fixed(path: Path, key: str, house: House) -> None:
    """Keeps a file under a key that belongs to this clip alone: what an interrupted run left there is replaced."""
    try:
        await house.files.keep(path, key)
    except Taken:
        await house.files.forget(key)
        await house.files.keep(path, key)


async def _keep(job: Job, film: Path, id: str, house: House) -> tuple[str, str]:
    """The first free name on the Drive, reserved for this clip before the bytes are moved there."""
    wanted = safe_path(_wanted_path(job, id))
    for path in islice(numbered(wanted), MOST_NUMBERS):
        key = drive_key(path, job.author)
        if not await house.storage.names.reserve(id, key):
            continue
        try:
            await house.files.keep(film, key)
        except Taken:
            continue
        return path, key
    raise Unavailable(f"no free name was found for {wanted}")


def _wanted_path(job: Job, id: str) -> str:
    assert job.choice is not None
    said = job.choice.settings.drive_path
    return said.value if said else f"videos/{id}.mp4"


def _said(job: Job, name: str) -> bool:
    assert job.choice is not None
    setting = getattr(job.choice.settings, name)
    return bool(setting and setting.value)


async def _deliver(job: Job, house: House) -> None:
    platform = house.platforms.get(job.conversation.platform)
    for number, clip in enumerate(result_of(job).clips):
        if number < result_of(job).delivered:
            continue
        # A platform that is not running here (a terminal that has gone home) is not waited for: the film is on the Drive.
        now_there = await _still_there(clip, house)
        note = "" if platform is None or now_there is None else await _uploaded(platform, job, now_there)
        if note is None:
            break
        said = dict.fromkeys((*result_of(job).notes, note))
        result = replace(result_of(job), delivered=number + 1, notes=tuple(filter(None, said)))
        now = house.clock.now()
        job = job.move(job.state, now, result=result, next_step_at=now)
        await house.storage.jobs.save(job, hold=True)
    await _complete(job, house)


async def _still_there(clip: Clip, house: House) -> Clip | None:
    """The film under the name it has by now; None where somebody threw it away before the chat had it."""
    fresh = await house.storage.clips.get(clip.id)
    return fresh if fresh is not None and fresh.trashed_at is None else None


async def _complete(job: Job, house: House) -> None:
    sheet = "" if job.batch else await posters(job, result_of(job).clips, house)
    now = house.clock.now()
    done = job.move(State.complete, now, next_step_at=None, result=replace(result_of(job), sheet=sheet))
    await house.storage.jobs.save(done, await settle(done, Charged.yes, now, house))


async def _uploaded(platform: ChatPlatform, job: Job, clip: Clip) -> str | None:
    """What there is to say about it. None where the chat does not take the film for good: it is on the Drive, and the job ends all the same.

    A chat that is only away raises OSError, one that asks for patience Later: they are tried again as long as it takes.
    """
    try:
        return await platform.upload(job.conversation, film_media(clip, job.request.prompt), key=clip.id)
    except (OSError, Later):
        raise
    except Exception as refused:
        log.exception("the chat did not take a film", extra={"action": "job.upload", "job": job.id})
        if job.tries + 1 < GIVE_UP_TRIES:
            raise Unavailable("the chat did not take the film") from refused
        return None


def film_id(job: Job, number: int) -> str:
    """The id of a job's film, counted from 0: made twice, it is the same."""
    return f"{job.id.removeprefix('J-')}-{number + 1}"


def result_of(job: Job) -> Result:
    """The result of a job that has one."""
    assert job.result is not None
    return job.result
