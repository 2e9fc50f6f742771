"""A job that cannot go on: what people are told of each provider error, and the books closed."""

from bot.domain.errors import (
    BadCredentials,
    Busy,
    Expired,
    InvalidInput,
    NotCancellable,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    RejectionKind,
    Unavailable,
    Unclear,
)
from bot.domain.job import Charged, Failure, Job, State
from bot.flows.settle import settle
from bot.ports.house import House

MAX_WORDS = 300


async def end(job: Job, failure: Failure, house: House) -> Job:
    """Moves the job to `error` and closes its books. Raises Stale."""
    now = house.clock.now()
    ended = job.move(State.error, now, failure=failure, next_step_at=None, eta=None)
    await house.storage.jobs.save(ended, await settle(ended, failure.charged, now, house))
    return ended


def failure(error: ProviderError, charged: Charged, provider: str) -> Failure:
    """The sentence for each kind of provider error; the provider's own words are quoted, cut to MAX_WORDS characters."""
    words = " ".join(error.message.split())[:MAX_WORDS]
    match error:
        case Rejected(kind=RejectionKind.real_person):
            where = f" Look at {error.reference}." if error.reference else ""
            return Failure(
                f"{provider} does not accept pictures of real people.{where}",
                charged,
                "Use another picture, or a model that accepts it.",
            )
        case Rejected(kind=RejectionKind.copyright):
            return Failure(
                f"{provider} refused this because of somebody's copyright: {words}",
                charged,
                "Change the prompt or the files.",
            )
        case Rejected():
            return Failure(f"{provider} refused the content: {words}", charged, "Change the prompt or the files.")
        case InvalidInput():
            return Failure(f"{provider} could not use this request: {words}", charged, "Change it and ask again.")
        case OutOfCredit():
            return Failure(
                f"The account at {provider} is out of credit.", charged, "Tell your operator, or choose another model."
            )
        case BadCredentials():
            return Failure(
                f"{provider} did not accept the key it was given.",
                charged,
                "Tell your operator; `clapper doctor` checks it.",
            )
        case Expired():
            return Failure(
                f"{provider} no longer has this task or its film.", charged, "Ask again if you still want it."
            )
        case RateLimited() | Busy():
            return Failure(
                f"{provider} stayed too busy to take this.", charged, "Ask again later, or choose another model."
            )
        case Unavailable():
            return Failure(f"{provider} could not do it: {words}", charged, "Ask again, or choose another model.")
        case Unclear() | NotCancellable() | _:
            return Failure(f"{provider} answered: {words}", charged, "Ask again, or choose another model.")
