"""files.*: the three steps of an upload, and what became of it."""

import asyncio
import mimetypes
from typing import Any

from tests.adapters.chat.slack.server.call import Asked
from tests.adapters.chat.slack.server.methods_chat import content, named
from tests.adapters.chat.slack.server.world import Channel, Refused, StoredFile, Workspace


async def get_upload_address(ask: Asked) -> dict[str, Any]:
    name = ask.text("filename", need=True)
    length = ask.count("length", 0)
    if length <= 0:
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] length must be greater than 0"]})
    if len(ask.text("alt_txt")) > 1000:
        raise Refused("alt_text_too_long")
    if length > ask.slack.max_file_bytes:
        raise Refused("file_upload_size_restricted")
    file = StoredFile(ask.slack.numbers.id("F"), name, ask.workspace.bot_user, length, alt=ask.text("alt_txt"))
    ask.workspace.files[file.id] = file
    return {"upload_url": f"{ask.slack.url}/upload/v1/{ask.workspace.id}/{file.id}", "file_id": file.id}


async def complete(ask: Asked) -> dict[str, Any]:
    """Answers before the file is processed: no mimetype, no shares, no message yet."""
    wanted = ask.json("files")
    if not isinstance(wanted, list) or not wanted:
        raise Refused("invalid_arguments")
    channel = _target(ask)
    files = [_taken(ask, one) for one in wanted]
    more: dict[str, Any] = {}
    if ask.text("initial_comment"):
        more["text"] = ask.text("initial_comment")
    elif ask.json("blocks"):
        more = {"blocks": named(ask.slack, content_of_blocks(ask))}
    for file in files:
        file.completed = True
        file.wanted = {"channel": channel, "thread": ask.text("thread_ts"), **more}
    ask.slack.start_processing(ask.workspace, files)
    ask.slack.changed()
    return {"files": [ask.slack.file_object(ask.workspace, one) for one in files]}


def content_of_blocks(ask: Asked) -> list[dict[str, Any]]:
    """Blocks of the file's message stand without a text of their own."""
    ask.call.args.setdefault("text", "A file")
    return content(ask).get("blocks", [])


def _target(ask: Asked) -> Channel | None:
    id = ask.text("channel_id") or ask.text("channels").partition(",")[0]
    if not id:
        return None
    if "," in ask.text("channels") and ask.text("thread_ts"):
        raise Refused("invalid_arguments")
    channel = ask.workspace.channel(id)
    if ask.workspace.bot_user not in channel.members:
        raise Refused("not_in_channel")
    thread = ask.text("thread_ts")
    if thread and (thread not in channel.messages or channel.messages[thread].thread not in ("", thread)):
        raise Refused("invalid_thread_ts")
    return channel


def _taken(ask: Asked, one: Any) -> StoredFile:
    if not isinstance(one, dict) or not one.get("id"):
        raise Refused("invalid_arguments")
    file = ask.workspace.files.get(one["id"])
    if file is None or not file.received:
        raise Refused("file_not_found")
    if file.completed:
        raise Refused("file_already_completed")
    file.title = str(one.get("title") or file.name)
    return file


async def file_info(ask: Asked) -> dict[str, Any]:
    file = ask.workspace.file(ask.text("file", need=True, error="file_not_found"))
    return {
        "file": ask.slack.file_object(ask.workspace, file, whole=True),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


async def process(slack: Any, workspace: Workspace, files: list[StoredFile], seconds: float | None) -> None:
    """The queue behind an upload: when it is through, the type is known and the message is there."""
    if seconds is None:
        await slack.processing_allowed.wait()
    else:
        await asyncio.sleep(seconds)
    finish(slack, workspace, files)


def finish(slack: Any, workspace: Workspace, files: list[StoredFile]) -> None:
    waiting = [one for one in files if not one.processed]
    for file in waiting:
        file.mime = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        file.processed = True
    channel = waiting[0].wanted.get("channel") if waiting else None
    if channel is not None:
        _share(slack, workspace, channel, waiting)
    slack.changed()


def _share(slack: Any, workspace: Workspace, channel: Channel, files: list[StoredFile]) -> None:
    ts = slack.numbers.ts()
    wanted = files[0].wanted
    message: dict[str, Any] = {
        "type": "message",
        "subtype": "file_share",
        "user": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "app_id": slack.app_id,
        "team": workspace.id,
        "ts": ts,
        "text": wanted.get("text", ""),
        "upload": True,
        "display_as_bot": True,
    }
    message |= {"blocks": wanted["blocks"]} if wanted.get("blocks") else {}
    message |= {"thread_ts": wanted["thread"]} if wanted.get("thread") else {}
    for file in files:
        slack.share(workspace, channel, file, ts, message.get("thread_ts", ""))
    message["files"] = [slack.file_object(workspace, one) for one in files]
    slack.echo_posted(workspace, channel, slack.keep(channel, message))


METHODS = {
    "files.getUploadURLExternal": ("files:write", get_upload_address),
    "files.completeUploadExternal": ("files:write", complete),
    "files.info": ("files:read", file_info),
}
