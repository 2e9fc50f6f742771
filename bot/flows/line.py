"""Lines: jobs that share a provider's places wait for a turn, so that no account is asked for more than it may have, over all replicas."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.job import Job, counted
from bot.domain.model import Limit
from bot.domain.rules import Rules
from bot.flows.decided import decided
from bot.ports.house import House

MERGES = Limit(line="merge", at_once=2)
"""Joining films takes the machine's own processors: so many at once over all replicas, so that films of others go on beside them."""


PEOPLE = Limit(line="people")
"""Where those wait for their own limits alone whose provider has no line."""


def in_line(job: Job, house: House, now: datetime) -> Mapping[str, Any]:
    """What a job that becomes queued is given: its line, and its next step at once where there is no line to wait in."""
    limit = _limit(job, house)
    if limit is None and (job.at_once is not None or job.per_minute is not None):
        limit = PEOPLE
    return {"line": limit.line if limit else "", "next_step_at": None if limit else now}


async def let_in(house: House) -> None:
    """Gives turns in every line where there is room."""
    now = house.clock.now()
    names = await house.storage.lines.waiting(now, house.serves)
    limits = {**_limits(house), MERGES.line: MERGES} if names else {}
    for name in names:
        # A line that the settings know no more holds nobody back.
        limit = limits.get(name, Limit())
        await house.storage.lines.admit(name, now, at_once=limit.at_once, per_minute=limit.per_minute, on=house.serves)


async def measure(house: House) -> None:
    """Who waits is measured by what is decided now: a limit that was raised frees them. Several replicas that do this do no harm."""
    rules: dict[tuple[str, str, str], Rules] = {}
    for place, *noted in await house.storage.lines.places():
        key = (place.platform, place.workspace, place.channel)
        if key not in rules:
            rules[key] = await decided(place, house.rules, house.storage.policies)
        limits = (rules[key].at_once, rules[key].per_minute)
        if tuple(noted) != limits:
            await house.storage.lines.measure(place, *limits)


async def held(job: Job, house: House) -> str:
    """Why a job waits for other films of its author, "" where it does not."""
    if not job.limited or not job.waits:
        return ""
    others = await house.storage.lines.others(job, house.clock.now())
    if job.at_once is not None and others.on_the_way >= job.at_once:
        why = f"You have {_films(others.on_the_way)} on {'its' if others.on_the_way == 1 else 'their'} way"
    elif job.per_minute is not None and others.begun >= job.per_minute:
        why = f"You began {_films(others.begun)} within the last minute"
    else:
        return ""
    first = (
        "this one is next"
        if not others.before
        else f"{counted(others.before)} of yours come{'s' * (others.before == 1)} before this one"
    )
    return f"{why}, which is the limit here; {first}."


def _films(number: int) -> str:
    return f"{number} film{'' if number == 1 else 's'}"


async def hold_up(job: Job, pause: timedelta, house: House) -> None:
    """The provider asked for patience: nobody of the job's line is let in for so long."""
    provider = job.choice.provider if job.choice else ""
    house.watch.count("pauses", provider=provider)
    house.watch.count("pause_seconds", pause.total_seconds(), provider=provider)
    if job.line not in {"", PEOPLE.line}:
        await house.storage.lines.pause(job.line, house.clock.now() + pause)


def _limit(job: Job, house: House) -> Limit | None:
    if job.request.join is not None:
        return MERGES
    model = house.catalogue.get(job.choice.model) if job.choice else None
    if job.choice is None or model is None:
        return None
    resolution = job.choice.settings.resolution
    return model.limit(resolution.value if resolution else None)


def _limits(house: House) -> Mapping[str, Limit]:
    """By line; where models that share one say different things, the least holds."""
    found: dict[str, Limit] = {}
    for model in house.catalogue.models:
        for one in model.limits:
            limit = model.limit(one.resolution)
            if limit is not None:
                found[limit.line] = _stricter(found.get(limit.line), limit)
    return found


def _stricter(one: Limit | None, other: Limit) -> Limit:
    if one is None:
        return other
    return Limit(
        line=other.line,
        per_minute=_least(one.per_minute, other.per_minute),
        at_once=_least(one.at_once, other.at_once),
    )


def _least(*given: int | None) -> int | None:
    return min((number for number in given if number is not None), default=None)
