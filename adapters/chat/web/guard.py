"""Stands before every endpoint: checks who asks, words every refusal, adds the headers, counts."""

import asyncio
import errno
import time
from contextlib import suppress
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.chat.web.desk import Desk
from adapters.chat.web.refusal import Refusal
from adapters.chat.web.security import HEADERS, HTTPS_ONLY, PAGE_POLICY, address_of, check_host, check_origin
from adapters.chat.web.server import MOST_HEAD_BYTES
from bot.domain.errors import BadMedia, BadRequest, NotAllowed, UserError

log = structlog.get_logger()
LINGER_SECONDS = 5.0
WITH_LOGIN = {"/": "/login", "/spend": "/login?next=/spend"}
"""Pages that people open, and where they are sent to log in first."""
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})


class Guard:
    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app, self._desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        ended = False

        async def sending(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), secure=self._desk.options.secure)
                self._desk.meters.answered(*_labels(scope), message["status"], time.perf_counter() - began)
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        try:
            _check_head(scope)
            if (door := self._door(scope["path"])) is not None:
                await door(scope, receive, sending)
                return
            await self._check(scope)
            await self._app(scope, receive, sending)
        except UserError as error:
            await refusal(error, scope)(scope, receive, sending)
        except Exception:
            log.exception("An endpoint broke", action="web.broke", route=_labels(scope)[1])
            if not ended:
                raise  # the server cuts the connection: half an answer must not look whole

    def _door(self, path: str) -> ASGIApp | None:
        """Another platform's application at this path, which checks for itself who knocks."""
        return next((door for start, door in self._desk.doors.items() if path.startswith(start)), None)

    async def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host, path = headers.get("host", ""), scope["path"]
        if path == "/healthz":
            return
        check_host(host, self._desk.options)
        check_origin(scope["method"], headers)
        cookie = cookie_parser(headers.get("cookie", "")).get(self._desk.options.cookie, "")
        now, address = self._desk.clock.now().timestamp(), address_of(scope)
        try:
            scope["visitor"] = await self._desk.door.check(path, host, headers, cookie, now, address=address)
        except OSError as error:
            raise away(error, path) from error


def _check_head(scope: Scope) -> None:
    """Raises Refusal; what is not whole at that size never comes this far."""
    size = sum(len(name) + len(value) for name, value in scope["headers"]) + len(scope["raw_path"])
    if size > MOST_HEAD_BYTES:
        raise Refusal(
            431, f"The head of a request may have at most {MOST_HEAD_BYTES:,} bytes, and this one has {size:,}."
        )


def status_of(error: UserError) -> int:
    match error:
        case Refusal():
            return error.status
        case NotAllowed():
            return 403
        case BadRequest() | BadMedia():
            return 400
        case _:
            return 409


def away(error: Exception, path: str) -> Refusal:
    """The database or the disk: no bug, and likely over soon."""
    log.warning("Storage is away", action="web.away", error=type(error).__name__, route=path)
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    what = "There is no room left on the disk." if full else "The database or the disk does not answer just now."
    return Refusal(507 if full else 503, f"{what} What was confirmed is safe; try again in a minute.", 30)


def refusal(error: UserError, scope: Scope) -> Response:
    """The refusal as JSON; a person who opens the page without a login is brought to it."""
    status = status_of(error)
    if status == 401 and scope["method"] == "GET" and scope["path"] in WITH_LOGIN:
        return RedirectResponse(WITH_LOGIN[scope["path"]], 303)
    headers: dict[str, str] = {"www-authenticate": "Bearer"} if status == 401 else {}
    if isinstance(error, Refusal) and error.retry_after is not None:
        headers["retry-after"] = str(error.retry_after)
    body = {"error": error.say}
    return _Lingering(body, status, headers) if status in {408, 413} else JSONResponse(body, status, headers)


class _Lingering(JSONResponse):
    """Answers while the sender is still sending, then takes in and drops the rest for a while: cut off at once, it would not read the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        self.headers["connection"] = "close"
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while (await receive()).get("more_body", False):
                    pass
        await send({"type": "http.response.body", "body": b""})


def _add_headers(headers: MutableHeaders, *, secure: bool) -> None:
    if secure:
        headers.setdefault("strict-transport-security", HTTPS_ONLY)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("content-security-policy", PAGE_POLICY)
    headers.setdefault("cache-control", "no-store")


def _labels(scope: Any) -> tuple[str, str]:
    """Few enough to count by: routes are named by their pattern, never by what was asked for."""
    route = scope.get("route")
    method = scope["method"] if scope["method"] in METHODS else "other"
    return method, getattr(route, "path", "") or "other"
