"""The step of a merge: its films are joined here, the result is looked at, and goes home like any other film.

queued -> processing -> finalizing. A worker that dies in it is followed by one that joins anew.
"""

import asyncio
import errno
import logging
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.domain.drive import Clip, in_trash
from bot.domain.errors import BadMedia, ProviderError, Stale, Unreadable
from bot.domain.job import Charged, Failure, Job, RemoteFile, Result, State
from bot.domain.join import Joined, Method
from bot.domain.media import Media, Role
from bot.domain.request import Reference, SourceKind
from bot.flows.bring import Download, bring, film_id, result_of
from bot.flows.end import end
from bot.flows.finish import finish
from bot.flows.intake.intake import called
from bot.flows.merge.promise import check
from bot.flows.merge.wish import how_of
from bot.flows.patience import GIVE_UP_TRIES, wait
from bot.ports.house import House

log = logging.getLogger(__name__)

LOOK = 0.4  # seconds: so often is looked whether somebody cancelled it
TELL = 1.0  # seconds: so often at most is its progress saved
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
TOLD = {Method.copied: "Copied", Method.encoded: "Encoded"}


async def join(job: Job, house: House) -> Job | None:
    """Raises Stale where somebody moved the job meanwhile: nothing works on it any more then."""
    if job.state is State.queued:
        now = house.clock.now()
        result = Result(files=(RemoteFile(id="merge"),))
        job = job.move(State.processing, now, submitted_at=now, next_step_at=now, progress=0.0, result=result)
        await house.storage.jobs.save(job, hold=True)
    run = _Run(job, house)
    try:
        home = await run.joined()
    except BadMedia as gone:
        await _fail(run.job, gone.say, "Nothing was joined. Choose the films anew: “merge”.", house)
    except Unreadable as error:
        await _fail(
            run.job, f"The films could not be joined: {error.why}", "Leave that film out, or make it anew.", house
        )
    except (OSError, ProviderError) as error:
        await _later(run.job, error, house)
    else:
        return await finish(home, house)
    return None


