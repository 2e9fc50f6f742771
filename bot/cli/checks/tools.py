"""ffmpeg, the libraries beside it, and the letters."""

import asyncio
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from bot.app import adapter
from bot.cli.checks.finding import Finding, broken, parts, well
from config import Settings

FILM = ("-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=0.4", "-f", "lavfi", "-i", "sine=duration=0.4")
CODECS = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")
SECONDS = 20
OTHER = "IMAGEIO_FFMPEG_EXE"
"""How one tells imageio-ffmpeg, which brings the program, to take another (its documentation, 0.5)."""
LIBRARIES = ("av", "pillow", "pillow-heif")


async def media_tools(given: Settings) -> Sequence[Finding]:
    """Makes a very small film with ffmpeg and looks into it in a worker, as is done with every film."""
    del given
    named = os.environ.get(OTHER)
    if named and not os.access(named, os.X_OK):
        return [
            broken(
                "media tools",
                f"{OTHER} names {named!r}, which cannot be run.",
                "Unset it: Clapper brings its own ffmpeg.",
            )
        ]
    ffmpeg = import_module("imageio_ffmpeg").get_ffmpeg_exe()
    media = adapter("media", "ffmpeg").create(parts({"workers": "1"}))
    try:
        with tempfile.TemporaryDirectory(prefix="clapper-doctor-") as folder:
            film = Path(folder, "film.mp4")
            said = await asyncio.to_thread(_run, ffmpeg, "-y", *FILM, *CODECS, str(film))
            seen = await media.probe(film)
    finally:
        await media.aclose()
    named = re.search(r"ffmpeg version (\S+)", said)
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    codecs = f"{seen.video_codec} and {seen.audio_codec}"
    return [well("media tools", f"ffmpeg {named[1] if named else ''} made a film in {codecs}; {libraries} read it.")]


async def fonts(given: Settings) -> Sequence[Finding]:
    """The letters of storyboards come with a package; none of the system's are needed."""
    del given
    import_module("adapters.video.animatic.fonts")
    return [well("fonts", "The storyboard's letters are there.")]


def _run(*words: str) -> str:
    """What the program says on stderr. Raises OSError where it fails."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603 - the packaged ffmpeg
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise OSError(f"{words[0]} failed: {last[0]}.")
    return done.stderr
