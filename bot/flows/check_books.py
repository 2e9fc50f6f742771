"""The nightly look at the books: once a day over all replicas every job whose credits do not add up is told, and none of them mended."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.ports.house import House

log = logging.getLogger(__name__)

CLAIM = "books"
EVERY = timedelta(days=1)
MOST = 100


async def check_books(house: House) -> Sequence[str]:
    """The ids of the jobs whose books are wrong, as they were logged; none where another replica looked today, or this one did."""
    now = house.clock.now()
    look = (
        f"{house.worker} {now.isoformat()}"  # each look claims for itself: who looked an hour ago does not look again
    )
    if not await house.storage.claims.take(CLAIM, look, now, now + EVERY):
        return ()
    try:
        wrong = await house.storage.ledger.unbalanced(MOST)
    except Exception:
        await house.storage.claims.drop(CLAIM, look)  # so that the next sweep looks
        raise
    for job in wrong:
        log.error("the books of a job are wrong", extra={"action": "books.unbalanced", "job": job})
        house.watch.count("books_unbalanced")
    if len(wrong) == MOST:
        log.error("there may be more jobs whose books are wrong", extra={"action": "books.unbalanced", "told": MOST})
    return wrong
