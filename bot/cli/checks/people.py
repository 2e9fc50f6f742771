"""Who may decide, and whether anybody can do what is asked of a second person."""

import re
from collections.abc import Collection, Iterator, Sequence

from bot.cli.checks.finding import Finding, Standing, well
from config import Settings

SHAPES = {
    "slack": (re.compile(r"[UW][A-Z0-9]{2,20}"), "U024BE7LH: in Slack, open the profile, then “Copy member ID”"),
    "discord": (re.compile(r"\d{15,20}"), "175928847299117063: in Discord's developer mode, “Copy User ID”"),
}
"""How the chats write the ids of people, and where one finds them. What a chat shows as a name is no id: it can be changed, and taken."""

OWN_ADMINS = frozenset({"slack", "discord"})


async def people(given: Settings) -> Sequence[Finding]:
    """Those who are named, by the shape of their ids; and whether somebody can give the second yes that is asked for."""
    named = (("approvers", given.approvers), ("admins", given.admins))
    found = [one for which, ids in named for one in _odd(which, sorted(ids), given)]
    return [*(found or [well("people", _said(given))]), *_second(given)]


def _said(given: Settings) -> str:
    return f"Named in the settings: {_many(given.approvers, 'approver')}, {_many(given.admins, 'admin')}. Admins are besides whom the chats call so."


def _many(named: Collection[str], what: str) -> str:
    return f"{len(named) or 'no'} {what}{'s' * (len(named) != 1)}"


def _odd(which: str, ids: Sequence[str], given: Settings) -> Iterator[Finding]:
    for id in ids:
        platform, _, person = id.partition(":")
        shape, like = SHAPES.get(platform, (None, ""))
        if platform not in {*given.platforms(), "terminal"}:
            mend = f"Chats that are on: {', '.join(given.platforms())}. Correct it, or set what switches {platform} on."
            yield Finding("people", Standing.note, f"{which} names {id!r}, and no chat {platform!r} is on.", mend)
        elif shape is not None and not shape.fullmatch(person):
            mend = f"Write {platform}:{like}."
            found = (
                f"{which} names {id!r}, which is not how {platform.capitalize()} writes a person's id: nobody has it."
            )
            yield Finding("people", Standing.note, found, mend)


def _second(given: Settings) -> Iterator[Finding]:
    limit = given.spending.approve_above
    if limit is None or given.approvers or given.admins:
        return
    if OWN_ADMINS & given.platforms().keys():
        said = f"A price above {limit} credits needs a second person, and only the chats' own admins can be that."
        yield Finding("spending", Standing.note, said, "Name others in approvers, should that be too few.")
    else:
        said = f"A price above {limit} credits needs a second person's yes, and nobody is named who could give it."
        yield Finding("spending", Standing.note, said, "Name people in approvers, or leave approve_above out.")
