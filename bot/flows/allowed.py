"""Whether a film may be made in a place: films are switched on there, and its model is one of those that may be used."""

from bot.domain.errors import NotAllowed
from bot.domain.job import Job
from bot.domain.rules import Rules

OFF = "Clapper is switched off in this channel by an admin. Nothing was started."


def switched_on(rules: Rules) -> None:
    """Raises NotAllowed where nothing is to be made."""
    if not rules.on:
        raise NotAllowed(OFF)


def allowed(job: Job, rules: Rules) -> None:
    """Whether what stands on a card may be made by the `rules` of its place as they are now. Raises NotAllowed.

    Joining films takes no model.
    """
    switched_on(rules)
    if job.request.join is not None or job.choice is None or model_allowed(job.choice.model, rules):
        return
    raise NotAllowed(
        f"{job.choice.title} is not allowed here any more; {allowed_words(rules)} Ask for it with one of them. Nothing was started."
    )


def model_allowed(id: str, rules: Rules) -> bool:
    return rules.models is None or id in rules.models


def allowed_words(rules: Rules) -> str:
    """Which models may be used, as the end of a sentence."""
    return f"the admins allow {', '.join(sorted(rules.models or ())) or 'none'}."
