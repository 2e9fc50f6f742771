"""Joining five films of 8 s in 720p, beside ffmpeg's own concat, the best single command line of ffmpeg, and moviepy 2, in the same run.

moviepy asks for an older Pillow than Clapper does, so it gets an environment of its own, made on the first run; where there is none to be had,
its rows are left out and said to be.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

from adapters.media.ffmpeg.pool import Pool
from adapters.media.ffmpeg.tools import FFmpegTools
from bot.domain.join import Join, Method

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SECONDS, ROUNDS, TRIES = 8, 7, 3
MOVIEPY = "moviepy==2.2.1"
SCENES = ("testsrc2", "mandelbrot", "testsrc2", "mandelbrot", "testsrc2")
# What people write who do not lay each film beside the other by hand.
MOVIEPY_CONCAT = """
import sys
from moviepy import VideoFileClip, concatenate_videoclips
*clips, into = sys.argv[1:]
films = [VideoFileClip(clip) for clip in clips]
whole = concatenate_videoclips(films, method=METHOD)
whole.write_videofile(into, codec="libx264", audio_codec="aac", preset="faster", threads=2, fps=FPS, ffmpeg_params=["-crf", "18"], logger=None)
"""


def run(*words: str | Path) -> None:
    subprocess.run([FFMPEG, "-v", "error", "-y", "-nostdin", *words], check=True)


def made(folder: Path, *, sizes: tuple[str, ...], rates: tuple[int, ...]) -> list[Path]:
    clips = []
    for number, scene in enumerate(SCENES):
        into = folder / f"{number}.mp4"
        size, rate = sizes[number % len(sizes)], rates[number % len(rates)]
        tone = ("-f", "lavfi", "-i", f"sine={220 + 110 * number}:r=48000")
        grain = f"{scene}=s={size}:r={rate},noise=alls=6:allf=t"
        how = (
            "-t",
            str(SECONDS),
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-ac",
            "2",
        )
        run("-f", "lavfi", "-i", grain, *tone, *how, into)
        clips.append(into)
    return clips


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


@pytest.fixture(scope="module")
def moviepy() -> Path | None:
    """An interpreter that has moviepy."""
    home = Path(tempfile.gettempdir()) / f"clapper-bench-{MOVIEPY}-{os.getuid()}"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        make = ([sys.executable, "-m", "venv", home], [python, "-m", "pip", "install", "-q", MOVIEPY])
        try:
            for words in make:
                subprocess.run(words, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            print(f"\n{MOVIEPY} cannot be installed here: its rows are left out")
            return None
        (home / "ready").touch()
    return python


async def by_moviepy(python: Path, clips: list[Path], into: Path, method: str, fps: int) -> float:
    script = MOVIEPY_CONCAT.replace("METHOD", repr(method)).replace("FPS", str(fps))
    words = [python, "-c", script, *clips, into]
    return await timed(
        lambda: asyncio.to_thread(subprocess.run, words, check=True, capture_output=True, cwd=into.parent)
    )


async def test_films_that_agree_are_joined_as_fast_as_ffmpeg_copies_them(tmp_path, moviepy):
    clips = await asyncio.to_thread(lambda: made(tmp_path, sizes=("1280x720",), rates=(24,)))
    listed, ours, theirs = tmp_path / "list.txt", tmp_path / "ours.mp4", tmp_path / "theirs.mp4"
    listed.write_text("".join(f"file '{clip}'\n" for clip in clips))
    tools = FFmpegTools(Pool(workers=1))
    assert (await tools.join(clips, ours, Join())).method is Method.copied
    copying = ("-f", "concat", "-safe", "0", "-i", listed, "-c", "copy", theirs)
    mine, peers = [], []
    for _ in range(ROUNDS):
        mine.append(await timed(lambda: tools.join(clips, ours, Join())))
        peers.append(await timed(lambda: asyncio.to_thread(run, *copying)))
    await tools.aclose()
    mine.sort(), peers.sort()
    ratio = mine[ROUNDS // 2] / peers[ROUNDS // 2]
    print(
        f"\nfive agreeing films of 8 s, 720p: {mine[ROUNDS // 2] * 1000:.0f} ms (best {mine[0] * 1000:.0f})"
        f"\nffmpeg -f concat -c copy:         {peers[ROUNDS // 2] * 1000:.0f} ms (best {peers[0] * 1000:.0f}) | ratio {ratio:.2f} (at most 1.15)"
    )
    assert ratio <= 1.15
    if moviepy:
        peer = await by_moviepy(moviepy, clips, tmp_path / "moviepy.mp4", "chain", 24)
        print(f"{MOVIEPY}:                  {peer:.1f} s | {peer / mine[ROUNDS // 2]:.0f} times as long (at least 20)")
        assert peer >= 20 * mine[ROUNDS // 2]


def by_hand(clips: list[Path], into: Path) -> None:
    """The best single command line: no step more than these films need."""
    words: list[str | Path] = []
    for clip in clips:
        words += ["-threads", "2", "-i", clip]
    chains = [
        f"[{number}:v]fps=30,scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:-1:-1,setsar=1,format=yuv420p[v{number}];"
        f"[{number}:a]aresample=48000,aformat=channel_layouts=stereo[a{number}]"
        for number in range(len(clips))
    ]
    streams = "".join(f"[v{number}][a{number}]" for number in range(len(clips)))
    graph = ";".join([*chains, f"{streams}concat=n={len(clips)}:v=1:a=1[v][a]"])
    how = ("-c:v", "libx264", "-preset", "faster", "-crf", "18", "-threads", "2", "-c:a", "aac", "-b:a", "192k")
    run(*words, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", *how, "-movflags", "+faststart", into)


def likeness(whole: Path, clips: list[Path]) -> tuple[float, float]:
    """SSIM, and VMAF where every fifth frame is compared, of the first film of the whole to its source at the whole's own shape."""
    # ffmpeg would turn colours that are named into such that are not, and compare these.
    named = "setparams=colorspace=bt709:range=tv,split"
    graph = (
        f"[0:v]trim=end={SECONDS},setpts=PTS-STARTPTS,{named}[a][c];"
        f"[1:v]fps=30,scale=1280:720,format=yuv420p,{named}[b][d];[a][b]ssim;[c][d]libvmaf=n_subsample=5:n_threads=2"
    )
    words = [FFMPEG, "-nostdin", "-i", whole, "-i", clips[0], "-lavfi", graph, "-f", "null", "-"]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stderr
    found, score = re.search(r"SSIM .*All:([\d.]+)", said), re.search(r"VMAF score: ([\d.]+)", said)
    assert found, said
    assert score, said
    return float(found[1]), float(score[1])


