"""The library: films on the Drive, newest first, a page at a time, as a contact sheet with the numbers that people say."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.card import MAX_ITEM, Action, Button, Card, CardMedia, Field, film_media
from bot.domain.chat import Command, Message, Person, Press
from bot.domain.drive import MOST_COUNTED, Clip, Wanted
from bot.domain.errors import BadRequest
from bot.domain.job import reply_id
from bot.domain.media import MediaKind
from bot.domain.units import size_text
from bot.flows.library.asked import Asked, asked, named_in_words
from bot.flows.library.folder import Folder, folder, folder_path
from bot.flows.library.listing import Listing, What, keep, kept, own
from bot.flows.sheets import contact_sheet
from bot.flows.show.words import kept_until, seconds, shorten
from bot.flows.sight import remember
from bot.ports.house import House

PAGE = 10
MOST_PAGES = MOST_COUNTED // PAGE
LONGEST_LABEL = 30
LONGEST_ALT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as it was found: `first` is the number of its first film, `total` counts all."""

    clips: tuple[Clip, ...]
    total: int
    number: int
    title: str
    folder: Folder | None = None

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE + 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


async def library(wanted: str, event: Message | Command, house: House) -> Card:
    """`wanted` are words, conditions and a page's number. Raises BadRequest for a page that is not there."""
    return await listed(What.library, wanted, event, house)


async def listed(what: What, text: str, event: Message | Command, house: House) -> Card:
    """A new list, for a card of its own."""
    card = reply_id(event.key)
    listing = Listing(what=what, text=text, asker=event.author, place=event.conversation, card=card)
    page = await found(listing, None, house)
    check_page(page, what)
    return await _shown(listing, page, house)


def check_page(page: Page, what: What) -> None:
    """Raises BadRequest for one that is not there."""
    if page.number > page.pages:
        many = f"{page.pages} page{'s' if page.pages > 1 else ''}"
        raise BadRequest(f"{_named(what)} has {many} here; there is no page {page.number}.")


async def turn(event: Press, house: House) -> None:
    """Another page in the place of this one. Raises UserError."""
    listing = await own(event, house)
    if not (event.item.isdecimal() and len(event.item) <= MAX_ITEM):
        raise BadRequest(f"There is no page {shorten(event.item, MAX_ITEM)!r}.")
    await _revised(listing, min(int(event.item), MOST_PAGES), house)


async def relist(card: str, house: House) -> bool:
    """Shows a list anew, from its first page; False where this card is none."""
    listing = await kept(card, house)
    if listing is not None:
        await _revised(listing, 1, house)
    return listing is not None


async def _revised(listing: Listing, number: int, house: House) -> None:
    page = await found(listing, max(1, number), house)
    if page.number > page.pages:  # films went meanwhile
        page = await found(listing, page.pages, house)
    card = await _shown(listing, page, house, adds=number > 1)
    await house.storage.cards.revise(listing.card, replace(card, job=listing.card))


async def _shown(listing: Listing, page: Page, house: House, *, adds: bool = False) -> Card:
    """The card, its numbers and its list kept in mind."""
    numbers = {str(number): clip.id for number, clip in enumerate(page.clips, page.first)}
    if not page.clips and not (page.folder and page.folder.folders):
        return _nothing(listing, page)
    await keep(listing, house)
    if numbers:  # a list of folders alone leaves those that stand above it
        await remember(listing.place, listing.asker, numbers, house, adds=adds, trash=listing.what is What.trash)
    return Card(
        title=page.title,
        fields=(*_folders(page), *(_row(clip, number, listing.asker) for number, clip in _numbered(page))),
        media=await _sheet(page, house),
        notes=_notes(listing, page),
        buttons=(*(_button(clip, number, listing.what) for number, clip in _numbered(page)), *_turns(page)),
    )


async def found(listing: Listing, number: int | None, house: House) -> Page:
    """A page; without `number` the one that was asked for."""
    nothing = Wanted(viewer=listing.asker, channel=listing.place.circle, now=house.clock.now())
    if listing.what is What.drive:
        there = await folder(folder_path(listing.text), nothing, house)
        at = number or 1
        clips = there.films[(at - 1) * PAGE : at * PAGE]
        return Page(clips=clips, total=len(there.films), number=at, title=there.title, folder=there)
    titles = {model.id: model.title for model in house.catalogue.models}
    look = asked(listing.text, nothing, house.catalogue.names(), titles)
    look = replace(look, wanted=replace(look.wanted, trashed=listing.what is What.trash))
    at = number or look.page
    there = await house.storage.clips.find(look.wanted, skip=(at - 1) * PAGE, limit=PAGE)
    if look.name and not there.total:
        look = named_in_words(look)
        there = await house.storage.clips.find(look.wanted, skip=(at - 1) * PAGE, limit=PAGE)
    return Page(clips=there.clips, total=there.total, number=at, title=_title(there.total, look, listing.what))


