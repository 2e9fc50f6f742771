"""Files that people sent: fetched with the bot's token, which goes to Slack's own hosts and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp

from adapters.chat.slack.clients import Clients, SlackRefused
from adapters.chat.slack.hosts import HTTPS_PORT, origin
from adapters.chat.slack.refusals import Refusals
from bot.domain.chat import Attachment
from bot.domain.errors import BadMedia, Later
from bot.domain.units import size_text

PIECE = 256 * 1024
MOST_REDIRECTS = 5
PAUSES = (0.2, 1.0)
LONGEST_WAIT = 5.0
IDLE_SECONDS = 30.0
TOTAL_SECONDS = 15 * 60.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HTML = ("<!doctype", "<html")
STUB = "check_file_info"
GONE = {
    "tombstone": "was deleted in Slack. Send it again.",
    "hidden_by_limit": "is hidden by the limit of this workspace's plan. Send it again.",
    "access_denied": "comes from another organisation, which does not let me open it. Send it here yourself.",
    "external": "lies elsewhere and is only linked in Slack. Download it and send the file itself.",
}
REFUSED = {
    "file_not_found": "is not there, or is in a conversation I cannot see. Send it again where you mention me.",
    "file_deleted": GONE["tombstone"],
    "access_denied": GONE["access_denied"],
}
NO_SCOPE = (
    "cannot be opened: the app lacks the scope files:read in this workspace. "
    "Ask an administrator to add it on the app's page and reinstall the app, then send the file again."
)


class Downloads:
    def __init__(self, clients: Clients, api_url: str, refusals: Refusals) -> None:
        self._clients, self._refusals = clients, refusals
        self._own = origin(api_url)

    async def open(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes in pieces as they arrive. Raises BadMedia, in words for who sent the file."""
        called = attachment.name or "The file"
        workspace, _, id = attachment.id.partition("/")
        if not workspace or not id:
            raise BadMedia(f"{called} is not a file of Slack's. Send it again.")
        file = await self._look(workspace, id, called)
        url = file.get("url_private_download") or file.get("url_private") or ""
        try:
            async with self._answer(workspace, url, called) as answer:
                async for piece in _checked(answer, file, called):
                    yield piece
        except (aiohttp.ClientError, OSError, Later) as error:
            raise BadMedia(f"{called} stopped coming from Slack half way. Send it again.") from error

    async def _look(self, workspace: str, id: str, called: str) -> Mapping[str, Any]:
        """The file as Slack knows it now, its address fresh. This also tells what a file of another organisation is."""
        try:
            file = await self._asked(workspace, id)
        except SlackRefused as refused:
            if refused.code in REFUSED:
                raise BadMedia(f"{called} {REFUSED[refused.code]}") from refused
            self._refusals.tell(workspace, "slack.file", refused)
            if refused.code == "missing_scope":
                raise BadMedia(f"{called} {NO_SCOPE}") from refused
            raise BadMedia(f"{called} cannot be had from Slack, which says {refused.code}. Send it again.") from refused
        except (Later, OSError) as away:
            raise BadMedia(f"{called} cannot be had: Slack does not answer just now. Try again in a minute.") from away
        mode = file.get("mode", "")
        if mode == "file_access":
            mode = "access_denied" if file.get("file_access") != STUB else "tombstone"
        if (mode in GONE) or file.get("is_external"):
            raise BadMedia(f"{called} {GONE.get(mode, GONE['external'])}")
        return file

    async def _asked(self, workspace: str, id: str) -> Mapping[str, Any]:
        for pause in PAUSES:
            try:
                return (await self._clients.call(workspace, "files_info", file=id))["file"]
            except (Later, OSError) as away:
                if isinstance(away, Later) and away.seconds > LONGEST_WAIT:
                    raise
                await asyncio.sleep(away.seconds if isinstance(away, Later) else pause)
        return (await self._clients.call(workspace, "files_info", file=id))["file"]

    @asynccontextmanager
    async def _answer(self, workspace: str, url: str, called: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """Redirects are followed by hand, to Slack's own hosts alone: the token is sent nowhere else."""
        timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=IDLE_SECONDS, sock_read=IDLE_SECONDS)
        for _ in range(MOST_REDIRECTS + 1):
            if not self._is_slack(url):
                raise BadMedia(f"{called} {GONE['external']}")
            headers = {"Authorization": f"Bearer {await self._clients.token(workspace)}"}
            async with self._clients.session.get(
                url, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                if answer.status not in REDIRECTS:
                    yield answer
                    return
                url = urljoin(url, answer.headers.get("Location", ""))
        raise BadMedia(f"{called} cannot be had: Slack leads on and on. Send it again.")

    def _is_slack(self, url: str) -> bool:
        """Slack's hosts over https, or exactly where its calls go."""
        try:
            parts = urlsplit(url)
            there = origin(url)
        except ValueError:
            return False
        if there == self._own:
            return True
        host = parts.hostname or ""
        ours = host in {"slack.com", "slack-files.com"} or host.endswith(".slack.com")
        return parts.scheme == "https" and ours and there[2] == HTTPS_PORT and parts.username is None


async def _checked(answer: aiohttp.ClientResponse, file: Mapping[str, Any], called: str) -> AsyncIterator[bytes]:
    """The bytes, unless they are a page to sign in, which Slack sends with status 200 where the token may not read files."""
    if answer.status in {401, 403}:
        raise BadMedia(f"{called} {NO_SCOPE}")
    if answer.status != 200:
        raise BadMedia(f"{called} cannot be had: Slack answers with status {answer.status}. Send it again.")
    may_be_page = not str(file.get("mimetype") or "").startswith("text/")
    if may_be_page and answer.content_type == "text/html":
        raise BadMedia(f"{called} {NO_SCOPE}")
    said, size = file.get("size"), 0
    async for piece in answer.content.iter_chunked(PIECE):
        if may_be_page and not size and _is_page(piece):
            raise BadMedia(f"{called} {NO_SCOPE}")
        size += len(piece)
        yield piece
    if isinstance(said, int) and said and size != said:
        raise BadMedia(f"{called} has {size_text(said)} and only {size_text(size)} arrived. Send it again.")


def _is_page(piece: bytes) -> bool:
    return piece[:64].lstrip(b"\xef\xbb\xbf \t\r\n").decode("latin-1").lower().startswith(HTML)
