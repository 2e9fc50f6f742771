"""What Slack sends, as complete as the real ones: files, channels, events, and the envelopes around them."""

import time
from typing import Any
from uuid import uuid4

from tests.adapters.chat.slack.server.world import Channel, StoredFile, User, View, Workspace

PRETTY = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "video/mp4": "MPEG 4 Video", "audio/mpeg": "MP3"}  # fmt: skip


def file_object(url: str, workspace: Workspace, file: StoredFile, *, whole: bool = False) -> dict[str, Any]:
    """As events and messages carry it; `whole` resolves a stub, as files.info does."""
    if file.stub and not whole:
        return {"id": file.id, "created": 0, "timestamp": 0, "mode": "file_access", "file_access": "check_file_info"}
    if file.mode in {"tombstone", "hidden_by_limit"}:
        return {"id": file.id, "mode": file.mode}
    address = f"{url}/files-pri/{workspace.id}-{file.id}"
    kind = file.mime.rpartition("/")[2] if file.mime else ""
    external = file.mode == "external"
    made = {
        "id": file.id,
        "created": int(time.time()),
        "timestamp": int(time.time()),
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mime,
        "filetype": "jpg" if kind == "jpeg" else kind,
        "pretty_type": PRETTY.get(file.mime, kind.upper()),
        "user": file.owner,
        "user_team": workspace.id,
        "editable": False,
        "size": file.size,
        "mode": file.mode,
        "is_external": external,
        "external_type": "gdrive" if external else "",
        "is_public": bool(file.shares.get("public")),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": file.external_url if external else f"{address}/{file.name}",
        "permalink": f"https://{workspace.domain}.slack.com/files/{file.owner}/{file.id}/{file.name}",
        "permalink_public": f"https://slack-files.com/{workspace.id}-{file.id}-0000000000",
        "has_rich_preview": False,
        "file_access": "visible",
        "shares": file.shares,
        "channels": list(file.shares.get("public", {})),
        "groups": [id for id in file.shares.get("private", {}) if not id.startswith("D")],
        "ims": [id for id in file.shares.get("private", {}) if id.startswith("D")],
        "comments_count": 0,
    }
    if external:
        made["external_url"] = file.external_url
    else:
        made["url_private_download"] = f"{address}/download/{file.name}"
    if file.alt:
        made["alt_txt"] = file.alt
    if file.width:
        made |= {"original_w": file.width, "original_h": file.height}
    return made


def channel_object(workspace: Workspace, channel: Channel) -> dict[str, Any]:
    common = {"id": channel.id, "created": 1700000000, "is_archived": channel.archived, "updated": 1700000000000}
    shared = {"is_org_shared": False, "context_team_id": workspace.id}
    if channel.is_im:
        return common | shared | {"is_im": True, "user": channel.user, "is_user_deleted": False, "priority": 0}
    return common | shared | {
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private and not channel.is_mpim,
        "is_im": False,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private,
        "is_general": False,
        "unlinked": 0,
        "name_normalized": channel.name,
        "is_shared": channel.shared_outside,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "is_ext_shared": channel.shared_outside,
        "creator": next(iter(workspace.users), ""),
        "is_member": workspace.bot_user in channel.members,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }  # fmt: skip


def rich(text: str) -> list[dict[str, Any]]:
    """What the composer makes of a text."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": f"r{abs(hash(text)) % 100000}", "elements": [section]}]


def said(workspace: Workspace, user: str, text: str, ts: str, thread: dict[str, Any]) -> dict[str, Any]:
    """The message object of what a person wrote; `thread` has thread_ts and parent_user_id in a thread."""
    return {
        "user": user,
        "type": "message",
        "ts": ts,
        "client_msg_id": str(uuid4()),
        "text": text,
        "team": workspace.id,
        "blocks": rich(text),
        **thread,
    }


def message_event(channel: Channel, message: dict[str, Any]) -> dict[str, Any]:
    """A message as subscribers of message.* get it."""
    ts = message["ts"]
    return {**message, "channel": channel.id, "event_ts": ts, "channel_type": channel.kind}


def mention_event(channel: Channel, message: dict[str, Any]) -> dict[str, Any]:
    """app_mention has no subtype, whether there are files or not."""
    kept = {name: value for name, value in message.items() if name != "subtype"}
    return {**kept, "type": "app_mention", "channel": channel.id, "event_ts": message["ts"]}


def changed_event(channel: Channel, message: dict[str, Any], before: dict[str, Any], ts: str) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message,
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def deleted_event(channel: Channel, before: dict[str, Any], ts: str) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": before["ts"],
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def callback(app_id: str, token: str, workspace: Workspace, event: dict[str, Any], event_id: str) -> dict[str, Any]:
    """The outer event."""
    return {
        "token": token,
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": None,
        "api_app_id": app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.id,
                "user_id": workspace.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def person(workspace: Workspace, user: User) -> dict[str, Any]:
    name = user.name.lower().replace(" ", ".")
    return {"id": user.id, "username": name, "name": name, "team_id": workspace.id}


def interaction(app_id: str, token: str, workspace: Workspace, user: User, kind: str) -> dict[str, Any]:
    """What every interactive payload has."""
    return {
        "type": kind,
        "user": person(workspace, user),
        "api_app_id": app_id,
        "token": token,
        "team": {"id": workspace.id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def place(channel: Channel) -> dict[str, str]:
    return {"id": channel.id, "name": channel.name}


def action_of(element: dict[str, Any], block_id: str, choice: str, ts: str) -> dict[str, Any]:
    """The `actions` entry of a pressed element; `choice` picks an option of a menu by value or label."""
    action = {"action_id": element["action_id"], "block_id": block_id, "type": element["type"], "action_ts": ts}
    if element["type"] == "button":
        action |= {name: element[name] for name in ("text", "value", "style") if name in element}
        return action | ({"confirm": element["confirm"]} if "confirm" in element else {})
    options = element.get("options", [])
    chosen = next((one for one in options if choice in (one["value"], one["text"]["text"])), None)
    assert chosen is not None, f"{choice!r} is no option of {element['action_id']!r}"
    many = element["type"] in {"checkboxes", "multi_static_select"}
    return action | ({"selected_options": [chosen]} if many else {"selected_option": chosen})


def command_form(workspace: Workspace, channel: Channel, user: User, line: str, **more: str) -> dict[str, str]:
    """A slash command, a form of strings that never names a thread; `more` are token, api_app_id, trigger_id and response_url."""
    command, _, text = line.partition(" ")
    return {
        "team_id": workspace.id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name.lower().replace(" ", "."),
        "command": command,
        "text": text.strip(),
        "is_enterprise_install": "false",
        **more,
    }


def home_event(user: str, channel: Channel, tab: str, view: View | None, ts: str) -> dict[str, Any]:
    event = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab, "event_ts": ts}
    return event | ({"view": view.view} if view and tab == "home" else {})
