"""Reference films, decoded as they are needed: any moment within reach of the last, upright, as planes."""

import threading
from collections import deque
from pathlib import Path

import av
from av.error import FFmpegError
from PIL import Image

from adapters.video.animatic.inputs import opened
from adapters.video.animatic.plan import FPS
from adapters.video.animatic.planes import Planes, planes_of_frame
from bot.domain.errors import InvalidInput

REMEMBERED = 8  # frames kept, as the drawing threads ask slightly out of order


class Clip:
    """Safe to ask from several threads. Raises InvalidInput for what cannot be decoded."""

    def __init__(self, path: Path, token: str) -> None:
        self.token = token
        self._lock = threading.Lock()
        self._recent: deque[tuple[float, Planes]] = deque(maxlen=REMEMBERED)
        try:
            self._film = opened(path)
            self._stream = self._film.streams.video[0]
            self._stream.thread_type = "AUTO"
            self._frames = self._film.decode(self._stream)
            self._start: float | None = None
            self._step()
        except (FFmpegError, IndexError, StopIteration, ValueError) as error:
            raise self._broken() from error
        if not self._recent:
            raise self._broken()
        self.size = self._recent[0][1].size
        self.seconds = self._length()

    def _broken(self) -> InvalidInput:
        return InvalidInput(f"{self.token} cannot be decoded as a film. Save it as MP4 with H.264 and attach it again.")

    def _length(self) -> float:
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        return self._film.duration / av.time_base if self._film.duration else 0.0

    def _step(self) -> bool:
        """Decodes one frame more; False at the end. A film that breaks off in the middle ends there."""
        try:
            frame = next(self._frames)
        except (StopIteration, FFmpegError):
            return False
        at = frame.time if frame.time is not None else (self._recent[-1][0] + 1 / FPS if self._recent else 0.0)
        if self._start is None:
            self._start = at
        self._recent.append((at - self._start, _upright(planes_of_frame(frame), int(getattr(frame, "rotation", 0)))))
        return True

    def at(self, seconds: float) -> Planes:
        """The frame shown at that time; the last one for any time after it."""
        with self._lock:
            while self._recent[-1][0] < seconds - 1e-4 and self._step():
                pass
            shown = [planes for at, planes in self._recent if at <= seconds + 1e-4]
            return shown[-1] if shown else self._recent[0][1]

    def close(self) -> None:
        with self._lock:
            self._film.close()


def _upright(planes: Planes, degrees: int) -> Planes:
    """As displayed: `degrees` counter-clockwise, as the film's display matrix says."""
    turn = {
        90: Image.Transpose.ROTATE_90,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_270,
    }.get(degrees % 360)
    if turn is None:
        return planes
    y, u, v = (plane.transpose(turn) for plane in planes)
    return Planes(y, u, v)
