"""Tiny films that can be read again: each frame carries the numbers of its film and of itself, and a beep sounds with a flash."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SIZE = (160, 96)
BITS = 10
FLASH_AT, BEEP_SECONDS, BEEP_HERTZ = 0.5, 0.05, 2000


@dataclass(frozen=True)
class Making:
    """`heard` is how long its sound lasts, where not as long as its pictures."""

    rate: str = "24"
    seconds: float = 1.0
    size: tuple[int, int] = SIZE
    codec: str = "libx264"
    pixels: str = "yuv420p"
    settings: tuple[tuple[str, str], ...] = (("bf", "3"), ("preset", "fast"), ("b_strategy", "0"), ("threads", "1"))
    sound: str | None = "aac"
    sound_rate: int = 48_000
    layout: str = "stereo"
    heard: float | None = None
    loud: float = 0.5
    hum: float = 0.0


def counted(path: Path, number: int = 0, making: Making = Making()) -> Path:
    rate = Fraction(making.rate)
    with av.open(str(path), "w") as container:
        film = container.add_stream(making.codec, rate=rate)
        film.width, film.height, film.pix_fmt = *making.size, making.pixels
        film.options = dict(making.settings)
        voice = (
            container.add_stream(making.sound, rate=making.sound_rate, layout=making.layout) if making.sound else None
        )
        for index in range(round(making.seconds * rate)):
            picture = av.VideoFrame.from_ndarray(marked(number, index, rate, making.size), "gray")
            container.mux(film.encode(picture.reformat(format=making.pixels)))
        container.mux(film.encode())
        if voice:
            container.mux(voice.encode(_beeping(making)))
            container.mux(voice.encode())
    return path


def marked(number: int, index: int, rate: Fraction, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Stripes for the bits of (number, index) above, black or a flash below."""
    width, height = size
    pixels = np.full((height, width), 16, np.uint8)
    for bit in range(BITS):
        if (number << 7 | index) >> bit & 1:
            pixels[: height // 2, bit * width // BITS : (bit + 1) * width // BITS] = 235
    if index == round(FLASH_AT * rate):
        pixels[height // 2 :] = 235
    return pixels


def _beeping(making: Making) -> av.AudioFrame:
    channels = 1 if making.layout == "mono" else 2
    seconds = making.seconds if making.heard is None else making.heard
    times = np.arange(round(seconds * making.sound_rate)) / making.sound_rate
    wave = np.sin(times * 2 * np.pi * BEEP_HERTZ) * making.loud
    wave[(times < FLASH_AT) | (times >= FLASH_AT + BEEP_SECONDS)] = 0
    wave += np.sin(times * 2 * np.pi * 300) * making.hum
    frame = av.AudioFrame.from_ndarray(np.tile(wave.astype(np.float32), (channels, 1)), "fltp", making.layout)
    frame.sample_rate, frame.pts = making.sound_rate, 0
    return frame


@dataclass(frozen=True)
class Seen:
    """`marks` are (number, index) of each frame, `times` when it is shown, `flashes` when one flashes; `sound` is (times, samples)."""

    marks: list[tuple[int, int]]
    times: list[float]
    flashes: list[float]
    sound: tuple[np.ndarray, np.ndarray]
    shape: tuple[int, int]

    @property
    def beeps(self) -> list[float]:
        """When each beep begins, by where it reaches a third of its own height."""
        times, samples = self.sound
        loud = np.abs(samples) > np.abs(samples).max() / 3
        starts = [float(times[at]) for at in np.flatnonzero(loud)]
        return [start for before, start in zip([-1.0, *starts], starts, strict=False) if start - before > 0.2]


def seen(path: Path) -> Seen:
    marks, times, flashes, beats, waves = [], [], [], [np.zeros(0)], [np.zeros(0)]
    shape = (0, 0)
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            pixels = frame.to_ndarray(format="gray").astype(int)
            shape = (frame.width, frame.height)
            marks.append(_mark(pixels))
            times.append(float(frame.time))
            if pixels[frame.height * 3 // 4].mean() > 150:
                flashes.append(float(frame.time))
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0) if container.streams.audio else ():
            samples = frame.to_ndarray()[0]
            beats.append(float(frame.time) + np.arange(samples.size) / frame.sample_rate)
            waves.append(samples)
    return Seen(marks, times, flashes, (np.concatenate(beats), np.concatenate(waves)), shape)


def _mark(pixels: np.ndarray) -> tuple[int, int]:
    row, step = pixels[pixels.shape[0] // 4], pixels.shape[1] / BITS
    value = sum(int(row[int((bit + 0.5) * step)] > 125) << bit for bit in range(BITS))
    return value >> 7, value & 127
