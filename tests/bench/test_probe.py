"""Probing and checking a clip, beside spawning ffmpeg to look at the same clip."""

import asyncio
import subprocess
import time
from statistics import median

import imageio_ffmpeg

from adapters.media.ffmpeg.pool import Pool
from adapters.media.ffmpeg.tools import FFmpegTools
from bot.domain.limits import VIDEO_LIMITS

ROUNDS = 30


async def test_probing_is_five_times_faster_than_spawning_ffmpeg(tmp_path):
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    clip = tmp_path / "clip.mp4"
    picture, sound = "testsrc2=size=1280x720:rate=24", "sine=220"
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", "15"]
    how = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    await asyncio.to_thread(subprocess.run, [ffmpeg, "-v", "error", *inputs, *how, clip], check=True)
    tools = FFmpegTools(Pool())
    first = await timed(lambda: tools.probe(clip))
    ours, theirs = [], []
    for _ in range(ROUNDS):  # in turns, so that a busy machine is busy for both
        ours.append(await timed(lambda: probe_and_check(tools, clip)))
        theirs.append(await timed(lambda: spawn(ffmpeg, clip)))
    await tools.aclose()
    ratio = median(theirs) / median(ours)
    print(
        f"\nprobe and check a 15 s clip of {clip.stat().st_size / 1e6:.1f} MB: best {min(ours):.1f} ms, median {median(ours):.1f} ms"
        f" (the first, with its process: {first:.0f} ms)"
        f" | ffmpeg -i: best {min(theirs):.1f} ms, median {median(theirs):.1f} ms | {ratio:.1f} times faster"
    )
    assert ratio >= 5


async def timed(work) -> float:
    begun = time.perf_counter()
    await work()
    return (time.perf_counter() - begun) * 1000


async def probe_and_check(tools: FFmpegTools, clip) -> None:
    assert VIDEO_LIMITS.check(await tools.probe(clip)) == ()


async def spawn(ffmpeg: str, clip) -> None:
    process = await asyncio.create_subprocess_exec(
        ffmpeg, "-i", str(clip), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    assert b"1280x720" in told
