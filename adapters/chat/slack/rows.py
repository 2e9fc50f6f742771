"""The buttons of a card in rows: those of one film side by side, single ones a few to a row, and no more than fit. Pure."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from adapters.chat.slack.elements import FULL, About, Json, context, plain_button, press_button, sendable_item, words
from bot.domain.card import Button, Card

MOST_JSON = 6000
"""What buttons may take of a message, which holds about twice as much."""
MOST_ROWS = 12
MOST_IN_ROW = 25
SINGLES_IN_ROW, NUMBERS_IN_ROW = 5, 10
SHORT = 3


def rows(card: Card, *, full: bool = False) -> Iterator[Json]:
    """A button for each action and item, once, in the order given; `full` adds the one that shows the whole text.

    Where they do not all fit, the card's own stay before those of its films, and how many are left out is said.
    """
    named = {(button.action, button.item): button for button in reversed(card.buttons) if sendable_item(button.item)}
    wanted = list(reversed(named.values()))
    kept = _fitting(wanted, card)
    told = [[press_button(one, card.job, card.revision) for one in row] for row in _laid_out(kept)]
    if full and card.job:
        if not kept or kept[-1].item or len(told[-1]) == MOST_IN_ROW:
            told.append([])
        told[-1].append(plain_button(FULL, "Show full text", About(card.job, card.revision)))
    for row in _joined(told):
        yield {"type": "actions", "elements": row}
    if len(kept) < len(wanted):
        yield context(words(f"{len(wanted) - len(kept)} more buttons do not fit here."))


def _fitting(wanted: Sequence[Button], card: Card) -> list[Button]:
    room, kept = MOST_JSON, set[int]()
    for number, button in sorted(enumerate(wanted), key=lambda one: bool(one[1].item)):
        room -= len(json.dumps(press_button(button, card.job, card.revision), ensure_ascii=False))
        if room < 0:
            break
        kept.add(number)
    return [button for number, button in enumerate(wanted) if number in kept]


def _laid_out(buttons: Sequence[Button]) -> Iterator[list[Button]]:
    """What belongs to one item is a row; single buttons of the same action, such as one for each film, share rows."""
    groups = [list(group) for _, group in groupby(buttons, key=lambda one: one.item)]
    for alike, some in groupby(groups, key=_kind):
        together = [button for group in some for button in group]
        if alike is None:
            yield from _runs(together)
        else:
            short = all(len(button.label) <= SHORT for button in together)
            yield from _pieces(together, NUMBERS_IN_ROW if short else SINGLES_IN_ROW)


def _kind(group: list[Button]) -> str | None:
    """The action of a single button of one item; None for a row of its own."""
    return group[0].action if len(group) == 1 and group[0].item else None


def _runs(buttons: Sequence[Button]) -> Iterator[list[Button]]:
    for _, group in groupby(buttons, key=lambda one: one.item):
        yield from _pieces(list(group), MOST_IN_ROW)


def _pieces(buttons: Sequence[Button], most: int) -> Iterator[list[Button]]:
    for start in range(0, len(buttons), most):
        yield list(buttons[start : start + most])


def _joined(told: list[list[Json]]) -> list[list[Json]]:
    """Where there would be too many rows for a message, they are as long as Slack allows."""
    together = [one for row in told for one in row]
    if len(told) > MOST_ROWS:
        return [together[start : start + MOST_IN_ROW] for start in range(0, len(together), MOST_IN_ROW)]
    return told
