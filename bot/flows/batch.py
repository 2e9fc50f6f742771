"""A batch: one job whose films take several calls. Each call is a job of its own and keeps its own promises; this one counts them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.errors import Stale
from bot.domain.job import Job, State, Tally, call_number
from bot.domain.request import MOST_RESULTS
from bot.flows.cancel import withdraw
from bot.flows.conclude import conclude
from bot.flows.line import held
from bot.flows.race import MOST_RACES
from bot.flows.split import films_of
from bot.ports.house import House

EVERY = timedelta(seconds=5)
DONE = frozenset({State.finalizing, State.complete, State.error, State.cancelled})


async def batch(job: Job, house: House) -> None:
    """processing -> processing, unclear, complete or error: as its calls are. Raises Stale."""
    after = await _as_its_calls_are(job, house)
    if _shown(after) == _shown(job) and after.next_step_at is not None:
        await house.storage.jobs.rest(job, house.worker, after.next_step_at)
    else:
        await house.storage.jobs.save(after)


async def halt(job: Job, house: House) -> None:
    """The rest of a batch's cancel: every call that has not ended is cancelled, and learns by itself what it costs."""
    said = job.failure.say if job.failure else "Cancelled."
    for call in await calls_of(job, house):
        await _withdrawn(call, said, house)
    await batch(job, house)


async def recount(id: str, house: House) -> None:
    """Tells a batch at once that something became of a call. Whoever is faster has told it; what is missed is seen at its next step."""
    for _ in range(MOST_RACES):
        job = await house.storage.jobs.get(id)
        if job is None or (job.ended and not job.stopping):
            return
        after = await _as_its_calls_are(job, house)
        if _shown(after) == _shown(job):
            return
        if job.next_step_at is not None and after.next_step_at is not None:
            after = replace(after, next_step_at=min(job.next_step_at, after.next_step_at))
        try:
            await house.storage.jobs.save(after)
        except Stale:
            continue
        return


async def calls_of(job: Job, house: House) -> Sequence[Job]:
    """In their order. Raises LookupError where one cannot be read: nothing is concluded without it."""
    calls = await house.storage.jobs.find(batch=job.id, limit=MOST_RESULTS)
    if len(calls) != job.calls:
        raise LookupError(f"job {job.id} takes {job.calls} calls, but {len(calls)} can be read")
    return sorted(calls, key=lambda call: call_number(call.id))


async def _withdrawn(call: Job, said: str, house: House) -> None:
    for _ in range(MOST_RACES):
        if call.ended:
            return
        try:
            await withdraw(call, said, house)
        except Stale:
            fresh = await house.storage.jobs.get(call.id)
            assert fresh is not None
            call = fresh
        else:
            return


async def _as_its_calls_are(job: Job, house: House) -> Job:
    """The job after one move."""
    calls, now = await calls_of(job, house), house.clock.now()
    tally = await _tally(job, calls, house)
    if all(call.ended and not call.stopping for call in calls):
        return await conclude(job, calls, tally, now, house)
    if job.state is State.cancelled:
        return job.move(job.state, now, tally=tally, tries=0, trouble="", next_step_at=now + EVERY)
    waiting = all(call.ended or call.state is State.unclear for call in calls)
    return job.move(
        State.unclear if waiting else State.processing,
        now,
        tally=tally,
        progress=_progress(job, calls),
        eta=await _eta(job, calls, now, house),
        tries=0,
        trouble=next((call.trouble for call in calls if call.trouble), ""),
        next_step_at=None if waiting else now + EVERY,
        **_question(job, tally, now),
    )


def _question(job: Job, tally: Tally, now: datetime) -> dict[str, Any]:
    """Another call than before is unclear, or the same once more: an answer to the card as it was is none to this."""
    before = (job.tally.asking, job.tally.asked) if job.tally else ("", 0)
    if not tally.asking or (tally.asking, tally.asked) == before:
        return {}
    return {"asked_version": job.version + 1, "asked_at": now, "agreed_by": None}


async def _tally(job: Job, calls: Sequence[Job], house: House) -> Tally:
    unclear = next((call for call in calls if call.state is State.unclear), None)
    none_begun = all(call.state is State.queued for call in calls)
    waiting = next((call for call in calls if call.state is State.queued), None)
    why = await held(waiting, house) if waiting else ""
    return Tally(
        films=sum(_films(job, call) for call in calls),
        ready=sum(_home(call) for call in calls),
        in_line=sum(_films(job, call) for call in calls if call.state is State.queued),
        failed=sum(_films(job, call) - _home(call) for call in calls if call.state is State.error),
        ahead=await house.storage.statistics.ahead(calls[0]) if none_begun and not why else 0,
        asking=unclear.id if unclear else "",
        asked=unclear.asked_version if unclear else 0,
        held=why,
    )


def _films(job: Job, call: Job) -> int:
    return len(films_of(job, call_number(call.id)))


def _home(call: Job) -> int:
    return len(call.result.clips) if call.result else 0


def _progress(job: Job, calls: Sequence[Job]) -> float | None:
    """The mean over the films; None while nothing is known to have moved."""
    parts = [(_films(job, call), 1.0 if call.state in DONE else call.progress or 0.0) for call in calls]
    return sum(films * part for films, part in parts) / sum(films for films, _ in parts) or None


async def _eta(job: Job, calls: Sequence[Job], now: datetime, house: House) -> float | None:
    """Until the last film is there: what the provider says, else what this bot's own history says of a film; None where neither does."""
    assert job.choice is not None
    usual = await house.storage.statistics.typical_seconds(job.choice.model)
    left: list[float] = []
    for call in calls:
        if call.state in DONE or call.state is State.unclear:
            continue
        if call.eta is not None:
            left.append(call.eta - (now - call.changed_at).total_seconds())
        elif usual is None:
            return None
        else:
            begun = call.submitted_at or now
            left.append(usual - (now - begun).total_seconds())
    return max([0.0, *left])


def _shown(job: Job) -> tuple[object, ...]:
    """What its card shows of how far it is."""
    percent = None if job.progress is None else round(job.progress, 2)
    return job.state, job.stopping, job.tally, job.asked_version, job.trouble, percent, job.eta is None
