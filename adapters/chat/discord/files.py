"""Files that people sent: found again where they are, and those of a command brought home at once, since their addresses end."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
import structlog

from adapters.chat.discord.calls import Calls, DiscordRefused
from adapters.chat.discord.events import FileId, file_id, spool_key
from adapters.chat.discord.refusals import NO_ENTRY, Refusals
from adapters.chat.discord.sent import Sent
from bot.domain.chat import Attachment
from bot.domain.errors import BadMedia, Later
from bot.domain.units import size_text
from bot.ports.clock import Clock
from bot.ports.files import Files
from bot.ports.opened import opened

log = structlog.get_logger()

# What Discord itself takes at most, from people who pay for it: https://support.discord.com/hc/en-us/articles/115000435108
MOST_BYTES = 500 * 1024 * 1024
PIECE = 256 * 1024
SECONDS = 15 * 60.0
SPOOLED_SECONDS = 24 * 3600.0
AT_ONCE = 4
PAUSES = (0.2, 1.0)
COMING = "coming"
COMING_KEPT = timedelta(hours=1)
TELLING_SECONDS, SILENT_SECONDS = 5.0, 20.0
"""How often it is told that a command's files are still coming; after so long without a word they are not."""

LOOK_SECONDS = 0.2
AWAITED_SECONDS = 180.0
CDN = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
HTTPS_PORT = 443
OK = 200
NOT_OURS = "is not a file of Discord's. Send it again."


@dataclass(frozen=True, slots=True)
class Found:
    """A file that Discord gave an address for. `where` is its attachment's id here."""

    where: str
    url: str
    name: str = ""
    bytes: int | None = None


