"""What is done with films of the Drive by words: `show 2`, `rename 2 to promo/intro`, `delete 4`, `restore 1`, `trash`, `drive promo`."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.domain.card import Card
from bot.domain.chat import Command, Message
from bot.domain.drive import Clip
from bot.domain.errors import BadRequest
from bot.domain.paths import SPACE
from bot.flows.drive.change import Changed, deleted, renamed, restored
from bot.flows.drive.film import film_card, follow
from bot.flows.drive.rights import changeable, check
from bot.flows.library import listed
from bot.flows.library.listing import What
from bot.flows.sight import meant, named
from bot.ports.house import House

HEARD = timedelta(days=2)
_TO = re.compile(r"\s+(?:to|as|into|in)\s+", re.IGNORECASE)
Said = Message | Command
Change = Callable[[Clip, House], Awaitable[Changed]]


async def words(verb: str, text: str, event: Said, house: House) -> Card:
    """The card that answers a verb about the Drive. Raises UserError."""
    text = text.strip()
    match verb:
        case "trash":
            return await listed(What.trash, text, event, house)
        case "drive":
            return await listed(What.drive, text, event, house)
        case "restore" if not text:
            return await listed(What.trash, text, event, house)
        case "show":
            return await show_film(text, event, house)
        case "rename" | "move":
            return await _named_anew(verb, text, event, house)
        case _:
            return await _in_or_out(verb, text, event, house)


async def show_film(text: str, event: Said, house: House) -> Card:
    word = re.sub(r"^me\s+", "", text, flags=re.IGNORECASE)
    clip = await named(word or "last", event, house)
    return await film_card(clip, event, house)


async def _named_anew(verb: str, text: str, event: Said, house: House) -> Card:
    """A new name stays in the film's folder; a film is moved to a path from the top, or into a folder that ends with a slash."""
    film, path = _parted(text)
    if not film or not path:
        raise BadRequest(f"Say which film and where to, as in “{verb} 2 to promo/intro”. “library” numbers the films.")
    clip = await _mine(film, event, house)

    async def change(clip: Clip, house: House) -> Changed:
        return await renamed(clip, _target(verb, path, clip), event.key, house)

    return await _answered(change, clip, event, house)


async def _in_or_out(verb: str, text: str, event: Said, house: House) -> Card:
    if not text:
        raise BadRequest(f"Say which film, as in “{verb} 2”. “library” numbers the films.")
    clip = await _mine(text, event, house, trash=verb == "restore")
    return await _answered(_CHANGES[verb], clip, event, house)


_CHANGES: Mapping[str, Change] = {"delete": deleted, "restore": restored}


async def _answered(change: Change, clip: Clip, event: Said, house: House) -> Card:
    changed = await change(clip, house)
    await follow(changed.clip, house)
    return await film_card(changed.clip, event, house, title=changed.title, notes=changed.notes)


async def _mine(word: str, event: Said, house: House, *, trash: bool = False) -> Clip:
    """The film that is meant, for somebody who may change it; heard again it is the same one, whatever it is called by then."""
    key = f"meant:{event.key}"
    if (id := await house.storage.notes.get(key)) is not None:
        return await changeable(id, event, house)
    clip = await meant(word, event, house, listed=True, trash=trash)
    if clip is None:
        raise BadRequest(
            f"There is no film {word!r} that you can see here. “{'trash' if trash else 'library'}” numbers them; "
            "a path or an id names one without a list."
        )
    check(clip, event, house)
    await house.storage.notes.put(key, clip.id, house.clock.now() + HEARD)
    return await changeable(clip.id, event, house)


def _parted(text: str) -> tuple[str, str]:
    """The film and where to; names with spaces stand in quotation marks."""
    quoted = re.match(r"[\"“]([^\"”]+)[\"”]", text)
    at = _TO.search(text, quoted.end() if quoted else 0)
    if at is None:
        return text, ""
    return text[: at.start()], text[at.end() :].strip().strip('"“”')


def _target(verb: str, path: str, clip: Clip) -> str:
    folder = clip.drive_path.removesuffix(clip.name)
    if verb == "rename" and "/" not in path.replace("\\", "/"):
        return f"{folder}{path}"
    if path.endswith("/") or path.rstrip("/").lower() == SPACE.rstrip("/"):
        return f"{path.rstrip('/')}/{clip.name}"
    return path
