"""How far an execution is, in the port's own terms."""

from adapters.video.videogen.wire.answers import Execution, Result, Status
from adapters.video.videogen.wire.errors import failed
from bot.domain.errors import Rejected, Unavailable
from bot.domain.job import Charged, RemoteFile
from bot.ports.video import Failed, Finished, Progress, Running

SECONDS_SLACK = 0.5


def progress(execution: Execution, count: int, seconds: float | None, pause: float) -> Progress:
    """`count` and `seconds` are what was asked for; `pause` is when to ask again.

    Films that were made are never thrown away, however the execution ended: they may have been charged.
    """
    if execution.status is Status.succeeded and not execution.films and execution.results != ():
        raise Unavailable("it says that it is done, and names no film")
    match execution.status:
        case Status.pending | Status.running | Status.awaiting_approval:
            return Running(fraction=_fraction(execution.progress_percentage), ask_again_in=pause)
        case Status.succeeded | Status.failed | Status.cancelled if execution.films:
            return _finished(execution, count, seconds)
        case Status.succeeded:
            return Failed(error=Unavailable("it says that it is done and has no film"), charged=Charged.maybe)
        case Status.failed:
            error = failed(execution.error)
            return Failed(error=error, charged=Charged.no if isinstance(error, Rejected) else Charged.maybe)
        case Status.cancelled:
            return Failed(error=Unavailable("it was cancelled at VideoGen"), charged=Charged.maybe)


def remote(result: Result) -> RemoteFile:
    """Named by its file's id, which renews the address that follows it, where there is one yet."""
    return RemoteFile(id=f"{result.file_id} {result.link}".rstrip())


def parted(file: str) -> tuple[str, str]:
    """The file's id and its address, empty where it had none."""
    id, _, link = file.partition(" ")
    return id, link


def _finished(execution: Execution, count: int, seconds: float | None) -> Finished:
    films = execution.films
    notes = [note for note in (_missing(execution, count), _length(films, seconds)) if note]
    details = {"note": " ".join(notes)} if notes else {}
    return Finished(files=tuple(map(remote, films)), details=details)


def _missing(execution: Execution, count: int) -> str:
    made = len(execution.films)
    if made >= count:
        return ""
    why = f": {execution.error.message.rstrip('.')}" if execution.error and execution.error.message else ""
    return f"VideoGen made {made} of the {count} films asked for{why}."


def _length(films: tuple[Result, ...], seconds: float | None) -> str:
    """VideoGen bends the length to what the model it chose can do."""
    made = films[0].seconds
    if seconds is None or made is None or abs(made - seconds) <= SECONDS_SLACK:
        return ""
    return f"VideoGen made {round(made, 1):g} s instead of {seconds:g} s: the model it chose has its own lengths."


def _fraction(percentage: float | None) -> float | None:
    return None if percentage is None else min(max(percentage / 100, 0.0), 1.0)
