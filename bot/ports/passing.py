"""What passes and is needed for a while: who may delete it, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Passing(Protocol):
    """Inputs and contact sheets, by their Files keys (`bot.domain.passing`): when each was last used, and whether it is still needed.

    Each is deleted a while after its last use, but never while a job that is not over needs it, or a clip is there whose wish it was:
    `Jobs` keeps in mind what each job needs. No byte that somebody needs is lost, whoever comes when:

    - Who brings a file, or begins to need one that is there, says `use` first. Once that is true, nobody deletes the file for as long as
      an unused one is kept; only then its bytes are kept or found to be there, and after that the job that needs it is saved.
    - Who deletes says `claim` first, forgets the bytes only while the claim has not run out, and says `gone` last. A `use` that comes
      meanwhile is false: the bytes may be there for a moment more, but not for long, so its caller asks again until they are gone.
    - Whoever died in the middle leaves a claim that runs out, and a key that is claimed again.
    """

    async def use(self, key: str, now: datetime) -> bool:
        """The file is used now. False where somebody is just deleting it."""
        ...

    async def claim(
        self, worker: str, unused_since: datetime, now: datetime, until: datetime, limit: int
    ) -> Sequence[str]:
        """Claims until `until` at most `limit` files that nothing needs and nobody used after `unused_since`.

        Those that were used longest ago are looked at first, a bounded number of them; what is needed counts as used now, so that all
        have their turn. No two callers are given the same file.
        """
        ...

    async def gone(self, worker: str, key: str) -> None:
        """Its bytes are forgotten; nothing happens where this worker has lost the claim."""
        ...
