"""`clapper merge`: films of this machine joined into one, without a database."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from uuid import uuid4

from bot.app import RealClock
from bot.cli import out
from bot.cli.interrupts import run
from bot.cli.ready import ready, unreadable
from bot.domain.errors import BadRequest, Unreadable
from bot.domain.join import FEWEST, FORMATS, Fill, Format, Join, Joined
from bot.domain.media import Media, MediaKind
from bot.flows.intake.kinds import NAMES
from bot.flows.merge.promise import check, faded, too_many
from bot.ports.media import MediaTools
from bot.ports.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    joined: Joined
    media: Media


def merge(
    files: Sequence[Path], into: Path, *, format: str, fill: str, fade: float, soundtrack: Path | None, json: bool
) -> int:
    """Exit code 0 where the film was made. Raises BadRequest with every problem at once, Unreadable where joining fails."""
    ready(working=True)
    target = into if into.suffix else into.with_suffix(".mp4")
    how, wrong = _how(format.strip().lower(), fill.strip().lower(), fade, soundtrack)
    if wrong := [*wrong, *_wrong_names(files, into, target, soundtrack)]:
        raise BadRequest("\n".join(wrong))
    made = run(_made(files, target, how, soundtrack))
    joined, media = made.joined, made.media
    if json:
        facts = {"width": media.width, "height": media.height, "seconds": media.seconds}
        out.document({"path": str(target.absolute()), "method": joined.method, "why": joined.why, **facts})
    else:
        out.say(f"{target}  ({media.width} × {media.height}, {media.seconds:.4g} s)")
        out.say(f"{joined.method}: {joined.why}")
    return 0


def _how(format: str, fill: str, fade: float, soundtrack: Path | None) -> tuple[Join, list[str]]:
    """How to join them, and what is wrong with how that was said."""
    wrong, shapes = [], [one.value for one, _ in FORMATS]
    if format not in shapes:
        wrong.append(f"There is no format {format!r}; there are {', '.join(shapes)}.")
        format = Format.auto
    if fill not in set(Fill):
        wrong.append(f"There is no fill {fill!r}; there are {' and '.join(Fill)}.")
        fill = Fill.pad
    how = Join(format=Format(format), fill=Fill(fill), fade_seconds=fade, soundtrack=soundtrack is not None)
    return how, [*wrong, *faded(how)]


def _wrong_names(files: Sequence[Path], into: Path, target: Path, soundtrack: Path | None) -> Iterator[str]:
    """What can be told before any file is looked into."""
    yield from too_many(len(files))
    if len(files) < FEWEST:
        yield f"A merge takes at least {FEWEST} films; there is {len(files)}. Name another."
    named = [*dict.fromkeys(files), *([soundtrack] if soundtrack else [])]
    yield from (why for path in named if (why := unreadable(path)))
    if target.suffix.lower() != ".mp4":
        yield f"A merge is written as .mp4, not as {target.suffix}. Name it {target.with_suffix('.mp4')}."
    if into.is_dir():
        yield f"{into} is a folder; name the film in it, like {into / 'merged.mp4'}."
        return
    if os.path.lexists(target):
        yield f"{target} is there already, and nothing is overwritten. Choose another name."
    if not target.parent.is_dir():
        yield f"{target.parent} is no folder; make it first, or choose another."
    elif not os.access(target.parent, os.W_OK):
        yield f"Nothing can be written in {target.parent}; choose another folder."


async def _made(files: Sequence[Path], target: Path, how: Join, soundtrack: Path | None) -> Made:
    parts = Parts(settings={}, folder=Path(tempfile.gettempdir()), clock=RealClock())
    tools = import_module("adapters.media.ffmpeg").create(parts)
    passing = target.with_name(f".{target.stem[:40]}-{uuid4().hex}.mp4")
    try:
        films = await _films(files, soundtrack, how, tools)
        with _bar(len(films)) as progress:
            joined = await tools.join(files, passing, how, soundtrack=soundtrack, progress=progress)
        media = await tools.probe(passing)
        check(media, films, how)
        await asyncio.to_thread(_put, passing, target)
        return Made(joined=joined, media=media)
    except Unreadable as error:
        raise Unreadable(f"The films could not be joined: {error.why.rstrip('.')}.") from error
    except OSError as error:
        raise OSError(
            error.errno, f"{target} could not be written: {(error.strerror or 'unknown reason').lower()}"
        ) from error
    finally:
        passing.unlink(missing_ok=True)
        await tools.aclose()


async def _films(files: Sequence[Path], soundtrack: Path | None, how: Join, tools: MediaTools) -> list[Media]:
    """The films as they are. Raises BadRequest with everything that is wrong with them and the soundtrack."""
    kinds = [(path, MediaKind.video) for path in files] + ([(soundtrack, MediaKind.audio)] if soundtrack else [])
    looked = await asyncio.gather(*(_looked(path, kind, tools) for path, kind in kinds))
    wrong = list(dict.fromkeys(one for one in looked if isinstance(one, str)))
    films = [one for one in looked if isinstance(one, Media) and one.kind is MediaKind.video]
    if not wrong:
        wrong = faded(how, [(str(path), film.seconds) for path, film in zip(files, films, strict=True)])
    if wrong:
        raise BadRequest("\n".join(wrong))
    return films


async def _looked(path: Path, wanted: MediaKind, tools: MediaTools) -> Media | str:
    """The file, or why it cannot be taken."""
    try:
        media = await tools.probe(path)
    except Unreadable as error:
        return f"{path} cannot be used: {error.why.rstrip('.')}. Export it again, or leave it out."
    if media.kind is wanted:
        return media
    return f"{path} is {NAMES[media.kind]}, and has to be {NAMES[wanted]}. Leave it out, or name another."


def _put(made: Path, target: Path) -> None:
    """In one instant, and never over what is there."""
    try:
        os.link(made, target)
    except FileExistsError:
        raise BadRequest(
            f"{target} came to be there meanwhile, and nothing is overwritten. Choose another name."
        ) from None
    except OSError:  # a disk without links
        if os.path.lexists(target):
            raise BadRequest(f"{target} came to be there meanwhile, and nothing is overwritten.") from None
        made.rename(target)


@contextmanager
def _bar(films: int) -> Iterator[Callable[[float], None]]:
    """A progress bar on stderr where somebody looks."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task(f"Joining {films} films", total=1.0)
        yield lambda fraction: drawn.update(task, completed=fraction)
