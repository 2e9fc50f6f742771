"""Brings an order's files to where the provider can read them: into the body, or into its own store."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

from adapters.kit.http import Client
from adapters.video.wan.wire import upload
from adapters.video.wan.wire.create import Place, inline, wire_model
from bot.domain.errors import InvalidInput
from bot.domain.request import Reference
from bot.ports.clock import Clock
from bot.ports.video import Order

KEPT = timedelta(hours=12)  # the store keeps a file for 48 hours, and the task must still be able to read it
MOST_KEPT = 500


class Places:
    """Remembers what it stored, so that an order that is tried again, or a batch of one film, uploads a file once."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._stored: dict[tuple[str, str], tuple[datetime, str]] = {}

    async def of(self, order: Order) -> Mapping[str, Place]:
        """Where each reference is, by its token. Free. Raises Unavailable, InvalidInput, and what a key may be refused for."""
        found: dict[str, Place] = {}
        for one in order.request.references:
            if not one.key:
                raise InvalidInput(f"{one.token} has no file yet. Attach it again.", reference=one.token)
            found[one.token] = inline(order, one) or await self._at(wire_model(order.model), one)
        return found

    async def _at(self, model: str, one: Reference) -> str:
        now = self._clock.now()
        self._stored = {what: known for what, known in self._stored.items() if now - known[0] < KEPT}
        if known := self._stored.get((model, one.key)):
            return known[1]
        granted = await self._client.ask(upload.policy(model), upload.policy_in)
        call, address = upload.store(granted, one, uuid4().hex)
        await self._client.ask(call, upload.stored)
        while len(self._stored) >= MOST_KEPT:
            self._stored.pop(next(iter(self._stored)))
        self._stored[model, one.key] = (now, address)
        return address
