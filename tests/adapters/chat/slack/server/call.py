"""One call of the Web API as it came in, and the record that is kept of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.adapters.chat.slack.server.world import Channel, Refused, Workspace

if TYPE_CHECKING:
    from tests.adapters.chat.slack.server.slack import Slack


@dataclass(slots=True)
class Call:
    """`at` is in monotonic seconds; `answer` is what was said, "" for `error` where it was ok."""

    method: str
    at: float
    args: dict[str, Any]
    token: str
    team: str = ""
    status: int = 200
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def error(self) -> str:
        return self.answer.get("error", "")


@dataclass(slots=True)
class Asked:
    """What a method is given: the server, the workspace of the token, and the arguments."""

    slack: "Slack"
    call: Call
    workspace: Workspace
    auth: tuple[str, str] = ("", "")

    def text(self, name: str, *, need: bool = False, error: str = "invalid_arguments") -> str:
        found = self.call.args.get(name)
        if found in (None, ""):
            if need:
                raise Refused(error)
            return ""
        return str(found)

    def flag(self, name: str) -> bool:
        return str(self.call.args.get(name, "")).lower() in {"1", "true"}

    def count(self, name: str, default: int) -> int:
        try:
            return int(self.call.args.get(name) or default)
        except ValueError as error:
            raise Refused("invalid_arguments") from error

    def json(self, name: str) -> Any:
        """An argument that is JSON by nature; in a form it arrives as text."""
        found = self.call.args.get(name)
        if not isinstance(found, str):
            return found
        if not found:
            return None
        try:
            return json.loads(found)
        except ValueError as error:
            raise Refused(f"invalid_{name}" if name in {"blocks", "metadata"} else "invalid_arguments") from error

    def channel(self, name: str = "channel") -> Channel:
        """The channel named, a person's id standing for the direct messages with them."""
        id = self.text(name, need=True, error="channel_not_found")
        if id in self.workspace.users:
            return self.workspace.direct(id)
        return self.workspace.channel(id)


async def arguments(request: web.Request) -> dict[str, Any]:
    """Form, JSON and query arguments alike, as slack_sdk sends them."""
    args: dict[str, Any] = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            args |= _object(await request.text())
        else:
            form: Mapping[str, Any] = await request.post()
            args |= form
    return args


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise Refused("invalid_json") from error
    if not isinstance(found, dict):
        raise Refused("json_not_object")
    return found


def bearer(request: web.Request, args: Mapping[str, Any]) -> str:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ") if header.startswith("Bearer ") else str(args.get("token", ""))
