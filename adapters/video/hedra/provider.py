"""Answers the video port with Hedra's API v2: ids of our own choosing for every result, and files sent there first."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from adapters.kit.http import Client
from adapters.video.hedra.wire import answers, assets
from adapters.video.hedra.wire.order import create, generation, placed, reserved, tokens
from bot.domain.errors import Expired, InvalidInput, NotCancellable
from bot.domain.job import Charged, ProviderTask
from bot.domain.request import Reference
from bot.ports.parts import Parts
from bot.ports.video import Order, Progress

BASE = "https://api.hedra.com/web-app/public"
REMEMBERED = timedelta(days=1)
NO_VOICE = "Attach a recording instead; your operator can make a voice in Hedra's Studio."
RUNS_ON = "Hedra cannot stop a film that it has begun: it is made, and charged, all the same."


def client_of(parts: Parts) -> Client:
    key = parts.settings["api_key"]
    base = parts.settings.get("base_url") or BASE
    return Client("hedra", base, lambda: {"X-API-Key": key}, parts.files, watch=parts.watch)


class Hedra:
    """`settings["voice_id"]` is who speaks lines; where it is not set, the first voice that Hedra lists."""

    name = "hedra"
    in_flight = 10.0  # the same key is started only once

    def __init__(self, parts: Parts) -> None:
        self._client = client_of(parts)
        self._voice = parts.settings.get("voice_id", "")
        self._notes = parts.storage.notes if parts.storage else None
        self._clock = parts.clock
        # Assets belong to an account: another key does not see them.
        self._account = sha256(f"{self._client.base} {parts.settings['api_key']}".encode()).hexdigest()[:12]

    async def submit(self, order: Order) -> ProviderTask:
        sent = {reference.token: await self._asset(reference) for _, reference in placed(order)}
        call = create(generation(order, sent, await self._speaker(order)))
        try:
            return await self._client.pay(call, lambda answer: answers.started(answer, tokens(order)))
        except InvalidInput:
            await self._forget(order)  # one of the assets may be what is wrong
            raise

    async def poll(self, task: ProviderTask) -> Progress:
        route = answers.route(task)
        return answers.progress(route, await asyncio.gather(*map(self._look, route.ids)))

    async def cancel(self, task: ProviderTask) -> Charged:  # noqa: ARG002 - the port's; there is nothing to ask Hedra
        raise NotCancellable(RUNS_ON)

    async def find(self, order: Order) -> ProviderTask | None:
        """By the ids that were reserved for the order: Hedra has one of them, or none of it arrived."""
        ids = reserved(order)
        return answers.found(ids, await asyncio.gather(*map(self._look, ids)), tokens(order))

    async def download(self, file: str, into: Path) -> None:
        """A link that ran out is asked for anew, once."""
        id, _, url = file.partition(" ")
        try:
            await self._client.save(url, into)
        except Expired:
            look = await self._look(id)
            if look is None or look.status is not answers.Status.complete:
                raise
            await self._client.save(look.file, into)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _look(self, id: str) -> answers.Look | None:
        return await self._client.ask(answers.status(id), answers.looked) if id else None

    async def _speaker(self, order: Order) -> str:
        if order.request.settings.voice is None:
            return ""
        if self._voice:
            return self._voice
        if not (found := await self._client.ask(assets.VOICES, assets.voices)):
            raise InvalidInput("Hedra has no voice for this key.", mend=NO_VOICE)
        return found[0]

    async def _asset(self, reference: Reference) -> str:
        """The file's id at Hedra, sent there unless that was done within a day."""
        note = self._note(reference)
        if self._notes is not None and (known := await self._notes.get(note)):
            return known
        asset = await self._client.ask(assets.new(reference), lambda answer: assets.made(answer, reference.token))
        stored = asset.upload_url is not None
        await self._client.ask(
            assets.send(asset, reference), lambda answer: assets.sent(answer, reference.token, stored=stored)
        )
        if self._notes is not None:
            await self._notes.put(note, asset.id, self._clock.now() + REMEMBERED)
        return asset.id

    async def _forget(self, order: Order) -> None:
        if self._notes is not None:
            for _, reference in placed(order):
                await self._notes.put(self._note(reference), "", self._clock.now())

    def _note(self, reference: Reference) -> str:
        return f"hedra/{self._account}/{reference.key}"
