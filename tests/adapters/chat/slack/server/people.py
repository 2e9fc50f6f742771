"""People at their keyboards: they mention, write, press, submit, and everything reaches the app as Slack would bring it."""

import hashlib
import mimetypes
import time
from dataclasses import dataclass
from typing import Any

from tests.adapters.chat.slack.server import payloads
from tests.adapters.chat.slack.server.delivery import COMMAND, EVENT, INTERACTION, Delivery
from tests.adapters.chat.slack.server.forms import filled, pressed
from tests.adapters.chat.slack.server.state import State
from tests.adapters.chat.slack.server.world import Channel, Ephemeral, Posted, StoredFile, Workspace


@dataclass(slots=True)
class Said:
    """What somebody wrote. `thread` is the ts of its thread's first message, its own ts where it begins one."""

    channel: str
    ts: str
    thread: str
    deliveries: list[Delivery]


class People(State):
    """Every verb waits until the app acknowledged, or until the tries are used up; `wait=False` only sends it off."""

    post: Any

    @property
    def local(self) -> Workspace:
        """The first workspace; it is meant wherever no other is named."""
        return next(iter(self.workspaces.values()))

    def file(self, name: str, content: bytes, *, user: str = "", workspace: Workspace | None = None, mime: str | None = None, mode: str = "hosted", stub: bool = False, sign_in: bool = False, external_url: str = "", width: int = 0, height: int = 0) -> StoredFile:  # fmt: skip
        """A file somebody has. `stub` is Slack Connect's, `sign_in` never downloads, `mode` external, tombstone or hidden_by_limit."""
        team = workspace or self.local
        owner = user or next(id for id, one in team.users.items() if not one.is_bot)
        kind = mime if mime is not None else mimetypes.guess_type(name)[0] or "application/octet-stream"
        made = StoredFile(self.numbers.id("F"), name, owner, len(content), kind, head=content, mode=mode, stub=stub, sign_in=sign_in, external_url=external_url, width=width, height=height, processed=True, received=True, completed=True)  # fmt: skip
        made.sha256 = hashlib.sha256(content).hexdigest()
        team.files[made.id] = made
        return made

    async def mention(self, channel: str, user: str, text: str, *, files: tuple[StoredFile, ...] | list[StoredFile] = (), thread: str = "", files_in: str = "both", first: str = "app_mention", workspace: Workspace | None = None, wait: bool = True) -> Said:  # fmt: skip
        """`@clapper text`: an app_mention and a message with one ts. `files_in` is both, app_mention, message or none; `first` comes first."""
        team = workspace or self.local
        place = team.channel(channel)
        message, posted = self._write(
            team, place, user, f"<@{team.bot_user}> {text}".strip(), files=files, thread=thread
        )
        events = [("app_mention", payloads.mention_event(place, message)), ("message", payloads.message_event(place, message))]  # fmt: skip
        if place.is_im:
            del events[0]  # https://docs.slack.dev/reference/events/app_mention: never sent for direct messages
        elif first == "message":
            events.reverse()
        told: list[Delivery] = []
        for name, event in events:
            kept = event if files_in in ("both", name) else _without_files(event)
            if (delivery := self.tell(team, kept, place)) is not None:
                told.append(delivery)
        await self._wait(told, wait)
        return Said(channel, posted.ts, posted.thread or posted.ts, told)

    async def say(self, channel: str, user: str, text: str, *, files: tuple[StoredFile, ...] | list[StoredFile] = (), thread: str = "", workspace: Workspace | None = None, wait: bool = True) -> Said:  # fmt: skip
        """A plain message: in a channel, in a thread of it, or in direct messages (`slack.dm(user)` gives that channel)."""
        team = workspace or self.local
        place = team.channel(channel)
        message, posted = self._write(team, place, user, text, files=files, thread=thread)
        told = [one for one in [self.tell(team, payloads.message_event(place, message), place)] if one]
        await self._wait(told, wait)
        return Said(channel, posted.ts, posted.thread or posted.ts, told)

    async def edit(self, said: Said, text: str, *, workspace: Workspace | None = None) -> Delivery | None:
        """Somebody changes what they wrote: message_changed, hidden."""
        team = workspace or self.local
        place = team.channel(said.channel)
        posted = place.find(said.ts)
        before = posted.message
        posted.change(before | {"text": text, "edited": {"user": before["user"], "ts": self.numbers.ts()}})
        told = self.tell(team, payloads.changed_event(place, posted.message, before, self.numbers.ts()), place)
        await self._wait([told] if told else [], True)
        return told

    def dm(self, user: str, *, workspace: Workspace | None = None) -> str:
        return (workspace or self.local).direct(user).id

    async def again(self, delivery: Delivery, why: str = "http_timeout") -> Delivery:
        """The same delivery once more, as after an acknowledgement that got lost."""
        await self.post.once(delivery, len(delivery.attempts), why)
        return delivery

    async def command(self, line: str, user: str, *, channel: str = "", workspace: Workspace | None = None, wait: bool = True) -> Delivery:  # fmt: skip
        """`/clapper status`; never in a thread."""
        team = workspace or self.local
        place = team.channel(channel or self.dm(user, workspace=team))
        more = {"token": self.verification_token, "api_app_id": self.app_id, "trigger_id": self.trigger(user), "response_url": self.reply_url(team)}  # fmt: skip
        form = payloads.command_form(team, place, team.person(user), line, **more)
        return await self._bring(Delivery(COMMAND, form), wait)

    async def shortcut(self, channel: str, ts: str, user: str, callback_id: str, *, workspace: Workspace | None = None, wait: bool = True) -> Delivery:  # fmt: skip
        """A message shortcut from the message's menu."""
        team = workspace or self.local
        place = team.channel(channel)
        payload = self._interaction(team, user, "message_action") | {
            "callback_id": callback_id,
            "trigger_id": self.trigger(user),
            "message_ts": ts,
            "action_ts": self.numbers.ts(),
            "channel": payloads.place(place),
            "message": self._with_files(team, place.find(ts)),
            "response_url": self.reply_url(team),
        }
        return await self._bring(Delivery(INTERACTION, payload), wait)

    async def press(self, where: "Posted | Ephemeral | str", what: str, user: str, *, choice: str = "", channel: str = "", workspace: Workspace | None = None, wait: bool = True) -> Delivery:  # fmt: skip
        """A button by its action_id or label. `where` is a message or its ts, or the id of a view; `choice` an option of a menu."""
        team = workspace or self.local
        if isinstance(where, str) and where.startswith("V"):
            payload = self._press_view(team, where, what, user, choice)
        else:
            payload = self._press_message(team, self._found(team, where, channel), what, user, choice)
        return await self._bring(Delivery(INTERACTION, payload), wait)

    async def submit(self, view: str, values: dict[str, Any], user: str, *, workspace: Workspace | None = None, wait: bool = True) -> Delivery:  # fmt: skip
        """Sends a modal off. `values` by block_id, action_id or label; what is left out keeps what the modal showed at first."""
        team = workspace or self.local
        shown = team.views[view].view
        payload = self._interaction(team, user, "view_submission") | {
            "trigger_id": self.trigger(user),
            "view": shown | {"state": {"values": filled(shown["blocks"], values)}},
            "response_urls": [],
        }
        delivery = await self._bring(Delivery(INTERACTION, payload), wait)
        if delivery.acknowledged and not (delivery.answer or {}).get("response_action"):
            team.views.pop(view, None)
        return delivery

    async def suggest(self, view: str, block: str, typed: str, user: str, *, workspace: Workspace | None = None) -> list[dict[str, Any]]:  # fmt: skip
        """Somebody types into a menu whose options the app looks up; what it answers, held to Slack's limits."""
        team = workspace or self.local
        shown = team.views[view].view
        element = next(one["element"] for one in shown["blocks"] if one["block_id"] == block)
        assert element["type"] == "external_select"
        payload = self._interaction(team, user, "block_suggestion") | {
            "container": {"type": "view", "view_id": view},
            "action_id": element["action_id"],
            "block_id": block,
            "value": typed,
            "view": shown,
        }
        delivery = await self._bring(Delivery(INTERACTION, payload), True)
        return (delivery.answer or {}).get("options", [])

    async def close(self, view: str, user: str, *, workspace: Workspace | None = None) -> Delivery | None:
        """Closes a modal; the app hears of it where it asked to."""
        team = workspace or self.local
        shown = team.views.pop(view).view
        if not shown["notify_on_close"]:
            return None
        payload = self._interaction(team, user, "view_closed") | {"view": shown, "is_cleared": False}
        return await self._bring(Delivery(INTERACTION, payload), True)

    async def open_home(self, user: str, *, tab: str = "home", workspace: Workspace | None = None) -> Delivery | None:
        team = workspace or self.local
        event = payloads.home_event(user, team.direct(user), tab, team.homes.get(user), self.numbers.ts())
        told = self.tell(team, event)
        await self._wait([told] if told else [], True)
        return told

    async def stop_session(self, channel: str, thread: str, user: str, *, workspace: Workspace | None = None) -> Delivery | None:  # fmt: skip
        """The native Stop button of an agent."""
        team = workspace or self.local
        event = {"type": "agent_session_stopped", "user": user, "channel": channel, "thread_ts": thread, "streaming_message_ts": [], "event_ts": self.numbers.ts()}  # fmt: skip
        told = self.tell(team, event)
        await self._wait([told] if told else [], True)
        return told

    async def uninstall(self, workspace: Workspace | None = None) -> list[Delivery]:
        """tokens_revoked and app_uninstalled; the token no longer works."""
        team = workspace or self.local
        team.revoked = True
        events: list[dict[str, Any]] = [{"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [team.bot_user]}}, {"type": "app_uninstalled"}]  # fmt: skip
        told = [one for event in events if (one := self.tell(team, event | {"event_ts": self.numbers.ts()}))]
        await self._wait(told, True)
        return told

    def grant(self, workspace: Workspace, user: str) -> str:
        """A code as Slack gives it when somebody presses Allow."""
        code = self.numbers.id("code-")
        self.grants[code] = (workspace, user)
        return code

    def echo_posted(self, workspace: Workspace, channel: Channel, posted: Posted) -> None:
        """Slack tells the app of its own messages too."""
        if self.echo:
            self.tell(workspace, payloads.message_event(channel, posted.message), channel)

    def echo_changed(self, workspace: Workspace, channel: Channel, posted: Posted, before: dict[str, Any]) -> None:
        if self.echo:
            self.tell(workspace, payloads.changed_event(channel, posted.message, before, self.numbers.ts()), channel)

    def tell(self, workspace: Workspace, event: dict[str, Any], channel: Channel | None = None) -> Delivery | None:
        """Sends an event off where the app subscribed to it and can be reached."""
        name = event["type"] if event["type"] != "message" or channel is None else f"message.{_family(channel)}"
        if name not in self.subscribed or not self.reachable(channel, workspace):
            return None
        outer = payloads.callback(self.app_id, self.verification_token, workspace, event, self.numbers.id("Ev"))
        delivery = Delivery(EVENT, outer)
        self.spawn(self.post.bring(delivery))
        return delivery

    def reachable(self, channel: Channel | None, workspace: Workspace) -> bool:
        """An app hears what happens where its bot is; an echo needs somebody who listens."""
        if channel is not None and workspace.bot_user not in channel.members:
            return False
        return bool(self.post.addresses or self.sockets.connections)

    def reply_url(self, workspace: Workspace, to: Any = None) -> str:
        """`to` is the message that was pressed, which what is answered there may replace."""
        id = self.numbers.id("")
        self.replies[id] = []
        self.replies_to[id] = (to, time.monotonic())
        return f"{self.replies_host or self.url}/actions/{workspace.id}/{id}"

    def _interaction(self, team: Workspace, user: str, kind: str) -> dict[str, Any]:
        return payloads.interaction(self.app_id, self.verification_token, team, team.person(user), kind)

    def _write(self, team: Workspace, place: Channel, user: str, text: str, *, files: Any, thread: str) -> tuple[dict[str, Any], Posted]:  # fmt: skip
        ts = self.numbers.ts()
        begun = {"thread_ts": thread, "parent_user_id": place.find(thread).message.get("user", "")} if thread else {}
        message = payloads.said(team, user, text, ts, begun)
        for one in files:
            self.share(team, place, one, ts, thread)
        if files:
            message |= {"subtype": "file_share", "upload": False, "display_as_bot": False, "files": [self.file_object(team, one) for one in files]}  # fmt: skip
        return message, self.keep(place, message)

    def _with_files(self, team: Workspace, posted: Posted) -> dict[str, Any]:
        return posted.message | ({"files": self.files_now(team, posted)} if posted.message.get("files") else {})

    def _found(self, team: Workspace, where: Any, channel: str) -> "Posted | Ephemeral":
        if not isinstance(where, str):
            return where
        for place in [team.channel(channel)] if channel else team.channels.values():
            if where in place.messages:
                return place.messages[where]
            for one in place.ephemerals:
                if one.ts == where:
                    return one
        raise AssertionError(f"nobody posted a message {where}")

    def _press_message(self, team: Workspace, at: "Posted | Ephemeral", what: str, user: str, choice: str) -> dict[str, Any]:  # fmt: skip
        hidden = isinstance(at, Ephemeral)
        place = team.channel(at.channel)
        container = {"type": "message", "message_ts": at.ts, "channel_id": at.channel, "is_ephemeral": hidden}
        thread = at.thread
        container |= {"thread_ts": thread} if thread else {}
        payload = self._interaction(team, user, "block_actions") | {
            "container": container,
            "trigger_id": self.trigger(user),
            "channel": payloads.place(place),
            "state": {"values": {}},
            "response_url": self.reply_url(team, at),
            "actions": [pressed(at.message.get("blocks", []), what, choice, self.numbers.ts())],
        }
        return payload if hidden else payload | {"message": at.message}

    def _press_view(self, team: Workspace, view: str, what: str, user: str, choice: str) -> dict[str, Any]:
        shown = next((one for one in [*team.views.values(), *team.homes.values()] if one.id == view), None)
        assert shown is not None, f"no view {view} is open"
        return self._interaction(team, user, "block_actions") | {
            "container": {"type": "view", "view_id": view},
            "trigger_id": self.trigger(user),
            "view": shown.view,
            "actions": [pressed(shown.view["blocks"], what, choice, self.numbers.ts())],
        }

    async def _bring(self, delivery: Delivery, wait: bool) -> Delivery:
        if wait:
            return await self.post.bring(delivery)
        self.spawn(self.post.bring(delivery))
        return delivery

    async def _wait(self, deliveries: list[Delivery], wait: bool) -> None:
        for one in deliveries if wait else []:
            await self.until(lambda one=one: one.acknowledged or one.done.is_set(), seconds=15)


def _without_files(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in ("files", "subtype", "upload")}


def _family(channel: Channel) -> str:
    """The event people subscribe to for that kind of channel."""
    return {"im": "im", "mpim": "mpim", "group": "groups", "channel": "channels"}[channel.kind]
