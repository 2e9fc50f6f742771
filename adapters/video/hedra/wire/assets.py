"""Files on their way to Hedra, and the voices that are there."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from adapters.kit.answers import Answer
from adapters.kit.body import Part
from adapters.kit.http import Call
from adapters.video.hedra.wire.trouble import refused
from bot.domain.errors import Expired, InvalidInput, Unavailable
from bot.domain.request import Reference

VOICES = Call(method="GET", path="voices")
_ENDINGS: Mapping[str, str] = {"jpeg": "jpg", "mpeg": "mp3", "x-wav": "wav", "quicktime": "mov"}


class Asset(BaseModel):
    """`upload_url` is there for films alone: an address that takes the bytes and needs no key."""

    model_config = ConfigDict(extra="ignore")

    id: str
    upload_url: str | None = None


def new(reference: Reference) -> Call:
    """Reserves a place for a file; its own name stays here."""
    return Call(method="POST", path="assets", json={"name": _name(reference), "type": reference.kind.value})


def send(asset: Asset, reference: Reference) -> Call:
    if asset.upload_url:
        return Call(method="PUT", path=asset.upload_url, file=reference.key)
    part = Part(key=reference.key, name=_name(reference), mime=_mime(reference))
    return Call(method="POST", path=f"assets/{asset.id}/upload", form=(("file", part),))


def made(answer: Answer, token: str) -> Asset:
    """Raises InvalidInput, naming the attachment, where Hedra does not want it."""
    _taken(answer, token)
    return Asset.model_validate(answer.body)


def sent(answer: Answer, token: str, *, stored: bool) -> None:
    """`stored` says that the answer comes from the film store, whose refusals say nothing of the key."""
    if stored and not answer.ok:
        raise Unavailable(f"the file was not stored (status {answer.status})")
    _taken(answer, token)


def voices(answer: Answer) -> tuple[str, ...]:
    """The ids of the voices this key may use."""
    if not answer.ok:
        raise refused(answer, paid=False)
    if not isinstance(answer.body, list):
        raise TypeError("a list of voices was expected")
    return tuple(Asset.model_validate(one).id for one in answer.body)


def _taken(answer: Answer, token: str) -> None:
    if answer.ok:
        return
    error = refused(answer, paid=False)
    if isinstance(error, InvalidInput):
        raise InvalidInput(error.message, reference=token)
    raise Unavailable(error.message) if isinstance(error, Expired) else error


def _name(reference: Reference) -> str:
    form = _mime(reference).partition("/")[2]
    return f"{reference.token.removeprefix('@').lower()}.{_ENDINGS.get(form, form)}"


def _mime(reference: Reference) -> str:
    return reference.media.mime if reference.media else "application/octet-stream"
