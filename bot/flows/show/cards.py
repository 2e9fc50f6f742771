"""Job -> Card: what each state looks like. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.domain.card import Action, Bar, Button, Card, CardMedia, Field, Style, Tone, film_media
from bot.domain.drive import Clip, safe_path
from bot.domain.job import Charged, Job, State
from bot.domain.media import MediaKind
from bot.flows.settle import cost
from bot.flows.show.fields import results, settings
from bot.flows.show.form import edit_form
from bot.flows.show.words import CHARGED, amount, duration, percent

CONFIRM = Button(Action.confirm, "Confirm", Style.primary)
DECLINE = Button(Action.cancel, "Cancel")
EDIT = Button(Action.edit, "Edit")
CANCEL = Button(
    Action.cancel, "Cancel", Style.danger, confirm="Stop this film? What is rendered so far is thrown away."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a card says besides its job: jobs `ahead` in line, how long this model usually takes, models to choose from (id, title)."""

    ahead: int = 0
    usual_seconds: float | None = None
    models: tuple[tuple[str, str], ...] = ()


def job_card(job: Job, around: Surroundings) -> Card:
    """The one card of a job, for whatever state it is in."""
    card = _STATES[job.state](job, around)
    return replace(card, state=job.state.value, text=card.text or job.request.prompt, job=job.id, revision=job.version)


def _ask(job: Job, around: Surroundings) -> Card:
    form = edit_form(job, around.models)
    if job.problems or job.quote is None:
        return Card(
            title="This needs a change first",
            notes=(*job.problems, "Nothing was charged. Your text and files are kept: press Edit to mend them."),
            fields=settings(job),
            media=_sheet(job),
            buttons=(EDIT, DECLINE),
            form=form,
            tone=Tone.problem,
        )
    total = amount(job.quote.credits)
    stands = duration((job.quote.valid_until - (job.asked_at or job.made_at)).total_seconds())
    price = f"About {total}" if job.quote.estimated and job.quote.credits else total.capitalize()
    return Card(
        title=f"Make this film? {price}",
        fields=settings(job),
        costs=(*((line.text, amount(line.credits)) for line in job.quote.lines), ("Total", total)),
        notes=(
            *_notes(job),
            *job.hints,
            f"Nothing starts before you confirm. This price stands for {stands}.",
        ),
        media=_sheet(job),
        buttons=(CONFIRM, EDIT, DECLINE),
        form=form,
        tone=Tone.ask,
    )


def _queued(job: Job, around: Surroundings) -> Card:
    if job.trouble:
        text = job.trouble
    elif job.tries:
        text = "The provider is busy; it is asked again in a moment. Nothing has been charged."
    elif around.ahead:
        text = f"{around.ahead} ahead of this one"
    else:
        text = "Next in line"
    return _working(job, "In line", Bar(None, text, _usual(job, around), _since(job)))


def _submitting(job: Job, around: Surroundings) -> Card:
    return _working(job, "Sending it off", Bar(None, "Being sent", _usual(job, around), _since(job)))


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
    eta = _usual(job, around) if job.eta is None else _gone(job) + job.eta
    return _working(job, "Rendering", Bar(fraction, text, eta, _since(job)))


def _finalizing(job: Job, _: Surroundings) -> Card:
    home = len(job.result.clips) if job.result else 0
    wanted = len(job.result.files) if job.result else 1
    many = f" {home} of {wanted}" if wanted > 1 else ""
    text = (
        f"Bringing the film home{many}"
        if not job.tries
        else "The film is made; fetching it did not work yet and is tried again."
    )
    return _working(job, "Almost there", Bar(1.0, text, None, _since(job)))


def _working(job: Job, title: str, bar: Bar) -> Card:
    return Card(
        title=title,
        fields=settings(job),
        notes=_notes(job),
        media=_sheet(job),
        progress=bar,
        buttons=(CANCEL,),
        tone=Tone.working,
    )


def _complete(job: Job, _: Surroundings) -> Card:
    clips = job.result.clips if job.result else ()
    many = len(clips) > 1
    return Card(
        title=f"Your {len(clips)} films are ready" if many else "Your film is ready",
        fields=(*results(job, clips), Field("Took", duration(_gone(job)))),
        notes=(*_notes(job), *(job.result.notes if job.result else ()), *_renamed(job, clips), *_not_posted(job)),
        media=tuple(media for clip in clips for media in _film(clip, job)),
        tone=Tone.done,
    )