async def test_films_that_differ_take_no_longer_than_the_best_command_line(tmp_path, moviepy):
    """Both use every processor, so that only a quiet machine tells; the best of three, in turns."""
    clips = await asyncio.to_thread(lambda: made(tmp_path, sizes=("1280x720", "720x1280", "960x540"), rates=(24, 30)))
    ours, theirs = tmp_path / "ours.mp4", tmp_path / "theirs.mp4"
    tools = FFmpegTools(Pool(workers=1), joins=Pool(workers=1))
    await tools._joins.run("probe", 30, path=str(clips[0]))
    mine, peers = [], []
    for _ in range(TRIES):
        mine.append(await timed(lambda: tools.join(clips, ours, Join())))
        peers.append(await timed(lambda: asyncio.to_thread(by_hand, clips, theirs)))
    await tools.aclose()
    ratio, sizes = min(mine) / min(peers), [path.stat().st_size / 1e6 for path in (ours, theirs)]
    like, peer_like = [await asyncio.to_thread(likeness, path, clips) for path in (ours, theirs)]
    print(
        f"\nfive films that differ: {min(mine):.2f} s, {sizes[0]:.1f} MB, SSIM {like[0]:.4f}, VMAF {like[1]:.2f}"
        f"\nffmpeg by hand:         {min(peers):.2f} s, {sizes[1]:.1f} MB, SSIM {peer_like[0]:.4f}, VMAF {peer_like[1]:.2f} | ratio {ratio:.2f} (at most 1.05)"
    )
    if moviepy:
        peer = await by_moviepy(moviepy, clips, tmp_path / "moviepy.mp4", "compose", 30)
        print(f"{MOVIEPY}:        {peer:.1f} s | {peer / min(mine):.1f} times as long")
        assert peer > min(mine)
    assert like[0] >= peer_like[0] - 0.002
    assert sizes[0] <= sizes[1] * 1.02
    assert ratio <= 1.05
