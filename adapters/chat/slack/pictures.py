"""The pictures of cards: sent privately, and usable in a message once Slack has processed them."""

import asyncio
import time
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import Any

import structlog

from adapters.chat.slack.clients import SlackRefused
from adapters.chat.slack.refusals import Refusals
from adapters.chat.slack.sent import Sent
from adapters.chat.slack.transfer import Transfer
from adapters.kit.chores import Chores
from bot.domain.card import Card
from bot.domain.errors import Later
from bot.domain.media import MediaKind
from bot.ports.files import Files

log = structlog.get_logger()

PICTURE = "picture"
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif"})
MOST_BYTES = 10_000_000
AT_ONCE = 4
TRIES = 4
PATIENCE_SECONDS = 300.0
FIRST_LOOK, LONGEST_LOOK = 0.25, 5.0
MOST_KNOWN = 4096
LEFT_OUT_SECONDS = 900.0  # after that a picture that failed is worth another try


def pictures_of(card: Card) -> Mapping[str, str]:
    """What a card shows, as Files key to a description: its pictures, and the posters of its films."""
    shown = ((one.poster if one.kind is MediaKind.video else one.key, one.alt) for one in card.media)
    return {key: alt for key, alt in shown if PurePosixPath(key).suffix.lower() in SUFFIXES}


class Pictures:
    """`ready` never waits for Slack: what is not processed yet is left out and prepared meanwhile."""

    def __init__(self, transfer: Transfer, files: Files, sent: Sent, chores: Chores, refusals: Refusals) -> None:
        self._transfer, self._files, self._sent = transfer, files, sent
        self._chores, self._refusals = chores, refusals
        self._known: dict[tuple[str, str], tuple[str, float]] = {}
        self._busy: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def ready(self, workspace: str, card: Card) -> Mapping[str, str]:
        """Processed Slack files by Files key."""
        found = {key: await self._file(workspace, key) for key in pictures_of(card)}
        return {key: file for key, file in found.items() if file}

    async def lacking(self, workspace: str, card: Card) -> Mapping[str, str]:
        """What is not usable now, whether it may become so or not, as Files key to description."""
        ready = await self.ready(workspace, card)
        return {key: alt for key, alt in pictures_of(card).items() if key not in ready}

    def missing(self, workspace: str, card: Card) -> Mapping[str, str]:
        """What may still become usable, as Files key to description."""
        return {key: alt for key, alt in pictures_of(card).items() if self._knows(workspace, key) is None}

    def doubt(self, workspace: str, keys: Collection[str]) -> None:
        """Slack refused a message with these: they are left out from now on."""
        for key in keys:
            self._remember(workspace, key, "")

    async def settle(self, workspace: str, wanted: Mapping[str, str]) -> None:
        """Waits until each of them is usable or given up."""
        tasks = [task for key, alt in wanted.items() if (task := self._begin(workspace, key, alt)) is not None]
        if tasks:
            await asyncio.wait(tasks)

    async def _file(self, workspace: str, key: str) -> str:
        if (known := self._knows(workspace, key)) is not None:
            return known
        note = await self._sent.get(workspace, PICTURE, key)
        if note.get("step") != "ready":
            return ""
        self._remember(workspace, key, note["file"])
        return note["file"]

    def _knows(self, workspace: str, key: str) -> str | None:
        """The file, "" where the picture is left out for now, None where nothing is known."""
        file, until = self._known.get((workspace, key), ("", 0.0))
        return file if time.monotonic() < until else None

    def _remember(self, workspace: str, key: str, file: str) -> None:
        self._known[workspace, key] = (file, float("inf") if file else time.monotonic() + LEFT_OUT_SECONDS)
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def _begin(self, workspace: str, key: str, alt: str) -> asyncio.Task[None] | None:
        name = (workspace, key)
        if name not in self._busy:
            task = self._chores.start(self._prepare(workspace, key, alt))
            if task is None:
                return None
            self._busy[name] = task
            task.add_done_callback(lambda _: self._busy.pop(name, None))
        return self._busy[name]

    async def _prepare(self, workspace: str, key: str, alt: str) -> None:
        """Ends with the picture known: by its file, or as one that is left out."""
        file = ""
        try:
            async with self._room, asyncio.timeout(PATIENCE_SECONDS):
                file = await self._patiently(workspace, key, alt)
        except SlackRefused as refused:
            self._refusals.tell(workspace, "slack.picture", refused)
        except (OSError, Later, TimeoutError) as away:
            log.warning("A picture is left out of its card", action="slack.picture", why=type(away).__name__)
        finally:
            self._remember(workspace, key, file)

    async def _patiently(self, workspace: str, key: str, alt: str) -> str:
        for number in range(TRIES):
            try:
                return await self._bring(workspace, key, alt)
            except Later as later:
                if number + 1 == TRIES:
                    raise
                await asyncio.sleep(later.seconds)
            except ConnectionError:
                if number + 1 == TRIES:
                    raise
                await asyncio.sleep(2.0**number)
        raise AssertionError("the last try raises")

    async def _bring(self, workspace: str, key: str, alt: str) -> str:
        note = await self._sent.get(workspace, PICTURE, key)
        file: str = note.get("file", "")
        if not file or not await self._there(workspace, key, note):
            file = await self._upload(workspace, key, alt)
        if not file or not await self._processed(workspace, file):
            return ""
        await self._note(workspace, key, file, "ready")
        return file

    async def _there(self, workspace: str, key: str, note: Mapping[str, Any]) -> bool:
        """Whether what was begun before a stop can be gone on with: its bytes had all arrived."""
        if note["step"] != "sent":
            return False
        try:
            await self._transfer.complete(workspace, note["file"], _name(key))
        except SlackRefused:
            # Completed before the stop, or forgotten by Slack since.
            return await self._transfer.look(workspace, note["file"]) is not None
        return True

    async def _upload(self, workspace: str, key: str, alt: str) -> str:
        there = await self._files.stat(key)
        if there is None or not 0 < there.bytes <= MOST_BYTES:
            log.info("A picture is gone or too large for a card", action="slack.picture")
            return ""
        ticket = await self._transfer.ticket(workspace, _name(key), there.bytes, alt)
        await self._note(workspace, key, ticket.file, "begun")
        await self._transfer.send(ticket, self._files.open(key), there.bytes)
        await self._note(workspace, key, ticket.file, "sent")
        await self._transfer.complete(workspace, ticket.file, _name(key))
        return ticket.file

    async def _processed(self, workspace: str, file: str) -> bool:
        """Slack knows the type of a file only after a while; until then no message may show it."""
        pause = FIRST_LOOK
        while True:
            there = await self._transfer.look(workspace, file)
            if there is not None and there.get("mimetype"):
                return str(there["mimetype"]).startswith("image/")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_LOOK)

    async def _note(self, workspace: str, key: str, file: str, step: str) -> None:
        await self._sent.put(workspace, PICTURE, key, {"file": file, "step": step})


def _name(key: str) -> str:
    return PurePosixPath(key).name
