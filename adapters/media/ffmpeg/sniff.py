"""What a file is, by its first bytes and nothing else."""

import re
from dataclasses import dataclass

from bot.domain.errors import Unreadable
from bot.domain.media import MediaKind

HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`reader` is the one Pillow format or FFmpeg demuxer that may open it."""

    kind: MediaKind
    mime: str
    reader: str


_STARTS = (
    (b"\x89PNG\r\n\x1a\n", Sniffed(MediaKind.image, "image/png", "PNG")),
    (b"\xff\xd8\xff", Sniffed(MediaKind.image, "image/jpeg", "JPEG")),
    (b"GIF87a", Sniffed(MediaKind.image, "image/gif", "GIF")),
    (b"GIF89a", Sniffed(MediaKind.image, "image/gif", "GIF")),
    (b"II*\x00", Sniffed(MediaKind.image, "image/tiff", "TIFF")),
    (b"MM\x00*", Sniffed(MediaKind.image, "image/tiff", "TIFF")),
    (b"fLaC", Sniffed(MediaKind.audio, "audio/flac", "flac")),
    (b"OggS", Sniffed(MediaKind.audio, "audio/ogg", "ogg")),
    (b"ID3", Sniffed(MediaKind.audio, "audio/mpeg", "mp3")),
)
_RIFF = {
    b"WEBP": Sniffed(MediaKind.image, "image/webp", "WEBP"),
    b"WAVE": Sniffed(MediaKind.audio, "audio/wav", "wav"),
    b"AVI ": Sniffed(MediaKind.video, "video/x-msvideo", "avi"),
}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_HEIF = {b"mif1", b"msf1", b"heif"}
_OLD_MOV = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_NOT_MEDIA = (
    (re.compile(rb"\s*#EXTM3U"), "It is a playlist that points at other files"),
    (re.compile(rb"\s*ffconcat version"), "It is a list that points at other files"),
    (re.compile(rb"\s*;FFMETADATA"), "It is a text file that points at other files"),
    (re.compile(rb"(?s)\s*(<\?xml.{0,2000})?<MPD"), "It is a playlist that points at other files"),
    (re.compile(rb"(?is)\s*(<\?xml.{0,3000})?(<!doctype svg.{0,2000})?<svg"), "It is an SVG drawing, which is text and not pixels"),
    (re.compile(rb"(?is)\s*(<!doctype html|<html)"), "It is a web page"),
    (re.compile(rb"%PDF"), "It is a PDF document"),
    (re.compile(rb"PK\x03\x04"), "It is a ZIP archive or an office document"),
    (re.compile(rb"\x1f\x8b|BZh|7z\xbc\xaf|Rar!|\xfd7zXZ"), "It is a packed archive"),
)  # fmt: skip


def sniff(head: bytes) -> Sniffed:
    """Raises Unreadable, saying what it is instead, for anything that is not a known kind of media."""
    found = _known(head)
    if found:
        return found
    why = next((why for pattern, why in _NOT_MEDIA if pattern.match(head)), None)
    if why is None:
        why = "It is a text file" if _is_text(head) else "It is not a kind of file that is known here"
    raise Unreadable(f"{why}, not a picture, a film or a sound.")


def _known(head: bytes) -> Sniffed | None:
    found = next((found for start, found in _STARTS if head.startswith(start)), None)
    return found or _container(head) or _bare_audio(head)


def _container(head: bytes) -> Sniffed | None:
    if head[:4] in {b"RIFF", b"RF64"}:
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head[4:8] in _OLD_MOV:
        return Sniffed(MediaKind.video, "video/quicktime", "mov")
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        mime = "video/webm" if b"webm" in head[:64] else "video/x-matroska"
        return Sniffed(MediaKind.video, mime, "matroska")
    bitmap = head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"
    return Sniffed(MediaKind.image, "image/bmp", "BMP") if bitmap else None


def _by_brand(head: bytes) -> Sniffed:
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brand, brands = head[8:12], {head[at : at + 4] for at in range(16, length, 4)}
    if brand in _HEIC or (brand in _HEIF and brands & _HEIC):
        return Sniffed(MediaKind.image, "image/heic", "HEIF")
    if brand in {b"avif", b"avis"} or (brand in _HEIF and b"avif" in brands):
        return Sniffed(MediaKind.image, "image/avif", "AVIF")
    if brand in _HEIF:
        return Sniffed(MediaKind.image, "image/heif", "HEIF")
    return Sniffed(MediaKind.video, "video/quicktime" if brand == b"qt  " else "video/mp4", "mov")


def _bare_audio(head: bytes) -> Sniffed | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] in {0xFE, 0xFF}:
        return None
    if head[1] & 0xF6 == 0xF0:
        return Sniffed(MediaKind.audio, "audio/aac", "aac")
    if head[1] & 0xE0 == 0xE0 and head[2] & 0xF0 not in {0x00, 0xF0}:
        return Sniffed(MediaKind.audio, "audio/mpeg", "mp3")
    return None


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\0" in head:
        return False
    try:
        head[: HEAD_BYTES - 4].decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4
    return True
