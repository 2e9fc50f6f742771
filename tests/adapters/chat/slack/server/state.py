"""What the server keeps and how it changes; the methods of the Web API and the people both work on this."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from tests.adapters.chat.slack.server import payloads
from tests.adapters.chat.slack.server.call import Call
from tests.adapters.chat.slack.server.methods_files import finish, process
from tests.adapters.chat.slack.server.sockets import Sockets
from tests.adapters.chat.slack.server.switches import Switches
from tests.adapters.chat.slack.server.world import Channel, Numbers, Posted, Refused, StoredFile, User, Workspace

SUBSCRIBED = "app_mention message.im message.channels message.groups message.mpim app_home_opened agent_session_stopped app_uninstalled tokens_revoked"  # fmt: skip
TRIGGER_SECONDS = 3.0
GIB = 1024**3


class State(Switches):
    def __init__(self) -> None:
        super().__init__()
        self.numbers = Numbers()
        self.url = ""
        self.app_id = "A0CLAPPER1"
        self.app_token = "xapp-1-A0CLAPPER1-test"
        self.signing_secret = "8f742231b10e8888abcd99yyyzzz85a5"
        self.client_id, self.client_secret = "111.222", "secret"
        self.verification_token = "verification"
        self.workspaces: dict[str, Workspace] = {}
        self.subscribed = set(SUBSCRIBED.split())
        self.agent = False
        self.rotating = False
        self.echo = True
        self.grants: dict[str, tuple[Workspace, str]] = {}
        self.max_file_bytes = GIB
        self.process_files_after: float | None = 0.02
        self.processing_allowed = asyncio.Event()
        self.per_minute: dict[str, int] = {}
        self.violations: list[str] = []
        self.asked: list[Call] = []
        self.sockets = Sockets(self)
        self.triggers: dict[str, tuple[str, float, bool]] = {}
        self.replies: dict[str, list[dict[str, Any]]] = {}
        self.replies_to: dict[str, tuple[Any, float]] = {}
        self.replies_trouble = 0
        self.replies_host = self.replies_onward = ""
        self.tasks: set[asyncio.Task[Any]] = set()
        self._news = asyncio.Event()

    def add_workspace(self, id: str, name: str = "", *, token: str = "") -> Workspace:
        """A team with the app in it and nobody else yet."""
        number = len(self.workspaces) + 1
        one = Workspace(id, name or f"Team {number}", f"team{number}", f"U0CLAPPER{number}", f"B0CLAPPER{number}", token or f"xoxb-{number}-test")  # fmt: skip
        one.users[one.bot_user] = User(one.bot_user, "clapper", is_bot=True)
        self.workspaces[id] = one
        return one

    def add_user(self, workspace: Workspace, id: str, name: str, *, admin: bool = False) -> User:
        user = workspace.users[id] = User(id, name, is_admin=admin)
        return user

    def add_channel(self, workspace: Workspace, id: str, name: str, *, members: tuple[str, ...] | None = None, private: bool = False) -> Channel:  # fmt: skip
        """With everyone in it, the bot too, unless `members` says otherwise."""
        people = set(workspace.users if members is None else members)
        channel = workspace.channels[id] = Channel(id, name, people, is_private=private)
        return channel

    def changed(self) -> None:
        """Wakes whoever waits in `until`."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def until(self, true: Callable[[], Any], *, seconds: float = 10.0) -> Any:
        """What `true` gives as soon as that is something. Raises AssertionError after `seconds`."""
        ends = time.monotonic() + seconds
        while not (found := true()):
            left = ends - time.monotonic()
            if left <= 0:
                calls = [(one.method, one.error) for one in self.asked[-12:]]
                raise AssertionError(f"this did not happen within {seconds} s; the last calls: {calls}; violations: {self.violations}")  # fmt: skip
            try:
                await asyncio.wait_for(self._news.wait(), min(left, 0.25))
            except TimeoutError:
                continue
        return found

    def spawn(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.violations.append(f"the test Slack itself broke: {error!r}")
        self.changed()

    def calls(self, method: str, team: str = "") -> list[Call]:
        """Every call of a method, the refused ones too, in the order they came."""
        return [one for one in self.asked if one.method == method and team in ("", one.team)]

    def busiest_minute(self, method: str, team: str = "") -> int:
        """The most calls of a method within any 60 seconds."""
        times = [one.at for one in self.calls(method, team)]
        return max((sum(1 for other in times[n:] if other < at + 60) for n, at in enumerate(times)), default=0)

    def remember(self, call: Call, problems: list[str]) -> None:
        self.violations += [f"{call.method}: {one}" for one in problems]

    def forgive(self) -> list[str]:
        """The violations so far, which then no longer fail the test."""
        forgiven, self.violations = self.violations, []
        return forgiven

    def need(self, workspace: Workspace, scope: str) -> None:
        if scope and scope not in workspace.scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(sorted(workspace.scopes)))

    def of(self, token: str) -> Workspace:
        """The workspace of a bot token. Raises Refused."""
        for one in self.workspaces.values():
            if token == one.token:
                if one.revoked:
                    raise Refused("token_revoked")
                return one
            if token in one.old_tokens:
                raise Refused(one.old_tokens[token])
        raise Refused("invalid_auth" if token else "not_authed")

    def rotate(self, workspace: Workspace, why: str = "token_expired") -> None:
        """A new bot token and refresh token; the old one is refused from now on."""
        workspace.old_tokens[workspace.token] = why
        workspace.token = f"xoxe.xoxb-{self.numbers.id('')}"
        workspace.refresh_token = f"xoxe-{self.numbers.id('')}"

    def keep(self, channel: Channel, message: dict[str, Any]) -> Posted:
        posted = Posted(channel.id, message["ts"], [])
        posted.change(message)
        channel.messages[posted.ts] = posted
        self.changed()
        return posted

    def bot_profile(self, workspace: Workspace) -> dict[str, Any]:
        return {"id": workspace.bot_id, "app_id": self.app_id, "user_id": workspace.bot_user, "name": "clapper", "icons": {}, "deleted": False, "updated": 1700000000, "team_id": workspace.id}  # fmt: skip

    def readiness(self, workspace: Workspace, id: str) -> str:
        """Why a file cannot be shown in a block: "" where it can, "not processed" where it only needs time."""
        file = workspace.files.get(id)
        if file is None or file.deleted:
            return "no such file"
        if not file.completed and not file.processed:
            return "never completed"
        if not file.processed:
            return "not processed"
        return "" if file.mime in {"image/png", "image/jpeg", "image/gif"} else f"{file.mime} is no picture"

    def start_processing(self, workspace: Workspace, files: list[StoredFile]) -> None:
        self.spawn(process(self, workspace, files, self.process_files_after))

    def process(self, workspace: Workspace, *files: StoredFile) -> None:
        """Ends the processing of these files now."""
        finish(self, workspace, list(files))

    def share(self, workspace: Workspace, channel: Channel, file: StoredFile, ts: str, thread: str = "") -> None:
        place = "private" if channel.is_im or channel.is_private else "public"
        entry: dict[str, Any] = {"reply_users": [], "reply_users_count": 0, "reply_count": 0, "ts": ts, "channel_name": channel.name, "team_id": workspace.id, "share_user_id": file.owner, "source": "UNKNOWN", "is_silent_share": False}  # fmt: skip
        file.shares.setdefault(place, {}).setdefault(channel.id, []).append(entry | ({"thread_ts": thread} if thread else {}))  # fmt: skip

    def reveal(self, workspace: Workspace, channel: Channel, posted: Posted, blocks: list[dict[str, Any]]) -> None:
        """A private file of the bot's is seen by everyone who sees a message that shows it."""
        for block in blocks:
            file = workspace.files.get((block.get("slack_file") or {}).get("id", ""))
            if file is not None and posted.ts not in str(file.shares):
                self.share(workspace, channel, file, posted.ts, posted.thread)

    def file_object(self, workspace: Workspace, file: StoredFile, *, whole: bool = False) -> dict[str, Any]:
        return payloads.file_object(self.url, workspace, file, whole=whole)

    def files_now(self, workspace: Workspace, posted: Posted) -> list[dict[str, Any]]:
        return [self.file_object(workspace, workspace.files[one["id"]], whole=True) if one.get("file_access") != "check_file_info" else one for one in posted.message.get("files", [])]  # fmt: skip

    def channel_object(self, workspace: Workspace, channel: Channel) -> dict[str, Any]:
        return payloads.channel_object(workspace, channel)

    def trigger(self, user: str) -> str:
        """A trigger_id, good for one view within three seconds."""
        id = f"{self.numbers.id('')}.trigger"
        self.triggers[id] = (user, time.monotonic(), False)
        return id

    def use_trigger(self, id: str) -> str:
        if id not in self.triggers:
            raise Refused("invalid_trigger_id")
        user, made, used = self.triggers[id]
        if used:
            raise Refused("exchanged_trigger_id")
        if time.monotonic() - made > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        self.triggers[id] = (user, made, True)
        return user
