"""What Slack sends, as chat events. Nothing here reads or writes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.chat.slack.elements import MERGE, PREFIX, About, button_about
from adapters.chat.slack.plain import mentions, plain
from adapters.chat.slack.views import EDIT, FORM, asked, form_value, merge_command
from bot.domain.card import Action
from bot.domain.chat import Attachment, ChatEvent, Command, Conversation, Message, Person, Press
from bot.domain.verbs import VERBS

PLATFORM = "slack"
ANIMATE = "clapper_animate"
SLACKBOT = "USLACKBOT"
SAID = frozenset({None, "", "file_share", "thread_broadcast"})
"""The subtypes of a message that somebody wrote; all others report what happened to one, or to the channel."""
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)
"""What reading a payload of a shape that nobody expects may raise."""
_VERBS = frozenset(verb.name for verb in VERBS)

Body = Mapping[str, Any]


def read(body: Body, me: str) -> ChatEvent | None:
    """What a payload says to the bot, None where that is nothing; `me` is the bot's own user id.

    A payload of an unknown shape raises one of UNREADABLE.
    """
    match kind(body):
        case "app_mention" | "message":
            event = _message(body, body["event"], me)
        case "message_action":
            event = _shortcut(body, me)
        case other if other in _READ:
            event = _READ[other](body)
        case _:
            event = None
    return None if event is None else _held(event)


def _held(event: ChatEvent) -> ChatEvent:
    """Ids and names are text: anything else would be saved, and could not be read again."""
    there = event.conversation
    texts = [event.key, there.workspace, there.channel, there.thread, event.author.id, event.author.name]
    if isinstance(event, Press):
        texts += [event.job, event.value]
    else:
        texts += [text for one in event.attachments for text in (one.name, one.mime)]
    if not all(isinstance(one, str) for one in texts):
        raise TypeError("an id or a name that is no text")
    return event


def kind(body: Body) -> str:
    """The type of an event, or of an interaction; `command` for a command."""
    if body.get("type") == "event_callback":
        return str(body["event"].get("type", ""))
    return "command" if "command" in body else str(body.get("type", ""))


def workspace(body: Body) -> str:
    """Where the app is installed that was spoken to; a person or channel of another workspace may take part in it."""
    view, message = body.get("view") or {}, body.get("message") or {}
    if body.get("type") == "block_actions" and message.get("app_id") == body.get("api_app_id"):
        # The app's own message belongs to its workspace, whoever presses from a workspace that shares the channel.
        team = message.get("team") or ""
        if str(team).startswith("T"):
            return team
    allowed = (body.get("authorizations") or [{}])[0]
    named = (
        view.get("app_installed_team_id"),
        _id(body.get("team")),
        allowed.get("team_id"),
        body.get("team_id"),
        _user(body).get("team_id"),
        view.get("team_id"),
    )
    return next((one for one in named if one), "")


def organisation(body: Body) -> str:
    """The organisation that installed the app for all its workspaces; empty where the workspace did so itself."""
    allowed = (body.get("authorizations") or [{}])[0]
    whole = allowed.get("is_enterprise_install", body.get("is_enterprise_install"))
    if whole not in {True, "true"}:
        return ""
    return allowed.get("enterprise_id") or _id(body.get("enterprise")) or body.get("enterprise_id") or ""


def person(body: Body) -> Person:
    """Who pressed, submitted, or used a command or shortcut."""
    user = _user(body)
    return Person(PLATFORM, workspace(body), user.get("id", ""), user.get("username") or user.get("name") or "")


def pressed(body: Body) -> tuple[str, About]:
    """The word of the button that was pressed and what it is about; no word for a button not of ours."""
    action = body["actions"][0]
    id = str(action.get("action_id", ""))
    if not id.startswith(PREFIX) or action.get("type") != "button":
        return "", About()
    return id.removeprefix(PREFIX).partition(":")[0], button_about(action.get("value") or "")


def asks(body: Body) -> bool:
    """Whether a form is to be filled in before this press counts. Edit always had one, also before buttons said so."""
    word, about = pressed(body)
    return word == Action.edit or (about.asks and word in set(Action))


def place(body: Body) -> Conversation:
    """Where a button was pressed: under its message, or with the presser alone where it stands on their Home."""
    container, message = body.get("container") or {}, body.get("message") or {}
    channel = _id(body.get("channel")) or container.get("channel_id") or ""
    if not channel:
        return Conversation(PLATFORM, workspace(body), person(body).id)
    return Conversation(
        PLATFORM, workspace(body), channel, container.get("thread_ts") or message.get("thread_ts") or ""
    )


def at_home(body: Body) -> bool:
    return (body.get("view") or {}).get("type") == "home"


def _message(body: Body, event: Body, me: str) -> Message | None:
    author = event.get("user") or ""
    by_machine = event.get("bot_id") or event.get("bot_profile") or author in {me, SLACKBOT, ""}
    if by_machine or event.get("hidden") or event.get("subtype") not in SAID:
        return None
    team, channel, ts = workspace(body), event["channel"], event["ts"]
    text = event.get("text") or ""
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    profile = event.get("user_profile") or {}
    return Message(
        key=f"slack:{team}:{channel}:{ts}",
        conversation=Conversation(PLATFORM, team, channel, event.get("thread_ts") or ts),
        author=Person(PLATFORM, team, author, profile.get("display_name") or profile.get("real_name") or ""),
        text=plain(text, me),
        attachments=attachments(event, team),
        at=_instant(ts),
        addressed=direct or event["type"] == "app_mention" or mentions(text, me),
    )


def attachments(message: Body, team: str) -> tuple[Attachment, ...]:
    """The files of a message, then those of messages that it passes on, each once."""
    shared = [one for one in message.get("attachments") or () if one.get("is_share")]
    files: Sequence[Body] = [*(message.get("files") or ()), *(f for one in shared for f in one.get("files") or ())]
    unique = {file["id"]: file for file in files if file.get("id")}
    return tuple(_attachment(file, team) for file in unique.values())


def _attachment(file: Body, team: str) -> Attachment:
    size = file.get("size")
    return Attachment(
        id=f"{team}/{file['id']}",
        name=file.get("name") or file.get("title") or "",
        mime=file.get("mimetype") or "",
        bytes=size if isinstance(size, int) else None,
    )


def _stopped(body: Body) -> Command:
    """Slack's own stop button of an agent: what runs in that thread for whoever pressed it."""
    event, team = body["event"], workspace(body)
    channel, thread = event["channel"], event.get("thread_ts") or ""
    when = event.get("event_ts") or body.get("event_id")
    return Command(
        key=f"slack:{team}:stop:{channel}:{thread}:{when}",
        conversation=Conversation(PLATFORM, team, channel, thread),
        author=Person(PLATFORM, team, event["user"]),
        verb="cancel",
        text="here",
    )


