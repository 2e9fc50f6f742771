"""The card of a prompt that was written: the text, what it was made from, and what can follow."""

from dataclasses import replace

from bot.domain.card import Action, Button, Card, Field, FieldKind, FormField, Style
from bot.domain.cinema import Dialect, Mode, Use
from bot.domain.request import Parsed
from bot.flows.cinematic.asked import Asked
from bot.flows.cinematic.kept import Kept
from bot.flows.show.words import seconds


def page(kept: Kept, asked: Asked, parsed: Parsed) -> Card:
    brief = asked.brief
    from_words = "(not said)" if brief.mode is Mode.narrative else "(from the idea's words)"
    mode = brief.mode.capitalize() if asked.mode_said else f"{brief.mode.capitalize()} {from_words}"
    length = f"{kept.shots} in {seconds(brief.seconds)}" if brief.seconds is not None else str(kept.shots)
    fields = (
        Field("Mode", mode),
        Field("Shots", length),
        Field("Written for", "Seedance, by token" if brief.dialect is Dialect.seedance else "any model"),
        *(Field(use.token, _purpose(use)) for use in brief.uses),
    )
    notes = (
        kept.note,
        *asked.notes,
        *parsed.problems,
        "Nothing is made or charged yet: “Use this” shows the price first.",
    )
    card = Card(
        title="A prompt for your idea",
        text=kept.text,
        fields=fields,
        notes=tuple(filter(None, notes)),
        buttons=_buttons(kept),
    )
    return replace(card, job=kept.card)


def _purpose(use: Use) -> str:
    return f"for the {use.purpose}"


def _buttons(kept: Kept) -> tuple[Button, ...]:
    form = (FormField("prompt", "Prompt", FieldKind.text, kept.text),)
    return (
        Button(Action.use, "Use this", Style.primary, item=kept.item),
        Button(Action.use, "Change", item=kept.item_of_form, form=form),
        Button(Action.rewrite, "Rewrite", item=kept.item),
    )
