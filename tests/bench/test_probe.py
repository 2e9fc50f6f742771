"""Probing and checking a clip, beside spawning ffmpeg to look at the same clip."""

import asyncio
import subprocess
import time
from pathlib import Path
from statistics import median

import imageio_ffmpeg

from adapters.media.ffmpeg.pool import Pool
from adapters.media.ffmpeg.tools import FFmpegTools
from bot.domain.limits import VIDEO_LIMITS

ROUNDS = 30
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


async def test_probing_is_five_times_faster_than_spawning_ffmpeg(tmp_path):
    """Probing also hashes the file, which ffmpeg does not: a fuller clip, shown beside the plain one, takes longer for that alone."""
    tools = FFmpegTools(Pool())
    plain = await compared(tools, await made(tmp_path / "plain.mp4", "testsrc"))
    await compared(tools, await made(tmp_path / "full.mp4", "testsrc2"))
    await tools.aclose()
    assert plain >= 5


async def made(path: Path, scene: str) -> Path:
    inputs = ["-f", "lavfi", "-i", f"{scene}=size=1280x720:rate=24", "-f", "lavfi", "-i", "sine=220", "-t", "15"]
    how = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    await asyncio.to_thread(subprocess.run, [FFMPEG, "-v", "error", *inputs, *how, path], check=True)
    return path


async def compared(tools: FFmpegTools, clip: Path) -> float:
    """How many times faster; in turns, so that a busy machine is busy for both."""
    first = await timed(lambda: tools.probe(clip))
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(await timed(lambda: probe_and_check(tools, clip)))
        theirs.append(await timed(lambda: spawn(clip)))
    ratio = median(theirs) / median(ours)
    print(
        f"\nprobe and check a 15 s 720p clip of {clip.stat().st_size / 1e6:.1f} MB: {median(ours):.1f} ms (best {min(ours):.1f}, first {first:.0f})"
        f" | ffmpeg -i: {median(theirs):.1f} ms (best {min(theirs):.1f}) | {ratio:.1f} times faster"
    )
    return ratio


async def timed(work) -> float:
    begun = time.perf_counter()
    await work()
    return (time.perf_counter() - begun) * 1000


async def probe_and_check(tools: FFmpegTools, clip: Path) -> None:
    assert VIDEO_LIMITS.check(await tools.probe(clip)) == ()


async def spawn(clip: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        FFMPEG, "-i", str(clip), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    assert b"1280x720" in told
