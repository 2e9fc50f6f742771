"""How fast animatic renders, beside FFmpeg's own zoompan making the same move in the same run."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from adapters.kit.confine import command, environment
from adapters.video.animatic.crew import MEMORY, MODULE
from adapters.video.animatic.plan import FPS, OUTCOME, Input, Plan, write_plan
from bot.domain.camera import Movement
from bot.domain.media import MediaKind, Role

SECONDS = 5.0
ROOT = Path(__file__).parents[2]
PLAN = Plan(
    key="J-BENCH-1", prompt="", seconds=SECONDS, aspect="16:9", resolution="720p", audio=False, watermark=False, last_frame=False, count=1,
    seed=1, camera=((Movement.push_in, Movement.pan_right),), submitted=1,
    inputs=(Input(token="@Image1", kind=MediaKind.image, role=Role.first_frame, file="image1"),),
)  # fmt: skip


def picture(into: Path) -> None:
    noise = Image.effect_noise((96, 54), 90).resize((1920, 1080), Image.Resampling.BICUBIC)
    Image.merge("RGB", (noise, noise.rotate(180), Image.linear_gradient("L").resize((1920, 1080)))).save(
        into, "JPEG", quality=92
    )


def render(folder: Path, plan: Plan) -> tuple[float, float]:
    """Seconds on the wall and on the processors, the process's start included."""
    folder.mkdir()
    picture(folder / "image1")
    write_plan(folder, plan)
    return run(command(MODULE, str(folder)), environment(MEMORY))


def run(words: Sequence[str], known: dict[str, str] | None = None) -> tuple[float, float]:
    before = os.times()
    began = time.perf_counter()
    with subprocess.Popen(words, cwd=ROOT, env=known, stdin=subprocess.PIPE) as process:
        assert process.wait() == 0
    wall = time.perf_counter() - began
    after = os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def zoompan(folder: Path) -> tuple[float, float]:
    source, frames = folder / "still", round(SECONDS * FPS)
    picture(source)
    move = f"zoompan=z='1+0.25*on/{frames}':x='(iw-iw/zoom)*on/{frames}':y='(ih-ih/zoom)/2':d={frames}:s=1280x720:fps={FPS}"
    return run([
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-nostdin", "-loop", "1", "-i", str(source), "-vf", move, "-frames:v", str(frames),
        "-c:v", "libx264", "-preset", "superfast", "-crf", "19", "-pix_fmt", "yuv420p", "-threads", "2", str(folder / "zoompan.mp4"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    "moves", [(Movement.push_in, Movement.pan_right), (Movement.pan_right,)], ids=["push-in+pan", "pan alone"]
)
def test_five_seconds_of_720p_render_three_times_faster_than_they_play(
    tmp_path: Path, moves: tuple[Movement, ...]
) -> None:
    """On two cores, the start of the process included; the best of three, and nothing is let off for a busy machine."""
    plan = replace(PLAN, camera=(moves,))
    tries, peers = [], []
    for number in range(3):
        tries.append(render(tmp_path / f"try-{number}", plan))
        peers.append(zoompan(tmp_path / f"try-{number}"))
    (wall, work), (peer_wall, peer_work) = min(tries), min(peers)
    print(
        f"\nanimatic {' + '.join(moves)}, 5 s at 1280x720: {wall:.2f} s ({SECONDS / wall:.1f}x real time), processors {work:.2f} s"
        f"\nzoompan, the same length and size:      {peer_wall:.2f} s ({SECONDS / peer_wall:.1f}x real time), processors {peer_work:.2f} s"
    )
    assert (tmp_path / "try-0" / OUTCOME).exists()
    assert wall < SECONDS / 3
