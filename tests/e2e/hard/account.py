"""What must be true when a hard day is over: the account of every wish, order, card, film and credit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.app import RealClock
from bot.domain.job import ENDED, Job, State
from bot.domain.ledger import EntryKind
from bot.ports.storage import Storage
from tests.databases import opened
from tests.e2e.hard.people import Wish
from tests.e2e.hard.town import Town
from tests.e2e.slack import key_of

NOWHERE = ("Task not found by id/external id", "Generation not found")
"""What Kling and Hedra answer where an order is looked for that its sender did not send after all."""
OUTDATED = "ATTACHMENT_NOT_FOUND"
"""What Discord answers to the edit of a replica that another was faster than: it looks at the message and edits again."""
SAYS = {State.complete: "Your film is ready", State.error: "This film could not be made", State.cancelled: "Cancelled"}


@dataclass
class Account:
    """Each list is empty where all is well, and names what is not. `lost` also holds wishes of which nothing came."""

    jobs: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    films: list[str] = field(default_factory=list)
    books: list[str] = field(default_factory=list)
    chats: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        every = {name: getattr(self, name) for name in ("lost", "twice", "cards", "films", "books", "chats")}
        return [f"{name}: {one}" for name, many in every.items() for one in many]


async def account(here: Town, wishes: Sequence[Wish]) -> Account:
    made = Account()
    async with opened(here.database, RealClock()) as storage:
        jobs = {job.id: job for job in await storage.jobs.find(limit=100_000)}
        made.jobs.update(job.state.value for job in jobs.values())
        answered = {wish.job for wish in wishes}
        made.lost += [f"{job.id} is left {job.state}" for job in jobs.values() if _left(job, answered)]
        made.books += [f"{id} does not balance" for id in await storage.ledger.unbalanced()]
        for wish in wishes:
            await _of_wish(made, wish, jobs, storage)
    made.cards += _twice(here)
    made.chats += [*here.slack.violations, *(one for one in here.discord.violations if OUTDATED not in one)]
    complaints = [f"{name}: {one}" for name, stand in here.stands.items() for one in stand.vendor.complaints]
    made.chats += [one for one in complaints if not any(nowhere in one for nowhere in NOWHERE)]
    return made


def _left(job: Job, answered: set[str]) -> bool:
    """Whether it is not over; a price that came so late that its person had written again waits for nobody."""
    return job.state not in ENDED and (job.state is not State.awaiting_confirmation or job.id in answered)


def _twice(here: Town) -> list[str]:
    """What stands more than once in a chat, whoever it was said to."""
    places = [place for team in here.slack.workspaces.values() for place in team.channels.values()]
    said = Counter(key_of(one) for place in places for one in place.live())
    said += Counter(one.nonce or "" for room in here.discord.channels.values() for one in here.discord.said(room))
    return [f"{key} stands there {many} times" for key, many in said.items() if key and many > 1]


async def _of_wish(made: Account, wish: Wish, jobs: dict[str, Job], storage: Storage) -> None:
    job = jobs.get(wish.job)
    if job is None:
        made.lost.append(f"{wish.names} of {wish.provider} is no job: {wish.said()}")
        return
    told = f"{job.id} {wish.name} {wish.provider} {job.state}"
    ordered = [order for name in wish.names for order in wish.here.orders(name)]
    charged = await _charged(job, storage)
    if len(ordered) > max(1, job.attempt):
        made.twice.append(f"{told}: {len(ordered)} orders")
    made_there = [order for order in ordered if order not in wish.here.failed]
    most = len(ordered) if job.state is State.complete else job.attempt
    if not len(made_there) <= charged <= most:
        made.books.append(f"{told}: {charged} charges for {len(ordered)} orders")
    await _of_card(made, wish, job, told, storage)
    if wish.films() != (job.state is State.complete):
        made.films.append(f"{told}: {wish.films()} films in the chat")


async def _of_card(made: Account, wish: Wish, job: Job, told: str, storage: Storage) -> None:
    cards = [card for card in wish.said() if job.id in card]
    posting = await storage.cards.get(job.card_id)
    if len(cards) != 1:
        made.cards.append(f"{told}: {len(cards)} cards")
    if posting is None or posting.shown != posting.wanted:
        made.cards.append(f"{told}: its card is behind: {posting}")
    if not any(SAYS.get(job.state, "") in card for card in cards):
        made.cards.append(f"{told}: {cards}")


async def _charged(job: Job, storage: Storage) -> int:
    kinds = Counter(entry.kind for entry in await storage.ledger.of_job(job.id))
    return kinds[EntryKind.charge] - kinds[EntryKind.refund]
