"""Job -> Card: what each state looks like. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import ceil

from bot.domain.card import Action, Bar, Button, Card, Field, Style, Tone
from bot.domain.drive import Clip
from bot.domain.job import Job, State, counted
from bot.domain.pricing import Quote
from bot.flows.purses import Tightest
from bot.flows.show.batches import batch_card
from bot.flows.show.fields import parent, results, settings
from bot.flows.show.films import Offers, film_buttons, films_buttons, unnamed
from bot.flows.show.form import edit_form
from bot.flows.show.merges import merge_card
from bot.flows.show.money import APPROVE, again_card, fits_words, second_words, waiting_words
from bot.flows.show.parts import DECISIONS, films, free, gone, money, not_posted, notes, renamed, sheet, since, working
from bot.flows.show.words import amount, duration, percent

CONFIRM = Button(Action.confirm, "Confirm", Style.primary)
DECLINE = Button(Action.cancel, "Cancel")
EDIT = Button(Action.edit, "Edit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a card says besides its job: jobs `ahead` in line, how long this model usually takes, what films can be made with.

    `held` says why it waits for other films of its author. `library` are the newest films that can be put into a merge.
    `tightest` is the budget of which least is left; above `approve_above` credits one person's yes is not enough.
    """

    ahead: int = 0
    held: str = ""
    usual_seconds: float | None = None
    offers: Offers = field(default_factory=Offers)
    library: tuple[Clip, ...] = ()
    tightest: Tightest | None = None
    approve_above: Decimal | None = None


def job_card(job: Job, around: Surroundings) -> Card:
    """The one card of a job, for whatever state it is in."""
    if job.request.join is not None:
        card = merge_card(job, around.library, around.ahead, around.offers)
    else:
        card = _STATES[job.state](job, around) if job.tally is None else batch_card(job, around.approve_above)
    return replace(
        card,
        fields=(*parent(job), *card.fields),
        text=card.text or job.request.prompt,
        state=job.state.value,
        job=job.id,
        revision=job.version,
    )


def _ask(job: Job, around: Surroundings) -> Card:
    form = edit_form(job, around.offers.models)
    if job.problems or job.quote is None:
        return Card(
            title="This needs a change first",
            notes=(*job.problems, "Nothing was charged. Your text and files are kept: press Edit to mend them."),
            fields=settings(job),
            media=sheet(job),
            buttons=(replace(EDIT, form=form), DECLINE),
            tone=Tone.problem,
        )
    total = amount(job.quote.credits)
    stands = duration(10 * ceil((job.quote.valid_until - (job.asked_at or job.made_at)).total_seconds() / 10))
    fits = fits_words(job, job.quote.credits, around.tightest)
    return Card(
        title=_question(job, job.quote, around.approve_above),
        fields=settings(job),
        costs=(*((line.text, amount(line.credits)) for line in job.quote.lines), ("Total", total)),
        notes=(
            *fits.notes,
            *second_words(job, job.quote.credits, around.approve_above),
            *notes(job),
            *job.hints,
            f"Nothing starts before {'that' if job.agreed_by else 'you confirm'}. This price stands for {stands}.",
        ),
        media=sheet(job),
        buttons=(APPROVE if job.agreed_by else CONFIRM, replace(EDIT, form=form), DECLINE),
        tone=Tone.ask if fits.fits else Tone.problem,
    )


def _question(job: Job, quote: Quote, approve_above: Decimal | None) -> str:
    if job.agreed_by is not None:
        return waiting_words(job, quote.credits, approve_above)
    total = amount(quote.credits)
    price = f"About {total}" if quote.estimated and quote.credits else total.capitalize()
    count = job.choice.settings.count if job.choice else None
    what = f"these {count.value} films" if count is not None and count.value > 1 else "this film"
    return f"Make {what}? {price}"


def _queued(job: Job, around: Surroundings) -> Card:
    if job.trouble:
        text = job.trouble
    elif job.tries:
        text = "The provider is busy; it is asked again in a moment. Nothing has been charged."
    elif around.held:
        text = around.held
    elif around.ahead:
        text = f"{counted(around.ahead)} ahead of this one"
    else:
        text = "Next in line"
    return working(job, "In line", Bar(None, text, _usual(job, around), since(job)))


def _submitting(job: Job, around: Surroundings) -> Card:
    return working(job, "Sending it off", Bar(None, job.trouble or "Being sent", _usual(job, around), since(job)))


