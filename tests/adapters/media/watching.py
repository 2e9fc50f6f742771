"""Which ffmpegs run just now, and waiting for what they do."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def at_work(word: str) -> list[int]:
    """Process ids of every ffmpeg that has that word in its command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if line.startswith(os.fsencode(FFMPEG)) and os.fsencode(word) in line:
                found.append(int(entry.name))
    return found


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)
