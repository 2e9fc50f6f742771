"""Files for VideoGen, in three steps: ask for a place, put the bytes there, wait until something was made of them."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from adapters.kit.http import Client
from adapters.video.videogen.notes import Notes
from adapters.video.videogen.wire import answers, calls
from bot.domain.errors import Expired, InvalidInput, Unavailable
from bot.domain.request import Reference
from bot.ports.clock import Clock

KEEP = timedelta(hours=20)
"""A temporary file is there for a day at least."""
PAUSES = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 15.0)
"""Seconds between one look and the next; after the last a file counts as stuck."""


class Uploads:
    """A file that was sent before is not sent again while VideoGen keeps it."""

    def __init__(self, client: Client, notes: Notes, clock: Clock, pauses: Sequence[float] = PAUSES) -> None:
        self._client, self._notes, self._clock, self._pauses = client, notes, clock, pauses

    async def ids(self, references: Sequence[Reference]) -> Mapping[str, str]:
        """File ids by token, all ready for use. Raises Unavailable, and InvalidInput for a file that cannot be used."""
        ids = {one.token: await self._kept(one) or await self._send(one) for one in references}
        for one in references:
            await self._settled(one, ids[one.token])
        return ids

    async def _kept(self, reference: Reference) -> str:
        """The id this file was sent under before, if VideoGen has it still."""
        id = await self._notes.get(_noted(reference))
        if not id:
            return ""
        try:
            await self._client.ask(calls.hydrate(id), answers.file)
        except Expired:
            return ""
        return id

    async def _send(self, reference: Reference) -> str:
        place = await self._client.ask(calls.upload(reference), answers.place)
        try:
            await self._client.ask(calls.put(reference, place.upload_url), answers.stored)
        except InvalidInput as error:
            raise InvalidInput(error.message, mend=error.mend, reference=reference.token) from error
        await self._note(reference, place.file_id)
        return place.file_id

    async def _settled(self, reference: Reference, id: str) -> None:
        """Waits until the file can be used."""
        for pause in (*self._pauses, None):
            file = await self._client.ask(calls.hydrate(id), answers.file)
            if file.ready:
                return
            if file.broken:
                await self._note(reference, "")
                mend = "Save it anew in a usual format, or use another."
                raise InvalidInput("it cannot read a file", mend=mend, reference=reference.token)
            if pause is not None:
                await asyncio.sleep(pause)
        raise Unavailable("it is still busy with a file that was sent to it")

    async def _note(self, reference: Reference, id: str) -> None:
        await self._notes.put(_noted(reference), id, self._clock.now() + KEEP)


def _noted(reference: Reference) -> str:
    """By what is in it: another file may come to lie under the same key."""
    sha256 = reference.media.sha256 if reference.media else ""
    return f"file:{sha256 or reference.key}"
