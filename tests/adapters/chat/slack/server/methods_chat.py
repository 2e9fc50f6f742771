"""chat.*: posting, changing and deleting messages, each held to Slack's limits."""

import json
from typing import Any

from tests.adapters.chat.slack.server.call import Asked
from tests.adapters.chat.slack.server.world import Channel, Ephemeral, Posted, Refused
from tests.adapters.chat.slack.validator import POST_TEXT, UPDATE_TEXT, check_message
from tests.adapters.chat.slack.validator_text import Found


def content(ask: Asked, *, changing: bool = False) -> dict[str, Any]:
    """Text, blocks and metadata, checked. Raises Refused as Slack does; problems of the app's own making are remembered."""
    parsed = {name: ask.json(name) for name in ("blocks", "attachments", "metadata")}
    said = {"text": ask.text("text")} | {name: value for name, value in parsed.items() if value is not None}
    if not said["text"] and not said.get("blocks") and not said.get("attachments"):
        raise Refused("no_text")
    found = Found(files=lambda file: ask.slack.readiness(ask.workspace, file))
    check_message(said, found, changing=changing)
    ask.slack.remember(ask.call, found.problems)
    if changing and len(said["text"]) > UPDATE_TEXT:
        raise Refused("msg_too_long")
    _refuse(found)
    return said


def _refuse(found: Found) -> None:
    messages = found.problems + found.waiting
    if any("msg_blocks_too_long" in one for one in messages):
        raise Refused("msg_blocks_too_long")
    if messages and all("metadata" in one for one in messages):
        raise Refused("invalid_metadata_format", response_metadata={"messages": messages})
    if messages:
        plain = [one.removeprefix("[ERROR] ") for one in messages]
        raise Refused("invalid_blocks", errors=plain, response_metadata={"messages": messages})


def named(slack: Any, blocks: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Blocks as Slack keeps them: each with an id, its buttons too."""
    kept = json.loads(json.dumps(blocks or []))
    for block in kept:
        block.setdefault("block_id", slack.numbers.id("b"))
        for element in [*block.get("elements", []), block.get("accessory") or {}, block.get("element") or {}]:
            if element.get("type") not in (None, "image", "mrkdwn", "plain_text"):
                element.setdefault("action_id", slack.numbers.id("a"))
    return kept


def written(ask: Asked, channel: Channel, said: dict[str, Any], ts: str) -> dict[str, Any]:
    """The message object of what the app said."""
    workspace = ask.workspace
    message: dict[str, Any] = {
        "user": workspace.bot_user,
        "type": "message",
        "ts": ts,
        "bot_id": workspace.bot_id,
        "app_id": ask.slack.app_id,
        "text": said["text"][:POST_TEXT],
        "team": workspace.id,
        "bot_profile": ask.slack.bot_profile(workspace),
    }
    if said.get("blocks"):
        message["blocks"] = named(ask.slack, said["blocks"])
    if said.get("metadata"):
        message["metadata"] = said["metadata"]
    thread = ask.text("thread_ts")
    if thread:
        if thread not in channel.messages or channel.messages[thread].deleted:
            raise Refused("thread_not_found")
        message |= {"thread_ts": channel.messages[thread].thread or thread, "parent_user_id": channel.messages[thread].message.get("user")}  # fmt: skip
    return message


def may_write(ask: Asked) -> Channel:
    channel = ask.channel()
    if channel.archived:
        raise Refused("is_archived")
    if ask.workspace.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel


async def post_message(ask: Asked) -> dict[str, Any]:
    channel = may_write(ask)
    said = content(ask)
    ts = ask.slack.numbers.ts()
    posted = ask.slack.keep(channel, written(ask, channel, said, ts))
    ask.slack.reveal(ask.workspace, channel, posted, said.get("blocks") or [])
    ask.slack.echo_posted(ask.workspace, channel, posted)
    answer: dict[str, Any] = {"channel": channel.id, "ts": ts, "message": seen(posted.message)}
    if len(said["text"]) > POST_TEXT:
        answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    return answer


async def post_ephemeral(ask: Asked) -> dict[str, Any]:
    channel = may_write(ask)
    user = ask.text("user", need=True, error="user_not_found")
    if user not in ask.workspace.users:
        raise Refused("user_not_found")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    said = content(ask)
    thread = ask.text("thread_ts")
    ts = ask.slack.numbers.ts()
    if thread and thread not in channel.messages:
        ask.call.args.pop("thread_ts")
    message = written(ask, channel, said, ts) | {"is_ephemeral": True}
    visible = not thread or len(channel.thread(thread)) > 1
    channel.ephemerals.append(Ephemeral(channel.id, user, ts, thread, message, visible))
    ask.slack.changed()
    return {"message_ts": ts}


async def update(ask: Asked) -> dict[str, Any]:
    """Text without blocks takes the blocks away; metadata stays where it is not given."""
    channel = ask.channel()
    posted = channel.find(ask.text("ts", need=True, error="message_not_found"))
    if posted.message.get("bot_id") != ask.workspace.bot_id:
        raise Refused("cant_update_message")
    said = content(ask, changing=True)
    before = posted.message
    now = {name: value for name, value in before.items() if name not in ("blocks", "edited")}
    now["text"] = said["text"]
    if said.get("blocks"):
        now["blocks"] = named(ask.slack, said["blocks"])
    else:
        now["edited"] = {"user": ask.workspace.bot_user, "ts": ask.slack.numbers.ts()}
    if said.get("metadata"):
        now["metadata"] = said["metadata"]
    posted.change(now)
    ask.slack.reveal(ask.workspace, channel, posted, said.get("blocks") or [])
    ask.slack.echo_changed(ask.workspace, channel, posted, before)
    ask.slack.changed()
    return {"channel": channel.id, "ts": posted.ts, "text": now["text"], "message": seen(now)}


async def delete(ask: Asked) -> dict[str, Any]:
    channel = ask.channel()
    posted = channel.find(ask.text("ts", need=True, error="message_not_found"))
    if posted.message.get("bot_id") != ask.workspace.bot_id:
        raise Refused("cant_delete_message")
    posted.deleted = True
    ask.slack.changed()
    return {"channel": channel.id, "ts": posted.ts}


def seen(message: dict[str, Any], *, metadata: bool = False) -> dict[str, Any]:
    """A message as it is answered; its metadata only where asked for."""
    return message if metadata else {name: value for name, value in message.items() if name != "metadata"}


def thread_facts(channel: Channel, posted: Posted) -> dict[str, Any]:
    """What a thread's first message says about its replies."""
    replies = [one for one in channel.thread(posted.ts) if one.ts != posted.ts]
    if not replies:
        return {}
    users = list(dict.fromkeys(one.message.get("user", "") for one in replies))
    return {
        "thread_ts": posted.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
        "reply_users": users[:5],
        "is_locked": False,
        "subscribed": False,
    }


METHODS = {
    "chat.postMessage": ("chat:write", post_message),
    "chat.postEphemeral": ("chat:write", post_ephemeral),
    "chat.update": ("chat:write", update),
    "chat.delete": ("chat:write", delete),
}
