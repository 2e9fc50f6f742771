"""Who may act on a job: the person who asked for it, or one the operator allows."""

from bot.domain.chat import Person
from bot.domain.errors import NotAllowed
from bot.domain.job import Job
from bot.domain.rules import Rules


def same_person(one: Person | None, other: Person) -> bool:
    """By whatever names they go now."""
    return one is not None and (one.platform, one.workspace, one.id) == (other.platform, other.workspace, other.id)


def is_author(job: Job, person: Person) -> bool:
    """Whether this person asked for it."""
    return same_person(job.author, person)


def may_act(job: Job, person: Person, rules: Rules) -> bool:
    return is_author(job, person) or f"{person.platform}:{person.id}" in rules.approvers


def check_access(job: Job, person: Person, rules: Rules) -> None:
    """Raises NotAllowed, to be told to that person alone."""
    if not may_act(job, person, rules):
        raise NotAllowed(f"Only {job.author.name or 'the person who asked for it'} can decide about job {job.id}.")
