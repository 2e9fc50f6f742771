"""The buttons under a film. Pure."""

from dataclasses import dataclass
from datetime import date

from bot.domain.card import Action, Button
from bot.domain.catalogue import Catalogue
from bot.domain.drive import Clip
from bot.domain.job import Job
from bot.domain.media import Role
from bot.domain.model import Model
from bot.domain.request import Task
from bot.domain.rules import Rules
from bot.flows.begin import begun, merged
from bot.flows.show.form import choices, edit_form


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What films can be made with here: models to choose from as (id, title), and the ids of those that carry a film on."""

    models: tuple[tuple[str, str], ...] = ()
    extending: frozenset[str] = frozenset()


def offers(catalogue: Catalogue, rules: Rules, today: date) -> Offers:
    extending = (one for one in catalogue.usable(today) if Task.extend in one.tasks and takes_film(one, rules))
    return Offers(models=choices(catalogue, today), extending=frozenset(model.id for model in extending))


def takes_film(model: Model, rules: Rules) -> bool:
    """Whether a film of ours can be given to it; one that fetches films itself needs a public address to fetch them from."""
    rule = model.rule(Role.reference_video)
    return rule is not None and (not rule.by_link or rules.public_links)


def film_buttons(clip: Clip, job: Job | None, around: Offers) -> tuple[Button, ...]:
    """What can follow this film.

    `job` is what made it, None where that is gone or not for everybody who sees the film (`flows.origin`). A film that was merged, or of
    which nobody knows what it was made from, cannot be made again.
    """
    again = job is not None and not merged(clip, job)
    buttons: list[Button] = []
    if again:
        buttons += [
            Button(Action.again, "Again", item=clip.id),
            _form(Action.variation, "Variation", clip, job, around),
        ]
    buttons.append(Button(Action.continue_, "Continue", item=clip.id))
    if not merged(clip, job) and clip.model in around.extending:
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