def _error(job: Job, _: Surroundings) -> Card:
    failure = job.failure
    notes = (_money(job), failure.mend) if failure else ()
    return Card(
        title="This film could not be made",
        text=failure.say if failure else "",
        fields=(Field("Job", job.id), Field("Prompt", job.request.prompt)),
        notes=tuple(filter(None, notes)),
        media=_sheet(job),
        tone=Tone.problem,
    )


def _cancelled(job: Job, _: Surroundings) -> Card:
    asking = job.stopping and not _free(job)
    money = "Asking the provider to stop; it may still be charged." if asking else _money(job)
    return Card(title="Cancelled", notes=(money,), fields=(Field("Job", job.id),), tone=Tone.quiet)


def _declined(job: Job, _: Surroundings) -> Card:
    return Card(title="Not made", notes=("Nothing was charged.",), fields=(Field("Job", job.id),), tone=Tone.quiet)


def _expired(job: Job, _: Surroundings) -> Card:
    notes = ("Nobody confirmed in time, so nothing was made and nothing was charged. Send it again for a new price.",)
    return Card(title="This price has expired", notes=notes, fields=(Field("Job", job.id),), tone=Tone.quiet)


def _unclear(job: Job, _: Surroundings) -> Card:
    who = job.choice.title if job.choice else "The provider"
    return Card(
        title="Did it start? Please decide",
        text=f"The answer of {who} was lost, and it cannot say whether it took the order. Nothing was sent again.",
        fields=(Field("Job", job.id), Field("Prompt", job.request.prompt)),
        buttons=(
            Button(Action.look_again, "Look again", Style.primary),
            Button(
                Action.submit_again, "Submit again", Style.danger, confirm="It may be charged twice. Submit it again?"
            ),
            Button(Action.close, "Close"),
        ),
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


def _money(job: Job) -> str:
    charged = job.failure.charged if job.failure else Charged.no
    return CHARGED[Charged.no if _free(job) else charged]


def _free(job: Job) -> bool:
    return cost(job) == 0


def _notes(job: Job) -> tuple[str, ...]:
    adjusted = tuple(one.say for one in job.choice.adjustments) if job.choice else ()
    mended = tuple(f"{ref.token}: {mend}." for ref in job.request.references for mend in ref.mends)
    return (*adjusted, *mended)


def _sheet(job: Job) -> tuple[CardMedia, ...]:
    if not job.sheet:
        return ()
    named = ", ".join(f"{ref.token} {ref.role.value.replace('_', ' ')}" for ref in job.request.references if ref.key)
    return (CardMedia(kind=MediaKind.image, key=job.sheet, alt=f"What came in: {named}", name="inputs.jpg"),)


def _film(clip: Clip, job: Job) -> tuple[CardMedia, ...]:
    film = film_media(clip, job.request.prompt)
    if not clip.last_frame:
        return (film,)
    stem = film.name.rpartition(".")[0]
    frame = CardMedia(kind=MediaKind.image, key=clip.last_frame, alt="The last frame", name=f"{stem}-last.png")
    return (film, frame)


def _renamed(job: Job, clips: tuple[Clip, ...]) -> tuple[str, ...]:
    said = job.choice.settings.drive_path if job.choice else None
    if said is None:
        return ()
    wanted = safe_path(said.value)
    return tuple(
        f"Saved as {clip.drive_path}: {wanted} was there already, and nothing is ever overwritten."
        for clip in clips
        if clip.drive_path != wanted
    )


def _not_posted(job: Job) -> tuple[str, ...]:
    if job.result is None or job.result.delivered >= len(job.result.clips):
        return ()
    return ("The chat did not take the file; it is safe on the Drive.",)


def _since(job: Job) -> str:
    return job.confirmed_at.isoformat() if job.confirmed_at else ""


def _usual(job: Job, around: Surroundings) -> float | None:
    """The usual time from submission, from this bot's own history, as seconds from the confirmation."""
    if around.usual_seconds is None:
        return None
    waited = (
        (job.submitted_at - job.confirmed_at).total_seconds() if job.submitted_at and job.confirmed_at else _gone(job)
    )
    return waited + around.usual_seconds


def _gone(job: Job) -> float:
    """Seconds from the confirmation to now."""
    return (job.changed_at - job.confirmed_at).total_seconds() if job.confirmed_at else 0.0
