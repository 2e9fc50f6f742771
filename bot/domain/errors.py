"""Every error Clapper raises on purpose.

ClapperError
├── UserError(say)              the only text people are shown
│   ├── BadRequest              the wish cannot be understood or lacks something
│   ├── BadMedia                a file is not acceptable
│   ├── NotSupported            no model or platform can do this
│   ├── NotAllowed              this person may not
│   ├── OverBudget              it costs more than may be spent
│   └── BadSettings             a models.toml or what the operator changed in it; told to the operator at start
├── ProviderError(message)      what a video provider answered, mapped from its own codes
│   ├── Rejected(kind)          content refused: real_person, copyright or policy
│   ├── InvalidInput            the provider says the request is malformed
│   ├── RateLimited(retry_after)  refused before it started; try again later
│   ├── Busy                    refused before it started; all places are taken
│   ├── OutOfCredit             the operator's account is empty
│   ├── BadCredentials          the operator's key is wrong or lacks a right
│   ├── Unavailable             the provider is down or unreachable; a paid call certainly did not start
│   ├── Unclear                 the answer to a paid call was lost: it may or may not have started
│   ├── Expired                 the task or its result no longer exists
│   └── NotCancellable          the provider cannot stop this task
├── Later(seconds)              a chat takes no more just now: come back after so long
├── Taken                       a name is already used and is never overwritten
├── Unreadable(why)             a file cannot be opened as media
├── Overspent(left)             a budget has not that much left: nothing was reserved, nor saved
└── Stale                       someone else changed this first; the loser stops quietly

Anything else that is raised is a bug: it is logged once with the job's id.
"""

from enum import StrEnum

from bot.domain.budget import Left


class ClapperError(Exception):
    """The root of the tree above."""


class UserError(ClapperError):
    """`say` is a whole sentence: what is wrong, the limit, the value found and what to do."""

    def __init__(self, say: str) -> None:
        super().__init__(say)
        self.say = say


class BadRequest(UserError):
    pass


class BadMedia(UserError):
    pass


class NotSupported(UserError):
    pass


class NotAllowed(UserError):
    pass


class OverBudget(UserError):
    pass


class BadSettings(UserError):
    pass


class ProviderError(ClapperError):
    """`message` is the provider's own words, untrusted and not yet escaped.

    `mend` is our own sentence about what to do, where there is a better one than the kind's usual. `reference` is the token of the
    attachment at fault, where the provider names one.
    """

    def __init__(self, message: str, *, mend: str = "", reference: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.reference = reference


class RejectionKind(StrEnum):
    real_person = "real_person"
    copyright = "copyright"
    policy = "policy"


class Rejected(ProviderError):
    def __init__(
        self,
        message: str,
        kind: RejectionKind = RejectionKind.policy,
        reference: str | None = None,
        *,
        mend: str = "",
    ) -> None:
        super().__init__(message, mend=mend, reference=reference)
        self.kind = kind


class InvalidInput(ProviderError):
    pass


class RateLimited(ProviderError):
    """`retry_after` is in seconds; None where the provider does not say."""

    def __init__(self, message: str, retry_after: float | None = None, *, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.retry_after = retry_after


class Busy(ProviderError):
    pass


class OutOfCredit(ProviderError):
    pass


class BadCredentials(ProviderError):
    pass


class Unavailable(ProviderError):
    pass


class Unclear(ProviderError):
    pass


class Expired(ProviderError):
    pass


class NotCancellable(ProviderError):
    pass


class Later(ClapperError):
    """`seconds` is how long to wait at least."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not before {seconds:.1f} s from now")
        self.seconds = seconds


class Taken(ClapperError):
    pass


class Unreadable(ClapperError):
    """`why` is a plain sentence fit for a person."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Overspent(ClapperError):
    """`left` is the budget in whose way it is, as it stood in that moment."""

    def __init__(self, left: Left) -> None:
        super().__init__(f"a budget of {left.budget.credits} credits has {left.balance.used} used")
        self.left = left


class Stale(ClapperError):
    pass
