"""The bytes of files: uploads that are counted rather than kept, and downloads that want a token."""

import asyncio
import hashlib
import math
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web

from tests.adapters.chat.slack.server.api import dropped
from tests.adapters.chat.slack.server.switches import Trouble
from tests.adapters.chat.slack.server.world import Refused, StoredFile, Workspace

if TYPE_CHECKING:
    from tests.adapters.chat.slack.server.slack import Slack

KEPT, CHUNK = 1024 * 1024, 65536
SIGN_IN = """<!DOCTYPE html><html lang="en-US"><head><meta charset="utf-8"><title>Sign in | Slack</title></head>
<body><main><h1>Sign in to your workspace</h1><form action="/signin"></form></main></body></html>"""


async def upload(slack: "Slack", request: web.Request) -> web.StreamResponse:
    """Raw bytes or the first file of a multipart form; the length must be the one announced."""
    workspace = slack.workspaces.get(request.match_info["team"])
    file = workspace.files.get(request.match_info["file"]) if workspace else None
    if file is None or file.received:
        return web.Response(status=404, text="No such upload")
    trouble = slack.take("upload")
    if (instead := await _meet(trouble, request)) is not None:
        return instead
    size = await _take(request, file)
    if size != file.size:
        return web.Response(status=400, text=f"announced {file.size} bytes, {size} came")
    file.received = True
    slack.changed()
    if trouble is not None and trouble.lost:
        return dropped(request)
    return web.Response(text=f"OK - {size}")


async def _meet(trouble: Trouble | None, request: web.Request) -> web.Response | None:
    """What is answered instead, None where it goes on."""
    if trouble is None:
        return None
    if trouble.hold is not None:
        trouble.hold.arrived.set()
        await trouble.hold.go.wait()
    await asyncio.sleep(trouble.seconds)
    if trouble.cut:
        return dropped(request)
    if trouble.status:
        return web.Response(status=trouble.status, text="<html>Slack is down</html>", content_type="text/html")
    if trouble.retry_after is not None:
        return web.Response(status=429, headers={"Retry-After": str(math.ceil(trouble.retry_after))})
    return None


async def _take(request: web.Request, file: StoredFile) -> int:
    digest, head, size = hashlib.sha256(), bytearray(), 0
    async for chunk in _chunks(request):
        digest.update(chunk)
        head += chunk[: max(0, KEPT - len(head))]
        size += len(chunk)
    file.sha256, file.head = digest.hexdigest(), bytes(head)
    return size


async def _chunks(request: web.Request) -> AsyncIterator[bytes]:
    if not request.content_type.startswith("multipart/"):
        async for chunk in request.content.iter_chunked(CHUNK):
            yield chunk
        return
    part = await (await request.multipart()).next()
    assert isinstance(part, BodyPartReader)
    while chunk := await part.read_chunk(CHUNK):
        yield bytes(chunk)


async def download(slack: "Slack", request: web.Request) -> web.StreamResponse:
    """Without a bearer token that may read files: a redirect to an HTML sign-in page, which answers 200."""
    team, _, id = request.match_info["key"].partition("-")
    workspace = slack.workspaces.get(team)
    file = workspace.files.get(id) if workspace else None
    trouble = slack.take("download")
    if (instead := await _meet(trouble, request)) is not None:
        return instead
    if workspace is None or file is None or file.deleted:
        return web.Response(status=404, text="File not found")
    if file.sign_in or not _allowed(slack, workspace, request):
        slack.turned_away.append(request.path)
        return web.Response(status=302, headers={"Location": f"{slack.url}/?redir={request.path}"})
    if trouble is not None and trouble.lost:
        return await _cut(request, file)
    return web.Response(body=file.head, content_type=file.mime or "application/octet-stream")


def _allowed(slack: "Slack", workspace: Workspace, request: web.Request) -> bool:
    try:
        slack.need(workspace, "files:read")
        return slack.of(request.headers.get("Authorization", "").removeprefix("Bearer ")) is workspace
    except Refused:
        return False


async def _cut(request: web.Request, file: StoredFile) -> web.StreamResponse:
    """Half of it, then nothing."""
    answer = web.StreamResponse(headers={"Content-Type": file.mime, "Content-Length": str(file.size)})
    await answer.prepare(request)
    await answer.write(file.head[: file.size // 2])
    dropped(request)
    return answer


async def sign_in(_: web.Request) -> web.Response:
    return web.Response(text=SIGN_IN, content_type="text/html")
