"""The buttons under a film, and under several. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.card import Action, Button
from bot.domain.catalogue import Catalogue
from bot.domain.drive import Clip
from bot.domain.job import Job
from bot.domain.request import Task
from bot.domain.rules import Rules
from bot.flows.allowed import model_allowed
from bot.flows.begin import begun, merged, source, takes_film
from bot.flows.show.fields import film_number
from bot.flows.show.form import choices, edit_form

MOST_NAMED = 20
"""So many films have a button of their own under one card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What films can be made with here: models to choose from as (id, title), and the ids of those that carry a film on."""

    models: tuple[tuple[str, str], ...] = ()
    extending: frozenset[str] = frozenset()


def offers(catalogue: Catalogue, rules: Rules, today: date) -> Offers:
    """By the rules of the place where they are offered."""
    usable = (one for one in catalogue.usable(today) if model_allowed(one.id, rules))
    extending = (one.id for one in usable if Task.extend in one.tasks and takes_film(one, rules))
    return Offers(models=choices(catalogue, rules, today), extending=frozenset(extending))


def film_buttons(clip: Clip, job: Job | None, around: Offers) -> tuple[Button, ...]:
    """What can follow this film.

    `job` is what made it, None where that is gone or not for everybody who sees the film (`flows.origin`). A film that was merged, or of
    which nobody knows what it was made from, cannot be made again.
    """
    if clip.trashed_at is not None or not clip.key:
        return ()  # in the trash, or kept no more
    again = job is not None and not merged(clip, job)
    buttons: list[Button] = []
    if again:
        buttons += [
            Button(Action.again, "Again", item=clip.id),
            _form(Action.variation, "Variation", clip, job, around),
        ]
    buttons.append(Button(Action.continue_, "Continue", item=clip.id))
    made = source(clip, job).choice
    if made is not None and made.model in around.extending:
        buttons.append(_form(Action.extend, "Extend", clip, job, around))
    buttons.append(_form(Action.reference, "Use as reference", clip, job, around))
    if not clip.shared:
        buttons.append(Button(Action.save, "Save to /space", item=clip.id))
    buttons.append(Button(Action.add_to_merge, "Add to merge", item=clip.id))
    return tuple(buttons)


def _form(how: Action, label: str, clip: Clip, job: Job | None, around: Offers) -> Button:
    """With the form of Edit, filled with what the wish begins with; the film itself is no question."""
    form = edit_form(begun(how, clip, job), around.models)
    if how is not Action.variation:
        form = tuple(field for field in form if not field.name.startswith("@"))
    return Button(how, label, item=clip.id, form=form)


def films_buttons(job: Job, clips: Sequence[Clip], *, again: bool = True) -> tuple[Button, ...]:
    """Under several films: one that leads to each, and one that makes them all again."""
    named = (
        Button(Action.film, f"Film {film_number(job, clip)}", item=clip.id) for clip in clips[:MOST_NAMED] if clip.key
    )
    return (*named, *((Button(Action.again, "Again"),) if again else ()))


def unnamed(clips: Sequence[Clip]) -> tuple[str, ...]:
    """What is said of the films that have no button."""
    more = len(clips) - MOST_NAMED
    return (f"The other {more} {'are' if more > 1 else 'is'} in the library: say “library”.",) if more > 0 else ()
