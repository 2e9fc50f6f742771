"""Brings a film home: fetched, probed, its poster and last frame cut, kept on the Drive under a name of its own."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from bot.domain.drive import Clip, drive_key, numbered
from bot.domain.errors import ProviderError, Stale, Taken, Unavailable, Unreadable
from bot.domain.job import Job, RemoteFile, Result, State
from bot.domain.media import Media, MediaKind
from bot.domain.paths import film_path
from bot.flows.patience import AT_ONCE
from bot.ports.house import House

log = logging.getLogger(__name__)

MOST_NUMBERS = 1000
FALLBACK = (16, 9)
Download = Callable[[str, Path], Awaitable[None]]
"""Writes a film or a frame, as its maker names it, to a local file."""
_FRAMES = {"image/png": ".png", "image/jpeg": ".jpg"}


async def bring(job: Job, number: int, download: Download, house: House, *, state: State) -> Job:
    """The job in this state once its next film is home, saved so and held. Raises Stale where it was moved meanwhile."""
    film = _Film(job, number, download, house)
    clip = await film.bring()
    result = replace(result_of(job), clips=(*result_of(job).clips, clip))
    now = house.clock.now()
    job = job.move(state, now, result=result, next_step_at=now, tries=0, trouble="")
    try:
        await house.storage.jobs.save(job, hold=True)
    except Stale:
        await _clean_up(film, clip)
        raise
    return job


async def check_wanted(job: Job, house: House) -> None:
    """Raises Stale where the job was moved meanwhile: a cancelled film goes neither to the Drive nor to the chat. What was saved just now is not looked at."""
    if house.clock.now() - job.changed_at < AT_ONCE:
        return
    fresh = await house.storage.jobs.get(job.id)
    if fresh is None or fresh.version != job.version:
        raise Stale(f"job {job.id} was moved while its film came home")


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
            await check_wanted(self.job, self.house)
            path, key = await _keep(self.job, film, self.id, self.house)
            clip = self._clip(media, path, key, poster, last)
            await self.house.storage.clips.add(clip)
            return clip
        finally:
            for suffix in (".mp4", ".jpg", ".png"):
                self.scratch(suffix).unlink(missing_ok=True)

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
            channel=self.job.conversation.circle,
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
    wanted = film_path(_wanted_path(job, id))
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


def film_id(job: Job, number: int) -> str:
    """The id of a job's film, counted from 0: made twice, it is the same."""
    return f"{job.id.removeprefix('J-')}-{number + 1}"


def result_of(job: Job) -> Result:
    """The result of a job that has one."""
    assert job.result is not None
    return job.result
