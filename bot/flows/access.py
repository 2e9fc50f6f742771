"""Who may act on a job: the person who asked for it, or one the operator allows."""

from bot.domain.chat import Person
from bot.domain.errors import NotAllowed
from bot.domain.job import Job
from bot.domain.rules import Rules


def may_act(job: Job, person: Person, rules: Rules) -> bool:
    author = job.author
    if (person.platform, person.workspace, person.id) == (author.platform, author.workspace, author.id):
        return True
    return f"{person.platform}:{person.id}" in rules.approvers


def check_access(job: Job, person: Person, rules: Rules) -> None:
    """Raises NotAllowed, to be told to that person alone."""
    if not may_act(job, person, rules):
        raise NotAllowed(f"Only {job.author.name or 'the person who asked for it'} can decide about job {job.id}.")
