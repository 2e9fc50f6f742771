"""Every reference of a wish becomes a probed file of ours, or says why it cannot."""

import asyncio
import hashlib
from base64 import b32encode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from bot.domain.chat import Conversation, Person
from bot.domain.drive import Asset, asset_key
from bot.domain.errors import BadMedia, Unreadable
from bot.domain.media import Media, Problem
from bot.domain.passing import passes
from bot.domain.request import Reference, SourceKind, VideoRequest
from bot.flows.intake.kinds import corrected
from bot.flows.intake.sources import bring
from bot.flows.needed import needed
from bot.ports.house import House

AT_A_TIME = 3


async def intake(request: VideoRequest, conversation: Conversation, author: Person, house: House) -> VideoRequest:
    """Fills in `media` and `key` of every reference, at most AT_A_TIME at once. A bad file never raises: its problems are on it.

    References that are in already stay as they are, unless the file is not kept any more: then it is brought anew. A file that turns out to be of another kind takes that kind's token and role.
    """
    most = house.rules.max_attachments

    async def take(reference: Reference) -> Reference:
        if reference.media and reference.key:
            if await _still_there(reference, house):
                return reference
            reference = replace(reference, media=None, key="", mends=(), problems=())
        elif request.references.index(reference) >= most:
            return _refused(
                reference, Problem("Number of files", f"{most}", f"{len(request.references)}", "Leave some out.")
            )
        return await _take(reference, conversation, author, house)

    return corrected(replace(request, references=await each(request.references, take)))


async def each(
    references: Sequence[Reference], step: Callable[[Reference], Awaitable[Reference]]
) -> tuple[Reference, ...]:
    """The step done to each, a few at a time; all are finished before anything that went wrong is raised."""
    places = asyncio.Semaphore(AT_A_TIME)

    async def placed(reference: Reference) -> Reference:
        async with places:
            return await step(reference)

    done = await asyncio.gather(*map(placed, references), return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException):
            raise one
    return tuple(one for one in done if isinstance(one, Reference))


async def _still_there(reference: Reference, house: House) -> bool:
    """Whether the file of an earlier wish is kept; then it stays from now on."""
    if not passes(reference.key):
        return True
    with suppress(BadMedia):  # it is being cleaned away
        await needed(reference.key, house)
        return await house.files.stat(reference.key) is not None
    return False


async def _take(reference: Reference, conversation: Conversation, author: Person, house: House) -> Reference:
    try:
        if reference.source.kind is SourceKind.asset:
            return await _asset(reference, author, house)
        async with scratch(house) as path:
            await bring(reference, path, conversation, author, house)
            media = await house.media.probe(path)
            return await _kept(reference, path, media, author, house)
    except BadMedia as error:
        return _refused(reference, Problem(called(reference), "", error.say.rstrip("."), ""))
    except Unreadable as error:
        return _refused(reference, unreadable(reference, error))


async def _asset(reference: Reference, author: Person, house: House) -> Reference:
    asset = await house.storage.assets.get(reference.source.value.removeprefix("asset:"))
    ours = asset and asset.workspace == author.workspace and asset.owner.platform == author.platform
    if asset and ours:
        await needed(asset.key, house)
    if not asset or not ours or await house.files.stat(asset.key) is None:
        raise BadMedia(
            f"There is no file {reference.source.value!r} in this workspace. Check its id, or send the file itself."
        )
    return replace(reference, media=asset.media, key=asset.key, problems=())


async def _kept(reference: Reference, path: Path, media: Media, author: Person, house: House) -> Reference:
    key = asset_key(media.sha256)
    await needed(key, house)
    await house.files.keep(path, key)
    asset = Asset(
        id=asset_id(author, media.sha256),
        workspace=author.workspace,
        owner=author,
        name=reference.source.name,
        key=key,
        media=media,
        made_at=house.clock.now(),
    )
    await house.storage.assets.add(asset)
    return replace(reference, media=media, key=key, problems=())


def _refused(reference: Reference, problem: Problem) -> Reference:
    return replace(reference, problems=(problem,))


def unreadable(reference: Reference, error: Unreadable) -> Problem:
    return Problem(called(reference), "", error.why.rstrip("."), "Export it again, or send another.")


def called(reference: Reference) -> str:
    """The file in the person's own words."""
    return reference.source.name or "The file"


def asset_id(author: Person, sha256: str) -> str:
    """The same bytes in the same workspace are the same asset."""
    digest = hashlib.sha256(f"{author.platform}/{author.workspace}/{sha256}".encode()).digest()
    return f"A-{b32encode(digest)[:10].decode()}"


@asynccontextmanager
async def scratch(house: House, suffix: str = "") -> AsyncIterator[Path]:
    """A path for a passing file, which is gone afterwards whatever happens."""
    path = house.folder / f"intake-{uuid4().hex}{suffix}"
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
