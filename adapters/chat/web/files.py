"""Bytes of the Drive, by signed links, whole or in ranges."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from adapters.chat.web.desk import Desk
from adapters.chat.web.forms import plain_name
from adapters.chat.web.ranges import Unsatisfiable, etag, same, wanted_part
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.security import FILE_POLICY
from adapters.kit.sniffed import HEAD_BYTES, UNKNOWN, sniffed

GONE = "There is no such file here any more."


async def send_file(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    key, query = request.path_params["key"], request.query_params
    if not desk.links.good(key, query.get("until", ""), query.get("sign", ""), desk.clock.now().timestamp()):
        raise Refusal(403, "This link is not signed or has run out. Open the file from its card again.")
    stat = await desk.files.stat(key)
    if stat is None:
        raise Refusal(404, GONE)
    tag = etag(key, stat.bytes)
    headers = {
        "accept-ranges": "bytes",
        "etag": tag,
        "cache-control": "private, max-age=86400",
        "content-security-policy": FILE_POLICY,
    }
    if same(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    try:
        part = wanted_part(_range(request, tag), stat.bytes)
    except Unsatisfiable:
        return Response(status_code=416, headers=headers | {"content-range": f"bytes */{stat.bytes}"})
    headers |= await _described(desk, key, query.get("download", ""))
    start, stop = (part.start, part.stop) if part else (0, stat.bytes)
    headers["content-length"] = str(stop - start)
    if part:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{stat.bytes}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(_bytes(desk, key, start, stop), status, headers)


def _range(request: Request, tag: str) -> str:
    unless = request.headers.get("if-range", "")
    return request.headers.get("range", "") if unless in {"", tag} else ""


async def _described(desk: Desk, key: str, download: str) -> dict[str, str]:
    """Only what is certainly a picture, film or sound is shown in the browser; all else is saved."""
    mime = sniffed(await _head(desk, key))
    name = plain_name(download)
    if not name and mime != UNKNOWN:
        return {"content-type": mime, "content-disposition": "inline"}
    saved = quote(name or plain_name(key), safe="")
    return {"content-type": mime, "content-disposition": f"attachment; filename*=UTF-8''{saved}"}


async def _head(desk: Desk, key: str) -> bytes:
    try:
        return b"".join([piece async for piece in desk.files.open(key, 0, HEAD_BYTES)])
    except FileNotFoundError as error:
        raise Refusal(404, GONE) from error


async def _bytes(desk: Desk, key: str, start: int, stop: int) -> AsyncIterator[bytes]:
    async for piece in desk.files.open(key, start, stop):
        yield piece
