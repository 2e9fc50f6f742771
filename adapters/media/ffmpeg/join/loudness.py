"""How loud a film's sound is, after ITU-R BS.1770-4: weighted like an ear, in blocks of 0.4 s, without the silence between."""

from pathlib import Path

import numpy as np
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from adapters.media.ffmpeg import films

RATE, BLOCK, HOP = 48_000, 19_200, 9_600
LONGEST_SECONDS = 600.0
SILENCE, _RELATIVE = -70.0, -10.0
# The two filters of the standard at 48 kHz: a shelf for the head, and a high pass.
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def loudness(path: Path, reader: str) -> float | None:
    """In LUFS; None where nothing is heard. What cannot be decoded is passed over: it is not heard either."""
    blocks = _blocks(path, reader)
    heard = blocks[_level(blocks) > SILENCE]
    heard = heard[_level(heard) > _level(heard.mean()) + _RELATIVE] if heard.size else heard
    return float(_level(heard.mean())) if heard.size else None


def _level(power: np.ndarray) -> np.ndarray:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-12))


def _blocks(path: Path, reader: str) -> np.ndarray:
    """The weighted power of each block."""
    weights, powers, kept = _weights(), [], np.zeros((2, 0), np.float32)
    for piece in _pieces(path, reader):
        kept = np.concatenate((kept, piece), axis=1)
        while kept.shape[1] >= BLOCK:
            spectrum = np.abs(np.fft.rfft(kept[:, :BLOCK])) ** 2
            powers.append(float((spectrum * weights).sum()) * 2 / BLOCK**2)
            kept = kept[:, HOP:]
    return np.array(powers)


def _pieces(path: Path, reader: str) -> "list[np.ndarray]":
    """The sound as samples, about a second at a time."""
    pieces: list[np.ndarray] = []
    resampler = AudioResampler(format="fltp", layout="stereo", rate=RATE, frame_size=RATE)
    with films.opened(path, reader) as container:
        stream = container.streams.audio[0]
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except FFmpegError:
                continue
            for frame in frames:
                pieces += [np.nan_to_num(part.to_ndarray()) for part in resampler.resample(frame)]
            if len(pieces) > LONGEST_SECONDS:
                break
    return [*pieces, *(np.nan_to_num(part.to_ndarray()) for part in resampler.resample(None))]


def _weights() -> np.ndarray:
    """How much of the power at each frequency of a block's spectrum is heard."""
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(BLOCK))
    whole = np.ones_like(turn)
    for above, below in (_SHELF, _PASS):
        whole *= np.polyval(above[::-1], turn) / np.polyval(below[::-1], turn)
    return np.abs(whole) ** 2
