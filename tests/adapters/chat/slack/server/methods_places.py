"""conversations.*, users.* and bots.*: where people are and what was said there."""

from typing import Any

from tests.adapters.chat.slack.server.call import Asked
from tests.adapters.chat.slack.server.methods_chat import seen, thread_facts
from tests.adapters.chat.slack.server.world import Channel, Posted, Refused, User

HISTORY = {"mpim": "mpim:history", "im": "im:history", "group": "groups:history", "channel": "channels:history"}
READ = {"mpim": "mpim:read", "im": "im:read", "group": "groups:read", "channel": "channels:read"}


def readable(ask: Asked, scopes: dict[str, str]) -> Channel:
    """Raises Refused where the scope for that kind of channel is missing, or the bot is not in it."""
    channel = ask.channel()
    ask.slack.need(ask.workspace, scopes[channel.kind])
    if ask.workspace.bot_user not in channel.members and scopes is HISTORY:
        raise Refused("not_in_channel")
    return channel


def page(ask: Asked, found: list[dict[str, Any]]) -> dict[str, Any]:
    """As many as wanted from the cursor on, and the cursor of the next ones."""
    limit = ask.count("limit", 100)
    if not 1 <= limit <= 999:
        raise Refused("invalid_limit")
    cursor = ask.text("cursor")
    if cursor and not cursor.removeprefix("next:").isdigit():
        raise Refused("invalid_cursor")
    begin = int(cursor.removeprefix("next:") or 0)
    more = begin + limit < len(found)
    answer: dict[str, Any] = {"messages": found[begin : begin + limit], "has_more": more}
    return answer | ({"response_metadata": {"next_cursor": f"next:{begin + limit}"}} if more else {})


def between(ask: Asked, found: list[Posted]) -> list[Posted]:
    oldest, latest = ask.text("oldest") or "0", ask.text("latest") or "9999999999.999999"
    if ask.flag("inclusive"):
        return [one for one in found if float(oldest) <= float(one.ts) <= float(latest)]
    return [one for one in found if float(oldest) < float(one.ts) < float(latest)]


def shown(ask: Asked, channel: Channel, posted: Posted) -> dict[str, Any]:
    message = seen(posted.message, metadata=ask.flag("include_all_metadata"))
    return message | {"files": ask.slack.files_now(ask.workspace, posted)} | thread_facts(channel, posted) if posted.message.get("files") else message | thread_facts(channel, posted)  # fmt: skip


async def history(ask: Asked) -> dict[str, Any]:
    channel = readable(ask, HISTORY)
    roots = [one for one in channel.live() if not one.thread or one.thread == one.ts]
    found = sorted(between(ask, roots), key=lambda one: float(one.ts), reverse=True)
    return page(ask, [shown(ask, channel, one) for one in found]) | {"pin_count": 0}


async def replies(ask: Asked) -> dict[str, Any]:
    channel = readable(ask, HISTORY)
    ts = ask.text("ts", need=True, error="thread_not_found")
    posted = channel.messages.get(ts)
    if posted is None or posted.deleted:
        raise Refused("thread_not_found")
    root = posted.thread or ts
    first = [one for one in channel.live() if one.ts == root]
    rest = [one for one in channel.thread(root) if one.ts != root]
    return page(ask, [shown(ask, channel, one) for one in first + between(ask, rest)])


async def channel_info(ask: Asked) -> dict[str, Any]:
    channel = readable(ask, READ)
    return {"channel": ask.slack.channel_object(ask.workspace, channel)}


async def open_direct(ask: Asked) -> dict[str, Any]:
    users = [one for one in ask.text("users").split(",") if one]
    if not users:
        if ask.text("channel"):
            return {"channel": {"id": ask.channel().id}}
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        raise Refused("too_many_users")
    if users[0] not in ask.workspace.users:
        raise Refused("user_not_found")
    already = any(one.is_im and one.user == users[0] for one in ask.workspace.channels.values())
    channel = ask.workspace.direct(users[0])
    more = {"no_op": True, "already_open": True} if already else {}
    return {"channel": ask.slack.channel_object(ask.workspace, channel) if ask.flag("return_im") else {"id": channel.id}} | more  # fmt: skip


async def members(ask: Asked) -> dict[str, Any]:
    channel = readable(ask, READ)
    return {"members": sorted(channel.members), "response_metadata": {"next_cursor": ""}}


async def user_info(ask: Asked) -> dict[str, Any]:
    user = ask.workspace.person(ask.text("user", need=True, error="user_not_found"))
    return {"user": user_object(ask.workspace.id, user)}


def user_object(team: str, user: User) -> dict[str, Any]:
    profile = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": user.name,
        "real_name_normalized": user.name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": "g0000000000",
        "team": team,
    }
    return {
        "id": user.id,
        "team_id": team,
        "name": user.name.lower().replace(" ", "."),
        "deleted": False,
        "color": "9f69e7",
        "real_name": user.name,
        "tz": "Europe/Amsterdam",
        "tz_label": "Central European Time",
        "tz_offset": 3600,
        "profile": profile,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1700000000,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
        **user.more,
    }


async def bot_info(ask: Asked) -> dict[str, Any]:
    workspace = ask.workspace
    if ask.text("bot") not in ("", workspace.bot_id):
        raise Refused("bot_not_found")
    return {"bot": {"id": workspace.bot_id, "deleted": False, "name": "clapper", "updated": 1700000000, "app_id": ask.slack.app_id, "user_id": workspace.bot_user, "icons": {}}}  # fmt: skip


METHODS = {
    "conversations.history": ("", history),
    "conversations.replies": ("", replies),
    "conversations.info": ("", channel_info),
    "conversations.members": ("", members),
    "conversations.open": ("im:write", open_direct),
    "users.info": ("users:read", user_info),
    "bots.info": ("users:read", bot_info),
}
