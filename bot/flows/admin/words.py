"""A line after `admin`: what is to be shown, or decided and for which place. Pure; forgiving in words, exact in what they mean."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot.domain.errors import BadRequest
from bot.flows.admin import matters, values
from bot.flows.admin.matters import Matter, Value
from bot.flows.admin.values import Known, none, quoted
from bot.flows.decided import Decider

MOST_PAGES = 9999
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Decision:
    """`place` is the workspace or the channel, None where nobody said."""

    matter: Matter
    value: Value
    place: Decider | None = None


@dataclass(frozen=True, slots=True)
class Show:
    """All that is decided here."""


@dataclass(frozen=True, slots=True)
class Log:
    page: int = 1


@dataclass(frozen=True, slots=True)
class Who:
    """Who is an admin here, and why."""


Asked = Show | Log | Who | tuple[Decision, ...]

USAGE = (
    ("Films", ("on | off", "models kling-3, wan-3 | all")),
    (
        "Where nothing is said",
        ("default model kling-3 | ratio 9:16 | seconds 6 | resolution 720p | audio on | watermark on | none",),
    ),
    ("Each person", ("at-once 3 | none", "per-minute 4 | none")),
    ("A second person", ("confirmers @ada @bob | none", "approve-above 500 | none")),
    ("Budgets", ("budget workspace 10000 | channel 500 | people 300 | @ada 800 | none", "zone Europe/Berlin | none")),
    ("What was decided", ("log", "who")),
)
"""What can be said, by what it is about, for the card."""

_HERE = r"(?:here|(?:in|for) (?:this|the) channel)"
_EVERYWHERE = r"(?:everywhere|(?:in|for) (?:this|the)(?: whole)? (?:workspace|server|team)|in (?:all|every) channels?)"
_PLACE = re.compile(rf"(?P<before>.*?)(?:^|\s+)(?:(?P<here>{_HERE})|(?P<everywhere>{_EVERYWHERE}))[.!]*", re.IGNORECASE | re.DOTALL)  # fmt: skip
_DEFAULTS = {
    "model": "model",
    **dict.fromkeys(("aspect ratio", "aspect", "ratio", "format", "shape"), "aspect"),
    **dict.fromkeys(("seconds", "length", "duration"), "seconds"),
    **dict.fromkeys(("resolution", "size", "quality"), "resolution"),
    **dict.fromkeys(("audio", "sound"), "audio"),
    "watermark": "watermark",
}
_PURSES: Mapping[str, Matter] = {
    **dict.fromkeys(("workspace", "everywhere", "team", "server"), matters.WORKSPACE_BUDGET),
    **dict.fromkeys(("channel", "this channel", "here"), matters.CHANNEL_BUDGET),
    **dict.fromkeys(
        ("people", "person", "each person", "per person", "each", "everybody", "everyone"), matters.PERSON_BUDGET
    ),
}
_FILLER = re.compile(r"^(?:to|is|of|=|:|for|only|above)\s+", re.IGNORECASE)
_SHARE = re.compile(r"(?P<whose>\S.*?)\s*(?:\s(?:to|is|of)\s|[=:\s])\s*(?P<amount>no limit|\S+(?:\s+credits?)?)", re.IGNORECASE)  # fmt: skip


def read(line: str, known: Known) -> Asked:
    """Raises BadRequest with what is wrong, the limit and what was found."""
    if len(line) > LONGEST:
        raise BadRequest(
            f"That line has {len(line):,} characters, and one takes at most {LONGEST:,}. Say it in several."
        )
    text = " ".join(line.split())
    place, text = _placed(text)
    if not text or text.lower() in {"help", "show", "card", "settings", "please", "?"}:
        return Show()
    found = _HEAD.match(text)
    if found is None:
        raise BadRequest(_strange(text))
    rest = _FILLER.sub("", text[found.end() :].strip(" :="))
    asked = _READERS[_key(found[0])](rest, known, place)
    if isinstance(asked, tuple):
        return tuple(_in_place(one, place) for one in asked)
    return asked


def _placed(text: str) -> tuple[Decider | None, str]:
    """`here` or `everywhere` at the end of a line, and the line without it."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None, text
    return Decider.channel if found["here"] else Decider.workspace, found["before"].strip(" ,;")


def _in_place(decision: Decision, said: Decider | None) -> Decision:
    """Some matters are of the workspace alone, or of a channel alone. Raises BadRequest where another place was said."""
    only = decision.matter.only
    if only is not None and said not in {None, only}:
        where = "the whole workspace" if only is Decider.workspace else "a channel"
        raise BadRequest(
            f"“{decision.matter.name}” is decided for {where} alone. Leave out “{'here' if only is Decider.workspace else 'everywhere'}”."
        )
    return replace(decision, place=only or said)


def _strange(text: str) -> str:
    word = text.split(maxsplit=1)[0]
    near = get_close_matches(word.lower(), _HEADS, n=1)
    guess = f" Did you mean “admin {near[0]}”?" if near else ""
    return f"There is no {quoted(f'admin {word}')}.{guess} “admin” alone shows what can be decided."


def _switch(on: bool) -> "Reader":
    def reader(rest: str, known: Known, place: Decider | None) -> Asked:
        del known, place
        if rest:
            raise BadRequest(
                f"{quoted(rest)} is no place to switch films {'on' if on else 'off'}. Say “here” for this channel, “everywhere” for the workspace."
            )
        return (Decision(matters.ON, on),)

    return reader


