"""What Slack shows outside of messages: the Edit form, a whole text, the merge form, and each person's Home."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog

from adapters.chat.slack import events, views
from adapters.chat.slack.clients import Clients, SlackRefused
from adapters.chat.slack.events import PLATFORM, Body
from bot.domain.card import Card, Tone, film_media
from bot.domain.chat import ChatEvent, Person, Press
from bot.domain.drive import Clip, Wanted
from bot.domain.errors import Later
from bot.domain.job import RUNNING, State, card_id
from bot.domain.verbs import VERBS
from bot.ports.clock import Clock
from bot.ports.storage import Storage

log = structlog.get_logger()

Pictures = Callable[[str, Card], Awaitable[Mapping[str, str]]]
"""Processed Slack files by Files key, of what a card shows in a workspace."""

SHOWN_AT_HOME = (State.awaiting_confirmation, *sorted(RUNNING), State.unclear)
MOST_JOBS, MOST_CLIPS, MOST_TO_MERGE, MOST_LOOKED_AT = 20, 20, 100, 200
LOOK_SECONDS, LOOKS = 0.25, 40
PATIENCE_SECONDS = 3.0
LATE = Card(title="The full text", text="This text cannot be looked up any more. Ask again to see it.", tone=Tone.quiet)


async def no_pictures(workspace: str, card: Card) -> Mapping[str, str]:
    del workspace, card
    return {}


class Screens:
    """A screen is opened after the press was acknowledged: the ticket for it holds for three seconds."""

    def __init__(
        self, clients: Clients, storage: Storage, clock: Clock | None = None, pictures: Pictures = no_pictures
    ) -> None:
        self._clients, self._storage, self._clock, self._pictures = clients, storage, clock, pictures
        self._opening: set[asyncio.Task[None]] = set()
        self._homes: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def edit(self, body: Body) -> bool:
        """Opens the form of the card as it is by now. False where it offers nothing to change."""
        card = await self._card_of(body)
        if card is None or not card.form:
            return False
        place = events.place(body)
        self._open(body, views.edit_view(card, place.channel, place.thread))
        return True

    async def full(self, body: Body) -> None:
        self._open(body, views.full_text(await self._card_of(body) or LATE))

    def merge(self, body: Body) -> None:
        self._start(self._merge(body))

    def home(self, workspace: str, person: str) -> None:
        """Draws someone's Home; asked for again while it is being drawn, it is drawn once more."""
        self._start_home(workspace, person, self._draw(workspace, person))

    def home_after(self, event: ChatEvent) -> None:
        """Draws it as soon as what was pressed there shows."""
        workspace, person = event.author.workspace, event.author.id
        if isinstance(event, Press):
            self._start_home(workspace, person, self._draw_changed(workspace, person, event.job))

    async def aclose(self) -> None:
        """Finishes what is being opened."""
        tasks = [*self._opening, *self._homes.values()]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=PATIENCE_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _card_of(self, body: Body) -> Card | None:
        """The card of the button's job, where that job is of this workspace: nobody reads another's."""
        _, job, _ = events.pressed(body)
        posting = await self._storage.cards.get(card_id(job))
        if posting is None or posting.conversation.platform != PLATFORM:
            return None
        return posting.card if posting.conversation.workspace == events.workspace(body) else None

    async def _card(self, id: str) -> Card | None:
        posting = await self._storage.cards.get(id)
        return posting.card if posting is not None else None

    async def _merge(self, body: Body) -> None:
        view = views.merge_view(await self._clips(events.person(body), MOST_TO_MERGE))
        channel = "" if events.at_home(body) else events.place(body).channel or str(body.get("channel_id") or "")
        await self._show(body, {**view, "private_metadata": channel})

    def _open(self, body: Body, view: Mapping[str, Any]) -> None:
        self._start(self._show(body, view))

    async def _show(self, body: Body, view: Mapping[str, Any]) -> None:
        await self._clients.call(
            events.workspace(body), "views_open", trigger_id=str(body.get("trigger_id", "")), view=view
        )

    async def _draw_changed(self, workspace: str, person: str, job: str) -> None:
        """All that can be pressed there ends a job."""
        for _ in range(LOOKS):
            now = await self._storage.jobs.get(job)
            if now is None or now.ended:
                break
            await asyncio.sleep(LOOK_SECONDS)
        await self._draw(workspace, person)

    async def _draw(self, workspace: str, person: str) -> None:
        home = await self._home(Person(PLATFORM, workspace, person))
        try:
            await self._publish(workspace, person, home)
        except SlackRefused as refused:
            if refused.code != "invalid_blocks" or not home.pictures:
                raise
            await self._publish(workspace, person, replace(home, pictures={}))

    async def _publish(self, workspace: str, person: str, home: views.Home) -> None:
        await self._clients.call(workspace, "views_publish", user_id=person, view=views.home_view(home))

    async def _home(self, person: Person) -> views.Home:
        now = self._now()
        jobs = await self._storage.jobs.find(author=person, states=SHOWN_AT_HOME, limit=MOST_JOBS)
        clips = await self._clips(person, MOST_CLIPS)
        return views.Home(
            jobs=[(job, await self._card(job.card_id)) for job in jobs],
            clips=clips,
            pictures=await self._pictures(person.workspace, _posters(clips)),
            spent=await self._storage.ledger.spent(person, _month(now)),
            month=f"{now:%B %Y}",
            merge="merge" in {verb.name for verb in VERBS},
            prompts=await self._prompts([clip for clip in clips if clip.owned_by(person)]),
        )

    def _now(self) -> datetime:
        return self._clock.now() if self._clock is not None else datetime.now(UTC)

    async def _clips(self, person: Person, most: int) -> Sequence[Clip]:
        """The newest films that the library shows to this person."""
        return (await self._storage.clips.find(Wanted(viewer=person, now=self._now()), limit=most)).clips

    async def _prompts(self, clips: Sequence[Clip]) -> Mapping[str, str]:
        """By job. What somebody else wished for may have been said in private."""
        jobs = [await self._storage.jobs.get(id) for id in dict.fromkeys(clip.job for clip in clips)]
        return {job.id: job.request.prompt for job in jobs if job is not None}

    def _start_home(self, workspace: str, person: str, drawing: Coroutine[Any, Any, None]) -> None:
        """One at a time for each person, the newest last."""
        before = self._homes.get((workspace, person))

        async def in_turn() -> None:
            if before is not None:
                await asyncio.wait([before])
            await self._guarded(drawing)

        task = asyncio.get_running_loop().create_task(in_turn())
        self._homes[workspace, person] = task
        task.add_done_callback(lambda done: self._drawn(workspace, person, done))

    def _drawn(self, workspace: str, person: str, task: asyncio.Task[None]) -> None:
        if self._homes.get((workspace, person)) is task:
            del self._homes[workspace, person]

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """A screen that cannot be shown changes nothing: whoever wanted it presses again."""
        try:
            await work
        except (Later, OSError, SlackRefused) as error:
            code = error.code if isinstance(error, SlackRefused) else type(error).__name__
            log.warning("A screen could not be shown", action="slack.screen", code=code)
        except Exception:
            log.exception("A screen could not be drawn", action="slack.screen")


def _posters(clips: Sequence[Clip]) -> Card:
    return Card(title="", media=tuple(film_media(clip, "") for clip in clips))


def _month(now: datetime) -> datetime:
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
