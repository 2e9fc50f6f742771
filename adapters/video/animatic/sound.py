"""What is heard: reference sounds trimmed and faded, films' own sound, or a soft bed of chords."""

import math
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from adapters.video.animatic.inputs import opened
from adapters.video.animatic.plan import FPS, RATE, Plan
from adapters.video.animatic.scenes import Heard
from bot.domain.errors import InvalidInput
from bot.domain.media import MediaKind

LOUDNESS = 10 ** (-18 / 20)
CHORDS: tuple[tuple[int, ...], ...] = (
    (0, 7, 16, 23),  # each four chords of one mood, in semitones from a root
    (-3, 9, 12, 16),
    (5, 9, 12, 19),
    (-5, 7, 14, 17),
)
FADE = 0.6


def soundtrack(folder: Path, plan: Plan, seed: int, frames: int, heard: Sequence[Heard]) -> np.ndarray | None:
    """2 x samples of exactly the film's length, None for a film without sound.

    Reference audio is always heard; without it, and only when audio is asked for, the films' own sound, else a generated bed.
    """
    samples = frames * RATE // FPS
    given = [one for one in plan.inputs if one.kind is MediaKind.audio]
    if given:
        parts = [decoded(folder / one.file, one.token, samples) for one in given]
        return _faded(_fitted(np.concatenate(parts, axis=1), samples), min(0.05, FADE))
    if not plan.audio:
        return None
    own = _own(folder, plan, samples, heard)
    return own if own is not None else _faded(bed(samples, seed), min(1.2, samples / RATE / 3))


def _own(folder: Path, plan: Plan, samples: int, heard: Sequence[Heard]) -> np.ndarray | None:
    tokens = {one.file: one.token for one in plan.inputs}
    mixed = np.zeros((2, samples), np.float32)
    any_sound = False
    for one in heard:
        begin, length = round(one.begin * RATE), round((one.end - one.begin) * RATE)
        sound = decoded(folder / one.file, tokens[one.file], length, needed=False)
        if sound.shape[1]:
            any_sound = True
            part = _faded(_fitted(sound, min(length, samples - begin)), 0.03)
            mixed[:, begin : begin + part.shape[1]] += part
    return mixed if any_sound else None


def decoded(path: Path, token: str, most: int, *, needed: bool = True) -> np.ndarray:
    """At most `most` samples of a file's first sound, 48 kHz stereo. Raises InvalidInput where a needed one has none."""
    pieces: list[np.ndarray] = []
    got = 0
    try:
        with opened(path) as file:
            if file.streams.audio:
                resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
                for frame in file.decode(file.streams.audio[0]):
                    for piece in resampler.resample(frame):
                        pieces.append(piece.to_ndarray())
                        got += pieces[-1].shape[1]
                    if got >= most:
                        break
    except (FFmpegError, ValueError) as error:
        if needed and not pieces:
            raise _broken(token) from error
    if needed and not pieces:
        raise _broken(token)
    return np.concatenate(pieces, axis=1)[:, :most] if pieces else np.zeros((2, 0), np.float32)


def _broken(token: str) -> InvalidInput:
    return InvalidInput(f"{token} cannot be decoded as sound. Save it as WAV or MP3 and attach it again.")


def _fitted(sound: np.ndarray, samples: int) -> np.ndarray:
    if sound.shape[1] >= samples:
        return sound[:, :samples]
    ended = _faded(sound, 0.02)
    return np.pad(ended, ((0, 0), (0, samples - sound.shape[1])))


def _faded(sound: np.ndarray, rise: float) -> np.ndarray:
    """Rises over `rise` seconds and falls over FADE, or a third of a short one."""
    length = sound.shape[1]
    up, down = min(round(rise * RATE), length // 3), min(round(FADE * RATE), length // 3)
    curve = np.ones(length, np.float32)
    if up:
        curve[:up] = np.sin(np.linspace(0, math.pi / 2, up, dtype=np.float32)) ** 2
    if down:
        curve[-down:] *= np.cos(np.linspace(0, math.pi / 2, down, dtype=np.float32)) ** 2
    return np.clip(sound * curve, -1, 1).astype(np.float32)


def bed(samples: int, seed: int) -> np.ndarray:
    """Slow chords from soft, slightly detuned tones, wide and without clicks, about -18 dBFS."""
    rng = np.random.default_rng(seed)
    t = np.arange(samples, dtype=np.float32) / RATE
    seconds = samples / RATE
    root = 110.0 * 2 ** (int(rng.integers(-4, 4)) / 12)
    count = max(1, round(seconds / 4.0))
    each = seconds / count
    order = rng.permutation(len(CHORDS))
    out = np.zeros((2, samples), np.float32)
    for number in range(count):
        begin, end = max(0.0, (number - 0.25) * each), min(seconds, (number + 1.25) * each)
        low, high = int(begin * RATE), int(end * RATE)
        here = t[low:high]
        swell = np.sin(np.pi * (here - begin) / (end - begin)) ** 0.8 if count > 1 else np.ones_like(here)
        for note in CHORDS[order[number % len(CHORDS)]]:
            out[:, low:high] += _tone(here, root * 2 ** (note / 12), rng) * swell
    out = _echoed(out)
    level = float(np.sqrt(np.mean(out**2))) or 1.0
    return np.clip(out * (LOUDNESS / level), -0.7, 0.7)


def _tone(t: np.ndarray, hz: float, rng: np.random.Generator) -> np.ndarray:
    sides = np.zeros((2, t.size), np.float32)
    for side in (0, 1):
        for cents in (-5, 4):
            tuned = hz * 2 ** ((cents + rng.uniform(-2, 2)) / 1200)
            breath = 1 + 0.18 * np.sin(2 * np.pi * rng.uniform(0.08, 0.2) * t + rng.uniform(0, 6.28))
            phase = rng.uniform(0, 6.28)
            for harmonic, strength in ((1, 1.0), (2, 0.28), (3, 0.1), (4, 0.04)):
                sides[side] += strength * breath * np.sin(2 * np.pi * tuned * harmonic * t + phase * harmonic)
    return sides / math.sqrt(hz / 110)


def _echoed(sound: np.ndarray) -> np.ndarray:
    """A little room: a few crossing echoes."""
    out = sound.copy()
    for delay, strength in ((0.113, 0.35), (0.197, 0.25), (0.311, 0.16)):
        samples = round(delay * RATE)
        if samples < sound.shape[1]:
            out[:, samples:] += strength * sound[::-1, :-samples]
    return out
