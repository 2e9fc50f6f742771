"""`clapper admin`: what admins decide in their chats, said by the operator, for any workspace and channel."""

from bot.app import opened
from bot.cli import out
from bot.cli.interrupts import run
from bot.cli.ready import platform_named, ready
from bot.domain.card import Card
from bot.domain.chat import Conversation, Person
from bot.domain.errors import BadRequest
from bot.flows.admin import OPERATOR, Answer, answer
from bot.flows.race import settled
from config import Settings

LONGEST = 200


def admin(words: str, platform: str, workspace: str, channel: str, *, new: bool, json: bool) -> int:
    """`new` lets a place be decided for in which nothing was said yet.

    Raises BadRequest for a place that cannot be or that nobody knows, and for words that cannot be done.
    """
    place = _place(platform_named(platform), workspace.strip(), channel.strip())
    told = run(_told(words, place, ready(working=True), new=new))
    if json:
        out.document(_document(told))
    else:
        _tell(told.card)
    return 0


def _place(platform: str, workspace: str, channel: str) -> Conversation:
    for what, id in (("workspace", workspace or "-"), ("channel", channel or "-")):
        if len(id) > LONGEST or not id.isprintable() or any(sign.isspace() for sign in id):
            raise BadRequest(f"{id[:40]!r} is no {what}'s id. Give it as the chat has it, without spaces.")
    if not workspace:
        raise BadRequest("Which workspace is meant? Name it with --workspace, by its id.")
    return Conversation(platform, workspace, channel)


async def _told(words: str, place: Conversation, settings: Settings, *, new: bool) -> Answer:
    who = Person(place.platform, place.workspace, OPERATOR, OPERATOR)
    async with opened(settings, platforms=[]) as app:
        if not new and not await app.house.storage.policies.known(place):
            raise BadRequest(_strange(place))
        return await settled(lambda: answer(words, place, who, app.house))


def _strange(place: Conversation) -> str:
    where = f"channel {place.channel!r} of workspace" if place.channel else "workspace"
    return (
        f"Clapper knows no {where} {place.workspace!r} on {place.platform}: nobody asked for a film there yet, and nothing was decided."
        " Look at the ids, or add --new to decide for it beforehand. Nothing was changed."
    )


def _tell(card: Card) -> None:
    out.say(card.summary)
    if card.fields:
        out.table(("What", "Value"), [(field.name, field.value) for field in card.fields])
    for note in card.notes:
        out.say(f"• {note}")


def _document(told: Answer) -> dict[str, object]:
    changes = [
        {"what": one.matter.name, "where": one.place, "was": _value(one.was), "now": _value(one.now)}
        for one in told.changes
    ]
    fields = [{"name": field.name, "value": field.value} for field in told.card.fields]
    return {"title": told.card.title, "text": told.card.text, "fields": fields, "notes": told.card.notes, "changes": changes}  # fmt: skip


def _value(value: object) -> object:
    """As it is stored; None where nothing is decided."""
    return None if value is None else out.simple(value)
