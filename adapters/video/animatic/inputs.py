"""Opening what people sent: this one file, as one of the formats films, sounds and pictures come in, and no other."""

from pathlib import Path

import av
from av.container import InputContainer

PICTURES = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP")
PHONE_PICTURES = ("HEIF", "AVIF")
_DEMUXERS = "mov,matroska,avi,ogg,flac,mp3,wav,aac"


def opened(path: Path) -> InputContainer:
    """Playlists and lists of other files are in no format of these. Raises FFmpegError."""
    return av.open(f"file:{path}", options={"format_whitelist": _DEMUXERS, "protocol_whitelist": "file"})
