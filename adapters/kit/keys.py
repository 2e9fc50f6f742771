"""Keys of files: relative POSIX paths that lead nowhere else."""

from pathlib import PurePosixPath


class Outside(FileNotFoundError, ValueError):
    """The key names nothing on this Drive."""


def parts_of(key: str) -> tuple[str, ...]:
    """Raises Outside for a key that could lead anywhere but to a file below the root."""
    parts = PurePosixPath(key).parts
    plain = key and "\0" not in key and "\\" not in key and not key.startswith("/") and key == "/".join(parts)
    if not plain or ".." in parts:
        raise Outside(f"{key!r} is not a key of this Drive")
    return parts