class Downloads:
    """`folder` remembers what was brought home, for `sweep` to find it after a day."""

    def __init__(
        self, *, calls: Calls, files: Files, folder: Path, clock: Clock, sent: Sent, refusals: Refusals
    ) -> None:  # fmt: skip
        self._calls, self._files, self._folder, self._clock = calls, files, folder, clock
        self._sent, self._refusals = sent, refusals
        self._own = _origin(calls.options.api_url)
        self._room = asyncio.Semaphore(AT_ONCE)

    async def open(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes in pieces as they arrive. Raises BadMedia, in words for who sent the file."""
        called, id = attachment.name or "The file", file_id(attachment.id)
        if id is None:
            raise BadMedia(f"{called} {NOT_OURS}")
        key = _key(id)
        if await self._came(id) or id.interaction:
            pieces = self._home(key, called)
        else:
            pieces = self._fetched(await self._look(id, called), called)
        async for piece in pieces:
            yield piece

    async def expect(self, found: Iterable[Found]) -> None:
        """Before their command is received: who opens one waits for it, also in another process."""
        await self._tell(found, self._sent.seconds)

    async def bring(self, found: Iterable[Found]) -> None:
        """Home, each for a day. One that does not come is told when it is opened; nothing is raised."""
        wanted = tuple(found)
        telling = asyncio.create_task(self._keep_telling(wanted))
        try:
            await asyncio.gather(*(self._bring(one) for one in wanted))
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
        try:
            await self._tell(wanted, 0.0)
        except Exception as error:  # noqa: BLE001 - it is found out a little later
            log.warning("That files came is not noted", action="discord.file", why=type(error).__name__)

    async def sweep(self) -> None:
        """Forgets what was brought home more than a day ago."""
        for marker in await asyncio.to_thread(_ended, self._folder, self._clock.now().timestamp() - SPOOLED_SECONDS):
            if (id := file_id(marker.name.replace("_", "/"))) is not None:
                await self._files.forget(_key(id))
            await asyncio.to_thread(marker.unlink, missing_ok=True)

    async def _tell(self, found: Iterable[Found], at: float) -> None:
        for name in {_command(id) for one in found if (id := file_id(one.where)) is not None}:
            await self._sent.put(COMING, name, {"at": at}, kept=COMING_KEPT)

    async def _keep_telling(self, found: Iterable[Found]) -> None:
        while True:
            await asyncio.sleep(TELLING_SECONDS)
            await self._tell(found, self._sent.seconds)

    async def _came(self, id: FileId) -> bool:
        """Whether it is home; waits while somebody says that it is on its way."""
        until = time.monotonic() + AWAITED_SECONDS
        while await self._files.stat(_key(id)) is None:
            note = await self._sent.get(COMING, _command(id))
            if self._sent.seconds - note.get("at", 0.0) > SILENT_SECONDS or time.monotonic() > until:
                return await self._files.stat(_key(id)) is not None  # it may have come since it was looked for
            await asyncio.sleep(LOOK_SECONDS)
        return True

    async def _home(self, key: str, called: str) -> AsyncIterator[bytes]:
        try:
            async for piece in self._files.open(key):
                yield piece
        except FileNotFoundError as gone:
            raise BadMedia(
                f"{called} did not arrive with the command, or was sent more than a day ago. Send it again."
            ) from gone

    async def _bring(self, one: Found) -> None:
        id, path = file_id(one.where), self._folder / f"{uuid4().hex}.part"
        if id is None:
            return
        try:
            if await self._files.stat(_key(id)) is not None:
                return
            async with self._room:
                await asyncio.to_thread(_mark, self._folder, one.where.replace("/", "_"))
                async with opened(lambda: path.open("wb")) as file:
                    async for piece in self._fetched(one, one.name):
                        await asyncio.to_thread(file.write, piece)
                await self._files.keep(path, _key(id))
        except Exception as error:  # noqa: BLE001 - whatever it is, the command itself is heard and says what is missing
            log.warning("A command's file did not come", action="discord.file", why=type(error).__name__)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _look(self, id: FileId, called: str) -> Found:
        """The file with a fresh address: those that were given before have ended."""
        try:
            said = await self._asked(f"/channels/{id.channel}/messages/{id.message}")
        except DiscordRefused as refused:
            self._refusals.tell("discord.file", refused)
            if refused.code in NO_ENTRY:
                raise BadMedia(
                    f"{called} is in a channel that I may not read. Send it again where you mention me."
                ) from refused
            raise BadMedia(f"{called} is not there any more. Send it again.") from refused
        except (Later, OSError) as away:
            raise BadMedia(
                f"{called} cannot be had: Discord does not answer just now. Try again in a minute."
            ) from away
        for one in attached(said):
            if str(one.get("id")) == str(id.attachment):
                return Found("", str(one.get("url") or ""), called, one.get("size"))
        raise BadMedia(
            f"{called} was removed, or Discord does not let me see it. Send it again and mention me with it."
        )

    async def _asked(self, path: str) -> Mapping[str, Any]:
        for pause in PAUSES:
            try:
                return await self._calls.call("GET", path)
            except OSError:
                await asyncio.sleep(pause)
        return await self._calls.call("GET", path)

    async def _fetched(self, found: Found, called: str) -> AsyncIterator[bytes]:
        if not self._is_discord(found.url):
            raise BadMedia(f"{called} {NOT_OURS}")
        if found.bytes is not None and found.bytes > MOST_BYTES:
            raise BadMedia(
                f"{called} has {size_text(found.bytes)}; at most {size_text(MOST_BYTES)} are taken. Send a smaller one."
            )
        size = 0
        try:
            async with self._answer(found.url, called) as answer:
                async for piece in answer.content.iter_chunked(PIECE):
                    size += len(piece)
                    if size > MOST_BYTES:
                        raise BadMedia(
                            f"{called} is larger than {size_text(MOST_BYTES)}, the limit. Send a smaller one."
                        )
                    yield piece
        except (aiohttp.ClientError, OSError) as error:
            raise BadMedia(f"{called} stopped coming from Discord half way. Send it again.") from error
        if found.bytes is not None and size != found.bytes:
            raise BadMedia(f"{called} has {size_text(found.bytes)} and only {size_text(size)} arrived. Send it again.")

    @asynccontextmanager
    async def _answer(self, url: str, called: str) -> AsyncIterator[aiohttp.ClientResponse]:
        async with self._calls.download(url, SECONDS) as answer:
            if answer.status != OK:
                raise BadMedia(f"{called} cannot be had: Discord answers with status {answer.status}. Send it again.")
            yield answer

    def _is_discord(self, url: str) -> bool:
        """Discord's own hosts for files over https, or exactly where its calls go."""
        try:
            parts, origin = urlsplit(url), _origin(url)
        except ValueError:
            return False
        ours = parts.scheme == "https" and parts.hostname in CDN and origin[2] == HTTPS_PORT
        return parts.username is None and (ours or origin == self._own)


def attached(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A message's files as Discord writes them, those of a message forwarded in it included."""
    forwarded = [one.get("message") or {} for one in message.get("message_snapshots") or ()]
    return [file for one in (message, *forwarded) for file in one.get("attachments") or ()]


def _key(id: FileId) -> str:
    """The Files key of what was brought home: a command's own file, or one of the message a command is about."""
    return spool_key(id if id.interaction else FileId(interaction=id.message, attachment=id.attachment))


def _command(id: FileId) -> str:
    return str(id.interaction or id.message)


def _mark(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).touch()


def _ended(folder: Path, before: float) -> list[Path]:
    return [path for path in folder.iterdir() if path.stat().st_mtime < before] if folder.is_dir() else []


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    usual = {"https": HTTPS_PORT, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or usual