@dataclass(slots=True)
class _Run:
    """One try; `job` is as it was last saved, `keys` is where each film lay when it was looked for."""

    job: Job
    house: House
    fraction: float = 0.0
    keys: dict[str, str] = field(default_factory=dict)

    async def joined(self) -> Job:
        """The job once its film is on the Drive, held. Raises BlockingIOError where a film was given another name meanwhile."""
        try:
            return await self._joined()
        except (BadMedia, Unreadable) as error:
            if await self._moved():
                raise BlockingIOError("a film moved while it was read") from error
            raise

    async def _moved(self) -> bool:
        fresh = [(key, await self.house.storage.clips.get(id)) for id, key in self.keys.items()]
        return any(clip is not None and clip.key != key for key, clip in fresh)

    async def _joined(self) -> Job:
        known = await self.house.storage.clips.get(film_id(self.job, 0))
        if known is not None:  # a worker brought it home and died before it could say so
            return await self._home(known)
        async with self._sources() as (films, sound, into):
            seen = [await self._probed(ref, path) for ref, path in films]
            paths = [path for _, path in films]
            await self._check_ours()
            joined = await self._watched(paths, into, sound)
            check(await self.house.media.probe(into), seen, how_of(self.job.request))
            self.job = replace(self.job, result=replace(result_of(self.job), notes=(told(joined),)))
            return await bring(self.job, 0, _moved_from(into), self.house, state=State.finalizing)

    async def _home(self, clip: Clip) -> Job:
        now = self.house.clock.now()
        result = replace(result_of(self.job), clips=(clip,))
        home = self.job.move(State.finalizing, now, result=result, progress=1.0, eta=None, next_step_at=now)
        await self.house.storage.jobs.save(home, hold=True)
        return home

    @asynccontextmanager
    async def _sources(self) -> AsyncIterator[tuple[Sequence[tuple[Reference, Path]], Path | None, Path]]:
        """Local paths of the films, of the soundtrack, and of a file to write to, which is gone afterwards. Raises BadMedia."""
        into = self.house.folder / f"{film_id(self.job, 0)}.{self.house.worker}.join.mp4"
        async with AsyncExitStack() as stack:
            try:
                found = [(ref, await self._path(ref, stack)) for ref in self.job.request.references]
                films = [(ref, path) for ref, path in found if ref.role is Role.reference_video]
                sound = next((path for ref, path in found if ref.role is Role.reference_audio), None)
                yield films, sound, into
            finally:
                into.unlink(missing_ok=True)

    async def _path(self, reference: Reference, stack: AsyncExitStack) -> Path:
        key = reference.key
        if reference.source.kind is SourceKind.clip:
            clip = await self._clip(reference)
            key = clip.key
        try:
            return await stack.enter_async_context(self.house.files.local(key))
        except FileNotFoundError:
            raise BadMedia(f"{called(reference)} is not on the Drive any more.") from None

    async def _clip(self, reference: Reference) -> Clip:
        """The film as it is called and where it lies now. One whose time is over is there for a merge that began before."""
        clip, job = await self.house.storage.clips.get(reference.source.value), self.job
        began = job.confirmed_at or self.house.clock.now()
        if clip is None or not clip.seen_by(job.author, job.conversation.circle, began):
            raise BadMedia(f"{called(reference)} is not there any more, or not for {job.author.name or 'you'} to see.")
        if clip.trashed_at is not None:
            raise BadMedia(in_trash(clip))
        self.keys[clip.id] = clip.key
        return clip

    async def _probed(self, reference: Reference, path: Path) -> Media:
        try:
            return await self.house.media.probe(path)
        except Unreadable as error:
            raise Unreadable(f"{called(reference)} cannot be used: {error.why}") from error

    async def _watched(self, paths: Sequence[Path], into: Path, sound: Path | None) -> Joined:
        """Joins, and looks meanwhile whether somebody cancelled it; whatever ends this ends the joining too."""
        tools, how = self.house.media, how_of(self.job.request)
        work = asyncio.create_task(tools.join(paths, into, how, soundtrack=sound, progress=self._tell))
        began, saved = self.house.clock.now(), asyncio.get_running_loop().time()
        try:
            while not (await asyncio.wait({work}, timeout=LOOK))[0]:
                due = asyncio.get_running_loop().time() - saved >= TELL
                if await self._kept(began.timestamp(), due=due):
                    saved = asyncio.get_running_loop().time()
            return await work
        finally:
            if not work.done():
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)

    def _tell(self, fraction: float) -> None:
        self.fraction = min(max(fraction, self.fraction), 1.0)

    async def _kept(self, began: float, *, due: bool) -> bool:
        """Whether the progress was saved. Raises Stale where the job is not ours any more."""
        now, fraction = self.house.clock.now(), round(self.fraction, 2)
        try:
            if not due or fraction == self.job.progress:
                await self._check_ours()
                return False
            eta = (now.timestamp() - began) * (1 - fraction) / fraction if fraction else None
            after = self.job.move(self.job.state, now, progress=fraction, eta=eta, next_step_at=now)
            await self.house.storage.jobs.save(after, hold=True)
        except OSError as away:
            # The database is away for a moment: the films are joined all the same.
            log.warning("progress could not be saved: %s", type(away).__name__, extra={"job": self.job.id})
            return False
        self.job = after
        return True

    async def _check_ours(self) -> None:
        fresh = await self.house.storage.jobs.get(self.job.id)
        if fresh is None or fresh.version != self.job.version:
            raise Stale(f"merge {self.job.id} was moved while its films were joined")


def told(joined: Joined) -> str:
    """How it was done, and why: "Copied: both agree, so nothing was encoded anew."."""
    why = joined.why.strip().rstrip(".")
    if why[1:2].islower():
        why = why[0].lower() + why[1:]
    return f"{TOLD[joined.method]}: {why}."


def _moved_from(made: Path) -> Download:
    async def move(_: str, into: Path) -> None:
        await asyncio.to_thread(shutil.move, made, into)

    return move


async def _fail(job: Job, say: str, mend: str, house: House) -> None:
    await end(job, Failure(say if say.endswith(".") else f"{say}.", Charged.no, mend), house)


async def _later(job: Job, error: OSError | ProviderError, house: House) -> None:
    """Tried again from the beginning, unless it would fail in the same way."""
    if isinstance(error, OSError) and error.errno in FULL:
        say = "There is no room left here to join these films: the disk is full."
        await _fail(job, say, "Tell your operator; then ask again.", house)
    elif job.tries + 1 >= GIVE_UP_TRIES:
        await _fail(
            job,
            "The films could not be fetched or kept; it was tried several times.",
            "Ask again later, and tell your operator.",
            house,
        )
    else:
        log.warning("a merge did not work: %s", type(error).__name__, extra={"action": "merge", "job": job.id})
        now = house.clock.now()
        again = job.move(job.state, now, tries=job.tries + 1, eta=None, next_step_at=now + wait(job.tries))
        await house.storage.jobs.save(again)
