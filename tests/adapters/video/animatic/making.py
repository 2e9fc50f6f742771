"""Orders, inputs and films for the tests of the renderer, and how to look into what it made."""

import subprocess
from dataclasses import replace
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from PIL import Image, ImageDraw

from adapters.video.animatic.plan import Input, Plan, read_plan, write_plan
from adapters.video.animatic.render import render
from bot.domain.media import MediaKind, Role

PLAN = Plan(
    key="J-TEST-1",
    prompt="A heron takes off",
    seconds=0.5,
    aspect="adaptive",
    resolution="480p",
    audio=False,
    watermark=False,
    last_frame=False,
    count=1,
    seed=11,
    camera=(),
    inputs=(),
    submitted=1,
)


def made(folder: Path, **asked: object) -> Path:
    """Renders an order in this process and gives the film."""
    folder.mkdir(exist_ok=True)
    plan = replace(PLAN, **asked)  # pyright: ignore[reportArgumentType]
    write_plan(folder, plan)
    assert read_plan(folder) == plan
    render(folder, plan)
    return folder / "film-1.mp4"


def still(
    folder: Path, token: str, role: Role, colour: tuple[int, int, int], size: tuple[int, int] = (640, 360)
) -> Input:
    folder.mkdir(exist_ok=True)
    picture = Image.new("RGB", size, colour)
    ImageDraw.Draw(picture).ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill=(235, 225, 200))
    name = token.lstrip("@").lower()
    picture.save(folder / name, format="PNG")
    return Input(token=token, kind=MediaKind.image, role=role, file=name)


def ffmpeg(*arguments: str) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", *arguments], check=True)


def tone(folder: Path, seconds: float, token: str = "@Audio1") -> Input:
    folder.mkdir(exist_ok=True)
    ffmpeg("-f", "lavfi", "-i", f"sine=440:duration={seconds}", "-f", "wav", str(folder / token.lstrip("@").lower()))
    return Input(token=token, kind=MediaKind.audio, role=Role.reference_audio, file=token.lstrip("@").lower())


def clip(folder: Path, source: str, token: str = "@Video1", sound: bool = False) -> Input:
    """`source` is an FFmpeg test source of two seconds."""
    folder.mkdir(exist_ok=True)
    heard = ("-f", "lavfi", "-i", "sine=660:duration=2") if sound else ()
    name = token.lstrip("@").lower()
    ffmpeg("-f", "lavfi", "-i", source, *heard, "-pix_fmt", "yuv420p", "-shortest", "-f", "mp4", str(folder / name))
    return Input(token=token, kind=MediaKind.video, role=Role.reference_video, file=name)


def frames(film: Path) -> list[np.ndarray]:
    with av.open(str(film)) as opened:
        return [frame.to_ndarray(format="rgb24").astype(np.int16) for frame in opened.decode(video=0)]


def sound(film: Path) -> np.ndarray | None:
    with av.open(str(film)) as opened:
        if not opened.streams.audio:
            return None
        return np.concatenate([frame.to_ndarray() for frame in opened.decode(audio=0)], axis=1)


def differs(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())
