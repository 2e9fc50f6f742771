"""The last step of a job: its films are brought home at once, then told to the chat.

Each film that is home is saved, so that a crash goes on with the next one and fetches nothing twice.
"""

import errno
import logging
from dataclasses import replace
from datetime import timedelta

from bot.domain.card import film_media
from bot.domain.drive import Clip
from bot.domain.errors import Expired, Later, ProviderError, Stale, Unavailable, Unreadable
from bot.domain.job import Charged, Failure, Job, State
from bot.flows.bring import bring, check_wanted, result_of
from bot.flows.end import end, failure
from bot.flows.patience import AT_ONCE, GIVE_UP_TRIES, RESULT_LIFETIME
from bot.flows.poll import ask_later
from bot.flows.posters import posters
from bot.flows.settle import settle
from bot.flows.submit import title
from bot.ports.chat import ChatPlatform
from bot.ports.house import House
from bot.ports.video import VideoProvider

log = logging.getLogger(__name__)

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
FULL = "The disk here is full. The film is made and paid for once; it comes home as soon as there is room. Please tell your operator."


async def finish(job: Job, house: House) -> Job | None:
    """finalizing -> complete, or error where the film is gone."""
    try:
        return await _deliver(await _fetch_all(job, house), house)
    except (ProviderError, OSError, Unreadable, Later) as error:
        await _stumbled(await _as_it_is(job, house), error, house)
        return None


async def _as_it_is(job: Job, house: House) -> Job:
    """The job with the films that were saved before the stumble. Raises Stale where somebody ended it meanwhile."""
    fresh = await house.storage.jobs.get(job.id)
    if fresh is None or fresh.state is not job.state:
        raise Stale(f"job {job.id} was moved while its film came home")
    return fresh


async def _stumbled(job: Job, error: ProviderError | OSError | Unreadable | Later, house: House) -> None:
    match error:
        case Later(seconds=seconds):
            await (_over(job, house) if _only_chat_is_missing(job, house) else _come_back(job, seconds, house))
        case Expired():
            await end(job, failure(error, Charged.yes, title(job)), house)
        case ProviderError() | OSError():
            # Whatever it is refused with for now, the film is made and paid for: its provider is asked until it would have dropped it.
            log.warning("bringing the film home failed: %s", type(error).__name__, extra={"job": job.id})
            away = Unavailable(str(error)) if isinstance(error, OSError) else error
            trouble = FULL if isinstance(error, OSError) and error.errno in NO_ROOM else ""
            await (_over(job, house) if _only_chat_is_missing(job, house) else ask_later(job, away, house, trouble))
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


async def _deliver(job: Job, house: House) -> Job:
    """That the last film is in the chat is saved together with the end."""
    platform, clips = house.platforms.get(job.conversation.platform), result_of(job).clips
    sheet = await _sheet(job, house)
    for number in range(result_of(job).delivered, len(clips)):
        await check_wanted(job, house)
        clip = clips[number]
        # A platform that is not running here (a terminal that has gone home) is not waited for: the film is on the Drive.
        now_there = await _still_there(clip, house)
        note = "" if platform is None or now_there is None else await _uploaded(platform, job, now_there)
        if note is None:
            break
        said = dict.fromkeys((*result_of(job).notes, note))
        result = replace(result_of(job), delivered=number + 1, notes=tuple(filter(None, said)))
        if result.delivered == len(clips):
            job = replace(job, result=result)
            break
        now = house.clock.now()
        job = job.move(job.state, now, result=result, next_step_at=now)
        await house.storage.jobs.save(job, hold=True)
    return await _complete(job, sheet, house)


async def _still_there(clip: Clip, house: House) -> Clip | None:
    """The film under the name it has by now; None where somebody threw it away before the chat had it."""
    if house.clock.now() - clip.made_at < AT_ONCE:
        return clip
    fresh = await house.storage.clips.get(clip.id)
    return fresh if fresh is not None and fresh.trashed_at is None else None


async def _over(job: Job, house: House) -> Job:
    return await _complete(job, await _sheet(job, house), house)


async def _sheet(job: Job, house: House) -> str:
    return "" if job.batch else await posters(job, result_of(job).clips, house)


async def _complete(job: Job, sheet: str, house: House) -> Job:
    now = house.clock.now()
    done = job.move(State.complete, now, next_step_at=None, result=replace(result_of(job), sheet=sheet))
    await house.storage.jobs.save(done, await settle(done, Charged.yes, now, house))
    return done


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
