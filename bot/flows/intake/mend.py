"""Mend: what Clapper can put right for a model is put right, the rest is told."""

from dataclasses import replace

from bot.domain.drive import asset_key
from bot.domain.errors import Unreadable
from bot.domain.limits import LIMITS
from bot.domain.media import Media, MediaKind, MediaLimits
from bot.domain.model import Model
from bot.domain.request import Reference, VideoRequest
from bot.flows.intake.intake import each, scratch, unreadable
from bot.flows.intake.kinds import misplaced
from bot.flows.needed import needed
from bot.flows.suit import refused
from bot.ports.house import House


async def mend(request: VideoRequest, model: Model, house: House) -> tuple[VideoRequest, tuple[str, ...]]:
    """The request with every file as the model takes it, or with the problems left on it; and what the model refuses of it as a whole.

    Mending a mended request changes nothing.
    """

    async def one(reference: Reference) -> Reference:
        return await _mended(reference, limits_for(reference, model), house)

    mended = replace(request, references=await each(request.references, one))
    return mended, refused(model, mended, links=house.rules.public_links)


def limits_for(reference: Reference, model: Model) -> MediaLimits:
    rule = model.rule(reference.role)
    return rule.media if rule else LIMITS[reference.kind]


async def _mended(reference: Reference, limits: MediaLimits, house: House) -> Reference:
    media = reference.media
    if media is None or not reference.key:
        return reference
    wrong = misplaced(reference, media)
    if wrong:
        return replace(reference, problems=(wrong,))
    problems = limits.check(media)
    if not problems or not all(problem.mendable for problem in problems):
        return replace(reference, problems=problems)
    try:
        return await _fitted(reference, media, limits, house)
    except Unreadable as error:
        return replace(reference, problems=(*problems, unreadable(reference, error)))


async def _fitted(reference: Reference, media: Media, limits: MediaLimits, house: House) -> Reference:
    async with house.files.local(reference.key) as path, scratch(house, suffix(media, limits)) as into:
        words = await house.media.fit(path, into, limits)
        if not words:
            return replace(reference, problems=limits.check(media))
        fitted = await house.media.probe(into)
        if limits.check(fitted):  # a mend that does not help is not made
            return replace(reference, problems=limits.check(media))
        key = asset_key(fitted.sha256)
        await needed(key, house)
        await house.files.keep(into, key)
    return replace(reference, media=fitted, key=key, mends=(*reference.mends, *words), problems=())


def suffix(media: Media, limits: MediaLimits) -> str:
    """The format to mend into: the one a file has where the model takes it and it can be written, else the plainest it takes."""
    taken = limits.formats
    match media.kind:
        case MediaKind.video:
            return ".mp4" if not taken or "video/mp4" in taken else ".mov"
        case MediaKind.audio:
            as_wav = media.mime == "audio/wav" or "audio/mpeg" not in taken
            return ".wav" if as_wav and (not taken or "audio/wav" in taken) else ".mp3"
    heavy = limits.max_bytes is not None and media.bytes > limits.max_bytes
    jpeg_taken = not taken or "image/jpeg" in taken
    keeps = media.mime in {"image/png", "image/gif", "image/webp"} and limits.alpha and not heavy
    as_png = (keeps or not jpeg_taken) and (not taken or "image/png" in taken)
    return ".png" if as_png else ".jpg"
