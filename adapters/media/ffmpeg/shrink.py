"""Fitting a film to a size: two passes whose second is given exactly what sound and container leave."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from adapters.media.ffmpeg.passes import Job, Survey
from adapters.media.ffmpeg.ration import LEAST_PICTURE_BITS, STARVED_STEP, Shape, coarser, full, hopeless, voice
from adapters.media.ffmpeg.source import Source, look
from bot.domain.errors import Unreadable
from bot.domain.units import seconds_text, size_text

AIM = 0.988  # of the pictures' share: what x264's rate control is off by on films of a few seconds stays below the rest
LEAST_USED = 0.95
_TRIES = 4
_SHAPES = 5
_WORTH_MORE = 1.05  # a still takes no more bits than it needs, however many it is offered
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
        aim, before = pictures * AIM, 0
        for _ in range(_TRIES):
            used = self.job.write(into.absolute(), shape, self._bits(aim, survey.seconds))
            if used <= self.max_bytes and (used >= self.max_bytes * LEAST_USED or used < before * _WORTH_MORE):
                return
            aim *= AIM * pictures / max(used - (self.max_bytes - pictures), 1)
            before = used
        if before > self.max_bytes:
            raise self._nothing_fits()

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
