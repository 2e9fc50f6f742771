"""The money side of a job's end: what is still held is released, what was earned is charged, once."""

from datetime import datetime
from decimal import Decimal

from bot.domain.job import Charged, Job
from bot.domain.ledger import EntryKind, LedgerEntry, held, spent
from bot.ports.house import House


def entry(kind: EntryKind, amount: Decimal, job: Job, at: datetime) -> LedgerEntry:
    return LedgerEntry(kind=kind, credits=amount, job=job.id, person=job.confirmed_by or job.author, at=at)


async def settle(job: Job, charged: Charged, at: datetime, house: House) -> tuple[LedgerEntry, ...]:
    """The ledger entries that close a job. What may have been charged is counted as charged: a budget errs on the safe side."""
    entries = await house.storage.ledger.of_job(job.id)
    closing: list[LedgerEntry] = []
    if (rest := held(entries)) > 0:
        closing.append(entry(EntryKind.release, rest, job, at))
    if charged is not Charged.no and spent(entries) == 0:
        closing.append(entry(EntryKind.charge, cost(job), job, at))
    return tuple(closing)


def cost(job: Job) -> Decimal:
    """What the provider reported, else what was quoted."""
    if job.result is not None and job.result.credits is not None:
        return job.result.credits
    return job.quote.credits if job.quote else Decimal(0)
