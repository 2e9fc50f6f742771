"""Where media comes from: attachments, URLs, asset ids, Drive paths, object entries and the clip before."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.domain.chat import Attachment
from bot.domain.media import MediaKind, Role
from bot.domain.request import Source, SourceKind
from bot.flows.parse.draft import Found

EXTENSIONS: Mapping[str, MediaKind] = {
    extension: kind
    for kind, extensions in (
        (MediaKind.image, "jpg jpeg png webp bmp tif tiff gif heic heif avif"),
        (MediaKind.video, "mp4 mov m4v webm mkv avi"),
        (MediaKind.audio, "wav mp3 m4a aac ogg oga opus flac"),
    )
    for extension in extensions.split()
}
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{2,5})$")
CLIP_ID = r"(?:clip:)?[A-Z2-7]{10}(?:-[0-9]{1,3}){1,2}"
"""A film's own id, as its card says it; one of a batch has two numbers."""
_CLIP = re.compile(CLIP_ID, re.IGNORECASE)
_ASSET = re.compile(r"(?:asset:)?(A-[A-Za-z0-9]{4,32})", re.IGNORECASE)
DEFAULT_KIND = MediaKind.image
"""Taken where nothing tells what a source is; looking inside decides in the end."""
LAST = "last"
"""The value of a clip source that means the newest clip of this conversation."""
_LAST_WORDS = frozenset({"last", "previous", "last clip", "previous clip", "last video", "previous video"})


def by_name(name: str) -> MediaKind | None:
    found = _EXTENSION.search(name)
    return EXTENSIONS.get(found[1].lower()) if found else None


def by_mime(mime: str) -> MediaKind | None:
    main = mime.partition("/")[0].strip().lower()
    return MediaKind(main) if main in set(MediaKind) else None


def of_attachment(attachment: Attachment) -> Found:
    mime = attachment.mime
    kind = by_mime(mime) or by_name(attachment.name) or by_name(attachment.id)
    return Found(Source(SourceKind.upload, attachment.id, attachment.name, mime), kind)


def of_word(word: str) -> Found | None:
    """What one written word names, None where it names no media."""
    if word.lower() in _LAST_WORDS:
        return Found(Source(SourceKind.clip, LAST), MediaKind.video)
    if re.match(r"https?://[^\s/]", word, re.IGNORECASE):
        return Found(Source(SourceKind.url, word), by_name(_url_path(word)))
    asset = _ASSET.fullmatch(word)
    if asset:
        return Found(Source(SourceKind.asset, asset[1].upper()))
    if _CLIP.fullmatch(word):
        return Found(Source(SourceKind.clip, word.upper().removeprefix("CLIP:")), MediaKind.video)
    path = word[6:] if word.lower().startswith("drive:") else word
    kind = by_name(path)
    if path and (path != word or kind):
        return Found(Source(SourceKind.drive, path), kind)
    return None


def _url_path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def of_object(entry: Any) -> Found | str:
    """One entry of an attachments list: a string or `{path|url, type, role, name, mimeType}`. A string answer is the problem."""
    if isinstance(entry, str):
        return of_word(entry) or f"{entry!r} is not a URL, a Drive path or an asset id."
    if not isinstance(entry, dict):
        return f"An attachment entry is a string or an object with a path or url, not {entry!r}."
    where = entry.get("url") or entry.get("path")
    if not isinstance(where, str) or not where.strip():
        return f"An attachment entry needs a path or a url; {sorted(map(str, entry))!r} has neither."
    where = where.strip()
    found = of_word(where) or Found(Source(SourceKind.drive, where))
    mime, name = _word(entry, "mimeType"), _word(entry, "name")
    kind = _kind(entry) or by_mime(mime) or found.kind or by_name(name)
    role = _word(entry, "role")
    if role and role not in set(Role):
        return f"The role {role!r} of an attachment is not one of {', '.join(Role)}."
    source = Source(found.source.kind, found.source.value, name, mime)
    return Found(source, kind, Role(role) if role else None)


def _word(entry: Mapping[str, Any], field: str) -> str:
    value = entry.get(field)
    return value if isinstance(value, str) else ""


def _kind(entry: Mapping[str, Any]) -> MediaKind | None:
    word = _word(entry, "type").lower()
    return MediaKind(word) if word in set(MediaKind) else by_mime(word)
