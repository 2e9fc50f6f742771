"""An order as a modal asks for it: no list of Discord's keeps one, so the options are numbered and the numbers are written."""

import json
import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256

from adapters.chat.discord.limits import CUSTOM_ID, DISPLAYED, LABEL_DESCRIPTION
from adapters.chat.discord.text import cut, fit, line, units
from bot.domain.card import FormField
from bot.domain.errors import BadRequest

LISTED = 140
_STAMPED = re.compile(r"(?P<name>.+)~(?P<stamp>[0-9a-f]{8})", re.DOTALL)
_BETWEEN = re.compile(r"\b(?:and|then)\b|[\s,;.:#>→➜+&/|()\[\]-]+", re.IGNORECASE)
ONE_DIGIT = 9


def input_id(field: FormField) -> str:
    """Holds which options were numbered: those of a card that changes while its form is open have other numbers."""
    return f"{field.name}~{_stamp(field)}"


def fits(field: FormField) -> bool:
    return bool(field.name and field.options) and units(input_id(field)) <= CUSTOM_ID


def stamped(custom_id: str) -> tuple[str, str] | None:
    """The field's name and the stamp of the options that were numbered; None for the input of another kind of field."""
    found = _STAMPED.fullmatch(custom_id)
    return (found["name"], found["stamp"]) if found else None


def numbers(field: FormField) -> str:
    """The order as it is: `2 1`."""
    places = {value: str(place) for place, (value, _) in enumerate(field.options, 1)}
    return " ".join(places[value] for value in field.value.split() if value in places)


def in_a_line(field: FormField) -> str | None:
    """The options with their numbers where they are short enough for an input's description."""
    told = "; ".join(f"{place} = {line(label or value)}" for place, (value, label) in enumerate(field.options, 1))
    return told if units(told) <= LABEL_DESCRIPTION else None


def listing(field: FormField) -> str:
    """The options with their numbers, a line for each; markdown."""
    told, room = [], DISPLAYED
    for place, (value, label) in enumerate(field.options, 1):
        one = f"**{place}** {fit(cut(label or value, LISTED), 2 * LISTED)}"
        room -= units(one) + 1
        if room < 0:
            break
        told.append(one)
    return "\n".join(told)


def read_order(field: FormField, said: str, stamp: str) -> str:
    """Options in the order that their numbers were written in, `3 1 2` or `3,1, 2` or `312`: values with spaces between them.

    Raises BadRequest for what is no such number, and where the options are no longer those that had these numbers.
    """
    if stamp != _stamp(field):
        raise BadRequest(
            f"The numbers under {line(field.label)} have changed while the form was open, so nothing was done."
        )
    return " ".join(field.options[place - 1][0] for place in _places(field, said))


def _places(field: FormField, said: str) -> Sequence[int]:
    most, label = len(field.options), line(field.label)
    words = _BETWEEN.sub(" ", unicodedata.normalize("NFKC", said)).split()
    if len(words) == 1 and most <= ONE_DIGIT and words[0].isascii() and words[0].isdecimal():
        words = list(words[0])
    for word in words:
        if not (word.isascii() and word.isdecimal()):
            raise BadRequest(
                f"{label}: {cut(word, 40)!r} is no number. Write the numbers in the order you want, such as {_example(most)}."
            )
        if not 1 <= int(word[:9]) <= most:
            raise BadRequest(f"{label}: there is no {cut(word, 20)}. The numbers go from 1 to {most}.")
    return [int(word) for word in words]


def _example(most: int) -> str:
    return " ".join(map(str, range(min(3, most), 0, -1)))


def _stamp(field: FormField) -> str:
    return sha256(json.dumps([value for value, _ in field.options]).encode()).hexdigest()[:8]
