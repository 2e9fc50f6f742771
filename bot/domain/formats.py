"""File formats and codecs by the names people know them by."""

from collections.abc import Iterable

_NAMES = {
    "mpeg": "MP3",
    "quicktime": "MOV",
    "x-matroska": "MKV",
    "x-msvideo": "AVI",
    "webp": "WebP",
    "webm": "WebM",
    "h264": "H.264",
    "hevc": "H.265",
    "mpeg4": "MPEG-4",
    "prores": "ProRes",
    "av1": "AV1",
    "vorbis": "Vorbis",
    "opus": "Opus",
}


def format_name(mime: str) -> str:
    """`image/heic` as HEIC."""
    name = mime.partition("/")[2]
    return "M4A" if mime == "audio/mp4" else _NAMES.get(name, name.upper())


def codec_name(codec: str) -> str:
    """FFmpeg's `hevc` as H.265."""
    return "PCM" if codec.startswith("pcm_") else _NAMES.get(codec, codec.upper())


def either(names: Iterable[str]) -> str:
    """Names in a row.

    >>> either(["MP4", "MOV", "MOV"]), either(["MP3"])
    ('MP4 or MOV', 'MP3')
    """
    *most, last = dict.fromkeys(names)
    return f"{', '.join(most)} or {last}" if most else last
