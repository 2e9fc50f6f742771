"""Films that differ, encoded anew in one pass of ffmpeg that says how far it is."""

import errno
import os
import re
import select
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from statistics import median

import av

from adapters.media.ffmpeg import films
from adapters.media.ffmpeg.join.graph import Graph, Piece, fades
from adapters.media.ffmpeg.join.looking import Look, called
from adapters.media.ffmpeg.join.loudness import loudness
from adapters.media.ffmpeg.join.shape import frame
from adapters.media.ffmpeg.passes import BT709, PLAIN, PRESET, PROFILE
from adapters.media.ffmpeg.probe import sniffed_file
from adapters.media.ffmpeg.running import LOOK_SECONDS, THREADS, orphaned, start
from bot.domain.errors import Unreadable
from bot.domain.join import Join
from bot.domain.units import plain

LONGEST_SECONDS = 900.0
TELL_SECONDS = 0.4
_CRF = "18"
_FEWEST = 2  # frames: `concat` takes the length of a film from the distance of its frames
_MUSIC_LEVEL = -18.0  # where no film is heard that a soundtrack could follow
_QUIETEST, _LOUDEST = -30.0, -14.0
_SOFTER, _LOUDER = -20.0, 12.0
_HD = 720
_UNSAID, _BT709, _BT601 = 2, 1, 6
_DONE = re.compile(rb"^out_time_us=(\d+)", re.MULTILINE)
_INPUT = re.compile(rb"#(\d+)[:/]")
FULL = (errno.ENOSPC, errno.EDQUOT)
_NO_MEMORY = b"Cannot allocate memory"
_MOST_SAID = 65_536


def encode_joined(
    looks: Sequence[Look], into: Path, how: Join, soundtrack: Path | None, tell: Callable[[float], None]
) -> None:
    """Raises Unreadable where they are too long, or where ffmpeg cannot make of them what was asked for."""
    seconds = float(sum(look.pictures.seconds for look in looks))
    if seconds > LONGEST_SECONDS:
        most = plain(LONGEST_SECONDS / 60)
        raise Unreadable(
            f"Together they are {plain(seconds / 60)} minutes long; at most {most} minutes can be encoded anew."
        )
    tell(0.0)
    graph = planned(looks, how, soundtrack)
    try:
        _run(_command(graph, into, soundtrack), graph, tell)
        _check(into, graph)
    except BaseException:
        into.unlink(missing_ok=True)
        raise


def planned(looks: Sequence[Look], how: Join, soundtrack: Path | None) -> Graph:
    whole = frame(looks, how)
    lengths = [max(_FEWEST, round(look.pictures.seconds * whole.rate)) for look in looks]
    shared = fades(lengths, Fraction(how.fade_seconds).limit_denominator(1000), whole.rate)
    levels = [loudness(look.path, look.source.reader) if look.sound else None for look in looks]
    heard = [level for level in levels if level is not None]
    aim = min(max(median(heard), _QUIETEST), _LOUDEST) if heard else _MUSIC_LEVEL
    pieces = []
    for number, (look, length, level, fade) in enumerate(zip(looks, lengths, levels, shared, strict=True), 1):
        with called(f"Clip {number}"):
            pieces.append(Piece(look, length, *_made(look), _gain(level, aim), fade))
    music = _gain(loudness(soundtrack, sniffed_file(soundtrack).reader), aim) or 0.0 if soundtrack else None
    return Graph(pieces, whole, how, music)


def _gain(level: float | None, aim: float) -> float | None:
    return None if level is None else min(max(aim - level, _SOFTER), _LOUDER)


def _made(look: Look) -> tuple[int, bool]:
    """How its colours were made, and whether its frames are woven, by its first one; films that do not say mean what their size has always meant."""
    with films.opened(look.path, look.source.reader) as container:
        stream = films.picture_stream(container)
        assert stream
        shown = next(container.decode(stream), None)
        said = int(shown.colorspace) if shown else _UNSAID
    matrix = said if said != _UNSAID else _BT709 if min(look.pictures.size) >= _HD else _BT601
    return matrix, bool(shown and shown.interlaced_frame)


def _command(graph: Graph, into: Path, soundtrack: Path | None) -> Iterator[str]:
    for look in graph.inputs:
        yield from ("-reinit_filter", "0", *_input(look.path, look.source.reader))
    if soundtrack:
        yield from _input(soundtrack, sniffed_file(soundtrack).reader)
    yield from ("-filter_complex_threads", THREADS, "-filter_complex", graph.text(), "-map", "[v]")
    yield from (*PROFILE, *PRESET, "-crf", _CRF, *BT709, "-threads", THREADS)
    yield from ("-map", "[a]", "-c:a", "aac", "-b:a", "192k") if graph.sounding else ("-an",)
    yield from (*PLAIN, "-progress", "pipe:1", "-stats_period", str(TELL_SECONDS))
    yield from ("-movflags", "+faststart", "-f", "mp4", f"file:{into.absolute()}")


def _input(path: Path, reader: str) -> Iterator[str]:
    yield from ("-protocol_whitelist", "file", "-f", reader, "-threads", THREADS, "-i", f"file:{path.absolute()}")


def _run(command: Iterator[str], graph: Graph, tell: Callable[[float], None]) -> None:
    with tempfile.TemporaryFile() as said:
        process = start(tuple(command), out=subprocess.PIPE, said=said)
        try:
            _follow(process, graph.seconds, tell)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        if process.returncode:
            said.seek(0)
            raise _failed(said.read(_MOST_SAID), [piece.look for piece in graph.pieces], graph.inputs)


def _follow(process: subprocess.Popen[bytes], seconds: float, tell: Callable[[float], None]) -> None:
    """Until it ends; raises Unreadable when nobody is left to hear the answer."""
    assert process.stdout
    ready = select.poll()
    ready.register(process.stdout, select.POLLIN)
    done, told, kept = 0.0, time.monotonic(), b""
    with process.stdout as out:
        while True:
            if ready.poll(LOOK_SECONDS * 1000):
                piece = os.read(out.fileno(), 4096)
                if not piece:
                    break
                kept = (kept + piece)[-4096:]
                done = max([done, *(int(found) / 1e6 / seconds for found in _DONE.findall(kept))])
            if orphaned():
                raise Unreadable("Nobody waits for it any more.")
            if time.monotonic() - told >= TELL_SECONDS:
                tell(min(done, 0.99))
                told = time.monotonic()
    process.wait()


def _failed(said: bytes, clips: Sequence[Look], inputs: Sequence[Look]) -> Unreadable | OSError:
    """Names the clip where ffmpeg named no other."""
    for number in FULL:
        if os.strerror(number).encode() in said:
            return OSError(number, os.strerror(number))
    if _NO_MEMORY in said:
        return Unreadable("They take more memory to join than there may be used. Join them without a fade, or fewer.")
    named = {inputs[number] if number < len(inputs) else None for number in map(int, _INPUT.findall(said))}
    if len(named) == 1:
        at_fault = named.pop()
        name = f"Clip {clips.index(at_fault) + 1}" if at_fault else "The soundtrack"
        return Unreadable(f"{name} cannot be used. It is damaged or made in a way that is not known here.")
    return Unreadable("They cannot be joined: one of them is damaged or made in a way that is not known here.")


def _check(into: Path, graph: Graph) -> None:
    """A film that ends in the middle of its data gives ffmpeg no reason to fail."""
    with av.open(f"file:{into}") as made:
        frames = made.streams.video[0].frames
    if frames != graph.frames:
        raise Unreadable("They cannot be joined: not all of their pictures can be read.")
