"""Merging with the real tools and real files: what is promised is measured, and a cancel really ends the encoder."""

import asyncio
import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest

from adapters.files.local import create as local_files
from adapters.media.ffmpeg import create as ffmpeg
from bot.domain.job import State
from bot.flows.advance import advance
from bot.flows.line import let_in
from bot.ports.parts import Parts
from tests.flows.merging import merge, shelved

MOMENT = 1.0  # within which nothing works on it any more
PATIENCE = 60.0


def drawn(path: Path, seconds: float, size: str) -> Path:
    """A moving picture with a tone that runs past it."""
    moving, tone = f"testsrc2=size={size}:rate=24:duration={seconds}", f"sine=duration={seconds + 0.5}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", moving, "-f", "lavfi", "-i", tone]
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([*command, "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", path], check=True)
    return path


def encoders() -> list[int]:
    """The ffmpeg processes that descend from this one."""
    parents, found = {}, []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            id, _, rest = stat.read_text().partition(" (")
            name, _, rest = rest.rpartition(") ")
        except OSError:
            continue
        parents[int(id)] = int(rest.split()[1])
        found += [int(id)] if name.startswith("ffmpeg") and rest[0] != "Z" else []

    def ours(id: int) -> bool:
        return id == os.getpid() or (id in parents and ours(parents[id]))

    return [id for id in found if ours(id)]


@pytest.fixture
async def real(stage, tmp_path):
    """The stage with real tools and a real Drive."""
    parts = Parts(settings={"root": str(tmp_path / "drive")}, folder=tmp_path, clock=stage.clock)
    tools = ffmpeg(parts)
    stage.house = replace(stage.house, media=tools, files=local_files(parts))
    yield stage
    await tools.aclose()


async def on_the_drive(stage, tmp_path, seconds: float, **sizes: str) -> None:
    for name, size in sizes.items():
        (clip,) = await shelved(stage, f"{name}.mp4", seconds=seconds)
        await asyncio.to_thread(drawn, tmp_path / "drive" / clip.key, seconds, size)


async def test_films_of_two_shapes_become_one_of_the_promised_length(real, tmp_path):
    await on_the_drive(real, tmp_path, 1.0, wide="320x180", tall="180x320")
    job = await merge(real, "merge wide.mp4 tall.mp4 as square crossfade 0.25s")
    assert job.sheet
    await real.run()
    done = await real.job(job.id)
    assert done.state is State.complete, done.failure
    assert done.result is not None
    (clip,) = done.result.clips
    assert clip.width == clip.height
    assert clip.seconds == pytest.approx(1.75, abs=0.1)
    assert done.result.notes[0].startswith("Encoded: ")
    assert await real.house.files.stat(clip.poster) is not None


async def test_a_cancel_ends_the_encoder_within_a_second(real, tmp_path):
    await on_the_drive(real, tmp_path, 10.0, long="1280x720")
    job = await merge(real, "merge long.mp4 long.mp4 as portrait")
    await let_in(real.house)
    now = real.clock.now()
    (due,) = await real.house.storage.jobs.claim(real.house.serves, real.house.worker, now, now.replace(hour=23), 1)
    step = asyncio.create_task(advance(due, real.house))
    async with asyncio.timeout(PATIENCE):
        while not encoders():
            assert not step.done(), step
            await asyncio.sleep(0.01)
    await real.press(job.id, "cancel")
    cancelled = time.monotonic()
    await asyncio.gather(step, return_exceptions=True)
    took = time.monotonic() - cancelled
    assert encoders() == []
    assert (await real.job(job.id)).state is State.cancelled
    assert [path.name for path in tmp_path.rglob("*.mp4")] == ["long.mp4"]
    assert took < MOMENT * (4 if os.getloadavg()[0] > 3 else 1)
