"""Values as admins write them: exact, or refused with a sentence that names the limit and what was found."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from bot.domain.catalogue import Catalogue
from bot.domain.errors import BadRequest
from bot.flows.parse import values
from bot.flows.parse.text import shorten
from bot.flows.parse.values import model_key, model_keys

MOST_CREDITS = Decimal(1_000_000_000)
MOST_AT_ONCE = 1000
MOST_A_MINUTE = 1000
MOST_PEOPLE = 100
NONE = frozenset({"none", "no", "nothing", "unlimited", "no limit", "clear", "remove", "reset"})
_NO_PLACES = frozenset({"localtime", "Factory"})
"""Files beside the time zones that name none: the one is each machine's own, and every replica counts the same months."""
_NUMBER = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3}", re.ASCII)
_MONEY = re.compile(r"(?P<whole>[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?P<part>\.[0-9]{1,2})?", re.ASCII)
_UNIT = re.compile(r"\s*(?:credits?|cr)$", re.IGNORECASE)
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "slack": re.compile(r"[UW][A-Z0-9]{1,20}", re.ASCII),
    "discord": re.compile(r"[0-9]{15,20}", re.ASCII),
}
"""Ids as each chat has them: https://docs.slack.dev/reference/objects/user-object, https://docs.discord.com/developers/reference#snowflakes."""
_ANY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+@-]{0,127}", re.ASCII)
_MENTION = re.compile(r"<@!?(?P<id>[^<>|]+)(?:\|[^<>]*)?>")
_HOW: Mapping[str, str] = {
    # A slash command brings names as they were typed, a message brings ids: /clapper is declared with should_escape false.
    "slack": "mention them in a message to me instead of /clapper, or give their member ID, such as U024BE7LH",
    # A message is read with names for its mentions; an option of the command comes as it was typed.
    "discord": "mention them in /clapper admin, or give their user ID, such as 80351110224678912",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What names are looked for in: the models there are on a day, and how the platform's people are called."""

    catalogue: Catalogue
    today: date
    platform: str


def none(text: str) -> bool:
    """Whether it takes a decision back."""
    return text.strip().lower() in NONE


def quoted(text: str) -> str:
    """What was found, with nothing in it that could steer the line it stands in."""
    return repr(shorten(text, 40))


def money(text: str) -> Decimal:
    """Credits, none or more."""
    found = _MONEY.fullmatch(_UNIT.sub("", text.strip()))
    amount = Decimal(found[0].replace(",", "")) if found else None
    if amount is None or amount > MOST_CREDITS:
        raise BadRequest(
            f"{quoted(text)} is no amount of credits. Give a number from 0 to {MOST_CREDITS:,} with at most 2 decimals, such as 500 or 12.50, or “none”."
        )
    return amount


def whole(text: str, most: int, of: str) -> int:
    found = _NUMBER.fullmatch(text.strip())
    number = int(found[0].replace(",", "")) if found else 0
    if not 1 <= number <= most:
        off = " To have none made, say “admin off”." if found and not number else ""
        raise BadRequest(f"{quoted(text)} is no number of {of}. Give a whole number from 1 to {most}, or “none”.{off}")
    return number


def people(text: str, known: Known) -> tuple[str, ...]:
    """The ids of those who are named, at least one."""
    words = _MENTION.sub(lambda found: f" {found['id']} ", text)
    named = [word for word in re.split(r"[\s,;]+|\band\b|&", words) if word.strip("@ ")]
    ids = tuple(dict.fromkeys(person(word, known) for word in named))
    if not ids:
        raise BadRequest("Nobody is named. Mention those you mean, or say “none”.")
    if len(ids) > MOST_PEOPLE:
        raise BadRequest(f"{len(ids)} people are named, and at most {MOST_PEOPLE} can be. Leave some out.")
    return ids


def person(text: str, known: Known) -> str:
    """The id of one person, mentioned or written as it is."""
    word = text.strip()
    mention = _MENTION.fullmatch(word)
    id = (mention["id"] if mention else word.lstrip("@")).removeprefix(f"{known.platform}:")
    if not _SHAPES.get(known.platform, _ANY_ID).fullmatch(id) or (mention is None and _is_name(word, known)):
        how = _HOW.get(known.platform, "give their id as this chat has it")
        raise BadRequest(f"{quoted(word)} cannot be found as a person here: {how}.")
    return id


def _is_name(word: str, known: Known) -> bool:
    """What is typed as @WALTER in Slack's command may look like an id, and is none."""
    return known.platform == "slack" and word.startswith("@") and not any(sign.isdigit() for sign in word)


def zone(text: str) -> str:
    """A time zone's own name. Looks through the machine's list of them where it is not written as it is, so not for the event loop."""
    name = "_".join(text.split())
    zones = _zones()
    if (found := zones.get(name.lower())) is not None:
        return found
    cities = {one.rpartition("/")[2]: full for one, full in zones.items()}
    if (found := cities.get(name.lower())) is not None:
        return found
    near = get_close_matches(name.lower(), [*zones, *cities], n=1)
    guess = f" Did you mean {zones.get(near[0]) or cities[near[0]]}?" if near else " Give one such as Europe/Berlin."
    raise BadRequest(f"{quoted(text)} is no time zone.{guess}")


@cache
def _zones() -> Mapping[str, str]:
    """By their names in lower case."""
    return {name.lower(): name for name in sorted(available_timezones() - _NO_PLACES)}


def model(text: str, known: Known) -> str:
    """The id of one model."""
    ids = tuple(models(text, known))
    if len(ids) != 1:
        raise BadRequest(f"{quoted(text)} names {len(ids)} models. Name one.")
    return ids[0]


def models(text: str, known: Known) -> frozenset[str]:
    """The ids of models named one after the other, at least one."""
    ids = frozenset(id for piece in re.split(r"[,;&]|\band\b", text) for id in _named(piece, known))
    if not ids:
        raise BadRequest("No model is named. Say which may be used, or “all”; “models” lists them.")
    return ids


def _named(piece: str, known: Known) -> Iterator[str]:
    """As many words as make a name, then the next."""
    keys, words, at = model_keys(known.catalogue.names()), piece.split(), 0
    while at < len(words):
        stop = next((end for end in range(len(words), at, -1) if model_key(" ".join(words[at:end])) in keys), None)
        if stop is None:
            raise BadRequest(_unknown(" ".join(words[at:]), keys))
        yield _present(keys[model_key(" ".join(words[at:stop]))], known)
        at = stop


def _unknown(name: str, keys: Mapping[str, str]) -> str:
    near = dict.fromkeys(keys[key] for key in get_close_matches(model_key(name), keys, n=4, cutoff=0.5))
    guess = f"Did you mean {' or '.join([*near][:2])}?" if near else "“models” lists them."
    return f"There is no model called {quoted(name)}. {guess}"


def _present(id: str, known: Known) -> str:
    found = known.catalogue.get(id)
    if found is not None and found.retired(known.today):
        instead = f" Name {found.replaced_by} instead." if found.replaced_by else ""
        raise BadRequest(f"{found.title} is retired, so no film can be made with it.{instead}")
    return id


def setting(name: str, text: str, known: Known) -> object:
    """The value of a default."""
    match name:
        case "model":
            return model(text, known)
        case "aspect":
            value, limit = values.aspect(text), "a ratio such as 16:9, no wider than 4:1, or adaptive"
        case "seconds":
            value, limit = (
                values.seconds(text),
                f"a length of more than 0 and at most {values.LONGEST_SECONDS:g} seconds, such as 6",
            )
        case "resolution":
            value, limit = values.resolution(text), "a resolution such as 720p, 1080p or 4k"
        case _:
            value, limit = values.switch(text), "“on” or “off”"
    if value is None:
        raise BadRequest(f"{quoted(text)} is not understood. Give {limit}, or “none”.")
    return value
