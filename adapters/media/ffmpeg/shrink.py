"""Fitting a film to a size: two passes whose second is given exactly what sound and container leave."""

import shutil
from dataclasses import dataclass
from math import log
from pathlib import Path

from adapters.media.ffmpeg.passes import Job, Survey
from adapters.media.ffmpeg.ration import LEAST_PICTURE_BITS, STARVED_STEP, Shape, coarser, full, hopeless, voice
from adapters.media.ffmpeg.source import Source, look
from bot.domain.errors import Unreadable
from bot.domain.units import seconds_text, size_text

AIM = 0.988  # of the pictures' share: what x264's rate control is off by on films of a few seconds stays below the rest
LEAST_USED = 0.95
_TRIES = 5
_SHAPES = 5
_WORTH_MORE = 1.05
_LEAST_SLOPE = 0.25  # a second of noise at nearly no loss was seen to give up a third of what it was told to
_EVEN_QUALITY = 19
_HEADER, _PER_FRAME, _PER_SOUND_FRAME = 1_800, 17, 20


def answer_shrink(path: str, into: str, max_bytes: int, scratch: str) -> None:
    folder = Path(scratch)
    folder.mkdir()
    try:
        shrink(Path(path), Path(into), max_bytes, folder)
    except BaseException:
        Path(into).unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shrink(path: Path, into: Path, max_bytes: int, scratch: Path) -> None:
    """Writes the film anew in at most `max_bytes`; what already fits is only converted. Raises Unreadable where nothing watchable fits."""
    source = look(path)
    bits = max_bytes * 8 / source.seconds
    fitting = Fitting(source, max_bytes, Job(path.absolute(), source, scratch, voice(source.sound, bits)))
    if path.stat().st_size <= max_bytes and fitting.converted(into):
        return
    fitting.fill(into)


@dataclass(frozen=True, slots=True)
class Fitting:
    source: Source
    max_bytes: int
    job: Job

    def converted(self, into: Path) -> bool:
        return self.job.rewrite(into.absolute(), full(self.source), _EVEN_QUALITY) <= self.max_bytes

    def fill(self, into: Path) -> None:
        shape, survey, sound = self._surveyed()
        pictures = self._pictures(survey, sound)
        beside = self.max_bytes - pictures
        aims: list[float] = [pictures * AIM]
        came: list[int] = []
        for _ in range(_TRIES):
            used = self.job.write(into.absolute(), shape, self._bits(aims[-1], survey.seconds))
            came.append(max(1, used - beside))
            if used <= self.max_bytes and (used >= self.max_bytes * LEAST_USED or _takes_no_more(came)):
                return
            aims.append(_mended(aims, came, pictures * AIM))
        fitting = [aim for aim, size in zip(aims, came, strict=False) if size <= pictures]
        if not fitting:
            raise self._nothing_fits()
        self.job.write(into.absolute(), shape, self._bits(max(fitting), survey.seconds))

    def _surveyed(self) -> tuple[Shape, Survey, int]:
        """The first pass, once more with fewer or smaller pictures where they would come out in blocks."""
        shape = full(self.source)
        bits = int((self.max_bytes - _HEADER) * 8 / self.source.seconds)
        bits -= self._sound_bits()
        if bits < LEAST_PICTURE_BITS:
            raise self._nothing_fits()
        for _ in range(_SHAPES):
            survey, sound = self.job.survey(shape, bits)
            if survey.step <= STARVED_STEP or shape.smallest:
                break
            shape = coarser(shape, survey.step, self.source.rate)
        else:
            survey, sound = self.job.survey(shape, bits)
        if hopeless(shape, survey.step):
            raise self._nothing_fits()
        return shape, survey, sound

    def _sound_bits(self) -> int:
        voice = self.job.voice
        if voice is None:
            return 0
        return voice.bits or (self.source.sound.bits if self.source.sound else 0)

    def _pictures(self, survey: Survey, sound: int) -> int:
        """The bytes left for the pictures themselves."""
        beside = _HEADER + survey.frames * (_PER_FRAME + (_PER_SOUND_FRAME if sound else 0)) + sound
        return self.max_bytes - beside

    def _bits(self, pictures: float, seconds: float) -> int:
        bits = int(pictures * 8 / seconds)
        if bits < LEAST_PICTURE_BITS // 2:
            raise self._nothing_fits()
        return bits

    def _nothing_fits(self) -> Unreadable:
        return Unreadable(
            f"It is {seconds_text(self.source.seconds)} long, and nothing worth watching of it fits into {size_text(self.max_bytes)}. "
            "Make it shorter, or cut it into pieces."
        )


def _takes_no_more(came: list[int]) -> bool:
    """A still takes no more bits than it needs, however many it is offered."""
    return len(came) > 1 and came[-1] < came[-2] * _WORTH_MORE


def _mended(aims: list[float], came: list[int], wanted: float) -> float:
    """What to aim at next: by how far the last aim was missed, and by how much came of changing it."""
    missed, slope = wanted / came[-1], 1.0
    if len(aims) > 1 and aims[-1] != aims[-2]:
        slope = log(came[-1] / came[-2]) / log(aims[-1] / aims[-2])
    return aims[-1] * missed ** (1 / min(max(slope, _LEAST_SLOPE), 1.0))
