"""The Web API's address: tokens, scopes, limits and switches around every method, and the record of every call."""

import asyncio
import json
import math
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.adapters.chat.slack.server import methods_account, methods_chat, methods_files, methods_places, methods_views
from tests.adapters.chat.slack.server.call import Asked, Call, arguments, bearer
from tests.adapters.chat.slack.server.switches import Trouble
from tests.adapters.chat.slack.server.world import Refused, Workspace

if TYPE_CHECKING:
    from tests.adapters.chat.slack.server.slack import Slack

METHODS = methods_account.METHODS | methods_chat.METHODS | methods_files.METHODS | methods_places.METHODS | methods_views.METHODS  # fmt: skip
NO_TOKEN = {"api.test", "oauth.v2.access"}
APP_TOKEN = {"apps.connections.open"}
NOBODY = Workspace("", "", "", "", "", "")


async def handle(slack: "Slack", request: web.Request) -> web.StreamResponse:
    method = request.match_info["method"]
    try:
        args = await arguments(request)
    except Refused as refused:
        return web.json_response({"ok": False, "error": refused.error})
    call = Call(method, time.monotonic(), args, bearer(request, args))
    slack.asked.append(call)
    trouble = slack.take(method)
    await _wait(slack, trouble)
    early = _early(slack, call, request, trouble)
    if early is not None:
        return early
    try:
        call.answer = {"ok": True} | await _do(slack, call, request)
    except Refused as refused:
        call.answer = {"ok": False, "error": refused.error} | refused.more
    slack.changed()
    return await _answer(slack, call, request, trouble)


def dropped(request: web.Request) -> web.Response:
    """No answer: the connection is cut."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _wait(slack: "Slack", trouble: Trouble | None) -> None:
    await asyncio.sleep(slack.latency_seconds)
    if trouble is not None and trouble.seconds:
        await asyncio.sleep(trouble.seconds)
    if trouble is not None and trouble.hold is not None:
        trouble.hold.arrived.set()
        await trouble.hold.go.wait()


def _early(slack: "Slack", call: Call, request: web.Request, trouble: Trouble | None) -> web.Response | None:  # fmt: skip
    """What is answered before anything is done."""
    if trouble is not None and trouble.cut:
        call.answer = {"ok": False, "error": "connection cut"}
        return dropped(request)
    if trouble is not None and trouble.error:
        call.answer = {"ok": False, "error": trouble.error}
        return web.json_response(call.answer)
    if trouble is not None and trouble.status:
        call.status, call.answer = trouble.status, {"ok": False, "error": f"http {trouble.status}"}
        return web.Response(status=trouble.status, text="<html><body>Slack is down</body></html>", content_type="text/html")  # fmt: skip
    wait = trouble.retry_after if trouble is not None else None
    if wait is None:
        wait = _over(slack, call)
    if wait is None:
        return None
    call.status, call.answer = 429, {"ok": False, "error": "ratelimited"}
    return web.json_response(call.answer, status=429, headers={"Retry-After": str(math.ceil(wait))})


def _over(slack: "Slack", call: Call) -> float | None:
    """Seconds until a call of a method with a limit (`slack.per_minute`) is allowed again."""
    most = slack.per_minute.get(call.method)
    if most is None:
        return None
    recent = [one.at for one in slack.calls(call.method) if one.token == call.token and one.status != 429 and one is not call and one.at > call.at - 60]  # fmt: skip
    return None if len(recent) < most else max(1.0, recent[-most] + 60 - call.at)


async def _do(slack: "Slack", call: Call, request: web.Request) -> dict[str, Any]:
    if call.method not in METHODS:
        slack.violations.append(f"{call.method}: unknown method")
        raise Refused("unknown_method", req_method=call.method)
    scope, method = METHODS[call.method]
    workspace = _workspace(slack, call)
    call.team = workspace.id
    slack.need(workspace, scope)
    return await method(Asked(slack, call, workspace, _basic(request)))


def _workspace(slack: "Slack", call: Call) -> Workspace:
    if call.method in NO_TOKEN:
        return NOBODY
    if call.method in APP_TOKEN:
        if call.token == slack.app_token:
            return NOBODY
        raise Refused("not_allowed_token_type" if call.token.startswith("xoxb") else "invalid_auth" if call.token else "not_authed")  # fmt: skip
    if call.token and call.token == slack.app_token:
        raise Refused("not_allowed_token_type")
    return slack.of(call.token)


def _basic(request: web.Request) -> tuple[str, str]:
    header = request.headers.get("Authorization", "")
    if not header.startswith("Basic "):
        return ("", "")
    id, _, secret = b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return (id, secret)


async def _answer(slack: "Slack", call: Call, request: web.Request, trouble: Trouble | None) -> web.StreamResponse:  # fmt: skip
    if trouble is not None and trouble.lost:
        return await _half(call, request)
    workspace = slack.workspaces.get(call.team)
    scopes = ",".join(sorted(workspace.scopes)) if workspace else ""
    return web.json_response(call.answer, headers={"X-OAuth-Scopes": scopes, "X-Slack-Req-Id": slack.numbers.id("r")})


async def _half(call: Call, request: web.Request) -> web.StreamResponse:
    """The beginning of an answer. aiohttp's client asks a GET again by itself where nothing came back at all."""
    body = json.dumps(call.answer).encode()
    answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await answer.prepare(request)
    await answer.write(body[: len(body) // 2])
    dropped(request)
    return answer