def _models(rest: str, known: Known, place: Decider | None) -> Asked:
    del place
    if rest.lower() in {"all", "any", "every", "all models"}:
        return (Decision(matters.MODELS, None),)
    if none(rest):
        raise BadRequest("“models none” may mean two things: “admin models all” allows every model, “admin off” none.")
    return (Decision(matters.MODELS, values.models(rest, known)),)


def _defaults(rest: str, known: Known, place: Decider | None) -> Asked:
    del place
    if none(rest):
        return tuple(Decision(matter, None) for matter in matters.DEFAULTS.values())
    return tuple(_default(one, known) for one in _pieces(rest, "admin default ratio 9:16"))


def _default(piece: str, known: Known) -> Decision:
    found = _DEFAULT.match(piece)
    if found is None:
        named = ", ".join(matters.DEFAULTS)
        raise BadRequest(f"{quoted(piece)} is no default that can be set: {named.replace('aspect', 'ratio')}.")
    name, text = _NAMES[_key(found[0])], _FILLER.sub("", piece[found.end() :].strip(" :="))
    if not text:
        raise BadRequest(f"What is the default {found[0].lower()} to be? Say it, or “none”.")
    return Decision(matters.DEFAULTS[name], None if none(text) else values.setting(name, text, known))


def _counted(matter: Matter, most: int, of: str) -> "Reader":
    def reader(rest: str, known: Known, place: Decider | None) -> Asked:
        del known, place
        return (Decision(matter, None if none(rest) else values.whole(rest, most, of)),)

    return reader


def _confirmers(rest: str, known: Known, place: Decider | None) -> Asked:
    del place
    named = None if none(rest) or rest.lower() == "nobody" else frozenset(values.people(rest, known))
    return (Decision(matters.CONFIRMERS, named),)


def _approve(rest: str, known: Known, place: Decider | None) -> Asked:
    del known, place
    return (Decision(matters.APPROVE_ABOVE, None if none(rest) or rest.lower() == "never" else values.money(rest)),)


def _budget(rest: str, known: Known, place: Decider | None) -> Asked:
    if place is not None and len(rest.split()) <= 1:
        matter = matters.CHANNEL_BUDGET if place is Decider.channel else matters.WORKSPACE_BUDGET
        return (Decision(matter, _amount(rest)),)
    return tuple(_share(one, known) for one in _pieces(rest, "admin budget workspace 10000"))


def _share(piece: str, known: Known) -> Decision:
    found = _SHARE.fullmatch(piece)
    if found is None:
        raise BadRequest(
            f"Whose budget is {quoted(piece)}? Say “admin budget workspace 10000”, “channel 500”, “people 300” for each person, or name somebody: “@ada 800”."
        )
    whose = re.sub(r"^(?:the|of|for)\s+", "", found["whose"].lower())
    matter = _PURSES.get(whose) or matters.budget_of(values.person(found["whose"], known))
    return Decision(matter, _amount(found["amount"]))


def _amount(text: str) -> Value:
    return None if none(text) else values.money(text)


def _zone(rest: str, known: Known, place: Decider | None) -> Asked:
    del known, place
    return (Decision(matters.ZONE, None if none(rest) else values.zone(rest)),)


def _log(rest: str, known: Known, place: Decider | None) -> Asked:
    del known, place
    number = rest.lower().removeprefix("page").strip()
    return Log(values.whole(number, MOST_PAGES, "a page") if number else 1)


def _who(rest: str, known: Known, place: Decider | None) -> Asked:
    del rest, known, place
    return Who()


def _pieces(text: str, example: str) -> Sequence[str]:
    """What stands between commas that are followed by a space, as none in a number is. Raises BadRequest where nothing does."""
    pieces = [piece.strip() for piece in re.split(r",\s+|;|\s+and\s+", text) if piece.strip()]
    if not pieces:
        raise BadRequest(f"Say what it is to be, as in “{example}”.")
    return pieces


def _key(name: str) -> str:
    """`At-once`, `at once` and `atonce` are one name."""
    return re.sub(r"[\s_-]+", "", name).lower()


Reader = Callable[[str, Known, Decider | None], Asked]
_HEADS: Mapping[str, Reader] = {
    **dict.fromkeys(("on", "switch on", "turn on", "enable"), _switch(True)),
    **dict.fromkeys(("off", "switch off", "turn off", "disable"), _switch(False)),
    **dict.fromkeys(("models", "model"), _models),
    **dict.fromkeys(("defaults", "default"), _defaults),
    **dict.fromkeys(
        ("at once", "concurrency"), _counted(matters.AT_ONCE, values.MOST_AT_ONCE, "films of one person at once")
    ),
    **dict.fromkeys(
        ("per minute", "rate"), _counted(matters.PER_MINUTE, values.MOST_A_MINUTE, "films of one person a minute")
    ),
    **dict.fromkeys(("confirmers", "confirmer", "approvers", "approver"), _confirmers),
    **dict.fromkeys(("approve above", "approval above", "second person above"), _approve),
    **dict.fromkeys(("budgets", "budget"), _budget),
    **dict.fromkeys(("time zone", "timezone", "zone"), _zone),
    **dict.fromkeys(("audit log", "audit", "log", "history"), _log),
    **dict.fromkeys(("who is an admin", "who", "admins"), _who),
}


def _any_of(words: Mapping[str, object]) -> re.Pattern[str]:
    """The longest that fits, spaces in it written as any sign between words."""
    longest = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(one.replace(' ', '[ _-]?') for one in longest)})(?![\w-])", re.IGNORECASE)


_HEAD, _DEFAULT = _any_of(_HEADS), _any_of(_DEFAULTS)
_READERS = {_key(name): reader for name, reader in _HEADS.items()}
_NAMES = {_key(name): field for name, field in _DEFAULTS.items()}
