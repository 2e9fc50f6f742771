"""Where the bytes of a reference come from: a chat, a link, a Drive, or an earlier film."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

from bot.domain.chat import Attachment, Conversation, Person
from bot.domain.drive import Clip, drive_key, in_trash, safe_path
from bot.domain.errors import BadMedia
from bot.domain.media import MediaKind
from bot.domain.request import Reference, SourceKind
from bot.domain.units import size_text
from bot.flows.sight import at_path, last
from bot.ports.house import House
from bot.ports.opened import opened

LAST = "last"
PIECE = 1024 * 1024


async def bring(reference: Reference, into: Path, conversation: Conversation, author: Person, house: House) -> None:
    """Streams the reference's bytes to a local file. Raises BadMedia where they cannot be had or are too many."""
    source = reference.source
    match source.kind:
        case SourceKind.url:
            await house.fetch(source.value, into, max_bytes=house.rules.max_upload_bytes)
        case SourceKind.upload:
            await _uploaded(reference, into, conversation, house)
        case SourceKind.drive:
            await _from_drive(await _drive_file(source.value, conversation, author, house), into, source.value, house)
        case SourceKind.clip:
            clip = await _clip(source.value, conversation, author, house)
            if reference.kind is MediaKind.image and not clip.last_frame:
                await _cut(clip, into, house)
            else:
                await _from_drive(_part(clip, reference), into, clip.drive_path, house)
        case SourceKind.asset:
            raise AssertionError("an asset is here already")


async def _uploaded(reference: Reference, into: Path, conversation: Conversation, house: House) -> None:
    platform = house.platforms.get(conversation.platform)
    if platform is None:
        raise BadMedia("The chat this file was sent in is not connected now. Send the file again.")
    source = reference.source
    attachment = Attachment(id=source.value, name=source.name, mime=source.mime)
    await _stream(platform.open_attachment(attachment), into, house)


async def _from_drive(key: str, into: Path, called: str, house: House) -> None:
    try:
        await _stream(house.files.open(key), into, house)
    except FileNotFoundError:
        raise BadMedia(f"There is no file {called!r} any more. Choose another.") from None


async def _stream(pieces: AsyncIterator[bytes], into: Path, house: House) -> None:
    """Writes as the bytes come, and stops where they are too many."""
    most, size = house.rules.max_upload_bytes, 0
    async with AsyncExitStack() as stack:
        if isinstance(pieces, AsyncGenerator):
            await stack.enter_async_context(aclosing(pieces))  # a connection is let go of at once, not some day
        async with opened(lambda: into.open("wb")) as file:
            async for piece in pieces:
                size += len(piece)
                if size > most:
                    raise BadMedia(f"The file is larger than {size_text(most)}, the limit. Send a smaller one.")
                await asyncio.to_thread(file.write, piece)


async def _drive_file(path: str, conversation: Conversation, author: Person, house: House) -> str:
    """The key of a Drive path as this person sees it: their own Drive, or the shared `/space/`; films may be named without `.mp4`.

    A film is found by what is known of it, any other file by itself.
    """
    if (clip := await at_path(path, author, house)) is not None:
        return (await _clip(clip.id, conversation, author, house)).key
    for safe in dict.fromkeys((safe_path(path, ""), safe_path(path))):
        key = drive_key(safe, author)
        if await house.files.stat(key) is not None:
            return key
    raise BadMedia(f"There is no file {path!r} on the Drive. Check its name.")


async def _clip(id: str, conversation: Conversation, author: Person, house: House) -> Clip:
    if id == LAST:
        return await _last_clip(conversation, author, house)
    clip = await house.storage.clips.get(id)
    if clip is None or not clip.seen_by(author, conversation.circle, house.clock.now()):
        raise BadMedia(f"There is no clip {id!r} that you can see here. Check its id.")
    if clip.trashed_at is not None:
        raise BadMedia(in_trash(clip))
    return clip


async def _last_clip(conversation: Conversation, author: Person, house: House) -> Clip:
    found = await last(conversation, author, house)
    if found is None:
        raise BadMedia("No film is finished in this conversation yet. Wait for one, or name a clip.")
    return found


def _part(clip: Clip, reference: Reference) -> str:
    """A film asked for as a picture gives its last frame, so that the next may begin where it ends."""
    return clip.last_frame if reference.kind is MediaKind.image else clip.key


async def _cut(clip: Clip, into: Path, house: House) -> None:
    """The last frame of a film that was kept without it."""
    picture = into.with_name(f"{into.name}.png")
    try:
        async with house.files.local(clip.key) as film:
            await house.media.last_frame(film, picture)
        await asyncio.to_thread(picture.replace, into)
    except FileNotFoundError:
        raise BadMedia(f"There is no file {clip.drive_path!r} any more. Choose another.") from None
    finally:
        picture.unlink(missing_ok=True)
