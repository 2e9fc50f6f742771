"""What changes about a film on its Drive: its name, the place it is kept in, whether it is in the trash."""

from dataclasses import dataclass

from bot.domain.drive import SPACE, Clip, in_trash
from bot.domain.errors import BadRequest, OverBudget
from bot.domain.paths import film_path, why_unsafe
from bot.flows.drive.move import moved
from bot.flows.room import full
from bot.ports.house import House


@dataclass(frozen=True, slots=True)
class Changed:
    """The film as it is now, what was done in a few words, and what there is to say about it."""

    clip: Clip
    title: str
    notes: tuple[str, ...] = ()


async def renamed(clip: Clip, wanted: str, by: str, house: House) -> Changed:
    """Under another path of its owner's Drive or the space, as the event of the key `by` asks for. Raises UserError or Stale."""
    if not wanted.strip(" ./\\"):
        raise BadRequest("A film needs a name, such as promo/intro.mp4.")
    return await _put(clip, _of_a_film(wanted, clip), wanted, by, house)


async def saved(clip: Clip, by: str, house: House) -> Changed:
    """In the workspace's space, under the same path; a temporary film stays from now on."""
    if clip.shared:
        clip = await moved(clip, clip.drive_path, by, house)  # what was cut short is finished
        return Changed(clip, f"{clip.drive_path} is in the space already")
    return await _put(clip, f"{SPACE}{clip.drive_path}", "", by, house)


async def deleted(clip: Clip, house: House) -> Changed:
    """In the trash: nobody finds it any more, and its owner can take it out again with the same name."""
    if clip.trashed_at is None:
        clip = clip.change(trashed_at=house.clock.now())
        await house.storage.clips.change(clip)
    return Changed(clip, f"{clip.name} is in the trash")


async def restored(clip: Clip, house: House) -> Changed:
    if clip.trashed_at is not None:
        clip = clip.change(trashed_at=None)
        await house.storage.clips.change(clip)
    return Changed(clip, f"{clip.name} is back")


async def _put(clip: Clip, path: str, wanted: str, by: str, house: House) -> Changed:
    if clip.trashed_at is not None:
        raise BadRequest(in_trash(clip))
    shared = path.startswith(SPACE)
    if shared is not clip.shared and (why := await full(clip.owner, house, shared)):
        raise OverBudget(why)
    after = await moved(clip, path, by, house, **({"expires_at": None} if shared else {}))
    same = after.drive_path == clip.drive_path
    title = (
        f"It is called {after.drive_path} already" if same else f"{'Saved as' if shared else 'Now'} {after.drive_path}"
    )
    return Changed(
        after,
        title,
        tuple(filter(None, (_made_safe(wanted, path), _given_number(clip, path, after), _lasting(clip, after)))),
    )


def _made_safe(wanted: str, path: str) -> str:
    why = why_unsafe(wanted)
    return f"Named {path}: {' '.join(why)}" if why else ""


def _given_number(clip: Clip, path: str, after: Clip) -> str:
    if after.drive_path == path:
        return ""
    if path.casefold() == clip.drive_path.casefold():
        return "Names that differ in capitals alone are one name on some disks, so a number was added."
    return f"{path} was there already, and nothing is ever overwritten."


def _lasting(clip: Clip, after: Clip) -> str:
    return "It was temporary; from now on it stays." if clip.expires_at and not after.expires_at else ""


def _of_a_film(wanted: str, clip: Clip) -> str:
    """Safe, and with the extension of a film."""
    extension = clip.drive_path[clip.drive_path.rindex(".") :] if "." in clip.name else ".mp4"
    return film_path(wanted, extension)
