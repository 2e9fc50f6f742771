"""views.* and agents.sessions.*: modals, App Homes and the native Stop button."""

import time
from typing import Any

from tests.adapters.chat.slack.server.call import Asked
from tests.adapters.chat.slack.server.methods_chat import named
from tests.adapters.chat.slack.server.world import Refused, View, Workspace
from tests.adapters.chat.slack.validator import check_view
from tests.adapters.chat.slack.validator_text import Found

DEPTH = 3
STATUSES = {"active", "processing", "suspended", "closed"}


def checked(ask: Asked, kind: str) -> dict[str, Any]:
    """The view, held to the limits. Raises Refused as Slack does."""
    view = ask.json("view")
    found = Found(files=lambda file: ask.slack.readiness(ask.workspace, file))
    check_view(view, found)
    if isinstance(view, dict) and view.get("type") in {"modal", "home"} and view["type"] != kind:
        found.add("/type", f"must be {kind}")
    ask.slack.remember(ask.call, found.problems)
    messages = found.problems + found.waiting
    if messages:
        raise Refused("invalid_arguments", response_metadata={"messages": messages})
    return view


def keep_view(slack: Any, workspace: Workspace, user: str, view: dict[str, Any], *, over: View | None = None, previous: str = "") -> View:  # fmt: skip
    """A modal that stands open from now on, over the one it replaces."""
    kept = made(slack, workspace, user, view, over=over, previous=previous)
    workspace.views[kept.id] = kept
    workspace.opened.append(kept)
    slack.changed()
    return kept


def made(slack: Any, workspace: Workspace, user: str, view: dict[str, Any], *, over: View | None = None, previous: str = "") -> View:  # fmt: skip
    """The view object that Slack keeps and answers."""
    view_id = over.id if over else slack.numbers.id("V")
    now = {
        "id": view_id,
        "team_id": workspace.id,
        "type": view["type"],
        "blocks": named(slack, view["blocks"]),
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "state": {"values": {}},
        "hash": f"{slack.numbers.ts()}.h",
        "title": view.get("title"),
        "clear_on_close": view.get("clear_on_close", False),
        "notify_on_close": view.get("notify_on_close", False),
        "close": view.get("close"),
        "submit": view.get("submit"),
        "previous_view_id": previous or None,
        "root_view_id": view_id,
        "app_id": slack.app_id,
        "external_id": view.get("external_id", ""),
        "app_installed_team_id": workspace.id,
        "bot_id": workspace.bot_id,
    }
    return View(view_id, user, now, now["hash"], time.monotonic())


async def open_view(ask: Asked) -> dict[str, Any]:
    view = checked(ask, "modal")
    user = ask.slack.use_trigger(ask.text("trigger_id", need=True))
    return {"view": keep_view(ask.slack, ask.workspace, user, view).view}


async def push_view(ask: Asked) -> dict[str, Any]:
    view = checked(ask, "modal")
    user = ask.slack.use_trigger(ask.text("trigger_id", need=True))
    stack = [one for one in ask.workspace.views.values() if one.user == user]
    if len(stack) >= DEPTH:
        raise Refused("push_limit_reached")
    return {"view": keep_view(ask.slack, ask.workspace, user, view, previous=stack[-1].id if stack else "").view}


async def update_view(ask: Asked) -> dict[str, Any]:
    view = checked(ask, "modal")
    old = ask.workspace.views.get(ask.text("view_id"))
    if old is None:
        raise Refused("not_found")
    if ask.text("hash") and ask.text("hash") != old.hash:
        raise Refused("hash_conflict")
    return {"view": keep_view(ask.slack, ask.workspace, old.user, view, over=old).view}


async def publish(ask: Asked) -> dict[str, Any]:
    view = checked(ask, "home")
    user = ask.text("user_id", need=True)
    ask.workspace.person(user)
    old = ask.workspace.homes.get(user)
    if old and ask.text("hash") and ask.text("hash") != old.hash:
        raise Refused("hash_conflict")
    now = made(ask.slack, ask.workspace, user, view, over=old)
    ask.workspace.homes[user] = now
    ask.workspace.published.append((user, now.view))
    ask.slack.changed()
    return {"view": now.view}


async def set_status(ask: Asked) -> dict[str, Any]:
    """Only apps that are agents have sessions; everyone else is `not_authorized`."""
    if not ask.slack.agent:
        raise Refused("not_authorized")
    channel = ask.channel("channel_id")
    status = ask.text("status", need=True)
    if status not in STATUSES:
        raise Refused("invalid_arguments")
    thread = ask.text("thread_ts", need=True, error="invalid_thread_ts")
    if thread not in channel.messages:
        raise Refused("invalid_thread_ts")
    session = {"channel_id": channel.id, "thread_ts": thread, "status": status}
    ask.workspace.sessions.append(session | {"at": ask.call.at})
    ask.slack.changed()
    return {"session": session}


METHODS = {
    "views.open": ("", open_view),
    "views.push": ("", push_view),
    "views.update": ("", update_view),
    "views.publish": ("", publish),
    "agents.sessions.setStatus": ("chat:write", set_status),
}
