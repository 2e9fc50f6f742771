"""Each person's Home: drawn when they open it, turn its pages, look for films, or press something on it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapters.chat.slack import events
from adapters.chat.slack.clients import Clients, SlackRefused
from adapters.chat.slack.events import Body
from adapters.chat.slack.home import PAGE, Home, Look, home_view, look_for, looked_at
from adapters.chat.slack.pictures import Pictures, pictures_of
from adapters.chat.slack.refusals import guarded
from adapters.chat.slack.spent import spent
from bot.domain.budget import scopes
from bot.domain.card import Card, film_media
from bot.domain.chat import Conversation, Person
from bot.domain.drive import Clip, Found, Wanted
from bot.domain.errors import Later
from bot.domain.job import RUNNING, State
from bot.domain.rules import Rules
from bot.ports.storage import Storage

SHOWN_AT_HOME = (State.awaiting_confirmation, *sorted(RUNNING), State.unclear)
MOST_JOBS = 20
MOST_SHOWN = 1024
LOOK_SECONDS, LOOKS = 0.25, 40
PATIENCE_SECONDS = 3.0


Decided = Callable[[Conversation], Awaitable[Rules]]
Admin = Callable[[Person, Conversation], Awaitable[bool]]


async def plain(_: Conversation) -> Rules:
    """Where nobody decided anything."""
    return Rules()


async def nobody(_: Person, __: Conversation) -> bool:
    """Where nobody is an admin."""
    return False


@dataclass(frozen=True, slots=True)
class Mark:
    """What a press at Home may change: whether its job is over, its film, or which of the person's jobs is the newest."""

    over: bool
    clip: int
    newest: str


