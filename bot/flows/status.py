"""What runs: for the person who asks, or for the whole channel."""

from collections.abc import Sequence

from bot.domain.card import Card, Field
from bot.domain.chat import ChatEvent, Command, Conversation, Message, Person
from bot.domain.job import RUNNING, Job, State
from bot.flows.access import is_author
from bot.flows.show.words import percent, shorten, state_words, tally_words
from bot.ports.house import House

OPEN = (*sorted(RUNNING), State.awaiting_confirmation, State.unclear)
MOST = 20
MOST_IN_WORKSPACE = 500


async def running(who: str, conversation: Conversation, author: Person, house: House) -> tuple[str, tuple[Job, ...]]:
    """Open jobs, newest first, and whose they are in words. `who` is "", "me", "channel", "all" or a job's id."""
    jobs = house.storage.jobs
    word = who.strip().lower()
    if word.startswith("j-"):
        job = await jobs.get(word.upper())
        if job is not None and job.batch:
            job = await jobs.get(job.batch)
        same = job is not None and job.author.workspace == author.workspace and job.author.platform == author.platform
        return f"job {word.upper()}", (job,) if job is not None and same else ()
    space = (author.platform, author.workspace)
    if word in {"channel", "here"}:
        there = await jobs.find(workspace=space, states=OPEN, limit=MOST_IN_WORKSPACE)
        return "here", tuple(job for job in there if job.conversation.circle == conversation.circle)[:MOST]
    if word in {"all", "everyone", "workspace"}:
        return "in this workspace", tuple(await jobs.find(workspace=space, states=OPEN, limit=MOST))
    return "for you", tuple(await jobs.find(author=author, states=OPEN, limit=MOST))


async def status(who: str, event: Message | Command, house: House) -> Card:
    """A card that lists them."""
    whose, jobs = await running(who, event.conversation, event.author, house)
    if not jobs:
        if whose.startswith("job "):
            return Card(title=f"There is no {whose} here", text="“status” lists what runs for you.")
        return Card(title=f"Nothing is running {whose}", text="Write what you would like to see, and it will be.")
    fields = tuple(Field(job.id, " · ".join(filter(None, (line(job), _about(job, event))))) for job in jobs)
    if whose.startswith("job "):
        return Card(title=f"About {whose}", fields=fields)
    return Card(title=f"{_counted(jobs)} {whose}", fields=fields)


def _counted(jobs: Sequence[Job]) -> str:
    """`One is running`, `3 running`, `2 waiting`, `3 running and 2 waiting`: what waits does so for a person."""
    waiting = sum(job.state not in RUNNING for job in jobs)
    if len(jobs) == 1:
        return f"One is {'waiting' if waiting else 'running'}"
    counts = ((len(jobs) - waiting, "running"), (waiting, "waiting"))
    return " and ".join(f"{count} {what}" for count, what in counts if count)


def _about(job: Job, event: Message | Command) -> str:
    """The prompt, for its author and in its own channel; elsewhere only whose it is."""
    if may_read(job, event):
        return shorten(job.request.prompt, 60)
    return f"asked for by {job.author.name or 'somebody'}"


def may_read(job: Job, event: ChatEvent) -> bool:
    """Whether this person sees the job's prompt anyway: it is theirs, or stands in the channel they write in."""
    there, here = job.conversation, event.conversation
    same_channel = (there.platform, there.workspace, there.circle) == (here.platform, here.workspace, here.circle)
    return same_channel or is_author(job, event.author)


def line(job: Job) -> str:
    """One job's state in a few words."""
    words = "waiting for a second person" if job.waits_for_second else state_words(job.state)
    if job.tally is not None and not job.ended:
        return f"{words}, {tally_words(job.tally)}"
    return f"{words}, {percent(job.progress)}" if job.state is State.processing and job.progress else words
