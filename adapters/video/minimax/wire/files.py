"""Files at MiniMax: pictures and films as data URLs, uploads, and the addresses of finished films."""

from pydantic import BaseModel, ConfigDict

from adapters.kit.answers import Answer
from adapters.kit.body import Inline, Part
from adapters.kit.fetchable import Address
from adapters.kit.http import Call
from adapters.video.minimax.wire.envelope import check
from bot.domain.errors import Expired, InvalidInput, Unavailable
from bot.domain.media import MediaKind
from bot.domain.request import Reference

PURPOSE = "video_generation_input"
# The documents write `data:audio/<format>` with the formats WAV and MP3; MP3's registered type is another word.
_WORDS = {"audio/mpeg": "audio/mp3"}
_USUAL = {MediaKind.image: "image/jpeg", MediaKind.video: "video/mp4", MediaKind.audio: "audio/mpeg"}
_ENDINGS = {
    "image/jpeg": "jpg",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
}


def mime(reference: Reference) -> str:
    return reference.media.mime if reference.media else _USUAL[reference.kind]


def inline(reference: Reference) -> Inline:
    kind = mime(reference)
    return Inline(reference.key, f"data:{_WORDS.get(kind, kind)};base64,")


def upload(reference: Reference) -> Call:
    """For files that do not fit into the body. They are told by a name of ours, never by the person's own."""
    kind = mime(reference)
    name = f"{reference.token.lstrip('@').lower()}.{_ENDINGS.get(kind) or kind.rpartition('/')[2]}"
    form = (("purpose", PURPOSE), ("file", Part(reference.key, name, kind)))
    return Call(method="POST", path="v1/files/upload", form=form)


def retrieve(file: str) -> Call:
    return Call(method="GET", path="v1/files/retrieve", query=(("file_id", file),))


class _Uploaded(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    file_id: str


class _UploadAnswer(BaseModel):
    file: _Uploaded


class _Held(BaseModel):
    download_url: Address


class _HeldAnswer(BaseModel):
    file: _Held


def uploaded(answer: Answer, token: str) -> str:
    """The address that stands for the uploaded file in an order; it holds for 7 days. Raises InvalidInput naming the attachment."""
    try:
        check(answer, paid=False)
    except InvalidInput as error:
        raise InvalidInput(error.message, mend=error.mend, reference=token) from error
    return f"mm_file://{_UploadAnswer.model_validate(answer.body).file.file_id}"


def address(answer: Answer) -> str:
    """Where a finished film is fetched for an hour. Raises Expired where it is kept no more."""
    try:
        check(answer, paid=False)
    except InvalidInput as error:
        raise Expired(error.message) if answer.code else Unavailable(error.message) from error
    found = _HeldAnswer.model_validate(answer.body).file.download_url
    if not found:
        raise ValueError("no download_url")
    return found
