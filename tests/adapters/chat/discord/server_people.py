"""People on the Discord test server: what they write, press, choose and type, as their own client would let them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.adapters.chat.discord.server_gateway import Gateway
from tests.adapters.chat.discord.server_interactions import Interactions
from tests.adapters.chat.discord.server_messages import Messages
from tests.adapters.chat.discord.server_reading import Upload, brought
from tests.adapters.chat.discord.server_replies import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Reply
from tests.adapters.chat.discord.server_values import DM, Channel, Message, User
from tests.adapters.chat.discord.server_wire import file_wire, message_wire
from tests.adapters.chat.discord.server_world import World

SUBCOMMAND, SUBCOMMAND_GROUP, STRING, INTEGER, BOOLEAN, NUMBER, ATTACHMENT = 1, 2, 3, 4, 5, 10, 11
TAKES = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}


class People:
    def __init__(self, world: World, gateway: Gateway, messages: Messages, interactions: Interactions) -> None:
        self._world, self._gateway = world, gateway
        self._messages, self._interactions = messages, interactions

    async def say(
        self,
        channel: Channel,
        user: User,
        text: str,
        *,
        files: Iterable[Upload] = (),
        reply_to: Message | None = None,
        ping: bool = True,
    ) -> Message:
        """What a person writes. A reply mentions whom it answers unless `ping` is off."""
        world = self._world
        new = Message(world.snowflake(), channel, user, world.clock.now(), text, reply_to=reply_to)
        new.files = [brought(world, one, channel) for one in files]
        new.mentions, new.roles = world.named_in(text)
        if reply_to is not None and ping and reply_to.author not in new.mentions:
            new.mentions.append(reply_to.author)
        if channel.guild is not None:
            channel.guild.members.setdefault(user.id, user)
        channel.messages[new.id] = new
        await self._messages.tell("MESSAGE_CREATE", new)
        return new

    async def rewrite(self, message: Message, text: str) -> None:
        message.content, message.edited_at = text, self._world.clock.now()
        message.mentions, message.roles = self._world.named_in(text)
        await self._messages.tell("MESSAGE_UPDATE", message)

    def seen(self, user: User, channel: Channel) -> list[Message]:
        """What this person sees there, oldest first."""
        if channel.kind == DM and channel.recipient is not user:
            return []
        return [one for one in channel.messages.values() if one.visible_to in {None, user}]

    async def command(self, name: str, options: Mapping[str, Any], user: User, channel: Channel) -> Reply:
        command, path = self._find(name, channel)
        resolved: dict[str, Any] = {}
        given = _given(path[-1], options)
        for one in given:
            if one["type"] == ATTACHMENT:
                file = brought(self._world, one["value"], channel, ephemeral=True)
                one["value"] = str(file.id)
                resolved[str(file.id)] = file_wire(self._world, file)
        data = _nested(command, path, given) | ({"resolved": {"attachments": resolved}} if resolved else {})
        return await self._interactions.start(COMMAND, user, channel, data)

    async def autocomplete(
        self, name: str, typing: tuple[str, str], user: User, channel: Channel, options: Mapping[str, Any]
    ) -> list[Mapping[str, Any]]:
        """`typing` is the option and what stands in it so far."""
        option, text = typing
        command, path = self._find(name, channel)
        wanted = next((one for one in path[-1].get("options") or () if one["name"] == option), None)
        if wanted is None or not wanted.get("autocomplete"):
            raise LookupError(f"{name!r} has no option {option!r} that completes itself")
        given = _given(path[-1], options, whole=False)
        given.append({"type": wanted["type"], "name": option, "value": text, "focused": True})
        reply = await self._interactions.start(AUTOCOMPLETE, user, channel, _nested(command, path, given))
        return reply.choices

    async def context_menu(self, name: str, message: Message, user: User) -> Reply:
        """The target comes whole, whatever intents there are."""
        command = self._registered(message.channel, 3, name)
        shown = {"messages": {str(message.id): message_wire(self._world, message)}}
        data = {"id": command["id"], "name": name, "type": 3, "target_id": str(message.id), "resolved": shown}
        return await self._interactions.start(COMMAND, user, message.channel, data)

    async def press(self, message: Message, which: str, user: User) -> Reply:
        button = message.control(which)
        _usable(message, button, user, 2)
        data = {"component_type": 2, "custom_id": button["custom_id"], "id": 1}
        return await self._interactions.start(COMPONENT, user, message.channel, data, message)

    async def select(self, message: Message, which: str, values: Sequence[str], user: User) -> Reply:
        menu = message.control(which)
        _usable(message, menu, user, 3)
        if not set(values) <= {one["value"] for one in menu["options"]}:
            raise LookupError(f"{values} are not all options of {which!r}")
        data = {"component_type": 3, "custom_id": menu["custom_id"], "values": list(values), "id": 1}
        return await self._interactions.start(COMPONENT, user, message.channel, data, message)

    async def submit(self, opened: Reply, values: Mapping[str, Any], user: User) -> Reply:
        """Fills a modal in by label or custom id and sends it; what is not given stays as it was shown."""
        one = opened.interaction
        left = dict(values)
        resolved: dict[str, Any] = {}
        parts = [self._filled(part, left, one.channel, resolved) for part in opened.modal["components"]]
        if left:
            raise LookupError(f"the modal has no {sorted(left)}")
        data = {"custom_id": opened.modal["custom_id"], "components": parts}
        data |= {"resolved": {"attachments": resolved}} if resolved else {}
        return await self._interactions.start(SUBMIT, user, one.channel, data, one.message)

    def _filled(
        self, part: Mapping[str, Any], left: dict[str, Any], channel: Channel, resolved: dict[str, Any]
    ) -> dict[str, Any]:
        if part["type"] == 10:
            return {"type": 10, "id": 1}
        field = part["component"] if part["type"] == 18 else part["components"][0]
        names = (field["custom_id"], part.get("label"), field.get("label"))
        name = next((name for name in names if name in left), None)
        value = left.pop(name) if name is not None else _shown(field)
        answer = {"type": field["type"], "custom_id": field["custom_id"], "id": 2}
        match field["type"]:
            case 4 | 21 | 23:
                answer["value"] = value
                _fits(field, value)
            case 19:
                files = [brought(self._world, one, channel, ephemeral=True) for one in value]
                resolved |= {str(one.id): file_wire(self._world, one) for one in files}
                answer["values"] = [str(one.id) for one in files]
            case _:
                answer["values"] = list(value)
                _fits(field, value)
        if part["type"] == 18:
            return {"type": 18, "id": 1, "component": answer}
        return {"type": 1, "id": 1, "components": [answer]}

    def _registered(self, channel: Channel, kind: int, name: str) -> dict[str, Any]:
        scopes = [0] + ([channel.guild.id] if channel.guild else [])
        known = [one for scope in scopes for one in self._world.commands.get(scope, []) if one["type"] == kind]
        for one in known:
            contexts = one.get("contexts")
            if one["name"] == name and (contexts is None or (0 if channel.guild else 1) in contexts):
                return one
        raise LookupError(f"no command {name!r} here; there are {[one['name'] for one in known]}")

    def _find(self, name: str, channel: Channel) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """ "clapper make" from the top, or "make" alone where one group has it."""
        first, *rest = name.split()
        try:
            command = self._registered(channel, 1, first)
        except LookupError:
            groups = [one for scope in self._world.commands.values() for one in scope if one["type"] == 1]
            having = [one for one in groups if any(sub["name"] == first for sub in _subs(one))]
            if len(having) != 1:
                raise
            command, rest = self._registered(channel, 1, having[0]["name"]), [first, *rest]
        path = [command]
        for step in rest:
            inside = next((sub for sub in _subs(path[-1]) if sub["name"] == step), None)
            if inside is None:
                raise LookupError(
                    f"{path[-1]['name']!r} has no {step!r}; there are {[one['name'] for one in _subs(path[-1])]}"
                )
            path.append(inside)
        if _subs(path[-1]):
            raise LookupError(f"{name!r} is a group of {[one['name'] for one in _subs(path[-1])]}")
        return command, path


def _subs(command: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [one for one in command.get("options") or () if one["type"] in {SUBCOMMAND, SUBCOMMAND_GROUP}]


def _given(command: Mapping[str, Any], options: Mapping[str, Any], *, whole: bool = True) -> list[dict[str, Any]]:
    """Options as a client sends them: known ones, of their types, all that are required, and choices only as offered."""
    known = {one["name"]: one for one in command.get("options") or ()}
    if set(options) - known.keys():
        raise LookupError(
            f"{command['name']!r} has no {sorted(set(options) - known.keys())}; there are {sorted(known)}"
        )
    missing = [name for name, one in known.items() if one.get("required") and name not in options]
    if whole and missing:
        raise LookupError(f"{command['name']!r} needs {missing}")
    for name, value in options.items():
        kind, choices = known[name]["type"], [one["value"] for one in known[name].get("choices") or ()]
        if kind in TAKES and not isinstance(value, TAKES[kind]):
            raise LookupError(f"{name!r} takes {TAKES[kind]}, not {value!r}")
        if choices and value not in choices:
            raise LookupError(f"{name!r} offers {choices}, not {value!r}")
    return [{"type": known[name]["type"], "name": name, "value": value} for name, value in options.items()]


def _nested(
    command: Mapping[str, Any], path: Sequence[Mapping[str, Any]], given: list[dict[str, Any]]
) -> dict[str, Any]:
    inside = given
    for step in reversed(path[1:]):
        inside = [{"type": step["type"], "name": step["name"], "options": inside}]
    about = {"id": command["id"], "name": command["name"], "type": 1, "options": inside}
    return about | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})


def _usable(message: Message, part: Mapping[str, Any], user: User, kind: int) -> None:
    if message.visible_to not in {None, user}:
        raise LookupError(f"{user.title} does not see this message")
    if part.get("disabled"):
        raise LookupError(f"{part.get('label') or part.get('custom_id')!r} is disabled")
    if part["type"] != kind or "custom_id" not in part:
        raise LookupError(f"{part.get('label')!r} is no component of type {kind} that tells the bot")


def _shown(field: Mapping[str, Any]) -> Any:
    """What a field holds before anybody touches it."""
    chosen = [one["value"] for one in field.get("options") or () if one.get("default")]
    match field["type"]:
        case 4:
            return field.get("value") or ""
        case 21:
            return chosen[0] if chosen else None
        case 23:
            return bool(field.get("default"))
        case _:
            return chosen


def _fits(field: Mapping[str, Any], value: Any) -> None:
    """A client sends nothing that the field does not take."""
    name = field["custom_id"]
    if field["type"] == 4 and not field.get("min_length", 0) <= len(value) <= field.get("max_length", 4000):
        raise LookupError(f"{name!r} takes {field.get('min_length', 0)} to {field.get('max_length', 4000)} characters")
    if field.get("required", field["type"] != 23) and field["type"] != 23 and not value:
        raise LookupError(f"{name!r} is required")
    offered = {one["value"] for one in field.get("options") or ()}
    chosen = [value] if isinstance(value, str) else list(value or ()) if not isinstance(value, bool) else []
    if offered and not set(chosen) <= offered:
        raise LookupError(f"{name!r} offers {sorted(offered)}, not {chosen}")
