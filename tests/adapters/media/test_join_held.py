"""Joining is held: it ends when nobody wants it, leaves nothing behind, keeps nobody waiting, and says which clip is at fault."""

import asyncio
import json
import os
import signal
import sys
import textwrap
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.media.ffmpeg.asked import Worker
from adapters.media.ffmpeg.pool import Pool
from adapters.media.ffmpeg.tools import FFmpegTools
from bot.domain.errors import Unreadable
from bot.domain.join import Fill, Format, Join, Joined
from tests.adapters.media import making
from tests.adapters.media.counting import Making, counted
from tests.adapters.media.watching import at_work, until

FADED = Join(fade_seconds=0.5)


@pytest.fixture
async def own_tools():
    tools = FFmpegTools(Pool(workers=1), joins=Pool(workers=1))
    yield tools
    await tools.aclose()


@pytest.fixture(scope="module")
def long(tmp_path_factory) -> Path:
    """Takes many seconds to encode anew."""
    settings = (("preset", "ultrafast"), ("bf", "0"))
    folder = tmp_path_factory.mktemp("long")
    return counted(folder / "long.mp4", 0, Making(seconds=2, size=(1280, 720), rate="30", settings=settings))


async def test_when_a_cancelled_call_returns_no_process_of_it_lives_and_nobody_waited_for_it(own_tools, long, tmp_path):
    into = tmp_path / "all.mp4"
    heard: list[float] = []
    joining = asyncio.create_task(own_tools.join([long] * 5, into, FADED, progress=heard.append))
    await until(lambda: at_work(tmp_path.name) and heard)
    assert (await own_tools.probe(long)).width == 1280
    await own_tools.poster(long, tmp_path / "poster.jpg")
    (pid,) = at_work(tmp_path.name)
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    assert not Path(f"/proc/{pid}/exe").is_file()
    assert at_work(tmp_path.name) == []
    assert not into.exists()
    told = len(heard)
    await own_tools.join([long, long], into, Join())
    assert len(heard) == told


async def test_an_encoder_does_not_outlive_its_worker(own_tools, long, tmp_path):
    joining = asyncio.create_task(own_tools.join([long] * 5, tmp_path / "all.mp4", FADED))
    await until(lambda: at_work(tmp_path.name))
    (worker,) = own_tools._joins.busy
    os.kill(worker, signal.SIGKILL)
    with pytest.raises(Unreadable, match="breaks the program that reads it"):
        await joining
    assert at_work(tmp_path.name) == []
    assert list(tmp_path.iterdir()) == []