def _processing(job: Job, around: Surroundings) -> Card:
    fraction = job.progress
    if job.trouble:
        text = job.trouble
    elif job.tries:
        text = "The provider does not answer just now; it is asked again. The film goes on."
    elif fraction:
        text = f"Rendering, {percent(fraction)}"
    else:
        text = "Rendering"
    eta = _usual(job, around) if job.eta is None else gone(job) + job.eta
    return working(job, "Rendering", Bar(fraction, text, eta, since(job)))


def _finalizing(job: Job, _: Surroundings) -> Card:
    home = len(job.result.clips) if job.result else 0
    wanted = len(job.result.files) if job.result else 1
    many = f" {home} of {wanted}" if wanted > 1 else ""
    if job.trouble:
        text = job.trouble
    elif job.tries:
        text = "The film is made; fetching it did not work yet and is tried again."
    else:
        text = f"Bringing the film home{many}"
    return working(job, "Almost there", Bar(1.0, text, None, since(job)))


def _complete(job: Job, around: Surroundings) -> Card:
    clips = job.result.clips if job.result else ()
    many = len(clips) > 1
    return Card(
        title=f"Your {len(clips)} films are ready" if many else "Your film is ready",
        fields=(*results(job, clips), Field("Took", duration(gone(job)))),
        notes=(
            *notes(job),
            *(job.result.notes if job.result else ()),
            *renamed(job, clips),
            *not_posted(job),
            *unnamed(clips),
        ),
        media=films(job, clips),
        buttons=films_buttons(job, clips) if many else _follow(job, clips, around),
        tone=Tone.done,
    )


def _follow(job: Job, clips: Sequence[Clip], around: Surroundings) -> tuple[Button, ...]:
    return film_buttons(clips[0], job, around.offers) if clips else ()


def _error(job: Job, _: Surroundings) -> Card:
    failure = job.failure
    told = (money(job), failure.mend) if failure else ()
    return Card(
        title="This film could not be made",
        text=failure.say if failure else "",
        fields=(Field("Job", job.id), Field("Prompt", job.request.prompt)),
        notes=tuple(filter(None, told)),
        media=sheet(job),
        tone=Tone.problem,
    )


def _cancelled(job: Job, _: Surroundings) -> Card:
    asking = job.stopping and not free(job)
    told = "Asking the provider to stop; it may still be charged." if asking else money(job)
    return Card(title="Cancelled", notes=(told,), fields=(Field("Job", job.id),), tone=Tone.quiet)


def _declined(job: Job, _: Surroundings) -> Card:
    return Card(title="Not made", notes=("Nothing was charged.",), fields=(Field("Job", job.id),), tone=Tone.quiet)


def _expired(job: Job, _: Surroundings) -> Card:
    if (lost := job.failure) is not None:
        return Card(title="This price holds no more", text=lost.say, notes=(lost.mend,), fields=(Field("Job", job.id),))
    notes = ("Nobody confirmed in time, so nothing was made and nothing was charged. Send it again for a new price.",)
    return Card(title="This price has expired", notes=notes, fields=(Field("Job", job.id),), tone=Tone.quiet)


def _unclear(job: Job, around: Surroundings) -> Card:
    if job.waits_for_second and job.quote is not None:
        return again_card(job, job.quote.credits, around.approve_above)
    who = job.choice.title if job.choice else "The provider"
    return Card(
        title="Did it start? Please decide",
        text=f"The answer of {who} was lost, and it cannot say whether it took the order. Nothing was sent again.",
        fields=(Field("Job", job.id), Field("Prompt", job.request.prompt)),
        buttons=DECISIONS,
        tone=Tone.problem,
    )


_STATES: Mapping[State, Callable[[Job, Surroundings], Card]] = {
    State.awaiting_confirmation: _ask,
    State.queued: _queued,
    State.submitting: _submitting,
    State.processing: _processing,
    State.finalizing: _finalizing,
    State.complete: _complete,
    State.error: _error,
    State.cancelled: _cancelled,
    State.declined: _declined,
    State.expired: _expired,
    State.unclear: _unclear,
}


def _usual(job: Job, around: Surroundings) -> float | None:
    """The usual time from submission, from this bot's own history, as seconds from the confirmation."""
    if around.usual_seconds is None:
        return None
    waited = (
        (job.submitted_at - job.confirmed_at).total_seconds() if job.submitted_at and job.confirmed_at else gone(job)
    )
    return waited + around.usual_seconds
