"""The three steps that bring a file to Slack, each on its own so that none is done twice."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import AsyncGeneratorType
from typing import Any

import aiohttp

from adapters.chat.slack.clients import Clients, SlackRefused
from bot.domain.errors import Later

CALL_SECONDS = 60.0
IDLE_SECONDS = 60.0
SLOWEST_BYTES = 512 * 1024  # a second; what is slower is given up and begun anew
MOST_SECONDS = 30 * 60.0
MOST_ALT = 1000
MOST_NAME = 255
NOT_THERE = frozenset({"file_not_found", "file_deleted"})
# A passing fault of Slack's own: https://github.com/slackapi/python-slack-sdk/issues/1730
PASSING = frozenset({"file_update_failed"})


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave to send one file; until it is completed nobody sees anything of it."""

    file: str
    url: str


class Transfer:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def ticket(self, workspace: str, name: str, length: int, alt: str = "") -> Ticket:
        """Raises SlackRefused with `file_upload_size_restricted` where the workspace takes no file of that length."""
        said = await self._clients.call(
            workspace, "files_getUploadURLExternal", filename=name[-MOST_NAME:], length=length, **_alt(alt)
        )
        return Ticket(said["file_id"], said["upload_url"])

    async def send(self, ticket: Ticket, pieces: AsyncIterator[bytes], length: int) -> None:
        """Streams the bytes; nothing more than a piece is held in memory. Raises OSError, and Later where Slack asks for patience."""
        # The ticket's address is itself the secret: no token goes with it.
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(length)}
        total = min(CALL_SECONDS + length / SLOWEST_BYTES, MOST_SECONDS)
        timeout = aiohttp.ClientTimeout(total=total, sock_connect=CALL_SECONDS, sock_read=None)
        try:
            async with AsyncExitStack() as stack:
                if isinstance(pieces, AsyncGeneratorType):
                    stack.push_async_callback(_let_go, pieces)
                post = self._clients.session.post(ticket.url, data=pieces, headers=headers, timeout=timeout)
                answer = await stack.enter_async_context(post)
                status, patience = answer.status, answer.headers.get("Retry-After", "")
                await answer.read()
        except TimeoutError as error:
            raise ConnectionError("Slack does not take the file in time") from error
        except aiohttp.ClientError as error:
            raise ConnectionError(f"sending the file to Slack failed: {type(error).__name__}") from error
        if status == 429:
            raise Later(float(patience) if patience.isdecimal() else IDLE_SECONDS)
        if status != 200:
            raise ConnectionError(f"Slack answers the bytes of a file with status {status}")

    async def complete(self, workspace: str, file: str, title: str, channel: str = "", thread: str = "") -> None:
        """Makes the file visible: in a channel or a thread, or to the bot alone. Raises OSError where nobody knows whether it is."""
        where = {name: value for name, value in (("channel_id", channel), ("thread_ts", thread)) if value}
        try:
            await self._clients.call(
                workspace, "files_completeUploadExternal", files=[{"id": file, "title": title[:MOST_NAME]}], **where
            )
        except SlackRefused as refused:
            if refused.code in PASSING:
                raise ConnectionError(f"Slack answers {refused.code}") from refused
            raise

    async def look(self, workspace: str, file: str) -> Mapping[str, Any] | None:
        """What Slack knows of a file; None where it knows none of that id."""
        try:
            return (await self._clients.call(workspace, "files_info", file=file))["file"]
        except SlackRefused as refused:
            if refused.code in NOT_THERE:
                return None
            raise


async def _let_go(pieces: AsyncGeneratorType[bytes, None]) -> None:
    """The file is closed at once, not some day. Where sending was broken off within it, its sender is being ended and closes it."""
    if not pieces.ag_running:
        await pieces.aclose()


def _alt(alt: str) -> dict[str, str]:
    return {"alt_txt": alt[:MOST_ALT]} if alt else {}
