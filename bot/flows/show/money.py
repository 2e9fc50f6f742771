"""What a card says of budgets and of the second person's yes. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.card import Action, Button, Card, Field, Style, Tone
from bot.domain.job import Job
from bot.domain.units import credits_number, credits_text
from bot.flows.purses import Tightest, named, too_dear
from bot.flows.second import WHO, line
from bot.flows.show.parts import DECISIONS
from bot.flows.show.words import shorten

LONGEST_NAME = 40
APPROVE = Button(Action.approve, "Approve", Style.primary)
APPROVE_AGAIN = Button(
    Action.approve, "Approve", Style.danger, confirm="It may be charged twice. Approve submitting it again?"
)


@dataclass(frozen=True, slots=True)
class Fits:
    """Whether a price fits in the budgets, and what is said of it."""

    fits: bool
    notes: tuple[str, ...] = ()


def fits_words(job: Job, cost: Decimal, tightest: Tightest | None) -> Fits:
    """A price that does not fit can be confirmed all the same once the budget was raised."""
    if tightest is None or not cost:
        return Fits(fits=True)
    budget, after = tightest.left.budget, tightest.left.credits - cost
    if after < 0:
        return Fits(fits=False, notes=(too_dear(job, cost, tightest, job.author),))
    whose = named(tightest)
    say = (
        f"{whose[0].upper()}{whose[1:]} has {credits_number(after)} of {credits_text(budget.credits)} left after this."
    )
    return Fits(fits=True, notes=(say,))


def second_words(job: Job, cost: Decimal, approve_above: Decimal | None) -> tuple[str, ...]:
    """Who else must agree."""
    if job.agreed_by is not None:
        return (
            f"Approve is for {WHO}, and not for {_who(job)}; elsewhere in this workspace they say “{line(job, cost)}”. Nothing is reserved before.",
        )
    if approve_above is None or cost <= approve_above:
        return ()
    return (f"Above {credits_text(approve_above)} a second person must agree after you: {WHO}.",)


def waiting_words(job: Job, cost: Decimal, approve_above: Decimal | None) -> str:
    """The threshold is left out where it was raised since."""
    above = ""
    if approve_above is not None and cost > approve_above:
        above = f", which is above {credits_number(approve_above)}"
    return f"Waiting for a second person: {_who(job)} said yes to {credits_text(cost)}{above}"


def again_card(job: Job, cost: Decimal, approve_above: Decimal | None) -> Card:
    """Somebody wants a call made again whose answer was lost, and that needs another's yes, too."""
    look, _, close = DECISIONS
    return Card(
        title=waiting_words(job, cost, approve_above),
        text=f"{_who(job)} wants it submitted again; its first call may be charged, too. Nothing was sent again.",
        fields=(Field("Job", job.id), Field("Prompt", job.request.prompt)),
        notes=second_words(job, cost, approve_above),
        buttons=(APPROVE_AGAIN, look, close),
        tone=Tone.problem,
    )


def _who(job: Job) -> str:
    return shorten(job.agreed_by.name or job.agreed_by.id, LONGEST_NAME) if job.agreed_by else "Somebody"
