"""Cards that were shown before their pictures were processed: each is edited once more when they are."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from adapters.chat.slack.elements import is_said, posting_id
from adapters.chat.slack.pictures import Pictures
from adapters.kit.chores import Chores
from bot.domain.card import Card
from bot.domain.chat import MessageRef
from bot.domain.errors import Later
from bot.ports.storage import Cards

TRIES = 40
AWAY_SECONDS = 5.0


class Update(Protocol):
    def __call__(self, shown: MessageRef, card: Card, *, urgent: bool) -> Awaitable[None]: ...


@dataclass(slots=True)
class _Watched:
    """`card` is the newest one; one edit at a time, so that an older card never lands on a newer."""

    card: Card
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Redraws:
    """`update` is the edit itself."""

    def __init__(self, update: Update, pictures: Pictures, cards: Cards, chores: Chores) -> None:
        self._update, self._pictures, self._cards, self._chores = update, pictures, cards, chores
        self._watched: dict[MessageRef, _Watched] = {}

    @asynccontextmanager
    async def turn(self, shown: MessageRef, card: Card) -> AsyncIterator[None]:
        """While it lasts nobody else edits this message; from now on `card` is its newest."""
        watched = self._watched.get(shown)
        if watched is None:
            yield
            return
        watched.card = card
        async with watched.turn:
            yield

    def watch(self, shown: MessageRef, card: Card, lacking: Mapping[str, str]) -> None:
        """The card is shown without the pictures it was `lacking`; it is edited again when they are there."""
        if shown in self._watched or not lacking:
            return
        watched = self._watched[shown] = _Watched(card)
        if self._chores.start(self._follow(shown, watched, lacking)) is None:
            del self._watched[shown]

    async def _follow(self, shown: MessageRef, watched: _Watched, lacking: Mapping[str, str]) -> None:
        """One that somebody else brought to Slack meanwhile is there without any wait."""
        workspace = shown.conversation.workspace
        try:
            while lacking:
                await self._pictures.settle(workspace, self._pictures.missing(workspace, watched.card))
                ready = await self._pictures.ready(workspace, watched.card)
                if lacking.keys() & ready.keys():
                    await self._redraw(shown, watched)
                lacking = self._pictures.missing(workspace, watched.card)
        finally:
            del self._watched[shown]

    async def _redraw(self, shown: MessageRef, watched: _Watched) -> None:
        for _ in range(TRIES):
            try:
                async with watched.turn:
                    await self._bring_up(shown, watched)
            except Later as later:
                await asyncio.sleep(later.seconds)
            except OSError:
                await asyncio.sleep(AWAY_SECONDS)
            else:
                return

    async def _bring_up(self, shown: MessageRef, watched: _Watched) -> None:
        card = await self._newest(watched.card)
        await self._update(shown, card, urgent=False)
        # Another process may have shown a newer one while this one was on its way, which then lies over it.
        while _newer(newest := await self._newest(watched.card), card, watched.card):
            card = newest
            await self._update(shown, card, urgent=True)

    async def _newest(self, card: Card) -> Card:
        """Another process may have shown a newer one meanwhile."""
        posting = await self._cards.get(posting_id(card.job)) if card.job else None
        if posting is None or posting.card is None:
            return card
        # A card of no job has no revision, and is stored before it is shown.
        return posting.card if is_said(card.job) or posting.card.revision > card.revision else card


def _newer(newest: Card, shown: Card, wanted: Card) -> bool:
    if is_said(shown.job):
        return newest not in (shown, wanted)
    return newest.revision > max(shown.revision, wanted.revision)
