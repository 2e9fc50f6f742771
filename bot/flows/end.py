"""A job that cannot go on: what people are told of each provider error, and the books closed."""

from bot.domain.errors import (
    BadCredentials,
    Busy,
    Expired,
    InvalidInput,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Rejected,
    RejectionKind,
    Unavailable,
)
from bot.domain.job import Charged, Failure, Job, State
from bot.flows.settle import settle
from bot.ports.house import House

MAX_WORDS = 300
MAX_NOTE = 600


async def end(job: Job, failure: Failure, house: House) -> Job:
    """Moves the job to `error` and closes its books. Raises Stale."""
    now = house.clock.now()
    ended = job.move(State.error, now, failure=failure, next_step_at=None, eta=None)
    await house.storage.jobs.save(ended, await settle(ended, failure.charged, now, house))
    return ended


def failure(error: ProviderError, charged: Charged, provider: str) -> Failure:
    """What people are told; the provider's own words are quoted, cut to MAX_WORDS characters."""
    say, mend = _words(error, plain(error.message, MAX_WORDS))
    where = f" Look at {error.reference}." if error.reference else ""
    return Failure(say.replace("{provider}", provider) + where, charged, plain(error.mend, MAX_NOTE) or mend)


def plain(words: str, most: int) -> str:
    """In one line of at most so many characters, without any that cannot be seen or that turn a line round."""
    line = " ".join(words[: 20 * most].split())
    return "".join(filter(str.isprintable, line))[:most]


def _words(error: ProviderError, words: str) -> tuple[str, str]:  # noqa: PLR0911 - one line for each kind of error
    """What happened and what to do; `{provider}` stands for its name."""
    match error:
        case Rejected(kind=RejectionKind.real_person):
            return (
                "{provider} makes no films of real people, and took something here for one.",
                "Use something else in its place, or a model that accepts it.",
            )
        case Rejected(kind=RejectionKind.copyright):
            return (
                f"{{provider}} refused this because of somebody's copyright: {words}",
                "Change the prompt or the files.",
            )
        case Rejected():
            return f"{{provider}} refused the content: {words}", "Change the prompt or the files."
        case InvalidInput():
            return f"{{provider}} could not use this request: {words}", "Change it and ask again."
        case OutOfCredit():
            return "The account at {provider} is out of credit.", "Tell your operator, or choose another model."
        case BadCredentials():
            return "{provider} did not let this bot in.", "Tell your operator; `clapper doctor` checks the key."
        case Expired():
            return "{provider} no longer has this task or its film.", "Ask again if you still want it."
        case RateLimited() | Busy():
            return "{provider} stayed too busy to take this.", "Ask again later, or choose another model."
        case Unavailable():
            return f"{{provider}} could not do it: {words}", "Ask again, or choose another model."
        case _:
            return f"{{provider}} answered: {words}", "Ask again, or choose another model."
