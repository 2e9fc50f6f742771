"""Addresses beside the Web API: a press's or command's response_url, and the page where somebody allows the app."""

import time
from typing import TYPE_CHECKING

from aiohttp import web

from tests.adapters.chat.slack.server.methods_chat import named
from tests.adapters.chat.slack.server.world import Ephemeral
from tests.adapters.chat.slack.validator import check_message
from tests.adapters.chat.slack.validator_text import Found

if TYPE_CHECKING:
    from tests.adapters.chat.slack.server.slack import Slack

USES = 5
SECONDS = 1800.0
KNOWN = {"text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts", "metadata", "unfurl_links", "unfurl_media"}  # fmt: skip


async def handle(slack: "Slack", request: web.Request) -> web.StreamResponse:
    """Five uses within half an hour; what is said is kept in `slack.replies`, one list an address, and changes what was pressed."""
    if slack.replies_onward:
        raise web.HTTPTemporaryRedirect(slack.replies_onward)
    if slack.replies_trouble:
        return web.Response(status=slack.replies_trouble, headers={"Retry-After": "3"})
    id = request.match_info["id"]
    told = slack.replies.get(id)
    workspace = slack.workspaces.get(request.match_info["team"])
    pressed, made = slack.replies_to.get(id, (None, 0.0))
    if told is None or workspace is None or time.monotonic() - made > SECONDS:
        return web.json_response({"ok": False, "error": "expired_url"}, status=404)
    if len(told) >= USES:
        return web.json_response({"ok": False, "error": "used_url"}, status=404)
    body = await request.json()
    found = Found(files=lambda file: slack.readiness(workspace, file))
    if not body.get("delete_original"):
        check_message(body, found)
    if isinstance(pressed, Ephemeral) and "slack_file" in str(body.get("blocks")):
        found.add("/blocks", "no file can be shown to one person alone in a channel")
    problems = found.problems + [f"unknown key {name}" for name in body.keys() - KNOWN]
    slack.violations += [f"response_url: {one}" for one in problems]
    if problems or found.waiting:
        return web.json_response({"ok": False, "error": "invalid_blocks"}, status=400)
    told.append(body | {"at": time.monotonic()})
    if isinstance(pressed, Ephemeral) and body.get("replace_original"):
        pressed.message = pressed.message | {"text": body.get("text", ""), "blocks": named(slack, body.get("blocks"))}
        pressed.versions.append(pressed.message)
    slack.changed()
    return web.json_response({"ok": True})


async def authorize(slack: "Slack", request: web.Request) -> web.StreamResponse:
    """The person presses Allow at once; `team` chooses the workspace."""
    if request.query.get("client_id") != slack.client_id:
        return web.Response(status=400, text="invalid_client_id")
    workspace = slack.workspaces.get(request.query.get("team", ""), slack.local)
    code = slack.grant(workspace, slack.ADMIN)
    state = request.query.get("state", "")
    return web.Response(status=302, headers={"Location": f"{request.query['redirect_uri']}?code={code}&state={state}"})
