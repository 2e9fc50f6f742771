"""The end of a batch, when all its calls have ended: the films in their order, what they cost, and each failure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.domain.job import Charged, Failure, Job, Result, State, Tally, call_number
from bot.domain.ledger import spent
from bot.flows.posters import posters
from bot.flows.quote import MOST_LINES
from bot.flows.settle import cost
from bot.flows.show.words import charged_words, films_words, sentence
from bot.flows.split import films_of
from bot.ports.house import House

SEVERAL = "They failed for different reasons."


async def conclude(job: Job, calls: Sequence[Job], tally: Tally, now: datetime, house: House) -> Job:
    """The batch after its last move: complete where there is a film, else error; one that was cancelled stays so."""
    result = await _result(job, calls, house)
    failed = [call for call in calls if call.failure is not None]
    after: dict[str, Any] = {"tally": tally, "result": result, "progress": 1.0, "eta": None, "next_step_at": None}
    if job.state is State.cancelled:
        said = job.failure.say if job.failure else "Cancelled."
        return job.move(job.state, now, **after, failure=Failure(said, _worst(failed)), stopping=False, tries=0)
    if result.clips:
        return job.move(State.complete, now, **after)
    failure = _of_all(failed)
    if failure.say != SEVERAL:
        after["result"] = replace(result, notes=())
    return job.move(State.error, now, **after, failure=failure)


async def _result(job: Job, calls: Sequence[Job], house: House) -> Result:
    """`credits` is what the books say that all calls cost, those submitted again included."""
    results = [call.result for call in calls if call.result is not None]
    credits = Decimal(0)
    for call in calls:
        credits += spent(await house.storage.ledger.of_job(call.id))
    seeds = [one.seed + film for one in results if one.seed is not None for film in range(len(one.clips))]
    clips = tuple(clip for one in results for clip in one.clips)
    notes = (*_failures(job, calls), *dict.fromkeys(note for one in results for note in one.notes))
    return Result(
        files=(),
        clips=clips,
        delivered=sum(one.delivered for one in results),
        credits=credits,
        seeds=tuple(seeds) if len(seeds) == len(clips) else (),
        notes=notes,
        sheet=await posters(job, clips, house),
    )


def _failures(job: Job, calls: Sequence[Job]) -> tuple[str, ...]:
    """One by one; where many failed, those that failed alike are told together."""
    failed = [call for call in calls if call.failure is not None and not _silent(call)]
    together: dict[object, tuple[Job, list[int]]] = {}
    for call in failed:
        key = (call.failure, call.state, _charged(call)) if len(failed) > MOST_LINES else call.id
        home = len(call.result.clips) if call.result else 0
        films = together.setdefault(key, (call, []))[1]
        films += films_of(job, call_number(call.id))[home:]
    return tuple(_told(call, films) for call, films in together.values() if films)


def _silent(call: Job) -> bool:
    """A call that was cancelled is told of only where it costs something all the same."""
    return call.state is State.cancelled and _charged(call) is Charged.no


def _told(call: Job, films: Sequence[int]) -> str:
    """Which films, why, what they cost, what to do."""
    assert call.failure is not None
    money = charged_words(_charged(call), many=len(films) > 1)
    if call.state is State.cancelled:
        return f"{films_words(films)}: stopped too late. {money}"
    why = f"{films_words(films)} could not be made: {sentence(call.failure.say)}"
    return " ".join(part for part in (why, money, call.failure.mend) if part)


def _charged(call: Job) -> Charged:
    return call.failure.charged if call.failure is not None and cost(call) else Charged.no


def _of_all(failed: Sequence[Job]) -> Failure:
    """In one word where all failed alike; else each is told by itself."""
    reasons = [call.failure for call in failed if call.failure is not None]
    says, mends = {one.say for one in reasons}, {one.mend for one in reasons}
    say = says.pop() if len(says) == 1 else SEVERAL
    return Failure(say, _worst(failed), mends.pop() if len(mends) == 1 else "")


def _worst(failed: Sequence[Job]) -> Charged:
    found = {call.failure.charged for call in failed if call.failure is not None}
    return next((one for one in (Charged.yes, Charged.maybe) if one in found), Charged.no)