def _press(body: Body) -> Press | None:
    """One that asks for a form is a press only when that is filled in."""
    word, _ = pressed(body)
    return press(body) if word in set(Action) and not asks(body) else None


def press(body: Body) -> Press:
    word, about = pressed(body)
    author, action = person(body), body["actions"][0]
    return Press(
        key=f"slack:{author.workspace}:press:{author.id}:{action['action_ts']}:{action['action_id']}",
        conversation=place(body),
        author=author,
        action=word,
        job=about.job,
        revision=about.revision,
        item=about.item,
    )


def _shortcut(body: Body, me: str) -> Command | None:
    """A wish for the message it was used on, never an answer to a price, even where that message says yes; of a machine's message only the files."""
    if body.get("callback_id") != ANIMATE:
        return None
    author, target = person(body), body["message"]
    team, channel = author.workspace, body["channel"]["id"]
    by_machine = target.get("bot_id") or target.get("user") == me
    return Command(
        key=f"slack:{team}:shortcut:{author.id}:{body['action_ts']}",
        conversation=Conversation(PLATFORM, team, channel, target.get("thread_ts") or target["ts"]),
        author=author,
        verb="make",
        text="" if by_machine else plain(target.get("text") or "", me),
        attachments=attachments(target, team),
    )


def _command(body: Body) -> Command:
    """A command knows no thread; what follows it is a verb of Clapper's and the rest, else what to make."""
    text = plain(body.get("text") or "")
    first, rest = [*text.split(maxsplit=1), "", ""][:2]
    verb = first.lower()
    author = Person(PLATFORM, workspace(body), body["user_id"], body.get("user_name") or "")
    return Command(
        key=f"slack:{author.workspace}:command:{body['trigger_id']}",
        conversation=Conversation(PLATFORM, author.workspace, body["channel_id"]),
        author=author,
        verb=verb if verb in _VERBS else "make" if text else "help",
        text=rest if verb in _VERBS else text,
    )


def _submission(body: Body) -> Press | Command | None:
    match body["view"].get("callback_id"):
        case callback if callback in {FORM, EDIT}:
            return _filled(body, body["view"])
        case callback if callback == MERGE:
            return _merged(body, body["view"])
        case _:
            return None


def _filled(body: Body, view: Body) -> Press:
    about, author = asked(view), person(body)
    return Press(
        key=f"slack:{author.workspace}:view:{view['id']}:{view.get('hash', '')}",
        conversation=Conversation(PLATFORM, author.workspace, about.channel or author.id, about.thread),
        author=author,
        action=about.action,
        job=about.job,
        value=form_value(view),
        revision=about.revision,
        item=about.item,
    )


def _merged(body: Body, view: Body) -> Command:
    """The film comes to the person alone: a form opened from Home knows no channel."""
    author = person(body)
    return Command(
        key=f"slack:{author.workspace}:view:{view['id']}:{view.get('hash', '')}",
        conversation=Conversation(PLATFORM, author.workspace, author.id),
        author=author,
        verb="merge",
        text=merge_command(view),
    )


def _user(body: Body) -> Body:
    """An interaction tells of a person as an object, a command in single fields."""
    user = body.get("user")
    if isinstance(user, Mapping):
        return user
    return {"id": body.get("user_id", ""), "name": body.get("user_name", "")}


def _id(thing: Any) -> str:
    return thing.get("id") or "" if isinstance(thing, Mapping) else thing or ""


def _instant(ts: str) -> datetime:
    """A message's id is when it was written, in seconds."""
    return datetime.fromtimestamp(float(ts), UTC)


_READ = {
    "agent_session_stopped": _stopped,
    "block_actions": _press,
    "view_submission": _submission,
    "command": _command,
}
