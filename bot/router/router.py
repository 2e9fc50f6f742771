"""Chat event -> flow; tick -> next step of each due job."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.card import Card, Posting, Tone
from bot.domain.chat import ChatEvent, Message, Press
from bot.domain.errors import Later, Stale, UserError
from bot.domain.job import Job, card_id
from bot.flows.advance import advance
from bot.flows.broken import broken
from bot.flows.check_books import check_books
from bot.flows.hear import concerns_us, hear, reply_id
from bot.flows.line import let_in, measure
from bot.flows.poll import hint
from bot.flows.press import press as do_press
from bot.flows.show import card_lease, show
from bot.flows.sweep import sweep
from bot.ports.house import House
from bot.router.lane import Lane
from bot.router.rush import Rush

log = logging.getLogger(__name__)

JOBS_AT_ONCE = 64  # most of a step is waiting for a provider; media work has a small pool of its own
CARDS_AT_ONCE = 16
EVENTS_AT_ONCE = 32
MOST_HEARINGS = 3
PAUSE_AFTER_A_BUG = timedelta(seconds=30)
SOON = 60.0
LOOKS = 3


class Router:
    """The Ears of every platform, and the hands of the pollers."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._rush = rush = Rush()
        self.events: Lane[tuple[ChatEvent, int]] = Lane(
            lambda: rush.room(EVENTS_AT_ONCE), self._claim_events, self._do_event, lambda item: item[0].key
        )
        self.jobs: Lane[Job] = Lane(lambda: JOBS_AT_ONCE, self._claim_jobs, self._do_job, lambda job: job.id)
        self.cards: Lane[Posting] = Lane(
            lambda: rush.room(CARDS_AT_ONCE), self._claim_cards, self._do_card, lambda posting: posting.id
        )

    async def receive(self, event: ChatEvent) -> bool:
        if isinstance(event, Message) and not concerns_us(event):
            return False
        self._rush.arrived()
        now = self._house.clock.now()
        if isinstance(event, Message):
            # A chat's clock may be ahead of ours, and ours counts when a price is first seen: nothing is written after it came in.
            event = replace(event, at=now if event.at is None else min(event.at, now))
        labels = {"platform": event.conversation.platform, "kind": _kind(event)}
        with self._house.watch.step("receive", **labels):
            fresh = await self._house.storage.inbox.receive(event, now)
        if fresh:
            self._house.watch.count("received", 1, **labels)
            self.events.wake()
        else:
            self._house.watch.count("again", 1, **labels)
        return fresh

    async def press(self, press: Press) -> None:
        """Does the press and shows its card before answering, so that who asks next sees what it did."""
        with self._house.watch.step("event", of=press.job, platform=press.conversation.platform, kind=_kind(press)):
            await do_press(press, self._house)
        self.jobs.wake()
        try:
            if press.conversation.platform in self._house.platforms:
                await self._show_now(press.job)
        except Exception:
            # The press counted; its card is only late.
            log.exception("a card could not be shown at once", extra={"action": "card", "job": press.job})
        self.cards.wake()  # a press may lead to another card than the one it was on

    def tick(self) -> None:
        """Looks for all due work: events not yet heard, jobs whose time has come, cards that are behind."""
        self.events.wake()
        self.jobs.wake()
        self.cards.wake()

    async def hint(self, job: str) -> None:
        """A provider says that something changed."""
        try:
            news = await hint(job, self._house)
        except Stale:
            return  # it was just asked after
        if news:
            self.jobs.wake()

    @property
    def silent_seconds(self) -> float:
        """For how long due work could not be looked for."""
        return time.monotonic() - min(lane.looked_at for lane in (self.events, self.jobs, self.cards))

    async def renew(self) -> None:
        """Keeps the leases on what is being worked on."""
        until = self._until()
        worker = self._house.worker
        if self.jobs.names:
            await self._house.storage.jobs.renew(worker, self.jobs.names, until)
        if self.events.names:
            await self._house.storage.inbox.renew(worker, self.events.names, until)

    async def sweep(self) -> None:
        """Removes what was only kept for a while, and looks at the books once a day."""
        with self._house.watch.step("sweep"):
            await sweep(self._house)
            await check_books(self._house)

    async def measure(self) -> None:
        """Holds those who wait to the limits as they are decided now."""
        await measure(self._house)
        self.jobs.wake()

    async def close(self, patience: float = 10.0) -> None:
        """Finishes what runs, within `patience` seconds; the rest is carried on by whoever comes next."""
        await asyncio.gather(*(lane.close(patience) for lane in (self.events, self.jobs, self.cards)))

    def _until(self) -> datetime:
        return self._house.clock.now() + timedelta(seconds=self._house.rules.lease_seconds)

    async def _claim_events(self, room: int) -> Sequence[tuple[ChatEvent, int]]:
        now, places = self._house.clock.now(), tuple(self._house.platforms)
        return await self._house.storage.inbox.claim(places, self._house.worker, now, self._until(), room)

    async def _claim_jobs(self, room: int) -> Sequence[Job]:
        await let_in(self._house)
        now = self._house.clock.now()
        return await self._house.storage.jobs.claim(self._house.serves, self._house.worker, now, self._until(), room)

    async def _claim_cards(self, room: int) -> Sequence[Posting]:
        now, places = self._house.clock.now(), tuple(self._house.platforms)
        until = now + card_lease(self._house)
        return await self._house.storage.cards.behind(places, self._house.worker, now, until, room)

    async def _do_event(self, item: tuple[ChatEvent, int]) -> None:
        event, heard = item
        watch, labels = self._house.watch, {"platform": event.conversation.platform, "kind": _kind(event)}
        if heard:
            watch.count("taken_over", what="event")
        try:
            with watch.step("event", of=event.job if isinstance(event, Press) else "", **labels):
                await self._handle(event, heard)
        except (Later, OSError) as away:
            # Not done, so it is heard again when the lease runs out.
            log.warning("an event could not be handled: %s", type(away).__name__, extra={"event": event.key})
            return
        except Exception:
            log.exception("an event could not be handled", extra={"event": event.key})
            watch.count("broken", where="event")
            return
        await self._house.storage.inbox.done(event.key, self._house.clock.now())
        self.jobs.wake()
        self.cards.wake()

    async def _handle(self, event: ChatEvent, heard: int) -> None:
        if heard >= MOST_HEARINGS:
            await self._apologize(event)
        elif isinstance(event, Press):
            await self._pressed(event)
        else:
            platform = self._house.platforms[event.conversation.platform]
            await hear(await platform.fill(event), self._house)

    async def _pressed(self, event: Press) -> None:
        try:
            await do_press(event, self._house)
        except UserError as refused:
            card = Card(title="That button does not apply", text=refused.say, tone=Tone.problem)
            await self._house.storage.cards.say(reply_id(event.key), event.conversation, card, to=event.author)

    async def _apologize(self, event: ChatEvent) -> None:
        """To whoever will miss an answer: a message that was not spoken to the bot gets none anyway."""
        if isinstance(event, Message) and not event.addressed:
            return
        what = "This button's press" if isinstance(event, Press) else "This message"
        again = "Press it again." if isinstance(event, Press) else "Please send it again."
        card = Card(title="Something broke here", text=f"{what} could not be taken in. {again}", tone=Tone.problem)
        to = None if isinstance(event, Message) else event.author
        await self._house.storage.cards.say(reply_id(event.key), event.conversation, card, to=to)

    async def _do_job(self, job: Job) -> None:
        """Step after step while one follows the other at once."""
        left: Job | None = job
        while left is not None:
            left = await self._step(left)

    async def _step(self, job: Job) -> Job | None:
        """The job where its next step is due and still this worker's."""
        left, provider = None, job.choice.provider if job.choice else ""
        try:
            with self._house.watch.step("job", of=job.batch or job.id, state=job.state.value, provider=provider):
                left = await advance(job, self._house)
        except Stale:
            log.info("someone else moved the job first", extra={"job": job.id})
        except Exception:
            log.exception("a step of a job broke", extra={"job": job.id})
            self._house.watch.count("broken", where="job")
            await self._put_off(job)
        fresh = left or await self._house.storage.jobs.get(job.id)
        if fresh is not None and fresh.state is not job.state:
            self.jobs.wake()  # its place may be free for another
        if fresh is None or fresh.version != job.version:
            self.cards.wake()
        if fresh is None or fresh.next_step_at is None:
            return None
        if left is not None and self.jobs.open:
            return left
        if left is not None:
            await self._house.storage.jobs.rest(left, self._house.worker, fresh.next_step_at)
        wait = (fresh.next_step_at - self._house.clock.now()).total_seconds()
        if wait < SOON:
            self.jobs.wake_in(wait)
        return None

    async def _put_off(self, job: Job) -> None:
        fresh = await self._house.storage.jobs.get(job.id)
        if fresh is None:
            return
        try:
            await broken(fresh, self._house)
        except Stale:
            log.info("someone else moved the job first", extra={"job": job.id})

    async def _do_card(self, posting: Posting) -> None:
        kind = "post" if posting.message is None else "edit"
        labels = {"platform": posting.conversation.platform, "kind": kind}
        try:
            with self._house.watch.step("card", of=posting.job or "", **labels):
                await show(posting, self._house)
        except Exception:
            log.exception("a card could not be shown", extra={"card": posting.id})
            self._house.watch.count("broken", where="card")
            later, worker = self._house.clock.now() + PAUSE_AFTER_A_BUG, self._house.worker
            await self._house.storage.cards.shown(posting.id, worker, posting.shown, posting.message, retry_at=later)
            return
        self.cards.wake_in(0)

    async def _show_now(self, job: str) -> None:
        """`job` is of this press, so its card is in the press's chat."""
        cards, card = self._house.storage.cards, card_id(job)
        for _ in range(LOOKS):
            await self.cards.ended(card)
            now = self._house.clock.now()
            posting = await cards.take(card, self._house.worker, now, now + card_lease(self._house))
            if posting is not None:
                await self._do_card(posting)
                return
            posting = await cards.get(card)
            if posting is None or posting.shown >= posting.wanted:
                return


def _kind(event: ChatEvent) -> str:
    """message, command or press."""
    return type(event).__name__.lower()
