"""The options of a command as one line of the one grammar, so that they are read and checked like any other."""

from collections.abc import Sequence


def wish_text(
    prompt: str,
    *,
    model: str | None = None,
    duration: float | None = None,
    ratio: str | None = None,
    resolution: str | None = None,
    audio: bool | None = None,
) -> str:
    words = {"model": model, "duration": duration and f"{duration:.10g}", "ar": ratio, "resolution": resolution}
    flags = [_flag(name, value) for name, value in words.items() if value]
    if audio is not None:
        flags.append("--audio" if audio else "--no-audio")
    return " ".join([prompt.strip(), *flags]).strip()


def library_text(words: str | None, page: int | None) -> str:
    return " ".join(filter(None, ((words or "").strip(), f"page {page}" if page else "")))


def rename_text(film: str, to: str) -> str:
    return f'"{_bare(film)}" to "{_bare(to)}"'


def merge_text(
    films: Sequence[str | None],
    *,
    format: str | None = None,
    fill: str | None = None,
    fade: float | None = None,
    save: str | None = None,
    soundtrack: bool = False,
) -> str:
    """`soundtrack` is a sound that comes with the command."""
    named = [f'"{_bare(film)}"' for film in films if film and _bare(film)]
    flags = {"format": format, "fill": fill, "fade": None if fade is None else f"{fade:.3f}".rstrip("0").rstrip(".")}
    flags |= {"soundtrack": "attached" if soundtrack else None, "save": save}
    return " ".join([*named, *(_flag(name, value) for name, value in flags.items() if value)])


def cinematic_text(idea: str, mode: str | None) -> str:
    return " ".join(filter(None, (mode, idea.strip())))


def _flag(name: str, value: str) -> str:
    return f'--{name} "{_bare(value)}"'


def _bare(value: str) -> str:
    return " ".join(value.replace('"', "").split())
