"""The money side of a job's end: what is still held is released, what was earned is charged, once."""

from datetime import datetime
from decimal import Decimal

from bot.domain.job import Charged, Failure, Job
from bot.domain.ledger import EntryKind, LedgerEntry, held
from bot.ports.house import House


def entry(kind: EntryKind, amount: Decimal, job: Job, at: datetime) -> LedgerEntry:
    """Whoever asked for the film spends, whoever said yes to it: so what is reserved comes back to the same person."""
    return LedgerEntry(
        kind=kind,
        credits=amount,
        job=job.id,
        person=job.author,
        at=at,
        channel=job.conversation.channel,
        model=job.choice.model if job.choice else "",
    )


async def settle(job: Job, charged: Charged, at: datetime, house: House) -> tuple[LedgerEntry, ...]:
    """The ledger entries that close a job's last call. What may have been charged is counted as charged: a budget errs on the safe side.

    Each attempt is charged at most once; one that was counted and turns out to have cost nothing is refunded.
    """
    entries = await house.storage.ledger.of_job(job.id)
    counted = sum(one.kind is EntryKind.charge for one in entries) - sum(
        one.kind is EntryKind.refund for one in entries
    )
    closing: list[LedgerEntry] = []
    if (rest := held(entries)) > 0:
        closing.append(entry(EntryKind.release, rest, job, at))
    if charged is not Charged.no and counted < job.attempt:
        closing.append(entry(EntryKind.charge, cost(job), job, at))
    if charged is Charged.no and job.attempt and counted == job.attempt:
        closing.append(entry(EntryKind.refund, cost(job), job, at))
    return tuple(closing)


async def stopped(job: Job, charged: Charged, house: House) -> None:
    """The end of a cancel: what it costs is known, the books are closed. Raises Stale."""
    now = house.clock.now()
    said = job.failure.say if job.failure else "Cancelled."
    after = job.move(job.state, now, failure=Failure(said, charged), stopping=False, next_step_at=None, tries=0)
    await house.storage.jobs.save(after, await settle(after, charged, now, house))


def cost(job: Job) -> Decimal:
    """What the provider reported, else what was quoted."""
    if job.result is not None and job.result.credits is not None:
        return job.result.credits
    return job.quote.credits if job.quote else Decimal(0)
