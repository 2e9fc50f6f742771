"""A request as text that reads back as the same request: the prompt, then flags."""

import json
from collections.abc import Iterator, Mapping

from bot.domain import camera
from bot.domain.chat import Attachment
from bot.domain.media import Role
from bot.domain.request import Origin, Reference, SourceKind, VideoRequest
from bot.flows.parse import roles, sources
from bot.flows.parse.draft import show
from bot.flows.parse.parse import parse
from bot.flows.parse.text import quote

_NO_NAMES: Mapping[str, str] = {}
_VALUES = {
    "model": "--model",
    "seconds": "--duration",
    "aspect": "--ar",
    "resolution": "--resolution",
    "seed": "--seed",
    "count": "--count",
}
_TEXTS = {"negative": "--negative", "drive_path": "--out", "voice": "--voice"}
_SWITCHES = {
    "audio": ("--audio", "--no-audio"),
    "watermark": ("--watermark", "--no-watermark"),
    "last_frame": ("--last-frame", "--no-last-frame"),
    "web_search": ("--web-search", "--no-web-search"),
    "temporary": ("--temporary", "--no-temporary"),
}
_ROLES = {Role.first_frame: "--first", Role.last_frame: "--last"}


def unparse(request: VideoRequest, *, names: Mapping[str, str] = _NO_NAMES, me: str = "") -> str:
    """The request as its author could have typed it; only what was said is written.

    Uploads are named by token alone: `parse` needs `uploads(request)` beside the text. The prompt stands as it is where it reads back
    unchanged, else word for word in a `--prompt` flag.
    """
    flags = " ".join(_flags(request))
    plain = f"{request.prompt} {flags}".strip()
    again = parse(plain, attachments=uploads(request), names=names, me=me)
    if again.verb is None and again.prompt == request.prompt and _said(again.request) == _said(request):
        return plain
    return f"--prompt {quote(request.prompt)} {flags}".strip() if request.prompt else flags


def uploads(request: VideoRequest) -> tuple[Attachment, ...]:
    """The request's uploads as `parse` takes them, in their order."""
    return tuple(
        Attachment(reference.source.value, reference.source.name, reference.source.mime)
        for reference in request.references
        if reference.source.kind is SourceKind.upload
    )


def _said(request: VideoRequest) -> object:
    settings = {name: setting for name, setting in request.settings.items() if setting.origin is Origin.said}
    return settings, [(r.token, r.kind, r.role, r.source, r.role_origin) for r in request.references]


def _flags(request: VideoRequest) -> Iterator[str]:
    for name, setting in request.settings.items():
        if setting.origin is not Origin.said:
            continue
        if name in _SWITCHES:
            yield _SWITCHES[name][0 if setting.value else 1]
        elif name in _VALUES:
            yield f"{_VALUES[name]} {_value(name, setting.value)}"
        elif name in _TEXTS:
            yield f"{_TEXTS[name]} {quote(setting.value)}"
        elif setting.value != camera.moves_in(request.prompt):
            yield f"--camera {quote('; '.join(', '.join(move) for move in setting.value))}"
    kinds = {reference.token: reference.kind for reference in request.references}
    in_words = roles.said_in(request.prompt, kinds)
    for reference in request.references:
        yield from _reference(reference, in_words.get(reference.token))


def _value(name: str, value: object) -> str:
    text = repr(value).removesuffix(".0") if name == "seconds" else show(value)
    return quote(text) if any(sign.isspace() or sign in ",;\"'" for sign in text) else text


def _reference(reference: Reference, in_words: Role | None) -> Iterator[str]:
    said = reference.role if reference.role_origin is Origin.said else None
    flag = _ROLES.get(reference.role, "--ref") if said else "--attach"
    if reference.source.kind is SourceKind.upload:
        if said and said is not in_words:
            yield f"{flag} {reference.token}"
        return
    source = reference.source
    written = f"drive:{source.value}" if source.kind is SourceKind.drive else source.value
    found = sources.of_word(written)
    if found and found.source == source and (found.kind or sources.DEFAULT_KIND) is reference.kind:
        yield f"{flag} {quote(written)}"
    else:
        yield f"--attachments {json.dumps([_object(reference, said)], ensure_ascii=False)}"


def _object(reference: Reference, said: Role | None) -> dict[str, str]:
    source = reference.source
    where = f"drive:{source.value}" if source.kind is SourceKind.drive else source.value
    entry = {"url" if source.kind is SourceKind.url else "path": where, "type": str(reference.kind)}
    extras = {"role": said and str(said), "name": source.name, "mimeType": source.mime}
    return entry | {name: value for name, value in extras.items() if value}
