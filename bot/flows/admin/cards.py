"""What admins are shown: what holds and who decided it, what they just changed, and the log. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from bot.domain.card import Action, Button, Card, Field, FieldKind, FormField, Style, Tone
from bot.domain.chat import Conversation
from bot.domain.plain import plain
from bot.domain.policy import Change
from bot.domain.units import credits_number
from bot.flows.admin.change import Changed
from bot.flows.admin.matters import (
    CHANNEL_BUDGET,
    EVERY,
    ON,
    PERSON_BUDGET,
    WORKSPACE_BUDGET,
    Matter,
    Value,
    budget_of,
)
from bot.flows.admin.words import USAGE
from bot.flows.decided import Decider, Layers, by_whom

PAGE = 10
PLACES = {Decider.operator: "the operator", Decider.workspace: "the whole workspace", Decider.channel: "this channel"}
FROM_NOW = (
    "It holds from now on; prices that stand are looked at again when somebody confirms them. Films on their way go on."
)
UNDECIDED = "not decided"
MEANT = {
    Decider.channel: "What is said in a channel holds for that channel; “everywhere” at the end makes it the whole workspace.",
    Decider.workspace: "What is said here holds for the whole workspace.",
}
WIDER = ("To have it in the whole workspace, say the same with “everywhere” at the end.",)
BUDGETS: Mapping[str, tuple[Matter, str]] = {
    "workspace": (WORKSPACE_BUDGET, "The workspace"),
    "channel": (CHANNEL_BUDGET, "This channel"),
    "people": (PERSON_BUDGET, "Each person"),
}
"""The fields of the form, called as in a line after `admin budget`."""


def holding(found: Layers, usual: Decider) -> Card:
    """All that holds in a place, with whoever decided it, and buttons for what is changed most; `usual` is meant where no place is said."""
    rules = found[-1][1]
    return Card(
        title="What is decided here",
        text=f"Films are {ON.words(rules.on)} {'in this channel' if usual is Decider.channel else 'here'}.",
        fields=(*told(found, EVERY), *told(found, [budget_of(id) for id, _ in rules.people])),
        notes=(
            f"{MEANT[usual]} Of two limits the stricter holds.",
            *(f"{about}: {' · '.join(f'admin {line}' for line in lines)}" for about, lines in USAGE),
        ),
        buttons=(_switch(found, usual), _form(found), Button(Action.admin, "Log", item="log")),
    )


def told(found: Layers, matters: Sequence[Matter]) -> tuple[Field, ...]:
    """What holds of each matter that anybody decided."""
    rules, fields = found[-1][1], list[Field]()
    for matter in matters:
        value, whose = matter.holds(rules), by_whom(found, matter.holds)
        if whose is not Decider.operator or (value is not None and matter is not ON):
            fields.append(Field(matter.name, f"{matter.words(value)} ({_whose(whose)})"))
    return tuple(fields)


def _whose(decider: Decider) -> str:
    return {
        Decider.operator: "the operator's",
        Decider.workspace: "the workspace's",
        Decider.channel: "this channel's",
    }[decider]


def _switch(found: Layers, usual: Decider) -> Button:
    """Off where films are on; on again where that was decided."""
    if found[-1][1].on:
        question = f"Switch Clapper off in {PLACES[usual]}? Films on their way go on."
        where = "here" if usual is Decider.channel else "everywhere"
        return Button(Action.admin, f"Off {where}", Style.danger, confirm=question, item=f"off {where}")
    if by_whom(found, ON.holds) is Decider.workspace:
        return Button(Action.admin, "On everywhere", Style.primary, item="on everywhere")
    return Button(Action.admin, "On here", Style.primary, item="on here")


def _form(found: Layers) -> Button:
    fields = [
        FormField(name, f"{label}, credits a month", FieldKind.line, _amount(matter.holds(found[-1][1])))
        for name, (matter, label) in BUDGETS.items()
    ]
    return Button(Action.admin, "Budgets", item="budget", form=tuple(fields))


def _amount(value: Value) -> str:
    return "" if value is None else credits_number(value)


def changed(done: Sequence[Changed], found: Layers, notes: Sequence[str] = ()) -> Card:
    """What was decided, was and now, and from when; `found` is what holds in the place, now that it is saved."""
    fresh = [one for one in done if one.was != one.now]
    places = " and ".join(dict.fromkeys(PLACES[one.place] for one in fresh or done))
    if not fresh:
        title, text = f"It was so already for {places}", "Nothing was changed."
    else:
        title, text = f"Decided for {places}", FROM_NOW
    fields = tuple(Field(one.matter.name, _was_now(one, found)) for one in fresh or done)
    here_alone = any(one.place is Decider.channel and one.matter.only is None for one in fresh)
    moot = tuple(say for one in done for say in _moot(one, found))
    return Card(title=title, text=text, fields=fields, notes=(*moot, *notes, *(WIDER * here_alone)), tone=Tone.done)


def _was_now(one: Changed, found: Layers) -> str:
    """What nobody had decided for that place was what the wider one has."""
    now = one.matter.words(one.now)
    was = one.matter.holds(_wider(one, found)[-1][1]) if one.was is None else one.was
    return now if one.was == one.now else f"{one.matter.words(was)} → {now}"


def _wider(one: Changed, found: Layers) -> Layers:
    return found[: next((at for at, (who, _) in enumerate(found) if who is one.place), len(found))]


def _moot(one: Changed, found: Layers) -> Iterator[str]:
    """What holds in the place of what was decided: a wider place's rule that is stricter, or this channel's own."""
    matter = one.matter
    wider = _wider(one, found)
    holds = next((rules for who, rules in found if who is one.place), found[0][1])
    if matter.strict and (value := matter.holds(holds)) != one.now and not (matter is ON and value):
        whose = PLACES[by_whom(wider, matter.holds)]
        why = f"it is left to {whose}" if one.now is None else f"saved, but {whose} is stricter"
        yield f"{matter.name}: {why}, so this holds: {matter.words(value)}."
    last, rules = found[-1]
    if one.place is Decider.workspace and last is Decider.channel and by_whom(found, matter.holds) is last:
        yield f"{matter.name}: this channel has its own decision, which holds here: {matter.words(matter.holds(rules))}."


def log(lines: Sequence[Change], page: int, place: Conversation, zone: str) -> Card:
    """A page of the audit log; `lines` are one more than it shows where there is another."""
    if not lines:
        return Card(title="Nothing was decided yet" if page == 1 else f"The log has no page {page}")
    there = ZoneInfo(zone)
    fields = tuple(
        Field(f"{line.at.astimezone(there):%d %b %Y, %H:%M}", _in_words(line, place)) for line in lines[:PAGE]
    )
    more = (f"“admin log {page + 1}” shows what was before.",) if len(lines) > PAGE else ()
    before = (Button(Action.admin, "Newer", item=f"log {page - 1}"),) if page > 1 else ()
    after = (Button(Action.admin, "Older", item=f"log {page + 1}"),) if more else ()
    return Card(
        title=f"What admins decided, page {page}",
        fields=fields,
        notes=(*more, f"Times are those of {zone}."),
        buttons=(*before, *after),
    )


def _in_words(line: Change, place: Conversation) -> str:
    where = "everywhere" if not line.channel else "in this channel" if line.channel == place.channel else f"in {line.channel}"  # fmt: skip
    who = plain(line.person.name or line.person.id)
    return f"{who} {where}: {line.what}, {line.was or UNDECIDED} → {line.now or UNDECIDED}"
