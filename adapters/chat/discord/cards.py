"""Card -> one container of Components V2, within every limit whatever the card holds. Nothing here reads or writes.

A message of Components V2 carries no `content`, and never goes back to one that does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import discord
from discord import ui

from adapters.chat.discord import rows
from adapters.chat.discord.button_rows import button_rows, row_of
from adapters.chat.discord.buttons import Handle, PressButton
from adapters.chat.discord.limits import ALT, DISPLAYED, GALLERY
from adapters.chat.discord.text import cut, escape, fit, share, units
from bot.domain.card import Card, CardMedia, Tone
from bot.domain.media import MediaKind

FILM = ".mp4"
NO_PICTURES: Mapping[str, str] = MappingProxyType({})
ROOM = DISPLAYED - 100
MOST_PAGES = 8
BESIDE = frozenset({Tone.working, Tone.problem, Tone.quiet})
"""Tones whose picture stands small beside the title: what matters there is the news."""

COLOURS = {
    Tone.plain: discord.Colour(0x4E5058),
    Tone.ask: discord.Colour(0xF0B232),
    Tone.working: discord.Colour(0x5865F2),
    Tone.done: discord.Colour(0x23A55A),
    Tone.problem: discord.Colour(0xF23F43),
    Tone.quiet: discord.Colour(0x80848E),
}


def view(card: Card, *, pictures: Mapping[str, str] = NO_PICTURES) -> ui.LayoutView:
    """The card. `pictures` names, by Files key, the attachment of the same message that holds it; a film is shown by its poster's."""
    head, progress, facts, costs, notes, wish = share(ROOM, rows.texts(card))
    shown = _pictures(card, pictures)
    container = ui.Container(accent_colour=COLOURS[card.tone])
    opening = [text for text in (head, wish) if text]
    beside = card.tone in BESIDE and len(shown) == 1 and not shown[0][0].endswith(FILM)
    if beside:
        container.add_item(_beside(opening, shown[0]))
    else:
        for text in opening:
            container.add_item(ui.TextDisplay(text))
    for text in filter(None, (progress, facts)):
        container.add_item(ui.TextDisplay(text))
    if costs:
        container.add_item(ui.Separator())
        container.add_item(ui.TextDisplay(costs))
    if shown and not beside:
        container.add_item(ui.MediaGallery(*(_gallery_item(*one) for one in shown)))
    if notes:
        container.add_item(ui.TextDisplay(notes))
    for row in button_rows(card, is_cut=units(wish) < units(rows.whole_wish(card))):
        container.add_item(row)
    made = ui.LayoutView(timeout=None)
    return made.add_item(container)


def full_text(card: Card) -> tuple[ui.LayoutView, ...]:
    """The card's text whole, as messages to send one after another to who asked for it."""
    left, pages = card.text, []
    while left and len(pages) < MOST_PAGES:
        page = _page(left)
        pages.append(_text_view(escape(page)))
        left = left[len(page) :].lstrip("\n")
    return tuple(pages)


def _page(text: str) -> str:
    """As much from the beginning as one message shows, ending between words where there are any."""
    most = min(len(text), ROOM)
    while units(escape(text[:most])) > ROOM:
        most = most * 9 // 10
    if most == len(text):
        return text
    space = max(text.rfind(" ", most // 2, most), text.rfind("\n", most // 2, most))
    return text[: space + 1] if space > 0 else text[:most]


def question(card: Card, pressed: Handle) -> ui.LayoutView | None:
    """What is asked before this press counts, with its Yes; None where nothing is (any more)."""
    asking = next((one for one in card.buttons if pressed.names(one) and one.confirm), None)
    sure = replace(pressed, asks=False, form=bool(asking and asking.form), alone=True)
    if asking is None or not sure.holds:
        return None
    return one_button(fit(asking.confirm or "", ROOM) or "Are you sure?", sure, "Yes", discord.ButtonStyle.danger)


def one_button(text: str, pressed: Handle, label: str, style: discord.ButtonStyle) -> ui.LayoutView:
    """A text with one thing to do about it."""
    container = ui.Container(accent_colour=COLOURS[Tone.ask])
    container.add_item(ui.TextDisplay(text))
    container.add_item(row_of([PressButton(pressed, label, style)]))
    return ui.LayoutView(timeout=None).add_item(container)


def _text_view(text: str) -> ui.LayoutView:
    return ui.LayoutView(timeout=None).add_item(ui.TextDisplay(text if text.strip() else "–"))


def _pictures(card: Card, pictures: Mapping[str, str]) -> list[tuple[str, str]]:
    """Attachment names with what each shows, each once."""
    found: dict[str, str] = {}
    for media in card.media:
        name = next((pictures[key] for key in _keys(media) if key in pictures), "")
        if name:
            found.setdefault(name, media.alt)
    return list(found.items())[:GALLERY]


def _keys(media: CardMedia) -> tuple[str, ...]:
    return (media.key, media.poster) if media.kind is MediaKind.video else (media.key,)


def _gallery_item(name: str, alt: str) -> discord.MediaGalleryItem:
    return discord.MediaGalleryItem(f"attachment://{name}", description=cut(alt, ALT) or None)


def _beside(texts: Sequence[str], shown: tuple[str, str]) -> ui.Section:
    name, alt = shown
    return ui.Section(*texts, accessory=ui.Thumbnail(f"attachment://{name}", description=cut(alt, ALT) or None))
