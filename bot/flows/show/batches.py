"""Batch -> Card: one card counts the films of several calls, tells of each that failed, and asks about each that is unclear."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from bot.domain.card import Bar, Card, Field, Tone
from bot.domain.job import Charged, Job, State, Tally, call_number, counted
from bot.flows.settle import cost
from bot.flows.show.fields import film_rows, results
from bot.flows.show.films import films_buttons, unnamed
from bot.flows.show.money import again_card
from bot.flows.show.parts import (
    CANCEL_ALL,
    DECISIONS,
    films,
    free,
    gone,
    money,
    not_posted,
    notes,
    renamed,
    since,
    working,
)
from bot.flows.show.words import CHARGED, amount, duration, films_words, percent, tally_words
from bot.flows.split import call_credits, films_of


def batch_card(job: Job, approve_above: Decimal | None = None) -> Card:
    """The one card of a batch, for whatever state it is in."""
    if job.tally is not None and job.tally.asking and job.waits_for_second:
        return _again(job, job.tally, approve_above)
    return _STATES[job.state](job)


def _going(job: Job) -> Card:
    assert job.tally is not None
    tally = job.tally
    if tally.asking:
        return _question(job)
    begun = tally.in_line < tally.films
    text = job.trouble or tally_words(tally)
    if not job.trouble and tally.held:
        text = f"{text}. {tally.held}"
    elif not job.trouble and not begun:
        text = f"{text}; {f'{counted(tally.ahead)} ahead of the first' if tally.ahead else 'the first is next'}"
    elif not job.trouble and job.progress:
        text = f"{text}, {percent(job.progress)}"
    eta = None if job.eta is None else float(round(gone(job) + job.eta))
    card = working(job, "Rendering" if begun else "In line", Bar(job.progress, text, eta, since(job)))
    return replace(card, buttons=(CANCEL_ALL,))


def _question(job: Job) -> Card:
    assert job.tally is not None
    which = films_of(job, call_number(job.tally.asking))
    who = job.choice.title if job.choice else "the provider"
    named = films_words(which).lower()
    return Card(
        title=f"Did {named} start? Please decide",
        text=f"The answer of {who} about {named} was lost, and it cannot say whether it took the order. Nothing was sent again.",
        fields=(Field("Films", tally_words(job.tally)), Field("Job", job.id), Field("Prompt", job.request.prompt)),
        notes=("The other films go on." if job.state is State.processing else "The other films are through.",),
        buttons=(*DECISIONS, replace(CANCEL_ALL, label="Cancel all")),
        tone=Tone.problem,
    )


def _again(job: Job, tally: Tally, approve_above: Decimal | None) -> Card:
    number = call_number(tally.asking)
    card = again_card(job, call_credits(job, number), approve_above)
    about = (Field("Again", films_words(films_of(job, number))), Field("Films", tally_words(tally)))
    return replace(
        card, fields=(*about, *card.fields), buttons=(*card.buttons, replace(CANCEL_ALL, label="Cancel all"))
    )


def _complete(job: Job) -> Card:
    assert job.tally is not None
    assert job.result is not None
    clips, wanted = job.result.clips, job.tally.films
    if len(clips) == wanted:
        title = f"Your {wanted} films are ready"
    else:
        title = f"{len(clips)} of your {wanted} films {'is' if len(clips) == 1 else 'are'} ready"
    return Card(
        title=title,
        fields=(*results(job, clips), Field("Took", duration(gone(job)))),
        notes=(*job.result.notes, *notes(job), *renamed(job, clips), *not_posted(job), *unnamed(clips)),
        media=films(job, clips),
        buttons=films_buttons(job, clips),
        tone=Tone.done,
    )


def _error(job: Job) -> Card:
    assert job.tally is not None
    failure = job.failure
    told = (*(job.result.notes if job.result else ()), money(job), failure.mend if failure else "")
    return Card(
        title=f"None of these {job.tally.films} films could be made",
        text=failure.say if failure else "",
        fields=(Field("Job", job.id), Field("Prompt", job.request.prompt)),
        notes=tuple(filter(None, told)),
        tone=Tone.problem,
    )


def _cancelled(job: Job) -> Card:
    assert job.tally is not None
    tally, clips = job.tally, job.result.clips if job.result else ()
    was = "was" if tally.ready == 1 else "were"
    finished = f"{tally.ready} of {tally.films} {was} finished before, and {'stays' if tally.ready == 1 else 'stay'} on the Drive."
    told = (*(job.result.notes if job.result else ()), *_bill(job))
    return Card(
        title="Cancelled",
        notes=(finished, *told, *unnamed(clips)) if tally.ready else told,
        fields=(*film_rows(job, clips), Field("Job", job.id)),
        media=films(job, clips),
        buttons=films_buttons(job, clips, again=False),
        tone=Tone.quiet,
    )


def _bill(job: Job) -> tuple[str, ...]:
    """What all calls of a cancelled batch cost, as far as it is known."""
    if free(job):
        return (CHARGED[Charged.no],)
    if job.stopping or job.failure is None:
        return ("Asking the provider to stop the others; they may still be charged.",)
    return (f"Counted for this: {amount(cost(job))}.",)


_STATES: Mapping[State, Callable[[Job], Card]] = {
    State.processing: _going,
    State.unclear: _going,
    State.complete: _complete,
    State.error: _error,
    State.cancelled: _cancelled,
}
