"""Brings the chat to a job: its card is rendered, stored, then posted or edited, until what is shown is what is wanted."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.card import Card, Posting
from bot.domain.drive import Clip
from bot.domain.errors import Later
from bot.domain.job import Job, State
from bot.flows.decided import layers
from bot.flows.line import held
from bot.flows.merge.draft import is_open
from bot.flows.merge.films import newest
from bot.flows.patience import wait
from bot.flows.purses import tightest
from bot.flows.seen import note_seen
from bot.flows.show.cards import Surroundings, job_card
from bot.flows.show.films import Offers, offers
from bot.flows.show.merges import MOST_OFFERED
from bot.ports.house import House

__all__ = ["card_lease", "card_of", "show"]

log = logging.getLogger(__name__)

PATIENCE = 0.75  # share of a card's lease that a chat may take: no older card lands after a newer one


def card_lease(house: House) -> timedelta:
    """How long a card is shown by one worker: not renewed, so longer than a step's, and the longest that a killed worker delays it."""
    return timedelta(seconds=2 * house.rules.lease_seconds)


async def show(posting: Posting, house: House) -> None:
    """Shows one card leased to this worker. A chat that fails is tried again later; the job does not wait for it."""
    card, job = await _render(posting, house)
    if card is None:
        await house.storage.cards.shown(posting.id, house.worker, posting.wanted, posting.message)
        return
    platform = house.platforms[posting.conversation.platform]
    revision, urgent = _turn(posting, job)
    labels = {"platform": platform.name, "kind": "post" if posting.message is None else "edit"}
    try:
        with house.watch.step("show", **labels):
            async with asyncio.timeout(card_lease(house).total_seconds() * PATIENCE):
                if posting.message is None:
                    message = await platform.post(posting.conversation, card, key=posting.id, to=posting.to)
                else:
                    message = posting.message
                    await platform.edit(message, card, urgent=urgent)
        if job is not None and job.state is State.awaiting_confirmation and posting.shown < job.asked_version:
            await note_seen(job, house)
    except Exception as error:  # noqa: BLE001 - whatever a platform's library raises, the card is only late
        if not isinstance(error, Later):
            log.warning("showing a card failed: %s", type(error).__name__, extra={"card": posting.id})
        later = house.clock.now() + _rest(error)
        await house.storage.cards.shown(posting.id, house.worker, posting.shown, posting.message, retry_at=later)
        await _not_for_another_state(posting, job, later, house)
    else:
        await house.storage.cards.shown(posting.id, house.worker, revision, message)


async def _render(posting: Posting, house: House) -> tuple[Card | None, Job | None]:
    """The card as it is now, and its job."""
    if posting.job is None:
        return posting.card, None
    job = await house.storage.jobs.get(posting.job)
    if job is None:
        return None, None
    card = await card_of(job, house)
    await house.storage.cards.render(posting.id, job.version, card)
    return card, job


def _turn(posting: Posting, job: Job | None) -> tuple[int, bool]:
    """The revision that will be shown, and whether it is another state or another price than what is shown now."""
    if job is None:
        return posting.wanted, True
    return job.version, posting.shown < max(job.state_version, job.asked_version)


def _rest(error: Exception) -> timedelta:
    return timedelta(seconds=error.seconds) if isinstance(error, Later) else wait(1)


async def _not_for_another_state(posting: Posting, job: Job | None, later: datetime, house: House) -> None:
    """Takes back that the card is put off where its job entered another state meanwhile.

    Looked for afterwards: a state that comes after the card was put off takes that back itself, one that came before is seen here.
    """
    fresh = await house.storage.jobs.get(job.id) if job is not None else None
    if fresh is None or job is None or fresh.state_version <= job.version:
        return
    now = house.clock.now()
    if await house.storage.cards.take(posting.id, house.worker, now, now + card_lease(house), put_off=later):
        await house.storage.cards.shown(posting.id, house.worker, posting.shown, posting.message)


async def card_of(job: Job, house: House) -> Card:
    """The card of a job as it is now, with its films as they are."""
    job = await _with_films(job, house)
    why = await held(job, house)
    ahead = await house.storage.statistics.ahead(job) if job.state is State.queued and not why else 0
    usual = None
    if job.state in {State.queued, State.submitting, State.processing} and job.eta is None and job.choice:
        usual = await house.storage.statistics.typical_seconds(job.choice.model)
    offered, tight, rules = Offers(), None, house.rules
    if job.state in {State.awaiting_confirmation, State.complete} or job.waits_for_second:
        found = await layers(job.conversation, house.rules, house.storage.policies)
        rules = found[-1][1]
        offered = offers(house.catalogue, rules, house.clock.now().date())
        tight = await tightest(job, found, house) if job.state is State.awaiting_confirmation else None
    library = await _offered(job, house) if is_open(job, house) else ()
    return job_card(
        job,
        Surroundings(
            ahead=ahead,
            held=why,
            usual_seconds=usual,
            offers=offered,
            library=library,
            tightest=tight,
            approve_above=rules.approve_above,
        ),
    )


async def _with_films(job: Job, house: House) -> Job:
    """What became of the films since they came home: another name, the trash, or that they are kept no more."""
    if job.result is None or not job.ended:
        return job
    now = [await house.storage.clips.get(clip.id) or _gone(clip) for clip in job.result.clips]
    return replace(job, result=replace(job.result, clips=tuple(now)))


def _gone(clip: Clip) -> Clip:
    return replace(clip, key="", poster="", last_frame="")


async def _offered(job: Job, house: House) -> tuple[Clip, ...]:
    """The newest films that a merge can take in; where others read along, only those that they may see too."""
    found = await newest(job, house, MOST_OFFERED)
    platform = house.platforms.get(job.conversation.platform)
    if platform is not None and platform.alone:
        return tuple(found)
    here = job.conversation.circle
    return tuple(clip for clip in found if clip.expires_at is None and (clip.shared or clip.channel == here))