def _title(total: int, look: Asked, what: What) -> str:
    if total >= MOST_COUNTED:
        films = f"The newest {MOST_COUNTED} films"
    else:
        films = f"{total or 'No'} film{'s' if total > 1 else ''}"
    if what is What.trash:
        return f"The trash: {films}{f' {look.title}' if look.title else ''}"
    return f"The library: {films}" if look.everything else f"{films} {look.title}"


def _numbered(page: Page) -> Sequence[tuple[int, Clip]]:
    return list(enumerate(page.clips, page.first))


def _row(clip: Clip, number: int, asker: Person) -> Field:
    return Field(f"{number}. {clip.drive_path}", facts(clip, asker))


def facts(clip: Clip, asker: Person) -> str:
    """`5 s · 1280 × 720 · 1.2 MB · 20 Nov 2026 · Toll One`, after the first words of the prompt where nobody named the film."""
    told = [
        clip.heading if clip.heading != clip.name else "",
        seconds(round(clip.seconds, 1)),
        f"{clip.width} × {clip.height}",
        size_text(clip.bytes),
        f"{clip.made_at.day} {clip.made_at:%b %Y}",
        clip.title,
    ]
    if not clip.owned_by(asker):
        told.append(f"by {clip.owner.name or 'somebody'}{'' if clip.shared else ', on their own Drive'}")
    return " · ".join(filter(None, (*told, kept_until(clip))))


def _folders(page: Page) -> tuple[Field, ...]:
    return page.folder.folders if page.folder and page.number == 1 else ()


def _button(clip: Clip, number: int, what: What) -> Button:
    if what is What.trash:
        return Button(Action.restore, f"Restore {number}", item=clip.id)
    return Button(Action.film, str(number), item=clip.id)


def _turns(page: Page) -> tuple[Button, ...]:
    before = (Button(Action.page, "Previous", item=str(page.number - 1)),) if page.number > 1 else ()
    after = (Button(Action.page, "Next", item=str(page.number + 1)),) if page.number < page.pages else ()
    return (*before, *after)


async def _sheet(page: Page, house: House) -> tuple[CardMedia, ...]:
    """The posters with their numbers, as one picture; the films themselves where it cannot be drawn."""
    there = await asyncio.gather(*(_has_poster(clip, house) for clip in page.clips))
    stills = [
        (clip.poster, f"{number} {shorten(clip.name, LONGEST_LABEL)}", None)
        for (number, clip), has in zip(_numbered(page), there, strict=True)
        if has
    ]
    key = await contact_sheet(stills, house)
    alt = ", ".join(f"{number}: {clip.name}" for number, clip in _numbered(page))
    if key:
        return (CardMedia(kind=MediaKind.image, key=key, alt=alt, name="films.jpg"),)
    return tuple(film_media(clip, shorten(clip.prompt, LONGEST_ALT) or clip.drive_path) for clip in page.clips)


async def _has_poster(clip: Clip, house: House) -> bool:
    return bool(clip.poster) and await house.files.stat(clip.poster) is not None


def _notes(listing: Listing, page: Page) -> tuple[str, ...]:
    pages = f"Page {page.number} of {page.pages}." if page.pages > 1 else ""
    match listing.what:
        case What.trash:
            how = f"“restore {page.first}” or a button takes a film out again; after 24 hours it is gone."
        case What.drive if page.folder and page.folder.folders:
            how = f"“drive {page.folder.folders[0].name}” looks into a folder."
            if page.folder.more:
                how = f"{page.folder.more} more folders are here. {how}"
        case _:
            how = f"“show {page.first}” or a button shows a film"
            how += f"; “merge {page.first} {page.first + 1}” joins two." if len(page.clips) > 1 else "."
    return tuple(filter(None, (pages, how)))


def _nothing(listing: Listing, page: Page) -> Card:
    if listing.what is What.trash:
        return Card(title="The trash is empty", text="What is deleted can be restored for 24 hours.")
    if page.folder is not None:
        return Card(title=f"Nothing lies in {page.folder.path or 'your Drive'}", text="“library” shows all films.")
    if page.title.startswith("The library"):
        say = "Write what you would like to see; each finished film comes here."
        return Card(title="The library is empty", text=say)
    say = "Every word has to begin one in the prompt, the Drive path, the model's or the owner's name. “library” shows all."
    return Card(title=page.title, text=say)


def _named(what: What) -> str:
    return {What.library: "The library", What.trash: "The trash", What.drive: "This folder"}[what]
