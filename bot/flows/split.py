"""A wish that takes several calls, as one job for each of them: what each makes, what it costs, which films are its own."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.domain.job import Job, call_id
from bot.domain.pricing import Calls
from bot.domain.request import LARGEST_SEED, Setting


def split(batch: Job, at: datetime) -> tuple[Job, ...]:
    """The calls of a priced batch in their order, none of them in line yet; they cost together what its quote says."""
    assert batch.quote is not None
    shares = [share for share in batch.quote.calls for _ in range(share.times)]
    return tuple(_call(batch, share, number, at) for number, share in enumerate(shares, 1))


def films_of(batch: Job, call: int) -> range:
    """The numbers, from 1, of the films that this call of a batch makes."""
    assert batch.quote is not None
    most = batch.quote.calls[0].count
    made = sum(share.times * share.count for share in batch.quote.calls)
    return range((call - 1) * most + 1, min(call * most, made) + 1)


def call_credits(batch: Job, call: int) -> Decimal:
    """What this call of a batch costs."""
    assert batch.quote is not None
    return [share.credits for share in batch.quote.calls for _ in range(share.times)][call - 1]


def _call(batch: Job, share: Calls, number: int, at: datetime) -> Job:
    assert batch.choice is not None
    assert batch.quote is not None
    said = batch.choice.settings
    settings = replace(
        said,
        count=replace(said.count or Setting(1), value=share.count),
        seed=_seed(batch, films_of(batch, number).start),
    )
    return Job(
        id=call_id(batch.id, number),
        conversation=batch.conversation,
        author=batch.author,
        request=batch.request,
        made_at=at,
        changed_at=at,
        choice=replace(batch.choice, settings=settings, adjustments=()),
        quote=replace(batch.quote, credits=share.credits, lines=share.lines, calls=()),
        batch=batch.id,
        at_once=batch.at_once,
        per_minute=batch.per_minute,
    )


def _seed(batch: Job, film: int) -> Setting[int] | None:
    """One higher for each film, as within a call: the same seed in every call would make the same film again."""
    said = batch.choice.settings.seed if batch.choice else None
    return said and replace(said, value=(said.value + film - 1) % (LARGEST_SEED + 1))
