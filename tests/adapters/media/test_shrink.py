"""Films fitted to a size: never larger, hardly smaller, and played everywhere. Every one is really encoded and measured."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import av
import numpy as np
import pytest

from adapters.media.ffmpeg.pool import Pool
from adapters.media.ffmpeg.tools import FFmpegTools
from bot.domain.errors import Unreadable
from tests.adapters.media import making
from tests.adapters.media.watching import FFMPEG, at_work, until

RICH = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "4", "-pix_fmt", "yuv420p")
SINE = ("-f", "lavfi", "-i", "sine=300:r=44100")
NOISE = "nullsrc=s={size}:r={rate},geq=random(1)*255:128:128"
GRAIN = "testsrc2=s={size}:r={rate},noise=alls=10:allf=t"
PLAIN = "testsrc2=s={size}:r={rate}"
SLOW = pytest.mark.skipif(os.environ.get("CLAPPER_SOAK") != "1", reason="seconds of encoding: CLAPPER_SOAK=1")
FRACTAL = "mandelbrot=s={size}:rate={rate}"


def made(path: Path, scene: str, seconds: float, *how: str, sound: bool = True, size: str = "426x240", rate: int = 24) -> Path:  # fmt: skip
    inputs = ("-f", "lavfi", "-i", scene.format(size=size, rate=rate), *(SINE if sound else ()))
    command = [FFMPEG, "-v", "error", "-y", *inputs, "-t", str(seconds), *(how or RICH)]
    subprocess.run([*command, *(("-c:a", "aac") if sound else ()), path], check=True)
    return path


def order(path: Path) -> list[bytes]:
    """The names of the outermost boxes, in the order they are stored."""
    names, held, at = [], path.read_bytes(), 0
    while at < len(held):
        names.append(held[at + 4 : at + 8])
        at += int.from_bytes(held[at : at + 4], "big")
    return names


async def shrunk(tools: FFmpegTools, film: Path, max_bytes: int) -> Path:
    into = film.with_name("small.mp4")
    await tools.shrink(film, into, max_bytes)
    assert sorted(path.name for path in film.parent.iterdir()) == sorted({film.name, into.name})
    return into


def plays_everywhere(path: Path) -> bool:
    with av.open(str(path)) as container:
        film = container.streams.video[0].codec_context
        sounds = {stream.codec_context.name for stream in container.streams.audio}
        return (film.name, film.profile, film.pix_fmt) == ("h264", "High", "yuv420p") and sounds <= {"aac"}


@pytest.mark.parametrize(
    ("content", "share"),
    [
        ((PLAIN, 2, True), 0.3),
        ((PLAIN, 5, False), 0.05),
        pytest.param((GRAIN, 2, False), 0.5, marks=SLOW),
        pytest.param((GRAIN, 6, True), 0.1, marks=SLOW),
        ((NOISE, 2, True), 0.4),
        pytest.param((NOISE, 3, False), 0.05, marks=SLOW),
        pytest.param((FRACTAL, 4, True), 0.2, marks=SLOW),
    ],
    ids=["pattern", "long pattern", "grain", "long grain", "noise", "starved noise", "fractal"],
)
async def test_a_film_is_never_larger_than_asked_and_uses_nearly_all_of_it(tools, tmp_path, content, share):
    scene, seconds, sound = content
    film = made(tmp_path / "film.mp4", scene, seconds, sound=sound)
    limit = round(film.stat().st_size * share)
    small = await shrunk(tools, film, limit)
    media = await tools.probe(small)
    assert 0.95 * limit <= media.bytes <= limit
    assert media.seconds == pytest.approx(seconds, abs=0.1)
    assert bool(media.audio_codec) == sound
    assert plays_everywhere(small)


async def test_it_begins_to_play_before_it_is_wholly_loaded(tools, tmp_path):
    small = await shrunk(tools, made(tmp_path / "film.mp4", GRAIN, 1, size="256x144"), 60_000)
    boxes = order(small)
    assert boxes.index(b"moov") < boxes.index(b"mdat")


@SLOW
async def test_a_minute_fits_into_little(tools, tmp_path):
    film = made(tmp_path / "film.mp4", FRACTAL, 60, size="320x180", rate=12)
    media = await tools.probe(await shrunk(tools, film, 700_000))
    assert 665_000 <= media.bytes <= 700_000
    assert media.seconds == pytest.approx(60, abs=0.2)


@SLOW
async def test_pixels_are_kept_where_there_are_bits_for_them_and_given_up_where_there_are_none(tools, tmp_path):
    film = made(tmp_path / "film.mp4", GRAIN, 1, size="854x480", rate=50)
    enough = await tools.probe(await shrunk(tools, film, 1_000_000))
    little = await tools.probe(await shrunk(tools, film, 25_000))
    assert (enough.width, enough.height, enough.fps) == (854, 480, 50)
    assert little.height in range(144, 400)
    assert little.width / little.height == pytest.approx(16 / 9, rel=0.03)
    assert little.fps == 25


async def test_what_cannot_be_watched_at_that_size_is_said_in_words(tools, tmp_path):
    film = made(tmp_path / "film.mp4", NOISE, 8, size="256x144")
    with pytest.raises(Unreadable, match=r"It is 8 s long, and nothing worth watching of it fits into 15 KB\. Make it shorter"):  # fmt: skip
        await tools.shrink(film, tmp_path / "small.mp4", 15_000)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


async def test_a_still_film_takes_what_it_needs_and_no_endless_tries(tools, tmp_path):
    film = made(tmp_path / "film.mp4", "color=teal:s={size}:r={rate}", 3, "-c:v", "mjpeg", "-q:v", "1", sound=False)
    limit = film.stat().st_size // 2
    media = await tools.probe(await shrunk(tools, film, limit))
    assert 0 < media.bytes <= limit


async def test_a_film_that_fits_is_only_converted(tools, tmp_path):
    how = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-tag:v", "hvc1")
    film = made(tmp_path / "film.mp4", PLAIN, 2, *how)
    small = await shrunk(tools, film, 50_000_000)
    assert plays_everywhere(small)
    assert small.stat().st_size < 3_000_000


async def test_a_film_stored_on_its_side_comes_out_upright(tools, tmp_path):
    film = making.turned_film(tmp_path / "film.mp4", 90, settings={"crf": "1"})
    (tmp_path / "lying.mp4").unlink()
    media = await tools.probe(await shrunk(tools, film, film.stat().st_size // 2))
    assert (media.width, media.height, media.traits) == (480, 640, frozenset())


@SLOW
async def test_odd_sides_are_made_even_and_stretched_pixels_square(tools, tmp_path):
    odd = made(tmp_path / "film.mp4", GRAIN, 1, *RICH[:-1], "yuv444p", size="427x241")
    first = await tools.probe(await shrunk(tools, odd, odd.stat().st_size // 2))
    wide = made(tmp_path / "film.mp4", GRAIN + ",setsar=2", 1, size="214x240")
    second = await tools.probe(await shrunk(tools, wide, wide.stat().st_size // 2))
    assert (first.width, first.height) == (426, 240)
    assert (second.width, second.height) == (428, 240)


async def test_an_uneven_rate_keeps_its_time(tools, tmp_path):
    """Every third frame is missing, as phones leave them out in the dark: what moves must not move faster."""
    film = made(
        tmp_path / "film.mp4", GRAIN + ",select=mod(n\\,3)", 4, *RICH, "-fps_mode", "vfr", size="256x144", rate=30
    )
    media = await tools.probe(await shrunk(tools, film, film.stat().st_size // 4))
    assert media.seconds == pytest.approx(4, abs=0.1)
    assert media.fps == pytest.approx(20, abs=0.3)


async def test_hdr_comes_out_in_colours_every_screen_has(tools, tmp_path):
    hdr = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=none"
    how = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", hdr, "-pix_fmt", "yuv420p10le", "-crf", "8")
    film = made(tmp_path / "film.mp4", GRAIN, 1, *how, size="256x144")
    small = await shrunk(tools, film, film.stat().st_size // 3)
    with av.open(str(small)) as container:
        context = container.streams.video[0].codec_context
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert (context.pix_fmt, context.color_trc, context.colorspace, context.color_primaries) == ("yuv420p", 1, 1, 1)
    assert np.ptp(picture) > 100


async def test_a_sound_that_is_small_already_is_taken_as_it_is(tools, tmp_path):
    film = made(tmp_path / "film.mp4", GRAIN, 2, *RICH, "-b:a", "64k")
    small = await shrunk(tools, film, film.stat().st_size // 2)
    packets = []
    for path in (film, small):
        with av.open(str(path)) as container:
            packets.append([bytes(packet) for packet in container.demux(audio=0) if packet.size])
    assert packets[0] == packets[1]


async def test_a_sound_is_no_film(tools, tmp_path):
    with pytest.raises(Unreadable, match="not a film"):
        await tools.shrink(making.sound(tmp_path / "a.wav"), tmp_path / "small.mp4", 100_000)


@pytest.fixture(scope="module")
def long_film(tmp_path_factory):
    """It takes seconds to fit."""
    return made(tmp_path_factory.mktemp("long") / "film.mp4", PLAIN, 6, "-c:v", "mjpeg", size="1280x720", rate=50)


async def test_a_fitting_that_nobody_wants_any_more_ends_at_once_and_leaves_nothing(long_film, tmp_path):
    film = shutil.copy(long_film, tmp_path / "film.mp4")
    tools = FFmpegTools(Pool(workers=1))
    fitting = asyncio.create_task(tools.shrink(film, tmp_path / "small.mp4", 2_000_000))
    await until(lambda: at_work(tmp_path.name))
    fitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fitting
    await until(lambda: not at_work(tmp_path.name), 2)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    assert (await tools.probe(film)).width == 1280
    await tools.aclose()


async def test_no_encoder_outlives_a_bot_that_is_killed(long_film, tmp_path):
    film = shutil.copy(long_film, tmp_path / "film.mp4")
    program = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from adapters.media.ffmpeg.pool import Pool
        from adapters.media.ffmpeg.tools import FFmpegTools
        film = Path(sys.argv[1])
        asyncio.run(FFmpegTools(Pool(workers=1)).shrink(film, film.with_name("small.mp4"), 2_000_000))
    """)
    bot = await asyncio.create_subprocess_exec(sys.executable, "-c", program, film)
    await until(lambda: at_work(tmp_path.name))
    bot.send_signal(signal.SIGKILL)
    await bot.wait()
    await until(lambda: not at_work(tmp_path.name), 5)
    await until(lambda: [path.name for path in tmp_path.iterdir()] == ["film.mp4"], 5)
