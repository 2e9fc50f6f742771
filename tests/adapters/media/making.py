"""Real media files, made on the spot."""

import math
import struct
import subprocess
import zlib
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()


def scene(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """A gradient with a bright block in its top left corner, so that turning it shows."""
    across = np.linspace(0, 255, width, dtype=np.uint8)[None, :].repeat(height, 0)
    down = np.linspace(0, 255, height, dtype=np.uint8)[:, None].repeat(width, 1)
    pixels = np.dstack([across, down, np.full_like(across, 90)])
    pixels[: height // 4, : width // 4] = (250, 20, 20)
    return Image.fromarray(pixels).convert(mode)


def picture(path: Path, image: Image.Image | None = None, **options: object) -> Path:
    (image or scene()).save(path, **options)  # type: ignore[arg-type]
    return path


def turned_jpeg(path: Path, orientation: int = 6) -> Path:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return picture(path, scene(), exif=exif)


def deep_png(path: Path, width: int = 400, height: int = 320) -> Path:
    """An RGB PNG of 16 bits a colour, written by hand: Pillow writes none."""
    rows = b"".join(
        b"\0" + b"".join(struct.pack(">HHH", x * 160, y * 200, 30000) for x in range(width)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    )
    return path


def bomb_png(path: Path, width: int = 50_000, height: int = 50_000) -> Path:
    """A few kilobytes that would unfold to gigabytes of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(1)
    row = bytes(1 + width // 8)
    rows = b"".join(packer.compress(row * 100) for _ in range(height // 100)) + packer.flush()
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b""))
    return path


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def animation(path: Path, frames: int = 4) -> Path:
    stills = [scene(400, 320).rotate(90 * turn) for turn in range(frames)]
    stills[0].save(path, save_all=True, append_images=stills[1:], duration=80, loop=0)
    return path


def film(
    path: Path,
    *,
    seconds: float = 2.0,
    size: tuple[int, int] = (640, 480),
    rate: str | int = 24,
    codec: str = "libx264",
    sound: str | None = "aac",
    last: tuple[int, int, int] | None = None,
    dark_start: bool = False,
    options: dict[str, str] | None = None,
    settings: dict[str, str] | None = None,
) -> Path:
    """A grey block wanders over a gradient; `last` is the plain colour of the very last frame."""
    ground = np.asarray(scene(*size)).copy()
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=Fraction(rate))
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"preset": "ultrafast"} | (settings or {}) if "x26" in codec else settings or {}
        heard = container.add_stream(sound, rate=_heard_at(sound)) if sound else None
        count = round(seconds * float(Fraction(rate)))
        for number in range(count):
            pixels = ground.copy()
            pixels[:, number * 5 % size[0] :][:, :40] = 128
            if dark_start and number < count // 4:
                pixels[:] = 0
            if last and number == count - 1:
                pixels[:] = last
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        container.mux(stream.encode())
        if heard:
            _sound_into(container, heard, seconds)
    return path


def turned_film(path: Path, turn: int, **options) -> Path:
    """A film stored lying down that a player turns upright, as a phone makes it."""
    lying = film(path.with_name("lying.mp4"), **options)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-display_rotation", str(turn)]
    subprocess.run([*command, "-i", lying, "-c", "copy", path], check=True)
    return path


def _heard_at(codec: str) -> int:
    return 48000 if codec == "libopus" else 44100


def sound(path: Path, seconds: float = 3.0, codec: str = "pcm_s16le") -> Path:
    with av.open(str(path), "w") as container:
        _sound_into(container, container.add_stream(codec, rate=_heard_at(codec)), seconds)
    return path


def _sound_into(container, stream, seconds: float) -> None:
    layout_format = stream.codec_context.codec.audio_formats[0].name
    resampler = av.AudioResampler(format=layout_format, layout="stereo", rate=stream.rate)
    total, at = round(seconds * 44100), 0
    while at < total:
        length = min(1024, total - at)
        times = (np.arange(length) + at) / 44100
        wave = np.sin(times * 2 * math.pi * 330) * (0.2 + 0.7 * np.abs(np.sin(times * 2.1)))
        both = np.repeat((wave * 20000).astype(np.int16), 2)[None, :]
        frame = av.AudioFrame.from_ndarray(both, "s16", "stereo")
        frame.sample_rate, frame.pts = 44100, at
        for part in resampler.resample(frame):
            container.mux(stream.encode(part))
        at += length
    for part in resampler.resample(None):
        container.mux(stream.encode(part))
    container.mux(stream.encode())


def mp3_with_cover(path: Path, seconds: float = 3.0) -> Path:
    """A sound with cover art, which FFmpeg shows as a stream of pictures."""
    plain = sound(path.with_name("plain.mp3"), seconds, "libmp3lame").read_bytes()
    cover = picture(path.with_name("cover.jpg"), scene(300, 300)).read_bytes()
    apic = b"\0image/jpeg\0\x03\0" + cover
    frame = b"APIC" + struct.pack(">I", len(apic)) + b"\0\0" + apic
    size = len(frame)
    sync = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    start = plain.index(b"\xff\xfb")
    path.write_bytes(b"ID3\x03\0\0" + sync + frame + plain[start:])
    return path