async def test_no_encoder_outlives_a_bot_that_is_killed(long, tmp_path):
    program = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from adapters.media.ffmpeg.pool import Pool
        from adapters.media.ffmpeg.tools import FFmpegTools
        from bot.domain.join import Join
        tools = FFmpegTools(Pool(workers=1))
        asyncio.run(tools.join([Path(sys.argv[1])] * 5, Path(sys.argv[2]), Join(fade_seconds=0.5)))
    """)
    bot = await asyncio.create_subprocess_exec(sys.executable, "-c", program, long, tmp_path / "all.mp4")
    await until(lambda: at_work(tmp_path.name))
    bot.send_signal(signal.SIGKILL)
    await bot.wait()
    await until(lambda: not at_work(tmp_path.name), 5)
    await until(lambda: list(tmp_path.iterdir()) == [], 5)


JPEGS = Making(seconds=0.2, codec="mjpeg", pixels="yuvj420p", settings=(), sound=None)
HOSTILE = {
    "a playlist": (lambda path: path.write_text("#EXTM3U\n#EXTINF:5,\n/etc/passwd\n"), "It is a playlist that points at other files"),
    "a list": (lambda path: path.write_text("ffconcat version 1.0\nfile '/etc/passwd'\n"), "It is a list that points at other files"),
    "a picture": (lambda path: making.scene().save(path, "PNG"), "It is not a film: there are no moving pictures in it."),
    "a sound": (making.sound, "It is not a film: there are no moving pictures in it."),
    "nothing": (Path.touch, "It is empty: it has 0 bytes."),
    "cut off": (lambda path: path.write_bytes(_half(counted(path.with_suffix(".mov")).read_bytes())), "It is cut off or damaged"),
    "a bomb": (lambda path: path.write_bytes(_swollen(counted(path.with_suffix(".mov"), 0, JPEGS).read_bytes())), "Its pictures are 8000 x 5000 px large; at most 36 million pixels can be opened"),
}  # fmt: skip


def _half(film: bytes) -> bytes:
    return film[: len(film) // 2]


def _swollen(film: bytes) -> bytes:
    """The film of JPEGs with headers that promise pictures of 8000 x 5000 pixels."""
    size = bytes.fromhex("006000a0")
    assert b"\xff\xc0\x00\x11\x08" + size in film
    entry = film.index(b"jpeg", film.index(b"stsd")) + 28
    film = film[:entry] + bytes.fromhex("1f401388") + film[entry + 4 :]
    return film.replace(b"\xff\xc0\x00\x11\x08" + size, b"\xff\xc0\x00\x11\x08" + bytes.fromhex("13881f40"))


@pytest.mark.parametrize("kind", HOSTILE)
async def test_the_clip_at_fault_is_named_by_its_place(tools, tmp_path, kind):
    make, why = HOSTILE[kind]
    good, bad = counted(tmp_path / "good.mp4"), tmp_path / "bad.wav"
    make(bad)
    with pytest.raises(Unreadable) as refused:
        await tools.join([good, bad, good], tmp_path / "all.mp4", Join())
    assert refused.value.why.startswith("Clip 2 cannot be used. ")
    assert why in refused.value.why
    assert not (tmp_path / "all.mp4").exists()


async def test_a_soundtrack_without_sound_is_named_too(tools, tmp_path):
    good = counted(tmp_path / "good.mp4", 0, Making(sound=None))
    with pytest.raises(Unreadable, match=r"^The soundtrack cannot be used\. There is no sound in it\.$"):
        await tools.join([good, good], tmp_path / "all.mp4", Join(soundtrack=True), soundtrack=good)


async def test_damage_in_the_middle_ends_in_a_film_or_in_a_sentence(tools, tmp_path):
    good = counted(tmp_path / "good.mp4")
    held = bytearray(good.read_bytes())
    at = held.index(b"mdat") + 400
    held[at : at + 3000] = bytes(3000)
    (bad := tmp_path / "bad.mp4").write_bytes(held)
    into = tmp_path / "all.mp4"
    outcome = await asyncio.gather(tools.join([good, bad], into, FADED), return_exceptions=True)
    match outcome:
        case [Unreadable(why=why)]:
            assert (why[-1], into.exists()) == (".", False)
        case [Joined()]:
            assert (await tools.probe(into)).seconds == pytest.approx(1.5, abs=0.1)
        case _:
            pytest.fail(f"{outcome}")


async def test_far_too_long_films_are_refused_before_anything_is_encoded(tools, tmp_path):
    still = replace(Making(sound=None), rate="1", seconds=500.0, size=(16, 16))
    film = counted(tmp_path / "a.mp4", 0, replace(still, settings=(("preset", "ultrafast"),)))
    with pytest.raises(Unreadable, match=r"Together they are 16\.7 minutes long; at most 15 minutes"):
        await tools.join([film, film], tmp_path / "all.mp4", FADED)


@pytest.mark.parametrize(
    ("count", "how"),
    [(1, Join()), (6, Join()), (2, Join(fade_seconds=2.5)), (2, Join(fade_seconds=-1)), (2, Join(soundtrack=True))],
)
async def test_what_no_caller_may_ask_for_is_a_bug(tools, tmp_path, count, how):
    with pytest.raises(ValueError):
        await tools.join([tmp_path / "a.mp4"] * count, tmp_path / "all.mp4", how)


@pytest.mark.parametrize("said", ['{"done": "much"}', '{"done": NaN}', '{"done": true}{', "[1]", "7", '{"done"'])
def test_a_worker_that_says_nonsense_is_not_listened_to(said):
    worker = Worker(3 * 1024**3)
    ours, theirs = os.pipe()
    os.write(theirs, said.encode() + b"\n")
    worker.process.stdout.close()
    worker.process.stdout = os.fdopen(ours, "rb", buffering=0)
    os.close(theirs)
    with pytest.raises(ValueError):
        worker.ask("probe", {}, 5.0, lambda _: None)
    worker.kill()


def test_a_worker_that_talks_without_end_is_heard_seldom_and_stopped_in_time():
    worker = Worker(3 * 1024**3)
    ours, theirs = os.pipe()
    worker.process.stdout.close()
    worker.process.stdout = os.fdopen(ours, "rb", buffering=0)
    line, heard = json.dumps({"done": 0.5}).encode() + b"\n", []

    def talk() -> None:
        while True:
            try:
                os.write(theirs, line * 100)
            except BrokenPipeError:
                return os.close(theirs)

    talking = threading.Thread(target=talk)
    talking.start()
    with pytest.raises(TimeoutError):
        worker.ask("probe", {}, 0.3, heard.append)
    worker.process.stdout.close()
    talking.join()
    worker.process.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "rb")
    worker.kill()
    assert 0 < len(heard) <= 8


async def test_every_setting_survives_the_way_to_the_worker(tools, tmp_path):
    clips = [counted(tmp_path / f"{number}.mp4", number) for number in range(2)]
    how = Join(format=Format.portrait_3_4, fill=Fill.crop, fade_seconds=0.25)
    await tools.join(clips, tmp_path / "all.mp4", how)
    media = await tools.probe(tmp_path / "all.mp4")
    assert (media.width, media.height) == (96, 128)
    assert media.seconds == pytest.approx(1.75, abs=0.03)


@pytest.mark.parametrize("how", [Join(), Join(format=Format.square)])
async def test_a_full_disk_is_no_fault_of_a_film(tools, tmp_path, how):
    film = making.film(tmp_path / "a.mp4", seconds=0.25, size=(160, 96))
    (full := tmp_path / "full.mp4").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left on device"):
        await tools.join([film, film], full, how)