class Homes:
    """`now` is the time, `pictures` give the films their posters, `decided` says where months begin and what may be spent, `admin` who sees what all spent."""

    def __init__(
        self, clients: Clients, storage: Storage, now: Callable[[], datetime], pictures: Pictures | None = None,
        *, decided: Decided = plain, admin: Admin = nobody,
    ) -> None:  # fmt: skip
        self._clients, self._storage, self._now, self._pictures = clients, storage, now, pictures
        self._decided, self._admin = decided, admin
        self._drawing: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._shown: dict[tuple[str, str], Home] = {}
        self._waiting: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    def show(self, person: Person, look: Look | None = None) -> None:
        """Draws someone's Home; asked for again while it is being drawn, it is drawn once more."""
        self._start(person, self._draw(person, look or Look()))

    def turn(self, body: Body) -> None:
        """Draws the page whose button was pressed."""
        _, about = events.pressed(body)
        look = look_for(looked_at(body["view"]).words, int(about.item)) if about.item.isdecimal() else Look()
        self.show(events.person(body), look)

    async def mark(self, body: Body) -> Mark:
        """How it stands before a press at Home is done."""
        _, about = events.pressed(body)
        job = None if about.item else await self._storage.jobs.get(about.job)
        clip = await self._storage.clips.get(about.item) if about.item else None
        newest = await self._storage.jobs.find(author=events.person(body), limit=1)
        return Mark(
            over=not about.item and (job is None or job.ended),
            clip=clip.version if clip else 0,
            newest=newest[0].id if newest else "",
        )

    def show_after(self, body: Body, before: Mark) -> None:
        """Draws it as soon as what was pressed there shows."""
        person = events.person(body)
        self._start(person, self._draw_changed(body, person, before))

    async def aclose(self) -> None:
        """Finishes what is being drawn."""
        self._closing.set()
        for task in self._waiting:
            task.cancel()
        tasks = [*self._drawing.values(), *self._waiting]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=PATIENCE_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _draw_changed(self, body: Body, person: Person, before: Mark) -> None:
        for _ in range(LOOKS):
            now = await self.mark(body)
            if now.over or now != before or self._closing.is_set():
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), LOOK_SECONDS)
        await self._draw(person, looked_at(body["view"]))

    async def _draw(self, person: Person, look: Look) -> None:
        home = await self._home(person, look)
        self._follow(person, home)
        try:
            await self._publish(person, home)
        except SlackRefused as refused:
            if refused.code not in {"invalid_blocks", "invalid_arguments"} or not home.pictures:
                raise
            await self._publish(person, replace(home, pictures={}))

    def _follow(self, person: Person, home: Home) -> None:
        """Posters that Slack does not have yet are brought to it, and the Home that still waits for them is drawn again."""
        whose, posters = (person.workspace, person.id), _posters(home.clips)
        self._shown[whose] = home
        if len(self._shown) > MOST_SHOWN:
            del self._shown[next(iter(self._shown))]
        lacking = frozenset(pictures_of(posters)) - home.pictures.keys()
        if self._pictures is not None and lacking:
            task = asyncio.get_running_loop().create_task(guarded(self._with_posters(person, home, posters, lacking)))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _with_posters(self, person: Person, home: Home, posters: Card, lacking: frozenset[str]) -> None:
        assert self._pictures is not None
        await self._pictures.settle(person.workspace, self._pictures.missing(person.workspace, posters))
        ready = await self._pictures.ready(person.workspace, posters)
        if ready.keys() & lacking and self._shown.get((person.workspace, person.id)) is home:
            self.show(person, home.look)

    async def _publish(self, person: Person, home: Home) -> None:
        await self._clients.call(person.workspace, "views_publish", user_id=person.id, view=home_view(home))

    async def _home(self, person: Person, look: Look) -> Home:
        now, rules = self._now(), await self._decided(Conversation(person.platform, person.workspace, ""))
        jobs = await self._storage.jobs.find(author=person, states=SHOWN_AT_HOME, limit=MOST_JOBS)
        look, found = await self._shelf(person, look, now)
        mine, _, whole = scopes(person, Conversation(person.platform, person.workspace, ""))
        return Home(
            jobs=[(job, await self._card(job.card_id)) for job in jobs],
            clips=found.clips,
            total=found.total,
            look=look,
            pictures=await self._ready(person.workspace, _posters(found.clips)),
            spent=await spent(mine, rules, self._storage.ledger, now),
            workspace=await spent(whole, rules, self._storage.ledger, now)
            if await self._is_admin(person, rules)
            else None,
        )

    async def _is_admin(self, person: Person, rules: Rules) -> bool:
        """Where Slack cannot say, a Home is drawn as for anybody."""
        if f"{person.platform}:{person.id}" in rules.admins:
            return True
        try:
            return await self._admin(person, Conversation(person.platform, person.workspace, ""))
        except (Later, OSError):
            return False

    async def _ready(self, workspace: str, posters: Card) -> Mapping[str, str]:
        return {} if self._pictures is None else await self._pictures.ready(workspace, posters)

    async def _shelf(self, person: Person, look: Look, now: datetime) -> tuple[Look, Found]:
        """A page of the films this person may see; the last one where it is past the end by now."""
        wanted = Wanted(viewer=person, now=now, words=tuple(look.words.split()))
        found = await self._storage.clips.find(wanted, skip=(look.page - 1) * PAGE, limit=PAGE)
        if found.clips or look.page == 1:
            return look, found
        last = replace(look, page=max(1, -(-found.total // PAGE)))
        return last, await self._storage.clips.find(wanted, skip=(last.page - 1) * PAGE, limit=PAGE)

    async def _card(self, id: str) -> Card | None:
        posting = await self._storage.cards.get(id)
        return posting.card if posting is not None else None

    def _start(self, person: Person, drawing: Coroutine[Any, Any, None]) -> None:
        """One at a time for each person, the newest last."""
        whose = (person.workspace, person.id)
        before = self._drawing.get(whose)

        async def in_turn() -> None:
            if before is not None:
                await asyncio.wait([before])
            await guarded(drawing)

        task = asyncio.get_running_loop().create_task(in_turn())
        self._drawing[whose] = task
        task.add_done_callback(lambda done: self._drawn(whose, done))

    def _drawn(self, whose: tuple[str, str], task: asyncio.Task[None]) -> None:
        if self._drawing.get(whose) is task:
            del self._drawing[whose]


def _posters(clips: Sequence[Clip]) -> Card:
    return Card(title="", media=tuple(film_media(clip, "") for clip in clips))
