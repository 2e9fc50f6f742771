"""Names that are safe on every disk: what a person wrote, made into a path that stays on its Drive, and what had to be changed for it."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath

SPACE = "/space/"
MAX_PART = 80
MAX_PART_BYTES = 240
"""In UTF-8: file systems take 255, and a number may have to be added."""
MAX_PARTS = 8
MAX_BYTES = 640
"""Of a whole path: an object store takes 1024 with the folders before it."""
EXTENSIONS = frozenset(
    "mp4 mov m4v webm mkv avi jpg jpeg png webp bmp tif tiff gif heic heif avif wav mp3 m4a aac ogg opus flac".split()  # noqa: SIM905 - a list of words reads best as running text
)
FILMS = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi")
_UNSAFE = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)\s*(\.|$)", re.IGNORECASE)
_UNSEEN = frozenset({"Cf", "Cc", "Cs"})


def safe_path(wanted: str, extension: str = ".mp4") -> str:
    """A Drive path made safe: relative, or under `/space/`; no way out, no odd names, with an extension. Made safe again it is the same.

    >>> safe_path("../../etc/passwd")
    'etc/passwd.mp4'
    """
    text = unicodedata.normalize("NFC", wanted).replace("\\", "/").strip()
    shared = f"{text[:7]}/".lower().startswith(SPACE)
    parts = [part for part in map(clean_part, text[len(SPACE) - 1 if shared else 0 :].split("/")) if part][-MAX_PARTS:]
    *folders, name = parts or ["film"]
    kept = [*map(_cut, folders), _cut(name if _extended(name) else name + extension)]
    while len("/".join(kept).encode()) > MAX_BYTES:
        del kept[0]
    return (SPACE if shared else "") + "/".join(kept)


def film_path(wanted: str, extension: str = ".mp4") -> str:
    """The same for a film, whatever was written: an extension of something else is part of its name.

    >>> film_path("promo/fox.jpg")
    'promo/fox.jpg.mp4'
    """
    path = safe_path(wanted, extension)
    return path if path.lower().endswith(FILMS) else safe_path(f"{path}{extension}")


def why_unsafe(wanted: str) -> tuple[str, ...]:
    """What of a path cannot stay as it was written, each as a whole sentence; nothing where only an extension is added."""
    text = unicodedata.normalize("NFC", wanted).replace("\\", "/").strip()
    parts = [part.strip() for part in text.split("/")]
    names = [part for part in parts if part and part.strip(".")]
    said = [_cannot(sorted({c for c in text if _UNSAFE.match(c) and c.isprintable()}))]
    if any(unicodedata.category(c) in _UNSEEN for c in text):
        said.append("Characters that cannot be seen are left out of names.")
    if ".." in parts:
        said.append("“..” leads nowhere here: a path stays on its Drive.")
    said += [f"{_quoted(name)} is a name that some systems keep for themselves." for name in names if _is_kept(name)]
    if any(name.strip(" .") != name for name in names):
        said.append("A name neither begins nor ends with a dot.")
    said += [_too_long(name) for name in names if _cut(clean_part(name)) != clean_part(name)]
    deep = len(names) - text.lower().startswith(SPACE)
    if deep > MAX_PARTS:
        said.append(f"A path has at most {MAX_PARTS} parts and this has {deep}: the last {MAX_PARTS} stand.")
    elif len(text.encode(errors="replace")) > MAX_BYTES:
        said.append("The whole path is too long: its last parts stand.")
    return tuple(dict.fromkeys(filter(None, said)))


def clean_part(part: str) -> str:
    """One part of a path without what cannot be in a name, however long."""
    seen = "".join(c for c in _UNSAFE.sub("-", part) if unicodedata.category(c) not in _UNSEEN)
    cleaned = " ".join(unicodedata.normalize("NFC", seen).split()).strip(" .")
    return f"_{cleaned}" if _RESERVED.match(cleaned) else cleaned


def safe_part(part: str) -> str:
    """One part of a path, safe by itself; "" where nothing is left of it."""
    return _cut(clean_part(part))


def numbered(path: str) -> Iterator[str]:
    """The path itself, then with a number added: `a.mp4`, `a-2.mp4`, `a-3.mp4` and so on."""
    yield path
    pure = PurePosixPath(path)
    number = 2
    while True:
        yield str(pure.with_name(f"{pure.stem}-{number}{pure.suffix}"))
        number += 1


def _extended(name: str) -> bool:
    stem, _, suffix = name.rpartition(".")
    return bool(stem) and suffix.lower() in EXTENSIONS


def _cut(part: str) -> str:
    """No longer than a disk takes; an extension stays."""
    if len(part) <= MAX_PART and len(part.encode()) <= MAX_PART_BYTES:
        return part
    ending = part[part.rindex(".") :] if _extended(part) else ""
    stem = part[: MAX_PART - len(ending)]
    while len(stem.encode()) > MAX_PART_BYTES - len(ending):
        stem = stem[:-1]
    return stem.rstrip(" .") + ending


def _is_kept(name: str) -> bool:
    return _RESERVED.match(name.strip(" .")) is not None


def _cannot(signs: list[str]) -> str:
    *most, last = [f"“{sign}”" for sign in signs] or [""]
    return f"{', '.join(most)}{' and ' if most else ''}{last} cannot be in a name." if last else ""


def _too_long(name: str) -> str:
    return f"A name has at most {MAX_PART} characters, {MAX_PART_BYTES} bytes: {_quoted(name)} has {len(name)}, {len(name.encode(errors='replace'))} bytes."


def _quoted(name: str) -> str:
    return f"“{name if len(name) <= 30 else name[:29] + '…'}”"
